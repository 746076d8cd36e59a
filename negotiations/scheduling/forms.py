"""From the fields of forms to the bodies of a session's acts, and from rows to filled-in forms.

A field is named by its JSON pointer where there is one; date and clock times are fields of their
own, and an error of `local_start` is shown beside them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from negotiations.errors import FieldError, Invalid
from negotiations.models import AgendaItem, NegotiationSession, Party
from negotiations.scheduling.bodies import (
    Agenda,
    Move,
    NewSession,
    Reinstate,
    Relocate,
    SessionPatch,
)
from negotiations.web.forms import Form, at_rows, body_of

Model = TypeVar("Model", bound=BaseModel)
NEW_ROWS = 3
_PLAIN = {
    "jurisdiction": "Choose one jurisdiction, or tick who takes part in a plenary; not both.",
    "participants": "Tick two at least.",
    "local_start": "Give the date as 2010-11-09 and the start as 10:00.",
    "local_end": "Give the end as 12:00 and, if it ends on another day, that date as 2010-11-10.",
}


def read(model: type[Model], fields: Mapping[str, object]) -> Model:
    """The body; errors of times in words that fit the form's fields."""
    try:
        return body_of(model, fields)
    except Invalid as error:
        raise Invalid([_plainer(one) for one in error.errors]) from None


def _plainer(one: FieldError) -> FieldError:
    name = one.pointer.rpartition("/")[2]
    return FieldError(one.pointer, _PLAIN.get(name, one.detail))


def new_session(
    form: Form, zones: Mapping[str, str], agency: str, home_tz: str, caucus: Sequence[str] = ()
) -> NewSession:
    """For a zone left empty `zones` are the jurisdictions' by slug, `home_tz` is any other's.

    `caucus` names the parties of the caucus whose session it is, `agency` the other side of a
    track; who sits there may have chosen a team.
    """
    jurisdiction, named = form.get("jurisdiction"), form.all("participant")
    table: dict[str, object] = {"jurisdiction": jurisdiction}
    seated: Sequence[str] = (agency, jurisdiction)
    if named:
        table = {"kind": "plenary", "participants": named, **form.given("jurisdiction")}
        seated = named
    if form.get("caucus"):
        table, seated = {"kind": "caucus", "caucus": form.get("caucus")}, caucus
    titles = [line for line in form.get("titles").splitlines() if line.strip()]
    items = [{"issue": code} for code in form.all("issue")] + [{"title": one} for one in titles]
    names = ("title", "location", "room", "conference_url", "access_note", "chair", "note_taker")
    return read(
        NewSession,
        {
            **form.given(*names),
            **times(form),
            **table,
            "tz": form.get("tz").strip() or zones.get(jurisdiction, home_tz),
            "teams": list(form.given(*(f"team/{slug}" for slug in seated)).values()),
            "agenda": items,
        },
    )


def times(form: Form) -> dict[str, object]:
    """Start, end and zone from their fields."""
    first = form.get("date").strip()
    last = form.get("end_date").strip() or first
    return {
        "local_start": f"{first}T{_clock(form.get('start'))}",
        "local_end": f"{last}T{_clock(form.get('end'))}",
        "tz": form.get("tz").strip(),
        **form.given("fold"),
    }


def _clock(typed: str) -> str:
    """`9:30` is written `09:30`."""
    typed = typed.strip()
    return f"0{typed}" if typed[1:2] == ":" else typed


def time_fields(session: NegotiationSession) -> list[tuple[str, str]]:
    """The fields of a session's time as it is."""
    start, end = session.local_start, session.local_end
    another = f"{end:%Y-%m-%d}" if end.date() != start.date() else ""
    fold = [("fold", str(session.fold))] if session.fold is not None else []
    return [
        ("date", f"{start:%Y-%m-%d}"),
        ("start", f"{start:%H:%M}"),
        ("end", f"{end:%H:%M}"),
        ("end_date", another),
        ("tz", session.tz),
        *fold,
    ]


def move(form: Form) -> Move:
    return _with_consents(Move, form, {**times(form), "reason": form.get("reason")})


def reinstate(form: Form) -> Reinstate:
    return _with_consents(Reinstate, form, {**times(form), **_place(form)})


def counter(form: Form, session: NegotiationSession, jurisdiction: str) -> NewSession:
    """Another time, and place, instead of the session's."""
    fields: dict[str, object] = {"jurisdiction": jurisdiction, "instead_of": session.id}
    fields |= {**times(form), **_place(form)}
    return (
        _with_consents(NewSession, form, fields) if consent_rows(form) else read(NewSession, fields)
    )


def following(form: Form) -> dict[str, object]:
    """The fields of `Next`."""
    return {**times(form), **_place(form)}


def _place(form: Form) -> dict[str, object]:
    return {name: form.get(name) for name in ("location", "room")}


def in_next(error: Invalid, prefix: str) -> Invalid:
    """The error with the pointers of `Next`, which begin with `prefix`, leading to its fields."""
    return Invalid(
        [FieldError(one.pointer.replace(f"{prefix}/", "/", 1), one.detail) for one in error.errors]
    )


def relocate(form: Form) -> Relocate:
    fields: dict[str, object] = {**form.given("location", "room"), "reason": form.get("reason")}
    return _with_consents(Relocate, form, fields)


def _with_consents(model: type[Model], form: Form, fields: dict[str, object]) -> Model:
    """With the consents that are ticked or explained."""
    fields["consents"] = [
        {key: row[key] for key in ("party", "by", "how") if row.get(key, "").strip()}
        for row in consent_rows(form).values()
    ]
    return read(model, fields)


def consent_error(error: Invalid, form: Form) -> Invalid:
    """The error with its pointers leading to the rows of the form."""
    return at_rows(error, "consents", list(consent_rows(form)))


def consent_rows(form: Form) -> dict[int, dict[str, str]]:
    """The consents that are ticked or explained, by their number in the form."""
    return {
        number: row
        for number, row in form.rows("consents").items()
        if row.get("given") or row.get("how", "").strip() or row.get("by", "").strip()
    }


def consent_fields(sides: Iterable[Party]) -> list[tuple[str, str]]:
    return [(f"consents/{place}/party", side.slug) for place, side in enumerate(sides)]


def patch(form: Form) -> SessionPatch:
    """Every detail as the form shows it: an emptied field is taken away."""
    names = ("title", "access_note", "conference_url", "chair", "note_taker")
    emptied = {name: form.get(name).strip() or None for name in names}
    return read(SessionPatch, {**emptied, **form.given("kind")})


def patch_fields(session: NegotiationSession) -> list[tuple[str, str]]:
    return [
        ("title", session.title),
        ("kind", session.kind.value),
        ("access_note", session.access_note or ""),
        ("conference_url", session.conference_url or ""),
        ("chair", session.chair_id or ""),
        ("note_taker", session.note_taker_id or ""),
    ]


def agenda(form: Form) -> Agenda:
    """The rows that name something, in the order of their places."""
    items = [
        {
            key: row[key].strip()
            for key in ("id", "issue", "title", "kind", "minutes", "state")
            if row.get(key, "").strip()
        }
        for row in agenda_rows(form).values()
    ]
    return read(Agenda, {"items": items})


def agenda_error(error: Invalid, form: Form) -> Invalid:
    """The error with its pointers leading to the rows of the form."""
    renamed = [
        FieldError(one.pointer.replace("/items", "/agenda", 1), one.detail) for one in error.errors
    ]
    return at_rows(Invalid(renamed), "agenda", list(agenda_rows(form)))


def agenda_rows(form: Form) -> dict[int, dict[str, str]]:
    """Rows with an issue or a title, sorted as their place says."""
    named = {
        number: row
        for number, row in form.rows("agenda").items()
        if row.get("issue") or row.get("title", "").strip()
    }

    def place(one: tuple[int, dict[str, str]]) -> tuple[int, int]:
        given = one[1].get("place", "").strip()
        plain = given.isascii() and given.isdecimal() and len(given) < 5
        return (int(given) if plain else one[0] + 1, one[0])

    return dict(sorted(named.items(), key=place))


def agenda_fields(
    items: Sequence[AgendaItem], codes: Mapping[str, str], titles: Mapping[str, str]
) -> list[tuple[str, str]]:
    """`codes` and `titles` of issues by id; a title of its own is shown, the issue's is not."""
    found: list[tuple[str, str]] = []
    for number, item in enumerate(items):
        own = item.title if item.title != titles.get(item.issue_id or "") else ""
        row = {
            "id": item.id,
            "place": str(number + 1),
            "issue": codes.get(item.issue_id or "", ""),
            "title": own,
            "kind": item.kind.value,
            "minutes": str(item.minutes or ""),
            "state": item.state.value,
        }
        found += [(f"agenda/{number}/{key}", value) for key, value in row.items()]
    return found
