"""`/answer/{token}`: whether one comes, by the link of an invitation and without signing in.

It is good for one person and one session, until that is over. Mail scanners that open it change
nothing: GET shows the session, POST answers.
"""

import re
from dataclasses import dataclass

from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from negotiations.access.actor import Actor, load_actor
from negotiations.access.visible import visible
from negotiations.db import Db, admit
from negotiations.errors import BadRequest, NegotiationsError, NotFound, WrongState
from negotiations.invitations import answering, signing
from negotiations.models import NegotiationSession, Person
from negotiations.models.sessions import AnsweredBy, Rsvp
from negotiations.readings import Reader
from negotiations.scheduling import rules, seating
from negotiations.scheduling.rules import place_of
from negotiations.web.forms import Form, check_same_site, read_form
from negotiations.web.html import Page, packed, public
from negotiations.web.problems import BUSY, headers_of, log, status_of, unavailable
from negotiations.web.service import identified

# What one may say of oneself; `needs_action` is to have said nothing.
CHOICES = (
    (Rsvp.accepted, "I come"), (Rsvp.tentative, "Perhaps"), (Rsvp.declined, "I don\u2019t come"),
)  # fmt: skip
CHANGED = (
    "This session has changed since you opened the page, so your answer isn\u2019t written down. "
    "Look at it again."
)
OVER = "This session is over or off: there is nothing to answer any more."


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked, and whether they come to what."""

    actor: Actor
    person: Person
    session: NegotiationSession


async def _show(page: Page, status: int = 200) -> Response:
    """The session as it is; 409 for who answered what it isn't any more."""
    async with page.service.database.read() as db:
        asked = await _asked(db, page)
        mine = await answering.own(db, asked.actor, asked.session)
        if mine is None and not await answering.expects(db, asked.actor, asked.session):
            raise NotFound
        where = await seating.setting(db, asked.session)
    session, given = asked.session, mine.rsvp if mine else Rsvp.needs_action
    if session.status not in rules.BOOKING or session.ends_at <= page.now:
        raise WrongState(OVER)
    stands = mine is None or answering.holds(mine, session)
    in_words = dict(CHOICES).get(given, "none yet")
    return public(
        page, "invitations/answer.html", status, session=session, person=asked.person,
        by=Reader(asked.person.tz), place=place_of(session), choices=CHOICES,
        given=given if stands else None, problem=CHANGED if status == 409 else None,
        given_in_words=in_words if stands else f"none yet (to another time: {in_words})",
        readers=where.readers, answered="answered" in page.request.query_params,
    )  # fmt: skip


async def _answer(page: Page) -> Response:
    form = await read_form(page.request)
    given = form.get("answer")
    if given not in {choice for choice, _ in CHOICES}:
        names = ", ".join(choice.value for choice, _ in CHOICES)
        raise BadRequest(f"answer is one of: {names}.")
    try:
        async with page.service.database.write() as db:
            asked = await _asked(db, page)
            shown = _shown(form, asked.session)
            await answering.answer(
                db, asked.actor, asked.session.id, Rsvp(given), by=AnsweredBy.link, now=page.now,
                sequence=shown,
            )  # fmt: skip
    except answering.Changed:
        return packed(page.request, await _show(page, 409))
    except answering.Older:
        pass  # pressed twice within a second
    return page.go(f"/answer/{page.path['token']}?answered")


def _shown(form: Form, session: NegotiationSession) -> int | None:
    """Which revision of the session was looked at when the button was pressed."""
    stated = form.get("sequence")
    if not stated:
        return None
    if not re.fullmatch("[0-9]{1,9}", stated) or int(stated) > session.sequence:
        raise BadRequest("sequence is the number that stands in the form. Open the link again.")
    return int(stated)


async def _asked(db: Db, page: Page) -> Asked:
    """NotFound for a link that we gave to nobody, or whose owner can't see the session any more."""
    token, key = page.path["token"], page.service.settings.secret_key
    named = signing.named_in(token) if key else None
    if named is None:
        raise NotFound
    person_id, session_id = named
    rows = await db.exec(select(Person).where(col(Person.id) == person_id))
    person = rows.first()
    if person is None or person.email is None:
        raise NotFound
    if not signing.is_token(key, token, person_id, session_id, person.email):
        raise NotFound
    identified(page.request, "token", token)
    actor = await load_actor(db, person, via="link")
    await admit(db, actor.readers)
    found = await db.exec(
        select(NegotiationSession).where(
            col(NegotiationSession.id) == session_id, visible(actor, NegotiationSession)
        )
    )
    session = found.first()
    if session is None:
        raise NotFound
    return Asked(actor, person, session)


async def _route(request: Request) -> Response:
    page = Page(request)
    try:
        if request.method == "POST":
            check_same_site(request)
            return _private(await _answer(page))
        return _private(packed(request, await _show(page)))
    except NegotiationsError as error:
        return _told(page, error)
    except Exception as error:
        if not unavailable(error):
            raise
        log.warning("database unavailable: %s", type(error).__name__)
        values = {"title": "Try again", "detail": BUSY}
        return _private(public(page, "error.html", 503, **values))


def _told(page: Page, error: NegotiationsError) -> Response:
    """What went wrong. A link that nobody was given counts for the network that tried it."""
    if isinstance(error, NotFound):
        try:
            page.service.rates.count_wrong(page.request)
        except NegotiationsError as too_many:
            error = too_many
    status, title = status_of(error)
    response = _private(public(page, "error.html", status, title=title, detail=error.detail))
    response.headers.update(headers_of(error))
    return response


def _private(response: Response) -> Response:
    """`strict-origin`, for our own form: see web.signing_in. The link itself never travels."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


routes: list[BaseRoute] = [Route("/answer/{token}", _route, methods=["GET", "POST"])]
