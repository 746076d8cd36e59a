"""Talks with a long record for measuring: many tracks, each with sessions held and their outcomes.

Their rows are inserted as they are.
"""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.talks import SLUG, WORDS
from factories import make_talks, party
from sqlmodel import insert, select

from negotiations.access.actor import operator
from negotiations.access.logins import make_token
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.db import Database, Db
from negotiations.models import Issue, NegotiationSession, Outcome, Person, Track
from negotiations.models.access import TokenScope
from negotiations.models.base import new_id
from negotiations.models.outcomes import Certainty, OutcomeValue
from negotiations.models.parties import Role
from negotiations.models.sessions import Basis, CloseKind, SessionKind, SessionStatus
from negotiations.outcomes import keeping
from negotiations.parties import actions as parties
from negotiations.parties import seats
from negotiations.parties.bodies import NewIssue, NewPerson
from negotiations.schema import migrate
from negotiations.settings import Settings

START = datetime(2026, 1, 5, 15, tzinfo=UTC)
VALUES = [one for one in OutcomeValue if one is not OutcomeValue.declined]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The coordinator's token, and a session of the last day with one of the issues' codes."""

    token: str
    session: str
    issue: str
    last_day: date


async def record_talks(settings: Settings, *, tracks: int, issues: int, sessions: int) -> Recorded:
    """Each track has so many sessions held, each of them two outcomes on every other issue, of
    which the second supersedes the first, on a database without any tables."""
    migrate(settings.database_url, role=settings.requests_role)
    database = open_database(settings, Clock())
    now = datetime.now(UTC).replace(microsecond=0)
    async with database.write() as db:
        talks = await make_talks(db, SLUG, now)
        secretariat = operator(talks.id)
        for number in range(issues):
            body = NewIssue(code=str(number + 1), title=f"Issue {number + 1}")
            await parties.add_issue(db, secretariat, talks, body, now=now)
        for number in range(tracks):
            side = party(f"track-{number}", name=f"County {number}", short_name=f"County {number}")
            await parties.add_party(db, secretariat, talks, side, now=now)
        body = NewPerson(name="Any", email="any@example.org", role=Role.coordinator)
        seat = await seats.add_person(db, secretariat, talks, body, now=now)
        person = await db.get(Person, seat.person_id)
        assert person is not None
        token = await make_token(db, person, label="load", scope=TokenScope.write, days=30, now=now)
    draw = random.Random(2026)
    async with database.write() as db:
        columns = (await db.exec(select(Track))).all()
        agenda = (await db.exec(select(Issue).order_by(Issue.code))).all()
        held = [_session(one, number, now) for one in columns for number in range(sessions)]
        rows = [
            row
            for one in held
            for issue in agenda[one["number"] % 2 :: 2]
            for row in _outcomes(draw, one, issue)
        ]
        # First all that nothing stands upon.
        rows.sort(key=lambda row: row["supersedes_id"] is not None)
        await insert_rows(db, NegotiationSession, held)
        await insert_rows(db, Outcome, rows)
        await keeping.fill(db)
    await _as_after_a_while(database)
    await database.close()
    return Recorded(
        token, held[-1]["id"], agenda[held[-1]["number"] % 2].code, held[-1]["starts_at"].date()
    )


async def _as_after_a_while(database: Database) -> None:
    """PostgreSQL looks at its tables by itself, but not at once."""
    if not database.is_sqlite:
        async with database.engines["writers"].connect() as link:
            await link.execution_options(isolation_level="AUTOCOMMIT")
            await link.exec_driver_sql("VACUUM ANALYZE")


async def insert_rows(db: Db, table: Any, rows: list[dict[str, Any]]) -> None:
    connection = await db.connection()
    for begin in range(0, len(rows), 1000):
        await connection.execute(insert(table), rows[begin : begin + 1000])


def _session(track: Track, number: int, now: datetime) -> dict[str, Any]:
    starts_at = START + timedelta(days=7 * number)
    local = starts_at.replace(tzinfo=None) - timedelta(hours=5)
    row = NegotiationSession(
        created_at=now, negotiation_id=track.negotiation_id, track_id=track.id, number=number + 1,
        kind=SessionKind.joint, title=f"Session {number + 1}", local_start=local,
        local_end=local + timedelta(hours=1), tz="America/New_York", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1), location="Town hall", uid=f"{new_id()}@x",
        status=SessionStatus.held, close_kind=CloseKind.concluded,
    )  # fmt: skip
    return row.model_dump()


def _outcomes(draw: random.Random, session: dict[str, Any], issue: Issue) -> list[dict[str, Any]]:
    """One, and another that supersedes it an hour later."""
    first = new_id()
    return [
        Outcome(
            id=id_, created_at=START, session_id=session["id"], issue_id=issue.id,
            value=draw.choice(VALUES), text=" ".join(draw.choices(WORDS, k=9)).capitalize() + ".",
            basis=Basis.live, certainty=Certainty.A, supersedes_id=before,
            effective_on=session["starts_at"].date(),
            recorded_at=session["starts_at"] + timedelta(hours=2 if before else 1),
        ).model_dump()
        for id_, before in ((first, None), (new_id(), first))
    ]  # fmt: skip
