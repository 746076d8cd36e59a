"""What an address may show: its owner's seats of now, at most what it was made for (T34)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations.access.actor import Seat
from negotiations.access.scope import capped, ends, left, side_of, sides_of
from negotiations.models import Feed, FormerAddress
from negotiations.models.parties import Role

NOW = datetime(2030, 5, 6, tzinfo=UTC)
SEATS = {
    "secretariat": lambda talks: Seat(talks, Role.coordinator, "secretariat"),
    "agency": lambda talks: Seat(talks, Role.delegate, "agency", f"{talks}-agency"),
    "x": lambda talks: Seat(talks, Role.delegate, "jurisdiction", f"{talks}-x", f"{talks}-track-x"),
    "y": lambda talks: Seat(talks, Role.head, "jurisdiction", f"{talks}-y", f"{talks}-track-y"),
}


def feed(sides: dict[str, str], **more: str | datetime) -> Feed:
    given = {"person_id": "p", "token_sha256": "0", "label": "Mine", **more}
    return Feed(created_at=NOW, sides=sides, **given)


def held(**talks: str) -> list[Seat]:
    return [SEATS[side](name) for name, side in talks.items()]


@pytest.mark.parametrize(
    ("then", "now", "shown"),
    [
        (held(a="x"), held(a="x"), held(a="x")),
        (held(a="x"), held(a="y"), []),
        (held(a="x"), held(a="agency"), []),
        (held(a="x"), held(a="secretariat"), []),
        (held(a="secretariat"), held(a="x"), []),
        (held(a="x"), [], []),
        (held(a="x"), held(a="x", b="y"), held(a="x", b="y")),
        (held(a="x"), held(a="x", b="secretariat"), held(a="x")),
        (held(a="x", b="secretariat"), held(c="secretariat"), held(c="secretariat")),
        (held(a="agency"), held(b="x", c="agency"), held(c="agency")),
        ([], held(a="x"), []),
    ],
)
def test_an_address_shows_one_side_and_in_later_talks_the_kinds_it_was_made_for(
    then: Sequence[Seat], now: Sequence[Seat], shown: Sequence[Seat]
) -> None:
    assert list(capped(feed(sides_of(then)), now)) == shown


def test_another_role_on_the_same_side_shows_the_same() -> None:
    delegate = Seat("a", Role.delegate, "jurisdiction", "a-x", "a-track-x")
    head = Seat("a", Role.head, "jurisdiction", "a-x", "a-track-x")
    assert capped(feed(sides_of([delegate])), [head]) == (head,)


def test_a_subscription_to_some_talks_shows_those_and_a_former_address_its_own_sides() -> None:
    one = feed(sides_of(held(a="x", b="x")), negotiation_id="a")
    assert list(capped(one, held(a="x", b="x"))) == held(a="x")
    former = FormerAddress(token_sha256="1", feed_id=one.id, sides=sides_of(held(a="y")), until=NOW)
    assert list(capped(one, held(a="y"), former)) == held(a="y")
    assert capped(one, held(a="x"), former) == ()


def test_sides_that_were_left_in_another_shape_show_nothing() -> None:
    broken = feed({})
    broken.sides = None  # type: ignore[assignment]  # as Shaped reads what is no object
    assert capped(broken, held(a="x")) == ()
    assert left(None, held(a="x")[0]) == {}


def test_an_address_ends_with_its_subscription_or_by_itself() -> None:
    later, former = NOW + timedelta(days=1), FormerAddress(token_sha256="1", feed_id="f", until=NOW)
    assert [
        ends(feed({})),
        ends(feed({}, expires_at=later)),
        ends(feed({}), former),
        ends(feed({}, expires_at=later), former),
    ] == [[], [later], [NOW], [later, NOW]]


@dataclass
class Address:
    """One that was made, and all that it has ever shown."""

    feed: Feed
    kinds: set[str]
    then: dict[str, str]
    shown: dict[str, set[str]] = field(default_factory=dict)


ACTS = st.one_of(
    st.just(("make", "", "")),
    st.tuples(st.just("leave"), st.sampled_from("abc"), st.just("")),
    st.tuples(st.just("join"), st.sampled_from("abc"), st.sampled_from(sorted(SEATS))),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(ACTS, max_size=25))
def test_whoever_joins_leaves_and_changes_sides_an_address_shows_one_side_of_each_talks(
    acts: list[tuple[str, str, str]],
) -> None:
    """trust.md T34: never what isn't seen now, never wider than what it was made for."""
    seats: dict[str, Seat] = {}
    addresses: list[Address] = []
    for act, talks, side in acts:
        if act == "make" and seats:
            then = sides_of(list(seats.values()))
            kinds = {seat.side for seat in seats.values()}
            addresses.append(Address(feed(then), kinds, then))
        elif act == "leave" and talks in seats:
            gone = seats.pop(talks)
            for one in addresses:
                one.feed.sides = left(one.feed.sides, gone)
        elif act == "join":
            seats.setdefault(talks, SEATS[side](talks))
        for one in addresses:
            shown = capped(one.feed, list(seats.values()))
            assert set(shown) <= set(seats.values())
            assert {seat.side for seat in shown} <= one.kinds
            for seat in shown:
                one.shown.setdefault(seat.negotiation_id, set()).add(side_of(seat))
            for seat in seats.values():
                if one.then.get(seat.negotiation_id) == side_of(seat):
                    assert seat in shown, "it doesn't lose what it was made for"
    assert all(len(sides) == 1 for one in addresses for sides in one.shown.values())
