"""How polls look in JSON."""

from datetime import date
from typing import Literal, NotRequired

from negotiations.civil import end_of_day
from negotiations.models import PollOption
from negotiations.models.polls import OptionStatus, PollStatus
from negotiations.models.sessions import SessionStatus
from negotiations.polls import rules
from negotiations.polls.queries import Asked
from negotiations.web.answers import Id, Local, Moment, TypedDict


class VoteView(TypedDict):
    """What a side says to a time; `waiting` as long as it has said nothing.

    `lapsed`: the session was given another place since, so that a yes is no acceptance any more.
    """

    party: str
    name: str
    answer: Literal["yes", "if_need_be", "no", "waiting"]
    by: NotRequired[str]
    how: NotRequired[str]
    answered_at: NotRequired[Moment]
    lapsed: NotRequired[bool]


class OptionView(TypedDict):
    """One of the times, as calendars know it by `uid` and `sequence`."""

    id: Id
    uid: str
    sequence: int
    status: OptionStatus
    starts_at: Moment
    ends_at: Moment
    local_start: Local
    local_end: Local
    tz: str
    fold: int | None
    answers: list[VoteView]


class PollView(TypedDict):
    """A poll with its times and answers; `missing` is what its proposed session lacks to be
    confirmed."""

    id: Id
    session: Id
    negotiation: str
    status: PollStatus
    due_on: date
    due_at: Moment
    opened_at: Moment
    opened_by: str | None
    ended_at: Moment | None
    ended_by: str | None
    reason: str | None
    options: list[OptionView]
    session_status: SessionStatus
    missing: list[str]


class ActedPoll(PollView):
    """A poll after an act, with what the act warns of."""

    warnings: list[str]


def poll_view(asked: Asked) -> PollView:
    poll, talks = asked.poll, asked.where.negotiation
    return {
        "id": poll.id,
        "session": poll.session_id,
        "negotiation": talks.slug,
        "status": poll.status,
        "due_on": poll.due_on,
        "due_at": end_of_day(poll.due_on, talks.home_tz),
        "opened_at": poll.created_at,
        "opened_by": asked.names.get(poll.opened_by_id or ""),
        "ended_at": poll.ended_at,
        "ended_by": asked.names.get(poll.ended_by_id or ""),
        "reason": poll.reason,
        "options": [_option(one, asked) for one in asked.options],
        "session_status": asked.session.status,
        "missing": list(asked.missing),
    }


def _option(option: PollOption, asked: Asked) -> OptionView:
    return {
        "id": option.id,
        "uid": option.uid,
        "sequence": option.sequence,
        "status": option.status,
        "starts_at": option.starts_at,
        "ends_at": option.ends_at,
        "local_start": option.local_start,
        "local_end": option.local_end,
        "tz": option.tz,
        "fold": option.fold,
        "answers": answers(asked, option),
    }


def answers(asked: Asked, option: PollOption) -> list[VoteView]:
    """What each side whose yes is needed says to a time, the agency first."""
    where = asked.where
    given = {vote.party_id: vote for vote in asked.votes.get(option.id, ())}
    found: list[VoteView] = []
    for party in map(where.party, where.consenting):
        one: VoteView = {"party": party.slug, "name": party.short_name, "answer": "waiting"}
        if (vote := given.get(party.id)) is not None:
            one.update(
                {
                    "answer": vote.answer.value,
                    "by": vote.by,
                    "how": vote.how,
                    "answered_at": vote.answered_at,
                    "lapsed": rules.is_lapsed(vote, asked.relocated_at),
                }
            )
        found.append(one)
    return found
