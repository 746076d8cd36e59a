"""What a look for reminders costs: processor time, the database's included.

    python tests/benchmarks/reminders.py

5,000 sessions in two years with ten people each who are reminded twice: 100,000 reminders. A look
finds 100 of them due, or none; beside it, in the same run, the plain way: reading 100,000 pairs
of a session that lies ahead and somebody at its table. On SQLite and PostgreSQL.
"""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import postgres
from factories import Standing
from inside import BASE, Service
from measuring import ROUNDS, table
from record import insert_rows, record_talks
from sqlmodel import col, select, update

from negotiations.models import Mail, Membership, NegotiationSession, Party, Person
from negotiations.models.mail import MailKind
from negotiations.models.parties import Role
from negotiations.models.sessions import SessionStatus
from negotiations.notices.jobs import remind
from negotiations.settings import Settings

SIZE = {"tracks": 500, "issues": 1, "sessions": 10}
AT_ONCE = 10  # sessions
STEP = timedelta(hours=35)  # from one ten of them to the next
FIRST = datetime(2030, 1, 7, 15, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


async def fill(service: Service) -> None:
    """Eight people on each side, two of the agency; the sessions are confirmed, ten at a time."""
    database = service.app.state.database
    async with database.write() as db:
        sides = (await db.exec(select(Party))).all()
        people, seats = [], []
        for side in sides:
            for number in range(2 if side.kind == "agency" else 8):
                name = f"p{len(people)}"
                one = Person(
                    created_at=FIRST, name=name, email=f"{name}@example.org", tz=side.tz
                )  # fmt: skip
                people.append(one.model_dump())
                seats.append(
                    Membership(
                        created_at=FIRST, negotiation_id=side.negotiation_id, person_id=one.id,
                        party_id=side.id, role=Role.head if number == 0 else Role.delegate,
                    ).model_dump()
                )  # fmt: skip
        await insert_rows(db, Person, people)
        await insert_rows(db, Membership, seats)
        ids = (await db.exec(select(NegotiationSession.id))).all()
        for number, id_ in enumerate(ids):
            starts_at = FIRST + (number // AT_ONCE) * STEP
            await db.exec(
                update(NegotiationSession)
                .where(col(NegotiationSession.id) == id_)
                .values(
                    status=SessionStatus.confirmed, starts_at=starts_at,
                    ends_at=starts_at + timedelta(hours=1),
                )
            )  # fmt: skip


async def everything(service: Service, now: datetime) -> None:
    """Every session ahead with everybody at its table, as objects."""
    async with service.app.state.database.read() as db:
        rows = await db.exec(
            select(NegotiationSession, Membership, Person)
            .join(Membership, col(Membership.negotiation_id) == NegotiationSession.negotiation_id)
            .join(Person, col(Person.id) == Membership.person_id)
            .where(col(NegotiationSession.starts_at) > now)
            .limit(100_000)
        )
        assert len(rows.all()) == 100_000


async def mails(service: Service) -> int:
    async with service.app.state.database.read() as db:
        found = await db.exec(select(Mail.id).where(col(Mail.kind) == MailKind.reminder))
        return len(found.all())


def middle(found: list[float]) -> float:
    return sorted(found)[len(found) // 2]


async def measure(name: str, url: str) -> list[tuple[str, ...]]:
    told = await record_talks(Settings(database_url=url, base_url=BASE), **SIZE)
    service = Service(url, told.token)
    database, clock = service.app.state.database, Standing()
    await fill(service)
    costs: dict[str, list[float]] = {"100 due (<=50)": [], "none due": [], "the plain way": []}
    for number in range(ROUNDS + 1):
        due_at = FIRST + (100 + number) * STEP - DAY
        clock.at = due_at - MINUTE
        await remind(database, clock)
        before = await mails(service)
        clock.at = due_at
        costs["100 due (<=50)"].append(await service.cost(lambda: remind(database, clock)))
        assert await mails(service) - before == 100
        costs["none due"].append(await service.cost(lambda: remind(database, clock)))
        costs["the plain way"].append(
            await service.cost(lambda at=due_at: everything(service, at))  # type: ignore[misc]
        )
        if number == 0:
            costs = {what: [] for what in costs}  # SQL is compiled
    await service.close()
    plain = costs["the plain way"]
    return [
        (
            f"{name}: {what}",
            f"{middle(found):.1f}",
            f"{middle([one / other for one, other in zip(found, plain, strict=True)]):.4f}",
        )
        for what, found in costs.items()
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(measure("SQLite", f"sqlite:///{folder}/reminders.db"))
    machine = postgres.start()
    if machine is not None:
        machine.create_database("reminders")
        rows += asyncio.run(measure("PostgreSQL", machine.url("reminders")))
        machine.stop()
    table("A look over 100,000 reminders, ms of CPU", ("ours", "ratio"), rows)


if __name__ == "__main__":
    main()
