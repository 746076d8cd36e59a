"""JSON about oneself: who I am here and where I must be next."""

from starlette.responses import Response

from negotiations.overview import todo
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.views import session_views
from negotiations.web.routes import Api, Call

api = Api()


@api.get("/me")
async def me(call: Call) -> Response:
    async with call.read() as (db, actor):
        slugs = {row.id: row.slug for row in await parties.negotiations(db, actor)}
        own = [seat.party_id for seat in actor.seats]
        party_slugs = await parties.slugs(db, own)
    assert actor.person is not None
    return call.answer(
        {
            "id": actor.person.id,
            "name": actor.person.name,
            "email": actor.person.email,
            "tz": actor.person.tz,
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
    )


@api.get("/me/next")
async def my_next(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await scheduling.upcoming(db, actor, after=call.now)
        items = await session_views(db, rows)
    return call.answer({"items": items, "next": None})


@api.get("/me/waiting")
async def my_waiting(call: Call) -> Response:
    async with call.read() as (db, actor):
        found = await todo.items(db, actor, now=call.now)
    items = [
        {
            "on_me": one.on_me,
            "what": one.text,
            "title": one.title,
            "path": one.path,
            "session": one.session.id if one.session else None,
        }
        for one in found
    ]
    return call.answer({"items": items, "next": None})
