"""The pages of what was undertaken: all of it, what is overdue first, and the state of one."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid, NegotiationsError, Stale
from negotiations.locks import locked
from negotiations.models import Negotiation, Party, Track
from negotiations.models.outcomes import CommitmentStatus
from negotiations.outcomes import queries, undertaking, views
from negotiations.outcomes.bodies import CommitmentChange
from negotiations.outcomes.queries import Promise
from negotiations.parties import queries as parties
from negotiations.web.forms import body_of
from negotiations.web.html import Page, problems, require_base, version_of
from negotiations.web.problems import status_of
from negotiations.web.showing import words

STATES = [(state.value, words(state)) for state in CommitmentStatus]
SHOWN = [("open", "Still to be done"), ("late", "Overdue"), ("all", "All"), *STATES[2:]]


def _today(page: Page, negotiation: Negotiation) -> date:
    return local_date(page.now, negotiation.home_tz)


async def show_all(page: Page) -> Response:
    """`/n/{neg}/commitments?show=&party=&jurisdiction=`: what is overdue first."""
    given = page.request.query_params.get
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        found = await queries.commitments(db, actor, negotiation.id)
        tracks = await parties.tracks(db, actor, negotiation.id)
    today = _today(page, negotiation)
    track_of = {track.id: track for track, _ in tracks}
    show, party, jurisdiction = given("show") or "open", given("party"), given("jurisdiction")
    shown = [
        one
        for one in found
        if _is_shown(one, show, today)
        and party in (None, "", one.owner.slug)
        and jurisdiction in (None, "", one.jurisdiction.slug)
    ]
    shown.sort(key=lambda one: _order(one, today))
    return page.show(
        "outcomes/commitments.html",
        negotiation=negotiation,
        rows=[
            (
                one,
                views.is_overdue(one, today),
                version_of(views.commitment_view(one, today))
                if undertaking.may_change(actor, track_of[one.row.track_id], one.row)
                else "",
            )
            for one in shown
        ],
        there=len(found),
        states=STATES,
        filters=_filters(found, [side for _, side in tracks], show, party, jurisdiction),
    )


def _is_shown(one: Promise, show: str, today: date) -> bool:
    match show:
        case "all":
            return True
        case "late":
            return views.is_overdue(one, today)
        case "open":
            return one.row.status in views.UNFINISHED
        case _:
            return one.row.status == show


def _order(one: Promise, today: date) -> tuple[bool, bool]:
    """What is overdue, then what is still to be done, then the rest; each by its day."""
    return not views.is_overdue(one, today), one.row.status not in views.UNFINISHED


Choice = tuple[str, str, list[tuple[str, str]], str]


def _filters(
    found: Sequence[Promise],
    jurisdictions: Sequence[Party],
    show: str,
    party: str | None,
    jurisdiction: str | None,
) -> list[Choice]:
    """Name, label, choices and what is chosen, of each field that narrows the list."""
    owners = {one.owner.slug: one.owner.short_name for one in found}
    columns = {one.slug: one.short_name for one in jurisdictions}
    listed: list[Choice] = [
        ("show", "Show", SHOWN, show),
        ("party", "Of", [("", "Everybody"), *sorted(owners.items())], party or ""),
    ]
    if len(columns) > 1:
        choices = [("", "Every jurisdiction"), *columns.items()]
        listed.append(("jurisdiction", "In the talks with", choices, jurisdiction or ""))
    return listed


async def commitment(page: Page) -> Response:
    """`/n/{neg}/commitments/{id}`: the form of one commitment's state, for who may change it."""
    return await _commitment(page)


async def _commitment(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation, _, promise = await _promise(page, db, actor)
        members = await parties.members(db, actor, negotiation.id)
    theirs = {one.id: one.name for seat, one, _ in members if seat.party_id == promise.owner.id}
    if promise.person is not None:
        theirs.setdefault(promise.person.id, promise.person.name)
    named = promise.row.person_id or ""
    return page.show(
        "outcomes/commitment.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        promise=promise,
        people=[("", "Nobody in particular"), *sorted(theirs.items(), key=lambda one: one[1])],
        person=page.form.get("person", named),
        states=STATES,
        state=page.form.get("status", promise.row.status.value),
        evidence=page.form.get("evidence", promise.row.evidence or ""),
        base=version_of(_view(page, negotiation, promise)),
        **(problems(error) if error else {}),
    )


async def _promise(
    page: Page, db: Db, actor: Actor, *, lock: bool = False
) -> tuple[Negotiation, Track, Promise]:
    """The commitment this page is about, for who may change it; its track is held first."""
    negotiation = await parties.negotiation(db, actor, page.path["neg"])
    promise = await queries.commitment(db, actor, negotiation.id, page.path["id"])
    query = select(Track).where(col(Track.id) == promise.row.track_id)
    track = (await db.exec(locked(query) if lock else query)).one()
    if lock:
        promise = await queries.commitment(db, actor, negotiation.id, promise.row.id, lock=True)
    undertaking.demand_change(actor, track, promise.row)
    return negotiation, track, promise


def _view(page: Page, negotiation: Negotiation, promise: Promise) -> views.CommitmentView:
    return views.commitment_view(promise, _today(page, negotiation))


async def change_commitment(page: Page) -> Response:
    """Another state, and what shows it."""
    try:
        async with page.write() as (db, actor):
            negotiation, track, promise = await _promise(page, db, actor, lock=True)
            require_base(page, _view(page, negotiation, promise))
            fields = {"evidence": page.form.get("evidence").strip() or None}
            if page.form.all("person"):  # the list's own forms don't ask for it
                fields["person"] = page.form.get("person") or None
            body = body_of(CommitmentChange, {**fields, "status": page.form.get("status")})
            await undertaking.change_commitment(db, actor, track, promise.row, body, now=page.now)
    except (Invalid, Conflict, Stale) as error:
        return await _commitment(page, error)
    if page.form.get("back") == "list":
        return page.go(f"/n/{negotiation.slug}/commitments?show=all#c-{promise.row.id}")
    where = f"/n/{negotiation.slug}/tracks/{promise.jurisdiction.slug}"
    return page.go(f"{where}#c-{promise.row.id}")
