"""PURE: what a release would do with each session of a plan, beside the live schedule."""

from datetime import datetime
from enum import StrEnum

from negotiations.models.plans import PlanItem
from negotiations.models.sessions import SessionStatus


class Doing(StrEnum):
    """What becomes of a session. `unplaced`: one that isn't there yet and has no place."""

    new = "new"
    moved = "moved"
    kept = "kept"
    cancelled = "cancelled"
    unplaced = "unplaced"


PLANNABLE = frozenset({SessionStatus.proposed, SessionStatus.confirmed})


def doing(item: PlanItem, live_start: datetime | None, live_minutes: int | None) -> Doing:
    """What a release does; the live session has this start (UTC) and length.

    A live session that the plan has taken off its place stays where it is; so does one that gets
    another team of the agency only.
    """
    if live_start is None:
        return Doing.new if item.starts_at is not None else Doing.unplaced
    if item.withdrawn:
        return Doing.cancelled
    same = item.starts_at == live_start and item.minutes == live_minutes
    return Doing.kept if item.starts_at is None or same else Doing.moved
