"""What the pages of plans share: whose they are, and how a form acts on the draft it showed."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.db import Db
from negotiations.errors import Conflict, Invalid, NegotiationsError, NotFound, Stale
from negotiations.models import Negotiation
from negotiations.parties import queries as parties
from negotiations.plans import queries
from negotiations.plans.queries import Drafted
from negotiations.plans.views import plan_view
from negotiations.web.html import Page, problems, require_base
from negotiations.web.problems import status_of

AGAIN = (Invalid, Conflict, Stale)


async def talks_of(page: Page, db: Db, actor: Actor) -> Negotiation:
    """The talks; NotFound for who plans nothing there."""
    negotiation = await parties.negotiation(db, actor, page.path["neg"])
    if not can(actor, "plan.read", negotiation):
        raise NotFound
    return negotiation


async def plan_of(page: Page, db: Db, actor: Actor, *, lock: bool = False) -> Drafted:
    negotiation = await talks_of(page, db, actor)
    plan = await queries.plan(db, actor, page.path["id"], lock=lock)
    if plan.negotiation.id != negotiation.id:
        raise NotFound
    return plan


def path_of(plan: Drafted) -> str:
    return f"/n/{plan.negotiation.slug}/plans/{plan.row.id}"


def told(error: NegotiationsError | None) -> dict[str, Any]:
    return problems(error) if error else {}


def status(error: NegotiationsError | None) -> int:
    return status_of(error)[0] if error else 200


Act = Callable[[Page, Db, Actor, Drafted], Awaitable[str | None]]
Again = Callable[[Page, NegotiationsError], Awaitable[Response]]


def acting(act: Act, again: Again) -> Callable[[Page], Awaitable[Response]]:
    """Acts on the draft as it was seen and leads to its page, to the place that `act` names there;
    `again` shows the page it came from with what is wrong."""

    async def answer(page: Page) -> Response:
        try:
            async with page.write() as (db, actor):
                plan = await plan_of(page, db, actor, lock=True)
                require_base(page, plan_view(plan))
                place = await act(page, db, actor, plan)
        except AGAIN as error:
            return await again(page, error)
        return page.go(path_of(plan) + (place or ""))

    return answer
