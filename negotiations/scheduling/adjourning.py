"""Adjourning to a date: the next session, made with the items that are carried over to it."""

from collections.abc import Sequence
from datetime import datetime

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import FieldError, Invalid
from negotiations.models import AgendaItem, NegotiationSession, SessionChange
from negotiations.models.sessions import ChangeKind, CloseKind, ItemState
from negotiations.scheduling import holding, making, rules
from negotiations.scheduling.bodies import Close, NewSession, Next
from negotiations.scheduling.log import enter, log_change
from negotiations.scheduling.seating import Setting


def carried_items(
    session: NegotiationSession,
    agenda: Sequence[AgendaItem],
    issues_with_outcome: frozenset[str],
    body: Close,
    pointer: str = "",
) -> list[AgendaItem]:
    """Which items this closing carries over: those named, else all that have no outcome yet.

    Raises Invalid when the close_kind and what comes with it don't fit together.
    """
    to_date = body.close_kind is CloseKind.adjourned_to_date
    if to_date and body.next is None:
        raise Invalid.field(f"{pointer}next", "Say when it goes on, or close it in another way.")
    for name in ("next", "carried_over"):
        if not to_date and getattr(body, name) is not None:
            raise Invalid.field(
                f"{pointer}{name}", "Only a session adjourned_to_date goes on. Leave this out."
            )
    if not to_date:
        return []
    if body.carried_over is None:
        return holding.unfinished(session, agenda, issues_with_outcome)
    standing = {item.id for item in agenda if item.state is not ItemState.dropped}
    for place, item_id in enumerate(body.carried_over):
        if item_id not in standing:
            raise Invalid.field(
                f"{pointer}carried_over/{place}", "No such item stands on this session's agenda."
            )
    return [item for item in agenda if item.id in body.carried_over]


async def adjourn(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    where: Setting,
    body: Next,
    carried: Sequence[AgendaItem],
    *,
    now: datetime,
    pointer: str = "",
) -> NegotiationSession:
    """The next session of a session just closed. The caller books both at once."""
    like = await _body(db, where, session, body)
    try:
        following = await making.make(
            db, actor, where, like, consents=(), now=now, continues_id=session.id
        )
    except Invalid as error:
        inside = f"/{pointer}next"
        raise Invalid(
            [FieldError(inside + one.pointer, one.detail) for one in error.errors]
        ) from None
    if following.starts_at < min(session.ends_at, now):  # it may end, and go on, before its time
        raise Invalid.field(
            f"{pointer}next/local_start", "It goes on after this session, not before. Move it."
        )
    await _carry(db, following, carried, now=now)
    change = SessionChange(
        created_at=now,
        session_id=session.id,
        number=0,
        kind=ChangeKind.adjourned,
        to_start=following.local_start,
        to_tz=following.tz,
        to_fold=following.fold,
        to_place=rules.place_of(following) or None,
    )
    await log_change(db, actor, change)
    enter(db, actor, session, "session.adjourned", change.model_dump(mode="json"), now)
    return following


async def _body(db: Db, where: Setting, session: NegotiationSession, body: Next) -> NewSession:
    """Like the session that adjourns, but for what is given."""
    length = session.local_end - session.local_start
    found = await making.like(db, where, session)
    found.local_start, found.fold = body.local_start, body.fold
    found.local_end = body.local_end or body.local_start + length
    found.tz = body.tz or session.tz
    if not body.model_fields_set.isdisjoint({"location", "room"}):
        found.location, found.room = body.location, body.room
    for name in body.model_fields_set & {"access_note", "conference_url"}:
        setattr(found, name, getattr(body, name))
    return found


async def _carry(
    db: Db, following: NegotiationSession, carried: Sequence[AgendaItem], *, now: datetime
) -> None:
    """Copy the items, and let each old one say where it went."""
    copies = [
        AgendaItem(
            created_at=now,
            session_id=following.id,
            position=position,
            **item.model_dump(include={"issue_id", "title", "kind", "minutes"}),
        )
        for position, item in enumerate(carried, start=1)
    ]
    db.add_all(copies)
    await db.flush()
    for item, copy in zip(carried, copies, strict=True):
        item.state, item.carried_to_id = ItemState.carried_over, copy.id
        db.add(item)
    await db.flush()
