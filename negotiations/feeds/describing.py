"""PURE: what an event says on a phone, for each audience: the most urgent first."""

from collections.abc import Sequence
from datetime import datetime

from negotiations.civil import clock_time, day, local_date, zone_of
from negotiations.feeds.table_facts import PUBLIC, Minutes, TableFacts
from negotiations.ics.text import safe_uri
from negotiations.models import NegotiationSession, Outcome, PollOption, SessionChange, Summary
from negotiations.models.feeds import EventAudience
from negotiations.models.outcomes import CommitmentStatus
from negotiations.models.sessions import ChangeKind, ItemState, SessionStatus
from negotiations.outcomes.matrix import LOOKS, look_of, standing
from negotiations.parties.codes import code_order

LONGEST = {
    EventAudience.public: 300,
    EventAudience.secretariat: 300,
    EventAudience.public_jurisdiction: 1500,
    EventAudience.track: 1500,
    EventAudience.caucus: 1500,
}
_BEGUN = frozenset({SessionStatus.in_progress, SessionStatus.held})
OFF = frozenset({SessionStatus.postponed, SessionStatus.cancelled})
_OVER = _BEGUN | OFF
_OPEN = frozenset({CommitmentStatus.open, CommitmentStatus.in_progress})


def description(
    facts: TableFacts, session: NegotiationSession, audience: EventAudience, url: str
) -> str:
    """Blocks in order of urgency, cut from the end to the audience's length; the link stays."""
    public, brief = audience in PUBLIC, LONGEST[audience] <= 300
    last, most = f"Details: {url}", LONGEST[audience]
    zones, join = zones_line(session, facts), "" if public else _join(session)
    urgent = [
        _result(facts, session, audience),
        _moved_in_public(session) if public else _moved(facts.changes.get(session.id, ()), session),
    ]
    # However long a reason is, when it is and how one joins has room after it.
    room = most - len(f"{zones}\n{join.partition(chr(10))[0]}\n{last}") - 1
    blocks = [*(_cut(one, max(room, 40)) for one in urgent), zones, session.basis_note or "", join]
    if not brief:
        blocks.append(_agenda(_titles(facts, session, public=public)))
    if not brief and not public:
        blocks += [_people(facts, session), _last_time(facts, session), _outstanding(facts)]
    return _fit([block for block in blocks if block], last, most)


def _cut(text: str, most: int) -> str:
    """At the end of a word: half a link to join is still one (see ics.links)."""
    return text if len(text) <= most else f"{text[: most - 1].rsplit(None, 1)[0]}…"


def _fit(blocks: Sequence[str], last: str, most: int) -> str:
    kept, used = [], len(last)
    for line in (line for block in blocks for line in block.split("\n")):
        if used + len(line) + 1 > most:
            break
        kept.append(line)
        used += len(line) + 1
    return "\n".join([*kept, last])


def _result(facts: TableFacts, session: NegotiationSession, audience: EventAudience) -> str:
    """What became of it: only from public what was published, drafts for the secretariat only."""
    public = audience in PUBLIC
    if session.status is SessionStatus.cancelled:
        return "CANCELLED." if public else f"CANCELLED: {session.cancel_reason}"
    if session.status is SessionStatus.postponed:
        reason = _last(facts.changes.get(session.id, ()), ChangeKind.postponed)
        return f"POSTPONED: {reason.reason}" if reason and not public else "POSTPONED."
    if session.status is not SessionStatus.held:
        return ""
    if public:
        return "HELD."
    line = " ".join(part for part in ("HELD.", _tally(facts.outcomes.get(session.id, ()))) if part)
    summary, texts = facts.summaries.get(session.id), facts.minutes.get(session.id)
    if summary is not None and texts is not None:
        told = state_for(summary, texts, audience)
        line += f"\nSummary: {told}" if told else ""
    return line


def state_for(summary: Summary, texts: Minutes, audience: EventAudience) -> str:
    """How far the summary is, for who reads it; empty for delegations while it is a first draft."""
    if audience is EventAudience.secretariat or texts.is_current:
        return summary.state.value
    return "being revised" if texts.shared is not None else ""


def _tally(rows: Sequence[Outcome]) -> str:
    """`1 declined, 2 clarified.`: what is settled or closed before what is open."""
    by_value: dict[str, list[Outcome]] = {}
    for row in standing(rows).values():
        by_value.setdefault(row.value, []).append(row)
    named = [
        f"{len(by_value[value])} {look.word}{_doubt(by_value[value])}"
        for value, look in reversed(LOOKS.items())
        if value in by_value
    ]
    return f"{', '.join(named)}." if named else ""


def _doubt(rows: Sequence[Outcome]) -> str:
    """` (C: disputed or inferred)`, with how many of them if not all; empty where none is."""
    marks = [row.certainty.mark for row in rows if row.certainty.mark]
    if not marks:
        return ""
    return f" ({f'{len(marks)} of them ' if len(marks) < len(rows) else ''}{marks[0]})"


def _moved(changes: Sequence[SessionChange], session: NegotiationSession) -> str:
    """Where it was before its last move and why it moved, until it is opened.

    Of a session that came back from being postponed: where it was then, and why.
    """
    last = _last(changes, ChangeKind.moved, ChangeKind.reinstated)
    if last is None or session.status in _OVER:
        return ""
    assert last.from_start is not None
    before = _wall_clock(last.from_start, last.from_tz or session.tz, last.from_fold)
    if last.kind is ChangeKind.moved:
        return f"Moved from {before}: {last.reason}"
    postponed = _last(changes, ChangeKind.postponed)
    return f"Postponed from {before}: {postponed.reason}" if postponed else ""


def _last(changes: Sequence[SessionChange], *kinds: ChangeKind) -> SessionChange | None:
    """The newest entry of these kinds in a session's log."""
    return next((change for change in reversed(changes) if change.kind in kinds), None)


def _moved_in_public(session: NegotiationSession) -> str:
    """The same without the reason, as far as the public saw it move."""
    moved = (session.public_copy or {}).get("moved_from")
    if moved is None or session.status in _OVER:
        return ""
    start = datetime.fromisoformat(moved["local_start"])
    return f"Moved from {_wall_clock(start, moved['tz'], moved['fold'])}"


def _wall_clock(local: datetime, tz: str, fold: int | None) -> str:
    """`Mon 8 Nov 10:00 PST`."""
    instant = local.replace(tzinfo=zone_of(tz), fold=fold or 0)
    return f"{day(local)} {clock_time(instant, tz)}"


def zones_line(session: NegotiationSession | PollOption, facts: TableFacts) -> str:
    """`10:00 PST San Francisco = 13:00 EST Washington`: the venue first, then who else attends."""
    cities = {party.tz: party.city for party in facts.parties if party.city}
    # The agency sits first and is read last, beside the zone of the deadlines.
    attending = [party.tz for party in (*facts.jurisdictions, *facts.parties)]
    here = local_date(session.starts_at, session.tz)
    shown: dict[str, str] = {}
    for tz in (session.tz, *attending, facts.negotiation.home_tz):
        time = clock_time(session.starts_at, tz)
        city = f" {cities[tz]}" if tz in cities else ""
        there = local_date(session.starts_at, tz)
        shown.setdefault(time, time + city + (f" ({day(there)})" if there != here else ""))
    return " = ".join(shown.values())


def _join(session: NegotiationSession) -> str:
    link = link_of(session)
    lines = [f"Join: {link}"] if link else []
    lines += [session.access_note] if session.access_note else []
    return "" if session.status in OFF else "\n".join(lines)


def _titles(facts: TableFacts, session: NegotiationSession, *, public: bool) -> list[str]:
    if public:
        return list((session.public_copy or {})["agenda"])
    items = facts.agendas.get(session.id, ())
    return [item.title for item in items if item.state is not ItemState.dropped]


def _agenda(titles: Sequence[str]) -> str:
    lines = [f"{number}. {title}" for number, title in enumerate(titles, start=1)]
    return "\n".join(["Agenda:", *lines]) if lines else ""


def _people(facts: TableFacts, session: NegotiationSession) -> str:
    names = facts.people.get(session.id, ())
    return f"With: {', '.join(names)}" if names else ""


def _last_time(facts: TableFacts, session: NegotiationSession) -> str:
    """What the table's previous held session decided, one line per issue."""
    if session.status in _OVER:
        return ""
    earlier = [
        one
        for one in facts.sessions
        if one.status is SessionStatus.held and one.starts_at < session.starts_at
    ]
    if not earlier:
        return ""
    last = max(earlier, key=lambda one: (one.starts_at, one.id))
    rows = sorted(
        standing(facts.outcomes.get(last.id, ())).values(),
        key=lambda row: code_order(facts.issues[row.issue_id].code),
    )
    lines = [
        f"{facts.issues[row.issue_id].title}: {look_of(row.value).word}{_doubt([row])}"
        for row in rows
    ]
    return "\n".join([f"Last time ({day(last.local_start)}):", *lines]) if lines else ""


def _outstanding(facts: TableFacts) -> str:
    names = {party.id: party.short_name for party in facts.parties}
    lines = [
        f"{names.get(row.owner_id, '')}: {row.text}"
        + (f", due {row.due_on.day} {row.due_on:%b}" if row.due_on else "")
        for row in facts.commitments
        if row.status in _OPEN
    ]
    return "\n".join(["Outstanding:", *lines]) if lines else ""


def link_of(session: NegotiationSession) -> str | None:
    """The link to join, always in the form in which CONFERENCE has it: ics.links looks for it."""
    return safe_uri(session.conference_url, ("http", "https", "tel"))
