"""What somebody's invitation tells already, so that no other mail tells it again."""

from collections.abc import Sequence

from sqlmodel import col, or_, select

from negotiations.db import Db
from negotiations.models import Mail, OutboxEvent
from negotiations.models.mail import MailEnd, MailKind

_OTHERWISE = frozenset({"session.proposed"})  # nobody is invited to what isn't settled yet


async def told_once(db: Db, events: Sequence[OutboxEvent], person_id: str) -> list[OutboxEvent]:
    """The events but those of sessions of which an invitation went to them since, or is to go."""
    rows = await db.exec(
        select(Mail.session_id, Mail.ended_at).where(
            col(Mail.kind) == MailKind.scheduling,
            col(Mail.person_id) == person_id,
            col(Mail.session_id).in_({one.session_id for one in events if one.session_id}),
            or_(col(Mail.ended_as).is_(None), col(Mail.ended_as) == MailEnd.sent),
        )
    )
    invited = rows.all()

    def is_told(event: OutboxEvent) -> bool:
        if not event.type.startswith("session.") or event.type in _OTHERWISE:
            return False
        return any(
            session_id == event.session_id and (ended_at is None or ended_at >= event.at)
            for session_id, ended_at in invited
        )

    return [one for one in events if not is_told(one)]
