"""JSON for outcomes, the matrix and commitments."""

from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.civil import local_date
from negotiations.db import Db, locked
from negotiations.errors import BadRequest, Invalid, NotFound
from negotiations.models import Negotiation, NegotiationSession, Track
from negotiations.outcomes import actions, queries, views
from negotiations.outcomes.bodies import CommitmentChange, NewCommitment, NewOutcome
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.web.routes import Api, Call

api = Api()
NEG = "/negotiations/{neg}"


async def outcome_list(db: Db, actor: Actor, session: NegotiationSession) -> dict[str, Any]:
    """Every outcome row of a session with its sources."""
    where = await scheduling.setting(db, session)
    rows = (await queries.outcomes_of(db, [session.id]))[session.id]
    sources = await queries.sources_of(db, [row.id for row in rows])
    codes = {
        issue.id: issue.code for issue in await parties.issues(db, actor, where.negotiation.id)
    }
    slugs = {party.id: party.slug for party in (where.agency, where.jurisdiction)}
    return {
        "items": [
            views.outcome_view(row, codes[row.issue_id], slugs, sources[row.id]) for row in rows
        ],
        "next": None,
    }


@api.get("/sessions/{id}/outcomes")
async def list_outcomes(call: Call) -> Response:
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        view = await outcome_list(db, actor, session)
    return call.answer(view)


@api.post("/sessions/{id}/outcomes", body=NewOutcome)
async def record_outcome(call: Call, body: NewOutcome) -> Response:
    async with call.write() as (db, actor):
        session = await scheduling.session_for_change(db, actor, call.path["id"])
        where = await scheduling.setting(db, session)
        row = await actions.record(db, actor, session, where, body, now=call.now)
        listed = await outcome_list(db, actor, session)
    # What stands already is answered as it is: the same request twice does no harm.
    same = [one for one in listed["items"] if one["issue"] == body.issue]
    superseded = {one["supersedes"] for one in same}
    standing = next(one for one in same if one["id"] not in superseded)
    return call.answer(standing, 200 if row is None else 201)


def as_date(call: Call, name: str) -> date | None:
    """A date option, as 2010-11-05."""
    value = call.query(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadRequest(f"{name} is a date, as 2010-11-05.") from None


def as_instant(call: Call, name: str) -> datetime | None:
    """An instant option with its offset, as 2010-11-05T18:00:00Z."""
    value = call.query(name)
    try:
        instant = datetime.fromisoformat(value.replace(" ", "+")) if value else None
        if instant is None or instant.tzinfo is not None:
            return instant.astimezone(UTC) if instant else None
    except (ValueError, OverflowError):
        pass
    raise BadRequest(f"{name} is an instant with its offset, as 2010-11-05T18:00:00Z.")


@api.get(NEG + "/outcomes", options=("jurisdiction", "issue", "as_of", "known_at"))
async def show_matrix(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        found = await queries.matrix(
            db,
            actor,
            negotiation,
            as_of=as_date(call, "as_of"),
            known_at=as_instant(call, "known_at"),
            jurisdiction=call.query("jurisdiction"),
            issue=call.query("issue"),
            today=_today(call, negotiation),
        )
    return call.answer(views.matrix_view(found))


def _today(call: Call, negotiation: Negotiation) -> date:
    return local_date(call.now, negotiation.home_tz)


@api.get(NEG + "/commitments")
async def list_commitments(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        found = await queries.commitments(db, actor, negotiation.id)
    items = [views.commitment_view(one, _today(call, negotiation)) for one in found]
    return call.answer({"items": items, "next": None})


@api.post(NEG + "/commitments", body=NewCommitment)
async def create_commitment(call: Call, body: NewCommitment) -> Response:
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        session = None
        if body.session is not None:
            session = await _session(db, actor, negotiation, body.session)
        track = await _track(db, actor, negotiation, body, session)
        row = await actions.commit(db, actor, track, body, session=session, now=call.now)
        found = await queries.commitment(db, actor, negotiation.id, row.id)
    return call.answer(views.commitment_view(found, _today(call, negotiation)), 201)


async def _session(
    db: Db, actor: Actor, negotiation: Negotiation, session_id: str
) -> NegotiationSession:
    try:
        session = await scheduling.session(db, actor, session_id)
    except NotFound:
        session = None
    if session is None or session.negotiation_id != negotiation.id:
        raise Invalid.field("session", "There is no such session in these talks.")
    return session


async def _track(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    body: NewCommitment,
    session: NegotiationSession | None,
) -> Track:
    """The track a commitment belongs to: its session's, or the jurisdiction's."""
    for track, party in await parties.tracks(db, actor, negotiation.id):
        wanted = track.id == session.track_id if session else party.slug == body.jurisdiction
        if wanted and body.jurisdiction in (None, party.slug):
            return (await db.exec(locked(select(Track).where(col(Track.id) == track.id)))).one()
    raise Invalid.field("jurisdiction", "Name the jurisdiction of the talks, or a session of it.")


@api.get(NEG + "/commitments/{id}")
async def show_commitment(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        found = await queries.commitment(db, actor, negotiation.id, call.path["id"])
    return call.answer(views.commitment_view(found, _today(call, negotiation)))


@api.patch(NEG + "/commitments/{id}", body=CommitmentChange)
async def change_commitment(call: Call, body: CommitmentChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        seen = await queries.commitment(db, actor, negotiation.id, call.path["id"])
        held = locked(select(Track).where(col(Track.id) == seen.row.track_id))
        track = (await db.exec(held)).one()
        found = await queries.commitment(db, actor, negotiation.id, call.path["id"], lock=True)
        call.require_match(views.commitment_view(found, _today(call, negotiation)))
        await actions.change_commitment(db, actor, track, found.row, body, now=call.now)
        found = await queries.commitment(db, actor, negotiation.id, call.path["id"])
    return call.answer(views.commitment_view(found, _today(call, negotiation)))
