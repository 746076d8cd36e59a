"""JSON for outcomes, the matrix, positions and commitments."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.civil import local_date
from negotiations.db import Db, locked
from negotiations.errors import BadRequest, NotFound
from negotiations.models import Negotiation, NegotiationSession, Track
from negotiations.outcomes import actions, queries, stating, views
from negotiations.outcomes.bodies import (
    CommitmentChange,
    NewCommitment,
    NewOutcome,
    NewPosition,
    PositionChange,
)
from negotiations.outcomes.placing import session_named, track_named
from negotiations.outcomes.positions import position, position_held, position_view, positions
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
    return {
        "items": [
            views.outcome_view(row, codes[row.issue_id], where.slugs, sources[row.id])
            for row in rows
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
        )
    return call.answer(views.matrix_view(found))


@api.get(NEG + "/consistency", options=("as_of", "known_at"))
async def show_consistency(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        as_of, known_at = as_date(call, "as_of"), as_instant(call, "known_at")
        found = await queries.matrix(db, actor, negotiation, as_of=as_of, known_at=known_at)
    return call.answer(views.consistency_view(found))


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
        session = await session_named(db, actor, negotiation, body.session)
        track = await track_named(db, actor, negotiation, body.jurisdiction, session)
        row = await actions.commit(db, actor, track, body, session=session, now=call.now)
        found = await queries.commitment(db, actor, negotiation.id, row.id)
    return call.answer(views.commitment_view(found, _today(call, negotiation)), 201)


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


@api.get(NEG + "/positions", options=("jurisdiction", "issue", "party"))
async def list_positions(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        tracks = await parties.tracks(db, actor, negotiation.id)
        issues = await parties.issues(db, actor, negotiation.id)
        sides = await parties.parties(db, actor, negotiation.id)
        found = await positions(
            db,
            actor,
            negotiation.id,
            track_id=_chosen(call, "jurisdiction", {side.slug: row.id for row, side in tracks}),
            issue_id=_chosen(call, "issue", {one.code: one.id for one in issues}),
            party_id=_chosen(call, "party", {one.slug: one.id for one in sides}),
        )
    return call.answer({"items": [position_view(one) for one in found], "next": None})


def _chosen(call: Call, option: str, ids: Mapping[str, str]) -> str | None:
    """The id of what an option names; NotFound for what isn't there, or not to be seen."""
    name = call.query(option)
    if name is not None and name not in ids:
        raise NotFound
    return ids[name] if name is not None else None


@api.post(NEG + "/positions", body=NewPosition)
async def create_position(call: Call, body: NewPosition) -> Response:
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        session = await session_named(db, actor, negotiation, body.session)
        track = await track_named(db, actor, negotiation, body.jurisdiction, session)
        row, is_new = await stating.state(
            db, actor, negotiation, track, body, session=session, now=call.now
        )
        found = await position(db, actor, negotiation.id, row.id)
    # What stands already is answered as it is: the same request twice does no harm.
    return call.answer(position_view(found), 201 if is_new else 200)


@api.get(NEG + "/positions/{id}")
async def show_position(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        found = await position(db, actor, negotiation.id, call.path["id"])
    return call.answer(position_view(found))


@api.patch(NEG + "/positions/{id}", body=PositionChange)
async def change_position(call: Call, body: PositionChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        track, found = await position_held(db, actor, negotiation.id, call.path["id"])
        call.require_match(position_view(found))
        await stating.allow_quoting(db, actor, track, found.row, body, now=call.now)
        found = await position(db, actor, negotiation.id, call.path["id"])
    return call.answer(position_view(found))
