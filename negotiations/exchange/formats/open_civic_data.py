"""The sessions in the shape of Open Civic Data's events.

https://open-civic-data.readthedocs.io/en/latest/data/event.html; what it has no field for stands
in `extras`.
"""

import json
from typing import Any

from negotiations.civil import zone_of
from negotiations.exchange.record import Record, SessionRecord
from negotiations.models import Outcome
from negotiations.models.sessions import Presence
from negotiations.outcomes.matrix import standing
from negotiations.overview.open_civic_data import STATUS, event_id
from negotiations.scheduling.rules import place_of
from negotiations.web.etags import instant


def to_events(record: Record) -> bytes:
    """A JSON array of events, by table and number."""
    events = [_event(record, one) for table in record.tables for one in table.sessions]
    return (json.dumps(events, ensure_ascii=False, indent=2) + "\n").encode()


def _event(record: Record, one: SessionRecord) -> dict[str, Any]:
    row = one.row
    zone = zone_of(row.tz)
    changed = max([change.created_at for change in one.changes], default=row.created_at)
    return {
        "id": event_id(row.uid),
        "_type": "event",
        "name": row.title,
        "description": record.negotiation.subject,
        "classification": row.kind,
        "start_time": row.starts_at.astimezone(zone).isoformat(),
        "end_time": row.ends_at.astimezone(zone).isoformat(),
        "timezone": row.tz,
        "all_day": False,
        "status": STATUS[row.status],
        "location": {"name": place_of(row), "url": "", "coordinates": None},
        "participants": _participants(record, one),
        "agenda": [_item(record, one, place) for place in range(len(one.agenda))],
        "media": [],
        "documents": [],
        "links": [],
        "sources": _sources(record, one),
        "created_at": instant(row.created_at),
        "updated_at": instant(changed),
        "extras": {
            "negotiation": record.negotiation.slug,
            "number": row.number,
            "uid": row.uid,
            "sequence": row.sequence,
            "status": row.status,
            "close_kind": row.close_kind,
            "basis": row.basis,
            "basis_note": row.basis_note,
            "summary": [
                {"symbol": summary.symbol, "revision": text.number, "sha256": text.sha256}
                for summary, text in one.texts
            ],
        },
    }


def _participants(record: Record, one: SessionRecord) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "type": "organization",
            "name": party.name,
            "note": party.kind,
            "extras": {"ocd_division_id": party.ocd_division_id},
        }
        for party in one.parties
    ]
    for row, person in one.people:
        if row.actual in (Presence.present, Presence.left_early):
            note = record.sides.get(person.id, "Secretariat")
            found.append({"type": "person", "name": person.name, "note": note, "extras": {}})
    return found


def _item(record: Record, one: SessionRecord, place: int) -> dict[str, Any]:
    item = one.agenda[place]
    said = standing(one.outcomes).get(item.issue_id or "")
    issue = record.issues.get(item.issue_id or "")
    return {
        "description": item.title,
        "order": str(item.position),
        "subjects": [issue.title] if issue else [],
        "notes": [said.text] if said else [],
        "related_entities": [],
        "media": [],
        "extras": {
            "issue": issue.code if issue else None,
            "kind": item.kind,
            "state": item.state,
            "outcome": _outcome(record, said) if said else None,
        },
    }


def _outcome(record: Record, row: Outcome) -> dict[str, Any]:
    return {
        "value": row.value,
        "partial": row.partial,
        "reason": row.reason,
        "decided_by": record.parties[row.decided_by_id].slug if row.decided_by_id else None,
        "effective_on": str(row.effective_on),
        "certainty": row.certainty,
    }


def _sources(record: Record, one: SessionRecord) -> list[dict[str, str]]:
    """Where the outcomes were read; Open Civic Data wants an address, which a letter hasn't."""
    cited = {
        (source.citation, source.url or "")
        for row in one.outcomes
        for source in record.sources.get(row.id, ())
    }
    return [{"note": citation, "url": url} for citation, url in sorted(cited)]
