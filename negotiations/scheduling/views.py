"""How sessions look in JSON, for one actor."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from negotiations.db import Db
from negotiations.models import AgendaItem, Attendance, NegotiationSession, Person, SessionChange
from negotiations.parties import queries as parties
from negotiations.scheduling import acceptance, queries
from negotiations.scheduling.seating import Setting
from negotiations.web import etags


async def session_views(db: Db, sessions: Sequence[NegotiationSession]) -> list[dict[str, Any]]:
    """The representations of sessions the actor may see, by a constant number of queries."""
    settings = await queries.settings_of(db, sessions)
    logs = await queries.changes(db, sessions)
    people = [one.chair_id for one in sessions] + [one.note_taker_id for one in sessions]
    names = await parties.names(db, people)
    agendas = await queries.agendas(db, sessions)
    needed = await queries.indispensable(db, sessions)
    return [
        session_view(one, settings[one.id], logs[one.id], names, agendas[one.id], needed[one.id])
        for one in sessions
    ]


async def one_view(db: Db, session: NegotiationSession) -> dict[str, Any]:
    """The representation of one session, as GET gives it and If-Match is compared with."""
    return (await session_views(db, [session]))[0]


def session_view(
    session: NegotiationSession,
    where: Setting,
    changes: Iterable[SessionChange],
    names: Mapping[str, str],
    agenda: Sequence[AgendaItem],
    indispensable: Sequence[str],
) -> dict[str, Any]:
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


def _named(person_id: str | None, names: Mapping[str, str]) -> dict[str, str] | None:
    return {"id": person_id, "name": names.get(person_id, "")} if person_id else None


def answers(where: Setting, changes: Sequence[SessionChange]) -> list[dict[str, Any]]:
    """What each side whose yes it needs says to the session as it now stands."""
    accepted, declined = acceptance.accepted_by(changes), acceptance.declined_by(changes)
    found: list[dict[str, Any]] = []
    for party in map(where.party, where.consenting):
        if party.id in accepted:
            consent = accepted[party.id]
            answer = {"answer": "accepted", "by": consent.by, "how": consent.how}
        elif party.id in declined:
            answer = {"answer": "declined", "reason": declined[party.id].reason or ""}
        else:
            answer = {"answer": "waiting"}
        found.append({"party": party.slug, "name": party.short_name, **answer})
    return found


def item_view(item: AgendaItem, codes: Mapping[str, str]) -> dict[str, Any]:
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


def attendance_view(row: Attendance, person: Person) -> dict[str, Any]:
    return {
        "person": person.id,
        "name": person.name,
        "title": person.title,
        "rsvp": row.rsvp,
        "actual": row.actual,
        "mode": row.mode,
        "indispensable": row.indispensable,
    }


def change_view(
    change: SessionChange, names: Mapping[str, str], slugs: Mapping[str, str]
) -> dict[str, Any]:
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
