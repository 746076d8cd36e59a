"""What is found: only what the actor may see now, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, exists, or_, select

from negotiations.access.actor import Actor
from negotiations.access.visible import entries_for, visible
from negotiations.db import Db
from negotiations.models import Negotiation, NegotiationSession, Party, SearchEntry, Track
from negotiations.models.row_walls import FOUND
from negotiations.models.search import SearchAudience, SearchKind
from negotiations.models.word_index import NAME
from negotiations.search.shelves import shelves_for
from negotiations.search.words import Question, Term
from negotiations.web.cursors import Part, rows_of

# Of one day the session comes first, then what came of it.
_KINDS = case(
    {kind.value: place for place, kind in enumerate(SearchKind)},
    value=col(SearchEntry.kind),
    else_=len(SearchKind),
)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with its place in the record, as far as the actor sees it."""

    entry: SearchEntry
    session: NegotiationSession | None
    jurisdiction: Party | None


async def found(
    db: Db, actor: Actor, negotiation: Negotiation, question: Question, *, part: Part
) -> list[Found]:
    """The entries that have all that is asked for, by day (the newest first), kind and id.

    Each object once, in the text that is nearest to the actor, and only by that text's words: who
    works on a draft doesn't find what was circulated before.
    """
    shelves = shelves_for(actor, negotiation.id)
    query = select(SearchEntry.number).where(
        col(SearchEntry.negotiation_id) == negotiation.id,
        entries_for(actor),
        _of_what_is_seen(actor),
        ~_nearer(actor),
        _has_words(db, question, shelves),
        *(_side_by_side(term, shelves) for term in question.terms if term.words[1:]),
    )
    order = (col(SearchEntry.day).desc(), _KINDS, col(SearchEntry.object_id))
    # Texts are read of those alone that are given: sorting them all would take ten times as long.
    numbers = await rows_of(db, query, *order, part=part)
    return await _placed(db, actor, numbers)


def _of_what_is_seen(actor: Actor) -> ColumnElement[bool]:
    """As with the objects themselves: who no longer sees the session finds nothing of it."""
    seen = select(NegotiationSession.id).where(visible(actor, NegotiationSession))
    return or_(
        col(SearchEntry.audience) == SearchAudience.public,
        col(SearchEntry.session_id).is_(None),
        col(SearchEntry.session_id).in_(seen),
    )


async def _placed(db: Db, actor: Actor, numbers: Sequence[int]) -> list[Found]:
    """These entries, in this order."""
    rows = await db.exec(
        select(SearchEntry, NegotiationSession, Party)
        .select_from(SearchEntry)
        .outerjoin(
            NegotiationSession,
            and_(
                col(NegotiationSession.id) == SearchEntry.session_id,
                visible(actor, NegotiationSession),
            ),
        )
        .outerjoin(Track, col(Track.id) == SearchEntry.track_id)
        .outerjoin(Party, col(Party.id) == Track.party_id)
        .where(col(SearchEntry.number).in_(numbers), entries_for(actor))
    )
    found = {row[0].number: Found(*row) for row in rows}
    return [found[number] for number in numbers if number in found]


def _nearer(actor: Actor) -> ColumnElement[bool]:
    """The actor may find the same object in a text for fewer people."""
    mine, other = SearchEntry, aliased(SearchEntry)
    fewer = or_(
        and_(
            col(mine.audience) == SearchAudience.public,
            col(other.audience) != SearchAudience.public,
        ),
        and_(
            col(mine.audience) == SearchAudience.track,
            col(other.audience) == SearchAudience.secretariat,
        ),
    )
    return exists().where(col(other.object_id) == mine.object_id, fewer, entries_for(actor, other))


def _side_by_side(term: Term, shelves: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(col(SearchEntry.words).like(term.like(shelf)) for shelf in shelves))


def _has_words(db: Db, question: Question, shelves: Sequence[str]) -> Any:
    if db.get_bind().dialect.name == "sqlite":
        rows = f"SELECT rowid FROM {NAME} WHERE {NAME} MATCH :asked"  # noqa: S608 (our own name)
        inside: Any = text(f"search_entry.number IN ({rows})")
        return inside.bindparams(asked=question.fts5(shelves))
    numbers = f"((SELECT {FOUND}(CAST(:asked AS tsquery)))::bigint[])"
    found: Any = text(f"search_entry.number = ANY {numbers}")
    return found.bindparams(asked=question.tsquery(shelves))
