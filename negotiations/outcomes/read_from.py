"""From which text of the summary was an outcome read, and is there a newer one?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from negotiations.access.actor import Actor
from negotiations.access.prepared import prepared
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.models import NegotiationSession, Outcome, Summary, SummaryRevision

READ = aliased(SummaryRevision)


def newer_texts(actor: Actor) -> Any:
    """Asks for the ids of revisions after which the actor sees a newer text of the same summary."""
    newer = SummaryRevision
    later = and_(col(newer.summary_id) == READ.summary_id, col(newer.number) > READ.number)
    return select(READ.id).distinct().join(newer, later).where(visible(actor, newer))


async def changed_revisions(db: Db, actor: Actor, negotiation_id: str) -> frozenset[str]:
    """The ids of those revisions in these talks."""
    return frozenset(await db.exec(_changed(actor), params={"talks": negotiation_id}))


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


async def read_from(db: Db, actor: Actor, rows: Iterable[Outcome]) -> Mapping[str, ReadFrom]:
    """Of each of these outcomes, by their ids."""
    pinned = {row.id: row.revision_id for row in rows if row.revision_id}
    if not pinned:
        return {}
    texts = await db.exec(_texts(actor), params={"ids": list(set(pinned.values()))})
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
