"""What SQL picks for the matrix is what the pure function says, to the byte, whatever is there."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from factories import World
from sharing import WHOLE
from sqlmodel import col, select

from negotiations.access.actor import Actor, load_actor, operator
from negotiations.db import Db
from negotiations.models import (
    Issue,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    Person,
    SessionParty,
    Summary,
    SummaryRevision,
    Track,
)
from negotiations.models.base import new_id
from negotiations.models.outcomes import Certainty, OutcomeValue
from negotiations.models.sessions import CloseKind, SessionKind, SessionStatus
from negotiations.outcomes import queries
from negotiations.outcomes.grid import Narrowed, grid
from negotiations.outcomes.grid_views import grid_json
from negotiations.outcomes.matrix_views import matrix_view
from negotiations.web import etags

FIRST = datetime(2010, 11, 1, 3, tzinfo=UTC)
DAYS = 4
TEXTS = ["", "Said", 'A "quoted"\\ word\n', "Ünïcode \u2028 \x7f"]


def a_session(draw: random.Random, talks: Negotiation, track: Track | None, number: int) -> Any:
    starts_at = FIRST + timedelta(days=draw.randrange(DAYS))
    local = starts_at.replace(tzinfo=None) - timedelta(hours=draw.choice((0, 8)))
    held = draw.random() < 0.7
    return NegotiationSession(
        created_at=FIRST, negotiation_id=talks.id, track_id=track.id if track else None,
        kind=SessionKind.joint if track else SessionKind.plenary,
        number=1000 + draw.randrange(10**6),
        title=str(number), local_start=local, local_end=local + timedelta(hours=1), tz="UTC",
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), uid=f"grid-{new_id()}",
        status=SessionStatus.held if held else SessionStatus.in_progress,
        close_kind=CloseKind.concluded if held else None,
    )  # fmt: skip


async def revisions_of(db: Db, draw: random.Random, session: Any) -> list[SummaryRevision]:
    """Texts of its summary, if it has one; the delegations see some of them."""
    if draw.random() < 0.3:
        return []
    summary = Summary(created_at=FIRST, session_id=session.id, symbol=session.uid)
    db.add(summary)
    await db.flush()
    return [await a_revision(db, draw, summary, one) for one in range(1, draw.randrange(2, 5))]


async def a_revision(db: Db, draw: random.Random, summary: Summary, number: int) -> SummaryRevision:
    session = await db.get_one(NegotiationSession, summary.session_id)
    row = SummaryRevision(
        created_at=FIRST, negotiation_id=session.negotiation_id, summary_id=summary.id,
        number=number, body=str(number), sha256="",
        shared_at=FIRST if draw.random() < 0.5 else None,
    )  # fmt: skip
    db.add(row)
    await db.flush()
    return row


def a_line(
    draw: random.Random,
    session: Any,
    issue: Issue,
    parties: list[Party],
    revisions: list[SummaryRevision],
) -> list[Outcome]:
    """Rows on one issue of one session, each superseding the one before it, in no order of time."""
    rows: list[Outcome] = []
    for _ in range(draw.randrange(4)):
        declined = draw.random() < 0.3
        value = OutcomeValue.declined if declined else draw.choice(list(OutcomeValue)[:9])
        rows.append(
            Outcome(
                created_at=FIRST,
                session_id=session.id,
                issue_id=issue.id,
                value=value,
                partial=draw.random() < 0.5,
                text=draw.choice(TEXTS),
                reason="No" if declined else None,
                decided_by_id=draw.choice(parties).id if declined else None,
                certainty=draw.choice(list(Certainty)),
                supersedes_id=rows[-1].id if rows else None,
                revision_id=draw.choice(revisions).id if revisions else None,
                effective_on=(FIRST + timedelta(days=draw.randrange(DAYS))).date(),
                recorded_at=FIRST
                + timedelta(days=draw.randrange(DAYS), microseconds=draw.choice((0, 999_999))),
            )
        )
    return rows


async def fill(db: Db, draw: random.Random) -> None:
    talks = (await db.exec(select(Negotiation))).first()
    assert talks is not None
    parties = list((await db.exec(select(Party).where(Party.negotiation_id == talks.id))).all())
    issues = (await db.exec(select(Issue).where(Issue.negotiation_id == talks.id))).all()
    tracks = (await db.exec(select(Track).where(Track.negotiation_id == talks.id))).all()
    for number in range(draw.randrange(1, 7)):
        track = draw.choice([*tracks, None])
        session = a_session(draw, talks, track, number)
        db.add(session)
        await db.flush()
        if track is None:
            for party in draw.sample(parties, draw.randrange(1, len(parties) + 1)):
                db.add(SessionParty(session_id=session.id, party_id=party.id))
        revisions = await revisions_of(db, draw, session)
        for issue in issues:
            for row in a_line(draw, session, issue, parties, revisions):
                db.add(row)
                await db.flush()


async def actors(db: Db, world: World, talks: Negotiation) -> list[Actor]:
    people = (await db.exec(select(Person).order_by(col(Person.id)))).all()
    return [operator(talks.id), *[await load_actor(db, person) for person in people]]


def moments(draw: random.Random) -> list[dict[str, Any]]:
    day = (FIRST + timedelta(days=draw.randrange(-1, DAYS))).date()
    moment = FIRST + timedelta(days=draw.randrange(DAYS), microseconds=draw.choice((0, 500_000)))
    return [
        {}, {"as_of": day}, {"known_at": moment}, {"as_of": day, "known_at": moment},
        {"as_of": date.max}, {"issue": "1"}, {"jurisdiction": "x", "as_of": day},
    ]  # fmt: skip


@pytest.mark.walks
@pytest.mark.parametrize("seed", range(12 if WHOLE else 4))
async def test_sql_picks_what_the_pure_function_says(world: World, seed: int) -> None:
    draw = random.Random(seed)
    async with world.database.write() as db:
        await fill(db, draw)
    standing = 0
    async with world.database.read() as db:
        talks = (await db.exec(select(Negotiation))).first()
        assert talks is not None
        for actor in await actors(db, world, talks):
            for options in moments(draw):
                try:
                    expected = await queries.matrix(db, actor, talks, today=FIRST.date(), **options)
                except Exception as error:
                    with pytest.raises(type(error)):
                        await grid(db, actor, talks, Narrowed(**options), today=FIRST.date())
                    continue
                found = await grid(db, actor, talks, Narrowed(**options), today=FIRST.date())
                standing += len(found.standing)
                assert grid_json(found) == etags.encode(matrix_view(expected))
    assert standing > 0, "nothing stood, so nothing was compared"
