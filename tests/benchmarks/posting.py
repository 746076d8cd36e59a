"""What posting a session's result costs, beside as many bare inserts in one transaction.

    python tests/benchmarks/posting.py

A result is a summary, 6 outcomes, 3 commitments and 10 attendances, with audit and outbox and all
that is derived and checked, through the whole service. The bare rows are as many of the same
tables, added to one session of SQLModel and committed. They take turns in one run, on SQLite and
PostgreSQL; the processor time of the database is included.
"""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import postgres
from inside import BASE, Service
from measuring import table
from record import Recorded, record_talks
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from negotiations.access.actor import operator
from negotiations.models import (
    AgendaItem,
    Attendance,
    AuditEntry,
    Commitment,
    Issue,
    Negotiation,
    NegotiationSession,
    OutboxEvent,
    Outcome,
    Party,
    Person,
    Summary,
    SummaryRevision,
    Track,
)
from negotiations.models.base import new_id
from negotiations.models.outcomes import OutcomeValue
from negotiations.models.parties import Role
from negotiations.models.sessions import SessionKind, SessionStatus
from negotiations.parties import seats
from negotiations.parties.bodies import NewPerson
from negotiations.settings import Settings

TRACKS, ISSUES, TIMES = 15, 6, 12
WORDS = "What was said at this table, and what follows from it. "


class Talks(Service):
    """Sessions that were held, and their results not yet posted: one for each turn and side."""

    def __init__(self, url: str, told: Recorded) -> None:
        super().__init__(url, told.token)
        self.people: list[str] = []
        self.sessions: list[str] = []
        self.bare: list[NegotiationSession] = []
        self.ready: list[Any] = []

    async def begin(self) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        async with self.app.state.service.database.write() as db:
            talks = (await db.exec(select(Negotiation))).one()
            for number in range(10):
                body = NewPerson(
                    name=f"Delegate {number}", email=f"d{number}@example.org", role=Role.delegate,
                    party="agency",
                )  # fmt: skip
                seat = await seats.add_person(db, operator(talks.id), talks, body, now=now)
                self.people.append(seat.person_id)
            tracks = (await db.exec(select(Track))).all()
            for number in range(2 * (TIMES + 2)):
                row = _session(tracks[number % TRACKS], number, now)
                db.add(row)
                if number % 2:
                    self.sessions.append(row.id)
                else:
                    self.bare.append(row)
                await db.flush()
                db.add(AgendaItem(created_at=now, session_id=row.id, position=1, title="All"))

    async def post(self) -> None:
        """A result, and the session closed with it."""
        result = {
            "body": WORDS * 40,
            "close": "concluded",
            "outcomes": [
                {"issue": str(one + 1), "value": "noted", "text": WORDS} for one in range(ISSUES)
            ],
            "commitments": [{"owner": "agency", "text": WORDS, "issue": "1"}] * 3,
            "attendance": [{"person": one, "actual": "present"} for one in self.people],
        }
        path = f"/api/v1/sessions/{self.sessions.pop()}/summary"
        await self.ask(path, "PUT", result, if_none_match="*")

    async def insert(self) -> None:
        """As many bare rows."""
        rows = self.ready
        async with AsyncSession(self.app.state.service.database.engines["writers"]) as db:
            db.add_all(rows)
            await db.commit()

    async def prepare(self) -> None:
        """The bare rows, made beforehand."""
        session = self.bare.pop()
        async with self.app.state.service.database.read() as db:
            talks = (await db.exec(select(Negotiation))).one()
            issues = (await db.exec(select(Issue).order_by(Issue.code))).all()
            agency = (await db.exec(select(Party).where(Party.kind == "agency"))).one()
            person = (await db.exec(select(Person))).first()
        self.ready = bare_rows(talks, session, issues, agency, person, self.people)


def bare_rows(
    talks: Any, session: Any, issues: Any, agency: Any, person: Any, people: list[str]
) -> list[Any]:
    now = datetime.now(UTC)
    summary = Summary(created_at=now, session_id=session.id, symbol=f"B-{session.id}")
    outcomes = [
        Outcome(
            created_at=now, session_id=session.id, issue_id=issue.id, value=OutcomeValue.noted,
            text=WORDS, effective_on=now.date(), recorded_at=now, set_by_id=person.id,
        )
        for issue in issues
    ]  # fmt: skip
    commitments = [
        Commitment(
            created_at=now, track_id=session.track_id, session_id=session.id, text=WORDS,
            owner_id=agency.id,
        )
        for _ in range(3)
    ]  # fmt: skip
    acts = 1 + len(outcomes) + len(commitments) + 2  # summary, …, attendance, held
    return [
        summary,
        SummaryRevision(
            created_at=now, negotiation_id=talks.id, summary_id=summary.id, number=1,
            body=WORDS * 40, sha256="0" * 64,
        ),
        *outcomes,
        *commitments,
        *(Attendance(created_at=now, session_id=session.id, person_id=one) for one in people),
        *(
            AuditEntry(
                created_at=now, chain=f"track:{new_id()}", number=1, at=now, actor=person.id,
                action="outcome.recorded", object_type="outcome", object_id=new_id(),
                content_sha256="0" * 64, previous_sha256="0" * 64, sha256="0" * 64,
            )
            for _ in range(acts)
        ),
        *(
            OutboxEvent(
                created_at=now, type="outcome.recorded", at=now, negotiation_id=talks.id,
                track_id=session.track_id, session_id=session.id, object_id=new_id(), payload={},
            )
            for _ in range(acts)
        ),
    ]  # fmt: skip


def _session(track: Track, number: int, now: datetime) -> NegotiationSession:
    starts_at = now - timedelta(days=2 + number // TRACKS, hours=number)
    local = starts_at.replace(tzinfo=None) - timedelta(hours=5)
    return NegotiationSession(
        created_at=now, negotiation_id=track.negotiation_id, track_id=track.id,
        kind=SessionKind.joint, number=100 + number, title=f"Session {number}", local_start=local,
        local_end=local + timedelta(hours=1), tz="America/New_York", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1), location="Town hall", uid=f"{new_id()}@x",
        status=SessionStatus.confirmed,
    )  # fmt: skip


def middle(found: list[float]) -> float:
    return sorted(found)[len(found) // 2]


async def measure(name: str, url: str) -> tuple[str, ...]:
    settings = Settings(database_url=url, base_url=BASE)
    service = Talks(url, await record_talks(settings, tracks=TRACKS, issues=ISSUES, sessions=1))
    await service.begin()
    for act in (service.post, service.prepare, service.insert) * 2:  # SQL is compiled
        await act()
    pairs = []
    for _ in range(TIMES):
        await service.prepare()
        pairs.append((await service.cost(service.post), await service.cost(service.insert)))
    await service.close()
    own, bare = (middle([pair[side] for pair in pairs]) for side in (0, 1))
    ratio = middle([one / other for one, other in pairs])
    return name, f"{own:.1f}", f"{bare:.1f}", f"{ratio:.2f}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [asyncio.run(measure("SQLite", f"sqlite:///{folder}/posting.db"))]
    machine = postgres.start()
    if machine is not None:
        machine.create_database("posting")
        rows.append(asyncio.run(measure("PostgreSQL", machine.url("posting"))))
        machine.stop()
    table("Posting a result, ms of CPU", ("ours", "bare", "ratio (<=3)"), rows)


if __name__ == "__main__":
    main()
