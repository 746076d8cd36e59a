"""The state of a document request: which may follow which, as of a day, as known at an instant."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations.documents import lines, states
from negotiations.errors import WrongState
from negotiations.models import DocumentRequest, DocumentRequestEvent, NegotiationSession
from negotiations.models.documents import (
    Disposition,
    LegalBasis,
    RequestEventKind,
    RequestState,
)
from negotiations.models.outcomes import Certainty
from negotiations.models.sessions import SessionStatus
from negotiations.scheduling.times import resolve

MADE = datetime(2010, 1, 1, tzinfo=UTC)
NEW_YORK = "America/New_York"
ADVICE = " Check the day, or supersede the wrong event."


def an_event(number: int, on: date, **more: Any) -> DocumentRequestEvent:
    given: dict[str, Any] = {"kind": RequestEventKind.state, "recorded_at": MADE, **more}
    if given.get("state") is None and "kind" not in more:
        given["kind"] = RequestEventKind.note
    return DocumentRequestEvent(
        id=f"e{number}", created_at=MADE, request_id="r", number=number, happened_on=on, **given
    )


def came_to(number: int, on: date, state: str, **more: Any) -> DocumentRequestEvent:
    return an_event(number, on, state=RequestState(state), **more)


def a_session(id_: str, day: date, hour: int = 14, **more: Any) -> NegotiationSession:
    start = datetime(day.year, day.month, day.day, hour)
    slot = resolve(start, start.replace(hour=hour + 2), NEW_YORK)
    return NegotiationSession(
        id=id_, created_at=MADE, negotiation_id="n", track_id="t", number=1, title=id_, uid=id_,
        local_start=start, local_end=slot.local_end, tz=NEW_YORK, starts_at=slot.starts_at,
        ends_at=slot.ends_at, **{"status": SessionStatus.confirmed, **more},
    )  # fmt: skip


COURT = [
    came_to(1, date(2010, 4, 27), "litigated"),
    an_event(2, date(2010, 10, 28), kind=RequestEventKind.motion, label="injunction asked"),
    an_event(3, date(2010, 12, 9), kind=RequestEventKind.hearing, certainty=Certainty.C),
    came_to(4, date(2010, 12, 10), "ordered", due_on=date(2011, 1, 17)),
    an_event(5, date(2010, 12, 10), kind=RequestEventKind.deadline, due_on=date(2011, 2, 25)),
]


def told(**when: Any) -> tuple[str, str, date | None] | None:
    found = states.standing(COURT[::-1], **when)  # in no order
    if found is None:
        return None
    return found.state.value, lines.one_line(found), found.next_due(when["as_of"])


def test_as_of_a_day_a_request_stands_where_its_events_had_led() -> None:
    suit = "in litigation since 27 Apr 2010"
    asked = f"{suit}; injunction asked 28 Oct 2010"
    both = f"{asked}; court deadlines 17 Jan and 25 Feb 2011"
    first, second = date(2011, 1, 17), date(2011, 2, 25)
    expected = {
        date(2010, 4, 26): None,
        date(2010, 4, 27): ("litigated", suit, None),
        date(2010, 11, 5): ("litigated", asked, None),
        date(2010, 12, 9): ("litigated", asked, None),
        date(2010, 12, 10): ("ordered", both, first),
        date(2011, 1, 17): ("ordered", both, first),
        date(2011, 1, 18): ("ordered", both, second),
        date(2011, 3, 1): ("ordered", both, second),
    }
    assert {day: told(as_of=day) for day in expected} == expected


def test_a_correction_counts_from_when_it_is_known() -> None:
    wrong = came_to(1, date(2010, 5, 1), "submitted")
    right = came_to(
        2, date(2010, 5, 4), "submitted", supersedes_id="e1", recorded_at=MADE + timedelta(days=9)
    )
    back = an_event(3, date(2010, 5, 5), supersedes_id="e2", recorded_at=MADE + timedelta(days=10))

    def since(known: int, as_of: date | None = None) -> date | None:
        found = states.standing(
            [wrong, right, back], as_of=as_of, known_at=MADE + timedelta(days=known)
        )
        return found.since if found else None

    assert [since(known) for known in (-1, 0, 8, 9, 10)] == [
        None, date(2010, 5, 1), date(2010, 5, 1), date(2010, 5, 4), None,
    ]  # fmt: skip
    # Of the wrong day nothing is left, though the right one was still to come by then.
    assert since(9, as_of=date(2010, 5, 2)) is None


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([came_to(1, date(2010, 3, 1), "drafted")], "drafted 1 Mar 2010"),
        (
            [
                came_to(1, date(2010, 3, 1), "submitted", due_on=date(2010, 3, 30)),
                came_to(2, date(2010, 3, 4), "perfected", due_on=date(2010, 4, 1)),
            ],
            "perfected 4 Mar 2010; due 30 Mar and 1 Apr 2010",
        ),
        (
            [
                came_to(1, date(2010, 3, 1), "submitted", due_on=date(2010, 3, 30)),
                came_to(2, date(2010, 3, 4), "disposed", disposition=Disposition.no_records),
            ],
            "no records found 4 Mar 2010",
        ),
        (
            [
                came_to(1, date(2010, 3, 4), "disposed", disposition=Disposition.partial),
                came_to(2, date(2010, 3, 9), "appealed", due_on=date(2010, 12, 31)),
                an_event(3, date(2010, 3, 9), kind=RequestEventKind.deadline,
                         due_on=date(2011, 1, 2)),
            ],
            "on appeal since 9 Mar 2010; due 31 Dec 2010 and 2 Jan 2011",
        ),
        (
            [
                came_to(1, date(2010, 3, 1), "litigated", due_on=date(2010, 3, 30)),
                came_to(2, date(2010, 3, 31), "produced"),
            ],
            "produced 31 Mar 2010",
        ),
        (
            [came_to(1, date(2010, 3, 1), "closed", disposition=Disposition.withdrawn)],
            "withdrawn 1 Mar 2010",
        ),
        (
            [
                came_to(1, date(2010, 3, 1), "litigated"),
                an_event(2, date(2010, 4, 1), kind=RequestEventKind.motion),
                came_to(3, date(2010, 5, 1), "ordered", due_on=date(2010, 6, 1)),
            ],
            "in litigation since 1 Mar 2010; motion 1 Apr 2010; court deadline 1 Jun 2010",
        ),
    ],
)  # fmt: skip
def test_one_line_tells_the_state_and_what_still_binds(
    events: list[DocumentRequestEvent], text: str
) -> None:
    assert lines.one_line(states.check(events)) == text


def test_the_dates_of_asking_are_those_of_the_events() -> None:
    found = states.check(
        [came_to(1, date(2010, 3, 1), "submitted"), came_to(2, date(2010, 3, 4), "perfected")]
    )
    assert (found.submitted_on, found.perfected_on) == (date(2010, 3, 1), date(2010, 3, 4))


@pytest.mark.parametrize(
    ("events", "refusal"),
    [
        (
            [came_to(1, date(2010, 3, 2), "drafted"), came_to(2, date(2010, 3, 3), "ordered")],
            (
                "ordered (2010-03-03) can't follow drafted (2010-03-02). "
                "After drafted comes submitted or closed."
            ),
        ),
        (  # the day decides, not the order of entry
            [came_to(1, date(2010, 3, 2), "processing"), came_to(2, date(2010, 3, 1), "produced")],
            (
                "processing (2010-03-02) can't follow produced (2010-03-01). "
                "After produced comes appealed or litigated or ordered or closed."
            ),
        ),
        (
            [came_to(1, date(2010, 3, 1), "closed"), came_to(2, date(2010, 3, 1), "litigated")],
            "litigated (2010-03-01) can't follow closed (2010-03-01). Nothing follows it.",
        ),
        (
            [
                came_to(1, date(2010, 3, 1), "disposed", disposition=Disposition.withdrawn),
                came_to(2, date(2010, 3, 2), "appealed"),
            ],
            (
                "appealed (2010-03-02) can't follow withdrawn (2010-03-01). "
                "After withdrawn comes closed."
            ),
        ),
        (
            [
                came_to(1, date(2010, 3, 1), "submitted"),
                an_event(2, date(2010, 3, 1), supersedes_id="e1"),
            ],
            "A request is always in a state. Supersede this event by one that leads to a state.",
        ),
    ],
)
def test_states_that_do_not_follow_are_refused(
    events: list[DocumentRequestEvent], refusal: str
) -> None:
    with pytest.raises(WrongState) as caught:
        states.check(events)
    assert caught.value.detail.removesuffix(ADVICE) == refusal


def test_a_refused_request_taken_up_again_has_no_answer_yet() -> None:
    events = [
        came_to(1, date(2010, 3, 1), "disposed", disposition=Disposition.denied),
        came_to(2, date(2010, 3, 2), "appealed"),
    ]
    assert states.check(events).disposition is Disposition.denied
    events.append(came_to(3, date(2010, 3, 3), "processing"))
    assert states.check(events).disposition is None


def test_what_is_due_after_the_session_that_needs_it_is_warned_of() -> None:
    sessions = [
        a_session("s9", date(2010, 11, 9)),
        a_session("s5", date(2010, 11, 5)),
        a_session("t9", date(2010, 11, 9), hour=17),
        a_session("c7", date(2010, 11, 7), status=SessionStatus.cancelled),
    ]
    assert lines.warnings(states.check(COURT), sessions, NEW_YORK) == [
        "Due 17 Jan 2011, after the session of 5 Nov 2010 that needs it.",
        "Due 17 Jan 2011, after the session of 9 Nov 2010 that needs it.",
    ]
    in_time = [
        came_to(1, date(2010, 10, 1), "submitted", due_on=date(2010, 11, 4)),
        an_event(2, date(2010, 10, 1), kind=RequestEventKind.deadline, due_on=date(2010, 11, 9)),
    ]
    assert lines.warnings(states.check(in_time), sessions, NEW_YORK) == [
        "Due 9 Nov 2010, after the session of 5 Nov 2010 that needs it.",
        "Due at the end of 9 Nov 2010: the session that needs it has begun by then.",
    ]
    done = [*COURT, came_to(6, date(2011, 1, 17), "produced")]
    assert lines.warnings(states.check(done), sessions, NEW_YORK) == []
    assert lines.needed_first(sessions) is sessions[1]
    assert lines.needed_first([sessions[3]]) is None


def test_a_line_is_as_certain_as_the_least_certain_of_what_it_tells() -> None:
    row = DocumentRequest(
        created_at=MADE, negotiation_id="n", requester_id="a", holder_id="b", title="T",
        legal_basis=LegalBasis.foia,
    )  # fmt: skip
    assert lines.certainty(row, states.check(COURT)) is Certainty.A  # the hearing isn't in it
    doubted = [*COURT[:4], *COURT[4:]]
    doubted[4] = an_event(
        5, date(2010, 12, 10), kind=RequestEventKind.deadline, due_on=date(2011, 2, 25),
        certainty=Certainty.C,
    )  # fmt: skip
    assert lines.certainty(row, states.check(doubted)) is Certainty.C
    row.certainty = Certainty.B
    assert lines.certainty(row, states.check(COURT)) is Certainty.B


DAYS = st.dates(date(2010, 1, 1), date(2010, 12, 31))
STEPS = st.lists(
    st.tuples(DAYS, st.one_of(st.none(), st.sampled_from(RequestState)), st.integers(0, 30)),
    min_size=1,
    max_size=8,
)


def log_of(steps: list[tuple[date, RequestState | None, int]]) -> list[DocumentRequestEvent]:
    """Events that hold by themselves; each known `days` after the first."""
    return [
        an_event(
            number, day, state=state, recorded_at=MADE + timedelta(days=days),
            disposition=Disposition.denied if state is RequestState.disposed else None,
        )
        for number, (day, state, days) in enumerate(steps, 1)
    ]  # fmt: skip


@given(STEPS, DAYS)
def test_as_of_is_a_pure_function_of_the_rows_said_by_then(steps: Any, day: date) -> None:
    """Invariant 7: what happened later changes nothing, and neither does the order of the rows."""
    events = log_of(steps)
    earlier = [one for one in events if one.happened_on <= day]
    assert states.standing(events, as_of=day) == states.standing(earlier[::-1])


@given(STEPS, st.integers(0, 30))
def test_known_at_is_a_pure_function_of_the_rows_recorded_by_then(steps: Any, days: int) -> None:
    events = log_of(steps)
    at = MADE + timedelta(days=days)
    known = [one for one in events if one.recorded_at <= at]
    assert states.standing(events, known_at=at) == states.standing(known[::-1])


@given(STEPS)
def test_what_check_lets_pass_follows_step_by_step(steps: Any) -> None:
    events = log_of(steps)
    in_order = [one.state for one in states.counting(events) if one.state is not None]
    follows = all(
        after in states.FOLLOWING[before] for before, after in itertools.pairwise(in_order)
    )
    try:
        found = states.check(events)
    except WrongState:
        assert not (follows and in_order)
    else:
        assert follows
        assert found.state is in_order[-1]


def test_every_state_can_be_reached_from_a_draft_and_leads_to_closed() -> None:
    reached = {RequestState.drafted}
    for _ in RequestState:
        reached |= {after for before in reached for after in states.FOLLOWING[before]}
    assert reached == set(RequestState)
    closing = {RequestState.closed}
    for _ in RequestState:
        closing |= {one for one in RequestState if states.FOLLOWING[one] & closing}
    assert closing == set(RequestState)
