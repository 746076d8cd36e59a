"""How soon word gets out: mails after the end of their burst, webhooks after the change.

    python tests/benchmarks/notices.py [sqlite or postgresql]

Sessions of two hundred tables are relocated for a minute, fifty a second as long as the machine
keeps up: five in a transaction, then each in its own; on SQLite by the service itself (there is one
process that writes), on PostgreSQL by another. Each table has two people, and two coordinators hear
of all. A mail server of its own notes when each mail comes. Beside it how late the service's event
loop was. Then ten changes a second, with three programs that are told of each and one that never
answers.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import postgres
from faults.talks import seed
from faults.told import INSIDE, KEY, hook
from measuring import free_port, service_env, table
from sqlmodel import col, select, update
from templates import ROLE

from negotiations.access.actor import operator
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.models import (
    Look,
    Mail,
    Negotiation,
    OutboxEvent,
    Party,
    Person,
    WebhookDelivery,
)
from negotiations.models.mail import MailEnd
from negotiations.models.parties import PartyKind, Role
from negotiations.parties import seats
from negotiations.parties.bodies import NewPerson
from negotiations.schema import migrate
from negotiations.settings import Settings

HERE = Path(__file__).parent
TRACKS, COORDINATORS, TOGETHER = 200, 2, 5
MAILS, HOOKS, SECONDS = 50.0, 10.0, 60.0
SETTLE = 75  # seconds after the last change: the longest burst, and then some

Row = tuple[str, ...]


async def fill(url: str) -> None:
    """Two people at each table beside the coordinators."""
    migrate(url, role=ROLE)
    await seed(url, tracks=TRACKS, people=COORDINATORS, held=False)
    database = open_database(Settings(database_url=url), Clock())
    now = database.clock.now()
    async with database.write() as db:
        talks = (await db.exec(select(Negotiation))).one()
        jurisdictions = select(Party).where(col(Party.kind) == PartyKind.jurisdiction)
        for party in (await db.exec(jurisdictions)).all():
            for role in (Role.head, Role.delegate):
                name = f"{role}-{party.slug}"
                body = NewPerson(
                    name=name, email=f"{name}@example.org", role=role, party=party.slug
                )
                await seats.add_person(db, operator(talks.id), talks, body, now=now)
        # Of how the talks were made nobody is told, nor of what waits for them, which is looked for
        # on working days alone: the same is measured on any day.
        await db.exec(update(Person).values(weekly=False))
        people = (await db.exec(select(Person.id))).all()
        db.add_all(Look(person_id=one, day=date(9999, 1, 1)) for one in people)
        await db.flush()
        await db.exec(update(OutboxEvent).values(to_mail=False, to_webhooks=False))
    await database.close()


@contextmanager
def run(*words: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen([sys.executable, *words], env=env or None, stdout=subprocess.PIPE)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(30)


@contextmanager
def service(url: str, smtp: int, lags: Path, *load: float) -> Iterator[subprocess.Popen[bytes]]:
    """The service, probed, from when it answers."""
    port = free_port()
    more = {"SMTP_URL": f"smtp://127.0.0.1:{smtp}", "MAIL_FROM": "talks@example.org"}
    more |= {"OUTGOING_INSIDE": INSIDE, "SECRET_KEY": KEY}
    env = service_env(url) | {f"NEGOTIATIONS_{name}": value for name, value in more.items()}
    with run(str(HERE / "probed.py"), str(port), str(lags), *map(str, load), **env) as running:
        time.sleep(5)
        assert running.poll() is None
        yield running


def changed(url: str, smtp: int, lags: Path, rate: float, together: int) -> int:
    """How many changes there were; all that was to be told of them has been."""
    within = (rate, SECONDS, together) if url.startswith("sqlite") else ()
    with service(url, smtp, lags, *within) as running:
        assert running.stdout is not None
        if within:
            count = int(running.stdout.readline())
        else:
            given = map(str, (HERE / "changing.py", url, rate, SECONDS, together))
            words = [sys.executable, *given]
            count = int(subprocess.run(words, capture_output=True, check=True).stdout)
        time.sleep(SETTLE)
    return count


def came(file: Path) -> dict[tuple[str, str], float]:
    """When each thing came first, by what and id."""
    found: dict[tuple[str, str], float] = {}
    for line in file.read_text().splitlines():
        at, what, id_ = line.split()
        found.setdefault((what, id_.strip("<>").partition("@")[0]), float(at))
    return found


def at(found: list[float], of_hundred: float) -> str:
    ordered = sorted(found)
    return f"{ordered[min(int(len(ordered) * of_hundred / 100), len(ordered) - 1)]:.2f}"


async def mails(url: str) -> list[Mail]:
    database = open_database(Settings(database_url=url), Clock())
    async with database.read() as db:
        rows = list((await db.exec(select(Mail))).all())
    await database.close()
    return rows


async def deliveries(url: str) -> list[WebhookDelivery]:
    database = open_database(Settings(database_url=url), Clock())
    async with database.read() as db:
        rows = list((await db.exec(select(WebhookDelivery))).all())
    await database.close()
    return rows


def measure(name: str, url: str, folder: Path) -> Iterator[Row]:
    asyncio.run(fill(url))
    taken, lags, smtp = folder / f"{name}.taken", folder / f"{name}.lags", free_port()
    ports = [free_port() for _ in range(4)]
    with run(str(HERE / "taking.py"), str(smtp), str(taken), *map(str, ports)):
        known: set[str] = set()
        for rate, together in ((MAILS, TOGETHER), (MAILS, 1), (HOOKS, 1)):
            if rate == HOOKS:
                asyncio.run(hook(url, [f"http://127.0.0.1:{port}/" for port in ports]))
            changes = changed(url, smtp, lags, rate, together)
            rows, found = asyncio.run(mails(url)), came(taken)
            assert {one.ended_as for one in rows} == {MailEnd.sent}, "some weren't sent"
            late = [
                found["mail", one.id] - one.due_at.timestamp()
                for one in rows
                if one.id not in known
            ]
            known |= {one.id for one in rows}
            loop = [float(one) for one in lags.read_text().split()]
            did = f"{changes / SECONDS:.1f}"
            what = f"{name}: changes a second (of {rate:.0f}, {together} at once), mails"
            yield what, did, str(len(late))
            yield f"{name}: s from a burst's end (1, 6)", at(late, 50), at(late, 99)
            yield f"{name}: ms the loop was late (-, 50)", at(loop, 50), at(loop, 99)
        told = [one for one in asyncio.run(deliveries(url)) if one.tries == 1]
        hooks = {id_: when for (what, id_), when in found.items() if what in map(str, ports[:3])}
        late = [hooks[one.id] - one.at.timestamp() for one in told if one.id in hooks]
        yield f"{name}: s until a healthy program is told (-, 5)", at(late, 50), at(late, 99)
        assert len(late) == 3 * changes, "some weren't told"


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, rows = Path(place), []
        if sys.argv[1:] != ["postgresql"]:
            rows += measure("SQLite", f"sqlite:///{folder}/notices.db", folder)
        machine = postgres.start() if sys.argv[1:] != ["sqlite"] else None
        if machine is not None:
            machine.create_database("notices")
            rows += measure("PostgreSQL", machine.url("notices"), folder)
            machine.stop()
    table("How soon word gets out", ("50 of 100", "99 of 100"), rows)


if __name__ == "__main__":
    main()
