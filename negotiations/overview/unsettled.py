"""Whom a summary waits for that isn't published yet: to go round, be decided on, be public."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from negotiations.access.actor import Actor, Seat
from negotiations.access.policy import can
from negotiations.civil import end_of_day, local_date
from negotiations.models import NegotiationSession, Summary, SummaryDecision
from negotiations.models.parties import Approval
from negotiations.models.summaries import DecisionKind, SummaryState
from negotiations.notes import deadlines
from negotiations.overview.waiting import Item, Told, meeting
from negotiations.scheduling.seating import Setting
from negotiations.web.showing import listing


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A held session's summary; `decisions` are those that count on its newest text, `reached` when
    that text reached whom.

    `went_round` is whether any text of it was before the delegations.
    """

    session: NegotiationSession
    summary: Summary
    where: Setting
    went_round: bool
    decisions: Mapping[str, SummaryDecision]
    objecting: frozenset[str]
    reached: Mapping[str, datetime]

    @property
    def circulate_by(self) -> date | None:
        talks = self.where.negotiation
        return deadlines.circulate_by(talks, self.session, went_round=self.went_round)

    def is_over(self, now: datetime) -> bool:
        """Whether the time to answer is over."""
        return self.ended_at is not None and now > self.ended_at

    @property
    def ended_at(self) -> datetime | None:
        due_on = self.summary.due_on
        return end_of_day(due_on, self.where.negotiation.home_tz) if due_on else None

    @property
    def missed(self) -> list[str]:
        """The names of those that haven't decided and whom the text didn't reach in time."""
        over = self.ended_at
        return [
            name
            for key, name in self.silent.items()
            if over is None or key not in self.reached or self.reached[key] > over
        ]

    def today(self, now: datetime) -> date:
        return local_date(now, self.where.negotiation.home_tz)

    @property
    def silent(self) -> dict[str, str]:
        """The sides that haven't decided, with their names."""
        return {key: name for key, name in self.where.sides.items() if key not in self.decisions}


def of_summaries(actor: Actor, found: Iterable[Unsettled], *, now: datetime) -> Iterator[Item]:
    """What these summaries wait for, as far as it concerns the actor."""
    for one in found:
        seat = actor.seat_in(one.session.negotiation_id)
        told = _told(actor, seat, one, now) if seat is not None else None
        if told is None:
            continue
        seen = seat is not None and (seat.party_id is None or one.went_round)
        path = f"/s/{one.session.id}" + ("/summary" if seen else "")
        when = told.by.isoformat() if told.by else one.session.ends_at.isoformat()
        yield Item(
            on_me=told.on_me,
            text=told.text,
            title=one.session.title,
            path=path,
            session=meeting(one.session),
            due=when,
            key=f"summary:{one.session.id}",
            negotiation_id=one.session.negotiation_id,
            by=told.by,
            waits_on=told.waits_on,
        )


def _told(actor: Actor, seat: Seat, one: Unsettled, now: datetime) -> Told | None:
    state = one.summary.state
    if seat.party_id is None:
        coordinates = can(actor, "summary.circulate", one.session)
        if state is SummaryState.draft:
            return _draft(one, coordinates, now)
        if state is SummaryState.circulated:
            return _round(one, coordinates, now)
        return _agreed(one, now) if coordinates and state is SummaryState.agreed else None
    if seat.party_id not in one.where.sides or not can(actor, "summary.decide", one.session):
        return None
    return _of_side(one, seat.party_id, now)


def _draft(one: Unsettled, coordinates: bool, now: datetime) -> Told:
    """The secretariat's own text: ready, and sent round."""
    by = one.circulate_by
    if by is None:
        text = "send it round again" if coordinates else "make it ready to go round again"
        return Told(True, f"Its summary was changed after it went round: {text}.", None)
    declared = one.where.negotiation.approval is Approval.secretariat
    act = "send it round" + (", or declare it agreed" if declared else "")
    act = act if coordinates else "make it ready"
    if one.today(now) > by:
        return Told(True, f"Its summary was to go round by {_day(by)}: {act}.", by)
    return Told(True, f"Its summary goes round by {_day(by)}: {act}.", by)


def _round(one: Unsettled, coordinates: bool, now: datetime) -> Told | None:
    """While it is circulated: whose word is missing, and what the secretariat does about it."""
    due, rule = one.summary.due_on, one.summary.rule
    names = [name for key, name in one.where.sides.items() if key in one.objecting]
    if names:
        record = ", or record the disagreement" if coordinates else ""
        return Told(
            True, f"{listing(names)} objected to its summary: write another text{record}.", due
        )
    if one.is_over(now) and rule is Approval.secretariat:
        return Told(coordinates, "The time to answer its summary is over: declare it agreed.", due)
    if one.is_over(now) and rule is Approval.silence:
        if not one.missed:
            return None  # silence is consent: nobody has to do anything
        text = f"Its summary didn’t reach {listing(one.missed)} in time: send it round again."
        return Told(coordinates, text, due)
    return Told(False, _undecided(one), due, tuple(one.silent))


def _undecided(one: Unsettled) -> str:
    names = list(one.silent.values())
    verb = "hasn’t" if len(names) == 1 else "haven’t"
    by = f" (by {_day(one.summary.due_on)})" if one.summary.due_on else ""
    return f"{listing(names)} {verb} decided on its summary{by}."


def _agreed(one: Unsettled, now: datetime) -> Told | None:
    by = deadlines.publish_by(one.where.negotiation, one.summary)
    if by is None:
        return None
    if one.today(now) > by:
        return Told(True, f"Its summary was to be public by {_day(by)}: publish it.", by)
    return Told(True, f"Its summary is agreed: publish it by {_day(by)}.", by)


def _of_side(one: Unsettled, party_id: str, now: datetime) -> Told | None:
    """For who decides for a side. That there is a draft they aren't told, only what is late."""
    state, due, by = one.summary.state, one.summary.due_on, one.circulate_by
    if state is SummaryState.draft and by is None:
        return Told(False, "The secretariat revises its summary; it goes round again.", None)
    if state is SummaryState.draft and by is not None and one.today(now) > by:
        return Told(False, f"Its summary was to go round by {_day(by)}.", by)
    if state is not SummaryState.circulated or due is None:
        return None
    if party_id not in one.decisions:
        return _to_decide(one, due, now)
    if one.objecting:
        return Told(False, "The secretariat takes up the objection to its summary.", due)
    silent = tuple(one.silent)
    return Told(False, _undecided(one), due, silent) if silent else None


def _to_decide(one: Unsettled, due: date, now: datetime) -> Told | None:
    if not one.is_over(now):
        return Told(True, f"Decide on its summary by {_day(due)}.", due)
    if one.summary.rule is not Approval.all_parties:
        return None  # once the time is over the rule says what it means
    return Told(True, f"Its summary was to be answered by {_day(due)}: decide on it.", due)


def _day(value: date | None) -> str:
    return f"{value.day} {value:%b %Y}" if value else ""


def objecting(decisions: Iterable[SummaryDecision]) -> frozenset[str]:
    """Who ever objected among these."""
    return frozenset(one.party_id for one in decisions if one.kind is DecisionKind.objected)
