"""PURE: the all-day event of a negotiation's window, which keeps every feed from being empty."""

from datetime import date, datetime

from negotiations.civil import local_date
from negotiations.feeds.table_facts import PUBLIC
from negotiations.ics.events import AllDayEvent
from negotiations.ics.identity import uid_of
from negotiations.models import Negotiation, Party
from negotiations.models.feeds import EventAudience


def window_event(
    negotiation: Negotiation,
    object_id: str,
    audience: EventAudience,
    base_url: str,
    *,
    revised: datetime,
    jurisdiction: Party | None = None,
    sessions_seen: int = 0,
) -> AllDayEvent:
    """The days in which the talks take place; `jurisdiction` for the feed of one track only."""
    first, last = window(negotiation)
    talks = "" if negotiation.title.lower().endswith("talks") else " talks"
    name = f"{negotiation.title}{talks}: window"
    lines = [f"{negotiation.title}: talks from {_long(first)} to {_long(last)}."]
    if jurisdiction is not None and not sessions_seen:
        name = f"No session recorded with {jurisdiction.name}"
        lines.append(f"{name}.")
    lines += [negotiation.subject] if negotiation.subject else []
    public = audience in PUBLIC
    path = "public" if public else "n"
    return AllDayEvent(
        uid=uid_of("window", object_id),
        sequence=negotiation.window_sequence,
        created=negotiation.created_at,
        revised=revised,
        first=first,
        last=last,
        summary=name,
        description="\n".join(lines),
        url=f"{base_url}/{path}/{negotiation.slug}",
        klass="PUBLIC" if public else "PRIVATE",
        categories=(jurisdiction.name,) if jurisdiction else (),
    )


def window(negotiation: Negotiation) -> tuple[date, date]:
    """First and last day; a window left open counts as the day the talks were entered."""
    first = negotiation.opens_on or negotiation.closes_on
    if first is None:
        first = local_date(negotiation.created_at, negotiation.home_tz)
    return first, max(first, negotiation.closes_on or first)


def _long(value: date) -> str:
    return f"{value.day} {value:%B} {value.year}"
