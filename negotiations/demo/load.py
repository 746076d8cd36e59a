"""Writing the demonstration through the actions that everyone uses, once per database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from negotiations.access.actor import Actor, operator
from negotiations.civil import local_date
from negotiations.db import Database, Db
from negotiations.demo import court_2010, positions_2010, practice, record_2010
from negotiations.documents import actions as documents
from negotiations.documents import queries as requests
from negotiations.documents.bodies import NewDocumentRequest
from negotiations.models import Membership, Negotiation, NegotiationSession, Person
from negotiations.notes import actions as notes
from negotiations.notes import circulating, publishing
from negotiations.notes.bodies import Result
from negotiations.outcomes import stating
from negotiations.outcomes.bodies import NewPosition
from negotiations.parties import actions as parties
from negotiations.parties import queries, seats
from negotiations.parties.bodies import NewIssue, NewNegotiation, NewParty, NewPerson
from negotiations.scheduling import actions as scheduling
from negotiations.scheduling.bodies import Move, NewSession


async def load(database: Database, *, now: datetime) -> bool:
    """Write what isn't there yet, in one transaction; returns whether anything was."""
    async with database.write() as db:
        there = await db.exec(select(Negotiation.slug))
        slugs = set(there.all())
        if record_2010.SLUG not in slugs:
            await _load_record(db, now)
        if practice.SLUG not in slugs:
            await _load_practice(db, now)
    return not {record_2010.SLUG, practice.SLUG} <= slugs


async def _open(
    db: Db,
    body: dict[str, Any],
    sides: Sequence[dict[str, Any]],
    issues: Sequence[dict[str, Any]],
    now: datetime,
) -> tuple[Negotiation, Actor]:
    """A negotiation with its parties and issues, and the actor who writes into it."""
    founder = operator(via="import")
    row = await parties.create_negotiation(
        db, founder, NewNegotiation.model_validate(body), now=now
    )
    actor = operator(row.id, via="import")
    for side in sides:
        await parties.add_party(db, actor, row, NewParty.model_validate(side), now=now)
    for issue in issues:
        await parties.add_issue(db, actor, row, NewIssue.model_validate(issue), now=now)
    return row, actor


async def _load_record(db: Db, now: datetime) -> None:
    data = record_2010
    row, actor = await _open(db, data.NEGOTIATION, data.PARTIES, data.ISSUES, now)
    await _accounts(db, actor, row, data.ACCOUNTS, now)
    people = {}
    for person in data.PEOPLE:
        body = NewPerson.model_validate({**person, "role": "delegate"})
        seat = await seats.add_person(db, actor, row, body, now=now)
        people[person["name"]] = seat.person_id
    held = await _positions(db, actor, row, now)
    sessions = []
    for one in data.SESSIONS:
        slug = one["session"]["jurisdiction"]
        sides = ["ice", slug]
        session = await _confirmed(db, actor, row, one["session"], sides, now)
        for move in one["moves"]:
            await _move(db, actor, session, move, sides, now)
        attendance = [{"person": people[name], "actual": "present"} for name in one["present"]]
        positions = [
            {**said, "supersedes": held.get((slug, said["issue"], said["party"]))}
            for said in positions_2010.AT_THE_SESSIONS[slug]
        ]
        result = Result.model_validate(
            {**one["result"], "attendance": attendance, "positions": positions}
        )
        await notes.post_result(db, actor, session, result, now=now, recorded_by="import")
        await scheduling.publish(db, actor, session, now=now, recorded_by="import")
        # Their text says that no party agreed to it; so they are published as what they are.
        await circulating.agree(db, actor, session, now=now)
        await publishing.publish(db, actor, session, now=now)
        sessions.append(session.id)
    await _load_court(db, actor, row, sessions, now)


async def _load_court(
    db: Db, actor: Actor, row: Negotiation, needed_before: Sequence[str], now: datetime
) -> None:
    """The request that every session of the record needed, published like them.

    On a clock that is set back, what lies ahead of it isn't known yet.
    """
    today = local_date(now, row.home_tz).isoformat()
    events = [one for one in court_2010.REQUEST["events"] if one["happened_on"] <= today]
    data = {**court_2010.REQUEST, "events": events, "needed_before": list(needed_before)}
    body = NewDocumentRequest.model_validate(data)
    made = await documents.create(db, actor, row, body, now=now)
    await db.flush()
    asked = await requests.request(db, actor, row, made.id)
    await documents.publish(db, actor, asked, now=now)


async def _positions(
    db: Db, actor: Actor, row: Negotiation, now: datetime
) -> dict[tuple[str, str, str], str]:
    """What each side held before the talks; the standing id by jurisdiction, issue and party."""
    held: dict[tuple[str, str, str], str] = {}
    for one in positions_2010.BEFORE_THE_TALKS:
        key = (one["jurisdiction"], one["issue"], one["party"])
        body = NewPosition.model_validate({**one, "supersedes": held.get(key)})
        track, _ = await queries.track(db, actor, row.id, one["jurisdiction"], lock=True)
        made, _ = await stating.state(db, actor, row, track, body, session=None, now=now)
        held[key] = made.id
    return held


async def _load_practice(db: Db, now: datetime) -> None:
    row, actor = await _open(db, practice.negotiation(now), practice.PARTIES, practice.ISSUES, now)
    secretariat = {name: record_2010.ACCOUNTS[name] for name in ("coordinator", "note_taker")}
    await _accounts(db, actor, row, {**secretariat, **practice.ACCOUNTS}, now)
    for one in practice.sessions(now):
        sides = ["agency", one["session"]["jurisdiction"]]
        if not one.get("confirm"):
            body = NewSession.model_validate(one["session"])
            session, _ = await scheduling.propose(db, actor, row, body, now=now)
        else:
            session = await _confirmed(db, actor, row, one["session"], sides, now, practice.HOW)
        if "move" in one:
            await _move(db, actor, session, one["move"], sides, now, practice.HOW)
        if "result" in one:
            result = Result.model_validate(one["result"])
            await notes.post_result(db, actor, session, result, now=now)
        if "cancel" in one:
            await scheduling.cancel(db, actor, session, one["cancel"], now=now)


async def _accounts(
    db: Db, actor: Actor, row: Negotiation, accounts: Mapping[str, dict[str, Any]], now: datetime
) -> None:
    for key, account in accounts.items():
        body = NewPerson.model_validate({**account, "email": address(key)})
        await seats.add_person(db, actor, row, body, now=now)


def address(key: str) -> str:
    """The mail address of a demonstration account."""
    return f"{key.replace('_', '-')}@example.org"


def _consents(sides: Sequence[str], how: str) -> list[dict[str, str]]:
    return [{"party": side, "how": how} for side in sides]


async def _confirmed(
    db: Db,
    actor: Actor,
    row: Negotiation,
    session: dict[str, Any],
    sides: Sequence[str],
    now: datetime,
    how: str = record_2010.HOW,
) -> NegotiationSession:
    body = NewSession.model_validate({**session, "consents": _consents(sides, how)})
    made, _ = await scheduling.propose(db, actor, row, body, now=now, recorded_by="import")
    await scheduling.confirm(db, actor, made, now=now, recorded_by="import")
    return made


async def _move(
    db: Db,
    actor: Actor,
    session: NegotiationSession,
    move: dict[str, Any],
    sides: Sequence[str],
    now: datetime,
    how: str = record_2010.HOW,
) -> None:
    body = Move.model_validate({**move, "consents": _consents(sides, how)})
    await scheduling.move(db, actor, session, body, now=now, recorded_by="import")


async def accounts(db: Db) -> dict[str, Person]:
    """The demonstration's accounts by key, of both negotiations."""
    keys = [*record_2010.ACCOUNTS, *practice.ACCOUNTS]
    rows = await db.exec(
        select(Person).where(
            col(Person.email).in_([address(key) for key in keys]),
            select(Membership.id).where(col(Membership.person_id) == Person.id).exists(),
        )
    )
    by_address = {person.email: person for person in rows}
    return {key: by_address[address(key)] for key in keys if address(key) in by_address}
