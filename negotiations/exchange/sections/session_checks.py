"""What can be said of a session's item before anything is written: whom it names, what is wrong."""

from collections.abc import Iterator
from typing import Any

from negotiations.errors import Invalid
from negotiations.exchange.entry import Reference
from negotiations.exchange.sections import changes, lives
from negotiations.exchange.sections.changes import Moved, Reinstated
from negotiations.exchange.sections.session_items import SessionItem
from negotiations.exchange.tree import Path
from negotiations.models.sessions import SessionKind
from negotiations.scheduling.times import resolve


def references(item: SessionItem) -> Iterator[Reference]:
    """The fields that name other items."""
    beside = (item.jurisdiction,) if item.jurisdiction else tuple(item.participants)
    if item.jurisdiction:
        yield Reference(("jurisdiction",), "jurisdiction", item.jurisdiction)
    for place, slug in enumerate(item.participants):
        yield Reference(("participants", place), "party", slug)
    for name in ("continues", "instead_of"):
        if key := getattr(item, name):
            yield Reference((name,), "session", key)
    for path, person in _people(item):
        yield Reference(path, "person", person)
    for place, team in enumerate(item.teams):
        yield Reference(("teams", place), "team", team)
    for path, code in _issues(item):
        yield Reference(path, "issue", code)
    for path, slug in _sides(item):
        yield Reference(path, "side", slug, beside)
    yield from changes.references(item.changes, beside)
    if item.summary is not None:
        yield from lives.references(item.summary, beside)


def _people(item: SessionItem) -> Iterator[tuple[Path, str]]:
    for name in ("chair", "note_taker"):
        if person := getattr(item, name):
            yield (name,), person
    for place, one in enumerate(item.indispensable):
        yield ("indispensable", place), one
    for place, row in enumerate(item.attendance):
        yield ("attendance", place, "person"), row.person


def _issues(item: SessionItem) -> Iterator[tuple[Path, str]]:
    for place, one in enumerate(item.agenda):
        if one.issue is not None:
            yield ("agenda", place, "issue"), one.issue
    for place, outcome in enumerate(item.outcomes):
        yield ("outcomes", place, "issue"), outcome.issue


def _sides(item: SessionItem) -> Iterator[tuple[Path, str]]:
    for place, consent in enumerate(item.consents):
        yield ("consents", place, "party"), consent.party
    for place, outcome in enumerate(item.outcomes):
        if outcome.decided_by:
            yield ("outcomes", place, "decided_by"), outcome.decided_by


def faults(item: SessionItem) -> Iterator[tuple[Path, str]]:
    """Times that don't exist, come twice or end before they begin; consents out of place."""
    if item.kind is SessionKind.caucus:
        yield ("kind",), "A caucus session belongs to its parties alone; no file has it."
    if item.continues and item.consents and not item.instead_of:
        why = "It is proposed when the one before it adjourns: write them as changes, accepted."
        yield ("consents",), why
    for place, one in enumerate(item.agenda):
        if one.id is not None:
            why = "An item is known by its issue or title. Take it out."
            yield ("agenda", place, "id"), why
    yield from _times((), item.local_start, item.local_end, item.tz, item.fold)
    length, tz = item.local_end - item.local_start, item.tz
    for place, step in enumerate(item.changes):
        if isinstance(step, Moved | Reinstated):
            tz = step.tz or tz
            end = step.local_end or step.local_start + length
            length = end - step.local_start
            yield from _times(("changes", place), step.local_start, end, tz, step.fold)


def _times(
    path: Path, start: Any, end: Any, tz: str, fold: int | None
) -> Iterator[tuple[Path, str]]:
    try:
        resolve(start, end, tz, fold)
    except Invalid as error:
        for one in error.errors:
            yield (*path, one.pointer.removeprefix("/")), one.detail
