"""Reading endpoints and what was told to them: one's own side's, or the secretariat's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String
from sqlmodel import and_, cast, col, false, func, or_, select

from negotiations.access.actor import Actor, still_seated
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.locks import locked
from negotiations.models import (
    Negotiation,
    OutboxEvent,
    Party,
    WebhookDelivery,
    WebhookEndpoint,
)
from negotiations.models.webhooks import DeliveryEnd, StoppedAs
from negotiations.web.cursors import Part, rows_of

Found = tuple[WebhookEndpoint, Negotiation, Party | None]


def _endpoints(actor: Actor) -> Any:
    return (
        select(WebhookEndpoint, Negotiation, Party)
        .join(Negotiation, col(Negotiation.id) == WebhookEndpoint.negotiation_id)
        .outerjoin(Party, col(Party.id) == WebhookEndpoint.owner_id)
        .where(visible(actor, WebhookEndpoint))
    )


async def endpoints(
    db: Db, actor: Actor, *, negotiation_id: str | None = None, part: Part | None = None
) -> Sequence[Found]:
    """Those that haven't ended, the newest first; of some talks, or of all."""
    query = _endpoints(actor).where(col(WebhookEndpoint.ended_at).is_(None))
    if negotiation_id is not None:
        query = query.where(col(WebhookEndpoint.negotiation_id) == negotiation_id)
    order = (col(WebhookEndpoint.created_at).desc(), col(WebhookEndpoint.id))
    return await rows_of(db, query, *order, part=part)


async def endpoint(db: Db, actor: Actor, endpoint_id: str, *, lock: bool = False) -> Found:
    """One of them; with `lock`, to change it. NotFound for one of others."""
    query = _endpoints(actor).where(col(WebhookEndpoint.id) == endpoint_id)
    found = (await db.exec(locked(query, of=WebhookEndpoint) if lock else query)).first()
    if found is None:
        raise NotFound
    endpoint, negotiation, party = found
    if lock:
        await still_seated(db, actor, negotiation.id)
    return endpoint, negotiation, party


async def deliveries(
    db: Db, actor: Actor, endpoint_id: str, *,
    ended: str | None = None, part: Part | None = None, most: int | None = None,
) -> Sequence[WebhookDelivery]:  # fmt: skip
    """What was told or is to be told to an endpoint, the newest first; `ended`: only those.

    `waiting` stands for those that haven't ended.
    """
    query = _deliveries(actor).where(col(WebhookDelivery.endpoint_id) == endpoint_id)
    if ended == "waiting":
        query = query.where(col(WebhookDelivery.ended_as).is_(None))
    elif ended is not None:
        query = query.where(col(WebhookDelivery.ended_as) == DeliveryEnd(ended))
    if most is not None:
        query = query.limit(most)
    order = (col(WebhookDelivery.created_at).desc(), col(WebhookDelivery.id))
    return await rows_of(db, query, *order, part=part)


def stopped(actor: Actor) -> Any:
    """Endpoints that were stopped since nothing came through, or their program said that it is
    gone, in rows like those of mail.trouble: the name is the endpoint's id."""
    return select(  # type: ignore[call-overload]
        cast(col(WebhookEndpoint.stopped_as), String), col(WebhookEndpoint.negotiation_id),
        col(WebhookEndpoint.id), col(WebhookEndpoint.stopped_at), false(),
    ).where(
        visible(actor, WebhookEndpoint),
        col(WebhookEndpoint.ended_at).is_(None),
        col(WebhookEndpoint.stopped_as).in_((StoppedAs.failing, StoppedAs.gone)),
    )  # fmt: skip


async def given_up(db: Db, actor: Actor, endpoint_id: str) -> int:
    """How many deliveries to this endpoint were given up, and can be sent again."""
    of_it = _deliveries(actor).where(
        col(WebhookDelivery.endpoint_id) == endpoint_id,
        col(WebhookDelivery.ended_as) == DeliveryEnd.given_up,
    )
    rows = await db.exec(of_it.with_only_columns(func.count()))
    return int(rows.one())


async def delivery(
    db: Db, actor: Actor, delivery_id: str, *, lock: bool = False
) -> WebhookDelivery:
    """One of them; NotFound for one of others."""
    query = _deliveries(actor).where(col(WebhookDelivery.id) == delivery_id)
    found = await db.exec(locked(query, of=WebhookDelivery) if lock else query)
    row = found.first()
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


def _deliveries(actor: Actor) -> Any:
    return (
        select(WebhookDelivery)
        .join(WebhookEndpoint, col(WebhookEndpoint.id) == WebhookDelivery.endpoint_id)
        .where(visible(actor, WebhookEndpoint))
    )


def is_ready(now: datetime) -> ColumnElement[bool]:
    """An endpoint that may be sent to now: there, not stopped, and not left alone for a while."""
    paused_until = col(WebhookEndpoint.paused_until)
    return and_(
        col(WebhookEndpoint.ended_at).is_(None),
        col(WebhookEndpoint.stopped_at).is_(None),
        or_(paused_until.is_(None), paused_until <= now),
    )


async def work(db: Db, now: datetime) -> tuple[bool, bool]:
    """Whether anything waits to be gathered, and whether to be sent: what a look costs."""
    due = (
        select(WebhookDelivery.id)
        .join(WebhookEndpoint, col(WebhookEndpoint.id) == WebhookDelivery.endpoint_id)
        .where(
            col(WebhookDelivery.ended_as).is_(None),
            col(WebhookDelivery.due_at) <= now,
            is_ready(now),
        )
    )
    announced = select(OutboxEvent.id).where(col(OutboxEvent.to_webhooks))
    rows = await db.exec(select(announced.exists(), due.exists()))
    to_gather, to_send = rows.one()
    return bool(to_gather), bool(to_send)


async def next_due(db: Db, now: datetime) -> datetime | None:
    """When something more may be due after this instant: a delivery, or an endpoint left alone."""
    due = select(func.min(WebhookDelivery.due_at)).where(
        col(WebhookDelivery.ended_as).is_(None), col(WebhookDelivery.due_at) > now
    )
    paused = select(func.min(WebhookEndpoint.paused_until)).where(
        col(WebhookEndpoint.ended_at).is_(None),
        col(WebhookEndpoint.stopped_at).is_(None),
        col(WebhookEndpoint.paused_until) > now,
    )
    found = [(await db.exec(query)).one() for query in (due, paused)]
    return min([at for at in found if at is not None], default=None)


async def standing(db: Db) -> str:
    """How it stands, for the operator: what waits, and what was given up."""
    counts = await db.exec(
        select(
            func.count().filter(col(WebhookDelivery.ended_as).is_(None)),
            func.count().filter(col(WebhookDelivery.ended_as) == DeliveryEnd.given_up),
        ).select_from(WebhookDelivery)
    )
    stopped = await db.exec(
        select(func.count())
        .select_from(WebhookEndpoint)
        .where(
            col(WebhookEndpoint.stopped_at).is_not(None), col(WebhookEndpoint.ended_at).is_(None)
        )
    )
    waiting, given_up = counts.one()
    return f"{waiting} waiting, {given_up} given up; {stopped.one()} endpoints stopped"
