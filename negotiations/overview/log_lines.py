"""PURE: one entry of a session's log as a sentence for people."""

from collections.abc import Mapping
from datetime import datetime

from negotiations.civil import clock_time, long_day, zone_of
from negotiations.models import SessionChange
from negotiations.models.sessions import ChangeKind


def log_line(change: SessionChange, sides: Mapping[str, str], names: Mapping[str, str]) -> str:
    """`Moved from … to …: reason. Consent: …`; `sides` maps parties, `names` persons, by id."""
    sentences = [f"{_what(change, sides)}{f': {change.reason}' if change.reason else ''}"]
    if change.consents:
        given = [
            f"{sides.get(one['party_id'], '')} ({one['by']}, {one['how']})"
            for one in change.consents
        ]
        sentences.append(f"Consent: {'; '.join(given)}")
    by = names.get(change.person_id or "")
    if change.recorded_by == "import":
        sentences.append("Entered from the record")
    elif by:
        sentences.append(f"By {by}")
    return " ".join(f"{one.rstrip('.')}." for one in sentences)


def _what(change: SessionChange, sides: Mapping[str, str]) -> str:
    start = _time(change.to_start, change.to_tz, change.to_fold)
    before = _time(change.from_start, change.from_tz, change.from_fold)
    place = f", {change.to_place}" if change.to_place else ""
    moved = f"Place changed from {change.from_place or 'none'} to {change.to_place or 'none'}"
    lines = {
        ChangeKind.created: f"Proposed for {start}{place}",
        ChangeKind.moved: f"Moved from {before} to {start}",
        ChangeKind.relocated: moved,
        ChangeKind.declined: f"Declined by {sides.get(change.party_id or '', 'a side')}",
        ChangeKind.postponed: f"Postponed from {before}",
        ChangeKind.reinstated: f"Reinstated for {start}{place}",
        ChangeKind.adjourned: f"Adjourned to {start}{place}",
        ChangeKind.recomputed: "Time zone",
        ChangeKind.agenda: "Agenda changed",
    }
    return lines.get(change.kind, change.kind.value.capitalize())


def _time(start: datetime | None, tz: str | None, fold: int | None) -> str:
    if start is None or tz is None:
        return "no time"
    local = start.replace(tzinfo=zone_of(tz), fold=fold or 0)
    return f"{long_day(local)}, {clock_time(local, tz)}"
