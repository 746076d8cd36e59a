"""JSON for people and their memberships."""

from sqlmodel import col, select
from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.mail.asking import invite, tell_former_address
from negotiations.models import Membership, Negotiation, Party
from negotiations.parties import queries, seats, views
from negotiations.parties.api.base import NEG, api, talks_of
from negotiations.parties.bodies import (
    MembershipChange,
    NewMembership,
    PersonChange,
    PersonToAdd,
)
from negotiations.web.routes import CREATED, Call


@api.get(NEG + "/people", lists=views.PersonView)
async def list_people(call: Call) -> Response:
    """List who holds a seat, as far as one sees them: the secretariat first, then by party."""
    async with call.read() as (db, actor):
        negotiation, part = await talks_of(call, db, actor), call.part()
        rows = await queries.members(db, actor, negotiation.id, part=part)
    items = [
        views.person_view(actor, negotiation, person, seat, party) for seat, person, party in rows
    ]
    return call.listed(items, part)


@api.post(NEG + "/people", body=PersonToAdd, answers=views.PersonView, gives=CREATED)
async def create_person(call: Call, body: PersonToAdd) -> Response:
    """Add a person with a seat; a known mail address keeps its one account.

    With `invite` they are sent a mail with a sign-in link, of which there may be 50 in an hour and
    three to one person in a day.
    """
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        seat = await seats.add_person(db, actor, negotiation, body, now=call.now)
        if body.invite:
            await invite(db, actor, seat, now=call.now)
        view = await _person(db, actor, negotiation, seat.person_id)
    return call.created(view, at=view["id"])


async def _person(
    db: Db, actor: Actor, negotiation: Negotiation, person_id: str
) -> views.PersonView:
    """The person in the seat they hold, or held last."""
    rows = await queries.members(db, actor, negotiation.id, ended=True)
    own = [row for row in rows if row[1].id == person_id]
    if not own:
        raise NotFound
    seat, person, party = max(own, key=lambda row: (row[0].ended_at is None, row[0].created_at))
    return views.person_view(actor, negotiation, person, seat, party)


@api.get(NEG + "/people/{id}", answers=views.PersonView)
async def show_person(call: Call) -> Response:
    """Show one person in the seat they hold, or held last."""
    async with call.read() as (db, actor):
        view = await _person(db, actor, await talks_of(call, db, actor), call.path["id"])
    return call.answer(view)


@api.patch(NEG + "/people/{id}", body=PersonChange, answers=views.PersonView)
async def change_person(call: Call, body: PersonChange) -> Response:
    """Change a person's name, title, mail address or zone."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        view = await _person(db, actor, negotiation, call.path["id"])
        demand(actor, "people.write", negotiation)
        call.require_match(view)
        person = await queries.person(db, actor, negotiation.id, call.path["id"])
        fields, former = body.model_dump(exclude_unset=True), person.email
        await seats.change_person(db, actor, person, fields, negotiation=negotiation, now=call.now)
        if former is not None and person.email != former:
            tell_former_address(db, former, negotiation.id, now=call.now)
        view = await _person(db, actor, negotiation, person.id)
    return call.answer(view)


async def _membership(
    call: Call, db: Db, actor: Actor, negotiation: Negotiation
) -> tuple[Membership, Party | None]:
    row = await queries.one(db, actor, Membership, negotiation.id, call.path["id"])
    party = None
    if row.party_id:
        party = (await db.exec(select(Party).where(col(Party.id) == row.party_id))).one()
    return row, party


@api.get(NEG + "/memberships", lists=views.MembershipView)
async def list_memberships(call: Call) -> Response:
    """List the seats, those that ended included."""
    async with call.read() as (db, actor):
        negotiation, part = await talks_of(call, db, actor), call.part()
        rows = await queries.members(db, actor, negotiation.id, ended=True, part=part)
    return call.listed([views.membership_view(seat, party) for seat, _, party in rows], part)


@api.post(NEG + "/memberships", body=NewMembership, answers=views.MembershipView, gives=CREATED)
async def create_membership(call: Call, body: NewMembership) -> Response:
    """Give a person of these talks a seat again."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await seats.add_membership(db, actor, negotiation, body, now=call.now)
        party = None
        if body.party:
            party = await queries.party_named(db, negotiation.id, body.party)
    return call.created(views.membership_view(row, party), at=row.id)


@api.get(NEG + "/memberships/{id}", answers=views.MembershipView)
async def show_membership(call: Call) -> Response:
    """Show one seat."""
    async with call.read() as (db, actor):
        negotiation = await talks_of(call, db, actor)
        row, party = await _membership(call, db, actor, negotiation)
    return call.answer(views.membership_view(row, party))


@api.patch(NEG + "/memberships/{id}", body=MembershipChange, answers=views.MembershipView)
async def change_membership(call: Call, body: MembershipChange) -> Response:
    """Give a person another role on their side."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row, party = await _membership(call, db, actor, negotiation)
        call.require_match(views.membership_view(row, party))
        await seats.change_role(db, actor, negotiation, row, body.role, now=call.now)
    return call.answer(views.membership_view(row, party))


@api.delete(NEG + "/memberships/{id}", answers=views.MembershipView)
async def end_membership(call: Call) -> Response:
    """End a seat; with a person's last one, their logins, tokens and feeds end too."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row, party = await _membership(call, db, actor, negotiation)
        call.require_match(views.membership_view(row, party))
        await seats.end_membership(db, actor, negotiation, row, now=call.now)
    return call.answer(views.membership_view(row, party))
