"""How negotiations, parties, people and issues look in JSON, for one actor."""

from collections.abc import Mapping
from typing import Any

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.models import Issue, Membership, Negotiation, Party, Person, Team, Track


def negotiation_view(row: Negotiation) -> dict[str, Any]:
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
        "notice_hours": row.notice_hours,
        "travel_buffer_minutes": row.travel_buffer_minutes,
    }


def party_view(row: Party) -> dict[str, Any]:
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


def team_view(row: Team, party: Party) -> dict[str, Any]:
    return {"id": row.id, "party": party.slug, "name": row.name, "is_default": row.is_default}


def track_view(row: Track, party: Party) -> dict[str, Any]:
    return {
        "id": row.id,
        "jurisdiction": party.slug,
        "name": party.name,
        "status": row.status,
        "closed_reason": row.closed_reason,
    }


def issue_view(row: Issue, raised_by: Mapping[str, str]) -> dict[str, Any]:
    """`raised_by` maps party ids to slugs."""
    return {
        "id": row.id,
        "code": row.code,
        "title": row.title,
        "description": row.description,
        "raised_by": raised_by.get(row.raised_by_id or ""),
    }


def person_view(
    actor: Actor,
    negotiation: Negotiation,
    person: Person,
    membership: Membership,
    party: Party | None,
) -> dict[str, Any]:
    """A person in their seat; the mail address only where the actor may see it."""
    view: dict[str, Any] = {
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


def membership_view(row: Membership, party: Party | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "person": row.person_id,
        "party": party.slug if party else None,
        "role": row.role,
        "ended_at": row.ended_at,
    }
