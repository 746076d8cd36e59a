"""From which text of the summary was an outcome read, and is there a newer one?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db, reading_for
from negotiations.models import NegotiationSession, Outcome, Summary, SummaryRevision

READ = aliased(SummaryRevision)


def newer_texts(actor: Actor) -> Any:
    """Asks for the ids of revisions after which the actor sees a newer text of the same summary."""
    newer = SummaryRevision
    later = and_(col(newer.summary_id) == READ.summary_id, col(newer.number) > READ.number)
    return select(READ.id).distinct().join(newer, later).where(visible(actor, newer))


async def changed_revisions(db: Db, actor: Actor, negotiation_id: str) -> frozenset[str]:
    """The ids of those revisions in these talks."""
    given = {"talks": negotiation_id}
    return frozenset(await counting(db, actor, negotiation_id, _changed(actor), given))


async def counting(
    db: Db, actor: Actor, negotiation_id: str, query: Any, given: Mapping[str, Any]
) -> Sequence[Any]:
    """What a query finds that has to know which number a text has, be it a draft of these talks.

    It takes ids and numbers of what an outcome was read from, and shows by visible() what is newer:
    PostgreSQL, which would hide a draft's whole row from delegations, shows it what the secretariat
    may read.
    """
    seat = actor.seat_in(negotiation_id)
    if seat is not None and seat.side == "secretariat":
        rows = await db.exec(query, params=given)
    else:
        async with reading_for(db, negotiation_id):
            rows = await db.exec(query, params=given)
    found: Sequence[Any] = rows.all()
    return found


@prepared
def _changed(actor: Actor) -> Any:
    session = NegotiationSession
    sessions = select(session.id).where(
        col(session.negotiation_id) == bindparam("talks"), visible(actor, session)
    )
    query = newer_texts(actor).join(Summary, col(Summary.id) == READ.summary_id)
    return query.where(col(Summary.session_id).in_(sessions))


class ReadFrom(NamedTuple):
    """The number of the revision, None where the actor doesn't see it or there is none; whether
    they see a newer text of that summary."""

    revision: int | None = None
    changed: bool = False


async def read_from(
    db: Db, actor: Actor, negotiation_id: str, rows: Iterable[Outcome]
) -> Mapping[str, ReadFrom]:
    """Of each of these outcomes of one negotiation, by their ids."""
    pinned = {row.id: row.revision_id for row in rows if row.revision_id}
    if not pinned:
        return {}
    given = {"ids": list(set(pinned.values()))}
    texts = await counting(db, actor, negotiation_id, _texts(actor), given)
    found: dict[str, ReadFrom] = defaultdict(ReadFrom)
    for id_, read, number in texts:
        own = found[id_]
        revision = read if read == number else own.revision
        found[id_] = ReadFrom(revision, own.changed or number > read)
    return {row_id: found[revision_id] for row_id, revision_id in pinned.items()}


@prepared
def _texts(actor: Actor) -> Any:
    seen = SummaryRevision
    return (
        select(READ.id, READ.number, seen.number)
        .join(seen, col(seen.summary_id) == READ.summary_id)
        .where(col(READ.id).in_(bindparam("ids", expanding=True)), visible(actor, seen))
    )
