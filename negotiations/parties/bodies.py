"""What may be written of negotiations, parties, people and issues: the input, checked once."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from negotiations.models.parties import (
    Approval,
    NegotiationStatus,
    PartyKind,
    Role,
    SummaryTemplate,
    TrackStatus,
)
from negotiations.web.fields import (
    Body,
    Day,
    Email,
    Id,
    IsoDay,
    Line,
    Name,
    ShortName,
    Slug,
    Text,
    Url,
    Zone,
)
from negotiations.working_days import MOST_HOLIDAYS

Prefix = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,15}$", examples=["SC"])]
# Days on which nobody works, in home_tz; kept in order, each once.
Holidays = Annotated[
    list[IsoDay],
    Field(max_length=MOST_HOLIDAYS),
    AfterValidator(lambda days: sorted(set(days))),
]
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,15}$", examples=["1.a"])]


class _Window(Body):
    opens_on: Day | None = None
    closes_on: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "_Window":
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValueError("closes_on lies before opens_on; swap them")
        return self


class NewNegotiation(_Window):
    """`agency` becomes the agency party with its default team."""

    slug: Slug
    title: Name
    subject: Text = ""
    home_tz: Zone
    symbol_prefix: Prefix
    approval: Approval = Approval.all_parties
    holidays: Holidays = []
    circulate_days: Annotated[int, Field(ge=1, le=365)] = 5
    comment_days: Annotated[int, Field(ge=1, le=365)] = 7
    publish_days: Annotated[int, Field(ge=1, le=365)] = 21
    summary_template: SummaryTemplate = SummaryTemplate.action
    notice_hours: Annotated[int, Field(ge=0, le=8760)] = 72
    travel_buffer_minutes: Annotated[int, Field(ge=0, le=10080)] = 60
    agency: "NewParty | None" = None


class NegotiationChange(_Window):
    title: Name | None = None
    subject: Text | None = None
    status: NegotiationStatus | None = None
    approval: Approval | None = None
    holidays: Holidays | None = None
    circulate_days: Annotated[int, Field(ge=1, le=365)] | None = None
    comment_days: Annotated[int, Field(ge=1, le=365)] | None = None
    publish_days: Annotated[int, Field(ge=1, le=365)] | None = None
    summary_template: SummaryTemplate | None = None
    notice_hours: Annotated[int, Field(ge=0, le=8760)] | None = None
    travel_buffer_minutes: Annotated[int, Field(ge=0, le=10080)] | None = None


class NewParty(Body):
    slug: Slug
    name: Name
    short_name: ShortName
    kind: PartyKind
    city: ShortName | None = None
    tz: Zone
    ocd_division_id: Line | None = None
    same_as: Annotated[list[Line], Field(max_length=20)] = []
    parent: Name | None = None
    url: Url | None = None


class PartyChange(Body):
    name: Name | None = None
    short_name: ShortName | None = None
    city: ShortName | None = None
    tz: Zone | None = None
    ocd_division_id: Line | None = None
    same_as: Annotated[list[Line], Field(max_length=20)] | None = None
    parent: Name | None = None
    url: Url | None = None


class NewTeam(Body):
    party: Slug
    name: ShortName


class TeamChange(Body):
    name: ShortName


class NewTrack(Body):
    jurisdiction: Slug


class TrackChange(Body):
    status: TrackStatus | None = None
    closed_reason: Line | None = None


class NewIssue(Body):
    code: Code
    title: Name
    description: Text = ""
    raised_by: Slug | None = None


class IssueChange(Body):
    title: Name | None = None
    description: Text | None = None


class NewPerson(Body):
    """A person with the seat they take; `party` is left out for the secretariat."""

    name: Name
    title: Name | None = None
    email: Email | None = None
    tz: Zone | None = None
    role: Role
    party: Slug | None = None


class PersonToAdd(NewPerson):
    """With `invite` they are sent a mail with a one-time sign-in link."""

    invite: bool = False


class PersonChange(Body):
    name: Name | None = None
    title: Name | None = None
    email: Email | None = None
    tz: Zone | None = None


class NewMembership(Body):
    person: Id
    role: Role
    party: Slug | None = None


class MembershipChange(Body):
    role: Role
