"""How sessions look in JSON, for one actor."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NotRequired

from negotiations.db import Db
from negotiations.models import AgendaItem, Attendance, NegotiationSession, Person, SessionChange
from negotiations.models.sessions import (
    AnsweredBy,
    AttendanceMode,
    Basis,
    ChangeKind,
    CloseKind,
    ItemKind,
    ItemState,
    Presence,
    Rsvp,
    SessionKind,
    SessionStatus,
)
from negotiations.parties import queries as parties
from negotiations.scheduling import acceptance, queries, seating
from negotiations.scheduling.seating import Setting
from negotiations.web import etags
from negotiations.web.answers import Id, Local, Moment, TypedDict


class NamedView(TypedDict):
    id: Id
    name: str


class AnswerView(TypedDict):
    """What a side says to the session as it now stands."""

    party: str
    name: str
    answer: Literal["accepted", "declined", "waiting"]
    by: NotRequired[str | None]
    how: NotRequired[str | None]
    reason: NotRequired[str]


class SessionView(TypedDict):
    """A session: when and where it is, and what state it is in."""

    id: Id
    uid: str
    sequence: int
    negotiation: str
    jurisdiction: str | None
    participants: list[str]
    caucus: Id | None
    number: int
    title: str
    kind: SessionKind
    status: SessionStatus
    starts_at: Moment
    ends_at: Moment
    local_start: Local
    local_end: Local
    tz: str
    fold: int | None
    location: str | None
    room: str | None
    access_note: str | None
    conference_url: str | None
    chair: NamedView | None
    note_taker: NamedView | None
    indispensable: list[Id]
    agenda_version: str
    answers: list[AnswerView]
    continues: Id | None
    instead_of: Id | None
    close_kind: CloseKind | None
    opened_at: Moment | None
    closed_at: Moment | None
    cancel_reason: str | None
    basis: Basis
    basis_note: str | None
    published_at: Moment | None


class ActedSession(SessionView):
    """A session after an act, with what the act warns of."""

    warnings: list[str]


async def session_views(db: Db, sessions: Sequence[NegotiationSession]) -> list[SessionView]:
    """The representations of sessions the actor may see, by a constant number of queries."""
    settings = await seating.settings_of(db, sessions)
    logs = await queries.changes(db, sessions)
    people = [one.chair_id for one in sessions] + [one.note_taker_id for one in sessions]
    names = await parties.names(db, people)
    agendas = await queries.agendas(db, sessions)
    needed = await queries.indispensable(db, sessions)
    return [
        session_view(one, settings[one.id], logs[one.id], names, agendas[one.id], needed[one.id])
        for one in sessions
    ]


async def one_view(db: Db, session: NegotiationSession) -> SessionView:
    """The representation of one session, as GET gives it and If-Match is compared with."""
    return (await session_views(db, [session]))[0]


def session_view(
    session: NegotiationSession,
    where: Setting,
    changes: Iterable[SessionChange],
    names: Mapping[str, str],
    agenda: Sequence[AgendaItem],
    indispensable: Sequence[str],
) -> SessionView:
    """`agenda_version` changes with the agenda: who confirms or publishes has seen it as it is."""
    return {
        "id": session.id,
        "uid": session.uid,
        "sequence": session.sequence,
        "negotiation": where.negotiation.slug,
        "jurisdiction": where.jurisdiction.slug if where.jurisdiction else None,
        "participants": [party.slug for party in where.parties],
        "caucus": session.caucus_id,
        "number": session.number,
        "title": session.title,
        "kind": session.kind,
        "status": session.status,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "local_start": session.local_start,
        "local_end": session.local_end,
        "tz": session.tz,
        "fold": session.fold,
        "location": session.location,
        "room": session.room,
        "access_note": session.access_note,
        "conference_url": session.conference_url,
        "chair": _named(session.chair_id, names),
        "note_taker": _named(session.note_taker_id, names),
        "indispensable": list(indispensable),
        "agenda_version": agenda_version(agenda),
        "answers": answers(where, list(changes)),
        "continues": session.continues_id,
        "instead_of": session.instead_of_id,
        "close_kind": session.close_kind,
        "opened_at": session.opened_at,
        "closed_at": session.closed_at,
        "cancel_reason": session.cancel_reason,
        "basis": session.basis,
        "basis_note": session.basis_note,
        "published_at": session.published_at,
    }


def agenda_version(items: Sequence[AgendaItem]) -> str:
    """A digest of the agenda as it is."""
    lines = [
        [one.position, one.issue_id, one.title, one.kind, one.minutes, one.state] for one in items
    ]
    return etags.etag(etags.encode(lines)).strip('"')


def _named(person_id: str | None, names: Mapping[str, str]) -> NamedView | None:
    return {"id": person_id, "name": names.get(person_id, "")} if person_id else None


def answers(where: Setting, changes: Sequence[SessionChange]) -> list[AnswerView]:
    """What each side whose yes it needs says to the session as it now stands."""
    accepted, declined = acceptance.accepted_by(changes), acceptance.declined_by(changes)
    found: list[AnswerView] = []
    for party in map(where.party, where.consenting):
        answer: AnswerView = {"party": party.slug, "name": party.short_name, "answer": "waiting"}
        if party.id in accepted:
            consent = accepted[party.id]
            answer.update({"answer": "accepted", "by": consent.by, "how": consent.how})
        elif party.id in declined:
            answer.update({"answer": "declined", "reason": declined[party.id].reason or ""})
        found.append(answer)
    return found


class ItemView(TypedDict):
    """An agenda item; `issue` is the code of an issue."""

    id: Id
    position: int
    issue: str | None
    title: str
    kind: ItemKind
    minutes: int | None
    state: ItemState
    carried_to: Id | None


class AgendaView(TypedDict):
    items: list[ItemView]


def item_view(item: AgendaItem, codes: Mapping[str, str]) -> ItemView:
    return {
        "id": item.id,
        "position": item.position,
        "issue": codes.get(item.issue_id or ""),
        "title": item.title,
        "kind": item.kind,
        "minutes": item.minutes,
        "state": item.state,
        "carried_to": item.carried_to_id,
    }


class AttendeeView(TypedDict):
    """Who is expected, and whether they came. `answered_by`: how they gave `rsvp` themselves."""

    person: Id
    name: str
    title: str | None
    rsvp: Rsvp
    answered_by: AnsweredBy | None
    actual: Presence
    mode: AttendanceMode
    indispensable: bool


class AttendanceView(TypedDict):
    items: list[AttendeeView]


def attendance_view(row: Attendance, person: Person) -> AttendeeView:
    return {
        "person": person.id,
        "name": person.name,
        "title": person.title,
        "rsvp": row.rsvp,
        "answered_by": row.answered_by,
        "actual": row.actual,
        "mode": row.mode,
        "indispensable": row.indispensable,
    }


class ConsentView(TypedDict):
    party: str | None
    by: str | None
    how: str | None


class ChangeView(TypedDict):
    """An entry in a session's log."""

    number: int
    kind: ChangeKind
    at: Moment
    from_start: Local | None
    from_tz: str | None
    to_start: Local | None
    to_tz: str | None
    from_place: str | None
    to_place: str | None
    party: str | None
    reason: str | None
    by: str | None
    recorded_by: str
    consents: list[ConsentView]


def change_view(
    change: SessionChange, names: Mapping[str, str], slugs: Mapping[str, str]
) -> ChangeView:
    """`slugs` maps party ids to slugs."""
    return {
        "number": change.number,
        "kind": change.kind,
        "at": change.created_at,
        "from_start": change.from_start,
        "from_tz": change.from_tz,
        "to_start": change.to_start,
        "to_tz": change.to_tz,
        "from_place": change.from_place,
        "to_place": change.to_place,
        "party": slugs.get(change.party_id or ""),
        "reason": change.reason,
        "by": names.get(change.person_id or ""),
        "recorded_by": change.recorded_by,
        "consents": [
            {"party": slugs.get(one["party_id"]), "by": one["by"], "how": one["how"]}
            for one in change.consents
        ],
    }
