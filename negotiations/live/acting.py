"""What is entered beside the notes: an outcome, a commitment a line suggested, who is there.

Each acts in the transaction that saves the notes; a refused one leaves everything as it was.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import Conflict, FieldError, Invalid, NotFound, Stale
from negotiations.models import NegotiationSession
from negotiations.models.sessions import Presence
from negotiations.notes.forms import gathered, outcome_of_row
from negotiations.outcomes import actions as outcomes
from negotiations.outcomes import undertaking
from negotiations.outcomes.bodies import NewCommitment, NewOutcome
from negotiations.scheduling import details, queries, seating
from negotiations.scheduling.bodies import Attendee
from negotiations.web.forms import Form, body_of

Act = Callable[[Db, Actor, NegotiationSession, Form, str, datetime], Awaitable[None]]
NOT_HERE = "A plenary has several tables: enter it on the page of the session's result."
MOVED = "Somebody ticked the list meanwhile. It is shown as it stands; tick again what is missing."


async def record_outcome(
    db: Db, actor: Actor, session: NegotiationSession, form: Form, number: str, now: datetime
) -> None:
    """The outcome typed in row `number` of the form."""
    row = form.rows("outcomes").get(_place(number))
    if row is None:
        raise NotFound
    where = await seating.setting(db, session)
    try:
        body = body_of(NewOutcome, outcome_of_row(row))
        await outcomes.record(db, actor, session, where, body, now=now)
    except Invalid as error:
        raise _in_row(error, f"/outcomes/{number}") from None


async def commit(
    db: Db, actor: Actor, session: NegotiationSession, form: Form, key: str, now: datetime
) -> None:
    """The commitment that the line `key` suggests; whose it is and the words are in the form."""
    where = await seating.setting(db, session)
    if where.track is None:
        raise Conflict(NOT_HERE)
    names = ("owner", "text", "due_on", "issue")
    typed = {name: form.get(f"commit/{key}/{name}") for name in names}
    fields = {name: value for name, value in typed.items() if value.strip()}
    try:
        body = body_of(NewCommitment, fields)
        await undertaking.commit(db, actor, where.track, body, session=session, now=now)
    except Invalid as error:
        raise _in_row(error, f"/commit/{key}") from None


async def take_attendance(
    db: Db, actor: Actor, session: NegotiationSession, form: Form, _: str, now: datetime
) -> None:
    """Who is ticked is present; whoever isn't any more is what they were before: unknown."""
    listed = {row.person_id: row for row, _ in await queries.attendance(db, session.id)}
    items = {
        one.person_id: Attendee(
            person=one.person_id, rsvp=one.rsvp, actual=one.actual, mode=one.mode
        )
        for one in listed.values()
    }
    for row in form.rows("attendance").values():
        person, was = row.get("person", ""), row.get("was", "unknown")
        is_there, was_there = "there" in row, was == Presence.present
        if is_there == was_there:
            continue
        known = items.get(person)
        if (known.actual if known else Presence.unknown) != was:
            raise Stale(MOVED)
        said = {"actual": Presence.present if is_there else Presence.unknown}
        items[person] = (known or body_of(Attendee, {"person": person})).model_copy(update=said)
    await details.set_attendance(db, actor, session, list(items.values()), now=now)


ACTS: dict[str, Act] = {
    "outcome": record_outcome,
    "commit": commit,
    "attendance": take_attendance,
}


def _place(number: str) -> int:
    return int(number) if number.isdecimal() and len(number) < 5 else -1


def _in_row(error: Invalid, at: str) -> Invalid:
    return Invalid([gathered(FieldError(f"{at}{one.pointer}", one.detail)) for one in error.errors])
