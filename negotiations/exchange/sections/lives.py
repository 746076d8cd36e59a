"""How a summary went round and was agreed, as a file has it: told, and whether it says the same."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import col, select

from negotiations.exchange.entry import Key, Reference
from negotiations.exchange.telling import Telling
from negotiations.exchange.tree import Path
from negotiations.models import (
    Circulation,
    PublishedSummary,
    Summary,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
)
from negotiations.models.parties import Approval
from negotiations.models.summaries import AgreedAs, DecisionKind, SummaryState
from negotiations.web.fields import Body, Day, Instant, Name, Slug, Words

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# The JSON of a frozen copy, byte for byte: a summary's text with what is published with it.
Frozen = Annotated[str, StringConstraints(min_length=2, max_length=4_000_000)]


class SentItem(Body):
    """To whom a text was sent, and when somebody who decides for that side opened it."""

    party: Slug
    at: Instant | None = None
    reached_at: Instant | None = None


class DecidedItem(Body):
    party: Slug
    decision: DecisionKind
    statement: Words | None = None
    by: Key | None = None
    at: Instant | None = None


class CommentItem(Body):
    party: Slug
    body: Words
    by: Key | None = None
    at: Instant | None = None


class PublishedItem(Body):
    """The public copy with the SHA-256 of its bytes."""

    text: Frozen
    sha256: Sha256
    by: Key | None = None
    at: Instant | None = None


class RoundItem(Body):
    """What became of one text that the delegations saw; `revision` counts the texts from 1."""

    revision: Annotated[int, Field(ge=1, le=1000)]
    shared_at: Instant | None = None
    sent: Annotated[list[SentItem], Field(max_length=200)] = []
    decisions: Annotated[list[DecidedItem], Field(max_length=1000)] = []
    comments: Annotated[list[CommentItem], Field(max_length=1000)] = []
    published: PublishedItem | None = None


class LifeItem(Body):
    """How far a summary is agreed. Without any of it, it is a draft that nobody saw."""

    symbol: Name | None = None
    state: SummaryState = SummaryState.draft
    rule: Approval | None = None
    due_on: Day | None = None
    agreed_as: AgreedAs | None = None
    agreed_at: Instant | None = None
    rounds: Annotated[list[RoundItem], Field(max_length=100)] = []


def references(life: LifeItem, beside: tuple[str, ...]) -> Iterator[Reference]:
    """The sides and people that it names."""
    for place, one in enumerate(life.rounds):
        path: Path = ("summary", "rounds", place)
        for name in ("sent", "decisions", "comments"):
            for number, row in enumerate(getattr(one, name)):
                yield Reference((*path, name, number, "party"), "side", row.party, beside)
                if by := getattr(row, "by", None):
                    yield Reference((*path, name, number, "by"), "person", by)
        if one.published and one.published.by:
            yield Reference((*path, "published", "by"), "person", one.published.by)


def says_the_same(given: Any, stored: Any) -> bool:
    """Whether all that is given is recorded so; what isn't given says nothing."""
    if isinstance(given, BaseModel):
        names = type(given).model_fields if isinstance(given, Body) else ()
        return all(
            says_the_same(getattr(given, name), getattr(stored, name))
            for name in names
            if getattr(given, name) is not None and hasattr(stored, name)
        )
    if isinstance(given, list):
        return len(given) == len(stored) and all(map(says_the_same, given, stored))
    return bool(given == stored)


Fields = dict[str, Any]  # of a LifeItem
OfRevision = TypeVar("OfRevision", Circulation, SummaryDecision, SummaryComment, PublishedSummary)


async def lives_of(telling: Telling, session_ids: Sequence[str]) -> dict[str, Fields]:
    """The lives of these sessions' summaries, by session id; none of what nobody saw yet."""
    rows = await telling.db.exec(
        select(Summary, SummaryRevision.id, SummaryRevision.number, SummaryRevision.shared_at)
        .join(SummaryRevision, col(SummaryRevision.summary_id) == Summary.id)
        .where(
            col(Summary.session_id).in_(session_ids), col(SummaryRevision.shared_at).is_not(None)
        )
        .order_by(col(SummaryRevision.number))
    )
    seen = rows.all()
    ids = [revision_id for _, revision_id, _, _ in seen]
    sent = await _on(telling, Circulation, ids)
    decided = await _on(telling, SummaryDecision, ids)
    comments = await _on(telling, SummaryComment, ids)
    published = await _on(telling, PublishedSummary, ids)
    found: dict[str, Fields] = {}
    for summary, revision_id, number, shared_at in seen:
        life = found.setdefault(summary.session_id, _state(summary))
        life["rounds"].append(
            RoundItem.model_construct(
                revision=number,
                shared_at=shared_at,
                sent=_sent(telling, sent[revision_id]),
                decisions=_decided(telling, decided[revision_id]),
                comments=_comments(telling, comments[revision_id]),
                published=_published(telling, published[revision_id]),
            )
        )
    return found


async def _on(
    telling: Telling, table: type[OfRevision], revision_ids: Sequence[str]
) -> dict[str, list[OfRevision]]:
    rows = await telling.db.exec(select(table).where(col(table.revision_id).in_(revision_ids)))
    grouped: dict[str, list[OfRevision]] = defaultdict(list)
    for row in rows:
        grouped[row.revision_id].append(row)
    return grouped


def _state(summary: Summary) -> Fields:
    names = ("symbol", "state", "rule", "due_on", "agreed_as", "agreed_at")
    return {**{name: getattr(summary, name) for name in names}, "rounds": []}


def _sent(telling: Telling, rows: Sequence[Circulation]) -> list[SentItem]:
    found = [
        SentItem.model_construct(
            party=telling.slugs.get(row.party_id, ""),
            at=row.created_at,
            reached_at=row.delivered_at,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.party)


def _decided(telling: Telling, rows: Sequence[SummaryDecision]) -> list[DecidedItem]:
    """In the order in which they were made."""
    return [
        DecidedItem.model_construct(
            party=telling.slugs.get(row.party_id, ""),
            decision=row.kind,
            statement=row.statement,
            by=telling.key("person", row.person_id),
            at=row.decided_at,
        )
        for row in sorted(rows, key=lambda one: one.number)
    ]


def _comments(telling: Telling, rows: Sequence[SummaryComment]) -> list[CommentItem]:
    found = [
        CommentItem.model_construct(
            party=telling.slugs.get(row.party_id, ""),
            body=row.body,
            by=telling.key("person", row.person_id),
            at=row.written_at,
        )
        for row in sorted(rows, key=lambda one: one.written_at)
    ]
    return sorted(found, key=lambda one: (one.at or 0, one.party, one.body))


def _published(telling: Telling, rows: Sequence[PublishedSummary]) -> PublishedItem | None:
    for row in rows:
        return PublishedItem.model_construct(
            text=row.frozen,
            sha256=row.sha256,
            by=telling.key("person", row.published_by_id),
            at=row.published_at,
        )
    return None
