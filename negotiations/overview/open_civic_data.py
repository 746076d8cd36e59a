"""PURE: the published sessions in the shape of Open Civic Data's events, for programs.

https://open-civic-data.readthedocs.io/en/latest/data/event.html; what it has no field for stands
in `extras`. Every value is named here: what becomes known of a session otherwise doesn't come out.
"""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from negotiations.models import Party
from negotiations.models.sessions import SessionStatus
from negotiations.notes.publication import PublicSummary
from negotiations.overview.published import PublicSession, PublicTalks
from negotiations.scheduling.rules import place_of

Json = dict[str, Any]
STATUS: dict[SessionStatus, str] = {
    SessionStatus.proposed: "tentative",
    SessionStatus.confirmed: "confirmed",
    SessionStatus.in_progress: "confirmed",
    SessionStatus.held: "passed",
    SessionStatus.postponed: "tentative",
    SessionStatus.cancelled: "cancelled",
}
# What a public copy of a document request tells (documents.publication), and what of its events.
_REQUEST = (
    "title", "scope", "requesters", "holder", "legal_basis", "reference", "basis", "state", "text",
    "certainty", "published_on",
)  # fmt: skip
_EVENT = (
    "happened_on", "kind", "label", "state", "disposition", "due_on", "text", "certainty",
    "sources",
)  # fmt: skip


def event_id(uid: str) -> str:
    """The id under which a session is known: its UID outlasts every move, and so does this."""
    return f"ocd-event/{uuid.uuid5(uuid.NAMESPACE_URL, uid)}"


def open_data(talks: PublicTalks, page: str) -> Json:
    """Talks with their published sessions, by start; `page` is the address of the public page."""
    negotiation = talks.negotiation
    return {
        "name": negotiation.title,
        "description": negotiation.subject,
        "url": page,
        "calendar": f"{page}.ics",
        "timezone": negotiation.home_tz,
        "opens_on": _day(negotiation.opens_on),
        "closes_on": _day(negotiation.closes_on),
        "agency": talks.agency.name if talks.agency else None,
        "no_session_recorded": [party.name for party in talks.without if talks.sessions],
        "events": [_event(talks, one, page) for one in talks.sessions],
        "document_requests": [_request(one.copy) for one in talks.requests],
        "summaries": [_summary(one) for one in talks.summaries],
    }


def _event(talks: PublicTalks, one: PublicSession, page: str) -> Json:
    row = one.session
    return {
        "id": event_id(row.uid),
        "_type": "event",
        "name": row.title,
        "description": talks.negotiation.subject,
        "classification": row.kind.value,
        "start_time": one.starts,
        "end_time": one.ends,
        "timezone": row.tz,
        "all_day": False,
        "status": STATUS[row.status],
        "location": {"name": place_of(row), "url": "", "coordinates": None},
        "participants": [_participant(party) for party in one.parties],
        "agenda": [_item(place, title) for place, title in enumerate(one.agenda, start=1)],
        "media": [],
        "documents": [],
        "links": [{"note": "Calendar of all published sessions", "url": f"{page}.ics"}],
        "sources": [{"note": "Public page of the talks", "url": f"{page}#{one.anchor}"}],
        "created_at": _instant(row.published_at),
        "extras": {
            "negotiation": talks.negotiation.slug,
            "jurisdictions": [party.slug for party in one.jurisdictions],
            "number": row.number,
            "uid": row.uid,
            "sequence": row.sequence,
            "status": row.status.value,
            "moved_from": one.moved_from,
            "basis": row.basis.value,
            "basis_note": row.basis_note,
        },
    }


def _participant(party: Party) -> Json:
    return {
        "type": "organization",
        "name": party.name,
        "note": party.kind.value,
        "extras": {"ocd_division_id": party.ocd_division_id},
    }


def _item(place: int, title: str) -> Json:
    return {
        "description": title,
        "order": str(place),
        "subjects": [],
        "notes": [],
        "related_entities": [],
        "media": [],
    }


def _request(copy: Any) -> Json:
    events = [{name: one[name] for name in _EVENT} for one in copy["events"]]
    return {**{name: copy[name] for name in _REQUEST}, "events": events}


def _summary(one: PublicSummary) -> Json:
    """The copy as it was frozen; of one that isn't whole any more only that it was published."""
    if one.copy is not None:
        return one.copy
    return {"symbol": one.symbol, "sha256": None, "altered": True}


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, as `2010-11-05T18:00:00Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z" if at else None
