"""A new draft: every open track with as many sessions as it shall have, the live ones first."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import col, or_, select

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.access.visible import visible
from negotiations.civil import zone_of
from negotiations.db import Db
from negotiations.errors import Invalid
from negotiations.models import (
    Negotiation,
    NegotiationSession,
    Party,
    Plan,
    PlanItem,
    PlanTrack,
    SessionTeam,
    Team,
    Track,
)
from negotiations.models.parties import TrackStatus
from negotiations.models.plans import PlanState
from negotiations.models.sessions import SessionStatus
from negotiations.parties import queries as parties
from negotiations.plans.bodies import MOST_ITEMS, NewPlan
from negotiations.plans.comparing import PLANNABLE

CLOSED = frozenset({TrackStatus.concluded, TrackStatus.withdrawn})


async def create(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewPlan, *, now: datetime
) -> Plan:
    """A draft with its items; of sessions that stand in the window it takes place and team over."""
    demand(actor, "plan.write", negotiation)
    agency = await parties.agency(db, negotiation.id, pointer="teams")
    tracks = await _tracks(db, actor, negotiation, body)
    travel = body.travel_minutes
    row = Plan(
        created_at=now,
        negotiation_id=negotiation.id,
        title=body.title,
        first_on=body.first_on,
        last_on=body.last_on,
        grid_minutes=body.grid_minutes,
        travel_minutes=negotiation.travel_buffer_minutes if travel is None else travel,
        team_ids=await team_ids(db, agency, body.teams),
        state=PlanState.draft,
    )
    db.add(row)
    await db.flush()
    window = instants(row, negotiation.home_tz)
    live = await _live(db, actor, negotiation, window, now)
    seated = await _seated(db, agency, [one.id for rows in live.values() for one in rows])
    found = 0
    for track, party in tracks:
        db.add(
            PlanTrack(
                created_at=now, plan_id=row.id, track_id=track.id, most_a_day=body.most_a_day,
                place=party.city or party.name,
            )
        )  # fmt: skip
        items = _items(row, track, live[track.id], seated, body, now)
        found += len(items)
        db.add_all(items)
    if found > MOST_ITEMS:
        raise Invalid.field("sessions", f"A plan has {MOST_ITEMS} sessions at most. Ask for fewer.")
    await db.flush()
    return row


async def _tracks(
    db: Db, actor: Actor, negotiation: Negotiation, body: NewPlan
) -> Sequence[tuple[Track, Party]]:
    every = await parties.tracks(db, actor, negotiation.id)
    by_slug = {party.slug: (track, party) for track, party in every}
    if not body.jurisdictions:
        found = [(track, party) for track, party in every if track.status not in CLOSED]
    else:
        for place, slug in enumerate(body.jurisdictions):
            if slug not in by_slug:
                raise Invalid.field(f"jurisdictions/{place}", f"There is no track of {slug!r}.")
        found = [by_slug[slug] for slug in dict.fromkeys(body.jurisdictions)]
    if not found:
        raise Invalid.field("jurisdictions", "No track is open. Open one first.")
    return found


async def team_ids(db: Db, agency: Party, chosen: Sequence[str]) -> list[str]:
    """The chosen teams of the agency, each once; without any all of them, the default one first."""
    rows = await db.exec(
        select(Team)
        .where(col(Team.party_id) == agency.id)
        .order_by(col(Team.is_default).desc(), col(Team.name))
    )
    known = [team.id for team in rows]
    for place, team_id in enumerate(chosen):
        if team_id not in known:
            raise Invalid.field(f"teams/{place}", "That is no team of the agency.")
    return list(dict.fromkeys(chosen)) or known


def instants(row: Plan, tz: str) -> tuple[datetime, datetime]:
    """From the midnight before the first day to the one after the last, in this zone (UTC)."""
    return _midnight(row.first_on, tz), _midnight(row.last_on + timedelta(days=1), tz)


def _midnight(day: date, tz: str) -> datetime:
    return datetime.combine(day, time(), zone_of(tz)).astimezone(UTC)


async def _live(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    window: tuple[datetime, datetime],
    now: datetime,
) -> dict[str, list[NegotiationSession]]:
    """What is proposed or confirmed in the window and yet to come, by track, by start."""
    one = NegotiationSession
    rows = await db.exec(
        select(one)
        .where(
            col(one.negotiation_id) == negotiation.id,
            col(one.track_id).is_not(None),
            or_(col(one.instead_of_id).is_(None), col(one.status) == SessionStatus.confirmed),
            col(one.status).in_(PLANNABLE),
            col(one.starts_at) >= max(window[0], now),
            col(one.ends_at) <= window[1],
            visible(actor, one),
        )
        .order_by(col(one.starts_at), col(one.id))
    )
    found: dict[str, list[NegotiationSession]] = defaultdict(list)
    for session in rows:
        found[session.track_id or ""].append(session)
    return found


async def _seated(db: Db, agency: Party, session_ids: Sequence[str]) -> dict[str, str]:
    """The agency's team in each of these sessions."""
    rows = await db.exec(
        select(SessionTeam.session_id, Team.id)
        .join(Team, col(Team.id) == SessionTeam.team_id)
        .where(col(SessionTeam.session_id).in_(session_ids), col(Team.party_id) == agency.id)
    )
    return dict(rows.all())


def _items(
    row: Plan,
    track: Track,
    live: Sequence[NegotiationSession],
    seated: dict[str, str],
    body: NewPlan,
    now: datetime,
) -> list[PlanItem]:
    """The live ones in their order, then as many as are missing."""
    found = [
        PlanItem(
            created_at=now, plan_id=row.id, track_id=track.id, number=number, kind=session.kind,
            minutes=int((session.ends_at - session.starts_at).total_seconds()) // 60,
            gap_minutes=0, session_id=session.id, starts_at=session.starts_at,
            pinned=session.status is SessionStatus.confirmed, team_id=seated.get(session.id),
            room=session.room,
        )
        for number, session in enumerate(live, 1)
    ]  # fmt: skip
    found += [
        PlanItem(
            created_at=now, plan_id=row.id, track_id=track.id, number=number,
            minutes=body.minutes, gap_minutes=body.gap_minutes if number > 1 else 0,
        )
        for number in range(len(live) + 1, body.sessions + 1)
    ]  # fmt: skip
    return found
