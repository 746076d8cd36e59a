"""A draft becomes sessions: proposed, moved and cancelled in one transaction, or nothing is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, delete, select

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.civil import zone_of
from negotiations.db import Db
from negotiations.errors import Conflict
from negotiations.models import NegotiationSession, PlanItem, SessionTeam, Team
from negotiations.models.plans import PlanState
from negotiations.parties import going_on
from negotiations.plans.actions import check_open
from negotiations.plans.checking import Checked
from negotiations.plans.comparing import PLANNABLE, Doing
from negotiations.plans.queries import Drafted, Line
from negotiations.scheduling import actions, bookings, settling
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.bodies import Move, NewSession
from negotiations.scheduling.log import enter
from negotiations.web.forms import body_of


async def release(
    db: Db, actor: Actor, plan: Drafted, checked: Checked, reason: str, *, now: datetime
) -> list[NegotiationSession]:
    """Do what the comparison says; returns the sessions it touched, by start.

    Nothing happens unless all of it can: Conflict for a draft that breaks a rule or says nothing,
    or whose sessions were changed beside it; BookingClash when a team or somebody was booked
    meanwhile. What is new or moved is proposed: no side has consented to it yet.
    """
    check_open(actor, plan)
    if plan.row.state is PlanState.working:
        raise Conflict("The planner is at it. Wait for it, or stop it first.")
    if checked.faults:
        raise Conflict(f"The draft breaks rules: {checked.faults[0]} Mend the draft first.")
    if not any(checked.doing[item.id] in _ACTS for item in plan.items):
        raise Conflict("The draft changes nothing: there is nothing to release.")
    await going_on.hold_tracks(db, plan.negotiation.id)  # in the one order, before any of them
    settling.book_at_the_end(db)
    touched = []
    for line in plan.lines:
        for item in line.items:
            session = await _act(db, actor, plan, line, item, checked.doing[item.id], reason, now)
            if session is not None:
                item.session_id = session.id
                db.add(item)
                touched.append(session)
    clashes = await settling.book_all(db, actor)
    if clashes:
        raise clashes[0][1]
    row = plan.row
    row.state, row.released_at = PlanState.released, now
    db.add(row)
    audit.record(
        db,
        at=now,
        actor=actor.signature,
        action="plan.released",
        object_type="plan",
        object_id=row.id,
        content={item.id: checked.doing[item.id] for item in plan.items},
        negotiation_id=row.negotiation_id,
    )
    return sorted(touched, key=lambda session: (session.starts_at, session.id))


_ACTS = frozenset({Doing.new, Doing.moved, Doing.cancelled})


async def _act(
    db: Db, actor: Actor, plan: Drafted, line: Line, item: PlanItem, doing: Doing, reason: str,
    now: datetime,
) -> NegotiationSession | None:  # fmt: skip
    """The session that people are told of; None where nothing of theirs changes."""
    if doing is Doing.unplaced:
        return None
    if doing is Doing.new:
        body = body_of(NewSession, _new(plan, line, item))
        made, _ = await actions.propose(
            db, actor, plan.negotiation, body, now=now, recorded_by="plan"
        )
        return made
    session = await scheduling.session_for_change(db, actor, str(item.session_id))
    if doing is not Doing.kept and session.status not in PLANNABLE:
        raise Conflict(
            f"{session.title} is {session.status.value} by now. Take it out of the plan."
        )
    if doing is Doing.cancelled:
        await actions.cancel(db, actor, session, reason, now=now)
        return session
    if await _seat(db, plan, session, item):
        enter(db, actor, session, "session.change", {"team": item.team_id}, now)
        await bookings.rebook(db, actor, [session])
    if doing is Doing.kept:
        return None
    told = body_of(Move, {**_time(item, session.tz), "tz": session.tz, "reason": reason})
    await actions.move(db, actor, session, told, now=now, recorded_by="plan")
    return session


def _new(plan: Drafted, line: Line, item: PlanItem) -> dict[str, Any]:
    return {
        "jurisdiction": line.party.slug,
        "kind": item.kind.value,
        **_time(item, line.party.tz),
        "tz": line.party.tz,
        "location": line.wishes.place or line.party.city,
        "room": item.room,
        "teams": [item.team_id] if item.team_id else [],
        "indispensable": item.needs,
    }


def _time(item: PlanItem, tz: str) -> dict[str, Any]:
    """Its start and end on this clock."""
    assert item.starts_at is not None, "only what has a place is new or moved"
    start = item.starts_at.astimezone(zone_of(tz))
    end = (item.starts_at + timedelta(minutes=item.minutes)).astimezone(zone_of(tz))
    twice = next((one for one in (start, end) if _comes_twice(one)), None)
    fold = {"fold": twice.fold} if twice is not None else {}
    return {
        "local_start": start.replace(tzinfo=None),
        "local_end": end.replace(tzinfo=None),
        **fold,
    }


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).astimezone(UTC) != local.replace(fold=1).astimezone(UTC)


async def _seat(db: Db, plan: Drafted, session: NegotiationSession, item: PlanItem) -> bool:
    """Let the plan's team of the agency sit there, in place of the one that does; whether another
    one did."""
    if item.team_id is None or item.starts_at is None or session.status not in PLANNABLE:
        return False
    ours = select(Team.id).where(col(Team.party_id) == plan.agency.id)
    row = SessionTeam
    await db.exec(
        delete(row).where(
            col(row.session_id) == session.id, col(row.team_id).in_(ours),
            col(row.team_id) != item.team_id,
        )
    )  # fmt: skip
    found = await db.exec(
        select(row).where(col(row.session_id) == session.id, col(row.team_id) == item.team_id)
    )
    if found.first() is not None:
        return False
    db.add(SessionTeam(session_id=session.id, team_id=item.team_id))
    await db.flush()
    return True
