"""The sessions: how they were proposed, what became of them, and what came of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlmodel import col, select

from negotiations.errors import Invalid
from negotiations.exchange.entry import Entry, Reference, as_body
from negotiations.exchange.section import Gone, Section
from negotiations.exchange.sections import amending, changes, closing, results
from negotiations.exchange.sections.changes import Closed, Moved, Reinstated
from negotiations.exchange.sections.session_items import SessionItem, tell_sessions
from negotiations.exchange.telling import Telling, Told
from negotiations.exchange.tree import Path
from negotiations.exchange.work import NotThere, Work, at
from negotiations.models import NegotiationSession, Party, Team
from negotiations.models.sessions import ItemState, SessionStatus
from negotiations.outcomes import actions as outcomes
from negotiations.scheduling import actions
from negotiations.scheduling.bodies import NewItem, NewSession
from negotiations.scheduling.times import resolve


class Sessions(Section[SessionItem]):
    name, kind = "sessions", "session"
    item = SessionItem

    def key(self, item: SessionItem) -> str:
        return f"{item.jurisdiction}/{item.local_start:%Y-%m-%dT%H:%M}"

    def references(self, item: SessionItem) -> Iterable[Reference]:
        side = item.jurisdiction
        yield Reference(("jurisdiction",), "jurisdiction", side)
        if item.continues:
            yield Reference(("continues",), "session", item.continues)
        for path, person in _people(item):
            yield Reference(path, "person", person)
        for place, team in enumerate(item.teams):
            yield Reference(("teams", place), "team", team)
        for place, one in enumerate(item.agenda):
            if one.issue is not None:
                yield Reference(("agenda", place, "issue"), "issue", one.issue)
        for place, consent in enumerate(item.consents):
            yield Reference(("consents", place, "party"), "side", consent.party, side)
        yield from changes.references(item.changes, side)
        for place, outcome in enumerate(item.outcomes):
            yield Reference(("outcomes", place, "issue"), "issue", outcome.issue)
            if outcome.decided_by:
                yield Reference(("outcomes", place, "decided_by"), "side", outcome.decided_by, side)

    def faults(self, item: SessionItem) -> Iterator[tuple[Path, str]]:
        """Times that don't exist, come twice or end before they begin; consents out of place."""
        if item.continues and item.consents:
            why = "It is proposed when the one before it adjourns: write them as changes, accepted."
            yield ("consents",), why
        for place, one in enumerate(item.agenda):
            if one.id is not None:
                yield (
                    ("agenda", place, "id"),
                    "An item is known by its issue or title. Take it out.",
                )
        yield from _times((), item.local_start, item.local_end, item.tz, item.fold)
        length, tz = item.local_end - item.local_start, item.tz
        for place, step in enumerate(item.changes):
            if isinstance(step, Moved | Reinstated):
                tz = step.tz or tz
                end = step.local_end or step.local_start + length
                length = end - step.local_start
                yield from _times(("changes", place), step.local_start, end, tz, step.fold)

    def narrowed(self, item: SessionItem, jurisdiction: str, gone: Gone) -> SessionItem | None:
        return item if item.jurisdiction == jurisdiction else None

    async def tell(self, telling: Telling) -> list[Told[SessionItem]]:
        return await tell_sessions(telling, self)

    async def create(self, work: Work, entry: Entry[SessionItem]) -> str:
        item = entry.item
        if item.continues is not None:
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
        )
        session, _ = await actions.propose(
            work.db, work.actor, work.negotiation, body, now=work.now
        )
        await self._go_on(work, entry, session, needed)
        return session.id

    async def _continue(self, work: Work, entry: Entry[SessionItem], before: str) -> str:
        """The session is made when the one before it adjourns."""
        for one in work.entries["session"]:
            if one.key == before:
                await work.put(work, one)
        work.id("session", before)
        row_id = work.ids["session"].get(entry.key)
        if row_id is None:
            raise Invalid.field(
                "continues",
                f"{before} isn't adjourned to a date here. Close it so, or take this out.",
            )
        await self.complete(work, entry, row_id)
        return row_id

    async def complete(self, work: Work, entry: Entry[SessionItem], row_id: str) -> None:
        """What the session that was adjourned to has of its own."""
        session = await work.db.get_one(NegotiationSession, row_id)
        needed = await amending.complete(work, entry, session)
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
            await results.add_texts(work, session, item.summary.bodies if item.summary else [])
            await results.record(work, session, item, range(len(item.outcomes)))

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


def _before_closing(item: NewItem) -> NewItem:
    """An item as it was while its session wasn't adjourned."""
    if item.state is not ItemState.carried_over:
        return item
    return as_body(NewItem, item, state=ItemState.proposed)


def _people(item: SessionItem) -> Iterator[tuple[Path, str]]:
    for name in ("chair", "note_taker"):
        if person := getattr(item, name):
            yield (name,), person
    for place, one in enumerate(item.indispensable):
        yield ("indispensable", place), one
    for place, row in enumerate(item.attendance):
        yield ("attendance", place, "person"), row.person


def _times(
    path: Path, start: Any, end: Any, tz: str, fold: int | None
) -> Iterator[tuple[Path, str]]:
    try:
        resolve(start, end, tz, fold)
    except Invalid as error:
        for one in error.errors:
            yield (*path, one.pointer.removeprefix("/")), one.detail


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
    for place, step in enumerate(entry.item.changes[first:], start=first):
        path: Path = ("changes", place)
        if isinstance(step, Closed):
            await closing.close(work, entry, session, step, path, told=told)
        else:
            with at(*path):
                await changes.WRITE[step.kind](work, session, step)
