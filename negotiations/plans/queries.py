"""Reading plans: drafts are the coordinators' alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.locks import locked
from negotiations.models import (
    Negotiation,
    NegotiationSession,
    Party,
    Plan,
    PlanItem,
    PlanTrack,
    Team,
    Track,
)
from negotiations.models.parties import PartyKind
from negotiations.parties import going_on
from negotiations.web.cursors import Part, rows_of


@dataclass(frozen=True, slots=True)
class Line:
    """One track in a plan: its jurisdiction, what it wants, and its sessions in their order."""

    track: Track
    party: Party
    wishes: PlanTrack
    items: Sequence[PlanItem]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A plan with all that belongs to it; `sessions` are the live ones it is about, by id.

    `teams` are those of the agency that may sit, in the order in which the plan names them.
    """

    row: Plan
    negotiation: Negotiation
    agency: Party
    teams: Sequence[Team]
    lines: Sequence[Line]
    sessions: Mapping[str, NegotiationSession]

    @property
    def items(self) -> list[PlanItem]:
        return [item for line in self.lines for item in line.items]

    def line_of(self, item: PlanItem) -> Line:
        return next(line for line in self.lines if line.track.id == item.track_id)

    def item(self, item_id: str) -> PlanItem:
        """One of its items; NotFound for any other."""
        for one in self.items:
            if one.id == item_id:
                return one
        raise NotFound

    def live(self, item: PlanItem) -> NegotiationSession | None:
        """The session that an item is about, where there is one."""
        return self.sessions.get(item.session_id or "")


async def plans(
    db: Db, actor: Actor, negotiation_id: str, *, part: Part | None = None
) -> Sequence[Plan]:
    """The plans of these talks, the newest first."""
    query = select(Plan).where(col(Plan.negotiation_id) == negotiation_id, visible(actor, Plan))
    return await rows_of(db, query, col(Plan.created_at).desc(), col(Plan.id), part=part)


async def plan(db: Db, actor: Actor, plan_id: str, *, lock: bool = False) -> Drafted:
    """One plan with everything in it; with `lock` nobody else writes to it until the commit.

    NotFound for any other; with `lock` WrongState once the talks are over.
    """
    query = select(Plan).where(col(Plan.id) == plan_id, visible(actor, Plan))
    row = (await db.exec(locked(query) if lock else query)).first()
    if row is None:
        raise NotFound
    if lock:
        await going_on.check_still(db, actor, row.negotiation_id)
    return await drafted(db, actor, row)


async def item(
    db: Db, actor: Actor, item_id: str, *, lock: bool = False
) -> tuple[Drafted, PlanItem]:
    """One session of a plan, with the plan."""
    rows = await db.exec(
        select(PlanItem.plan_id)
        .join(Plan, col(Plan.id) == PlanItem.plan_id)
        .where(col(PlanItem.id) == item_id, visible(actor, Plan))
    )
    plan_id = rows.first()
    if plan_id is None:
        raise NotFound
    found = await plan(db, actor, plan_id, lock=lock)
    return found, found.item(item_id)


async def drafted(db: Db, actor: Actor, row: Plan) -> Drafted:
    """A plan that the actor sees, with all that belongs to it, by six statements
    at most."""
    asked = _asked(actor)
    talks = await db.exec(asked.talks, params={"talks": row.negotiation_id})
    negotiation, agency = talks.one()
    teams = await db.exec(asked.teams, params={"agency": agency.id})
    by_id = {team.id: team for team in teams}
    items: dict[str, list[PlanItem]] = defaultdict(list)
    for item in await db.exec(asked.items, params={"plan": row.id}):
        items[item.track_id].append(item)
    tracks = await db.exec(asked.tracks, params={"plan": row.id})
    ids = {item.session_id for line in items.values() for item in line if item.session_id}
    sessions: Iterable[NegotiationSession] = ()
    if ids:
        sessions = await db.exec(asked.sessions, params={"ids": list(ids)})
    return Drafted(
        row,
        negotiation,
        agency,
        [by_id[one] for one in row.team_ids if one in by_id],
        [Line(track, party, wishes, items[track.id]) for track, party, wishes in tracks],
        {session.id: session for session in sessions},
    )


class _Asked(NamedTuple):
    """What a plan with everything in it is asked for by."""

    talks: Any
    teams: Any
    items: Any
    tracks: Any
    sessions: Any


@prepared
def _asked(actor: Actor) -> _Asked:
    plan, session = col(Plan.id) == bindparam("plan"), NegotiationSession
    return _Asked(
        select(Negotiation, Party)
        .join(Party, col(Party.negotiation_id) == Negotiation.id)
        .where(col(Negotiation.id) == bindparam("talks"), col(Party.kind) == PartyKind.agency),
        select(Team).where(col(Team.party_id) == bindparam("agency")),
        select(PlanItem)
        .join(Plan, col(Plan.id) == PlanItem.plan_id)
        .where(plan, visible(actor, Plan))
        .order_by(col(PlanItem.number)),
        select(Track, Party, PlanTrack)
        .join(Party, col(Party.id) == Track.party_id)
        .join(PlanTrack, col(PlanTrack.track_id) == Track.id)
        .join(Plan, col(Plan.id) == PlanTrack.plan_id)
        .where(plan, visible(actor, Plan))
        .order_by(col(Party.name), col(Party.id)),
        select(session).where(
            col(session.id).in_(bindparam("ids", expanding=True)), visible(actor, session)
        ),
    )
