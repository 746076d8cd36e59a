"""Who is told by mail that an endpoint was stopped, and in which words."""

from datetime import datetime

from sqlmodel import col, select

from negotiations.access.policy import can
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.mail.texts import Text, body_of, one_line
from negotiations.mail.writing import Writer, Written, reader
from negotiations.models import Mail, Membership, Person, WebhookEndpoint
from negotiations.models.mail import MailKind
from negotiations.models.parties import HEADS, Role
from negotiations.models.webhooks import StoppedAs
from negotiations.settings import Settings
from negotiations.web.showing import stamp
from negotiations.webhooks.gathering import side_of

WHY = {
    StoppedAs.gone: "it said that it is there no more (410)",
    StoppedAs.failing: "nothing came through for five days",
}


async def tell(db: Db, endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """Queue a mail to each who looks after it: its side's heads, or the coordinators."""
    side = side_of(endpoint)
    roles = [Role.coordinator] if side is None else list(HEADS)
    rows = await db.exec(
        select(Membership.person_id)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(
            col(Membership.negotiation_id) == endpoint.negotiation_id,
            col(Membership.party_id).is_not_distinct_from(side),
            col(Membership.role).in_(roles),
            col(Membership.ended_at).is_(None),
            col(Person.email).is_not(None),
            col(Person.by_mail),
        )
        .order_by(col(Membership.person_id))
    )
    db.add_all(
        Mail(
            created_at=now, kind=MailKind.webhook_stopped, person_id=person_id,
            negotiation_id=endpoint.negotiation_id, first_at=now, due_at=now,
        )
        for person_id in rows
    )  # fmt: skip


async def _stopped(db: Db, settings: Settings, mail: Mail, _now: datetime) -> Written:
    """What was stopped of their side by then and still is."""
    to = await reader(db, mail)
    if to is None or to.person.email is None or not to.person.by_mail:
        return None
    if not can(to.actor, "webhooks.read", to.negotiation):
        return None
    rows = await db.exec(
        select(WebhookEndpoint)
        .where(
            visible(to.actor, WebhookEndpoint),
            col(WebhookEndpoint.negotiation_id) == to.negotiation.id,
            col(WebhookEndpoint.ended_at).is_(None),
            col(WebhookEndpoint.stopped_as).in_(list(WHY)),
            col(WebhookEndpoint.stopped_at) == mail.first_at,
        )
        .order_by(col(WebhookEndpoint.created_at), col(WebhookEndpoint.id))
    )
    found = rows.all()
    if not found:
        return None
    lines = ["These webhooks of your side were stopped, and their programs are told nothing:"]
    for one in found:
        assert one.stopped_as is not None and one.stopped_at is not None
        lines += [
            "",
            one.url,
            f"    Stopped on {stamp(one.stopped_at, to.person.tz)}: {WHY[one.stopped_as]}.",
            f"    {settings.base_url}/n/{to.negotiation.slug}/webhooks/{one.id}",
        ]
    lines += [
        "",
        "What happens meanwhile is kept, and can be sent again there once you let it go on.",
    ]
    subject = one_line(f"[{to.negotiation.slug}] A webhook was stopped")
    return to.person.email, Text(subject, body_of(lines))


WRITERS: dict[MailKind, Writer] = {MailKind.webhook_stopped: _stopped}
