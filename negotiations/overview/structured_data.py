"""PURE: the published sessions as schema.org events (JSON-LD), as search engines read them.

https://schema.org/Event. It stands in the public page as a data block, which no browser executes.
"""

import json
from typing import Any

from negotiations.models.sessions import SessionStatus
from negotiations.overview.published import PublicSession, PublicTalks
from negotiations.scheduling.rules import place_of

Json = dict[str, Any]
SCHEMA = "https://schema.org"
_OFF = {SessionStatus.postponed: "EventPostponed", SessionStatus.cancelled: "EventCancelled"}
# Nothing that could end the element, begin another or be no JSON to a script; each stays the same
# text to whoever reads the JSON.
_INERT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def data_block(talks: PublicTalks, page: str) -> str:
    """The text of the page's `<script type="application/ld+json">`; empty where nothing is public.

    `page` is the address of the public page.
    """
    if not talks.sessions:
        return ""
    events = [_event(talks, one, page) for one in talks.sessions]
    return inert({"@context": SCHEMA, "@graph": events})


def inert(value: Any) -> str:
    """JSON that can stand inside a script element, whatever its texts say."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_INERT)


def _event(talks: PublicTalks, one: PublicSession, page: str) -> Json:
    address = f"{page}#{one.anchor}"
    event: Json = {
        "@type": "Event",
        "@id": address,
        "url": address,
        "name": one.session.title,
        "description": _description(one),
        "startDate": one.starts,
        "endDate": one.ends,
        **_status(one),
        "location": _location(one),
        "organizer": _organization(talks.agency.name) if talks.agency else None,
        "attendee": [_organization(party.name) for party in one.jurisdictions],
    }
    return {name: value for name, value in event.items() if value}


def _status(one: PublicSession) -> Json:
    """A postponed event keeps its dates until it has others, and says that they were it."""
    status = one.session.status
    if status in _OFF:
        before = one.starts if status is SessionStatus.postponed else None
        return {"eventStatus": f"{SCHEMA}/{_OFF[status]}", "previousStartDate": before}
    name = "EventRescheduled" if one.moved_from else "EventScheduled"
    return {"eventStatus": f"{SCHEMA}/{name}", "previousStartDate": one.moved_from}


def _location(one: PublicSession) -> Json:
    """The place; a session that has none meets by a link, which the public isn't told."""
    place = place_of(one.session)
    if not place:
        return {"@type": "VirtualLocation", "name": "By link, for those who take part"}
    found = {"@type": "Place", "name": place, "address": one.session.location}
    return {name: value for name, value in found.items() if value}


def _description(one: PublicSession) -> str:
    """What isn't on record, then the agenda."""
    items = [f"{number}. {title}" for number, title in enumerate(one.agenda, start=1)]
    return "\n".join([*([one.session.basis_note] if one.session.basis_note else []), *items])


def _organization(name: str) -> Json:
    return {"@type": "Organization", "name": name}
