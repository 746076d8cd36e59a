"""From rows to intervals: when are these tracks and people free?

Nothing here asks who wants to know. A caller that answers somebody decides before whose hours and
blocks go in: a side's own, or all for who schedules for both (`suggesting`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import col, or_, select

from negotiations.availability.intervals import (
    Interval,
    Intervals,
    difference,
    intersection,
    union,
    within,
)
from negotiations.availability.office_hours import Day, OfficeHours, opened, read_day
from negotiations.db import Db
from negotiations.models import Availability, Booking, BusyBlock, Negotiation, Party, Track
from negotiations.models.parties import PartyKind


@dataclass(frozen=True, slots=True)
class Free:
    """Half-open intervals of UTC within a window, by the ids of tracks and people.

    Of a track: when the agency's office and the jurisdiction's are both open. Of a person: their
    own hours, or always where they gave none, less what they are busy with. Sessions aren't taken
    out (`booked` gives those): who plans may want to move them.
    """

    tracks: Mapping[str, Intervals]
    people: Mapping[str, Intervals]


async def free_of(
    db: Db, negotiation: Negotiation, window: Interval, *,
    tracks: Sequence[Track] = (), person_ids: Iterable[str] = (),
) -> Free:  # fmt: skip
    """When these tracks and people of one negotiation are free in the window `[start, end)`, UTC.

    Hours stand on the clock of each owner's zone and follow its changes; the talks' holidays close,
    other hours of single days come before both. Three statements, however many are asked for. For
    who schedules for both sides alone: demand `session.propose` before.
    """
    people = sorted(set(person_ids))
    agency = await _agency_id(db, negotiation.id) if tracks else None
    parties = [track.party_id for track in tracks] + ([agency] if agency else [])
    hours = await offices(db, parties, people)
    open_ = {id_: opened_at(one, window, negotiation) for id_, one in hours.items()}
    busy = await busy_with(db, people, window)
    always: Intervals = (window,) if window[0] < window[1] else ()
    theirs = open_.get(agency, always) if agency else always
    return Free(
        tracks={one.id: intersection(theirs, open_[one.party_id]) for one in tracks},
        people={one: difference(open_.get(one, always), busy.get(one, ())) for one in people},
    )


async def _agency_id(db: Db, negotiation_id: str) -> str | None:
    rows = await db.exec(
        select(Party.id).where(
            col(Party.negotiation_id) == negotiation_id, col(Party.kind) == PartyKind.agency
        )
    )
    return rows.first()


async def offices(
    db: Db, party_ids: Collection[str], person_ids: Collection[str] = ()
) -> dict[str, OfficeHours]:
    """Their office hours by id: of a party that gave none the usual ones in its zone; of a person
    only where they gave some."""
    found = {
        row.party_id or row.person_id or "": row for row in await _rows(db, party_ids, person_ids)
    }
    zones = await db.exec(select(Party.id, Party.tz).where(col(Party.id).in_(party_ids)))
    usual = {id_: OfficeHours(zone_of(tz)) for id_, tz in zones if id_ not in found}
    return {**usual, **{id_: hours_of(row) for id_, row in found.items()}}


async def _rows(
    db: Db, party_ids: Collection[str], person_ids: Collection[str]
) -> Sequence[Availability]:
    rows = await db.exec(
        select(Availability)
        .where(
            or_(
                col(Availability.party_id).in_(party_ids),
                col(Availability.person_id).in_(person_ids),
            )
        )
        .execution_options(passage="free times")
    )
    return rows.all()


async def busy_with(db: Db, person_ids: Collection[str], window: Interval) -> dict[str, Intervals]:
    """What each of these people is busy with in the window; without those who are with nothing."""
    rows = await db.exec(
        select(BusyBlock.person_id, BusyBlock.starts_at, BusyBlock.ends_at)
        .where(
            col(BusyBlock.person_id).in_(person_ids),
            col(BusyBlock.ends_at) > window[0],
            col(BusyBlock.starts_at) < window[1],
        )
        .execution_options(passage="free times")
    )
    found: dict[str, list[Interval]] = {}
    for person_id, starts_at, ends_at in rows:
        found.setdefault(person_id, []).append((starts_at, ends_at))
    return {id_: within(union(blocks), window) for id_, blocks in found.items()}


async def booked(
    db: Db, resource_nos: Collection[int], window: Interval, *, besides: Collection[str] = ()
) -> Intervals:
    """When any of these teams and people sits in a session, but for the sessions `besides`.

    The interval of a booking is what anybody may learn of it.
    """
    rows = await db.exec(
        select(Booking.starts_at, Booking.ends_at).where(
            col(Booking.resource_no).in_(resource_nos),
            col(Booking.session_id).not_in(besides),
            col(Booking.ends_at) > window[0],
            col(Booking.starts_at) < window[1],
        )
    )
    return union([(start, end) for start, end in rows])


def opened_at(hours: OfficeHours, window: Interval, negotiation: Negotiation) -> Intervals:
    """When an office is open in the window, the talks' holidays apart."""
    return opened(hours, window, holidays_of(negotiation))


def holidays_of(negotiation: Negotiation) -> frozenset[date]:
    found = [day_of(one) for one in negotiation.holidays]
    return frozenset(one for one in found if one is not None)


def hours_of(row: Availability) -> OfficeHours:
    """A row as hours; what was left in it by SQL and is none counts as closed, a zone as UTC."""
    weekly = [_read(one) for one in row.weekly[:7]]
    exceptions = {day_of(one["on"]): _read(one["hours"]) for one in row.exceptions}
    known = {on: day for on, day in exceptions.items() if on is not None}
    return OfficeHours(
        zone_of(row.tz),
        (*weekly, *((),) * (7 - len(weekly))),
        known,
        max(0, row.preparation_minutes),
    )


def _read(written: object) -> Day:
    try:
        return read_day(written) if isinstance(written, str) else ()
    except ValueError:
        return ()


def day_of(written: object) -> date | None:
    """The day that is written as `2010-11-11`; None for anything else."""
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None


def zone_of(tz: str) -> str:
    """The zone, or UTC for what is none."""
    try:
        return ZoneInfo(tz).key
    except (KeyError, ValueError, OSError):
        return "UTC"
