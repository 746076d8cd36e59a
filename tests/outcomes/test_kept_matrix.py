"""The matrix kept in memory is what the pure function says, whoever asks after whatever change."""

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest
from factories import NEG, World, confirmed, in_days
from outcomes.test_grid import FIRST, a_line, a_revision, actors, fill
from sharing import WHOLE
from sqlmodel import select

from negotiations.access.actor import NOBODY, Actor, operator
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import (
    Issue,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    StandingOutcome,
    Summary,
    SummaryRevision,
)
from negotiations.outcomes import queries
from negotiations.outcomes.kept_matrix import Matrices
from negotiations.outcomes.matrix_views import matrix_view
from negotiations.web import etags

NAMES = ("coordinator", "delegate_x", "agency_delegate")


async def some(db: Db, table: type[Any], draw: random.Random) -> Any:
    """One of the rows, if there is one."""
    rows = (await db.exec(select(table).order_by(table.id))).all()
    return draw.choice(rows) if rows else None


async def supersede(db: Db, draw: random.Random, talks: Negotiation) -> None:
    """Another outcome in the place of one that stands, or the first on an issue."""
    session = await some(db, NegotiationSession, draw)
    issue = await some(db, Issue, draw)
    rows = (
        await db.exec(
            select(Outcome).where(Outcome.session_id == session.id, Outcome.issue_id == issue.id)
        )
    ).all()
    superseded = {row.supersedes_id for row in rows}
    stands = next((row.id for row in rows if row.id not in superseded), None)
    parties = list((await db.exec(select(Party).where(Party.negotiation_id == talks.id))).all())
    for row in a_line(draw, session, issue, parties, [])[:1]:
        row.supersedes_id = stands
        db.add(row)


async def move(db: Db, draw: random.Random, _talks: Negotiation) -> None:
    session = await some(db, NegotiationSession, draw)
    session.starts_at += timedelta(days=draw.choice((-3, 3)))
    session.ends_at += timedelta(days=9)
    db.add(session)


async def rename(db: Db, draw: random.Random, talks: Negotiation) -> None:
    rows = (await db.exec(select(Party).where(Party.negotiation_id == talks.id))).all()
    party = draw.choice(rows)
    party.name = f"Another {draw.randrange(100)}"
    db.add(party)


async def write_text(db: Db, draw: random.Random, _talks: Negotiation) -> None:
    summary = await some(db, Summary, draw)
    if summary is not None:
        query = select(SummaryRevision).where(SummaryRevision.summary_id == summary.id)
        await a_revision(db, draw, summary, len((await db.exec(query)).all()) + 1)


async def share(db: Db, draw: random.Random, _talks: Negotiation) -> None:
    revision = await some(db, SummaryRevision, draw)
    if revision is not None:
        revision.shared_at = FIRST
        db.add(revision)


async def add_session(db: Db, draw: random.Random, _talks: Negotiation) -> None:
    await fill(db, draw)


ACTS = (supersede, supersede, supersede, move, rename, write_text, share, add_session)


async def expected(db: Db, actor: Actor, talks: Negotiation, today: date) -> bytes:
    return etags.encode(matrix_view(await queries.matrix(db, actor, talks, today=today)))


@pytest.mark.walks
@pytest.mark.parametrize("seed", range(3 if WHOLE else 2))
async def test_what_is_kept_is_what_the_pure_function_says(world: World, seed: int) -> None:
    draw = random.Random(seed)
    memories = [Matrices(), Matrices(limit=0), Matrices()]  # the last one is seldom asked
    async with world.database.write() as db:
        await fill(db, draw)
    kept = 0
    for number in range(8):
        async with world.database.write() as db:
            talks = (await db.exec(select(Negotiation))).first()
            assert talks is not None
            for act in draw.sample(ACTS, draw.choice((0, 1, 1, 2))):
                await act(db, draw, talks)
                await db.flush()
        now = FIRST + timedelta(days=number // 7)
        today = local_date(now, talks.home_tz)
        async with world.database.read() as db:
            people = await actors(db, world, talks)
            inside = [one for one in people if one.seat_in(talks.id) or one.is_administrator]
            for actor in [NOBODY, *(one for one in people if one not in inside)]:
                with pytest.raises(NotFound):
                    await memories[0].matrix(db, actor, talks.slug, now)
            for actor in inside:
                right = await expected(db, actor, talks, today)
                for memory in memories[: 3 if number % 4 == 3 else 2]:
                    found = await memory.matrix(db, actor, talks.slug, now)
                    assert b"".join(found.pieces) == right
                    again = await memory.matrix(db, actor, talks.slug, now)
                    assert (b"".join(again.pieces), again.etag) == (right, found.etag)
                    kept += again is found
    assert kept > 30, "nothing was kept, so memory was not tried"


async def test_what_stands_is_stored_as_it_would_be_picked(world: World) -> None:
    draw = random.Random(7)
    for _ in range(4):
        async with world.database.write() as db:
            await fill(db, draw)
            talks = (await db.exec(select(Negotiation))).first()
            assert talks is not None
            await supersede(db, draw, talks)
    columns = [getattr(StandingOutcome, name) for name in StandingOutcome.model_fields]

    async def stored() -> set[tuple[Any, ...]]:
        async with world.database.read() as db:
            return {tuple(row) for row in await db.exec(select(*columns))}

    before = await stored()
    assert before
    async with world.database.write() as db:  # as it is before the first start of this version
        for row in (await db.exec(select(StandingOutcome))).all():
            await db.delete(row)
    from negotiations.app import freshen

    await freshen(world.database)
    assert await stored() == before


async def test_a_change_is_seen_by_the_next_request_and_by_another_process(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-1), agenda=[{"title": "A"}]))["id"]
    path = f"/api/v1/sessions/{session}/summary"
    first = {"issue": "1", "value": "noted", "text": "So"}
    other = world.on(world.settings)  # the same service once more
    body = {"body": "T", "close": "concluded", "outcomes": [first]}
    before = [
        (await getattr(world, name).get(f"{NEG}/outcomes")).json()
        for name in (*NAMES, "delegate_y")
    ]
    answer = await world.note_taker.put(path, json=body, headers={"If-None-Match": "*"})
    assert answer.status_code == 201, answer.text
    for service in (world, other):
        for name, old in zip(NAMES, before, strict=False):
            client = getattr(service, name)
            new = await client.get(f"{NEG}/outcomes")
            changed = [one for one in new.json()["cells"] if one not in old["cells"]]
            assert [(one["issue"], one["value"]) for one in changed] == [
                ("1", "noted"), ("2", "not_recorded"), ("10", "not_recorded"),
            ]  # fmt: skip
            assert {one["jurisdiction"] for one in changed} == {"x"}
            tag = {"If-None-Match": new.headers["etag"]}
            assert (await client.get(f"{NEG}/outcomes", headers=tag)).status_code == 304
    assert (await world.delegate_y.get(f"{NEG}/outcomes")).json() == before[-1]
    assert json.dumps(before[-1]).count('"jurisdiction"') == 3  # its own column alone
    await other.close()


async def test_talks_that_took_the_name_of_others_have_a_matrix_of_their_own(world: World) -> None:
    memory, now = Matrices(), FIRST

    async def asked() -> dict[str, Any]:
        async with world.database.read() as db:
            found = (await db.exec(select(Negotiation).order_by(Negotiation.created_at))).all()
            seen = operator(*(one.id for one in found))
            written = await memory.matrix(db, seen, "water-talks", now)
            return json.loads(b"".join(written.pieces))

    first = await asked()
    async with world.database.write() as db:
        named = select(Negotiation).where(Negotiation.slug == "water-talks")
        old = (await db.exec(named)).one()
        old.slug = "old"
        db.add(old)
        await db.flush()
        values = old.model_dump(exclude={"id", "slug", "version"})
        db.add(Negotiation(slug="water-talks", **values))
    second = await asked()
    assert [len(first[name]) for name in ("issues", "jurisdictions")] == [3, 2]
    assert [second[name] for name in ("negotiation", "issues", "jurisdictions", "cells")] == [
        "water-talks", [], [], [],
    ]  # fmt: skip


async def test_it_is_sent_in_pieces_with_its_length_and_not_to_who_has_it(world: World) -> None:
    whole = await world.coordinator.get(f"{NEG}/outcomes")
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "application/json"
    assert whole.headers["cache-control"] == "private, no-cache"
    assert int(whole.headers["content-length"]) == len(whole.content) > 0
    seen = {"If-None-Match": whole.headers["etag"]}
    again = await world.coordinator.get(f"{NEG}/outcomes", headers=seen)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == whole.headers["etag"]
    head = await world.coordinator.head(f"{NEG}/outcomes")
    assert (head.status_code, head.headers["etag"]) == (200, whole.headers["etag"])
    assert head.headers["content-length"] == whole.headers["content-length"]
