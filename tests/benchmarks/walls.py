"""What row-level security costs reads: the same statements as the role of requests and past it.

python tests/benchmarks/walls.py [SESSIONS]  prints the medians in ms and their ratio. A tenth of
the sessions are caucuses', each has a note of either side in two revisions. The statements are
those of `visible()`; without row security they run as a superuser.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import postgres
from factories import Standing, World, make_world
from sqlalchemy.dialects import postgresql
from sqlmodel import col, select
from templates import ROLE, settings_for
from wall.hand import by_hand, connect, fill, readers_of

from negotiations.access.actor import Actor, load_actor
from negotiations.access.visible import visible
from negotiations.models import AgendaItem, NegotiationSession, Note, NoteRevision, Person
from negotiations.schema import migrate

ROUNDS = 15
# Each caucus session of the world again, and each joint one nine times, with all that hangs on it.
MORE = """
CREATE TEMP TABLE copies AS SELECT s.id AS of, md5(s.id || n) AS id, n FROM session s,
    generate_series(1, {sessions} / 10) n WHERE s.kind = 'caucus'
UNION ALL SELECT s.id, md5(s.id || n), n FROM session s,
    generate_series(1, {sessions} * 9 / 10) n WHERE s.kind = 'joint';
INSERT INTO session SELECT (jsonb_populate_record(s, jsonb_build_object('id', c.id, 'uid', c.id,
    'number', 100 + c.n))).* FROM copies c JOIN session s ON s.id = c.of;
INSERT INTO agenda_item SELECT (jsonb_populate_record(a, jsonb_build_object('id', md5(a.id || c.n),
    'session_id', c.id))).* FROM copies c JOIN agenda_item a ON a.session_id = c.of;
INSERT INTO session_party SELECT c.id, p.party_id FROM copies c
    JOIN session_party p ON p.session_id = c.of;
INSERT INTO note SELECT (jsonb_populate_record(m, jsonb_build_object('id', md5(m.id || c.n),
    'session_id', c.id))).* FROM copies c JOIN note m ON m.session_id = c.of;
INSERT INTO note_revision SELECT (jsonb_populate_record(r, jsonb_build_object('id',
    md5(r.id || c.n), 'note_id', md5(r.note_id || c.n)))).*
    FROM copies c JOIN note m ON m.session_id = c.of JOIN note_revision r ON r.note_id = m.id;
ANALYZE;
"""


def statements(actor: Actor) -> dict[str, Any]:
    newest = (col(NoteRevision.note_id) == Note.id) & (
        col(NoteRevision.number) == col(Note.revision)
    )
    seen = visible(actor, NegotiationSession)
    return {
        "all notes of one's sessions": select(Note, NoteRevision)
        .join(NoteRevision, newest)
        .where(visible(actor, Note)),
        "a page of sessions": select(NegotiationSession)
        .where(seen)
        .order_by(col(NegotiationSession.starts_at), col(NegotiationSession.id))
        .limit(100),
        "all sessions": select(NegotiationSession).where(seen),
        "all agendas": select(AgendaItem).where(visible(actor, AgendaItem)),
    }


def median(run: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[2:])


async def made(url: str) -> tuple[World, Actor, list[str]]:
    world = await make_world(settings_for(url), Standing())
    await fill(world)
    async with world.database.read() as db:
        person = await db.get(Person, world.people["delegate_x"])
        assert person is not None
        actor = await load_actor(db, person)
    readers = await readers_of(world, "delegate_x")
    await world.close()
    return world, actor, readers


def main(sessions: int) -> None:
    server = postgres.start()
    assert server is not None
    server.create_database("walls")
    url = server.url("walls")
    migrate(url, role=ROLE)
    world, actor, readers = asyncio.run(made(url))
    with connect(url) as owner:
        owner.execute(MORE.format(sessions=sessions))
    for name, query in statements(actor).items():
        compiled = query.compile(
            dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
        )
        sql = str(compiled)
        with connect(url) as open_, by_hand(world, readers) as walled:
            plain = median(lambda c=open_, s=sql: c.execute(s).fetchall())
            behind = median(lambda c=walled, s=sql: c.execute(s).fetchall())
            rows = len(walled.execute(sql).fetchall()), len(open_.execute(sql).fetchall())
        assert rows[0] == rows[1], rows
        print(f"{name}: {rows[0]} rows, {plain:.1f} ms, behind {behind:.1f}, {behind / plain:.2f}")
    server.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
