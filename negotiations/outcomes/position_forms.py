"""What the sides hold on one issue over time; the form of a position, and of the leave to quote."""

import re
from dataclasses import dataclass

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import (
    AlreadySuperseded,
    Conflict,
    FieldError,
    Invalid,
    NegotiationsError,
    NotFound,
)
from negotiations.models import Issue, Negotiation, Party, Track
from negotiations.outcomes import stating
from negotiations.outcomes.bodies import NewPosition, PositionChange
from negotiations.outcomes.course import course
from negotiations.outcomes.placing import session_named, track_named
from negotiations.outcomes.positions import lines, position_held, position_view, positions
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.sources import from_lines
from negotiations.web.forms import body_of
from negotiations.web.html import Page, problems, require_base, version_of
from negotiations.web.problems import status_of

_FIELDS = ("issue", "party", "supersedes", "text", "stated_on", "session", "basis", "certainty")
_ADDRESS = ("issue", "party", "session")  # what a link to the form may say


async def show_position(page: Page) -> Response:
    """`/n/{neg}/tracks/{jurisdiction}/positions?issue=&party=`, for who may state it."""
    return await _form(page)


async def show_course(page: Page) -> Response:
    """`/n/{neg}/tracks/{jurisdiction}/issues/{code}`: what was held and answered, and when."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        found = await course(db, actor, negotiation, page.path["jurisdiction"], page.path["code"])
        track, _ = await parties.track(db, actor, negotiation.id, found.jurisdiction.slug)
    sides = [found.jurisdiction, found.agency]
    return page.show(
        "outcomes/course.html",
        negotiation=negotiation,
        jurisdiction=found.jurisdiction,
        agency=found.agency,
        issue=found.issue,
        steps=found.steps,
        may_state=stating.sides_of(actor, track, sides),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    negotiation: Negotiation
    track: Track
    jurisdiction: Party
    side: Party
    issue: Issue


async def _place(page: Page, db: Db, actor: Actor, issue: str, party: str) -> _Place:
    """What the form is about; NotFound unless it is an issue and a side of this track."""
    negotiation = await parties.negotiation(db, actor, page.path["neg"])
    track, ours = await parties.track(db, actor, negotiation.id, page.path["jurisdiction"])
    listed = await parties.issues(db, actor, negotiation.id)
    found = next((one for one in listed if one.code == issue), None)
    agency = await parties.agency(db, negotiation.id)
    side = next((one for one in (ours, agency) if one.slug == party), None)
    if found is None or side is None:
        raise NotFound
    stating.demand_own(actor, track, side.id)
    return _Place(negotiation, track, ours, side, found)


async def _form(page: Page, error: NegotiationsError | None = None) -> Response:
    given = page.form.get if page.form.fields else page.request.query_params.get
    address = {name: given(name) or "" for name in _ADDRESS}
    async with page.read() as (db, actor):
        place = await _place(page, db, actor, address["issue"], address["party"])
        talks, track = place.negotiation, place.track
        held = await positions(
            db, actor, talks.id, track_id=track.id, issue_id=place.issue.id, party_id=place.side.id
        )
        sessions = await scheduling.sessions(db, actor, talks.id, track_id=track.id)
    [(_, [line])] = lines([place.issue], [place.side], held)
    stands = line.current.row.id if line.current else ""
    typed = {name: page.form.get(name) for name in (*_FIELDS, "attributed", "sources")} | address
    if error is None or isinstance(error, AlreadySuperseded):
        typed["supersedes"] = stands
    return page.show(
        "outcomes/position.html",
        status_of(error)[0] if error else 200,
        negotiation=talks,
        jurisdiction=place.jurisdiction,
        side=place.side,
        issue=place.issue,
        line=line,
        base=version_of(position_view(line.current)) if line.current else "",
        sessions=[(one.id, one.title) for one in sessions],
        typed=typed,
        path=f"/n/{talks.slug}/tracks/{place.jurisdiction.slug}/positions",
        **(problems(error) if error else {}),
    )


async def add_position(page: Page) -> Response:
    """Another position, in the place of the one the form was made from."""
    try:
        async with page.write() as (db, actor):
            place = await _place(page, db, actor, page.form.get("issue"), page.form.get("party"))
            talks, slug = place.negotiation, place.jurisdiction.slug
            body = _body(page)
            session = await session_named(db, actor, talks, body.session)
            track = await track_named(db, actor, talks, slug, session)
            await stating.state(db, actor, talks, track, body, session=session, now=page.now)
    except (Invalid, Conflict) as error:
        return await _form(page, _gathered(error) if isinstance(error, Invalid) else error)
    return page.go(f"/n/{talks.slug}/tracks/{slug}#p-{place.issue.id}")


def _body(page: Page) -> NewPosition:
    fields: dict[str, object] = {"text": "", **page.form.given(*_FIELDS)}
    fields["attributed"] = page.form.get("attributed") == "true"
    fields["sources"] = from_lines(page.form.get("sources"))
    return body_of(NewPosition, fields)


def _gathered(error: Invalid) -> Invalid:
    """The sources share one field of the form, a line each; its track is no field at all."""
    return Invalid([_at_field(one) for one in error.errors])


def _at_field(one: FieldError) -> FieldError:
    source = re.fullmatch(r"/sources/([0-9]+)(/.*)?", one.pointer)
    if source is not None:
        return FieldError("/sources", f"Line {int(source[1]) + 1}: {one.detail}")
    if one.pointer == "/jurisdiction":
        return FieldError("/session", "Choose a session of these two sides, or none.")
    return one


async def allow_quoting(page: Page) -> Response:
    """Leave to quote what stands, given or taken back."""
    async with page.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        track, found = await position_held(db, actor, negotiation.id, page.path["id"])
        stating.demand_own(actor, track, found.row.party_id)
        require_base(page, position_view(found))
        body = PositionChange(attributed=page.form.get("attributed") == "true")
        await stating.allow_quoting(db, actor, track, found.row, body, now=page.now)
    return page.go(f"/n/{negotiation.slug}/tracks/{found.jurisdiction.slug}#p-{found.issue.id}")
