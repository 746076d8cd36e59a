"""The talks that fault rounds write to: many jurisdictions, each with a table of its own."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from factories import make_talks, party
from sqlmodel import col, select

from negotiations.access.actor import operator
from negotiations.access.logins import make_token
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.models import Person
from negotiations.models.access import TokenScope
from negotiations.models.parties import Role
from negotiations.models.sessions import CloseKind
from negotiations.notes import actions as notes
from negotiations.notes.bodies import Result
from negotiations.outcomes.bodies import NewOutcome
from negotiations.parties import actions as parties
from negotiations.parties import seats
from negotiations.parties.bodies import NewIssue, NewPerson, NewTeam
from negotiations.scheduling import actions
from negotiations.scheduling.bodies import NewItem, NewSession
from negotiations.settings import Settings

NEG = "/api/v1/negotiations/water-talks"
# Far enough away that no session begins while a round lasts.
FIRST_DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(40)


@dataclass
class Seeded:
    """What the clients need to know: bearer tokens, agency teams, sessions by jurisdiction."""

    tokens: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)


def local(day: int, hour: int = 10, minute: int = 0) -> str:
    """A local start, `day` days after the first one."""
    return f"{FIRST_DAY + timedelta(day):%Y-%m-%d}T{hour:02}:{minute:02}"


def both(slug: str, how: str = "by mail") -> list[dict[str, Any]]:
    """The consents of both sides, as the coordinator records them."""
    return [{"party": one, "how": how} for one in ("agency", slug)]


async def seed(url: str, *, tracks: int, people: int, held: bool) -> Seeded:
    """Talks with `tracks` jurisdictions z0, z1, …, one session each: held long ago, or to come."""
    settings, clock = Settings(database_url=url), Clock()
    database, made = open_database(settings, clock), Seeded()
    now = clock.now()
    async with database.write() as db:
        talks = await make_talks(db, "water-talks", now)
        us = operator(talks.id)
        for number in range(tracks):
            await parties.add_party(db, us, talks, party(f"z{number}"), now=now)
        for number in range(4):
            body = NewTeam(party="agency", name=f"Team {number}")
            made.teams.append((await parties.add_team(db, us, talks, body, now=now)).id)
        await parties.add_issue(db, us, talks, NewIssue(code="1", title="Water"), now=now)
        for number in range(people):
            body = NewPerson(
                name=f"C{number}", email=f"c{number}@example.org", role=Role.coordinator
            )
            seat = await seats.add_person(db, us, talks, body, now=now)
            owner = await db.exec(select(Person).where(col(Person.id) == seat.person_id))
            made.tokens.append(
                await make_token(
                    db, owner.one(), label="faults", scope=TokenScope.write, days=9, now=now
                )
            )
    async with database.write() as db:
        for number in range(tracks):
            slug = f"z{number}"
            day = datetime(2020, 1, 1) if held else datetime.fromisoformat(local(200))
            start = day + timedelta(days=number, hours=10)
            body = NewSession(
                jurisdiction=slug, local_start=start, local_end=start + timedelta(hours=2),
                tz="UTC", title=f"seeded {slug}", location="Hall",
                agenda=[NewItem(issue="1")], consents=both(slug, "seeded"),
            )  # fmt: skip
            session, _ = await actions.propose(db, us, talks, body, now=now)
            made.sessions[slug] = session.id
            if held:
                await actions.confirm(db, us, session, now=now)
                outcome = NewOutcome(issue="1", value="noted", text="seeded.")
                result = Result(body="seeded.", outcomes=[outcome], close=CloseKind.concluded)
                await notes.post_result(db, us, session, result, now=now)
    await database.close()
    return made
