"""Who looks where: on the shelves of what they may find, and on no other."""

from collections.abc import Iterable

from negotiations.access.actor import Actor, Seat
from negotiations.models import Person
from negotiations.models.base import new_id
from negotiations.models.parties import Role
from negotiations.models.search import SearchAudience
from negotiations.search.shelves import shelves_for, shelves_of
from negotiations.search.words import SHELF, words_of

TALKS, AGENCY, X, Y, TRACK_X, TRACK_Y, ME = (new_id() for _ in range(7))
ENTRIES = {
    "public": (SearchAudience.public, TALKS),
    "everybody there": (SearchAudience.negotiation, TALKS),
    "track of X": (SearchAudience.track, TRACK_X),
    "track of Y": (SearchAudience.track, TRACK_Y),
    "X": (SearchAudience.party, X),
    "Y": (SearchAudience.party, Y),
    "agency": (SearchAudience.party, AGENCY),
    "secretariat": (SearchAudience.secretariat, TALKS),
    "mine": (SearchAudience.mine, ME),
}
OF_X = Seat(TALKS, Role.delegate, "jurisdiction", X, TRACK_X)


def on_the_way(*seats: Seat) -> set[str]:
    """The entries on the shelves where somebody with these seats looks."""
    person = Person(id=ME, created_at=None, name="Me", tz="UTC")  # type: ignore[arg-type]
    looked = set(shelves_for(Actor(person, seats), TALKS))
    return {name for name, one in ENTRIES.items() if looked & set(shelves_of(*one, TALKS))}


def all_but(*names: str) -> Iterable[str]:
    return set(ENTRIES) - set(names)


def test_each_looks_on_the_shelves_of_what_they_may_find() -> None:
    assert on_the_way(OF_X) == {"public", "everybody there", "track of X", "X", "mine"}
    agency = Seat(TALKS, Role.head, "agency", AGENCY)
    assert on_the_way(agency) == all_but("X", "Y", "secretariat")
    assert on_the_way(Seat(TALKS, Role.coordinator, "secretariat")) == all_but("X", "Y", "agency")
    assert on_the_way() == on_the_way(Seat(new_id(), Role.head, "jurisdiction", Y, TRACK_Y))
    assert on_the_way() == {"public"}


def test_a_shelf_is_part_of_a_word() -> None:
    for one in ENTRIES.values():
        for shelf in shelves_of(*one, TALKS):
            assert words_of(f"{shelf}word") == [f"{shelf}word"] and len(shelf) == SHELF
