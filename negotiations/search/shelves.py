"""On which shelves of the index do an entry's words stand, and on which does one look?

A shelf has what readers of one sort may find: all who sit in some talks, whoever sits at every
table of them, one track, one party, the secretariat, one person, the public. The filter by rights
is access.visible's; by shelves nobody's search even passes through what is others', and its time
tells nothing of it.
"""

from negotiations.access.actor import Actor
from negotiations.models.search import SearchAudience

_LETTERS = {
    SearchAudience.public: "p",
    SearchAudience.negotiation: "n",
    SearchAudience.track: "t",
    SearchAudience.party: "y",
    SearchAudience.secretariat: "s",
    SearchAudience.mine: "m",
}


def _named(letter: str, id_: str) -> str:
    """Nine characters that belong to words. Two may get the same: rights don't hang on it."""
    return f"{letter}{id_[:8]:0<8}"


def shelves_of(audience: SearchAudience, reader_id: str, negotiation_id: str) -> tuple[str, ...]:
    """Where an entry stands; a track's also where those look who sit at every table."""
    own = _named(_LETTERS[audience], reader_id)
    every_table = (_named("w", negotiation_id),) if audience is SearchAudience.track else ()
    return (own, *every_table)


def shelves_for(actor: Actor, negotiation_id: str) -> list[str]:
    """Where an actor looks in these talks."""
    found = [_named("p", negotiation_id)]
    seat = actor.seat_in(negotiation_id)
    if seat is None:
        return found
    found.append(_named("n", negotiation_id))
    if seat.side == "secretariat":
        found.append(_named("s", negotiation_id))
    if seat.side != "jurisdiction":
        found.append(_named("w", negotiation_id))
    if seat.track_id is not None:
        found.append(_named("t", seat.track_id))
    if seat.party_id is not None:
        found.append(_named("y", seat.party_id))
    if actor.person_id is not None:
        found.append(_named("m", actor.person_id))
    return found
