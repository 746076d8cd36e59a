"""Writes payloads into every column of a database that holds a person's text."""

import sqlite3
from itertools import cycle
from pathlib import Path

from pages.payloads import PAYLOADS

PLANTED = {
    "negotiation": ("title", "subject"), "person": ("name", "title"), "api_token": ("label",),
    "feed": ("label",), "party": ("name", "short_name", "city", "parent", "url"),
    "source": ("citation", "url"), "caucus": ("name",), "team": ("name",),
    "document_request": ("title", "scope", "reference"),
    "document_request_event": ("label", "text"), "feed_fetch": ("program", "program_version"),
    "issue": ("title", "description"), "track": ("closed_reason",),
    "session": (
        "title", "location", "room", "access_note", "conference_url", "cancel_reason",
        "basis_note",
    ),
    "session_change": ("from_place", "to_place", "reason", "recorded_by"),
    "poll": ("reason",), "vote": ("by", "how"), "acknowledgement": ("note",),
    "agenda_item": ("title",), "commitment": ("text", "evidence"), "position": ("text",),
    "outcome": ("text", "reason"),
    "kept_note": ("body",), "note_draft": ("body",), "note_revision": ("body",),
    "summary": ("symbol",), "summary_comment": ("body",), "summary_decision": ("statement",),
    "search_entry": ("title", "text"), "mail": ("failure",),
    "plan": ("title", "failure"), "plan_track": ("place",), "plan_item": ("room",),
    "webhook_endpoint": ("url",), "webhook_delivery": ("type", "answer", "failure"),
    "audit_entry": ("actor",),
}  # fmt: skip
# Texts that are no person's, or that others go by; each is made or checked by the service.
NOT_PLANTED = {
    "audit_entry": ("action", "object_type"), "generation": ("key",), "job": ("name",),
    "negotiation": ("slug", "home_tz", "symbol_prefix"), "person": ("email", "tz"),
    "external_id": ("kind",), "idempotency_key": ("key",), "mail": ("address",),
    "invitation": ("address",),
    "notice": ("subject", "stage"), "matrix_change": ("part",), "party": ("slug", "tz"),
    "feed_fetch": ("served",),
    "issue": ("code",), "event_bytes": ("uid", "tz", "stamp", "defect"),
    "acknowledgement": ("kind", "facts"), "poll_option": ("tz", "uid"),
    "session": ("tz", "uid"), "standing_outcome": ("place",),
    "kept_note": ("base",), "note_draft": ("base",), "outbox_event": ("type",),
    "search_entry": ("stamp", "words"), "session_change": ("from_tz", "to_tz"),
    "webhook_endpoint": ("salt", "former_salt"),
    "plan": ("named_by",), "availability": ("tz",),
    "busy_calendar": ("origin", "fingerprint", "sealed", "validators"),
    # Written through the interface: their hashes are looked at whenever they are read.
    "summary_revision": ("body",), "published_summary": ("frozen",),
}  # fmt: skip


def plant(file: Path) -> int:
    """Each value becomes a payload, the next one each time; returns how many were written."""
    written, payloads = 0, cycle(enumerate(PAYLOADS))
    with sqlite3.connect(file) as database:
        for table, columns in PLANTED.items():
            for column in columns:
                rows = database.execute(f'SELECT rowid FROM "{table}"').fetchall()
                for (row,) in rows:
                    number, payload = next(payloads)
                    value = payload if column.endswith("url") else f"{payload} {number}.{row}"
                    database.execute(
                        f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (value, row)
                    )
                    written += 1
    database.close()
    return written
