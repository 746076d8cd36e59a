"""JSON about oneself: who I am here, where I must be next, and what was done."""

from datetime import date

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.mail.bodies import MailChoice
from negotiations.models import Person
from negotiations.models.parties import LEADS, Role
from negotiations.notices import asking
from negotiations.notices.bodies import Remind
from negotiations.overview import auditing, todo
from negotiations.overview.auditing import EntryView, HeadView
from negotiations.overview.oneself import choose_invitations, oneself
from negotiations.overview.waiting import Item
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.views import SessionView, session_views
from negotiations.web.answers import Id, TypedDict
from negotiations.web.routes import Api, Call

api = Api()


class SeatView(TypedDict):
    """A place in talks; `party` is null for the secretariat."""

    negotiation: str
    role: Role
    party: str | None


class MeView(TypedDict):
    """Who one is here, and what one is told by mail: anything (`by_mail`), so many minutes before
    one's sessions (`reminders`), what lies ahead (`weekly`), and one's sessions as `invitations`.
    """

    id: Id
    name: str
    email: str | None
    tz: str
    by_mail: bool
    reminders: list[int]
    weekly: bool
    invitations: bool
    administrator: bool
    seats: list[SeatView]


class WaitingView(TypedDict):
    """Something to be done; `path` is the page where it is, `by` the last day in time, `key` names
    it when others are to be reminded.
    """

    key: str
    on_me: bool
    what: str
    title: str
    path: str
    session: Id | None
    by: date | None


class RemindedView(TypedDict):
    """To how many people a mail goes."""

    people: int


@api.get("/me", answers=MeView)
async def me(call: Call) -> Response:
    """Show whom the token belongs to, and their seats."""
    async with call.read() as (db, actor):
        assert actor.person is not None
        view = await _me(db, actor, actor.person)
    return call.answer(view)


@api.patch("/me", body=MailChoice, answers=MeView)
async def change_me(call: Call, body: MailChoice) -> Response:
    """Choose what one is told by mail, and when.

    A mail with a sign-in link comes in any case, when somebody asks for one.
    """
    async with call.write() as (db, actor):
        person = await oneself(db, actor)
        call.require_match(await _me(db, actor, person))
        if body.by_mail is not None:
            person.by_mail = body.by_mail
        if body.reminders is not None:
            person.reminders = [lead for lead in LEADS if lead in body.reminders]
        if body.weekly is not None:
            person.weekly = body.weekly
        if body.invitations is not None:
            choose_invitations(call.service.settings, person, body.invitations)
        db.add(person)
        view = await _me(db, actor, person)
    return call.answer(view)


async def _me(db: Db, actor: Actor, person: Person) -> MeView:
    slugs = {row.id: row.slug for row in await parties.negotiations(db, actor)}
    party_slugs = await parties.slugs(db, [seat.party_id for seat in actor.seats])
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "tz": person.tz,
        "by_mail": person.by_mail,
        "reminders": person.reminders,
        "weekly": person.weekly,
        "invitations": person.invitations,
        "administrator": actor.is_administrator,
        "seats": [
            {
                "negotiation": slugs[seat.negotiation_id],
                "role": seat.role,
                "party": party_slugs.get(seat.party_id or ""),
            }
            for seat in actor.seats
        ],
    }


@api.get("/me/next", lists=SessionView)
async def my_next(call: Call) -> Response:
    """List the sessions one must be at next, in all one's talks."""
    async with call.read() as (db, actor):
        part = call.part()
        rows = await scheduling.upcoming(db, actor, after=call.now, part=part)
        items = await session_views(db, rows)
    return call.listed(items, part)


@api.get("/me/waiting", lists=WaitingView)
async def my_waiting(call: Call) -> Response:
    """List what waits for somebody to act: what waits on oneself first."""
    part = call.part()
    async with call.read() as (db, actor):
        found = await todo.items(db, actor, now=call.now)
    items: list[WaitingView] = [
        {
            "key": one.key,
            "on_me": one.on_me,
            "what": one.text,
            "title": one.title,
            "path": one.path,
            "session": one.session.id if one.session else None,
            "by": one.by,
        }
        for one in part.cut(found, _place, lambda *place: place)
    ]
    return call.listed(items, part)


@api.post("/me/waiting/remind", body=Remind, answers=RemindedView, gives=(202,))
async def remind(call: Call, body: Remind) -> Response:
    """Have others reminded by mail of what waits for them, as the coordinator.

    The heads of the sides that it waits for and who undertook it; on one day of the same thing only
    once.
    """
    async with call.write() as (db, actor):
        people = await asking.remind(db, actor, body.keys, now=call.now)
    view: RemindedView = {"people": people}
    return call.answer(view, 202)


@api.get("/negotiations/{neg}/audit", lists=EntryView)
async def list_audit(call: Call) -> Response:
    """List what was done, as far as one may know of it, the newest first.

    One's own acts; for heads those of their side; for the secretariat all in the shared chains.
    """
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        part = call.part()
        items = await auditing.entries(db, actor, negotiation, part=part)
    return call.listed(items, part)


@api.get("/negotiations/{neg}/audit/heads", lists=HeadView)
async def list_heads(call: Call) -> Response:
    """List the last entry of each chain that one may read whole, to be kept elsewhere."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        part = call.part()
        items = await auditing.heads(db, actor, negotiation, part=part)
    return call.listed(items, part)


def _place(item: Item) -> tuple[str, ...]:
    """What waits on oneself first, then by when it was due."""
    return str(not item.on_me), item.due, item.path, item.text
