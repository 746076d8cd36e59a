"""From the form of a session's result to its body, and from what is recorded back into the form.

A field is named by its JSON pointer in the body, as `outcomes/0/reason`; rows left empty are not
sent on, and errors lead back to the rows of the form.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from negotiations.errors import FieldError, Invalid
from negotiations.models import Attendance, Issue, Person
from negotiations.models.sessions import CloseKind
from negotiations.notes.bodies import Result
from negotiations.outcomes.sheet import Said
from negotiations.scheduling.forms import following, in_next, read
from negotiations.sources import from_lines, written
from negotiations.web.forms import Form, at_rows

NEW_COMMITMENTS = 3
_OUTCOME = (
    "issue", "value", "text", "reason", "decided_by", "partial", "certainty", "supersedes",
    "basis", "effective_on",
)  # fmt: skip
_COMMITMENT = ("text", "owner", "due_on", "issue", "jurisdiction")
TABLES = ("outcomes", "commitments", "attendance")
# What the fields are called on the page, where the error speaks of the body.
_PLAINER = {
    "value is missing.": "Choose the outcome these words belong to.",
    "owner is missing.": "Say which side undertakes it.",
    "text is missing.": "Say what is undertaken.",
}


def text(form: Form) -> str:
    """The summary as typed, with the line ends it is saved with."""
    return form.get("body").replace("\r\n", "\n").replace("\r", "\n")


def result(form: Form) -> Result:
    """The whole result; see `in_form` for its errors."""
    attendance = [_only(row, ("person", "actual", "rsvp", "mode")) for row in _came(form).values()]
    fields: dict[str, object] = {
        "body": form.get("body"),
        "outcomes": [outcome_of_row(row) for row in _spoken(form).values()],
        "commitments": [_only(row, _COMMITMENT) for row in _undertaken(form).values()],
        **_closing(form),
    }
    if attendance_changed(form):
        fields["attendance"] = attendance
    return read(Result, fields)


def _closing(form: Form) -> dict[str, object]:
    """How it ended; adjourned to a date with the time at which it goes on."""
    if form.get("close") != CloseKind.adjourned_to_date:
        return dict(form.given("close"))
    return {"close": {"close_kind": form.get("close"), "next": following(form)}}


def in_form(error: Invalid, form: Form) -> Invalid:
    """An error of the body, or of the act, with pointers into the form's rows."""
    numbers = (list(_spoken(form)), list(_undertaken(form)), list(_came(form)))
    for table, kept in zip(TABLES, numbers, strict=True):
        error = at_rows(error, table, kept)
    error = in_next(error, "/close/next")
    return Invalid([gathered(one) for one in error.errors])


def gathered(one: FieldError) -> FieldError:
    """The sources of an outcome share one field, a line each; a row's own error is its reason's."""
    source = re.fullmatch(r"(/outcomes/[0-9]+/sources)/([0-9]+)(/.*)?", one.pointer)
    if source is not None:
        return FieldError(source[1], f"Line {int(source[2]) + 1}: {one.detail}")
    if re.fullmatch(r"/outcomes/[0-9]+", one.pointer):
        text = one.detail.replace("decided_by", "“Decided by”")
        return FieldError(f"{one.pointer}/reason", f"{text[:1].upper()}{text[1:]}")
    return FieldError(one.pointer, _PLAINER.get(one.detail, one.detail))


def _only(row: Mapping[str, str], names: Iterable[str]) -> dict[str, object]:
    return {name: row[name] for name in names if row.get(name, "").strip()}


def _spoken(form: Form) -> dict[int, dict[str, str]]:
    """The outcomes with a value, or with words whose value is missing."""
    return {
        number: row
        for number, row in form.rows("outcomes").items()
        if any(row.get(name, "").strip() for name in ("value", "text", "reason", "decided_by"))
    }


def _undertaken(form: Form) -> dict[int, dict[str, str]]:
    return {
        number: row
        for number, row in form.rows("commitments").items()
        if any(row.get(name, "").strip() for name in _COMMITMENT)
    }


def _came(form: Form) -> dict[int, dict[str, str]]:
    """Who is on the list already, and whoever came or stayed away."""
    return {
        number: row
        for number, row in form.rows("attendance").items()
        if row.get("rsvp") or row.get("actual", "unknown") != "unknown"
    }


def attendance_changed(form: Form) -> bool:
    return any(row.get("actual") != row.get("was") for row in form.rows("attendance").values())


def outcome_of_row(row: Mapping[str, str]) -> dict[str, object]:
    """The body of one outcome."""
    return {"text": "", **_only(row, _OUTCOME), "sources": from_lines(row.get("sources", ""))}


def outcome_fields(
    number: int, issue: Issue, said: Said | None, slugs: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What stands on an issue; `slugs` maps party ids to slugs."""
    row = {"issue": issue.code}
    if said is not None:
        row |= {
            "value": said.row.value.value,
            "text": said.row.text,
            "reason": said.row.reason or "",
            "decided_by": slugs.get(said.row.decided_by_id or "", ""),
            "partial": "true" if said.row.partial else "",
            "certainty": said.row.certainty.value,
            "supersedes": said.row.id,
            "basis": said.row.basis.value,
            "effective_on": said.row.effective_on.isoformat(),
            "sources": written(said.sources),
        }
    return [(f"outcomes/{number}/{name}", value) for name, value in row.items()]


def attendance_fields(
    people: Sequence[Person], rows: Mapping[str, Attendance]
) -> list[tuple[str, str]]:
    """One row for each person; `rows` are those on the list, by person."""
    found: list[tuple[str, str]] = []
    for number, person in enumerate(people):
        there = rows.get(person.id)
        actual = there.actual.value if there else "unknown"
        row = {"person": person.id, "actual": actual, "was": actual}
        if there is not None:
            row |= {"rsvp": there.rsvp.value, "mode": there.mode.value}
        found += [(f"attendance/{number}/{name}", value) for name, value in row.items()]
    return found
