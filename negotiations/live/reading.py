"""What the live page shows: the boxes of one notebook, and around them what the session has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.civil import local_date
from negotiations.db import Db
from negotiations.live.suggested import Recorded, Suggested, suggested
from negotiations.models import AgendaItem, KeptNote, NegotiationSession
from negotiations.models.notes import GENERAL, NoteAudience
from negotiations.models.sessions import ItemState, SessionStatus
from negotiations.notebook import forms, queries
from negotiations.notebook.places import Place, audiences, may_write, place
from negotiations.notebook.queries import Found
from negotiations.notebook.reading import readers, title_of
from negotiations.notes import filling
from negotiations.notes.forms import outcome_fields
from negotiations.outcomes import stating
from negotiations.outcomes.actions import RECORDABLE
from negotiations.outcomes.sheet import Sheet, sheet
from negotiations.parties.queries import names
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.seating import Setting
from negotiations.texts import keeping
from negotiations.web.forms import Form

TITLES = {
    NoteAudience.mine: "Mine",
    NoteAudience.caucus: "Caucus",
    NoteAudience.secretariat: "Secretariat",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One textarea: what it is on, what it holds, what it was made from, and what stands instead.

    `stands` is set where a save came too late. `row` is the number of its issue's outcome in the
    form, None without an issue; `planned_at` when its turn comes as planned.
    """

    item_id: str
    title: str
    item: AgendaItem | None
    planned_at: datetime | None
    text: str
    base: str
    found: Found | None
    stands: str | None
    row: filling.Row | None
    suggested: Sequence[Suggested]


async def chosen_place(db: Db, actor: Actor, session_id: str, named: str | None) -> Place:
    """The notebook that is asked for; to begin with the secretariat's, else one's own."""
    if named is None:
        session = await scheduling.session(db, actor, session_id)
        listed = audiences(actor, session)
        is_secretariat = NoteAudience.secretariat in listed
        named = NoteAudience.secretariat if is_secretariat else NoteAudience.mine
    return await place(db, actor, session_id, named, GENERAL)


async def values_of(
    db: Db, actor: Actor, here: Place, form: Form, late: set[str], now: datetime
) -> dict[str, Any]:
    """All the page shows, by a constant number of queries. `late` are items whose text came too
    late; what was typed in `form` is shown again."""
    session = here.session
    where = await seating.setting(db, session)
    agenda = (await scheduling.agendas(db, [session]))[session.id]
    found = await queries.written(db, actor, session.id, here.audience, here.owner_id)
    today = local_date(now, where.negotiation.home_tz)
    recorded = await sheet(db, actor, session, where, today)
    people, there = await filling.people_of(db, actor, session, where)
    spot = {"session_id": session.id, "audience": here.audience, "owner_id": here.owner_id}
    drafts = await keeping.own(db, actor, KeptNote, spot)
    rows = filling.numbered(recorded, {item.issue_id for item in agenda})
    boxes = _boxes(form, here, agenda, found, late, rows, where, recorded)
    authors = {one.author_id for _, one in found.values() if one.author_id}
    return {
        **_rights(actor, session, where),
        "negotiation": where.negotiation,
        "audience": here.audience,
        "tabs": [(one.value, TITLES[one]) for one in audiences(actor, session)],
        "readers": readers(where, here),
        "writable": may_write(actor, session, here.audience),
        "boxes": boxes,
        "drafts": [
            (one, title_of(agenda, one.item_id), found[one.item_id][1].body)
            if one.item_id in found
            else (one, title_of(agenda, one.item_id), None)
            for one in drafts
        ],
        "authors": await names(db, list(authors)),
        "sheet": recorded,
        "typed": _typed(form, rows, where, boxes),
        "people": people if can(actor, "attendance.write", session) else [],
        "there": there,
        "lasted": _lasted(session, now),
        "allotted": round((session.ends_at - session.starts_at).total_seconds() / 60),
    }


async def lines_of(db: Db, actor: Actor, here: Place, body: str, now: datetime) -> dict[str, Any]:
    """What the lines of one note suggest, as the page shows it beside the note."""
    session = here.session
    where = await seating.setting(db, session)
    agenda = (await scheduling.agendas(db, [session]))[session.id]
    item = next((one for one in agenda if one.id == here.item_id), None)
    today = local_date(now, where.negotiation.home_tz)
    recorded = await sheet(db, actor, session, where, today)
    issue = next((one for one in recorded.issues if item and one.id == item.issue_id), None)
    known = _recorded(session.id, recorded, where)
    return {
        "lines": suggested(here.item_id, body, where.parties, issue.id if issue else None, known),
        "issue": issue,
        **_rights(actor, session, where),
    }


def _rights(actor: Actor, session: NegotiationSession, where: Setting) -> dict[str, Any]:
    sides = [one for one in (where.jurisdiction, where.agency) if one is not None]
    states = stating.sides_of(actor, where.track, sides) if where.track is not None else set()
    return {
        "session": session,
        "where": where,
        "may_record": can(actor, "outcome.write", session) and session.status in RECORDABLE,
        "may_commit": where.track is not None and can(actor, "commitment.write", where.track),
        "stated_by": next((one for one in sides if one.id in states), None),
        "may_request": can(actor, "document.write", where.negotiation),
    }


def _lasted(session: NegotiationSession, now: datetime) -> int | None:
    """Whole minutes since it was opened; None unless it goes on."""
    if session.status is not SessionStatus.in_progress:
        return None
    began = session.opened_at or session.starts_at
    return max(0, round((now - began).total_seconds() // 60))


def _boxes(
    form: Form,
    here: Place,
    agenda: Sequence[AgendaItem],
    found: Mapping[str, Found],
    late: set[str],
    rows: Sequence[filling.Row],
    where: Setting,
    recorded: Sheet,
) -> list[Box]:
    """One for the session as a whole, one for each item, and for notes on items that are gone."""
    typed = {one.item_id: one for one in forms.sent(form)}
    items = {item.id: item for item in agenda}
    listed = [GENERAL, *items, *(one for one in found if one not in {GENERAL, *items})]
    row_of = {issue.id: (number, issue, said) for number, issue, said in rows}
    planned = _planned(here.session, agenda)
    known = _recorded(here.session.id, recorded, where)
    tagged = here.audience is NoteAudience.secretariat
    boxes = []
    for item_id in listed:
        stands, was, item = found.get(item_id), typed.get(item_id), items.get(item_id)
        body = stands[1].body if stands else ""
        shown = was.text if was is not None and (was.is_new or not late) else body
        issue_id = item.issue_id if item else None
        boxes.append(
            Box(
                item_id,
                title_of(agenda, item_id),
                item,
                planned.get(item_id),
                shown,
                was.base if was is not None and not late else forms.base_of(stands),
                stands,
                body if item_id in late else None,
                row_of.get(issue_id or ""),
                suggested(item_id, shown, where.parties, issue_id, known) if tagged else (),
            )
        )
    return boxes


def _planned(session: NegotiationSession, agenda: Sequence[AgendaItem]) -> dict[str, datetime]:
    """When each item's turn comes (UTC), as long as all before it have their minutes."""
    found, at = {}, session.starts_at
    for item in agenda:
        if item.state is ItemState.dropped:
            continue
        found[item.id] = at
        if not item.minutes:
            break
        at += timedelta(minutes=item.minutes)
    return found


def _recorded(session_id: str, recorded: Sheet, where: Setting) -> Recorded:
    promised = {
        (where.slugs.get(one.owner.id, ""), one.row.text) for one in recorded.of_session(session_id)
    }
    return Recorded(promised, {one.issue.id: one.row.text for one in recorded.outcomes})


def _onto_what_stands(form: Form, rows: Sequence[filling.Row]) -> list[tuple[str, str]]:
    """Words that replace nothing yet are meant to replace what the page shows as standing."""
    names = {f"outcomes/{number}/supersedes": said for number, _, said in rows if said is not None}
    return [(name, said.row.id) for name, said in names.items() if not form.get(name)]


def _typed(form: Form, rows: Sequence[filling.Row], where: Setting, boxes: Sequence[Box]) -> Form:
    """The outcome fields: as typed, and where nothing was with what stands, or with what a line
    suggests."""
    if any(name.startswith("outcomes/") for name, _ in form.fields):
        return Form([*form.fields, *_onto_what_stands(form, rows)])
    fields = []
    for number, issue, said in rows:
        lines = [
            one for box in boxes if box.row and box.row[0] == number
            for one in box.suggested if one.kind == "outcome"
        ]  # fmt: skip
        fields += outcome_fields(number, issue, said, where.slugs)
        if said is None and lines:
            fields.append((f"outcomes/{number}/text", lines[-1].text))
            if lines[-1].value is not None:
                fields.append((f"outcomes/{number}/value", lines[-1].value.value))
    return Form(fields)
