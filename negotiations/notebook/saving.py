"""Saving what was typed into the boxes of a notebook: note by note, and nothing is overwritten."""

import re
from collections.abc import Sequence
from datetime import datetime

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.notebook import actions, forms, queries
from negotiations.notebook.forms import Typed
from negotiations.notebook.places import place


async def save_typed(
    db: Db,
    actor: Actor,
    session_id: str,
    audience: str,
    typed: Sequence[Typed],
    *,
    now: datetime,
) -> set[str]:
    """Save each text that was made from the revision that stands; the items of those that weren't,
    or that are on the agenda no more. Their texts are kept for the actor instead.
    """
    late: set[str] = set()
    for one in typed:
        here = await place(db, actor, session_id, audience, one.item_id, change=True)
        found = await queries.note(db, actor, here)
        gone = found is None and not await queries.has_item(db, here)
        if gone and not re.fullmatch("[0-9a-f]{20}", one.item_id):
            raise NotFound  # it never was an item
        if not gone and forms.base_of(found) == one.base:
            await actions.save(db, actor, here, one.text, now=now)
        elif found is None or found[1].body != one.text:
            await actions.keep(db, actor, here, one.text, base=one.base, now=now)
            late.add(one.item_id)
    return late
