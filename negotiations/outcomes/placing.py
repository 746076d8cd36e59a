"""Which track, session, issue and party of the talks a body names."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import Invalid, NotFound
from negotiations.locks import locked
from negotiations.models import Issue, Negotiation, NegotiationSession, Party, Track
from negotiations.models.parties import PartyKind
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.seating import Setting


async def session_named(
    db: Db, actor: Actor, negotiation: Negotiation, session_id: str | None
) -> NegotiationSession | None:
    """The visible session of these talks, None where none is named; Invalid for any other."""
    if session_id is None:
        return None
    try:
        session = await scheduling.session(db, actor, session_id)
    except NotFound:
        session = None
    if session is None or session.negotiation_id != negotiation.id:
        raise Invalid.field("session", "There is no such session in these talks.")
    return session


async def track_named(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    jurisdiction: str | None,
    session: NegotiationSession | None,
) -> Track:
    """The track of the session, or else of the jurisdiction; it is held until the commit."""
    of_session = None
    if session is not None:
        where = await seating.setting(db, session)
        of_session = await track_of(db, where, jurisdiction)
    for track, party in await parties.tracks(db, actor, negotiation.id):
        if track.id == of_session.id if of_session else party.slug == jurisdiction:
            return (await db.exec(locked(select(Track).where(col(Track.id) == track.id)))).one()
    raise Invalid.field("jurisdiction", "Name the jurisdiction of the talks, or a session of it.")


async def track_of(
    db: Db, where: Setting, jurisdiction: str | None, pointer: str = "jurisdiction"
) -> Track:
    """The track that what was undertaken in a session belongs to; of a plenary one has to say.

    A commitment is read by both delegations of its track: one made in the absence of the agency is
    no commitment in its talks.
    """
    if where.track is not None and where.jurisdiction is not None:
        if jurisdiction not in (None, where.jurisdiction.slug):
            raise Invalid.field(pointer, "It belongs to this session's talks.")
        return where.track
    if where.is_caucus or where.agency.id not in where.sides:
        raise Invalid.field(pointer, "The agency wasn't there: enter it without this session.")
    with_ = [party for party in where.parties if party.id != where.agency.id]
    for party in with_:
        if party.slug == jurisdiction:
            return (await db.exec(select(Track).where(col(Track.party_id) == party.id))).one()
    known = " or ".join(party.slug for party in with_)
    raise Invalid.field(pointer, f"Say in whose talks with the agency: {known}.")


async def issue_named(db: Db, negotiation_id: str, code: str, pointer: str = "") -> Issue:
    """The issue with this code; Invalid, at `issue` behind the pointer, for what isn't there."""
    return (await issues_named(db, negotiation_id, [code], lambda _: pointer))[code]


async def issues_named(
    db: Db,
    negotiation_id: str,
    codes: Sequence[str],
    pointer: Callable[[int], str],
    found: dict[str, Issue] | None = None,
) -> dict[str, Issue]:
    """The issues with these codes; Invalid at the first that isn't on the list. "" names none.

    Those in `found` aren't asked for again; what else is found is added to it.
    """
    found = {} if found is None else found
    wanted = {code for code in codes if code and code not in found}
    if wanted:
        rows = await db.exec(_issues(), params={"talks": negotiation_id, "codes": list(wanted)})
        found.update((issue.code, issue) for issue in rows)
    for place, code in enumerate(codes):
        if code and code not in found:
            detail = f"There is no issue {code!r} on the list."
            raise Invalid.field(f"{pointer(place)}issue", detail)
    return found


@cache
def _issues() -> Any:
    return select(Issue).where(
        col(Issue.negotiation_id) == bindparam("talks"),
        col(Issue.code).in_(bindparam("codes", expanding=True)),
    )


async def party_at_table(db: Db, track: Track, slug: str, pointer: str) -> str:
    """The id of a party that sits at this track's table; Invalid for any other."""
    return side_named(await parties_of(db, track.negotiation_id), track, slug, pointer)


async def parties_of(db: Db, negotiation_id: str) -> dict[str, tuple[str, str]]:
    """Who may sit at the tables of these talks: id and kind by slug."""
    rows = await db.exec(_parties(), params={"talks": negotiation_id})
    return {slug: (id_, kind) for slug, id_, kind in rows}


def parties_in(where: Setting) -> dict[str, tuple[str, str]]:
    """The same of the agency and of who sits at one table."""
    return {party.slug: (party.id, party.kind) for party in (where.agency, *where.parties)}


@cache
def _parties() -> Any:
    named = select(Party.slug, Party.id, Party.kind)
    return named.where(col(Party.negotiation_id) == bindparam("talks"))


def side_named(sides: Mapping[str, tuple[str, str]], track: Track, slug: str, pointer: str) -> str:
    """The id of the party, if it sits at this track's table; Invalid for any other."""
    id_, kind = sides.get(slug, ("", ""))
    if not id_ or (id_ != track.party_id and kind != PartyKind.agency):
        raise Invalid.field(pointer, f"{slug!r} is neither the agency nor this jurisdiction.")
    return id_
