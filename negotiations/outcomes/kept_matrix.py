"""The matrix in memory: written once, and after a change only what has changed of it.

What is kept belongs to one sight of one negotiation (`Sight`): nobody gets what was written for
somebody who sees something else. What has changed since is read in the transaction of the request,
so that no answer is older than it, whichever process wrote the change.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.documents.queries import document_lines
from negotiations.kept import Kept
from negotiations.models import Negotiation, NegotiationSession
from negotiations.models.sessions import SessionStatus
from negotiations.outcomes import grid_views
from negotiations.outcomes.grid import Listed, grid
from negotiations.outcomes.matrix_changes import DOCUMENTS, NOTHING_KNOWN, WHOLE, changed
from negotiations.outcomes.picking import standing_in
from negotiations.outcomes.read_from import READ, counting, newer_texts
from negotiations.outcomes.standing import Cell, Shown

LIMIT = 32 * 1024 * 1024  # bytes
_PER_CELL = 160  # bytes, about: a text and its place in a list

_ONE_OF = READ.id.in_(bindparam("ids", expanding=True))  # type: ignore[attr-defined]


def _held(actor: Actor) -> Any:
    """Asks which of some tracks have had a session."""
    session = NegotiationSession
    return (
        select(session.track_id)
        .distinct()
        .where(
            col(session.track_id).in_(bindparam("ids", expanding=True)),
            col(session.status) == SessionStatus.held,
            visible(actor, session),
        )
    )


# The side, party and track of each of the actor's seats in the talks: all that a filter asks for.
Sight = tuple[tuple[str, str | None, str | None], ...]


def sight_of(actor: Actor, negotiation_id: str) -> Sight:
    seats = [seat for seat in actor.seats if seat.negotiation_id == negotiation_id]
    return tuple((seat.side, seat.party_id, seat.track_id) for seat in seats)


@dataclass(frozen=True, slots=True)
class Written:
    """A matrix as it is sent; `number` is that of the newest change in it.

    `cells` has a list for each issue with the text of each track's cell, `rows` the bytes of each;
    `places` says where a track's are.
    The statements that ask for a change are made once: making them costs more than their answer.
    """

    number: int
    today: date
    issues: Sequence[Listed]
    tracks: Sequence[Listed]
    places: Mapping[str, int]
    slugs: Mapping[str, str]
    plenary: Mapping[Cell, Shown]
    held: frozenset[str]
    asks_held: Any
    asks_newer: Any
    head: bytes
    cells: Sequence[Sequence[str]]
    rows: Sequence[bytes]
    digests: Sequence[bytes]
    tail: bytes

    @property
    def etag(self) -> str:
        """The hash of the parts' hashes."""
        ends = (hashlib.sha256(self.head).digest(), hashlib.sha256(self.tail).digest())
        digest = hashlib.sha256(b"".join((*ends, *self.digests))).hexdigest()
        return f'"{digest[:32]}"'

    @property
    def pieces(self) -> list[bytes]:
        """Megabytes, maybe: nothing puts them together before they are sent."""
        return grid_views.in_pieces(self.head, self.rows, self.tail)

    @property
    def size(self) -> int:
        """Bytes, about: the cells are kept as texts and as the rows made of them."""
        texts = 2 * sum(map(len, self.rows)) + len(self.head) + len(self.tail)
        listed = len(self.issues) * len(self.tracks) + len(self.tracks) + len(self.slugs)
        return texts + _PER_CELL * (listed + 4 * len(self.plenary)) + 1000


class Matrices:
    """The matrices of one process. `limit` is in bytes; what was used longest ago goes first."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.kept = Kept(limit)
        self._ids: dict[str, str] = {}  # of talks, by what they are called

    async def matrix(self, db: Db, actor: Actor, slug: str, now: datetime) -> Written:
        """The matrix of these talks as this actor sees it now; NotFound where they don't."""
        known = self._ids.get(slug)
        old: Written | None = self.kept.get((known, sight_of(actor, known))) if known else None
        since = old.number if old else NOTHING_KNOWN
        talks, number, parts = await changed(db, actor, slug, since)
        if talks.id != known:  # these are others than were called so
            self._ids[slug], old = talks.id, None
        today = local_date(now, talks.home_tz)
        if old is None or WHOLE in parts or number < old.number:
            made = await _written(db, actor, talks, today, number)
        elif number == old.number and today == old.today:
            return old
        else:
            made = await _rewritten(db, actor, talks, today, replace(old, number=number), parts)
        self.kept.put((talks.id, sight_of(actor, talks.id)), made, made.size)
        return made


async def _written(
    db: Db, actor: Actor, negotiation: Negotiation, today: date, number: int
) -> Written:
    found = await grid(db, actor, negotiation, today=today)
    slugs = grid_views.quoted_slugs(found.slugs)
    cells = [
        grid_views.cells_of(one, found.tracks, found.standing, found.held, found.changed, slugs)
        for one in found.issues
    ]
    rows = [grid_views.row_json(one) for one in cells]
    return Written(
        number, today, found.issues, found.tracks,
        {track.id: place for place, track in enumerate(found.tracks)}, slugs, found.plenary,
        found.held, _held(actor), newer_texts(actor).where(_ONE_OF),
        grid_views.head_of(found), cells, rows, [hashlib.sha256(row).digest() for row in rows],
        grid_views.tail_of(found.documents),
    )  # fmt: skip


async def _rewritten(
    db: Db,
    actor: Actor,
    negotiation: Negotiation,
    today: date,
    old: Written,
    parts: Collection[str],
) -> Written:
    """With the cells of the tracks among `parts` as they are now, and the lines of requests."""
    if DOCUMENTS in parts or today != old.today:
        lines = await document_lines(db, actor, negotiation, today=today)
        old = replace(old, today=today, tail=grid_views.tail_of(lines))
    places = sorted(old.places[part] for part in parts if part in old.places)
    if not places:
        return old
    tracks = [old.tracks[place] for place in places]
    ids = {one.id for one in tracks}
    standing = await standing_in(db, ids, old.plenary)
    held = old.held
    if ids - held:  # nothing that was held is ever not held any more
        held |= set(await db.exec(old.asks_held, params={"ids": list(ids - held)}))
    read = [one.revision_id for one in standing.values() if one.revision_id]
    newer: set[str] = set()
    if read:
        newer |= set(await counting(db, actor, negotiation.id, old.asks_newer, {"ids": read}))
    cells, rows, digests = list(old.cells), list(old.rows), list(old.digests)
    for number, issue in enumerate(old.issues):
        made = grid_views.cells_of(issue, tracks, standing, held, newer, old.slugs)
        if made != [old.cells[number][place] for place in places]:
            row = list(old.cells[number])
            for place, cell in zip(places, made, strict=True):
                row[place] = cell
            cells[number], rows[number] = row, grid_views.row_json(row)
            digests[number] = hashlib.sha256(rows[number]).digest()
    return replace(old, held=held, cells=cells, rows=rows, digests=digests)
