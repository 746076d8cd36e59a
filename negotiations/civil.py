"""PURE: civil dates and times: what day it is somewhere, and how a time is written for people."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(tz: str) -> tzinfo:
    """The zone for showing times: one row with a broken zone name may not break the page with it.

    What is written is checked by `scheduling.times.zone`; here an unknown name counts as UTC.
    """
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def city_of(tz: str) -> str:
    """The zone's own city: `Los Angeles` of America/Los_Angeles."""
    return tz.rpartition("/")[2].replace("_", " ")


def local_date(instant: datetime, tz: str) -> date:
    """The civil date of an instant in `tz`."""
    return instant.astimezone(zone_of(tz)).date()


def clock_time(instant: datetime, tz: str, *, seconds: bool = False) -> str:
    """`10:00 PST`; zones without letters give their offset, as `10:00 UTC+05:45`. With `seconds`
    `10:00:07 PST`."""
    local = instant.astimezone(zone_of(tz))
    name = local.strftime("%Z")
    if not name or name[0] in "+-":
        raw = local.strftime("%z")
        name = f"UTC{raw[:3]}:{raw[3:5]}"
    return f"{local:{'%H:%M:%S' if seconds else '%H:%M'}} {name}"


def begins(starts_at: datetime, ends_at: datetime, tz: str) -> str:
    """How a start is read before the end's clock_time(): `10:00`, or `01:30 PDT` where the clocks
    change in between."""
    start, end = (one.astimezone(zone_of(tz)) for one in (starts_at, ends_at))
    same = start.utcoffset() == end.utcoffset()
    return f"{start:%H:%M}" if same else clock_time(starts_at, tz)


def day(value: date | datetime) -> str:
    """`Tue 9 Nov`."""
    return f"{value:%a} {value.day} {value:%b}"


def long_day(value: date | datetime) -> str:
    """`Tue 9 Nov 2010`."""
    return f"{day(value)} {value.year}"


def known_by(recorded_at: datetime, moment: datetime) -> bool:
    """Whether what was recorded then was known at `moment`: to the second, as answers show it."""
    return recorded_at.replace(microsecond=0) <= moment


def end_of_day(value: date, tz: str) -> datetime:
    """The instant a deadline ends: 23:59:59 of its date in `tz`."""
    local = datetime(value.year, value.month, value.day, 23, 59, 59, tzinfo=zone_of(tz), fold=1)
    return local.astimezone(UTC)
