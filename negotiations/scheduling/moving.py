"""The pages that move, relocate or reinstate a session: fill in, check what it would do, do it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import can, demand
from negotiations.db import Db
from negotiations.errors import Invalid, NegotiationsError
from negotiations.models import NegotiationSession
from negotiations.models.sessions import SessionStatus
from negotiations.parties import queries as parties
from negotiations.scheduling import (
    acceptance,
    actions,
    forms,
    postponing,
    queries,
    rules,
    seating,
    views,
)
from negotiations.scheduling.proposing import AGAIN, zones
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.suggested import Suggested, around, wants_times
from negotiations.web.forms import Form
from negotiations.web.html import Page, problems, require_base, version_of
from negotiations.web.problems import status_of

RIGHTS = {
    "move": "session.move",
    "relocate": "session.move",
    "reinstate": "session.reinstate",
}
TIMED = frozenset({"move", "reinstate"})  # whose forms ask for a time
Act = Callable[[Db, Actor, NegotiationSession], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Terms:
    """Time, place and state of a session at one moment, apart from its row."""

    starts_at: datetime
    ends_at: datetime
    tz: str
    place: str
    status: SessionStatus

    @classmethod
    def of(cls, session: NegotiationSession) -> "Terms":
        place = rules.place_of(session)
        return cls(session.starts_at, session.ends_at, session.tz, place, session.status)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the act would do: nothing of it has happened."""

    before: Terms
    after: Terms
    warnings: list[str]
    agreed: list[tuple[str, str, str]]  # which side, by whom, how


async def show_move(page: Page) -> Response:
    """`/s/{session}/move`: the form, filled with the time as it is."""
    return await _form(page, "move")


async def show_relocate(page: Page) -> Response:
    """`/s/{session}/relocate`."""
    return await _form(page, "relocate")


async def show_reinstate(page: Page) -> Response:
    """`/s/{session}/reinstate`: the form, filled with the time and place it had."""
    return await _form(page, "reinstate")


async def move(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        return await actions.move(db, actor, session, forms.move(page.form), now=page.now)

    return await _check_or_do(page, "move", act)


async def relocate(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        return await actions.relocate(db, actor, session, forms.relocate(page.form), now=page.now)

    return await _check_or_do(page, "relocate", act)


async def reinstate(page: Page) -> Response:
    async def act(db: Db, actor: Actor, session: NegotiationSession) -> list[str]:
        body = forms.reinstate(page.form)
        return await postponing.reinstate(db, actor, session, body, now=page.now)

    return await _check_or_do(page, "reinstate", act)


async def _check_or_do(page: Page, name: str, act: Act) -> Response:
    """With the button `do` it happens; with `check` it is tried and undone, and shown."""
    trying = page.form.get("step") != "do"
    if page.form.get("step") == "edit":
        return await _form(page, name, page.form)
    if name in TIMED and wants_times(page.form):
        return await _suggest(page, name)
    try:
        async with page.write(dry_run=trying) as (db, actor):
            session = await queries.session_for_change(db, actor, page.path["id"])
            demand(actor, RIGHTS[name], session)
            require_base(page, await views.one_view(db, session))
            before = Terms.of(session)
            warnings = await act(db, actor, session)
            agreed = await _agreed(db, session)
            preview = Preview(before, Terms.of(session), warnings, agreed)
    except Invalid as error:
        return await _form(page, name, page.form, error=forms.consent_error(error, page.form))
    except AGAIN as error:
        return await _form(page, name, page.form, error=error)
    if trying:
        return await _form(page, name, page.form, preview=preview)
    return page.go(f"/s/{page.path['id']}" + ("?warned=1" if preview.warnings else ""))


async def _suggest(page: Page, name: str) -> Response:
    """The form with times that suit, or with the one that was taken."""
    try:
        async with page.read() as (db, actor):
            session = await queries.session(db, actor, page.path["id"])
            demand(actor, RIGHTS[name], session)
            typed, suggested = await around(page, db, actor, session)
    except Invalid as error:
        return await _form(page, name, page.form, error=error)
    return await _form(page, name, typed, suggested=suggested)


async def _form(
    page: Page,
    name: str,
    typed: Form | None = None,
    *,
    error: NegotiationsError | None = None,
    preview: Preview | None = None,
    suggested: Suggested | None = None,
) -> Response:
    async with page.read() as (db, actor):
        session = await queries.session(db, actor, page.path["id"])
        demand(actor, RIGHTS[name], session)
        where = await seating.setting(db, session)
        view = await views.one_view(db, session)
        told = await _told(db, actor, where) if preview else {}
    seat = actor.seat_in(where.negotiation.id)
    own = where.party(seat.party_id) if seat and seat.party_id else None
    return page.show(
        f"scheduling/{name}.html",
        status_of(error)[0] if error else 200,
        session=session,
        where=where,
        negotiation=where.negotiation,
        typed=typed or _as_it_is(session, where),
        base=version_of(view),
        stands=session.status in rules.ALLOWED_FROM[name],
        own=own,
        zones=zones(session.tz, *(side.tz for side in where.parties)),
        readings=_readings(where, page),
        preview=preview,
        suggested=suggested,
        told=told,
        **(problems(error) if error else {}),
    )


def _as_it_is(session: NegotiationSession, where: Setting) -> Form:
    place = [("location", session.location or ""), ("room", session.room or "")]
    return Form([*forms.time_fields(session), *place, *forms.consent_fields(where.parties)])


def _readings(where: Setting, page: Page) -> list[tuple[str, str]]:
    """In whose zones a time is shown beside the venue's."""
    return [*((side.short_name, side.tz) for side in where.parties), ("You", page.person.tz)]


async def _agreed(db: Db, session: NegotiationSession) -> list[tuple[str, str, str]]:
    """Who accepts the session as it now stands."""
    where = await seating.setting(db, session)
    accepted = acceptance.accepted_by((await queries.changes(db, [session]))[session.id])
    return [(where.party(id_).short_name, one.by, one.how) for id_, one in accepted.items()]


async def _told(db: Db, actor: Actor, where: Setting) -> dict[str, list[str]]:
    """Every delegation that sits there, with the names the actor may see, and whom no mail reaches
    where the actor may know it."""
    seats = await parties.members(db, actor, where.negotiation.id)
    knows = can(actor, "people.emails", where.negotiation)
    return {
        side.short_name: [
            person.name + (" – no mail address" if knows and person.email is None else "")
            for seat, person, _ in seats
            if seat.party_id == side.id
        ]
        for side in where.parties
    }
