"""What happened, as one person may see it now: the rows behind a mail's events, in words."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations.access.actor import Actor, Seat
from negotiations.access.visible import visible
from negotiations.civil import end_of_day
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.feeds.links import public_page
from negotiations.mail.gathering import noted
from negotiations.mail.texts import Block, Change
from negotiations.models import (
    Commitment,
    Negotiation,
    NegotiationSession,
    OutboxEvent,
    Person,
    SessionChange,
)
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.parties import HEADS
from negotiations.models.polls import PollStatus
from negotiations.models.sessions import SessionStatus
from negotiations.models.summaries import DecisionKind, SummaryState
from negotiations.notes import approval, rounds
from negotiations.notes.reading import zones_of
from negotiations.polls import queries as polls
from negotiations.readings import Reader
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.acceptance import accepted_by
from negotiations.scheduling.rules import place_of
from negotiations.scheduling.seating import Setting
from negotiations.web.showing import civil, when, words

_OFF = frozenset({SessionStatus.postponed, SessionStatus.cancelled})
_ENDED = (CommitmentStatus.done, CommitmentStatus.dropped)
_AGREED = frozenset({SummaryState.agreed, SummaryState.published})


class Describing:
    """For one reader: `person`, who sits in `negotiation` on `seat` at this moment."""

    def __init__(
        self, db: Db, actor: Actor, person: Person, negotiation: Negotiation, seat: Seat, *,
        base_url: str, now: datetime,
    ) -> None:  # fmt: skip
        self._db, self._actor, self._person = db, actor, person
        self._negotiation, self._seat = negotiation, seat
        self._reader = Reader(person.tz)  # each line tells of both clocks, the venue's first
        self._base, self._now = base_url, now

    async def blocks(self, events: Iterable[OutboxEvent]) -> list[Block]:
        """One block for each thing they happened to, in the order in which it first did.

        What the reader can't see (any more), what is over and what was overtaken is left out.
        """
        found: dict[tuple[str, str], list[OutboxEvent]] = {}
        for event in events:
            found.setdefault((event.type.partition(".")[0], event.object_id), []).append(event)
        makers = {
            "session": self._session,
            "summary": self._summary,
            "commitment": self._commitment,
            "poll": self._poll,
        }
        made = [await makers[kind](of) for (kind, _), of in found.items()]
        return [one for one in made if one is not None]

    async def _seen(self, session_id: str | None) -> NegotiationSession | None:
        rows = await self._db.exec(
            select(NegotiationSession).where(
                col(NegotiationSession.id) == session_id, visible(self._actor, NegotiationSession)
            )
        )
        return rows.first()

    async def _session(self, events: Sequence[OutboxEvent]) -> Block | None:
        session = await self._seen(events[0].session_id)
        if session is None or _is_over(session, events, self._now):
            return None
        where = await seating.setting(self._db, session)
        log = (await scheduling.changes(self._db, [session]))[session.id]
        numbered = {change.number: change for change in log}
        told = [(numbered.get(noted(event, "change")), event) for event in events]
        changes = [
            self._change(event.type, change, session, where)
            for change, event in sorted(
                ((change, event) for change, event in told if change is not None),
                key=lambda one: one[0].number,
            )
        ]
        if not changes:
            return None
        standing = [f"Status: {words(session.status)}"]
        if session.status not in _OFF:
            place = place_of(session)
            standing = [
                f"Now: {when(session, self._reader)}",
                *([f"Place: {place}"] if place else []),
                *standing,
                *to_accept(session, where, log, self._seat),
            ]
        return Block(session.title, changes, standing, f"{self._base}/s/{session.id}")

    def _change(
        self, event: str, change: SessionChange, session: NegotiationSession, where: Setting
    ) -> Change:
        return _told(_CHANGES[event], change, session, where, self._reader)

    async def _summary(self, events: Sequence[OutboxEvent]) -> Block | None:
        session = await self._seen(events[0].session_id)
        if session is None:
            return None
        try:
            one = await rounds.round_of(self._db, self._actor, session)
        except NotFound:
            return None
        where = await seating.setting(self._db, session)
        changes = [
            change
            for event in events
            if (change := self._of_summary(event, one, where)) is not None
        ]
        if not changes:
            return None
        page = f"{self._base}/s/{session.id}/summary"
        return Block(f"Summary of {session.title}", changes, [], page)

    def _of_summary(self, event: OutboxEvent, one: rounds.Round, where: Setting) -> Change | None:
        """None for what was overtaken: another text, or another state of this one."""
        if not one.is_current or noted(event, "revision") != one.revision.number:
            return None
        lines = [f"Revision: {one.revision.number}"]
        state, ended_at = one.summary.state, one.ended_at(where)
        if event.type == "summary.circulated" and state is SummaryState.circulated and ended_at:
            by = zones_of(ended_at, where.negotiation.home_tz, self._person.tz)
            return Change("Sent round", [*lines, f"To be answered by: {by}"])
        if event.type == "summary.objected":
            standing = approval.standing(one.decisions, one.revision.id)
            sides = [
                where.sides.get(side, "a side")
                for side, decision in standing.items()
                if decision.kind is DecisionKind.objected
            ]
            return Change(f"Objected to by {', '.join(sides)}", lines) if sides else None
        if event.type == "summary.agreed" and state in _AGREED and one.summary.agreed_as:
            return Change("Agreed", [*lines, f"How: {words(one.summary.agreed_as)}"])
        if event.type in ("summary.published", "summary.corrected"):
            public = f"Public: {public_page(self._base, self._negotiation.slug)}"
            headline = "Published" if event.type == "summary.published" else "Correction published"
            return Change(headline, [*lines, public]) if state is SummaryState.published else None
        return None

    async def _poll(self, events: Sequence[OutboxEvent]) -> Block | None:
        """What is asked about now, or that nothing is any more. (A choice moves the session.)"""
        session = await self._seen(events[0].session_id)
        if session is None:
            return None
        poll = await polls.poll(self._db, self._actor, events[0].object_id)
        if poll.status is PollStatus.chosen:
            return None
        page = f"{self._base}/s/{session.id}/poll"
        if poll.status is not PollStatus.open:
            why = [f"Reason: {poll.reason}"] if poll.reason else []
            return Block(
                session.title, [Change("Other times are no longer asked about", why)], [], page
            )
        asked = await polls.asked(self._db, poll, session)
        opened = any(event.type == "poll.opened" for event in events)
        headline = "Several times are asked about" if opened else "Other times are asked about now"
        times = [civil(one.local_start, one.tz, one.fold, self._reader) for one in asked.offered]
        home_tz = asked.where.negotiation.home_tz
        by = zones_of(end_of_day(poll.due_on, home_tz), home_tz, self._person.tz)
        return Block(
            session.title,
            [Change(headline, times)],
            [f"To be answered by: {by}", *self._to_answer(asked)],
            page,
        )

    def _to_answer(self, asked: polls.Asked) -> list[str]:
        """What is asked of a head whose side hasn't said what suits it."""
        waits = (side := self._seat.party_id) in asked.where.consenting and not asked.answered(side)
        if not waits or self._seat.role not in HEADS:
            return []
        return ["Say there which of them suit your side, or choose one."]

    async def _commitment(self, events: Sequence[OutboxEvent]) -> Block | None:
        rows = await self._db.exec(
            select(Commitment).where(
                col(Commitment.id) == events[0].object_id,
                col(Commitment.person_id) == self._person.id,
                col(Commitment.status).not_in(_ENDED),
                visible(self._actor, Commitment),
            )
        )
        row = rows.first()
        if row is None:
            return None
        lines = [row.text]
        if row.due_on:
            due_at = end_of_day(row.due_on, home_tz := self._negotiation.home_tz)
            lines.append(f"Due: {zones_of(due_at, home_tz, self._person.tz)}")
        page = f"{self._base}/n/{self._negotiation.slug}/commitments"
        return Block("A commitment of your side", [Change("Given to you", lines)], [], page)


def to_accept(
    session: NegotiationSession, where: Setting, log: Sequence[SessionChange], seat: Seat
) -> list[str]:
    """What is asked of a head whose side hasn't accepted it as it stands."""
    side = seat.party_id
    waits = session.status is SessionStatus.proposed and side in where.consenting
    if not waits or side in accepted_by(log) or seat.role not in HEADS:
        return []
    return ["Your side hasn't accepted it yet: accept, decline or propose another time there."]


def _is_over(session: NegotiationSession, events: Sequence[OutboxEvent], now: datetime) -> bool:
    """Whether its time is over. That what was postponed is called off is news afterwards too."""
    called_off_later = session.status in _OFF and events[-1].at >= session.ends_at
    return session.ends_at <= now and not called_off_later


Told = tuple[str, list[str]]
_Telling = Callable[[SessionChange, NegotiationSession, Reader], Told]


def change_of(
    change: SessionChange, session: NegotiationSession, where: Setting, reader: Reader
) -> Change | None:
    """An entry of a session's log as mails tell of it; None for one of which none does."""
    telling = _CHANGES.get(f"session.{change.kind.value}")
    return None if telling is None else _told(telling, change, session, where, reader)


def _told(
    telling: _Telling, change: SessionChange, session: NegotiationSession, where: Setting,
    reader: Reader,
) -> Change:  # fmt: skip
    headline, lines = telling(change, session, reader)
    # Why a caucus meets or doesn't is its own affair, and a mail leaves the house.
    if change.reason and not where.is_caucus:
        lines = [*lines, f"Reason: {change.reason}"]
    return Change(headline, lines)


def _dated(change: SessionChange, side: str, reader: Reader) -> str:
    start, tz = getattr(change, f"{side}_start"), getattr(change, f"{side}_tz")
    if start is None or tz is None:
        return "no time"
    return civil(start, tz, getattr(change, f"{side}_fold"), reader)


def _proposed(change: SessionChange, _session: NegotiationSession, reader: Reader) -> Told:
    return "Proposed", [f"for: {_dated(change, 'to', reader)}"]


def _confirmed(_change: SessionChange, _session: NegotiationSession, _reader: Reader) -> Told:
    return "Confirmed", []


def _moved(change: SessionChange, _session: NegotiationSession, reader: Reader) -> Told:
    before, after = (_dated(change, side, reader) for side in ("from", "to"))
    return "Moved", [f"from: {before}", f"to: {after}"]


def _relocated(change: SessionChange, _session: NegotiationSession, _reader: Reader) -> Told:
    lines = [f"from: {change.from_place or 'no place'}", f"to: {change.to_place or 'no place'}"]
    return "Place changed", lines


def _postponed(change: SessionChange, _session: NegotiationSession, reader: Reader) -> Told:
    return "Postponed", [f"was: {_dated(change, 'from', reader)}"]


def _reinstated(change: SessionChange, _session: NegotiationSession, reader: Reader) -> Told:
    before, after = (_dated(change, side, reader) for side in ("from", "to"))
    return "Proposed again", [f"was: {before}", f"for: {after}"]


def _cancelled(_change: SessionChange, session: NegotiationSession, reader: Reader) -> Told:
    return "Cancelled", [f"was: {when(session, reader)}"]


_CHANGES: dict[str, _Telling] = {
    "session.proposed": _proposed,
    "session.confirmed": _confirmed,
    "session.moved": _moved,
    "session.relocated": _relocated,
    "session.postponed": _postponed,
    "session.reinstated": _reinstated,
    "session.cancelled": _cancelled,
}
