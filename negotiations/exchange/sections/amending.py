"""What a changed file changes in a session that is there already, and what it can't."""

from collections.abc import Sequence

from negotiations.exchange.entry import Entry, differing
from negotiations.exchange.sections import course, results
from negotiations.exchange.sections.changes import Moved
from negotiations.exchange.sections.session_items import SessionItem
from negotiations.exchange.work import Work, at
from negotiations.models import NegotiationSession
from negotiations.scheduling import details as acts
from negotiations.scheduling import rules
from negotiations.scheduling.bodies import NewItem, SessionPatch

DETAILS = ("title", "kind", "access_note", "conference_url", "chair", "note_taker", "indispensable")
PEOPLE = ("chair", "note_taker")
SETTLED = (
    "jurisdiction",
    "continues",
    "local_start",
    "local_end",
    "tz",
    "basis",
    "basis_note",
    "teams",
)


def person(work: Work, key: str | None) -> str | None:
    """The id of the person named, if one is."""
    return work.id("person", key) if key else None


async def details(
    work: Work, entry: Entry[SessionItem], session: NegotiationSession, stored: SessionItem
) -> None:
    """Title, link, people and the like, while the session isn't over."""
    item = entry.item
    given = list(differing(item, stored))
    _settled(work, entry, stored, given)
    wanted = [name for name in DETAILS if name in given]
    if session.status not in rules.ALLOWED_FROM["change"]:
        for name in wanted:
            work.stays(entry, (name,), f"It stays: the session is {session.status.value}.")
        return
    if not wanted:
        return
    fields = {name: getattr(item, name) for name in wanted}
    for name in PEOPLE:
        if name in fields:
            fields[name] = person(work, fields[name])
    if "indispensable" in fields:
        fields["indispensable"] = [work.id("person", one) for one in item.indispensable]
    await acts.change(work.db, work.actor, session, SessionPatch(**fields), now=work.now)
    work.change(entry)


def _settled(
    work: Work, entry: Entry[SessionItem], stored: SessionItem, given: Sequence[str]
) -> None:
    """Tell of what was settled when the session was first proposed."""
    moved = any(isinstance(step, Moved) for step in stored.changes)
    for name in SETTLED:
        if name in given and not (name == "local_end" and moved):
            why = "It stays as first recorded. To move the session, add a change of kind moved."
            work.stays(entry, (name,), why)
    if course.place_of(entry.item) != course.place_of(stored):
        why = "It stays as first recorded. For another place, add a change of kind relocated."
        work.stays(entry, ("location",), why)


async def agenda(
    work: Work, entry: Entry[SessionItem], session: NegotiationSession, stored: SessionItem
) -> None:
    """The agenda, before the session is held."""
    item = entry.item
    if "agenda" not in item.model_fields_set or same_agenda(item.agenda, stored.agenda):
        return
    if session.status not in rules.BOOKING:
        why = f"It stays: the session is {session.status.value}, and its agenda is settled."
        work.stays(entry, ("agenda",), why)
        return
    with at("agenda"):
        await acts.set_agenda(work.db, work.actor, session, item.agenda, now=work.now)
    work.change(entry)


def same_agenda(given: Sequence[NewItem], stored: Sequence[NewItem]) -> bool:
    """Whether two agendas are alike, item by item; title and state count where given."""
    return len(given) == len(stored) and all(
        (one.issue, one.kind, one.minutes) == (two.issue, two.kind, two.minutes)
        and one.title in (None, two.title)
        and ("state" not in one.model_fields_set or one.state is two.state)
        for one, two in zip(given, stored, strict=True)
    )


async def attendance(
    work: Work, entry: Entry[SessionItem], session: NegotiationSession, stored: SessionItem
) -> None:
    """Who is expected and who came."""
    item = entry.item
    if "attendance" not in item.model_fields_set:
        return
    if not results.same_attendance(item, stored, stored.indispensable):
        needed = [work.id("person", one) for one in stored.indispensable]
        await results.set_attendance(work, session, item, needed)
        work.change(entry)


def first_new_change(work: Work, entry: Entry[SessionItem], stored: SessionItem) -> int | None:
    """The place of the first change that follows on those recorded; None when there is none."""
    given = course.said(entry.item, entry.item.changes)
    there = course.said(stored, stored.changes)
    for place, (one, two) in enumerate(zip(given, there, strict=False)):
        if one != two:
            why = (
                "It stays: what happened is never rewritten, and here the session was "
                f"{two[0]}. Add further changes at the end."
            )
            work.stays(entry, ("changes", place), why)
            return None
    return len(there) if len(given) > len(there) else None


async def what_came_of_it(
    work: Work, entry: Entry[SessionItem], session: NegotiationSession, stored: SessionItem
) -> None:
    """Further texts of the summary, and outcomes that supersede."""
    item = entry.item
    texts, places = results.new_texts(item, stored), results.new_outcomes(item, stored)
    await results.add_texts(work, session, texts)
    await results.record(work, session, item, places)
    if texts or places:
        work.change(entry)
