"""All that those outside a side are answered, and the rows behind it."""

import re
from collections.abc import Iterable
from itertools import product
from typing import Any

from caucuses.privately import API, OF_SIDE, SESSIONS, TAKEN
from checksum import tables
from factories import NEG, World, plenary_body, session_body, signed_in
from sqlmodel import select

from negotiations.app import APIS
from negotiations.chains import PRIVATE as OF_A_SIDE
from negotiations.exchange.exporting import Format, files_of
from negotiations.models import (
    AuditEntry,
    EventBytes,
    Generation,
    Mail,
    MailEvent,
    Negotiation,
    OutboxEvent,
)
from negotiations.models.feeds import EventAudience

OUTSIDERS = (
    "coordinator", "note_taker", "agency_head", "head_y", "delegate_y", "administrator",
)  # fmt: skip
READERS = ("coordinator", "note_taker", "agency_head", "head_y")
# The same of who is outside of the agency.
OF_THE_AGENCY = {"agency_head": "head_x", "agency_delegate": "delegate_x"}
# Where a caucus session lies is in these; of all others not one row may change.
PRIVATE = (
    "caucus", "caucus_party", "session", "session_party", "session_team", "session_change",
    "agenda_item", "attendance", "booking", "audit_entry", "event_bytes", "outbox_event",
    "search_entry", "note", "note_revision", "kept_note", "generation", "mail", "mail_event",
    "reminder", "notice", "look", "invitation",
    "webhook_endpoint", "webhook_delivery", "availability", "busy_block", "busy_calendar",
)  # fmt: skip
PAGES = (
    "/", "/n/{neg}", "/n/{neg}/schedule", f"/n/{{neg}}/schedule?week={TAKEN[:10]}",
    f"/n/{{neg}}/schedule?week={TAKEN[:10]}&track=x&times=utc",
    "/n/{neg}/matrix", "/n/{neg}/matrix.csv", "/n/{neg}/people", "/n/{neg}/set-up",
    "/n/{neg}/availability", "/n/{neg}/availability/x", "/me/availability",
    "/n/{neg}/tracks/x", "/n/{neg}/tracks/y", "/n/{neg}/caucuses",
    "/n/{neg}/search?q=h*", "/n/{neg}/requests", "/n/{neg}/own-notes", "/feeds",
    "/n/{neg}/sessions/new", "/n/{neg}/sessions/new?caucus={caucus}", "/public/{neg}", "/sign-in",
)  # fmt: skip
CALENDARS = ("/public/water-talks.ics", "/public/water-talks/x.ics", "/public/water-talks/y.ics")
OF_A_SESSION = ("", "/move", "/agenda", "/edit", "/summary", "/live")
TRIES = "try"


async def ids_of(world: World, side: str = "x") -> dict[str, set[str]]:
    """What stands for {id} in an address, by the word before it; this side's own among them."""
    found: dict[str, set[str]] = {}
    for reader in (world.coordinator, world.clients[OF_SIDE[side][0]]):
        for kind in ("parties", "teams", "issues", "people", "memberships", "sessions",
                     "commitments", "positions", "document-requests", "caucuses"):  # fmt: skip
            items = (await reader.get(f"{NEG}/{kind}")).json()["items"]
            found.setdefault(kind, set()).update(one["id"] for one in items)
    whole = ("sessions", "caucuses", "commitments")
    # Of what has nothing to do with sessions a few stand for all.
    return {kind: set(sorted(all_)[: None if kind in whole else 2]) for kind, all_ in found.items()}


def addresses(ids: dict[str, set[str]]) -> list[str]:
    """Every GET of the JSON interface, with every id there is."""
    made = []
    for one in (one for api in APIS for one in api.endpoints if one.method == "GET"):
        path = API + one.path.replace("{neg}", "water-talks").replace("{n}", "1")
        kind = re.search(r"/([a-z-]+)/{id}", path)
        values = sorted(ids.get(kind[1], {"f" * 20})) if kind else [""]
        spaces = ("secretariat", "caucus", "mine") if "{audience}" in path else ("",)
        path = path.replace("{item}", "general")
        paths = [path.replace("{audience}", one) for one in spaces]
        for path, value in product(paths, values):
            sides = ("x", "y") if "{jurisdiction}" in path else ("",)
            made += [
                path.replace("{id}", value).replace("{code}", "1").replace("{jurisdiction}", one)
                for one in sides
            ]
    found = [f"{NEG}/search?q={asked}" for asked in ("hush", "h*", "x")]
    found += [f"{NEG}/free-times?jurisdiction={side}" for side in ("x", "y")]
    return [*made, *found, f"{SESSIONS}?jurisdiction=x", f"{NEG}/outcomes?jurisdiction=y"]


Told = tuple[int, bytes, tuple[tuple[str, str], ...]]
Key = tuple[str, str]  # who asks, and for what


def told(answer: Any) -> Told:
    headers = [(k, v) for k, v in answer.headers.items() if k not in ("date", "x-request-id")]
    return answer.status_code, answer.content, tuple(sorted(headers))


class Outside:
    """What can be asked from there, after the side's caucus has been founded."""

    def __init__(self, world: World, ids: dict[str, set[str]], side: str = "x") -> None:
        self.world, self.side = world, side
        self.readers = self._outside(READERS)
        asking = self._outside(OUTSIDERS)
        self.keys: list[Key] = [(name, path) for name in asking for path in addresses(ids)]
        named = {"{neg}": "water-talks", "{caucus}": min(ids["caucuses"])}
        pages = [re.sub(r"{\w+}", lambda found: named[found[0]], one) for one in PAGES]
        pages += [f"/s/{id_}{rest}" for id_ in sorted(ids["sessions"]) for rest in OF_A_SESSION]
        self.keys += [(f"{name}'s browser", path) for name in self.readers for path in pages]
        ours = self._outside(("coordinator", "agency_delegate", "delegate_y", "head_y"))
        self.keys += [("nobody", one) for one in CALENDARS]
        self.keys += [("nobody", world.feeds[name]) for name in ours]
        self.keys += [("export", form.value) for form in Format]
        # Proposals that are only tried: at X's taken hour, close to it, and at a free one.
        self._tries = {
            "at the hour": session_body(local_start=TAKEN),
            "close to it": session_body(local_start=f"{TAKEN[:11]}12:30"),
            "in plenary": plenary_body(local_start=TAKEN),
            "with another": session_body(jurisdiction="y", local_start=TAKEN),
        }
        self.keys += [(TRIES, how) for how in self._tries]

    def _outside(self, names: Iterable[str]) -> list[str]:
        """These, with others in the place of who belongs to the side."""
        return [OF_THE_AGENCY.get(one, one) if self.side == "agency" else one for one in names]

    async def start(self) -> None:
        for name in self.readers:
            await signed_in(self.world, name)

    async def answer(self, key: Key) -> Told:
        who, what = key
        if who == TRIES:
            path = f"{SESSIONS}?dry_run=true"
            answer = await self.world.coordinator.post(path, json=self._tries[what])
            # The ids of what was only tried are new each time.
            text = re.sub(r'"(id|uid)":"[^"]*"', "", answer.text)
            return answer.status_code, text.encode(), ()
        if who == "export":
            return 200, await self._export(Format(what)), ()
        return told(await self.world.clients[who].get(what))

    async def _export(self, form: Format) -> bytes:
        async with self.world.database.read() as db:
            talks = (
                await db.exec(select(Negotiation).where(Negotiation.slug == "water-talks"))
            ).one()
            files = await files_of(db, talks, None, form, self.world.settings.base_url)
        return b"".join(name.encode() + content for name, content in sorted(files.items()))


async def rows(world: World, side: str = "x") -> dict[str, Any]:
    """What others draw from, by what it is."""
    async with world.database.read() as db:
        entries = (await db.exec(select(AuditEntry))).all()
        bytes_ = (await db.exec(select(EventBytes))).all()
        events = (await db.exec(select(OutboxEvent))).all()
        letters = (await db.exec(select(Mail))).all()
        parts = (await db.exec(select(MailEvent))).all()
        counted = (await db.exec(select(Generation.key, Generation.number))).all()
    ours = {world.people[name] for name in OF_SIDE[side]}
    to_others = {one.id: repr(one) for one in letters if one.person_id not in ours}
    return {
        "mails": to_others,
        "mailed": sorted(repr(one) for one in parts if one.mail_id in to_others),
        **{f"table {name}": of for name, of in (await tables(world, *PRIVATE)).items()},
        "chains": sorted(one.sha256 for one in entries if not one.chain.startswith(OF_A_SIDE)),
        "bytes": sorted(
            (one.object_id, one.audience.value, one.sha256, one.revised_at)
            for one in bytes_
            if one.audience is not EventAudience.caucus
        ),
        "counted": sorted(
            (key, number)
            for key, number in counted
            # Of people and parties only the side's own change, and of events only the caucuses'.
            if key.startswith(("events:", "tracks:", "talks:")) and not key.endswith(":caucus")
        ),
        "announced": sorted(one.id for one in events if one.caucus_id is None),
    }
