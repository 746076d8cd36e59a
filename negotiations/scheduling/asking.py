"""For whom a time is looked for: who sits at a session that is there, or is being proposed."""

from collections.abc import Sequence

from sqlmodel import col, select

from negotiations.availability.suggesting import Asked
from negotiations.db import Db
from negotiations.models import Attendance, NegotiationSession, Party, SessionTeam
from negotiations.web.forms import Form


def of_form(form: Form, parties: Sequence[Party]) -> Asked:
    """Of one that is being proposed: with the teams, the chair and the note-taker chosen so far."""
    teams = [form.get(f"team/{party.slug}") for party in parties]
    people = [form.get(name) for name in ("chair", "note_taker")]
    return Asked(parties, [one for one in teams if one], [one for one in people if one])


async def of_session(db: Db, session: NegotiationSession, parties: Sequence[Party]) -> Asked:
    """Of one that moves: its teams, its chair, its note-taker and who is indispensable."""
    teams = await db.exec(
        select(SessionTeam.team_id).where(col(SessionTeam.session_id) == session.id)
    )
    needed = await db.exec(
        select(Attendance.person_id).where(
            col(Attendance.session_id) == session.id, col(Attendance.indispensable)
        )
    )
    people = [one for one in (session.chair_id, session.note_taker_id) if one]
    return Asked(
        parties=parties,
        team_ids=teams.all(),
        person_ids=sorted({*people, *needed.all()}),
        besides=[session.id],
    )
