"""PURE: from the agreed civil time to the instant.

The agreed fact is a local time and an IANA zone; the instant follows from tzdata, never by hand.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from negotiations.errors import FieldError, Invalid


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory"})  # tzdata's word for none


def zone(tz: str, pointer: str = "tz") -> ZoneInfo:
    """The zone named `tz`; `Invalid` for anything that is not an IANA zone."""
    if tz not in _zones():
        raise Invalid.field(
            pointer, f"{tz!r} is not an IANA time zone. Write one as America/New_York."
        )
    return ZoneInfo(tz)


@dataclass(frozen=True, slots=True)
class Slot:
    """An agreed time: civil start and end in one zone, with the instants they mean (UTC).

    `fold` is None unless start or end falls in the hour that comes twice.
    """

    local_start: datetime
    local_end: datetime
    tz: str
    fold: int | None
    starts_at: datetime
    ends_at: datetime


def resolve(local_start: datetime, local_end: datetime, tz: str, fold: int | None = None) -> Slot:
    """The slot meant by two naive civil times in `tz`.

    Raises Invalid when the zone is unknown, a time doesn't exist (clocks go forward over it),
    a time comes twice and `fold` doesn't say which, or the end is not after the start.
    """
    home = zone(tz)
    twice = _comes_twice(local_start, home) or _comes_twice(local_end, home)
    starts_at = _instant("local_start", local_start, home, fold)
    ends_at = _instant("local_end", local_end, home, fold)
    if ends_at <= starts_at:
        raise Invalid.field("local_end", "The session must end after it starts. Move the end.")
    if ends_at - starts_at > timedelta(days=1):
        raise Invalid.field(
            "local_end", "A session lasts at most 24 hours. Make one session for each day."
        )
    return Slot(local_start, local_end, tz, fold if twice else None, starts_at, ends_at)


def _comes_twice(local: datetime, home: ZoneInfo) -> bool:
    first, second = _readings(local, home)
    return first != second and first.astimezone(home).replace(tzinfo=None) == local


def _readings(local: datetime, home: ZoneInfo) -> tuple[datetime, datetime]:
    first = local.replace(tzinfo=home, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=home, fold=1).astimezone(UTC)
    return first, second


def _instant(pointer: str, local: datetime, home: ZoneInfo, fold: int | None) -> datetime:
    first, second = _readings(local, home)
    if first.astimezone(home).replace(tzinfo=None) != local:
        raise Invalid.field(
            pointer,
            f"{local:%H:%M} doesn't exist in {home.key} on {local:%d %B %Y}: the clocks go "
            f"forward over it. Choose {first.astimezone(home):%H:%M} or another time.",
        )
    if first == second:
        return first
    if fold is None:
        raise Invalid(
            [
                FieldError(
                    "/fold",
                    f"{local:%H:%M} comes twice in {home.key} on {local:%d %B %Y}. Say which: "
                    f"fold 0 is the first ({first:%H:%M}Z), fold 1 the second ({second:%H:%M}Z).",
                )
            ]
        )
    return second if fold else first
