"""The matrix: what stands for each issue and jurisdiction, as of a day, as known at an instant."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from beginnings import once_made
from checksum import state
from factories import NEG, World, confirmed, in_days
from problems import problem

from negotiations.models import Issue, NegotiationSession, Outcome, Party
from negotiations.models.outcomes import OutcomeValue
from negotiations.models.sessions import CloseKind, SessionStatus
from negotiations.outcomes.matrix import Cell, cells
from negotiations.scheduling.times import resolve

MADE = datetime(2010, 11, 1, tzinfo=UTC)
X, Y = (
    Party(id=slug, created_at=MADE, negotiation_id="n", slug=slug, name=slug.upper(),
          short_name=slug, kind="jurisdiction", tz="UTC")
    for slug in ("x", "y")
)  # fmt: skip
ONE, TWO = (
    Issue(id=f"i{code}", created_at=MADE, negotiation_id="n", code=code, title=code)
    for code in ("1", "2")
)
TRACKS = [("tx", X), ("ty", Y)]


def a_session(id_: str, track: str, day: int, **more: Any) -> NegotiationSession:
    start = datetime(2010, 11, day, 14)
    slot = resolve(start, start.replace(hour=16), "America/New_York")
    return NegotiationSession(
        id=id_, created_at=MADE, negotiation_id="n", track_id=track, number=1, title=id_,
        local_start=start, local_end=slot.local_end, tz=slot.tz, starts_at=slot.starts_at,
        ends_at=slot.ends_at, uid=id_, **{"status": SessionStatus.held, **more},
        close_kind=CloseKind.concluded,
    )  # fmt: skip


def an_outcome(id_: str, session: str, value: str, *, on: int, known: int, **more: Any) -> Outcome:
    given: dict[str, Any] = {"issue_id": ONE.id, **more}
    return Outcome(
        id=id_, created_at=MADE, session_id=session, value=OutcomeValue(value), text="",
        effective_on=date(2010, 11, on), recorded_at=datetime(2010, 11, known, tzinfo=UTC), **given,
    )  # fmt: skip


SESSIONS = [a_session("s5", "tx", 5), a_session("s9", "tx", 9), a_session("s8", "ty", 8)]
NOTED = an_outcome("a", "s5", "noted", on=5, known=6)
DEFERRED = an_outcome("b", "s5", "deferred", on=5, known=10, supersedes_id="a")
AGREED = an_outcome("c", "s9", "agreed", on=9, known=11)
DECLINED = an_outcome("d", "s9", "declined", on=9, known=12, supersedes_id="c", reason="No",
                      decided_by_id="x")  # fmt: skip
ROWS = [AGREED, DEFERRED, DECLINED, NOTED]  # in no order


def of(*, sessions: Any = SESSIONS, **when: Any) -> list[Cell]:
    return cells([ONE, TWO], TRACKS, sessions, ROWS, **when)


def told(found: list[Cell]) -> dict[str, tuple[str, str | None, str]]:
    """By issue and jurisdiction: the value, the row that stands, and the history, latest first."""
    return {
        f"{cell.issue.code}{cell.jurisdiction.slug}": (
            cell.value,
            cell.outcome.id if cell.outcome else None,
            "".join(row.id for row in cell.history),
        )
        for cell in found
    }


NOTHING = ("not_recorded", None, "")
NO_SESSION = ("no_session", None, "")


def test_every_issue_has_a_cell_in_every_track_with_the_last_word_and_its_history() -> None:
    assert of() == [
        Cell(ONE, X, "declined", DECLINED, SESSIONS[1], (DECLINED, AGREED, DEFERRED, NOTED)),
        Cell(ONE, Y, "not_recorded", None, None, ()),
        Cell(TWO, X, "not_recorded", None, None, ()),
        Cell(TWO, Y, "not_recorded", None, None, ()),
    ]
    assert [cell.look.word for cell in of()] == ["declined"] + ["not recorded"] * 3


def test_as_of_a_day_only_what_was_said_by_then_counts() -> None:
    assert told(of(as_of=date(2010, 11, 4))) == dict.fromkeys(("1x", "1y", "2x", "2y"), NO_SESSION)
    assert told(of(as_of=date(2010, 11, 5))) == {
        "1x": ("deferred", "b", "ba"), "1y": NO_SESSION, "2x": NOTHING, "2y": NO_SESSION,
    }  # fmt: skip
    assert told(of(as_of=date(2010, 11, 8)))["1y"] == NOTHING
    assert told(of(as_of=date(2010, 11, 9))) == told(of())


def test_as_known_at_an_instant_later_corrections_are_not_known_yet() -> None:
    def known(day: int, **more: Any) -> tuple[str, str | None, str]:
        return told(of(known_at=datetime(2010, 11, day, tzinfo=UTC), **more))["1x"]

    assert [known(day) for day in (5, 6, 10, 11, 12)] == [
        NOTHING,
        ("noted", "a", "a"),
        ("deferred", "b", "ba"),
        ("agreed", "c", "cba"),
        ("declined", "d", "dcba"),
    ]
    assert known(12, as_of=date(2010, 11, 5)) == ("deferred", "b", "ba")
    assert known(9, as_of=date(2010, 11, 9)) == ("noted", "a", "a")


def test_a_session_counts_once_it_is_held_and_by_its_local_date() -> None:
    planned = [a_session("s8", "ty", 8, status=SessionStatus.confirmed), *SESSIONS[:2]]
    assert told(of(sessions=planned))["1y"] == NO_SESSION
    late = a_session("s8", "ty", 8)
    late.local_start, late.starts_at = (
        datetime(2010, 11, 8, 23),
        datetime(2010, 11, 9, 4, tzinfo=UTC),
    )
    by_then = told(of(sessions=[late, *SESSIONS[:2]], as_of=date(2010, 11, 8)))
    assert by_then["1y"] == NOTHING


def test_the_order_of_the_rows_changes_nothing() -> None:
    assert cells([ONE, TWO], TRACKS, SESSIONS[::-1], ROWS[::-1]) == of()


@once_made
async def held(world: World, day: float = -1) -> str:
    session = await confirmed(world, local_start=in_days(day), agenda=[{"title": "Any"}])
    answer = await world.note_taker.put(
        f"/api/v1/sessions/{session['id']}/summary",
        headers={"If-None-Match": "*"},
        json={"body": "Held", "close": "concluded"},
    )
    assert answer.status_code == 201, answer.text
    return str(session["id"])


async def record(world: World, session: str, value: str, **more: Any) -> Any:
    body = {"issue": "1", "value": value, "text": value.title(), **more}
    return await world.note_taker.post(f"/api/v1/sessions/{session}/outcomes", json=body)


async def test_an_outcome_is_superseded_by_name_and_never_changed(world: World) -> None:
    session = await held(world)
    first = await record(world, session, "noted")
    assert first.status_code == 201
    again = await record(world, session, "noted")
    assert (again.status_code, again.json()) == (200, first.json())
    before = await state(world)
    refused = problem(await record(world, session, "agreed"), 409)
    assert refused == (
        "Issue 1 has an outcome in this session already: noted. "
        f"To replace it, send supersedes: {first.json()['id']}."
    )
    problem(await record(world, session, "agreed", supersedes="f" * 20), 409)
    problem(await record(world, session, "noted", issue="2", supersedes=first.json()["id"]), 409)
    assert await state(world) == before
    second = await record(world, session, "agreed", supersedes=first.json()["id"])
    assert second.status_code == 201
    problem(await record(world, session, "impasse", supersedes=first.json()["id"]), 409)
    listed = (await world.delegate_x.get(f"/api/v1/sessions/{session}/outcomes")).json()["items"]
    assert sorted(listed, key=lambda one: one["supersedes"] or "") == [first.json(), second.json()]
    path = f"/api/v1/sessions/{session}/outcomes/{first.json()['id']}"
    for verb in ("PUT", "PATCH", "DELETE"):
        problem(await world.coordinator.request(verb, path, json={}), 404)


async def test_of_racing_supersessions_one_wins_and_the_others_are_told(world: World) -> None:
    session = await held(world)
    racing = [record(world, session, value) for value in OutcomeValue if value != "declined"]
    answers = await asyncio.gather(*racing)
    assert Counter(one.status_code for one in answers) == {201: 1, 409: len(racing) - 1}
    first = next(one.json() for one in answers if one.status_code == 201)
    values = [value for value in OutcomeValue if value not in ("declined", first["value"])]
    racing = [record(world, session, value, supersedes=first["id"]) for value in values]
    answers = await asyncio.gather(*racing)
    assert Counter(one.status_code for one in answers) == {201: 1, 409: len(racing) - 1}
    second = next(one.json() for one in answers if one.status_code == 201)
    matrix = (await world.coordinator.get(f"{NEG}/outcomes?issue=1&jurisdiction=x")).json()
    assert matrix["cells"] == [
        {
            "issue": "1", "jurisdiction": "x", "partial": False, "session": session, "history": 2,
            "summary_changed": False,
            "outcome": second["id"],
            **{name: second[name] for name in ("value", "text", "reason", "decided_by",
                                               "effective_on", "certainty", "basis")},
        }
    ]  # fmt: skip


async def test_what_was_not_known_yet_is_not_told(world: World) -> None:
    session = await held(world)
    await record(world, session, "noted")
    known = f"{world.clock.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    world.clock.forward(hours=1)
    first = (await world.coordinator.get(f"/api/v1/sessions/{session}/outcomes")).json()["items"]
    await record(world, session, "agreed", supersedes=first[0]["id"])

    async def value(options: str) -> Any:
        path = f"{NEG}/outcomes?issue=1&jurisdiction=x&{options}"
        return (await world.coordinator.get(path)).json()["cells"][0]["value"]

    assert await value("") == "agreed"
    assert await value(f"known_at={known}") == "noted"
    assert await value(f"known_at={first[0]['recorded_at']}") == "noted"  # told to the second
    assert await value("as_of=2010-11-05") == "no_session"
    assert await value(f"as_of={in_days(-1)[:10]}") == "agreed"
    for unknown in ("issue=99", "jurisdiction=z"):
        problem(await world.coordinator.get(f"{NEG}/outcomes?{unknown}"), 404)


async def test_other_sources_alone_make_another_outcome(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-1)))["id"]
    path = f"/api/v1/sessions/{session}/summary"
    said = {"issue": "1", "value": "clarified", "text": "So", "sources": [{"citation": "A"}]}
    rest = {"issue": "2", "value": "not_reached", "text": ""}
    await world.note_taker.put(
        path,
        json={"body": "T", "close": "concluded", "outcomes": [said, rest]},
        headers={"If-None-Match": "*"},
    )
    listed = f"/api/v1/sessions/{session}/outcomes"
    items = (await world.note_taker.get(listed)).json()["items"]
    first = next(one for one in items if one["issue"] == "1")
    more = {**said, "sources": [{"citation": "A"}, {"citation": "B", "certainty": "C"}]}
    assert (await world.note_taker.post(listed, json=more)).status_code == 409
    answer = await world.note_taker.post(listed, json={**more, "supersedes": first["id"]})
    assert (answer.status_code, [one["citation"] for one in answer.json()["sources"]]) == (
        201, ["A", "B"],
    )  # fmt: skip


def test_a_plenary_counts_in_the_column_of_everyone_who_was_there() -> None:
    plenary = a_session("p", "tx", 10, kind="plenary")
    plenary.track_id = None
    said = an_outcome("e", "p", "agreed", on=10, known=11)
    other = an_outcome("f", "p", "noted", on=10, known=11, issue_id=TWO.id)

    def grid(*there: str, **when: Any) -> list[Cell]:
        found = [*SESSIONS, plenary]
        seated = {"p": ["agency", *there]}
        return cells([ONE, TWO], TRACKS, found, [*ROWS, said, other], seated=seated, **when)

    assert told(grid("x", "y")) == {
        "1x": ("agreed", "e", "edcba"), "1y": ("agreed", "e", "e"),
        "2x": ("noted", "f", "f"), "2y": ("noted", "f", "f"),
    }  # fmt: skip
    assert told(grid("x")) == {**told(grid("x", "y")), "1y": NOTHING, "2y": NOTHING}
    assert told(grid("x", "y", as_of=date(2010, 11, 9))) == told(of())
    only = cells([ONE], TRACKS, [plenary], [], seated={"p": ["y"]})
    assert [cell.value for cell in only] == ["no_session", "not_recorded"]
