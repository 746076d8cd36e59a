"""JSON for outcomes, the matrix, positions and commitments."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import col, select
from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.locks import locked
from negotiations.models import Negotiation, NegotiationSession, Track
from negotiations.models.outcomes import CommitmentStatus
from negotiations.outcomes import actions, matrix_views, queries, stating, undertaking, views
from negotiations.outcomes.bodies import (
    CommitmentChange,
    NewCommitment,
    NewOutcome,
    NewPosition,
    PositionChange,
)
from negotiations.outcomes.course import CourseView, course, course_view
from negotiations.outcomes.grid import Narrowed, grid
from negotiations.outcomes.grid_views import grid_json
from negotiations.outcomes.kept_matrix import Matrices
from negotiations.outcomes.placing import session_named, track_named
from negotiations.outcomes.positions import (
    PositionView,
    position,
    position_held,
    position_view,
    positions,
)
from negotiations.outcomes.read_from import ReadFrom, read_from
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.web.cursors import Part
from negotiations.web.options import as_date, as_instant
from negotiations.web.routes import CREATED, Api, Call, Option

api = Api()
NEG = "/negotiations/{neg}"


async def outcome_views(
    db: Db, actor: Actor, session: NegotiationSession, *, part: Part | None = None
) -> list[views.OutcomeView]:
    """The outcome rows of a session with their sources."""
    where = await seating.setting(db, session)
    rows = (await queries.outcomes_of(db, [session.id], part=part))[session.id]
    sources = await queries.sources_of(db, [row.id for row in rows])
    read = await read_from(db, actor, where.negotiation.id, rows)
    codes = {
        issue.id: issue.code for issue in await parties.issues(db, actor, where.negotiation.id)
    }
    return [
        views.outcome_view(
            row, codes[row.issue_id], where.slugs, sources[row.id], read.get(row.id, ReadFrom())
        )
        for row in rows
    ]


@api.get("/sessions/{id}/outcomes", lists=views.OutcomeView)
async def list_outcomes(call: Call) -> Response:
    """List what was recorded of a session's issues, the superseded included, oldest first."""
    async with call.read() as (db, actor):
        session = await scheduling.session(db, actor, call.path["id"])
        part = call.part()
        items = await outcome_views(db, actor, session, part=part)
    return call.listed(items, part)


@api.post("/sessions/{id}/outcomes", body=NewOutcome, answers=views.OutcomeView, gives=(201, 200))
async def record_outcome(call: Call, body: NewOutcome) -> Response:
    """Record what was said on an issue, or supersede what stands; 200 if it stands already."""
    async with call.write() as (db, actor):
        session = await scheduling.session_for_change(db, actor, call.path["id"])
        where = await seating.setting(db, session)
        row = await actions.record(db, actor, session, where, body, now=call.now)
        listed = await outcome_views(db, actor, session)
    # What stands already is answered as it is: the same request twice does no harm.
    same = [one for one in listed if one["issue"] == body.issue]
    superseded = {one["supersedes"] for one in same}
    standing = next(one for one in same if one["id"] not in superseded)
    if row is None:
        return call.answer(standing)
    # It has no address of its own: it is read where it was sent.
    return call.created(standing, at=call.request.url.path)


OF = (
    Option("jurisdiction", str, "Only this jurisdiction, by its slug."),
    Option("issue", str, "Only this issue, by its code."),
)
AS_OF = (
    Option("as_of", date, "As it stood at the end of this day."),
    Option("known_at", datetime, "As it was known at this instant."),
)


@api.get(NEG + "/outcomes", options=(*OF, *AS_OF), answers=matrix_views.MatrixView)
async def show_matrix(call: Call) -> Response:
    """Show who was told what: every issue by every jurisdiction one may see."""
    async with call.read() as (db, actor):
        options = Narrowed(
            as_date(call, "as_of"),
            as_instant(call, "known_at"),
            call.query("jurisdiction"),
            call.query("issue"),
        )
        if options == Narrowed():
            matrices: Matrices = call.request.app.state.matrices
            kept = await matrices.matrix(db, actor, call.path["neg"], call.now)
            return call.answer_pieces(kept.pieces, tag=kept.etag)
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        today = _today(call, negotiation)
        found = await grid(db, actor, negotiation, options, today=today)
    return call.answer_bytes(grid_json(found))


@api.get(NEG + "/consistency", options=AS_OF, answers=matrix_views.ConsistencyView)
async def show_consistency(call: Call) -> Response:
    """Compare what every jurisdiction was told on each issue; what differs comes first."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        as_of, known_at = as_date(call, "as_of"), as_instant(call, "known_at")
        found = await queries.matrix(
            db, actor, negotiation, as_of=as_of, known_at=known_at, with_documents=False
        )
    return call.answer(matrix_views.consistency_view(found))


def _today(call: Call, negotiation: Negotiation) -> date:
    return local_date(call.now, negotiation.home_tz)


WHOSE = (
    OF[0],
    Option("party", str, "Only commitments of this side, by its slug."),
    Option("status", CommitmentStatus, "Only those in this state."),
)


@api.get(NEG + "/commitments", options=WHOSE, lists=views.CommitmentView)
async def list_commitments(call: Call) -> Response:
    """List what was undertaken, the earliest due first, the undated last."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        tracks = await parties.tracks(db, actor, negotiation.id)
        sides = await parties.parties(db, actor, negotiation.id)
        status = call.query("status", tuple(CommitmentStatus))
        part = call.part()
        found = await queries.commitments(
            db,
            actor,
            negotiation.id,
            track_id=_chosen(call, "jurisdiction", {side.slug: row.id for row, side in tracks}),
            owner_id=_chosen(call, "party", {one.slug: one.id for one in sides}),
            status=CommitmentStatus(status) if status else None,
            part=part,
        )
    items = [views.commitment_view(one, _today(call, negotiation)) for one in found]
    return call.listed(items, part)


@api.post(NEG + "/commitments", body=NewCommitment, answers=views.CommitmentView, gives=CREATED)
async def create_commitment(call: Call, body: NewCommitment) -> Response:
    """Enter what a party undertook, in a session or in the talks with a jurisdiction."""
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        session = await session_named(db, actor, negotiation, body.session)
        track = await track_named(db, actor, negotiation, body.jurisdiction, session)
        row = await undertaking.commit(db, actor, track, body, session=session, now=call.now)
        found = await queries.commitment(db, actor, negotiation.id, row.id)
    return call.created(views.commitment_view(found, _today(call, negotiation)), at=row.id)


@api.get(NEG + "/commitments/{id}", answers=views.CommitmentView)
async def show_commitment(call: Call) -> Response:
    """Show one commitment."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        found = await queries.commitment(db, actor, negotiation.id, call.path["id"])
    return call.answer(views.commitment_view(found, _today(call, negotiation)))


@api.patch(NEG + "/commitments/{id}", body=CommitmentChange, answers=views.CommitmentView)
async def change_commitment(call: Call, body: CommitmentChange) -> Response:
    """Say what became of a commitment, and what shows it."""
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        seen = await queries.commitment(db, actor, negotiation.id, call.path["id"])
        held = locked(select(Track).where(col(Track.id) == seen.row.track_id))
        track = (await db.exec(held)).one()
        found = await queries.commitment(db, actor, negotiation.id, call.path["id"], lock=True)
        call.require_match(views.commitment_view(found, _today(call, negotiation)))
        await undertaking.change_commitment(db, actor, track, found.row, body, now=call.now)
        found = await queries.commitment(db, actor, negotiation.id, call.path["id"])
    return call.answer(views.commitment_view(found, _today(call, negotiation)))


BY = Option("party", str, "Only positions of this side, by its slug.")


@api.get(NEG + "/positions", options=(*OF, BY), lists=PositionView)
async def list_positions(call: Call) -> Response:
    """List what each side holds on each issue, and held before: of each line the oldest first."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        tracks = await parties.tracks(db, actor, negotiation.id)
        issues = await parties.issues(db, actor, negotiation.id)
        sides = await parties.parties(db, actor, negotiation.id)
        part = call.part()
        found = await positions(
            db,
            actor,
            negotiation.id,
            track_id=_chosen(call, "jurisdiction", {side.slug: row.id for row, side in tracks}),
            issue_id=_chosen(call, "issue", {one.code: one.id for one in issues}),
            party_id=_chosen(call, "party", {one.slug: one.id for one in sides}),
            part=part,
        )
    return call.listed([position_view(one) for one in found], part)


def _chosen(call: Call, option: str, ids: Mapping[str, str]) -> str | None:
    """The id of what an option names; NotFound for what isn't there, or not to be seen."""
    name = call.query(option)
    if name is not None and name not in ids:
        raise NotFound
    return ids[name] if name is not None else None


@api.get(NEG + "/tracks/{jurisdiction}/issues/{code}", answers=CourseView)
async def show_course(call: Call) -> Response:
    """Show what each side held on an issue and what was answered, in the order it was said."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        place = call.path["jurisdiction"], call.path["code"]
        found = await course(db, actor, negotiation, *place)
    return call.answer(course_view(found))


@api.post(NEG + "/positions", body=NewPosition, answers=PositionView, gives=(201, 200))
async def create_position(call: Call, body: NewPosition) -> Response:
    """Enter what a side holds on an issue, or supersede it; 200 if it stands already."""
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        session = await session_named(db, actor, negotiation, body.session)
        track = await track_named(db, actor, negotiation, body.jurisdiction, session)
        row, is_new = await stating.state(
            db, actor, negotiation, track, body, session=session, now=call.now
        )
        found = await position(db, actor, negotiation.id, row.id)
    # What stands already is answered as it is: the same request twice does no harm.
    view = position_view(found)
    return call.created(view, at=row.id) if is_new else call.answer(view)


@api.get(NEG + "/positions/{id}", answers=PositionView)
async def show_position(call: Call) -> Response:
    """Show one position."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        found = await position(db, actor, negotiation.id, call.path["id"])
    return call.answer(position_view(found))


@api.patch(NEG + "/positions/{id}", body=PositionChange, answers=PositionView)
async def change_position(call: Call, body: PositionChange) -> Response:
    """Let a position be quoted under its side's name, or no longer."""
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        track, found = await position_held(db, actor, negotiation.id, call.path["id"])
        call.require_match(position_view(found))
        await stating.allow_quoting(db, actor, track, found.row, body, now=call.now)
        found = await position(db, actor, negotiation.id, call.path["id"])
    return call.answer(position_view(found))
