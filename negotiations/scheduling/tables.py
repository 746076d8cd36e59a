"""At which table a new session is held: who may call it, and who sits there."""

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.caucuses import queries as caucuses
from negotiations.db import Db
from negotiations.errors import Invalid, NotFound
from negotiations.locks import locked
from negotiations.models import Negotiation, Party, Track
from negotiations.models.sessions import SessionKind
from negotiations.parties import going_on
from negotiations.parties import queries as parties
from negotiations.parties.actions import ON_THE_TABLE
from negotiations.scheduling.bodies import NewSession
from negotiations.scheduling.seating import Setting, agency_first
from negotiations.scheduling.table_locks import hold_plenary


async def table_of(db: Db, actor: Actor, negotiation: Negotiation, body: NewSession) -> Setting:
    """The table of a new session, held until the commit.

    Forbidden to who may not call one there, Invalid where there is none.
    """
    if body.kind is SessionKind.plenary:
        return await _plenary(db, actor, negotiation, body.participants)
    if body.kind is SessionKind.caucus:
        return await _caucus(db, actor, negotiation, str(body.caucus))
    return await _bilateral(db, actor, negotiation, str(body.jurisdiction))


async def _bilateral(db: Db, actor: Actor, negotiation: Negotiation, slug: str) -> Setting:
    demand(actor, "session.propose", negotiation)
    track, jurisdiction = await _track(db, actor, negotiation, slug)
    await _still_open(db, actor, negotiation)
    agency = await parties.agency(db, negotiation.id)
    return Setting(negotiation, agency, (agency, jurisdiction), track, jurisdiction)


async def _track(
    db: Db, actor: Actor, negotiation: Negotiation, jurisdiction: str
) -> tuple[Track, Party]:
    for track, party in await parties.tracks(db, actor, negotiation.id):
        if party.slug == jurisdiction:
            held = await db.exec(locked(select(Track).where(col(Track.id) == track.id)))
            return held.one(), party
    raise Invalid.field("jurisdiction", f"There is no jurisdiction {jurisdiction!r} here.")


async def _plenary(db: Db, actor: Actor, negotiation: Negotiation, slugs: list[str]) -> Setting:
    demand(actor, "session.propose", negotiation)
    known = {
        party.slug: party
        for party in await parties.parties(db, actor, negotiation.id)
        if party.kind in ON_THE_TABLE
    }
    for place, slug in enumerate(slugs):
        if slug not in known:
            raise Invalid.field(f"participants/{place}", f"Nobody here is called {slug!r}.")
    seated = tuple(sorted((known[slug] for slug in slugs), key=agency_first))
    await hold_plenary(db, negotiation.id, [party.id for party in seated])
    await _still_open(db, actor, negotiation)
    agency = await parties.agency(db, negotiation.id, pointer="participants")
    return Setting(negotiation, agency, seated)


async def _caucus(db: Db, actor: Actor, negotiation: Negotiation, caucus_id: str) -> Setting:
    """Its parties are those that have joined by now, and stay so for this session."""
    demand(actor, "caucus.write", negotiation)
    try:
        circle = await caucuses.circle(db, actor, negotiation.id, caucus_id, lock=True)
    except NotFound:
        raise Invalid.field("caucus", "You have no such caucus in these talks.") from None
    if not circle.has_joined(actor):
        raise Invalid.field("caucus", "Your party hasn't joined this caucus. Join it first.")
    agency = await parties.agency(db, negotiation.id, pointer="caucus")
    return Setting(negotiation, agency, tuple(circle.joined), caucus=circle.caucus)


async def _still_open(db: Db, actor: Actor, negotiation: Negotiation) -> None:
    """What was waited for may have changed who sits here and whether anything is written."""
    await going_on.check_still(db, actor, negotiation.id)
