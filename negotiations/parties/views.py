"""How negotiations, parties, people and issues look in JSON, for one actor."""

from collections.abc import Mapping
from datetime import date
from typing import NotRequired

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.models import Issue, Membership, Negotiation, Party, Person, Team, Track
from negotiations.models.parties import (
    Approval,
    NegotiationStatus,
    PartyKind,
    Role,
    SummaryTemplate,
    TrackStatus,
)
from negotiations.web.answers import Id, Moment, TypedDict


class NegotiationView(TypedDict):
    """Talks of one agency with many jurisdictions."""

    id: Id
    slug: str
    title: str
    subject: str
    home_tz: str
    opens_on: date | None
    closes_on: date | None
    status: NegotiationStatus
    symbol_prefix: str
    approval: Approval
    holidays: list[str]
    circulate_days: int
    comment_days: int
    publish_days: int
    summary_template: SummaryTemplate
    notice_hours: int
    travel_buffer_minutes: int


def negotiation_view(row: Negotiation) -> NegotiationView:
    return {
        "id": row.id,
        "slug": row.slug,
        "title": row.title,
        "subject": row.subject,
        "home_tz": row.home_tz,
        "opens_on": row.opens_on,
        "closes_on": row.closes_on,
        "status": row.status,
        "symbol_prefix": row.symbol_prefix,
        "approval": row.approval,
        "holidays": row.holidays,
        "circulate_days": row.circulate_days,
        "comment_days": row.comment_days,
        "publish_days": row.publish_days,
        "summary_template": row.summary_template,
        "notice_hours": row.notice_hours,
        "travel_buffer_minutes": row.travel_buffer_minutes,
    }


class PartyView(TypedDict):
    """Who takes part in the talks, or is named in them."""

    id: Id
    slug: str
    name: str
    short_name: str
    kind: PartyKind
    city: str | None
    tz: str
    ocd_division_id: str | None
    same_as: list[str]
    parent: str | None
    url: str | None


def party_view(row: Party) -> PartyView:
    return {
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "short_name": row.short_name,
        "kind": row.kind,
        "city": row.city,
        "tz": row.tz,
        "ocd_division_id": row.ocd_division_id,
        "same_as": row.same_as,
        "parent": row.parent,
        "url": row.url,
    }


class TeamView(TypedDict):
    """Who of a party sits at one table at one time."""

    id: Id
    party: str
    name: str
    is_default: bool


def team_view(row: Team, party: Party) -> TeamView:
    return {"id": row.id, "party": party.slug, "name": row.name, "is_default": row.is_default}


class TrackView(TypedDict):
    """The talks of one jurisdiction with the agency."""

    id: Id
    jurisdiction: str
    name: str
    status: TrackStatus
    closed_reason: str | None


def track_view(row: Track, party: Party) -> TrackView:
    return {
        "id": row.id,
        "jurisdiction": party.slug,
        "name": party.name,
        "status": row.status,
        "closed_reason": row.closed_reason,
    }


class IssueView(TypedDict):
    """One line of the shared list of issues; `raised_by` is a party's slug."""

    id: Id
    code: str
    title: str
    description: str
    raised_by: str | None


def issue_view(row: Issue, raised_by: Mapping[str, str]) -> IssueView:
    """`raised_by` maps party ids to slugs."""
    return {
        "id": row.id,
        "code": row.code,
        "title": row.title,
        "description": row.description,
        "raised_by": raised_by.get(row.raised_by_id or ""),
    }


class PersonView(TypedDict):
    """A person in their seat; the mail address only for those who may see it."""

    id: Id
    name: str
    title: str | None
    tz: str
    membership: Id
    role: Role
    party: str | None
    email: NotRequired[str | None]


def person_view(
    actor: Actor,
    negotiation: Negotiation,
    person: Person,
    membership: Membership,
    party: Party | None,
) -> PersonView:
    """A person in their seat; the mail address only where the actor may see it."""
    view: PersonView = {
        "id": person.id,
        "name": person.name,
        "title": person.title,
        "tz": person.tz,
        "membership": membership.id,
        "role": membership.role,
        "party": party.slug if party else None,
    }
    if sees_email(actor, negotiation, person, party):
        view["email"] = person.email
    return view


def sees_email(actor: Actor, negotiation: Negotiation, person: Person, party: Party | None) -> bool:
    """Coordinators see every address, heads those of their party, everyone their own."""
    return (
        person.id == actor.person_id
        or can(actor, "people.emails", negotiation)
        or (party is not None and can(actor, "party.emails", party))
    )


class MembershipView(TypedDict):
    """A person's place in the talks; `party` is null for the secretariat."""

    id: Id
    person: Id
    party: str | None
    role: Role
    ended_at: Moment | None


def membership_view(row: Membership, party: Party | None) -> MembershipView:
    return {
        "id": row.id,
        "person": row.person_id,
        "party": party.slug if party else None,
        "role": row.role,
        "ended_at": row.ended_at,
    }
