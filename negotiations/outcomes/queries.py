"""Reading outcomes and commitments: only what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import and_, col, func, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.documents.queries import DocumentLine, document_lines
from negotiations.errors import NotFound
from negotiations.locks import locked
from negotiations.models import (
    Commitment,
    Issue,
    Negotiation,
    NegotiationSession,
    Outcome,
    OutcomeSource,
    Party,
    Person,
    Source,
    Track,
)
from negotiations.models.outcomes import CommitmentStatus
from negotiations.outcomes.columns import columns
from negotiations.outcomes.matrix import Cell, cells
from negotiations.outcomes.read_from import changed_revisions
from negotiations.parties import queries as parties
from negotiations.scheduling.seating import participants
from negotiations.web.cursors import Part, Sorted, in_order, rows_of


@dataclass(frozen=True)
class Matrix:
    """The outcomes of a negotiation as one actor may see them."""

    negotiation: Negotiation
    as_of: date | None
    known_at: datetime | None
    issues: Sequence[Issue]
    jurisdictions: Sequence[Party]
    cells: Sequence[Cell]
    slugs: dict[str, str]
    sources: Mapping[str, Sequence[Source]]
    documents: Sequence[DocumentLine]
    changed: frozenset[str]

    def has_changed(self, outcome: Outcome | None) -> bool:
        """Whether there is a newer text of the summary than the one it was read from."""
        return outcome is not None and outcome.revision_id in self.changed

    def row(self, issue: Issue) -> Sequence[Cell]:
        """The cells of one issue, in the order of the jurisdictions."""
        width = len(self.jurisdictions)
        return self.cells[(begin := width * self._places[issue.id]) : begin + width]

    def column(self, jurisdiction: Party) -> Sequence[Cell]:
        """The cells of one jurisdiction, in the order of the issues."""
        return self.cells[self._places[jurisdiction.id] :: len(self.jurisdictions)]

    @cached_property
    def _places(self) -> dict[str, int]:
        """Of issues and of jurisdictions, by id: the cells stand issue by issue."""
        return {
            one.id: place
            for rows in (self.issues, self.jurisdictions)
            for place, one in enumerate(rows)
        }


async def matrix(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    jurisdiction: str | None = None,
    issue: str | None = None,
    today: date | None = None,
    with_documents: bool = True,
) -> Matrix:
    """The matrix of the tracks the actor sees, by a constant number of queries.

    The document requests span every jurisdiction, and are left out where one issue is asked for.
    `today` (in home_tz) tells which of their deadlines comes next when there is no `as_of`.

    Raises NotFound for a jurisdiction or an issue that isn't there (or not to be seen).
    """
    issues = [
        one
        for one in await parties.issues(db, actor, negotiation.id)
        if issue is None or one.code == issue
    ]
    tracks = [
        (track.id, party)
        for track, party in await parties.tracks(db, actor, negotiation.id)
        if jurisdiction is None or party.slug == jurisdiction
    ]
    if (issue is not None and not issues) or (jurisdiction is not None and not tracks):
        raise NotFound
    asked = _counted(actor, negotiation.id, jurisdiction)
    sessions: Sequence[NegotiationSession] = (await db.exec(asked.sessions)).all()
    outcomes: Sequence[Outcome] = (await db.exec(asked.outcomes)).all()
    seated = await participants(db, [one.id for one in sessions])
    wanted = {one.id for one in issues}
    rows = [outcome for outcome in outcomes if outcome.issue_id in wanted]
    grid = cells(
        issues,
        tracks,
        sessions,
        rows,
        seated={id_: [party.id for party in there] for id_, there in seated.items()},
        as_of=as_of,
        known_at=known_at,
    )
    slugs = {one.id: one.slug for one in await parties.parties(db, actor, negotiation.id)}
    sources = await sources_of(db, [row.id for row in rows])
    documents: Sequence[DocumentLine] = ()
    if with_documents and issue is None:
        documents = await document_lines(
            db, actor, negotiation, as_of=as_of, known_at=known_at, today=today
        )
    jurisdictions = [party for _, party in tracks]
    return Matrix(
        negotiation, as_of, known_at, issues, jurisdictions, grid, slugs, sources, documents,
        await changed_revisions(db, actor, negotiation.id),
    )  # fmt: skip


class _Counted(NamedTuple):
    """Asks for the sessions that count in the matrix, and for the outcomes of these."""

    sessions: Any
    outcomes: Any


@prepared
def _counted(actor: Actor, negotiation_id: str, jurisdiction: str | None) -> _Counted:
    counted = select(columns(actor, negotiation_id, jurisdiction).c.id)
    session, outcome = NegotiationSession, Outcome
    return _Counted(
        select(session).where(col(session.id).in_(counted), visible(actor, session)),
        select(outcome).where(col(outcome.session_id).in_(counted), visible(actor, outcome)),
    )


async def outcomes_of(
    db: Db, session_ids: Iterable[str], *, part: Part | None = None
) -> dict[str, list[Outcome]]:
    """Every outcome row of sessions the caller may see, oldest first, by session id."""
    grouped = defaultdict(list)
    for row in await rows_of(db, _outcomes(), part=part, params={"ids": list(session_ids)}):
        grouped[row.session_id].append(row)
    return grouped


@cache
def _outcomes() -> Sorted:
    within = col(Outcome.session_id).in_(bindparam("ids", expanding=True))
    return in_order(select(Outcome).where(within), col(Outcome.recorded_at), col(Outcome.id))


async def sources_of(db: Db, outcome_ids: Iterable[str]) -> dict[str, list[Source]]:
    """Where each outcome was read, by outcome id."""
    ids = list(outcome_ids)
    grouped: dict[str, list[Source]] = defaultdict(list)
    if not ids:
        return grouped
    for outcome_id, source in await db.exec(_sources(), params={"ids": ids}):
        grouped[outcome_id].append(source)
    return grouped


@cache
def _sources() -> Any:
    return (
        select(OutcomeSource.outcome_id, Source)
        .join(Source, col(Source.id) == OutcomeSource.source_id)
        .where(col(OutcomeSource.outcome_id).in_(bindparam("ids", expanding=True)))
        .order_by(col(Source.citation), col(Source.id))
    )


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment with what its ids stand for; `issue` is a code.

    `person`: who is to do it, where the reader knows of them.
    """

    row: Commitment
    jurisdiction: Party
    owner: Party
    beneficiary: Party | None
    issue: str | None
    person: Person | None


async def commitments(
    db: Db,
    actor: Actor,
    negotiation_id: str,
    *,
    track_id: str | None = None,
    session_id: str | None = None,
    owner_id: str | None = None,
    status: CommitmentStatus | None = None,
    only: str | None = None,
    part: Part | None = None,
) -> list[Promise]:
    """The visible commitments of a negotiation, the earliest due first, undated last."""
    wanted = {
        name: value
        for name, value in (
            ("track_id", track_id), ("session_id", session_id), ("owner_id", owner_id),
            ("status", status), ("id", only),
        )
        if value is not None
    }  # fmt: skip
    values = {"talks": negotiation_id, **wanted}
    rows = await rows_of(db, _commitments(actor, *wanted), part=part, params=values)
    by_id = await parties.everyone(db, negotiation_id)
    return [
        Promise(
            row,
            jurisdiction,
            by_id[row.owner_id],
            by_id.get(row.beneficiary_id or ""),
            issue,
            person,
        )
        for row, jurisdiction, person, issue in rows
    ]


@prepared
def _commitments(actor: Actor, *names: str) -> Sorted:
    """`names` are the columns by which they are narrowed."""
    row = Commitment
    query = (
        select(row, Party, Person, Issue.code)
        .join(Track, col(Track.id) == row.track_id)
        .join(Party, col(Party.id) == Track.party_id)
        .outerjoin(Person, and_(col(Person.id) == row.person_id, visible(actor, Person)))
        .outerjoin(Issue, col(Issue.id) == row.issue_id)
        .where(col(Track.negotiation_id) == bindparam("talks"), visible(actor, row))
        .where(*(getattr(row, name) == bindparam(name) for name in names))
    )
    return in_order(query, *BY_DUE)


BY_DUE: tuple[Any, ...] = (
    col(Commitment.due_on).is_(None),
    func.coalesce(col(Commitment.due_on), date.max),
    col(Commitment.created_at),
    col(Commitment.id),
)


async def commitment(
    db: Db, actor: Actor, negotiation_id: str, commitment_id: str, *, lock: bool = False
) -> Promise:
    """One visible commitment."""
    if lock:
        await db.exec(locked(select(Commitment).where(col(Commitment.id) == commitment_id)))
    found = await commitments(db, actor, negotiation_id, only=commitment_id)
    if not found:
        raise NotFound
    return found[0]
