"""Pages that read across the domains: the start page, one negotiation, one track, the public."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.documents.queries import requests
from negotiations.errors import Invalid, TooMany
from negotiations.feeds import links
from negotiations.mail import asking, trouble
from negotiations.mail.bodies import SignIn
from negotiations.models import Issue, Negotiation, NegotiationSession, Party, Track
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.sessions import SessionKind, SessionStatus
from negotiations.notices import asking as asking_others
from negotiations.notices.asking import can_remind
from negotiations.notices.chasing import subject_of
from negotiations.outcomes import queries as outcomes
from negotiations.outcomes.positions import lines, positions
from negotiations.outcomes.stating import sides_of
from negotiations.outcomes.undertaking import may_change
from negotiations.outcomes.views import commitment_view, is_overdue
from negotiations.overview import oneself, queries, timeline, todo
from negotiations.overview.clock_changes import clock_changes
from negotiations.overview.log_lines import log_line
from negotiations.overview.published import PublicTalks
from negotiations.overview.schedule import by_day
from negotiations.overview.schedule_pages import schedule
from negotiations.overview.structured_data import data_block
from negotiations.overview.stuck import stuck as stuck_for
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.seating import Setting
from negotiations.web.forms import body_of
from negotiations.web.html import Page, page_route, problems, public, version_of
from negotiations.web.problems import headers_of, status_of
from negotiations.web.showing import words

MOST = 200  # things that wait, on the start page


async def start(page: Page) -> Response:
    """`/`: where I must be today and next, and what waits for whom: with `all` more than MOST."""
    most = None if "all" in page.request.query_params else MOST
    async with page.read() as (db, actor):
        negotiations = await parties.negotiations(db, actor)
        coming = await scheduling.upcoming(db, actor, after=page.now)
        settings = await seating.settings_of(db, coming)
        items = await todo.items(db, actor, now=page.now)
        reminded = await asking_others.reminded(db, actor, now=page.now)
        stuck = await stuck_for(db, actor, now=page.now)
    today = local_date(page.now, page.person.tz)
    return page.show(
        "overview/start.html",
        negotiations=negotiations,
        today=[one for one in coming if local_date(one.starts_at, page.person.tz) <= today],
        later=[one for one in coming if local_date(one.starts_at, page.person.tz) > today],
        settings=settings,
        on_me=[item for item in items if item.on_me],
        on_others=[item for item in items if not item.on_me],
        most=most,
        remindable={item.key for item in items if can_remind(actor, item)},
        reminded={item.key for item in items if subject_of(item) in reminded},
        seats={seat.negotiation_id: seat for seat in actor.seats},
        stuck=stuck,
    )


async def send_again(page: Page) -> Response:
    """Have mails that couldn't be sent tried again; then back to what is stuck."""
    async with page.write() as (db, actor):
        await trouble.try_again(db, actor)
    return page.go("/")


async def remind(page: Page) -> Response:
    """Have those be reminded whom the ticked things wait for; then back to what waits."""
    async with page.write() as (db, actor):
        await asking_others.remind(db, actor, page.form.all("keys"), now=page.now)
    return page.go("/#on-others")


async def talks(page: Page) -> Response:
    """`/n/{neg}`: the sessions by day, for whoever takes part."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        sessions = await scheduling.sessions(db, actor, negotiation.id)
        settings = await seating.settings_of(db, sessions)
        tracks = await parties.tracks(db, actor, negotiation.id)
        marks = await _marks(db, actor, negotiation, sessions, settings)
    coming = [one for one in sessions if _lies_ahead(one, page.now)]
    past = [one for one in sessions if not _lies_ahead(one, page.now)]
    zones = [negotiation.home_tz, *sorted({one.tz for one in sessions})]
    tables = dict.fromkeys([party.short_name for _, party in tracks])
    tables |= dict.fromkeys(one.lane for one in marks if one.lane != timeline.DOCUMENTS)
    today = local_date(page.now, negotiation.home_tz)
    return page.show(
        "overview/talks.html",
        negotiation=negotiation,
        coming=by_day(coming, page.reader),
        past=by_day(past, page.reader)[::-1],
        settings=settings,
        tracks=tracks,
        count={
            track.id: [one for one in sessions if one.track_id == track.id] for track, _ in tracks
        },
        marks=timeline.in_order(marks),
        drawn=timeline.drawing(marks, list(tables), zones, today),
        changes=clock_changes(negotiation.opens_on, negotiation.closes_on, zones),
        may_propose=can(actor, "session.propose", negotiation),
    )


async def _marks(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    sessions: Sequence[NegotiationSession],
    settings: Mapping[str, Setting],
) -> list[timeline.Mark]:
    """What the reader sees of the talks' timeline."""
    lanes = {
        one.id: where.jurisdiction.short_name if where.jurisdiction else where.name
        for one in sessions
        for where in (settings[one.id],)
    }
    stated = await positions(db, actor, negotiation.id)
    asked = await requests(db, actor, negotiation)
    return [
        *timeline.of_sessions(sessions, lanes, await scheduling.changes(db, sessions)),
        *timeline.of_positions(
            [(one.row, one.jurisdiction, one.party, one.issue) for one in stated],
            negotiation.slug,
        ),
        *timeline.of_requests([(one.row, one.events) for one in asked], negotiation.slug),
    ]


def _lies_ahead(session: NegotiationSession, now: datetime) -> bool:
    return session.ends_at > now and session.status is not SessionStatus.held


async def track(page: Page) -> Response:
    """`/n/{neg}/tracks/{jurisdiction}`: everything recorded of one bilateral."""
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        row, party = await parties.track(db, actor, negotiation.id, page.path["jurisdiction"])
        there = await scheduling.sessions(
            db, actor, negotiation.id, track_id=row.id, party_id=party.id
        )
        sessions = [one for one in there if one.track_id == row.id]
        matrix = await outcomes.matrix(
            db, actor, negotiation, jurisdiction=party.slug, with_documents=False
        )
        promises = await outcomes.commitments(db, actor, negotiation.id, track_id=row.id)
        logs = await scheduling.changes(db, sessions)
        entries = [change for one in sessions for change in logs[one.id]]
        names = await parties.names(db, [change.person_id for change in entries])
        everyone = await parties.parties(db, actor, negotiation.id)
        agency = next((one for one in everyone if one.kind == "agency"), None)
        held = await _held(db, actor, row, matrix.issues, [party, agency] if agency else [party])
    sides = {one.id: one.short_name for one in everyone}
    place = {session.id: number for number, session in enumerate(sessions)}
    entries.sort(key=lambda one: (one.created_at, place[one.session_id], one.number), reverse=True)
    today = local_date(page.now, negotiation.home_tz)
    return page.show(
        "overview/track.html",
        negotiation=negotiation,
        track=row,
        party=party,
        agency=agency,
        **held,
        sessions=sessions,
        plenaries=[one for one in there if one.kind is SessionKind.plenary],
        cells=matrix.cells,
        sources=matrix.sources,
        sides=sides,
        promises=[
            (
                one,
                is_overdue(one, today),
                version_of(commitment_view(one, today)) if may_change(actor, row, one.row) else "",
            )
            for one in promises
        ],
        states=[(state.value, words(state)) for state in CommitmentStatus],
        log=[(one, log_line(one, sides, names)) for one in entries],
        titles={one.id: one.title for one in sessions},
    )


async def _held(
    db: Db, actor: Actor, row: Track, issues: Sequence[Issue], sides: Sequence[Party]
) -> dict[str, Any]:
    """What the sides of a track hold on each issue, and for whom the reader may state more."""
    stated = await positions(db, actor, row.negotiation_id, track_id=row.id)
    return {
        "table": sides,
        "stances": lines(issues, sides, stated),
        "may_state": sides_of(actor, row, sides),
    }


async def sign_in(page: Page) -> Response:
    """`/sign-in`: how to sign in, and what can be read without; the same for everybody."""
    return await _sign_in(page)


async def _sign_in(page: Page, status: int = 200, **told: Any) -> Response:
    async with page.service.database.read() as db:
        open_talks = await queries.published_talks(db)
    values = {"asked": False, "email": page.form.get("email"), "talks": open_talks, **told}
    answer = public(page, "access/sign_in.html", status, **values)
    answer.headers["Cache-Control"] = "no-store"
    # With no-referrer Chromium sends `Origin: null` with our own form (see signing_in.show_link).
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


async def ask_for_link(page: Page) -> Response:
    """Have a link sent to this address; nobody is told whether anybody has it."""
    try:
        page.service.rates.count_asked(page.request)
        body = body_of(SignIn, {"email": page.form.get("email").strip()})
        async with page.service.write() as db:
            await asking.ask_for_link(db, body.email, now=page.now)
    except (Invalid, TooMany) as error:
        answer = await _sign_in(page, status_of(error)[0], **problems(error))
        answer.headers.update(headers_of(error))
        return answer
    return await _sign_in(page, asked=True)


async def public_page(page: Page) -> Response:
    """`/public/{neg}`: what is published, for anybody, without a login or a cookie."""
    async with page.service.database.read() as db:
        found = await queries.public_talks(db, page.path["neg"])
    if found is None:
        title, detail = "Not found", "There is nothing here. Check the address."
        return public(page, "error.html", 404, title=title, detail=detail)
    base, slug = page.service.settings.base_url, found.negotiation.slug
    address = links.public_page(base, slug)
    return public(
        page,
        "overview/public.html",
        talks=found,
        negotiation=found.negotiation,
        feeds=_feeds(base, slug, found),
        webcal=links.webcal,
        data=f"{address}.json",
        data_block=Markup(data_block(found, address)),  # noqa: S704 (it is inert: see there)
    )


def _feeds(base: str, slug: str, found: PublicTalks) -> Sequence[tuple[str, str]]:
    """Each public calendar: whose, and its address."""
    return [
        ("All published sessions", links.public_address(base, slug)),
        *((one.name, links.public_address(base, slug, one.slug)) for one in found.jurisdictions),
    ]


routes: list[BaseRoute] = [
    page_route("/", start),
    page_route("/remind", post=remind),
    page_route("/mails/again", post=send_again),
    page_route("/sign-in", sign_in, ask_for_link),
    page_route("/me", oneself.show, oneself.choose_mails),
    page_route("/me/times", post=oneself.choose_times),
    page_route("/n/{neg}", talks),
    page_route("/n/{neg}/schedule", schedule),
    page_route("/n/{neg}/tracks/{jurisdiction}", track),
    page_route("/public/{neg}", public_page),
]
