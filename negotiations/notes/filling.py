"""The form of a session's result before anybody types into it: what stands, and who is there."""

from collections.abc import Mapping, Sequence

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.models import AgendaItem, Attendance, Issue, NegotiationSession, Person
from negotiations.models.parties import Approval
from negotiations.models.sessions import CloseKind
from negotiations.notes import drafting, forms
from negotiations.notes.closing import again
from negotiations.notes.template import template
from negotiations.outcomes.sheet import Said, Sheet
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.seating import Setting
from negotiations.web.forms import Form

Row = tuple[int, Issue, Said | None]  # an issue, its number in the form, and what stands


async def people_of(
    db: Db, actor: Actor, session: NegotiationSession, where: Setting
) -> tuple[list[tuple[Person, str]], dict[str, Attendance]]:
    """Who is on the list and the members of both sides, with their side; the list by person."""
    rows = await scheduling.attendance(db, session.id)
    seats = await parties.members(db, actor, where.negotiation.id)
    side = {seat.person_id: where.sides.get(seat.party_id or "", "") for seat, _, _ in seats}
    people = {person.id: person for _, person in rows}
    people |= {person.id: person for seat, person, _ in seats if seat.party_id in where.sides}
    shown = [(person, side.get(person.id, "")) for person in people.values()]
    return shown, {row.person_id: row for row, _ in rows}


def numbered(recorded: Sheet, on_agenda: set[str | None]) -> list[Row]:
    """Every issue with its number in the form and what stands: those of the agenda first."""
    issues = sorted(recorded.issues, key=lambda issue: issue.id not in on_agenda)
    return [(number, issue, recorded.said(issue.id)) for number, issue in enumerate(issues)]


async def first_text(
    db: Db, session: NegotiationSession, where: Setting, agenda: Sequence[AgendaItem]
) -> str:
    """The template of a first summary."""
    symbol = await drafting.symbol_of(db, session, where)
    names = await parties.names(db, [session.chair_id, session.note_taker_id])
    chair, taker = (names.get(one or "", "") for one in (session.chair_id, session.note_taker_id))
    declared = where.negotiation.approval is Approval.secretariat
    sides = list(where.sides.values())
    return template(session, symbol, agenda, sides, chair, taker, declared=declared)


def as_it_is(
    body: str,
    session: NegotiationSession,
    where: Setting,
    rows: Sequence[Row],
    people: Sequence[Person],
    there: Mapping[str, Attendance],
) -> Form:
    """The form with what stands; `there` is who is on the list, by person."""
    fields = [("body", body), ("close", CloseKind.concluded.value), *again(session)]
    for number, issue, said in rows:
        fields += forms.outcome_fields(number, issue, said, where.slugs)
    return Form(fields + forms.attendance_fields(people, there))
