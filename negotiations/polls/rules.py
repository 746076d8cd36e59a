"""PURE: what a poll may ask about, whose answers count, and what a side has accepted with them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from negotiations.civil import clock_time, day
from negotiations.errors import Invalid, WrongState
from negotiations.models import NegotiationSession, Poll, PollOption, SessionChange, Vote
from negotiations.models.polls import Answer, OptionStatus, PollStatus
from negotiations.models.sessions import ChangeKind, SessionStatus
from negotiations.scheduling.acceptance import Consent, takes_no_time
from negotiations.scheduling.times import Slot

ASKED_IN = frozenset({SessionStatus.proposed, SessionStatus.postponed})
MOST = 20  # times at once


def check_may_ask(session: NegotiationSession, changes: Iterable[SessionChange]) -> None:
    """WrongState unless other times may be asked about for this session with this log."""
    if session.status not in ASKED_IN:
        raise WrongState(
            f"This session is {session.status.value.replace('_', ' ')}: other times are asked "
            "about for one that is proposed or postponed. Move it instead."
        )
    if takes_no_time(session, changes):
        raise WrongState(
            "This session is a counter-proposal, which holds nobody's time. Ask about other times "
            "for the session that it stands instead of."
        )


def check_open(poll: Poll) -> None:
    """WrongState for a poll that is over."""
    if poll.status is not PollStatus.open:
        raise WrongState("This poll is over. Open another one to ask about other times.")


def check_due(due_on: date, today: date) -> None:
    """Invalid for a day that is over."""
    if due_on < today:
        raise Invalid.field("due_on", "This day is over. Give today's date or a later one.")


def check_time(
    slot: Slot,
    session: NegotiationSession,
    others: Iterable[PollOption],
    *,
    now: datetime,
    pointer: str,
) -> None:
    """Invalid for a time that is past, or that overlaps the session's own or another one.

    Both would be held for the same teams.
    """
    if slot.starts_at <= now:
        raise Invalid.field(pointer, "This time has passed already. Choose one that lies ahead.")
    taken: list[NegotiationSession | PollOption] = list(others)
    if session.status is SessionStatus.proposed:
        taken.insert(0, session)
    for one in taken:
        if slot.starts_at < one.ends_at and one.starts_at < slot.ends_at:
            whose = "the session has already" if one is session else "is asked about too"
            raise Invalid.field(
                pointer,
                f"It overlaps {day(one.local_start)} {one.local_start:%H:%M} to "
                f"{clock_time(one.ends_at, one.tz)}, which {whose}. Choose times apart.",
            )


def check_number(offered: int) -> None:
    """WrongState for more times at once than anybody would look through."""
    if offered > MOST:
        raise WrongState(f"A poll asks about {MOST} times at most. Withdraw some first.")


def offered(options: Iterable[PollOption], option_id: str, pointer: str = "option") -> PollOption:
    """The option of this id that is still asked about; Invalid if there is none."""
    for one in options:
        if one.id == option_id and one.status is OptionStatus.offered:
            return one
    raise Invalid.field(pointer, "This time isn't asked about any more. Choose one of the others.")


def check_choice(option: PollOption, now: datetime) -> None:
    """WrongState for a time that has passed while it was asked about."""
    if option.starts_at <= now:
        raise WrongState("This time has passed meanwhile. Choose another one, or close the poll.")


def consents(
    votes: Sequence[Vote], changes: Sequence[SessionChange], sides: Iterable[str]
) -> list[Consent]:
    """The acceptances that these answers to one option amount to.

    Acceptance is bound to time and place: an answer given before the session's place changed
    counts for nothing.
    """
    known, since = set(sides), relocated_at(changes)
    return [
        Consent(vote.party_id, vote.by, vote.how)
        for vote in votes
        if vote.answer is Answer.yes and vote.party_id in known and not is_lapsed(vote, since)
    ]


def relocated_at(changes: Iterable[SessionChange]) -> datetime | None:
    """When the session with this log was last given another place; None if it never was."""
    return max(
        (one.created_at for one in changes if one.kind is ChangeKind.relocated), default=None
    )


def is_lapsed(vote: Vote, since: datetime | None) -> bool:
    """Whether it was said of another place than the session has since then."""
    return since is not None and vote.answered_at < since
