"""How a session's warnings look in JSON, to the secretariat."""

from collections.abc import Sequence

from negotiations.db import Db
from negotiations.parties import queries as parties
from negotiations.scheduling.warnings import Standing, WarningKind
from negotiations.web.answers import Moment, TypedDict


class NotedView(TypedDict):
    """What the secretariat noted of a warning: it stays silent until its facts change."""

    by: str | None
    at: Moment
    note: str


class WarningView(TypedDict):
    """One warning; `warning` names it until what it is about changes."""

    warning: str
    kind: WarningKind
    text: str
    acknowledged: NotedView | None


class WarningsView(TypedDict):
    items: list[WarningView]


async def warnings_view(db: Db, found: Sequence[Standing]) -> WarningsView:
    """What a session is warned of, with what the secretariat noted."""
    names = await parties.names(db, [one.noted.person_id for one in found if one.noted])
    return {
        "items": [
            {
                "warning": one.key,
                "kind": one.warned.kind,
                "text": one.warned.text,
                "acknowledged": {
                    "by": names.get(one.noted.person_id or ""),
                    "at": one.noted.created_at,
                    "note": one.noted.note,
                }
                if one.noted
                else None,
            }
            for one in found
        ]
    }
