"""What a session takes: the teams that sit there, who must be there, and who chairs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, select

from negotiations.db import Db
from negotiations.models import Attendance, NegotiationSession, Party, Person, SessionTeam, Team


@dataclass(frozen=True, slots=True)
class Resource:
    """What can sit at one table at a time, and how it is called in a sentence."""

    no: int
    name: str


async def resources(db: Db, session: NegotiationSession) -> list[Resource]:
    """The distinct teams and people the session takes, in order of their numbers."""
    found = (await resources_of(db, [session]))[session.id]
    return [Resource(no, found[no]) for no in sorted(found)]


async def resources_of(db: Db, sessions: Sequence[NegotiationSession]) -> dict[str, dict[int, str]]:
    """The names of the distinct teams and people each of these sessions takes, by their numbers."""
    found: dict[str, dict[int, str]] = {session.id: {} for session in sessions}
    if not found:
        return found
    ids = {"ids": list(found)}
    for session_id, no, is_default, team, party in await db.exec(_teams(), params=ids):
        found[session_id][no] = f"{party}'s team" if is_default else f"{party}'s team {team}"
    chaired: dict[str, list[str]] = defaultdict(list)
    for session in sessions:
        if session.chair_id:
            chaired[session.chair_id].append(session.id)
    people = await db.exec(_needed(), params=ids | {"chairs": list(chaired)})
    for person_id, no, name, wanted_by in people:
        for session_id in [*chaired[person_id], *([wanted_by] if wanted_by else [])]:
            found[session_id][no] = name
    return found


@cache
def _teams() -> Any:
    return (
        select(  # type: ignore[call-overload]
            SessionTeam.session_id, Team.resource_no, Team.is_default, Team.name, Party.short_name
        )
        .join(Team, col(Team.id) == SessionTeam.team_id)
        .join(Party, col(Party.id) == Team.party_id)
        .where(col(SessionTeam.session_id).in_(bindparam("ids", expanding=True)))
    )


@cache
def _needed() -> Any:
    """Who must be there, and who chairs."""
    needed = and_(
        col(Attendance.person_id) == Person.id,
        col(Attendance.session_id).in_(bindparam("ids", expanding=True)),
        col(Attendance.indispensable),
    )
    chairs = col(Person.id).in_(bindparam("chairs", expanding=True))
    return (
        select(Person.id, Person.resource_no, Person.name, Attendance.session_id)
        .outerjoin(Attendance, needed)
        .where(col(Attendance.session_id).is_not(None) | chairs)
    )
