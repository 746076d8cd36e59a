"""The pages of the people in some talks: who sits where, and for coordinators, changing it."""

from typing import Any

from sqlmodel import col, select
from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.db import Db
from negotiations.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NegotiationsError,
    Stale,
    TooMany,
    WrongState,
)
from negotiations.feeds import health
from negotiations.mail.asking import invite
from negotiations.models import Membership, Negotiation, Party, Person
from negotiations.models.parties import SECRETARIAT_ROLES, Role
from negotiations.parties import queries, seats
from negotiations.parties.actions import ON_THE_TABLE
from negotiations.parties.bodies import MembershipChange, PersonToAdd
from negotiations.parties.setting_up import (
    add_issue,
    add_jurisdiction,
    set_holidays,
    set_rules,
    set_window,
    show_set_up,
)
from negotiations.parties.views import membership_view, sees_email
from negotiations.web.forms import body_of
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of
from negotiations.web.showing import words

FIELDS = ("name", "title", "email", "role", "party", "tz", "invite")


async def people(page: Page) -> Response:
    """`/n/{neg}/people`: the seats the actor may see, by side."""
    return await _list(page)


async def _list(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation = await queries.negotiation(db, actor, page.path["neg"])
        seats = await queries.members(db, actor, negotiation.id)
        parties = await queries.parties(db, actor, negotiation.id)
        calendars = {}
        if can(actor, "calendars.read", negotiation):
            held = [(row, party) for row, _, party in seats]
            calendars = await health.following(db, actor, negotiation.id, held, now=page.now)
    typed = {name: page.form.get(name) for name in FIELDS}
    seat = actor.seat_in(negotiation.id)
    return page.show(
        "parties/people.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        sides=_by_side(actor, negotiation, seats),
        role_options=[(role.value, words(role)) for role in roles(actor, negotiation)],
        side_options=[
            ("", "Secretariat"),
            *((one.slug, one.name) for one in parties if one.kind in ON_THE_TABLE),
        ],
        typed=typed,
        calendars=calendars,
        whole=can(actor, "people.write", negotiation),
        everybody=bool(seat and seat.side == "secretariat"),
        **(problems(error) if error else {}),
    )


def _by_side(actor: Actor, negotiation: Negotiation, seats: Any) -> list[tuple[str, list[Any]]]:
    """Each side's name with its seats; a mail address only where the actor may see it."""
    sides: dict[str, list[Any]] = {}
    for seat, person, party in seats:
        shown = sees_email(actor, negotiation, person, party)
        name = party.name if party else "Secretariat"
        sides.setdefault(name, []).append((seat, person, shown))
    return list(sides.items())


def roles(actor: Actor, negotiation: Negotiation, *, of: Membership | None = None) -> list[Role]:
    """The roles the actor may give (to the holder of a seat: those of the same side)."""
    given = [
        role
        for role in Role
        if can(
            actor,
            "coordinator.appoint" if role is Role.coordinator else "people.write",
            negotiation,
        )
    ]
    if of is None:
        return given
    return [role for role in given if (role in SECRETARIAT_ROLES) == (of.party_id is None)]


async def add(page: Page) -> Response:
    """Give somebody a seat."""
    try:
        async with page.write() as (db, actor):
            negotiation = await queries.negotiation(db, actor, page.path["neg"], lock=True)
            _demand(actor, negotiation)
            body = body_of(PersonToAdd, page.form.given(*FIELDS))
            seat = await seats.add_person(db, actor, negotiation, body, now=page.now)
            if body.invite:
                await invite(db, actor, seat, now=page.now)
    except (Invalid, Conflict, TooMany) as error:
        return await _list(page, error)
    return page.go(f"/n/{negotiation.slug}/people#m-{seat.id}")


def _demand(actor: Actor, negotiation: Negotiation) -> None:
    if not roles(actor, negotiation):
        raise Forbidden("Only the coordinator changes who takes part.")


async def _seat(
    page: Page, db: Db, actor: Actor, *, lock: bool = False
) -> tuple[Negotiation, Membership, Party | None, Person]:
    """The seat this page is about, for who may change it."""
    negotiation = await queries.negotiation(db, actor, page.path["neg"], lock=lock)
    row = await queries.one(db, actor, Membership, negotiation.id, page.path["id"])
    _demand(actor, negotiation)
    found = await db.exec(
        select(Person, Party)
        .outerjoin(Party, col(Party.id) == row.party_id)
        .where(col(Person.id) == row.person_id)
    )
    person, party = found.one()
    return negotiation, row, party, person


async def seat(page: Page) -> Response:
    """`/n/{neg}/people/{id}`: one seat, to change its role or end it."""
    return await _one(page)


async def _one(page: Page, error: NegotiationsError | None = None) -> Response:
    async with page.read() as (db, actor):
        negotiation, row, party, person = await _seat(page, db, actor)
    return page.show(
        "parties/seat.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        seat=row,
        party=party,
        person=person,
        options=[(role.value, words(role)) for role in roles(actor, negotiation, of=row)],
        role=page.form.get("role", row.role.value),
        base=version_of(membership_view(row, party)),
        email=person.email if sees_email(actor, negotiation, person, party) else None,
        invited="invited" in page.request.query_params and error is None,
        **(problems(error) if error else {}),
    )


async def change_role(page: Page) -> Response:
    """Another role on the same side."""
    try:
        async with page.write() as (db, actor):
            negotiation, row, party, _ = await _seat(page, db, actor, lock=True)
            require_base(page, membership_view(row, party))
            body = body_of(MembershipChange, page.form.given("role"))
            await seats.change_role(db, actor, negotiation, row, body.role, now=page.now)
    except (Invalid, Conflict, Stale) as error:
        return await _one(page, error)
    return page.go(f"/n/{negotiation.slug}/people#m-{row.id}")


async def invite_again(page: Page) -> Response:
    """`/n/{neg}/people/{id}/invite`: a mail with a new sign-in link, as who is added gets one."""
    try:
        async with page.write() as (db, actor):
            negotiation, row, _, _ = await _seat(page, db, actor)
            if row.ended_at is not None:
                raise WrongState("This seat has ended.")
            if not roles(actor, negotiation, of=row):
                raise Forbidden("Only the coordinator changes who takes part.")
            await invite(db, actor, row, now=page.now)
    except (Invalid, Conflict, TooMany) as error:
        return await _one(page, error)
    return page.go(f"/n/{negotiation.slug}/people/{row.id}?invited=1")


async def end(page: Page) -> Response:
    """Take the seat away; with the last one go the person's logins, tokens and calendars."""
    try:
        async with page.write() as (db, actor):
            negotiation, row, party, person = await _seat(page, db, actor, lock=True)
            require_base(page, membership_view(row, party))
            await seats.end_membership(db, actor, negotiation, row, now=page.now)
    except (Invalid, Conflict, Stale) as error:
        return await _one(page, error)
    return page.go("/" if person.id == actor.person_id else f"/n/{negotiation.slug}/people")


routes: list[BaseRoute] = [
    page_route("/n/{neg}/people", people, add),
    page_route("/n/{neg}/people/{id}", seat, change_role),
    page_route("/n/{neg}/people/{id}/invite", post=invite_again),
    page_route("/n/{neg}/people/{id}/end", post=end),
    page_route("/n/{neg}/set-up", show_set_up),
    page_route("/n/{neg}/set-up/jurisdictions", post=add_jurisdiction),
    page_route("/n/{neg}/set-up/issues", post=add_issue),
    page_route("/n/{neg}/set-up/window", post=set_window),
    page_route("/n/{neg}/set-up/holidays", post=set_holidays),
    page_route("/n/{neg}/set-up/rules", post=set_rules),
]
