"""A session that was made when another adjourned to it: what the file gives it of its own."""

from typing import Any

from negotiations.exchange.entry import Entry
from negotiations.exchange.sections.amending import PEOPLE, person, same_agenda
from negotiations.exchange.sections.session_items import SessionItem
from negotiations.exchange.work import Work, at
from negotiations.models import NegotiationSession
from negotiations.scheduling import details as acts
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.bodies import NewItem, SessionPatch


async def complete(work: Work, entry: Entry[SessionItem], session: NegotiationSession) -> list[str]:
    """Change what the file has otherwise; returns the ids of who must be there."""
    await _tell_what_stays(work, entry, session)
    needed = await _details(work, entry, session)
    if "agenda" in entry.item.model_fields_set:
        await _agenda(work, entry, session)
    return needed


async def _tell_what_stays(
    work: Work, entry: Entry[SessionItem], session: NegotiationSession
) -> None:
    item, given = entry.item, entry.item.model_fields_set
    for name in ("basis", "basis_note"):
        if name in given and getattr(item, name) != getattr(session, name):
            why = f"It stays {getattr(session, name)}, as before it adjourned."
            work.stays(entry, (name,), why)
    seated = await scheduling.teams(work.db, session.id)
    teams = {f"{party.slug}/{team.name}" for team, party in seated}
    for place, name in enumerate(item.teams):
        if name not in teams:
            work.stays(entry, ("teams", place), "The teams stay those before it adjourned.")


async def _details(work: Work, entry: Entry[SessionItem], session: NegotiationSession) -> list[str]:
    item, given = entry.item, entry.item.model_fields_set
    fields: dict[str, Any] = {
        name: getattr(item, name)
        for name in ("title", "kind")
        if name in given and getattr(item, name) != getattr(session, name)
    }
    for name in PEOPLE:
        wanted = person(work, getattr(item, name))
        if name in given and wanted != getattr(session, f"{name}_id"):
            fields[name] = wanted
    needed = (await scheduling.indispensable(work.db, [session]))[session.id]
    listed = [work.id("person", one) for one in item.indispensable]
    if "indispensable" in given and set(listed) != set(needed):
        fields["indispensable"] = needed = listed
    if fields:
        await acts.change(work.db, work.actor, session, SessionPatch(**fields), now=work.now)
    return needed


async def _agenda(work: Work, entry: Entry[SessionItem], session: NegotiationSession) -> None:
    rows = (await scheduling.agendas(work.db, [session]))[session.id]
    codes = await scheduling.issue_codes(work.db, rows)
    there = [
        NewItem.model_construct(
            issue=codes.get(row.issue_id or ""),
            title=row.title,
            kind=row.kind,
            minutes=row.minutes,
            state=row.state,
        )
        for row in rows
    ]
    if not same_agenda(entry.item.agenda, there):
        with at("agenda"):
            await acts.set_agenda(work.db, work.actor, session, entry.item.agenda, now=work.now)
