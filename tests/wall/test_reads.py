"""On both engines a request's read of a guarded table has the condition of `visible()` in it."""

import re
from pathlib import Path

import pytest
from factories import World
from sqlalchemy import text
from sqlmodel import col, select, union

from negotiations.access.actor import NOBODY
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.models import Negotiation, NegotiationSession, Note, NoteRevision, metadata
from negotiations.models.row_walls import POLICIES
from negotiations.wall import GUARDED, PASSAGES, Unguarded

SOURCES = Path(__file__).parents[2] / "negotiations"
# What has a side, an audience or hangs on a session, and isn't guarded: why not.
UNGUARDED = {
    "look": "the day on which a tick looked for somebody: no request reads it",
    "acknowledgement": "of sessions of tracks and plenaries: none of a caucus can be acknowledged",
    "poll": "of sessions of tracks and plenaries: what a caucus does needs nobody's answer",
    "poll_option": "of polls, of which caucuses have none",
    "vote": "of polls, of which caucuses have none",
    "attendance": "who comes to a session; read with the session, which is guarded",
    "booking": "its interval is what others may learn; it tells of nothing else",
    "caucus_party": "ids alone; the policies of the others ask it",
    "circulation": "of summaries, of which caucuses have none",
    "commitment": "of a track, which both sides see",
    "document_request_party": "all talks see it",
    "document_request_session": "of sessions of tracks",
    "mail_trouble": "of mails that tell of a caucus nothing is written there (mail/trouble.py)",
    "membership": "one's own side is read by it",
    "outcome": "of sessions that both sides see; caucuses have none",
    "position": "of a track, which both sides see",
    "published_summary": "public",
    "session_party": "ids alone; says nothing of what is discussed",
    "session_team": "ids alone; says nothing of what is discussed",
    "standing_outcome": "of tracks, which both sides see",
    "summary": "of sessions that both sides see; caucuses have none",
    "summary_comment": "of summaries, of which caucuses have none",
    "summary_decision": "of summaries, of which caucuses have none",
    "team": "read like the session",
    "track": "its two sides see it",
}
SIDED = {"party_id", "owner_id", "audience", "caucus_id", "person_id", "session_id", "reader_id"}


async def refused(db: Db, query: object) -> str:
    with pytest.raises(Unguarded) as told:
        await db.exec(query)  # type: ignore[call-overload]
    return str(told.value).partition(" ")[0]


@pytest.mark.parametrize("name", sorted(GUARDED))
async def test_a_read_without_the_filter_is_refused(world: World, name: str) -> None:
    table = metadata.tables[name]
    requests = world.database.requests
    for opened in (requests.read, requests.write):
        async with opened() as db:
            assert await refused(db, select(table)) == name
            assert await refused(db, text(f'SELECT * FROM "{name}"')) == name
            assert await refused(db, union(select(*table.c), select(*table.c))) == name
            inside = select(next(iter(table.c)))
            narrowed = select(Negotiation).where(col(Negotiation.id).in_(inside))
            assert await refused(db, narrowed) == name
            # The filter of another table doesn't do.
            others = select(Negotiation.id).where(visible(NOBODY, Negotiation))
            wrong = select(table).where(others.exists())
            assert await refused(db, wrong) == name
    async with world.database.read() as db:  # commands and ticks read everything
        await db.exec(select(table))


async def test_a_read_with_the_filter_or_a_named_passage_is_answered(world: World) -> None:
    async with world.database.requests.read() as db:
        seen = select(NegotiationSession).where(visible(NOBODY, NegotiationSession))
        assert (await db.exec(seen)).all() == []
        joined = select(NoteRevision).join(Note, col(Note.id) == NoteRevision.note_id)
        assert await refused(db, joined) in ("note", "note_revision")
        assert (await db.exec(joined.where(visible(NOBODY, Note)))).all() == []
        everything = select(NegotiationSession)
        assert (await db.exec(everything.execution_options(passage="table"))).all() == []
        assert await refused(db, everything.execution_options(passage="unheard of")) == "session"
        with pytest.raises(Unguarded):
            await db.get(Note, "0" * 20)


async def test_a_request_has_no_way_past_the_walls(world: World) -> None:
    with pytest.raises(Unguarded), world.database.requests.snapshot():
        pass
    world.database.snapshot()  # what serves everyone has
    # Who signs for everything, and who reads the key.
    for name, files in (
        ("row_walls import EVERYTHING", ["db.py"]),
        ("Signer(", ["db.py"]),
        ("SCHEMA}.key", ["models/row_walls.py", "wall.py"]),
    ):
        found = sorted(
            str(file.relative_to(SOURCES))
            for file in SOURCES.rglob("*.py")
            if name in file.read_text()
        )
        assert found == files, name


def test_passages_are_those_that_are_listed() -> None:
    """Each new use is seen here."""
    found = [
        (str(file.relative_to(SOURCES)), name)
        for file in sorted(SOURCES.rglob("*.py"))
        for name in re.findall(r'passage="([^"]+)"', file.read_text())
    ]
    assert found == [
        ("availability/reading.py", "free times"),
        ("availability/reading.py", "free times"),
        ("db.py", "projections"),
        ("notebook/queries.py", "compiling"),
        ("notes/publishing.py", "published"),
        ("notes/publishing.py", "published"),
        ("notes/queries.py", "table"),
        ("overview/queries.py", "published"),
        ("overview/queries.py", "published"),
        ("plans/actions.py", "table"),
        ("plans/posing.py", "free times"),
        ("scheduling/seating.py", "setting"),
        ("scheduling/seating.py", "setting"),
        ("scheduling/succession.py", "table"),
        ("scheduling/succession.py", "table"),
        ("scheduling/succession.py", "table"),
        ("scheduling/table_locks.py", "setting"),
    ]
    assert {name for _, name in found} == PASSAGES.keys()


def test_every_table_of_one_side_is_guarded_or_named_with_a_reason() -> None:
    sided = {name for name, table in metadata.tables.items() if SIDED & set(table.c.keys())}
    feeds = {"feed", "feed_fetch", "former_address"}  # of a person, by a secret that is hashed
    access = {"login", "api_token", "idempotency_key"}
    assert sided - feeds - access - POLICIES.keys() <= UNGUARDED.keys()
    assert UNGUARDED.keys() <= metadata.tables.keys()
    assert not UNGUARDED.keys() & POLICIES.keys()
