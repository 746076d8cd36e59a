"""From the forms of document requests to their bodies, and from a request to its filled-in form.

A field is named by its JSON pointer; the sources of an event share one field, a line each.
"""

import re

from negotiations.documents.bodies import (
    DocumentRequestChange,
    NewDocumentRequest,
    NewRequestEvent,
)
from negotiations.documents.queries import Requested
from negotiations.errors import FieldError, Invalid
from negotiations.sources import from_lines
from negotiations.web.forms import Form, body_of

_ASKED = ("title", "scope", "requester", "holder", "legal_basis", "reference", "certainty")
_EVENT = (
    "kind", "happened_on", "state", "disposition", "due_on", "label", "text", "certainty",
    "supersedes",
)  # fmt: skip
_LISTS = ("co_requesters", "needed_before")


def new_request(form: Form) -> NewDocumentRequest:
    """A request with the event that led to the state it is in."""
    given = form.given(*_ASKED)
    first = form.rows("events").get(0, {})
    event = {name: value for name, value in first.items() if value.strip()}
    lists = {name: form.all(name) for name in _LISTS}
    return body_of(NewDocumentRequest, {**given, **lists, "events": [{"kind": "state", **event}]})


def change(form: Form) -> DocumentRequestChange:
    """Everything that the form holds; an emptied reference is taken away."""
    fields: dict[str, object] = {name: form.get(name).strip() for name in _ASKED}
    fields["reference"] = fields["reference"] or None
    return body_of(DocumentRequestChange, fields | {name: form.all(name) for name in _LISTS})


def new_event(form: Form) -> NewRequestEvent:
    fields = form.given(*_EVENT)
    return body_of(NewRequestEvent, {**fields, "sources": from_lines(form.get("sources"))})


def in_form(error: Invalid) -> Invalid:
    """The error with its pointers leading to the fields of the form."""
    return Invalid([_at_field(one) for one in error.errors])


def _at_field(one: FieldError) -> FieldError:
    found = re.fullmatch(r"/(sources|co_requesters|needed_before)/([0-9]+)(/.*)?", one.pointer)
    if found is None:
        return one
    line = f"Line {int(found[2]) + 1}: " if found[1] == "sources" else ""
    return FieldError(f"/{found[1]}", f"{line}{one.detail}")


def fields_of(asked: Requested) -> Form:
    """The form of a request as it is."""
    row = asked.row
    fields = [
        ("title", row.title),
        ("scope", row.scope),
        ("requester", asked.requester.slug),
        ("holder", asked.holder.slug),
        ("legal_basis", row.legal_basis.value),
        ("reference", row.reference or ""),
        ("certainty", row.certainty.value),
    ]
    fields += [("co_requesters", one.slug) for one in asked.co_requesters]
    return Form(fields + [("needed_before", one.id) for one in asked.sessions])
