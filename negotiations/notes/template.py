"""PURE: the empty summary that a note-taker begins with: who, when, where, the agenda."""

from collections.abc import Sequence

from negotiations.civil import clock_time, long_day
from negotiations.models import AgendaItem, NegotiationSession
from negotiations.models.sessions import ItemState
from negotiations.notes.approval import NOT_AGREED
from negotiations.scheduling.rules import place_of


def template(
    session: NegotiationSession,
    symbol: str,
    agenda: Sequence[AgendaItem],
    sides: Sequence[str],
    chair: str,
    note_taker: str,
    *,
    declared: bool = False,
) -> str:
    """Markdown in the action style; `sides` are short names. Outcomes have fields of their own.

    `declared` where no party agrees to the text, which has to say so then.
    """
    start, end = clock_time(session.starts_at, session.tz), clock_time(session.ends_at, session.tz)
    people = f"Chair: {chair or 'not named'}. Notes: {note_taker or 'not named'}."
    lines = [
        f"# {symbol}  {session.title}",
        "",
        f"{long_day(session.local_start)}, {start} to {end}. {place_of(session)}".rstrip(),
        people,
        *(["", f"{NOT_AGREED}."] if declared else []),
        "",
        "## Present",
        "",
    ]
    items = [item for item in agenda if item.state is not ItemState.dropped]
    for number, item in enumerate(items, start=1):
        lines += ["", f"## {number}. {item.title}", "", "Asked: "]
        lines += [line for side in sides for line in ("", f"{side}'s position: ")]
    lines += ["", "## Next session", ""]
    return "\n".join(lines) + "\n"
