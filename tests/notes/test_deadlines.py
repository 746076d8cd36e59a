"""By when a summary goes round, is answered and is public, and whom it waits for meanwhile."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from browsing import TALKS
from factories import World, signed_in
from filling import fill, typed_in
from hypothesis import given
from hypothesis import strategies as st
from notes.rounds import act, circulate, decide, held, rewrite, set_rule

from negotiations.models import Negotiation, NegotiationSession, Summary
from negotiations.models.sessions import SessionStatus
from negotiations.models.summaries import SummaryState
from negotiations.notes.deadlines import circulate_by, publish_by
from negotiations.working_days import add_working_days, holidays_of, is_working_day

EVERYBODY = ("coordinator", "note_taker", "head_x", "agency_head", "delegate_x", "delegate_y")


async def waits(world: World) -> dict[str, list[tuple[bool, str]]]:
    """For each what waits because of a summary, and on whom; the days are left out."""
    found = {}
    for name in EVERYBODY:
        items = (await world.clients[name].get("/api/v1/me/waiting")).json()["items"]
        told = [(one["on_me"], one["what"]) for one in items if "summary" in one["what"]]
        if told:
            found[name] = told
    return found


def on(day: str) -> str:
    value = date.fromisoformat(day)
    return f"{value.day} {value:%b %Y}"


async def seen(world: World, path: str, name: str = "coordinator") -> dict[str, Any]:
    return dict((await world.clients[name].get(path)).json())


async def test_from_the_end_of_a_session_to_the_public_each_deadline_in_its_turn(
    world: World,
) -> None:
    await set_rule(world, "all_parties", publish_days=5)
    path = await held(world)
    session = await seen(world, path.removesuffix("/summary"))
    ended = datetime.fromisoformat(session["ends_at"])
    talks = Negotiation(slug="t", title="T", home_tz="America/New_York", symbol_prefix="T")
    first = await seen(world, path)
    meant = add_working_days(_day_in_new_york(ended), 5, holidays_of(talks.holidays))
    assert (first["circulate_by"], first["due_on"], first["publish_by"]) == (
        meant.isoformat(), None, None,
    )  # fmt: skip
    day = on(first["circulate_by"])
    assert await waits(world) == {
        "coordinator": [(True, f"Its summary goes round by {day}: send it round.")],
        "note_taker": [(True, f"Its summary goes round by {day}: make it ready.")],
    }
    world.clock.at = datetime.fromisoformat(f"{first['circulate_by']}T23:00:00-08:00")
    late = f"Its summary was to go round by {day}"
    assert await waits(world) == {
        "coordinator": [(True, f"{late}: send it round.")],
        "note_taker": [(True, f"{late}: make it ready.")],
        "head_x": [(False, f"{late}.")],
        "agency_head": [(False, f"{late}.")],
    }
    shown = await circulate(world, path)
    assert (shown["circulate_by"], shown["publish_by"]) == (None, None)
    day = on(shown["due_on"])
    both = (False, f"Agency and X haven’t decided on its summary (by {day}).")
    assert await waits(world) == {
        "coordinator": [both],
        "note_taker": [both],
        "head_x": [(True, f"Decide on its summary by {day}.")],
        "agency_head": [(True, f"Decide on its summary by {day}.")],
    }
    assert (await decide(world.head_x, path, "approved")).status_code == 200
    world.clock.forward(days=8)
    one = (False, f"Agency hasn’t decided on its summary (by {day}).")
    assert await waits(world) == {
        "coordinator": [one],
        "note_taker": [one],
        "head_x": [one],
        "agency_head": [(True, f"Its summary was to be answered by {day}: decide on it.")],
    }
    assert (await decide(world.agency_head, path, "approved")).status_code == 200
    agreed = await seen(world, path, "delegate_x")
    meant = _day_in_new_york(world.clock.at) + timedelta(days=5)
    assert (agreed["due_on"], agreed["publish_by"]) == (shown["due_on"], meant.isoformat())
    day = on(agreed["publish_by"])
    assert await waits(world) == {
        "coordinator": [(True, f"Its summary is agreed: publish it by {day}.")]
    }
    world.clock.forward(days=6)
    assert await waits(world) == {
        "coordinator": [(True, f"Its summary was to be public by {day}: publish it.")]
    }
    page = await (await signed_in(world, "coordinator")).get("/")
    assert f"Its summary was to be public by {day}" in page.text
    assert f'href="{path.replace("/api/v1/sessions", "/s")}"' in page.text
    assert (await act(world.coordinator, path, "publish")).json()["publish_by"] is None
    assert await waits(world) == {}


def _day_in_new_york(instant: datetime) -> date:
    return instant.astimezone(ZoneInfo("America/New_York")).date()


async def test_an_objection_and_a_new_text_wait_for_the_secretariat(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    assert (await decide(world.head_x, path, "objected", statement="No")).status_code == 200
    found = await waits(world)
    assert found["coordinator"] == [
        (True, "X objected to its summary: write another text, or record the disagreement.")
    ]
    assert found["note_taker"] == [(True, "X objected to its summary: write another text.")]
    assert found["head_x"] == [(False, "The secretariat takes up the objection to its summary.")]
    assert found["agency_head"][0][0] is True
    await rewrite(world, path, "Other")
    assert (await seen(world, path))["circulate_by"] is None
    again = "The secretariat revises its summary; it goes round again."
    assert await waits(world) == {
        "coordinator": [
            (True, "Its summary was changed after it went round: send it round again.")
        ],
        "note_taker": [
            (True, "Its summary was changed after it went round: make it ready to go round again.")
        ],
        "head_x": [(False, again)],
        "agency_head": [(False, again)],
    }


async def test_once_time_is_over_the_rule_says_who_acts(world: World) -> None:
    await set_rule(world, "silence")
    path = await held(world)
    await circulate(world, path)
    assert (await world.head_x.get(path)).status_code == 200
    world.clock.forward(days=9)
    missed = "Its summary didn’t reach Agency in time: send it round again."
    assert await waits(world) == {
        "coordinator": [(True, missed)],
        "note_taker": [(False, missed)],
    }
    assert (await world.agency_head.get(path)).status_code == 200  # too late: it stays unreached
    assert (await waits(world))["coordinator"] == [(True, missed)]


async def test_the_page_of_rules_sets_what_the_deadlines_follow(world: World) -> None:
    path = await held(world)
    before = await seen(world, path)
    browser = await signed_in(world, "coordinator")
    action = f"{TALKS}/set-up/rules#rules"
    page = await browser.get(f"{TALKS}/set-up")
    assert typed_in(page.text, "circulate_days") == "5"
    wrong = await fill(browser, f"{TALKS}/set-up", {"circulate_days": "soon"}, action)
    assert wrong.status_code == 422
    assert typed_in(wrong.text, "circulate_days") == "soon"
    rules = {"circulate_days": "10", "publish_days": "30", "summary_template": "joint_record",
             "approval": "secretariat", "comment_days": "3"}  # fmt: skip
    assert (await fill(browser, f"{TALKS}/set-up", rules, action)).status_code == 303
    talks = (await world.coordinator.get("/api/v1/negotiations/water-talks")).json()
    assert {name: str(talks[name]) for name in rules} == rules
    after = await seen(world, path)
    assert date.fromisoformat(after["circulate_by"]) > date.fromisoformat(before["circulate_by"])
    [told] = (await waits(world))["coordinator"]
    assert told[1].endswith(": send it round, or declare it agreed.")
    holidays = {"holidays": after["circulate_by"]}
    action = f"{TALKS}/set-up/holidays#holidays"
    assert (await fill(browser, f"{TALKS}/set-up", holidays, action)).status_code == 303
    assert (await seen(world, path))["circulate_by"] > after["circulate_by"]


DAYS = st.integers(1, 60)


@given(
    ended=st.datetimes(datetime(1990, 1, 1), datetime(2150, 1, 1)),
    days=DAYS,
    off=st.lists(st.integers(0, 90), max_size=20),
    tz=st.sampled_from(["UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Niue"]),
)
def test_it_goes_round_on_a_working_day_after_that_many_of_them(
    ended: datetime, days: int, off: list[int], tz: str
) -> None:
    holidays = [(ended + timedelta(days=one)).date().isoformat() for one in off]
    talks = Negotiation(home_tz=tz, circulate_days=days, holidays=holidays)
    at = ended.replace(tzinfo=UTC)
    session = NegotiationSession(ends_at=at, status=SessionStatus.held)
    found = circulate_by(talks, session, went_round=False)
    assert found is not None
    start = at.astimezone(ZoneInfo(tz)).date()
    free = holidays_of(holidays)
    between = [start + timedelta(days=one) for one in range(1, (found - start).days + 1)]
    assert is_working_day(found, free)
    assert sum(is_working_day(one, free) for one in between) == days
    assert circulate_by(talks, session, went_round=True) is None
    session.status = SessionStatus.confirmed
    assert circulate_by(talks, session, went_round=False) is None


@given(days=DAYS, state=st.sampled_from(SummaryState))
def test_only_what_is_agreed_is_to_be_published(days: int, state: SummaryState) -> None:
    talks = Negotiation(home_tz="America/New_York", publish_days=days)
    at = datetime(2030, 3, 1, 3, tzinfo=UTC)  # still February in New York
    summary = Summary(state=state, agreed_at=at)
    due = date(2030, 2, 28) + timedelta(days=days)
    assert publish_by(talks, summary) == (due if state is SummaryState.agreed else None)
