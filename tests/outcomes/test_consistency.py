"""Was every jurisdiction told the same? What differs first, and nothing of others' tracks."""

from datetime import date
from typing import Any

import pytest
from beginnings import once_made
from factories import NEG, Demonstration, World, in_days
from hypothesis import given, settings
from hypothesis import strategies as st
from outcomes.test_matrix import MADE, a_session, an_outcome

from negotiations.models import Issue, Party
from negotiations.models.outcomes import Certainty, OutcomeValue
from negotiations.outcomes.consistency import Comparison, Difference, Finding, compare
from negotiations.outcomes.matrix import NO_SESSION, NOT_RECORDED, Cell

RECORD = "/api/v1/negotiations/secure-communities-2010"
AGENCY = "agency"
SIDES = {
    name: Party(id=name, created_at=MADE, negotiation_id="n", slug=name, name=f"{name} County",
                short_name=name, kind="jurisdiction", tz="UTC")
    for name in ("A", "B", "C", "D")
}  # fmt: skip
EMPTY = (NOT_RECORDED, NO_SESSION)


def an_issue(code: str) -> Issue:
    return Issue(id=f"i{code}", created_at=MADE, negotiation_id="n", code=code, title=code)


def cell(side: str, value: str, *, issue: str = "1", **more: Any) -> Cell:
    if value in EMPTY:
        return Cell(an_issue(issue), SIDES[side], value, None, None, ())
    given = {"id": f"o{side}", "text": "So.", "decided_by_id": AGENCY, **more}
    id_, text = given.pop("id"), given.pop("text")
    row = an_outcome(id_, "s", value, on=5, known=6, issue_id=f"i{issue}", **given)
    row.text = text
    return Cell(an_issue(issue), SIDES[side], value, row, a_session("s", "t", 5), (row,))


def one(**values: Any) -> Comparison:
    """The comparison of one issue; each value is a word, or a word with what else is said."""
    cells = []
    for side, value in values.items():
        word, more = value if isinstance(value, tuple) else (value, {})
        cells.append(cell(side, word, **more))
    [found] = compare(cells)
    return found


def groups(found: Comparison) -> tuple[str, str, str]:
    return tuple(  # type: ignore[return-value]
        "".join(cell.jurisdiction.slug for cell in group)
        for group in (found.answers, found.missing, found.without)
    )


@pytest.mark.parametrize(
    ("values", "finding", "grouped", "why"),
    [
        ({"A": "declined", "B": "declined", "C": "declined", "D": NO_SESSION},
         "same", ("ABC", "", "D"), "The same answer 3 times: declined."),
        ({"A": "agreed", "B": "agreed", "C": NOT_RECORDED},
         "same", ("AB", "C", ""), "The same answer twice: agreed; no recorded answer for C."),
        ({"A": "agreed", "B": "declined", "C": "agreed", "D": NOT_RECORDED},
         "different", ("ABC", "D", ""),
         "Not the same answer: agreed (A and C) and declined (B); no recorded answer for D."),
        ({"A": NOT_RECORDED, "B": "clarified", "C": "not_reached", "D": NO_SESSION},
         "one_only", ("B", "AC", "D"),
         "Answered to B only: A and C had sessions too, without a recorded answer."),
        ({"A": "clarified", "B": NOT_RECORDED},
         "one_only", ("A", "B", ""),
         "Answered to A only: B had a session too, without a recorded answer."),
        ({"A": "clarified", "B": NO_SESSION},
         "none", ("A", "", "B"), "Answered to A; no other jurisdiction had a session."),
        ({"A": NOT_RECORDED, "B": "not_reached"},
         "none", ("", "AB", ""), "No answer is recorded for A and B."),
        ({"A": NO_SESSION, "B": NO_SESSION},
         "none", ("", "", "AB"), "No jurisdiction had a session."),
        ({"A": "declined"}, "none", ("A", "", ""),
         "A single jurisdiction is shown: nothing to compare."),
    ],
)  # fmt: skip
def test_each_finding_says_who_was_told_and_why_it_is_listed(
    values: dict[str, str], finding: str, grouped: tuple[str, str, str], why: str
) -> None:
    found = one(**values)
    assert (found.finding, groups(found), found.why) == (finding, grouped, why)


def test_one_value_in_part_by_another_side_or_in_other_words_is_the_same_with_a_remark() -> None:
    """Each jurisdiction's own decision is one kind of decision, whosever it is."""
    plain, own = ("declined", {}), ("declined", {"decided_by_id": "A"})
    assert one(A=plain, B=plain).differences == ()
    partly = one(A=plain, B=("declined", {"partial": True}))
    assert partly.differences == (Difference.partial,)
    assert partly.why == "The same answer twice: declined, for B in part only."
    by = one(A=own, B=("declined", {"decided_by_id": "B"}))
    assert (by.finding, by.differences) == (Finding.same, ())
    mixed = one(A=own, B=plain)
    assert mixed.differences == (Difference.decided_by,)
    assert mixed.why == "The same answer twice: declined, decided by different sides."
    worded = one(A=plain, B=("declined", {"text": "Never."}), C=("declined", {"partial": True}))
    assert worded.differences == (Difference.partial, Difference.text)
    assert worded.why == (
        "The same answer 3 times: declined, for C in part only, in different words."
    )


def test_one_decision_of_a_plenary_stands_in_several_columns_and_is_no_difference() -> None:
    """Whoever took it: in the other columns it isn't the agency's."""
    theirs = ("declined", {"id": "plenary", "decided_by_id": "A"})
    both = one(A=theirs, B=theirs)
    assert (both.finding, both.differences, groups(both)) == (Finding.same, (), ("AB", "", ""))


def test_a_finding_that_rests_on_an_uncertain_answer_says_so() -> None:
    doubtful = ("declined", {"certainty": Certainty.C})
    assert one(A="declined", B=doubtful).why == (
        "The same answer twice: declined. Uncertain: B (C: disputed or inferred)."
    )
    assert one(A=doubtful, B=("agreed", {"certainty": Certainty.B})).why == (
        "Not the same answer: declined (A) and agreed (B). Uncertain: A (C: disputed or inferred)."
    )


VALUES = st.sampled_from([*OutcomeValue, NOT_RECORDED, NO_SESSION])


@settings(deadline=None)
@given(st.lists(st.tuples(*[VALUES] * len(SIDES)), max_size=6))
def test_every_cell_is_in_one_group_and_what_differs_comes_first(rows: list[Any]) -> None:
    cells = [
        cell(side, value, issue=str(number))
        for number, row in enumerate(rows)
        for side, value in zip(SIDES, row, strict=True)
    ]
    found = compare(cells)
    assert sorted(one.issue.code for one in found) == [str(place) for place in range(len(rows))]
    order = list(Finding)
    places = [(order.index(one.finding), int(one.issue.code)) for one in found]
    assert places == sorted(places)
    for one_ in found:
        told = [*one_.answers, *one_.missing, *one_.without]
        assert sorted(cell.jurisdiction.slug for cell in told) == sorted(SIDES)
        values = {cell.value for cell in one_.answers}
        assert (one_.finding is Finding.different) == (len(values) > 1)
        assert values.isdisjoint({NOT_RECORDED, NO_SESSION, OutcomeValue.not_reached})
        assert one_.why.endswith(".")


async def test_the_golden_finding_of_2010(demonstration: Demonstration) -> None:
    path = f"{RECORD}/consistency"
    answer = (await demonstration.coordinator.get(path)).json()
    assert [one["slug"] for one in answer["jurisdictions"]] == [
        "arlington", "san-francisco", "santa-clara", "dc",
    ]  # fmt: skip
    assert [
        (
            one["issue"],
            one["finding"],
            {told["jurisdiction"]: told["value"] for told in one["answers"]},
            [told["jurisdiction"] for told in one["missing"]],
            one["no_session"],
        )
        for one in answer["issues"]
    ] == [
        ("2", "one_only", {"arlington": "clarified"}, ["san-francisco", "santa-clara"], ["dc"]),
        ("3", "one_only", {"san-francisco": "clarified"}, ["arlington", "santa-clara"], ["dc"]),
        ("4", "one_only", {"arlington": "clarified"}, ["san-francisco", "santa-clara"], ["dc"]),
        ("5", "one_only", {"arlington": "agreed"}, ["san-francisco", "santa-clara"], ["dc"]),
        ("1", "same", dict.fromkeys(("arlington", "san-francisco", "santa-clara"), "declined"),
         [], ["dc"]),
    ]  # fmt: skip
    assert answer["issues"][-1]["why"] == (
        "The same answer 3 times: declined, in different words. "
        "Uncertain: Santa Clara (C: disputed or inferred)."
    )
    assert (await demonstration.ice.get(path)).json() == answer
    early = (await demonstration.coordinator.get(f"{path}?as_of=2010-11-05")).json()
    assert early["as_of"] == "2010-11-05"
    others = ["san-francisco", "santa-clara", "dc"]
    assert [
        (one["issue"], one["finding"], len(one["answers"]), one["no_session"], one["why"])
        for one in early["issues"]
    ] == [
        *((code, "none", 1, others, "Answered to Arlington; no other jurisdiction had a session.")
          for code in ("1", "2")),
        ("3", "none", 0, others, "No answer is recorded for Arlington."),
        *((code, "none", 1, others, "Answered to Arlington; no other jurisdiction had a session.")
          for code in ("4", "5")),
    ]  # fmt: skip


async def test_a_whole_entry_of_2010(demonstration: Demonstration) -> None:
    answer = (await demonstration.coordinator.get(f"{RECORD}/consistency")).json()
    entry = next(one for one in answer["issues"] if one["issue"] == "3")
    [told] = entry["answers"]
    assert len(told.pop("session")) == len(told.pop("outcome")) == 20
    assert entry == {
        "issue": "3",
        "title": "Whether detainers bind local police",
        "finding": "one_only",
        "why": "Answered to San Francisco only: Arlington and Santa Clara had sessions too, "
        "without a recorded answer.",
        "differences": [],
        "answers": [
            {
                "jurisdiction": "san-francisco",
                "value": "clarified",
                "partial": False,
                "text": "Local police are not obliged to honour every detainer.",
                "reason": None,
                "decided_by": None,
                "effective_on": "2010-11-09",
                "certainty": "A",
                "basis": "public_source",
            }
        ],
        "missing": [
            {"jurisdiction": slug, "value": "not_recorded", "session": None}
            for slug in ("arlington", "santa-clara")
        ],
        "no_session": ["dc"],
    }


@once_made
async def held(world: World, jurisdiction: str, day: int, **outcomes: Any) -> None:
    """A session with that jurisdiction whose outcomes are given by issue, as `i1={…}`."""
    session = (
        await world.coordinator.post(
            f"{NEG}/sessions",
            json={
                "jurisdiction": jurisdiction,
                "local_start": in_days(day),
                "local_end": in_days(day, 12),
                "tz": "America/New_York",
                "location": "Hall",
                "agenda": [{"title": "All of it"}],
                "consents": [{"party": one, "how": "by mail"} for one in (jurisdiction, "agency")],
            },
        )
    ).json()
    path = f"/api/v1/sessions/{session['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    answer = await world.coordinator.post(f"{path}/confirm", json={}, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    told = [{"issue": name[1:], **outcome} for name, outcome in outcomes.items()]
    answer = await world.note_taker.put(
        f"{path}/summary",
        json={"body": "Held", "close": "concluded", "outcomes": told},
        headers={"If-None-Match": "*"},
    )
    assert answer.status_code == 201, answer.text


CLARIFIED = {"value": "clarified", "text": "Meters are read monthly."}


async def test_what_one_was_told_and_the_other_was_not_is_found_in_live_talks(
    world: World,
) -> None:
    await held(world, "x", -9, i1=CLARIFIED, i2=CLARIFIED, i10=CLARIFIED)
    await held(world, "y", -8, i1={**CLARIFIED, "text": "Once a month."})

    async def found() -> dict[str, tuple[str, list[str], list[str]]]:
        issues = (await world.coordinator.get(f"{NEG}/consistency")).json()["issues"]
        return {
            one["issue"]: (
                one["finding"], one["differences"], [told["text"] for told in one["answers"]]
            )
            for one in issues
        }  # fmt: skip

    read = CLARIFIED["text"]
    first = await found()
    assert first == {
        "2": ("one_only", [], [read]),
        "10": ("one_only", [], [read]),
        "1": ("same", ["text"], [read, "Once a month."]),
    }
    assert list(first) == ["2", "10", "1"]
    # A second session of the track: its last word counts.
    later = {"value": "deferred", "text": "Next year."}
    await held(world, "y", -5, i1=later, i2={**later, "value": "not_reached", "text": ""})
    second = await found()
    assert list(second) == ["1", "2", "10"]
    assert second["1"] == ("different", [], [read, "Next year."])
    assert second["2"] == ("one_only", [], [read])


async def test_a_delegation_compares_its_own_column_and_learns_nothing_of_others(
    world: World,
) -> None:
    await held(world, "x", -9, i1=CLARIFIED)
    path = f"{NEG}/consistency"
    before = await world.delegate_x.get(path)
    nothing = await world.delegate_y.get(path)
    told = before.json()
    assert [one["slug"] for one in told["jurisdictions"]] == ["x"]
    assert {(one["finding"], one["why"]) for one in told["issues"]} == {
        ("none", "A single jurisdiction is shown: nothing to compare.")
    }
    assert [len(one["answers"]) for one in told["issues"]] == [1, 0, 0]
    await held(world, "y", -8, i1={"value": "agreed", "text": "PRIVATEWORD"}, i2=CLARIFIED)
    party = {"slug": "z", "name": "Z", "short_name": "Z", "kind": "jurisdiction", "tz": "UTC"}
    assert (await world.coordinator.post(f"{NEG}/parties", json=party)).status_code == 201
    after = await world.delegate_x.get(path)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert "PRIVATEWORD" in (await world.delegate_y.get(path)).text
    assert "x" not in [one["slug"] for one in nothing.json()["jurisdictions"]]


async def test_as_known_then_and_as_of_then(world: World) -> None:
    await held(world, "x", -9, i1=CLARIFIED)
    await held(world, "y", -3, i1={"value": "agreed", "text": "Yes"})

    async def finding(options: str) -> str:
        issues = (await world.coordinator.get(f"{NEG}/consistency?{options}")).json()["issues"]
        return str(next(one["finding"] for one in issues if one["issue"] == "1"))

    assert await finding("") == "different"
    assert await finding(f"as_of={date.fromisoformat(in_days(-5)[:10])}") == "none"
    assert await finding("known_at=2010-11-05T18:00:00Z") == "none"
