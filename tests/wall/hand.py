"""SQL written by hand as the role of requests, and what one side has that others may not see."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from beginnings import once_made
from factories import NEG, World, caucus_body, session_body
from notebook.jotting import of, saved
from permissions.tries import WEBHOOK
from sqlalchemy.engine import make_url

from negotiations.access.actor import load_actor
from negotiations.models import Person
from negotiations.models.row_walls import POLICIES
from negotiations.wall import signature


def connect(url: str, **more: Any) -> psycopg.Connection[Any]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, **more)


async def readers_of(world: World, name: str) -> list[str]:
    async with world.database.read() as db:
        person = await db.get(Person, world.people[name])
        assert person is not None
        return (await load_actor(db, person)).readers


@contextmanager
def by_hand(world: World, readers: list[str] | None) -> Iterator[psycopg.Connection[Any]]:
    """A transaction as the role of requests, for these readers or for none."""
    with connect(world.settings.database_url) as owner:
        row = owner.execute("SELECT key FROM wall.key").fetchone()
        assert row is not None
    assert world.settings.requests_url is not None
    with connect(world.settings.requests_url) as connection:
        if readers is not None:
            told = " ".join(readers)
            admit(connection, told, signature(bytes(row[0]), told))
        yield connection
        connection.rollback()


def admit(connection: psycopg.Connection[Any], told: str, signed: str) -> None:
    connection.execute(
        "SELECT set_config('negotiations.readers', %s, true),"
        " set_config('negotiations.signature', %s, true)",
        (told, signed),
    )


@once_made
async def fill(world: World) -> str:
    """A caucus of X with a session and notes; the session's id."""
    made = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours", "parties": []})
    assert made.status_code == 201, made.text
    met = await world.head_x.post(f"{NEG}/sessions", json=caucus_body(made.json()["id"]))
    assert met.status_code == 201, met.text
    session: str = met.json()["id"]
    await saved(world, "delegate_x", of(session, "caucus"), "Ask for less", "Ask for more")
    await saved(world, "delegate_x", of(session, "mine"), "They bluff")
    joint = await world.coordinator.post(
        f"{NEG}/sessions", json=session_body(local_start="2031-03-03T10:00:00")
    )
    assert joint.status_code == 201, joint.text
    await saved(world, "delegate_x", of(joint.json()["id"], "caucus"), "Wait")
    await saved(world, "note_taker", of(joint.json()["id"], "secretariat"), "They waited")
    hook = await world.head_x.post("/api/v1/webhooks", json=WEBHOOK)
    path = f"/api/v1/webhooks/{hook.json()['id']}/test"
    assert (await world.head_x.post(path, json={})).status_code == 201
    # A save on an old version, whose text is kept.
    path = of(session, "caucus")
    stale = await world.delegate_x.put(
        path, json={"body": "Ask for nothing"}, headers={"If-Match": '"old"'}
    )
    assert stale.status_code == 412, stale.text
    return session


def counted(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows of one side's alone SELECT * gives."""
    narrowed = {
        "session": "kind = 'caucus'",
        "summary_revision": "shared_at IS NULL",
        "search_entry": "audience IN ('party', 'mine', 'secretariat')",
        "event_bytes": "audience = 'caucus'",
        "audit_entry": "chain LIKE 'caucus:%'",
        "outbox_event": "caucus_id IS NOT NULL",
        "agenda_item": "session_id IN (SELECT session_id FROM session_party)",
        "session_change": "session_id IN (SELECT session_id FROM session_party)",
    }
    found = {}
    for table in POLICIES:
        where = narrowed.get(table, "true")
        rows = connection.execute(f"SELECT * FROM {table} WHERE {where}").fetchall()
        found[table] = len(rows)
    return found


NOTHING = dict.fromkeys(POLICIES, 0)
