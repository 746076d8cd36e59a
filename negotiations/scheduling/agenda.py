"""Writing a session's agenda: items keep their identity, and what was adopted isn't lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations.db import Db
from negotiations.errors import Invalid
from negotiations.models import AgendaItem, Issue, Negotiation, NegotiationSession
from negotiations.models.sessions import ItemState, SessionStatus
from negotiations.scheduling import queries
from negotiations.scheduling.bodies import NewItem


async def set_items(
    db: Db,
    negotiation: Negotiation,
    session: NegotiationSession,
    items: Sequence[NewItem],
    *,
    now: datetime,
    pointer: str = "agenda",
) -> None:
    """Make the agenda these items, in the order given; an issue is named by its code.

    An item that was there already stays the same row. Once the session is opened what was adopted
    can be dropped, but neither taken away nor turned into something else.
    """
    rows = await db.exec(select(Issue).where(col(Issue.negotiation_id) == negotiation.id))
    issues = {issue.code: issue for issue in rows}
    for place, item in enumerate(items):
        if item.issue is not None and item.issue not in issues:
            raise Invalid.field(
                f"{pointer}/{place}/issue", f"There is no issue {item.issue!r} on the list."
            )
    old = (await queries.agendas(db, [session]))[session.id]
    kept = _matched(old, items, issues, pointer)
    await _check_removed(db, session, [one for one in old if one not in kept], pointer)
    for row in old:
        row.position = -row.position  # its place may be taken before it gets its new one
    await db.flush()
    for row in [one for one in old if one not in kept]:
        await db.delete(row)
    await db.flush()
    for place, (item, known) in enumerate(zip(items, kept, strict=True)):
        issue = issues[item.issue] if item.issue is not None else None
        at = f"{pointer}/{place}"
        state = _state(session, item, known, at)
        if known is not None and _settled(session, known) and _issue_id(issue) != known.issue_id:
            raise Invalid.field(
                f"{at}/issue", "It is adopted with its issue. Drop it, add another."
            )
        row = known or AgendaItem(created_at=now, session_id=session.id, position=0, title="")
        row.position = place + 1
        row.issue_id = _issue_id(issue)
        row.title = item.title or (issue.title if issue else "")
        row.kind, row.minutes, row.state = item.kind, item.minutes, state
        db.add(row)
    await db.flush()


def _issue_id(issue: Issue | None) -> str | None:
    return issue.id if issue else None


def _settled(session: NegotiationSession, row: AgendaItem) -> bool:
    """Whether the table decided on it: once adopted, an agenda isn't rewritten."""
    return session.status is SessionStatus.in_progress and row.state is not ItemState.proposed


def _matched(
    old: Sequence[AgendaItem],
    items: Sequence[NewItem],
    issues: Mapping[str, Issue],
    pointer: str,
) -> list[AgendaItem | None]:
    """Which row each item is: named by its id, else the one with its issue, or with its title."""
    free = {row.id: row for row in old}
    found: list[AgendaItem | None] = [None] * len(items)
    for place, item in enumerate(items):
        if item.id is not None:
            if item.id not in free:
                raise Invalid.field(
                    f"{pointer}/{place}/id",
                    "No such item, or named twice. Leave it out for a new one.",
                )
            found[place] = free.pop(item.id)
    for place, item in enumerate(items):
        if found[place] is None and item.id is None:
            issue_id = issues[item.issue].id if item.issue is not None else None
            alike = [
                row
                for row in free.values()
                if row.issue_id == issue_id and (issue_id or row.title == item.title)
            ]
            same = [row for row in alike if row.title == item.title] or alike
            found[place] = free.pop(same[0].id) if same else None
    return found


async def _check_removed(
    db: Db, session: NegotiationSession, rows: Sequence[AgendaItem], pointer: str
) -> None:
    """Invalid when an item goes that was adopted, or that another session carried over to here."""
    carried = await db.exec(
        select(AgendaItem.carried_to_id).where(
            col(AgendaItem.carried_to_id).in_([row.id for row in rows])
        )
    )
    came = set(carried.all())
    for row in rows:
        if _settled(session, row) or row.id in came:
            why = "was carried over to here" if row.id in came else "was adopted"
            raise Invalid.field(
                pointer, f"“{row.title}” {why}: it can be dropped, but not taken away."
            )


def _state(
    session: NegotiationSession, item: NewItem, known: AgendaItem | None, at: str
) -> ItemState:
    """The state an item gets: the one given, else the one it has."""
    before = known.state if known else ItemState.proposed
    if "state" not in item.model_fields_set:
        return before
    if item.state is ItemState.carried_over and item.state is not before:
        raise Invalid.field(
            f"{at}/state",
            "An item is carried over when its session is adjourned to a date. "
            "Adopt or drop it until then.",
        )
    if known is not None and _settled(session, known) and item.state is ItemState.proposed:
        raise Invalid.field(f"{at}/state", f"It is {before.value}. Adopt it or drop it.")
    return item.state
