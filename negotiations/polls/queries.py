"""Reading polls with their times and answers: only of sessions the actor may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, select

from negotiations.access.actor import Actor
from negotiations.access.visible import visible
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.locks import afresh
from negotiations.models import NegotiationSession, Poll, PollOption, SessionChange, Vote
from negotiations.models.polls import OptionStatus, PollStatus
from negotiations.models.sessions import ChangeKind, SessionStatus
from negotiations.parties import queries as parties
from negotiations.polls import rules as rules_of_polls
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import rules, seating
from negotiations.scheduling.seating import Setting
from negotiations.web.cursors import Part, rows_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll with all that belongs to it.

    `votes` are by option id; `names` of people by their ids; `missing` is what its session lacks
    to be confirmed, as clauses, as long as it is proposed; `relocated_at` when it was last given
    another place, up to the end of the poll.
    """

    poll: Poll
    session: NegotiationSession
    where: Setting
    options: Sequence[PollOption]
    votes: Mapping[str, Sequence[Vote]]
    names: Mapping[str, str]
    missing: Sequence[str]
    relocated_at: datetime | None

    @property
    def offered(self) -> list[PollOption]:
        return [one for one in self.options if one.status is OptionStatus.offered]

    def answered(self, party_id: str) -> bool:
        """Whether this side has answered to every time that is still asked about, as it is now."""
        return all(
            any(
                vote.party_id == party_id and not rules_of_polls.is_lapsed(vote, self.relocated_at)
                for vote in self.votes.get(one.id, ())
            )
            for one in self.offered
        )


async def poll(db: Db, actor: Actor, poll_id: str) -> Poll:
    """One visible poll."""
    rows = await db.exec(select(Poll).where(col(Poll.id) == poll_id, visible(actor, Poll)))
    found = rows.first()
    if found is None:
        raise NotFound
    return found


async def poll_for_change(db: Db, actor: Actor, poll_id: str) -> tuple[Poll, NegotiationSession]:
    """A visible poll as it is now, its session's table held; WrongState once talks are over."""
    seen = await poll(db, actor, poll_id)
    session = await scheduling.session_for_change(db, actor, seen.session_id)
    rows = await db.exec(
        select(Poll).where(col(Poll.id) == poll_id).execution_options(populate_existing=True)
    )
    return rows.one(), session


async def polls(db: Db, session: NegotiationSession, *, part: Part | None = None) -> Sequence[Poll]:
    """The polls about a session, the newest first."""
    query = select(Poll).where(col(Poll.session_id) == session.id)
    return await rows_of(db, query, col(Poll.created_at).desc(), col(Poll.id).desc(), part=part)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open poll, and who has answered to which of the times it asks about."""

    poll: Poll
    answered_by: Mapping[str, set[str]]  # party ids by option id

    def silent(self, party_id: str) -> bool:
        """Whether this side's answer to any of the times is missing."""
        return any(party_id not in parties_ for parties_ in self.answered_by.values())


async def held(
    db: Db, actor: Actor, negotiation_id: str
) -> dict[str, tuple[Poll, list[PollOption]]]:
    """The open polls of these talks with the times they ask about, by session id."""
    rows = await db.exec(
        select(Poll, PollOption)
        .join(PollOption, col(PollOption.poll_id) == Poll.id)
        .where(
            col(Poll.negotiation_id) == negotiation_id,
            col(Poll.status) == PollStatus.open,
            col(PollOption.status) == OptionStatus.offered,
            visible(actor, Poll),
        )
        .order_by(col(PollOption.starts_at), col(PollOption.position))
    )
    found: dict[str, tuple[Poll, list[PollOption]]] = {}
    for poll_, option in rows:
        found.setdefault(poll_.session_id, (poll_, []))[1].append(option)
    return found


async def asked_about(
    db: Db, session_ids: Collection[str]
) -> dict[str, list[tuple[Poll, PollOption]]]:
    """The times that are or were asked about for each of these sessions, with their polls.

    For what every audience will read, so it asks no actor.
    """
    found: dict[str, list[tuple[Poll, PollOption]]] = defaultdict(list)
    for poll_, option in await db.exec(_asked_about(), params={"ids": list(session_ids)}):
        found[option.session_id].append((poll_, option))
    return found


@cache
def _asked_about() -> Any:
    return afresh(
        select(Poll, PollOption)
        .join(PollOption, col(PollOption.poll_id) == Poll.id)
        .where(col(PollOption.session_id).in_(bindparam("ids", expanding=True)))
        .order_by(col(PollOption.starts_at), col(PollOption.id))
    )


def with_open_polls() -> Any:
    """A query of sessions, to be narrowed, with three columns more: the open poll, and of each time
    it asks about the id, and a party that has answered since the session was last given another
    place; None where there is none. For `waiting_of`.
    """
    lapsed = (
        select(SessionChange.id)
        .where(
            col(SessionChange.session_id) == NegotiationSession.id,
            col(SessionChange.kind) == ChangeKind.relocated,
            col(SessionChange.created_at) > Vote.answered_at,
        )
        .correlate(NegotiationSession, Vote)
        .exists()
    )
    is_open = and_(
        col(Poll.session_id) == NegotiationSession.id, col(Poll.status) == PollStatus.open
    )
    is_offered = and_(
        col(PollOption.poll_id) == Poll.id, col(PollOption.status) == OptionStatus.offered
    )
    return (
        select(NegotiationSession, Poll, PollOption.id, Vote.party_id)
        .outerjoin(Poll, is_open)
        .outerjoin(PollOption, is_offered)
        .outerjoin(Vote, and_(col(Vote.option_id) == PollOption.id, ~lapsed))
    )


def waiting_of(rows: Iterable[tuple[Poll | None, str | None, str | None]]) -> list[Waiting]:
    """The open polls that these rows tell of, in their order."""
    polls_: dict[str, Poll] = {}
    answered: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for poll_, option_id, party_id in rows:
        if poll_ is None or option_id is None:
            continue
        polls_[poll_.id] = poll_
        said = answered[poll_.id][option_id]
        if party_id is not None:
            said.add(party_id)
    return [Waiting(one, answered[one.id]) for one in polls_.values()]


async def asked_of(
    db: Db, polls_: Sequence[Poll], sessions: Mapping[str, NegotiationSession]
) -> list[Asked]:
    """These polls with all that belongs to them, by a constant number of queries."""
    if not polls_:
        return []
    options = await _options(db, [one.id for one in polls_])
    votes = await _votes(db, [one.id for of in options.values() for one in of])
    known = list(sessions.values())
    settings = await seating.settings_of(db, known)
    logs = await scheduling.changes(db, known)
    agendas = await scheduling.agendas(db, known)
    people = [one.opened_by_id for one in polls_] + [one.ended_by_id for one in polls_]
    names = await parties.names(db, people)
    found = []
    for one in polls_:
        session, where = sessions[one.session_id], settings[one.session_id]
        missing = []
        if session.status is SessionStatus.proposed:
            missing = rules.missing_for(
                session,
                sides=where.consenting,
                changes=logs[session.id],
                agenda=agendas[session.id],
            )
        log = logs[session.id]
        since = rules_of_polls.relocated_at(
            each for each in log if one.ended_at is None or each.created_at <= one.ended_at
        )
        found.append(Asked(one, session, where, options[one.id], votes, names, missing, since))
    return found


async def asked(db: Db, poll_: Poll, session: NegotiationSession) -> Asked:
    """One poll with all that belongs to it."""
    return (await asked_of(db, [poll_], {session.id: session}))[0]


async def _options(db: Db, poll_ids: Collection[str]) -> dict[str, list[PollOption]]:
    rows = await db.exec(
        select(PollOption)
        .where(col(PollOption.poll_id).in_(poll_ids))
        .order_by(col(PollOption.starts_at), col(PollOption.position))
    )
    found: dict[str, list[PollOption]] = defaultdict(list)
    for row in rows:
        found[row.poll_id].append(row)
    return found


async def _votes(db: Db, option_ids: Collection[str]) -> dict[str, list[Vote]]:
    rows = await db.exec(
        select(Vote).where(col(Vote.option_id).in_(option_ids)).order_by(col(Vote.id))
    )
    found: dict[str, list[Vote]] = defaultdict(list)
    for row in rows:
        found[row.option_id].append(row)
    return found
