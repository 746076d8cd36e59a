"""What query options say: days and instants."""

from datetime import UTC, date, datetime, time, timedelta

from negotiations.civil import end_of_day, zone_of
from negotiations.errors import BadRequest
from negotiations.web.calls import Call


def as_date(call: Call, name: str) -> date | None:
    """A date option, as 2010-11-05."""
    value = call.query(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadRequest(f"{name} is a date, as 2010-11-05.") from None


def as_instant(call: Call, name: str) -> datetime | None:
    """An instant option with its offset, as 2010-11-05T18:00:00Z."""
    value = call.query(name)
    try:
        instant = datetime.fromisoformat(value.replace(" ", "+")) if value else None
        if instant is None or instant.tzinfo is not None:
            return instant.astimezone(UTC) if instant else None
    except (ValueError, OverflowError):
        pass
    raise BadRequest(f"{name} is an instant with its offset, as 2010-11-05T18:00:00Z.")


def bound(call: Call, name: str, home_tz: str) -> datetime | None:
    """A date in home_tz (`to` includes its day), or an instant with its offset."""
    value = call.query(name)
    if value is None:
        return None
    try:
        if len(value) == len("2010-11-05"):
            first = datetime.fromisoformat(value).date()
            if name == "to":
                return end_of_day(first, home_tz) + timedelta(seconds=1)
            return datetime.combine(first, time(), zone_of(home_tz)).astimezone(UTC)
        # In an address “+” means a space: an offset arrives as one.
        instant = datetime.fromisoformat(value.replace(" ", "+"))
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRequest(f"{name} is a date or an instant: 2010-11-05 or 2010-11-05T18:00:00Z.")
