"""Which track, session, issue and party of the talks a body names."""

from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.db import Db, locked
from negotiations.errors import Invalid, NotFound
from negotiations.models import Issue, Negotiation, NegotiationSession, Party, Track
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling


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
    for track, party in await parties.tracks(db, actor, negotiation.id):
        wanted = track.id == session.track_id if session else party.slug == jurisdiction
        if wanted and jurisdiction in (None, party.slug):
            return (await db.exec(locked(select(Track).where(col(Track.id) == track.id)))).one()
    raise Invalid.field("jurisdiction", "Name the jurisdiction of the talks, or a session of it.")


async def issue_named(db: Db, negotiation_id: str, code: str, pointer: str) -> Issue:
    """The issue with this code; Invalid when it isn't on the list."""
    rows = await db.exec(
        select(Issue).where(col(Issue.negotiation_id) == negotiation_id, col(Issue.code) == code)
    )
    found = rows.first()
    if found is None:
        raise Invalid.field(pointer, f"There is no issue {code!r} on the list.")
    return found


async def party_at_table(db: Db, track: Track, slug: str, pointer: str) -> str:
    """The id of a party that sits at this track's table; Invalid for any other."""
    rows = await db.exec(
        select(Party.id).where(
            col(Party.negotiation_id) == track.negotiation_id,
            col(Party.slug) == slug,
            (col(Party.id) == track.party_id) | (col(Party.kind) == "agency"),
        )
    )
    found = rows.first()
    if found is None:
        raise Invalid.field(pointer, f"{slug!r} is neither the agency nor this jurisdiction.")
    return found
