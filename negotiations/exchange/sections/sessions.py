"""The sessions: how they were proposed, what became of them, and what came of them."""

from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from negotiations.errors import Invalid
from negotiations.exchange.entry import Entry, Reference, as_body
from negotiations.exchange.section import Gone, Section
from negotiations.exchange.sections import (
    amending,
    changes,
    closing,
    course,
    following,
    living,
    results,
    session_checks,
)
from negotiations.exchange.sections.changes import Cancelled, Closed
from negotiations.exchange.sections.session_items import SessionItem, tell_sessions
from negotiations.exchange.telling import Telling, Told
from negotiations.exchange.tree import Path
from negotiations.exchange.work import NotThere, Work, at
from negotiations.models import NegotiationSession, Party, Team
from negotiations.models.sessions import ItemState, SessionStatus
from negotiations.outcomes import actions as outcomes
from negotiations.scheduling import actions, countering
from negotiations.scheduling.bodies import NewItem, NewSession


class Sessions(Section[SessionItem]):
    name, kind = "sessions", "session"
    item = SessionItem

    def key(self, item: SessionItem) -> str:
        return f"{item.jurisdiction or 'plenary'}/{item.local_start:%Y-%m-%dT%H:%M}"

    def references(self, item: SessionItem) -> Iterable[Reference]:
        return session_checks.references(item)

    def faults(self, item: SessionItem) -> Iterable[tuple[Path, str]]:
        return session_checks.faults(item)

    def narrowed(self, item: SessionItem, jurisdiction: str, gone: Gone) -> SessionItem | None:
        return item if item.jurisdiction == jurisdiction else None

    async def tell(self, telling: Telling) -> list[Told[SessionItem]]:
        return await tell_sessions(telling, self)

    async def create(self, work: Work, entry: Entry[SessionItem]) -> str:
        item = entry.item
        if item.instead_of is not None:
            await self._first(work, item.instead_of)
        elif item.continues is not None:
            return await self._continue(work, entry, item.continues)
        needed = [work.id("person", one) for one in item.indispensable]
        body = as_body(
            NewSession,
            item,
            teams=[await _team(work, one) for one in item.teams],
            indispensable=needed,
            chair=amending.person(work, item.chair),
            note_taker=amending.person(work, item.note_taker),
            agenda=[_before_closing(one) for one in item.agenda],
            instead_of=work.id("session", item.instead_of) if item.instead_of else None,
        )
        propose = countering.propose if body.instead_of else actions.propose
        session, _ = await propose(work.db, work.actor, work.negotiation, body, now=work.now)
        await self._go_on(work, entry, session, needed)
        return session.id

    async def _continue(self, work: Work, entry: Entry[SessionItem], before: str) -> str:
        """The session is made when the one before it adjourns."""
        await self._first(work, before)
        row_id = work.ids["session"].get(entry.key)
        if row_id is None:
            raise Invalid.field(
                "continues",
                f"{before} isn't adjourned to a date here. Close it so, or take this out.",
            )
        await self.complete(work, entry, row_id)
        return row_id

    async def _first(self, work: Work, key: str) -> None:
        """Have the session of that name written; NotThere when it can't be."""
        for one in work.entries["session"]:
            if one.key == key:
                await work.put(work, one)
        work.id("session", key)

    async def complete(self, work: Work, entry: Entry[SessionItem], row_id: str) -> None:
        """What the session that was adjourned to has of its own."""
        session = await work.db.get_one(NegotiationSession, row_id)
        needed = await following.complete(work, entry, session)
        await self._go_on(work, entry, session, needed)

    async def _go_on(
        self,
        work: Work,
        entry: Entry[SessionItem],
        session: NegotiationSession,
        needed: Sequence[str],
    ) -> None:
        """What happened to a session just made, and what came of it."""
        item = entry.item
        work.place("session", entry.key, session.id)
        if item.attendance:
            await results.set_attendance(work, session, item, needed)
        await _take_steps(work, entry, session, 0, told=False)
        if session.status is SessionStatus.in_progress:
            await _so_far(work, session, item)

    async def update(
        self, work: Work, entry: Entry[SessionItem], row_id: str, stored: SessionItem
    ) -> None:
        session = await work.db.get_one(NegotiationSession, row_id)
        await amending.details(work, entry, session, stored)
        await amending.agenda(work, entry, session, stored)
        await amending.attendance(work, entry, session, stored)
        told = session.status in outcomes.RECORDABLE
        if told:
            await amending.what_came_of_it(work, entry, session, stored)
        first = amending.first_new_change(work, entry, stored)
        if first is not None:
            await _take_steps(work, entry, session, first, told=told)
            work.change(entry)

    async def finish(self, work: Work, entry: Entry[SessionItem], row_id: str) -> None:
        """How its summary was agreed, once everything that it was read with is written."""
        if (self.kind, row_id) not in work.stored:
            session = await work.db.get_one(NegotiationSession, row_id)
            await results.pin(work, session, entry.item)
        if entry.item.summary is not None:
            await living.take_in(work, entry, row_id, entry.item.summary)


async def _so_far(work: Work, session: NegotiationSession, item: SessionItem) -> None:
    """What came of a session that was opened and isn't closed."""
    await results.add_texts(work, session, item.summary.bodies if item.summary else [])
    await results.record(work, session, item, range(len(item.outcomes)))


def _before_closing(item: NewItem) -> NewItem:
    """An item as it was while its session wasn't adjourned."""
    if item.state is not ItemState.carried_over:
        return item
    return as_body(NewItem, item, state=ItemState.proposed)


async def _team(work: Work, name: str) -> str:
    party, _, team = name.partition("/")
    rows = await work.db.exec(
        select(Team.id)
        .join(Party, col(Party.id) == Team.party_id)
        .where(
            col(Party.negotiation_id) == work.negotiation.id,
            col(Party.slug) == party,
            col(Team.name) == team,
        )
    )
    found = rows.first()
    if found is None:
        raise NotThere
    return found


async def _take_steps(
    work: Work, entry: Entry[SessionItem], session: NegotiationSession, first: int, *, told: bool
) -> None:
    """Write the changes from the `first` on; whether what came of it is `told` already."""
    deciding = course.deciding(entry.item.changes)
    broken_off = course.broken_off(entry.item.changes)
    for place, step in enumerate(entry.item.changes[first:], start=first):
        path: Path = ("changes", place)
        if place == deciding:
            await _alternatives(work, entry)
        if place == broken_off and session.status is SessionStatus.in_progress and not told:
            await _so_far(work, session, entry.item)
        if isinstance(step, Closed):
            await closing.close(work, entry, session, step, path, told=told)
        elif not (isinstance(step, Cancelled) and session.status is SessionStatus.cancelled):
            # (An alternative that was confirmed has cancelled it already.)
            with at(*path):
                await changes.WRITE[step.kind](work, session, step)


async def _alternatives(work: Work, entry: Entry[SessionItem]) -> None:
    """Have the counter-proposals to the session written, while it isn't settled."""
    for one in work.naming("session", "instead_of", entry.key):
        await closing.put_those_before(work, one)
        await work.put(work, one)
