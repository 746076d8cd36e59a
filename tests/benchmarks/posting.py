"""What posting a session's result costs, beside as many bare inserts in one transaction.

    python tests/benchmarks/posting.py

A result is a summary, 6 outcomes, 3 commitments and 10 attendances, with which the session is
closed. Three take turns in one run, on SQLite and PostgreSQL; the processor time of the database is
included:

- posting it: who asks and what they may, the body and all that is checked of it, the rows, audit
  and outbox, in one transaction;
- the whole request: the same over HTTP, with the calendars of all who are concerned, the search
  index and the matrix brought up to it, and the answer;
- the bare rows: as many of the same tables, made and added to one session of SQLModel, committed.
"""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import postgres
import uvloop
from inside import BASE, Service
from measuring import table
from record import Recorded, record_talks
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from negotiations import audit, outbox
from negotiations.access.actor import actor_of_token, operator
from negotiations.db import Database, admit
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
from negotiations.notes import actions
from negotiations.notes.bodies import Result
from negotiations.parties import seats
from negotiations.parties.bodies import NewPerson
from negotiations.scheduling import queries as scheduling
from negotiations.settings import Settings

TRACKS, ISSUES, TIMES = 20, 6, 20
WARM = 7  # turns before: SQL is compiled, and from the sixth on prepared by the driver
WORDS = "What was said at this table, and what follows from it. "


class Talks(Service):
    """Sessions that were held, and their results not yet posted: one for each turn and side."""

    def __init__(self, url: str, told: Recorded) -> None:
        super().__init__(url, told.token)
        self.token, own = told.token, self.app.state.service
        self.plain = Database(
            own.settings.database_url,
            base_url=BASE,
            clock=own.clock,
            projections=(outbox.store, audit.seal),
            serving=True,
        )
        # Behind the walls, as requests are.
        self.requests = self.plain.for_requests(own.settings.requests_url)
        self.people: list[str] = []
        self.sessions: list[str] = []
        self.bare: list[NegotiationSession] = []
        self.ready: Any = None

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
            for number in range(3 * (TIMES + WARM)):
                row = _session(tracks[number % TRACKS], number, now)
                db.add(row)
                if number % 3:
                    self.sessions.append(row.id)
                else:
                    self.bare.append(row)
                await db.flush()
                db.add(AgendaItem(created_at=now, session_id=row.id, position=1, title="All"))

    def result(self) -> dict[str, Any]:
        return {
            "body": WORDS * 40,
            "close": "concluded",
            "outcomes": [
                {"issue": str(one + 1), "value": "noted", "text": WORDS} for one in range(ISSUES)
            ],
            "commitments": [{"owner": "agency", "text": WORDS, "issue": "1"}] * 3,
            "attendance": [{"person": one, "actual": "present"} for one in self.people],
        }

    async def post(self) -> None:
        """The act alone."""
        body, now = Result.model_validate(self.result()), datetime.now(UTC)
        async with self.requests.write() as db:
            actor = await actor_of_token(db, self.token, now)
            await admit(db, actor.readers)
            session = await scheduling.session_for_change(db, actor, self.sessions.pop())
            await actions.post_result(db, actor, session, body, now=now)

    async def request(self) -> None:
        """The whole request."""
        path = f"/api/v1/sessions/{self.sessions.pop()}/summary"
        await self.ask(path, "PUT", self.result(), if_none_match="*")

    async def insert(self) -> None:
        """As many bare rows."""
        rows = bare_rows(*self.ready)
        async with AsyncSession(self.plain.engines["writers"]) as db:
            db.add_all(rows)
            await db.commit()

    async def prepare(self) -> None:
        """What the bare rows refer to."""
        session = self.bare.pop()
        async with self.app.state.service.database.read() as db:
            talks = (await db.exec(select(Negotiation))).one()
            issues = (await db.exec(select(Issue).order_by(Issue.code))).all()
            agency = (await db.exec(select(Party).where(Party.kind == "agency"))).one()
            person = (await db.exec(select(Person))).first()
        self.ready = talks, session, issues, agency, person, self.people

    async def close(self) -> None:
        await self.plain.close()
        await super().close()


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
    acts = (service.post, service.request, service.insert)
    taken: list[list[float]] = []
    for turn in range(TIMES + WARM):
        await service.prepare()
        costs = [await service.cost(act) for act in acts]
        if turn >= WARM:
            taken.append(costs)
    await service.close()
    ratios = [middle([costs[side] / costs[2] for costs in taken]) for side in (0, 1)]
    own, whole, bare = (middle([costs[side] for costs in taken]) for side in range(3))
    told = (f"{own:.1f}", f"{bare:.1f}", f"{ratios[0]:.2f}", f"{whole:.1f}", f"{ratios[1]:.2f}")
    return name, *told


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [uvloop.run(measure("SQLite", f"sqlite:///{folder}/posting.db"))]
    machine = postgres.start()
    if machine is not None:
        machine.create_database("posting")
        rows.append(uvloop.run(measure("PostgreSQL", machine.url("posting"))))
        machine.stop()
    columns = ("posting", "bare", "ratio (<=3)", "request", "ratio")
    table("Posting a result, ms of CPU", columns, rows)


if __name__ == "__main__":
    main()
