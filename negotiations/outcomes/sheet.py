"""What is recorded of one session, as people read it: outcomes, last time, what is outstanding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.models import AgendaItem, Issue, NegotiationSession, Outcome, Source
from negotiations.outcomes import queries
from negotiations.outcomes.matrix import Look, look_of, standing
from negotiations.outcomes.positions import Line, lines, positions
from negotiations.outcomes.queries import Promise
from negotiations.outcomes.read_from import ReadFrom, read_from
from negotiations.outcomes.views import UNFINISHED, is_overdue
from negotiations.parties import queries as parties
from negotiations.scheduling.seating import Setting
from negotiations.scheduling.succession import held_before


@dataclass(frozen=True, slots=True)
class Said:
    """An outcome that stands, with what its ids stand for; `by` is the deciding side's name, `read`
    the text of the summary that it was read from."""

    row: Outcome
    issue: Issue
    by: str | None
    sources: Sequence[Source]
    read: ReadFrom

    @property
    def look(self) -> Look:
        return look_of(self.row.value)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything recorded around a session; `before` is the last one held at its table."""

    issues: Sequence[Issue]
    outcomes: Sequence[Said]
    before: NegotiationSession | None
    last_time: Sequence[Said]
    commitments: Sequence[Promise]
    positions: Sequence[tuple[Issue, Sequence[Line]]]
    today: date

    def said(self, issue_id: str) -> Said | None:
        """What stands on an issue in this session."""
        return next((one for one in self.outcomes if one.issue.id == issue_id), None)

    def outstanding(self, own_party: str | None) -> list[Promise]:
        """What is still to be done by those who sit there; one's own side's first."""
        still = [one for one in self.commitments if one.row.status in UNFINISHED]
        return sorted(still, key=lambda one: one.owner.id != own_party)

    def of_session(self, session_id: str) -> list[Promise]:
        """What was undertaken in one session."""
        return [one for one in self.commitments if one.row.session_id == session_id]

    def held(self, agenda: Sequence[AgendaItem]) -> list[tuple[Issue, Sequence[Line]]]:
        """What the two sides hold on the issues of the agenda, and on whatever else they do."""
        listed = {item.issue_id for item in agenda}
        return [
            (issue, sides)
            for issue, sides in self.positions
            if issue.id in listed or any(line.rows for line in sides)
        ]

    def overdue(self, promise: Promise) -> bool:
        return is_overdue(promise, self.today)


async def sheet(
    db: Db, actor: Actor, session: NegotiationSession, where: Setting, today: date
) -> Sheet:
    """The sheet of a session the actor sees, by a constant number of queries."""
    negotiation_id = where.negotiation.id
    issues = await parties.issues(db, actor, negotiation_id)
    before = await held_before(db, actor, session)
    stated = []
    if where.track is not None and where.jurisdiction is not None:
        found = await positions(db, actor, negotiation_id, track_id=where.track.id)
        stated = lines(issues, [where.jurisdiction, where.agency], found)
    rows = await queries.outcomes_of(db, [session.id, *([before.id] if before else [])])
    sources = await queries.sources_of(db, [row.id for one in rows.values() for row in one])
    listed = [row for one in rows.values() for row in one]
    read = await read_from(db, actor, negotiation_id, listed)

    promised = await queries.commitments(db, actor, negotiation_id, track_id=session.track_id)

    def said(session_id: str) -> list[Said]:
        return _said(issues, standing(rows[session_id]), where, sources, read)

    return Sheet(
        issues,
        said(session.id),
        before,
        said(before.id) if before else [],
        [one for one in promised if one.jurisdiction.id in where.sides],
        stated,
        today,
    )


def _said(
    issues: Sequence[Issue],
    standing: Mapping[str, Outcome],
    where: Setting,
    sources: Mapping[str, Sequence[Source]],
    read: Mapping[str, ReadFrom],
) -> list[Said]:
    """In the order of the list of issues."""
    return [
        Said(
            row,
            issue,
            where.sides.get(row.decided_by_id or ""),
            sources.get(row.id, ()),
            read.get(row.id, ReadFrom()),
        )
        for issue in issues
        if (row := standing.get(issue.id)) is not None
    ]
