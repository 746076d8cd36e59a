"""What of the mails and webhooks is stuck, for who has to look after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import union_all

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.mail import trouble
from negotiations.webhooks import queries as webhooks


@dataclass
class Stuck:
    """Of some talks: to whom mails don't get through since when, and whether all of it is being
    tried again; since when nobody has been told; endpoints that were stopped, with when and why."""

    people: list[str] = field(default_factory=list)
    since: datetime | None = None
    again: bool = True
    untold: datetime | None = None
    webhooks: list[tuple[str, datetime, str]] = field(default_factory=list)


async def stuck(db: Db, actor: Actor, *, now: datetime) -> Mapping[str, Stuck]:
    """By the talks' id; nothing of talks where all is well."""
    of_each = (*trouble.queries(actor, now=now), webhooks.stopped(actor))
    everything: Any = union_all(*of_each).order_by("since", "name")
    rows = await db.exec(everything)
    found: dict[str, Stuck] = {}
    for kind, talks, name, at, again in rows:
        one = found.setdefault(talks, Stuck())
        if kind == "mail":
            one.people.append(name)
            one.since = one.since or at
            one.again = one.again and again
        elif kind == "untold":
            one.untold = at
        else:
            one.webhooks.append((name, at, kind))
    return found
