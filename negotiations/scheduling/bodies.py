"""What may be written of a session: the input of its acts, checked once for JSON and forms."""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    field_validator,
    model_validator,
)

from negotiations.models.parties import SummaryTemplate
from negotiations.models.sessions import (
    AttendanceMode,
    Basis,
    CloseKind,
    ItemKind,
    ItemState,
    Presence,
    Rsvp,
    SessionKind,
)
from negotiations.web.fields import Body, Id, Line, LocalTime, Name, Slug, Text, Url, Zone

Fold = Annotated[int, Field(ge=0, le=1)]
Minutes = Annotated[int, Field(ge=1, le=1440)]


# Left empty in a form, it isn't set.
Optional = Annotated[Line | None, AfterValidator(lambda value: value or None)]


class RecordedConsent(Body):
    """A side's yes that the coordinator heard: of which party, by whom and how."""

    party: Slug
    by: Name | None = None
    how: Line | None = None


class NewItem(Body):
    """An agenda item: an issue by its code, or a title of its own.

    `id` names an item that is there already; without it the issue, or the title, tells which.
    A known item keeps its state when none is given.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"issue": "1.a"}]})

    id: Id | None = None
    issue: Line | None = None
    title: Name | None = None
    kind: ItemKind = ItemKind.for_discussion
    minutes: Minutes | None = None
    state: ItemState = ItemState.proposed

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.issue is None and self.title is None:
            raise ValueError("an item needs an issue's code or a title")
        return self


_EXAMPLE: dict[str, JsonValue] = {
    "jurisdiction": "arlington",
    "local_start": "2030-11-09T10:00",
    "local_end": "2030-11-09T12:00",
    "tz": "America/New_York",
    "location": "County Hall",
    "agenda": [{"issue": "1.a"}],
}


class NewSession(Body):
    """A session proposed to a jurisdiction, or a plenary of `participants`, or one of a caucus.

    Each side's default team sits unless named. With `instead_of` it is a counter-proposal: what is
    left out is as in that session.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: SessionKind = SessionKind.joint
    jurisdiction: Annotated[Slug | None, Field(validate_default=True)] = None
    participants: Annotated[list[Slug], Field(max_length=200, validate_default=True)] = []
    caucus: Annotated[Id | None, Field(validate_default=True)] = None
    title: Name | None = None
    local_start: LocalTime
    local_end: LocalTime
    tz: Zone
    fold: Fold | None = None
    location: Optional = None
    room: Optional = None
    access_note: Text | None = None
    conference_url: Url | None = None
    chair: Id | None = None
    note_taker: Id | None = None
    teams: Annotated[list[Id], Field(max_length=200)] = []
    indispensable: Annotated[list[Id], Field(max_length=200)] = []
    agenda: Annotated[list[NewItem], Field(max_length=100)] = []
    consents: Annotated[list[RecordedConsent], Field(max_length=200)] = []
    instead_of: Id | None = None
    basis: Basis = Basis.live
    basis_note: Line | None = None

    @field_validator("jurisdiction")
    @classmethod
    def _of_a_track(cls, value: str | None, info: ValidationInfo) -> str | None:
        own_table = info.data.get("kind") in (SessionKind.plenary, SessionKind.caucus)
        if own_table and value is not None:
            raise ValueError("belongs to a session of two sides; leave it out")
        if not own_table and value is None:
            raise ValueError("is missing")
        return value

    @field_validator("participants")
    @classmethod
    def _of_a_plenary(cls, value: list[str], info: ValidationInfo) -> list[str]:
        kind = info.data.get("kind")
        if kind is SessionKind.plenary and len(value) < 2:
            raise ValueError("names all who take part in the plenary, two at least")
        if kind not in (SessionKind.plenary, None) and value:
            raise ValueError("belongs to a plenary; leave it out")
        if len(set(value)) < len(value):
            raise ValueError("names someone twice; take one out")
        return value

    @field_validator("caucus")
    @classmethod
    def _of_a_caucus(cls, value: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if kind is SessionKind.caucus and value is None:
            raise ValueError("is missing")
        if kind not in (SessionKind.caucus, None) and value is not None:
            raise ValueError("belongs to a caucus session; leave it out")
        return value


class SessionPatch(Body):
    """What changes without a new agreement; time and place have acts of their own."""

    title: Name | None = None
    kind: SessionKind | None = None
    access_note: Text | None = None
    conference_url: Url | None = None
    chair: Id | None = None
    note_taker: Id | None = None
    indispensable: Annotated[list[Id], Field(max_length=200)] | None = None


class Accept(Body):
    """A head accepts for their own side; the coordinator names the party, by whom and how."""

    party: Slug | None = None
    by: Name | None = None
    how: Line | None = None


class Decline(Body):
    reason: Text
    party: Slug | None = None
    by: Name | None = None


class Nothing(Body):
    """An act that needs no words."""


class Move(Body):
    """A new time. Without `local_end` the session keeps its length on the clock."""

    local_start: LocalTime
    local_end: LocalTime | None = None
    tz: Zone | None = None
    fold: Fold | None = None
    reason: Text
    consents: Annotated[list[RecordedConsent], Field(max_length=200)] = []


class Relocate(Body):
    location: Optional = None
    room: Optional = None
    reason: Text
    consents: Annotated[list[RecordedConsent], Field(max_length=200)] = []


class Postpone(Body):
    reason: Text


class Reinstate(Body):
    """A new time; the place stays unless one is given, and so does the length on the clock."""

    local_start: LocalTime
    local_end: LocalTime | None = None
    tz: Zone | None = None
    fold: Fold | None = None
    location: Optional = None
    room: Optional = None
    consents: Annotated[list[RecordedConsent], Field(max_length=2)] = []


WarningKey = Annotated[
    str,
    Field(pattern=r"^[a-z_]{1,32}:[0-9a-f]{32}$", examples=[f"travel:{'0' * 32}"]),
]


class Acknowledge(Body):
    """Which warning, by the key under which it is listed, and why the time stands all the same."""

    warning: WarningKey
    note: Annotated[Text, Field(min_length=1)]


class Cancel(Body):
    reason: Text


class Next(Body):
    """When an adjourned session goes on; what is left out stays as it was."""

    local_start: LocalTime
    local_end: LocalTime | None = None
    tz: Zone | None = None
    fold: Fold | None = None
    location: Optional = None
    room: Optional = None
    access_note: Text | None = None
    conference_url: Url | None = None


class Close(Body):
    """How a session ended; `carried_over` lists agenda items, by default all without outcome.

    `template` is what its summary's first draft is made by, else that of the talks.
    """

    close_kind: CloseKind
    next: Next | None = None
    carried_over: Annotated[list[Id], Field(max_length=100)] | None = None
    template: SummaryTemplate | None = None


class Agenda(Body):
    items: Annotated[list[NewItem], Field(max_length=100)]


class Attendee(Body):
    person: Id
    rsvp: Rsvp = Rsvp.needs_action
    actual: Presence = Presence.unknown
    mode: AttendanceMode = AttendanceMode.unknown


class AttendanceList(Body):
    items: Annotated[list[Attendee], Field(max_length=500)]
