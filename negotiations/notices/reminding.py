"""Queueing reminders of sessions that begin soon, for whoever wants them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, insert, or_, select

from negotiations.access.policy import ENDED
from negotiations.db import Db
from negotiations.invitations.expecting import is_expected, secretariats
from negotiations.models import (
    Mail,
    Membership,
    Negotiation,
    NegotiationSession,
    Party,
    Person,
    Reminder,
    SessionChange,
    SessionParty,
    Track,
)
from negotiations.models.mail import MailKind
from negotiations.models.parties import LEADS, PartyKind, Role
from negotiations.models.sessions import ChangeKind, SessionKind, SessionStatus
from negotiations.notices.due import has_come, tightest

MOST = 200  # sessions at once
EPOCH = datetime.fromtimestamp(0, UTC)
# With these the people at the table were told of a time, and that it holds.
_TOLD = (
    ChangeKind.confirmed, ChangeKind.moved, ChangeKind.reinstated,
    ChangeKind.created,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coming:
    """A session with what of it decides who is reminded."""

    id: str
    negotiation_id: str
    track_id: str | None
    is_caucus: bool
    starts_at: datetime
    chair_id: str | None
    note_taker_id: str | None


async def remind(db: Db, *, now: datetime) -> int:
    """Queue the reminders whose moment has come; returns how many, at most of MOST sessions.

    What it queued is written down with it, so that each moment of each start counts once, whoever
    does this and however often. Raises IntegrityError when another process does so right now.
    """
    coming = await _coming(db, now)
    if not coming:
        return 0
    ids = [one.id for one in coming]
    done = await _done(db, ids)
    sides = await _sides(db, coming)
    since = await _known_since(db, ids)
    seats = await _seats(db, {one.negotiation_id for one in coming}, sides)
    ours = await secretariats(db, {one.negotiation_id for one in coming})
    mails: list[Mail] = []
    done_now: list[Reminder] = []
    for one in coming:
        come = [
            lead
            for lead in LEADS
            if has_come(one.starts_at, lead, now) and (one.id, one.starts_at, lead) not in done
        ]
        done_now += [
            Reminder(created_at=now, session_id=one.id, starts_at=one.starts_at, minutes=lead)
            for lead in come
        ]
        known = since.get(one.id, EPOCH)
        for seat in seats[one.negotiation_id]:
            if not _sits(seat, one, sides[one.id], ours[one.negotiation_id]):
                continue
            if tightest(come, seat.reminders, one.starts_at, known) is None:
                continue
            mails.append(
                Mail(
                    created_at=now, kind=MailKind.reminder, person_id=seat.person_id,
                    negotiation_id=one.negotiation_id, session_id=one.id,
                    starts_at=one.starts_at, first_at=now, due_at=now,
                )
            )  # fmt: skip
    # Not one by one as objects: there may be hundreds.
    for table, rows in ((Reminder, done_now), (Mail, mails)):
        if rows:
            await db.exec(insert(table), params=[row.model_dump() for row in rows])
    return len(mails)


async def has_work(db: Db, *, now: datetime) -> bool:
    """Whether any moment has come: what a look costs where none has."""
    rows = await db.exec(select(NegotiationSession.id).where(_due(now)).limit(1))
    return rows.first() is not None


def _due(now: datetime) -> ColumnElement[bool]:
    """Confirmed, to begin within one of the times, and that not dealt with for this very start."""
    session = NegotiationSession
    of_each = [
        and_(
            col(session.starts_at) <= now + timedelta(minutes=lead),
            ~select(Reminder.id)
            .where(
                col(Reminder.session_id) == session.id,
                col(Reminder.starts_at) == session.starts_at,
                col(Reminder.minutes) == lead,
            )
            .exists(),
        )
        for lead in LEADS
    ]
    over = select(Negotiation.id).where(col(Negotiation.status).in_(ENDED))
    return and_(
        col(session.status) == SessionStatus.confirmed,
        col(session.starts_at) > now,
        or_(*of_each),
        col(session.negotiation_id).not_in(over),
    )


async def _coming(db: Db, now: datetime) -> list[Coming]:
    session = NegotiationSession
    rows = await db.exec(
        select(  # type: ignore[call-overload]
            session.id, session.negotiation_id, session.track_id, session.kind, session.starts_at,
            session.chair_id, session.note_taker_id,
        )
        .where(_due(now))
        .order_by(col(session.starts_at), col(session.id))
        .limit(MOST)
    )  # fmt: skip
    return [
        Coming(key, talks, track, kind is SessionKind.caucus, starts_at, chair, note_taker)
        for key, talks, track, kind, starts_at, chair, note_taker in rows
    ]


async def _done(db: Db, ids: Sequence[str]) -> set[tuple[str, datetime, int]]:
    rows = await db.exec(
        select(Reminder.session_id, Reminder.starts_at, Reminder.minutes).where(
            col(Reminder.session_id).in_(ids)
        )
    )
    return set(rows.all())


async def _known_since(db: Db, ids: Sequence[str]) -> Mapping[str, datetime]:
    """When the people at each of these sessions were last told of its time."""
    rows = await db.exec(
        select(SessionChange.session_id, func.max(SessionChange.created_at))
        .where(col(SessionChange.session_id).in_(ids), col(SessionChange.kind).in_(_TOLD))
        .group_by(col(SessionChange.session_id))
    )
    return dict(rows.all())


async def _sides(db: Db, coming: Sequence[Coming]) -> dict[str, set[str]]:
    """The parties at each of these sessions."""
    talks = {one.negotiation_id for one in coming}
    agencies = dict(
        (
            await db.exec(
                select(Party.negotiation_id, Party.id).where(
                    col(Party.negotiation_id).in_(talks), col(Party.kind) == PartyKind.agency
                )
            )
        ).all()
    )
    tracks = dict(
        (
            await db.exec(
                select(Track.id, Track.party_id).where(
                    col(Track.id).in_({one.track_id for one in coming if one.track_id})
                )
            )
        ).all()
    )
    found: dict[str, set[str]] = defaultdict(set)
    for one in coming:
        if one.track_id is not None:
            at_table = (tracks.get(one.track_id), agencies.get(one.negotiation_id))
            found[one.id] = {side for side in at_table if side}
    named = await db.exec(
        select(SessionParty.session_id, SessionParty.party_id).where(
            col(SessionParty.session_id).in_([one.id for one in coming if one.track_id is None])
        )
    )
    for session_id, party_id in named:
        found[session_id].add(party_id)
    return found


@dataclass(frozen=True, slots=True)
class Taking:
    """Somebody's place in talks, and when they want to be reminded."""

    person_id: str
    party_id: str | None
    role: Role
    reminders: Sequence[int]


async def _seats(
    db: Db, talks: set[str], sides: Mapping[str, set[str]]
) -> Mapping[str, list[Taking]]:
    """Who sits at any of these tables or in the secretariat, and can be reached, by talks."""
    parties = set().union(*sides.values())
    rows = await db.exec(
        select(  # type: ignore[call-overload]
            Membership.negotiation_id, Membership.person_id, Membership.party_id, Membership.role,
            Person.reminders,
        )
        .join(Person, col(Person.id) == Membership.person_id)
        .where(
            col(Membership.negotiation_id).in_(talks),
            col(Membership.ended_at).is_(None),
            or_(col(Membership.party_id).is_(None), col(Membership.party_id).in_(parties)),
            col(Person.email).is_not(None),
            col(Person.by_mail),
        )
        .order_by(col(Membership.person_id))
    )  # fmt: skip
    found: dict[str, list[Taking]] = defaultdict(list)
    for negotiation_id, *seat in rows:
        found[negotiation_id].append(Taking(*seat))
    return found


def _sits(seat: Taking, session: Coming, sides: set[str], ours: set[str]) -> bool:
    return is_expected(
        seat.person_id, seat.party_id, seat.role, session, sides, is_caucus=session.is_caucus,
        secretariat=ours,
    )  # fmt: skip
