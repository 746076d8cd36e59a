"""PURE: when a mail goes: what happens together is told together; what fails is tried again."""

from datetime import datetime, timedelta

from negotiations.models.mail import MailKind

QUIET = timedelta(seconds=10)
LONGEST = timedelta(seconds=60)
# What can't wait for more to happen.
AT_ONCE = frozenset({"session.cancelled"})
# How long after each try that failed the next one is made; when they are used up it is given up.
# Three days in all, for a mail server that is out over a weekend.
_WAITS = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
# Who waits for a link doesn't wait that long, and asks for another one.
_WAITS_FOR_LINKS = tuple(timedelta(seconds=one) for one in (20, 60, 300, 900))


def due_at(
    first_at: datetime, event_at: datetime, event_type: str, so_far: datetime | None = None
) -> datetime:
    """When a mail goes whose first event was at `first_at`, now that this one is added to it.

    `so_far` is when it was to go: what is due already isn't put off by what happens later.
    """
    if so_far is not None and so_far <= event_at:
        return so_far
    if event_type in AT_ONCE:
        return event_at
    return min(first_at + LONGEST, event_at + QUIET)


def next_try(kind: MailKind, tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` that failed; None when it is given up."""
    waits = _WAITS_FOR_LINKS if kind is MailKind.sign_in else _WAITS
    return now + waits[tries - 1] if tries <= len(waits) else None
