"""A session as a file has it, and the stored ones told so, by a constant number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from sqlmodel import col, select

from negotiations.exchange.entry import Key
from negotiations.exchange.section import Section
from negotiations.exchange.sections import course, lives, results
from negotiations.exchange.sections.changes import ChangeItem
from negotiations.exchange.sections.results import AttendeeItem, OutcomeItem, SummaryItem
from negotiations.exchange.telling import Telling, Told, told_sources
from negotiations.models import (
    AgendaItem,
    Attendance,
    NegotiationSession,
    Outcome,
    Party,
    SessionChange,
    SessionTeam,
    Source,
    Summary,
    SummaryRevision,
    Team,
)
from negotiations.models.sessions import SessionStatus
from negotiations.outcomes import queries as recorded
from negotiations.outcomes.matrix import in_succession
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.bodies import NewItem, NewSession
from negotiations.scheduling.seating import Setting
from negotiations.web.fields import Name


class SessionItem(results.Results, NewSession):
    """Time, place and consents are those of the first proposal, `changes` what happened since;
    title, people and agenda are those of today. `continues` is the session that adjourned to it,
    `instead_of` the one it is a counter-proposal to."""

    id: Key | None = None
    caucus: Key | None = None
    instead_of: Key | None = None
    chair: Key | None = None
    note_taker: Key | None = None
    teams: Annotated[list[Name], Field(max_length=200)] = []
    indispensable: Annotated[list[Key], Field(max_length=200)] = []
    continues: Key | None = None
    changes: Annotated[list[ChangeItem], Field(max_length=500)] = []


@dataclass(frozen=True, slots=True)
class Facts:
    """All that hangs on some sessions, by session id; sources by outcome id."""

    tables: Mapping[str, Setting]
    logs: Mapping[str, list[SessionChange]]
    agendas: Mapping[str, list[AgendaItem]]
    attendance: Mapping[str, list[Attendance]]
    teams: Mapping[str, list[str]]
    outcomes: Mapping[str, list[Outcome]]
    sources: Mapping[str, Sequence[Source]]
    texts: Mapping[str, list[tuple[str, str]]]
    lives: Mapping[str, lives.Fields]


async def load(telling: Telling, sessions: Sequence[NegotiationSession]) -> Facts:
    """The facts of these sessions."""
    db, ids = telling.db, [session.id for session in sessions]
    outcomes = await recorded.outcomes_of(db, ids)
    rows = [row for listed in outcomes.values() for row in listed]
    return Facts(
        tables=await seating.settings_of(db, sessions),
        logs=await scheduling.changes(db, sessions),
        agendas=await scheduling.agendas(db, sessions),
        attendance=await _attendance(telling, ids),
        teams=await _teams(telling, ids),
        outcomes=outcomes,
        sources=await recorded.sources_of(db, [row.id for row in rows]),
        texts=await _texts(telling, ids),
        lives=await lives.lives_of(telling, ids),
    )


async def _attendance(telling: Telling, ids: Sequence[str]) -> dict[str, list[Attendance]]:
    rows = await telling.db.exec(select(Attendance).where(col(Attendance.session_id).in_(ids)))
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.session_id].append(row)
    return grouped


async def _teams(telling: Telling, ids: Sequence[str]) -> dict[str, list[str]]:
    """The teams that sit, but for those that sit anyway."""
    rows = await telling.db.exec(
        select(SessionTeam.session_id, Party.slug, Team.name)
        .join(Team, col(Team.id) == SessionTeam.team_id)
        .join(Party, col(Party.id) == Team.party_id)
        .where(col(SessionTeam.session_id).in_(ids), col(Team.is_default).is_(False))
        .order_by(col(Party.slug), col(Team.name))
    )
    grouped = defaultdict(list)
    for session_id, party, name in rows:
        grouped[session_id].append(f"{party}/{name}")
    return grouped


async def _texts(telling: Telling, ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """The id and body of each text, in order."""
    rows = await telling.db.exec(
        select(Summary.session_id, SummaryRevision.id, SummaryRevision.body)
        .join(SummaryRevision, col(SummaryRevision.summary_id) == Summary.id)
        .where(col(Summary.session_id).in_(ids))
        .order_by(col(SummaryRevision.number))
    )
    grouped = defaultdict(list)
    for session_id, revision_id, body in rows:
        grouped[session_id].append((revision_id, body))
    return grouped


async def tell_sessions(telling: Telling, section: Section[SessionItem]) -> list[Told[SessionItem]]:
    """Every session the secretariat sees, by table in the order of their numbers."""
    rows = await scheduling.sessions(telling.db, telling.actor, telling.negotiation.id)
    facts = await load(telling, rows)
    told = []
    for row in sorted(rows, key=lambda one: (_table(facts.tables[one.id]), one.number)):
        item = _item(telling, row, facts)
        item.id = telling.name(section.kind, row.id, section.key(item))
        # Both are numbered before it at the same table.
        item.continues = telling.key(section.kind, row.continues_id)
        item.instead_of = telling.key(section.kind, row.instead_of_id)
        told.append(Told(row.id, item))
    return told


def _table(where: Setting) -> str:
    """Plenaries first, then by jurisdiction."""
    return where.jurisdiction.slug if where.jurisdiction else ""


def _item(telling: Telling, row: NegotiationSession, facts: Facts) -> SessionItem:
    log = facts.logs[row.id]
    listed, texts = facts.attendance[row.id], facts.texts[row.id]
    where = facts.tables[row.id]
    return SessionItem.model_construct(
        jurisdiction=where.jurisdiction.slug if where.jurisdiction else None,
        participants=[] if where.jurisdiction else [one.slug for one in where.parties],
        title=row.title,
        kind=row.kind,
        **_first_terms(telling, row, log),
        access_note=row.access_note,
        conference_url=row.conference_url,
        chair=telling.key("person", row.chair_id),
        note_taker=telling.key("person", row.note_taker_id),
        teams=facts.teams[row.id],
        indispensable=sorted(
            telling.key("person", one.person_id) or "" for one in listed if one.indispensable
        ),
        agenda=[_agenda_item(telling, one) for one in facts.agendas[row.id]],
        basis=row.basis,
        basis_note=row.basis_note,
        changes=course.steps_of(telling, row, log),
        attendance=_attendees(telling, listed),
        outcomes=_outcomes(telling, row, facts),
        summary=_summary(texts, facts.lives.get(row.id, {})),
    )


def _summary(texts: Sequence[tuple[str, str]], life: lives.Fields) -> SummaryItem | None:
    if not texts:
        return None
    *earlier, body = [text for _, text in texts]
    return SummaryItem.model_construct(body=body, earlier=earlier, **life)


def _first_terms(
    telling: Telling, row: NegotiationSession, log: Sequence[SessionChange]
) -> dict[str, Any]:
    """The terms of the first proposal; the log has no ends, so each slot is as long as today's."""
    first = log[0]
    start = first.to_start or row.local_start
    location, room = course.place_in(first.to_place)
    if course.last_of_place(log) is None:
        location, room = row.location, row.room
    return {
        "local_start": start,
        "local_end": start + (row.local_end - row.local_start),
        "tz": first.to_tz or row.tz,
        "fold": first.to_fold,
        "location": location,
        "room": room,
        "consents": course.consents_of(telling, first),
    }


def _agenda_item(telling: Telling, row: AgendaItem) -> NewItem:
    return NewItem.model_construct(
        issue=telling.codes.get(row.issue_id or ""),
        title=row.title,
        kind=row.kind,
        minutes=row.minutes,
        state=row.state,
    )


def _attendees(telling: Telling, rows: Sequence[Attendance]) -> list[AttendeeItem]:
    found = [
        AttendeeItem.model_construct(
            person=telling.key("person", row.person_id) or "",
            rsvp=row.rsvp,
            actual=row.actual,
            mode=row.mode,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.person)


def _outcomes(telling: Telling, session: NegotiationSession, facts: Facts) -> list[OutcomeItem]:
    """By issue, and on each issue in the order in which they supersede each other."""
    rows = in_succession(facts.outcomes[session.id], telling.codes)
    numbers = {text: number for number, (text, _) in enumerate(facts.texts[session.id], start=1)}
    told = [_outcome(telling, row, facts.sources.get(row.id, ())) for row in rows]
    for one, row in zip(told, rows, strict=True):
        at_last = row.supersedes_id or session.status is SessionStatus.in_progress
        usual = (len(numbers) if at_last else 1) if numbers else 0
        number = numbers.get(row.revision_id or "", 0)
        one.revision = number if number != usual else None
    return told


def _outcome(telling: Telling, row: Outcome, sources: Sequence[Source]) -> OutcomeItem:
    return OutcomeItem.model_construct(
        issue=telling.codes[row.issue_id],
        value=row.value,
        partial=row.partial,
        text=row.text,
        reason=row.reason,
        decided_by=telling.slugs.get(row.decided_by_id or ""),
        basis=row.basis,
        certainty=row.certainty,
        effective_on=row.effective_on,
        sources=told_sources(sources),
    )
