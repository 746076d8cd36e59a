"""The states of a session: what may follow what, and when SEQUENCE rises."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations.errors import Invalid, NegotiationsError, WrongState
from negotiations.models import AgendaItem, NegotiationSession, SessionChange, new_id
from negotiations.models.sessions import CloseKind, ItemState, SessionStatus
from negotiations.scheduling import holding, pausing, rules
from negotiations.scheduling.acceptance import Consent, accepted_by, declined_by
from negotiations.scheduling.times import resolve

SIDES = {"agency": "Agency", "x": "X"}
NOW = datetime(2010, 11, 5, 18, tzinfo=UTC)
BEFORE = datetime(2010, 11, 4, 14)
BOTH = [Consent(side, "the head", "by mail") for side in SIDES]

# What may happen in which state, as domain.md's States have it.
STATES = """
#             proposed confirmed in_progress held postponed cancelled
accept        yes      no        no          no   no        no
decline       yes      no        no          no   no        no
confirm       yes      no        no          no   no        no
move          yes      yes       no          no   no        no
relocate      yes      yes       no          no   no        no
change        yes      yes       no          no   no        no
counter       yes      no        no          no   yes       no
postpone      yes      yes       yes         no   no        no
reinstate     no       no        no          no   yes       no
cancel        yes      yes       yes         no   yes       no
open          no       yes       no          no   no        no
close         no       yes       yes         no   no        no
publish       no       yes       yes         yes  no        no
"""


def read(table: str) -> dict[tuple[str, str], bool]:
    head, *lines = [line.split() for line in table.strip().splitlines()]
    return {
        (line[0], state): word == "yes"
        for line in lines
        for state, word in zip(head[1:], line[1:], strict=True)
    }


def a_session(status: str = "proposed", **more: Any) -> NegotiationSession:
    slot = resolve(BEFORE, BEFORE + timedelta(hours=2), "America/New_York")
    return NegotiationSession(
        created_at=NOW, negotiation_id="n", track_id="t", number=1, title="One",
        status=SessionStatus(status), local_start=slot.local_start, local_end=slot.local_end,
        tz=slot.tz, starts_at=slot.starts_at, ends_at=slot.ends_at, location="City Hall",
        uid=f"{new_id()}@negotiations", **more,
    )  # fmt: skip


def an_item(issue: str | None = None, state: str = "proposed") -> AgendaItem:
    return AgendaItem(
        created_at=NOW,
        session_id="s",
        position=1,
        issue_id=issue,
        title="Any",
        state=ItemState(state),
    )


def later(session: NegotiationSession, **by: int) -> Any:
    start = session.local_start + timedelta(**by)
    return resolve(start, start + timedelta(hours=2), session.tz)


def accepted(session: NegotiationSession) -> list[SessionChange]:
    return [rules.created(session, consents=BOTH, now=NOW)]


def do_confirm(session: NegotiationSession) -> SessionChange:
    return rules.confirm(
        session, sides=SIDES, changes=accepted(session), agenda=[an_item()], now=NOW
    )


def do_move(session: NegotiationSession, consents: list[Consent] = BOTH, **by: int) -> Any:
    slot = later(session, **(by or {"days": 1}))
    return rules.move(session, slot, reason="Later", consents=consents, sides=SIDES, now=NOW)


def do_relocate(session: NegotiationSession, consents: list[Consent] = BOTH) -> SessionChange:
    return rules.relocate(
        session, location="Town Hall", room="2", reason="Nearer", consents=consents, sides=SIDES,
        now=NOW,
    )  # fmt: skip


def do_reinstate(session: NegotiationSession, **by: int) -> SessionChange:
    place = {"location": session.location, "room": session.room}
    return pausing.reinstate(session, later(session, **by), consents=BOTH, now=NOW, **place)


def do_close(session: NegotiationSession) -> SessionChange:
    outcomes = frozenset({"i"})
    return holding.close(
        session,
        CloseKind.concluded,
        agenda=[an_item("i", "adopted")],
        issues_with_outcome=outcomes,
        now=NOW,
    )


def do_change(**values: Any) -> Callable[[NegotiationSession], None]:
    return lambda session: rules.change_details(session, values)


EVENTS: dict[str, Callable[[NegotiationSession], Any]] = {
    "accept": lambda session: rules.accept(session, BOTH[0], now=NOW),
    "decline": lambda session: rules.decline(session, "x", reason="No", now=NOW),
    "confirm": do_confirm,
    "move": do_move,
    "relocate": do_relocate,
    "change": do_change(title="Two"),
    "counter": rules.check_may_counter,
    "postpone": lambda session: pausing.postpone(session, reason="Flood", now=NOW),
    "reinstate": do_reinstate,
    "cancel": lambda session: rules.cancel(session, reason="No need", now=NOW),
    "open": lambda session: holding.open_session(session, [an_item()], now=NOW),
    "close": do_close,
    "publish": lambda session: rules.publish(session, now=NOW),
}


def is_allowed(event: str, status: str) -> bool:
    session = a_session(status)
    before = session.model_dump()
    try:
        EVENTS[event](session)
    except WrongState:
        assert session.model_dump() == before
        return False
    return True


def test_each_event_is_allowed_in_the_states_of_the_table_and_no_other() -> None:
    table = read(STATES)
    assert {status for _, status in table} == {status.value for status in SessionStatus}
    assert {event for event, _ in table} == set(EVENTS) == set(rules.ALLOWED_FROM)
    assert {pair: is_allowed(*pair) for pair in table} == table


@pytest.mark.parametrize(
    ("status", "event", "rise"),
    [
        ("proposed", "accept", 0),
        ("proposed", "decline", 0),
        ("proposed", "confirm", 1),
        ("proposed", "move", 1),
        ("confirmed", "move", 1),
        ("confirmed", lambda one: do_move(one, consents=[]), 1),
        ("confirmed", "relocate", 1),
        ("confirmed", "cancel", 1),
        ("proposed", "postpone", 1),
        ("confirmed", "postpone", 1),
        ("in_progress", "postpone", 1),
        ("postponed", "reinstate", 1),
        ("postponed", "cancel", 0),
        ("confirmed", "open", 0),
        ("confirmed", "close", 0),
        ("in_progress", "close", 0),
        ("confirmed", "publish", 0),
        ("proposed", do_change(title="Two"), 1),
        ("proposed", do_change(title="One"), 0),
        ("proposed", do_change(conference_url="https://meet.example/1"), 0),
        ("proposed", do_change(chair_id="p", access_note="Ring"), 0),
    ],
)
def test_sequence_rises_by_one_when_time_place_status_or_title_change(
    status: str, event: Any, rise: int
) -> None:
    session = a_session(status, sequence=3)
    (EVENTS[event] if isinstance(event, str) else event)(session)
    assert session.sequence == 3 + rise


def test_another_zone_for_the_same_instants_is_a_new_time() -> None:
    session = a_session()
    west = session.local_start - timedelta(hours=3)
    slot = resolve(west, west + timedelta(hours=2), "America/Los_Angeles")
    assert slot.starts_at == session.starts_at
    rules.move(session, slot, reason="At home", consents=[], sides=SIDES, now=NOW)
    assert (session.sequence, session.tz) == (1, "America/Los_Angeles")
    with pytest.raises(Invalid, match="at this time already"):
        rules.move(session, slot, reason="Again", consents=[], sides=SIDES, now=NOW)


@pytest.mark.parametrize("change", [do_move, do_relocate])
def test_new_terms_void_what_was_accepted_unless_both_sides_consent(change: Any) -> None:
    session = a_session("confirmed")
    changes = [*accepted(session), change(session, consents=BOTH[:1])]
    assert session.status is SessionStatus.proposed
    assert accepted_by(changes) == {"agency": BOTH[0]}
    kept = a_session("confirmed")
    changes = [*accepted(kept), change(kept, consents=BOTH)]
    assert kept.status is SessionStatus.confirmed
    assert accepted_by(changes) == {"agency": BOTH[0], "x": BOTH[1]}


def test_who_declines_no_longer_accepts_and_the_other_way_round() -> None:
    session = a_session()
    no = rules.decline(session, "x", reason="The date", now=NOW)
    assert set(accepted_by([*accepted(session), no])) == {"agency"}
    assert declined_by([*accepted(session), no]) == {"x": no}
    yes = rules.accept(session, BOTH[1], now=NOW)
    assert declined_by([no, yes]) == {}
    assert declined_by([no, do_move(session, consents=[])]) == {}


def test_a_session_is_closed_after_its_start_with_an_outcome_for_each_issue() -> None:
    session = a_session("confirmed")
    early = session.starts_at - timedelta(minutes=1)
    close: dict[str, Any] = {"agenda": [an_item("i")], "issues_with_outcome": frozenset()}
    with pytest.raises(WrongState, match="hasn't begun"):
        holding.close(session, CloseKind.concluded, now=early, **close)
    with pytest.raises(WrongState, match="No outcome is recorded for agenda item 1"):
        holding.close(session, CloseKind.concluded, now=NOW, **close)
    do_close(session)
    assert (session.status, session.close_kind) == (SessionStatus.held, CloseKind.concluded)


STEPS = st.one_of(
    st.sampled_from(sorted(EVENTS)).map(EVENTS.__getitem__),
    st.integers(-3, 3).map(lambda days: lambda one: do_move(one, consents=[], days=days)),
    st.sampled_from((BOTH, [])).map(lambda some: lambda one: do_relocate(one, consents=some)),
    st.sampled_from(("One", "Two")).map(lambda title: do_change(title=title)),
    st.sampled_from((None, "https://a.example")).map(lambda url: do_change(conference_url=url)),
)


def shown(session: NegotiationSession) -> tuple[Any, ...]:
    """What a calendar program must be told of by a higher SEQUENCE (invariant 2)."""
    others = {"proposed": "TENTATIVE", "postponed": "CANCELLED", "cancelled": "CANCELLED"}
    status = others.get(session.status, "CONFIRMED")
    place = (session.location, session.room)
    return (session.starts_at, session.ends_at, session.tz, place, status, session.title)


@settings(max_examples=300)
@given(st.lists(STEPS, max_size=12))
def test_invariants_1_and_2_hold_over_any_life(steps: list[Any]) -> None:
    session = a_session()
    uid = session.uid
    for step in steps:
        before, sequence, row = shown(session), session.sequence, session.model_dump()
        try:
            step(session)
        except NegotiationsError:
            assert session.model_dump() == row
        assert session.sequence - sequence == (shown(session) != before)
        slot = resolve(session.local_start, session.local_end, session.tz, session.fold)
        assert (slot.starts_at, slot.ends_at) == (session.starts_at, session.ends_at)
    assert session.uid == uid
