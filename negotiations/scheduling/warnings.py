"""What a time is warned of, and allowed all the same: window, days off, travel, short notice."""

from datetime import datetime, timedelta
from typing import Any

from negotiations.civil import local_date, long_day
from negotiations.db import Db
from negotiations.models import Negotiation, NegotiationSession
from negotiations.scheduling import bookings
from negotiations.working_days import holidays_of, why_off


async def warnings(
    db: Db, session: NegotiationSession, negotiation: Negotiation, *, now: datetime | None
) -> list[str]:
    """The warnings for a session as it stands; without `now` nothing is said of the notice."""
    found = [
        outside_window(session, negotiation.opens_on, negotiation.closes_on),
        day_off(session, negotiation),
        await bookings.tight_travel(db, session, negotiation.travel_buffer_minutes),
        short_notice(session, negotiation.notice_hours, now) if now else None,
    ]
    return [warning for warning in found if warning]


def short_notice(session: NegotiationSession, notice_hours: int, now: datetime) -> str | None:
    """A warning when the session starts sooner than the negotiation's notice period."""
    if session.starts_at - now >= timedelta(hours=notice_hours):
        return None
    if session.starts_at <= now:
        return "This time has passed already."
    return f"It starts in less than {notice_hours} hours: tell everyone directly."


def outside_window(session: NegotiationSession, opens: Any, closes: Any) -> str | None:
    """A warning when the session's civil date lies outside the negotiation's window."""
    first, last = session.local_start.date(), session.local_end.date()
    if (opens and first < opens) or (closes and last > closes):
        return f"It lies outside the talks' window ({opens or '…'} to {closes or '…'})."
    return None


def day_off(session: NegotiationSession, negotiation: Negotiation) -> str | None:
    """A warning when it begins on a weekend or holiday, by the calendar of the home zone."""
    day = local_date(session.starts_at, negotiation.home_tz)
    why = why_off(day, holidays_of(negotiation.holidays))
    return f"It falls on {why}: {long_day(day)} in {negotiation.home_tz}." if why else None
