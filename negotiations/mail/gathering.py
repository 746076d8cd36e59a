"""From what was announced to the mails that tell of it: one for each person in each burst."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from negotiations import outbox
from negotiations.access.actor import Seat
from negotiations.db import Db
from negotiations.locks import locked
from negotiations.mail import bursts, unseen
from negotiations.mail.telling import Table, concerns
from negotiations.models import (
    Mail,
    MailEvent,
    Membership,
    NegotiationSession,
    OutboxEvent,
    Party,
    Person,
    SessionParty,
    Track,
)
from negotiations.models.mail import MailKind
from negotiations.models.parties import PartyKind
from negotiations.models.sessions import SessionKind

MOST = 200  # events at once


async def gather(db: Db, *, now: datetime) -> int:
    """Add what was announced to people's mails; returns of how many events.

    Raises IntegrityError when another process began a mail to the same person at this very moment:
    nothing is lost, the next look does it.
    """
    events = await outbox.waiting(db, "to_mail", MOST)
    if not events:
        return 0
    open_mails = await _open_mails(db, {event.negotiation_id for event in events})
    who = Who(db)
    near = await unseen.close(db, events)
    for event in events:
        for person_id in await who.told(event):
            key = (person_id, event.negotiation_id)
            mail = open_mails.get(key)
            if mail is None:
                due_at = bursts.due_at(event.at, event.at, event.type)
                mail = open_mails[key] = await _begin(db, event, person_id, due_at, now)
            else:
                mail.due_at = bursts.due_at(mail.first_at, event.at, event.type, mail.due_at)
            db.add_all([mail, MailEvent(mail_id=mail.id, event_id=event.id)])
        for person_id in await who.by_calendar(event) if event.id in near else ():
            key, due_at = (person_id, event.negotiation_id), unseen.due_at(event, near[event.id])
            mail = open_mails.get(key)
            if mail is None:
                mail = open_mails[key] = await _begin(db, event, person_id, due_at, now)
            mail.due_at = min(mail.due_at, due_at)
            db.add_all([mail, MailEvent(mail_id=mail.id, event_id=event.id)])
        event.to_mail = False
        db.add(event)
    return len(events)


async def _begin(
    db: Db, event: OutboxEvent, person_id: str, due_at: datetime, now: datetime
) -> Mail:
    mail = Mail(
        created_at=now, kind=MailKind.changes, person_id=person_id,
        negotiation_id=event.negotiation_id, gathering=True, first_at=event.at, due_at=due_at,
    )  # fmt: skip
    db.add(mail)
    await db.flush()
    return mail


async def _open_mails(db: Db, negotiation_ids: set[str]) -> dict[tuple[str, str], Mail]:
    """Those that still take more, held until the commit: nobody can claim them meanwhile."""
    rows = await db.exec(
        locked(
            select(Mail)
            .where(
                col(Mail.gathering),
                col(Mail.kind) == MailKind.changes,
                col(Mail.negotiation_id).in_(negotiation_ids),
            )
            .order_by(col(Mail.id))
        )
    )
    return {(mail.person_id or "", mail.negotiation_id or ""): mail for mail in rows}


class Who:
    """Who sits where and who is reached, asked once however many events happened there."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._tables: dict[tuple[str, str | None, str | None], Table] = {}
        self._reached: dict[str, Sequence[Membership]] = {}
        self._by_calendar: dict[str, Sequence[Membership]] = {}

    async def told(self, event: OutboxEvent) -> Sequence[str]:
        """The people whom it concerns, who can be reached and want to be."""
        table = await self.table(event)
        rows = self._reached.get(event.negotiation_id)
        if rows is None:
            rows = self._reached[event.negotiation_id] = await _reached(
                self._db, event.negotiation_id
            )
        return [row.person_id for row in rows if is_told(event, table, row, row.person_id)]

    async def by_calendar(self, event: OutboxEvent) -> Sequence[str]:
        """Those whom it concerns and who can be reached, but follow by a calendar and want no
        mails."""
        table, key = await self.table(event), event.negotiation_id
        if key not in self._by_calendar:
            self._by_calendar[key] = [seat for seat, _ in await unseen.by_calendar(self._db, key)]
        rows = self._by_calendar[key]
        return [row.person_id for row in rows if is_told(event, table, row, row.person_id)]

    async def table(self, event: OutboxEvent) -> Table:
        """Who sits where it happened."""
        at_session = event.session_id if event.track_id is None else None
        key = (event.negotiation_id, event.track_id, at_session)
        if key not in self._tables:
            self._tables[key] = await _table_of(self._db, event)
        return self._tables[key]


async def _reached(db: Db, negotiation_id: str) -> Sequence[Membership]:
    """The seats of these talks whose holders have an address and want mails."""
    rows = await db.exec(
        select(Membership)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(
            col(Membership.negotiation_id) == negotiation_id,
            col(Membership.ended_at).is_(None),
            col(Person.email).is_not(None),
            col(Person.by_mail),
        )
        .order_by(col(Membership.person_id))
    )
    return rows.all()


def is_told(event: OutboxEvent, table: Table, seat: Membership | Seat, person_id: str) -> bool:
    """Whether the holder of this seat is told of the event."""
    return concerns(
        event.type, table, role=seat.role, party_id=seat.party_id, person_id=person_id,
        done_by=event.person_id, given_to=noted(event, "person"),
    )  # fmt: skip


def noted(event: OutboxEvent, name: str) -> Any:
    """What the announcement says of this; None where it doesn't."""
    payload: Any = event.payload  # which may be any JSON, where it was written by hand
    return payload.get(name) if isinstance(payload, dict) else None


async def _table_of(db: Db, event: OutboxEvent) -> Table:
    """Who sits where it happened: in its track, or in its session; without either, everybody."""
    if event.track_id is not None:
        jurisdiction = select(Track.party_id).where(col(Track.id) == event.track_id)
        sides = await db.exec(
            select(Party.id).where(
                col(Party.negotiation_id) == event.negotiation_id,
                (col(Party.kind) == PartyKind.agency) | col(Party.id).in_(jurisdiction),
            )
        )
        return Table(frozenset(sides.all()), with_secretariat=True)
    if event.session_id is None and event.caucus_id is None:
        everybody = await db.exec(
            select(Party.id).where(col(Party.negotiation_id) == event.negotiation_id)
        )
        return Table(frozenset(everybody.all()), with_secretariat=True)
    sides = await db.exec(
        select(SessionParty.party_id).where(col(SessionParty.session_id) == event.session_id)
    )
    kinds = await db.exec(
        select(NegotiationSession.kind).where(col(NegotiationSession.id) == event.session_id)
    )
    is_caucus = kinds.first() != SessionKind.plenary
    return Table(frozenset(sides.all()), with_secretariat=not is_caucus, is_caucus=is_caucus)
