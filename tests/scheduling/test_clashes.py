"""Which sessions stand in each other's way: compared with asking every pair by itself."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from negotiations.models import NegotiationSession
from negotiations.models.sessions import SessionStatus
from negotiations.scheduling.clashes import ROOM, Clash, clashes

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def session(id_: str, start: float, hours: float = 1, **more: object) -> NegotiationSession:
    starts_at = BEGIN + start * HOUR
    given: dict[str, object] = {"status": SessionStatus.confirmed, **more}
    return NegotiationSession(
        id=id_, created_at=BEGIN, negotiation_id="n", number=1, title=id_, uid=id_, tz="UTC",
        local_start=starts_at.replace(tzinfo=None), starts_at=starts_at,
        local_end=starts_at.replace(tzinfo=None), ends_at=starts_at + hours * HOUR, **given,
    )  # fmt: skip


def test_people_need_time_between_and_a_room_does_not() -> None:
    a, b = session("a", 0, room="Hall  1", location="Here"), session("b", 1.5)
    c = session("c", 1, room="hall 1", location="here ")
    d = session("d", 1.5, room="Hall 1", location="Elsewhere")
    e = session("e", 1.75, room="Hall 1", location="HERE")
    taken = {"a": {1: "A's team", 2: "Q"}, "b": {1: "A's team", 2: "Q"}, "c": {}, "e": {3: "R"}}
    assert clashes([e, d, c, b, a], taken, HOUR) == {
        "a": [Clash(b, ("A's team", "Q"), overlaps=False)],
        "b": [Clash(a, ("A's team", "Q"), overlaps=False)],
        "c": [Clash(e, (ROOM,), overlaps=True)],
        "e": [Clash(c, (ROOM,), overlaps=True)],
    }
    assert clashes([a, b, c], taken, HOUR / 2) == {}


def test_what_is_off_or_over_or_stands_for_the_same_meeting_does_not_clash() -> None:
    taken = {name: {1: "The team"} for name in "abcdefg"}
    off = [
        session(name, 0, status=status)
        for name, status in zip(
            "abc",
            (SessionStatus.cancelled, SessionStatus.postponed, SessionStatus.held),
            strict=True,
        )
    ]
    first = session("d", 0, status=SessionStatus.proposed)
    second = session("e", 0, status=SessionStatus.proposed, instead_of_id="d")
    third = session("f", 0, status=SessionStatus.proposed, instead_of_id="e")
    assert clashes([*off, third, second, first], taken, HOUR) == {}
    other = session("g", 0.5)
    found = clashes([*off, third, second, first, other], taken, HOUR)
    assert {id_: [one.other.id for one in them] for id_, them in found.items()} == {
        "d": ["g"], "e": ["g"], "f": ["g"], "g": ["d", "e", "f"],
    }  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.integers(0, 40), st.integers(1, 12), st.sets(st.integers(1, 3), max_size=2),
            st.sampled_from([None, "", "One", "Two"]),
        ),
        max_size=12,
    ),
    st.integers(0, 8),
)  # fmt: skip
def test_every_pair_is_found_and_no_other(
    rows: list[tuple[int, int, set[int], str | None]], quarters: int
) -> None:
    buffer = quarters * HOUR / 4
    sessions = [
        session(f"{place:02}", start / 4, long / 4, room=room)
        for place, (start, long, _, room) in enumerate(rows)
    ]
    taken = {
        one.id: {number: f"T{number}" for number in row[2]}
        for one, row in zip(sessions, rows, strict=True)
    }
    expected = set()
    for a, b in combinations(sessions, 2):
        overlaps = a.starts_at < b.ends_at and b.starts_at < a.ends_at
        near = a.starts_at < b.ends_at + buffer and b.starts_at < a.ends_at + buffer
        wanted = {f"T{number}" for number in taken[a.id].keys() & taken[b.id].keys() if near}
        wanted |= {ROOM} if overlaps and a.room and a.room == b.room else set()
        if wanted:
            expected |= {(a.id, b.id, frozenset(wanted), overlaps),
                         (b.id, a.id, frozenset(wanted), overlaps)}  # fmt: skip
    found = {
        (id_, one.other.id, frozenset(one.wanted), one.overlaps)
        for id_, them in clashes(sessions, taken, buffer).items()
        for one in them
    }
    assert found == expected
