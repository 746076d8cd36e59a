"""Gathering what a session's summary is compiled from: notes, outcomes, positions, commitments."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import Commitment, NegotiationSession, Party, Position
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.parties import Approval, PartyKind, SummaryTemplate
from negotiations.models.sessions import Presence
from negotiations.notebook import queries as notebook
from negotiations.notebook.suggestions import for_summary
from negotiations.notes import compile as compiling
from negotiations.notes import queries
from negotiations.notes.compile import Material
from negotiations.notes.layouts import draft
from negotiations.outcomes import queries as recorded
from negotiations.outcomes.matrix import standing
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.seating import Setting


async def compiled(
    db: Db,
    session: NegotiationSession,
    where: Setting,
    symbol: str,
    template: SummaryTemplate | None = None,
) -> str:
    """The text that the template, else that of the talks, makes of what is recorded now.

    It asks no actor: whoever closes a session, the draft is the secretariat's and tells of every
    table that was at it.
    """
    made = await _material(db, session, where, symbol)
    return draft(template or where.negotiation.summary_template, made)


async def compiled_for(
    db: Db, actor: Actor, session: NegotiationSession, template: SummaryTemplate | None
) -> str:
    """The same for who writes the summary, under the symbol that it has or would get."""
    if not can(actor, "summary.read", session):
        raise NotFound
    where = await seating.setting(db, session)
    found = await queries.summary(db, actor, session.id)
    symbol = found[0].symbol if found else await symbol_of(db, session, where)
    return await compiled(db, session, where, symbol, template)


async def symbol_of(db: Db, session: NegotiationSession, where: Setting) -> str:
    """The document symbol that a first summary of this session gets."""
    taken = await queries.symbols(db, where.negotiation.id)
    letters = await _letters(db, where)
    return compiling.symbol(where.negotiation.symbol_prefix, letters, session.number, taken)


async def _letters(db: Db, where: Setting) -> str:
    """Of the table. Where jurisdictions have the same ones, those that came later get a number,
    whether or not there is a summary of the others: that may be the secretariat's to know."""
    named = where.jurisdiction
    if named is None:
        return compiling.PLENARY
    letters = compiling.letters_of(named.short_name)
    alike = [
        (one.created_at, one.slug)
        for one in (await parties.everyone(db, where.negotiation.id)).values()
        if one.kind is PartyKind.jurisdiction and compiling.letters_of(one.short_name) == letters
    ]
    place = sorted(alike).index((named.created_at, named.slug)) + 1
    return letters if place == 1 else f"{letters}{place}"


async def _material(db: Db, session: NegotiationSession, where: Setting, symbol: str) -> Material:
    attendance = await scheduling.attendance(db, session.id)
    noted = await notebook.for_compiling(db, session)
    return Material(
        session,
        symbol,
        (await scheduling.agendas(db, [session]))[session.id],
        where.sides,
        [person.name for row, person in attendance if row.actual is Presence.present],
        standing((await recorded.outcomes_of(db, [session.id]))[session.id]),
        await _promises(db, session.id),
        await _positions(db, session.id),
        {item: for_summary(text)[0] for item, text in noted.items()},
        declared=where.negotiation.approval is Approval.secretariat,
    )


async def _promises(db: Db, session_id: str) -> Sequence[tuple[Commitment, str]]:
    """What was undertaken at the session and not dropped, each with who is to do it."""
    return list(await db.exec(_promised(), params={"session": session_id}))


@cache
def _promised() -> Any:
    row = Commitment
    return (
        select(row, Party.short_name)
        .join(Party, col(Party.id) == row.owner_id)
        .where(
            col(row.session_id) == bindparam("session"),
            col(row.status) != CommitmentStatus.dropped,
        )
        .order_by(*recorded.BY_DUE)
    )


async def _positions(db: Db, session_id: str) -> dict[tuple[str, str], list[Position]]:
    """What each side said at the session, by issue and side: of several in a line the last."""
    asked = await db.exec(_stated(), params={"session": session_id})
    rows: Sequence[Position] = asked.all()
    superseded = {row.supersedes_id for row in rows}
    grouped: dict[tuple[str, str], list[Position]] = defaultdict(list)
    for row in rows:
        if row.id not in superseded:
            grouped[row.issue_id, row.party_id].append(row)
    return grouped


@cache
def _stated() -> Any:
    row = Position
    return (
        select(row)
        .where(col(row.session_id) == bindparam("session"))
        .order_by(col(row.stated_on), col(row.recorded_at), col(row.id))
    )
