"""What one side does in its caucuses and notes changes no byte of any answer to anybody else.

A world with talks in it; then Hypothesis lets X do things in private. Every read of every outsider
(JSON, pages, calendars, public) and every try of a proposal gives the same bytes and headers as
before, and no row that others draw from has changed. The intervals in which X's team is taken are
the same throughout: they are the one thing that others may learn.
"""

import re
from collections.abc import Awaitable, Callable
from itertools import product
from typing import Any

from checksum import tables
from factories import (
    NEG,
    World,
    act,
    caucus_body,
    confirmed,
    in_days,
    plenary_body,
    propose,
    session_body,
    signed_in,
    take_seat,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notebook.jotting import of, saved
from sqlmodel import select

from negotiations import audit
from negotiations.app import APIS
from negotiations.models import AuditEntry, EventBytes, Generation, OutboxEvent
from negotiations.models.feeds import EventAudience
from negotiations.models.parties import Role

API, SESSIONS = "/api/v1", f"{NEG}/sessions"
OUTSIDERS = ("coordinator", "agency_head", "delegate_y", "administrator")
READERS = ("coordinator", "agency_head", "delegate_y")
# Where a caucus session lies is in these; of all others not one row may change.
PRIVATE = (
    "caucus", "caucus_party", "session", "session_party", "session_team", "session_change",
    "agenda_item", "attendance", "booking", "audit_entry", "event_bytes", "outbox_event",
    "search_entry", "note", "note_revision", "kept_note", "generation", "mail", "mail_event",
)  # fmt: skip
PAGES = (
    "/", "/n/{neg}", "/n/{neg}/matrix", "/n/{neg}/matrix.csv", "/n/{neg}/people",
    "/n/{neg}/set-up", "/n/{neg}/tracks/x", "/n/{neg}/tracks/y", "/n/{neg}/caucuses",
    "/n/{neg}/search?q=h*",
    "/n/{neg}/sessions/new", "/n/{neg}/sessions/new?caucus={caucus}", "/public/{neg}", "/sign-in",
)  # fmt: skip
CALENDARS = ("/public/water-talks.ics", "/public/water-talks/x.ics", "/public/water-talks/y.ics")
OF_A_SESSION = ("", "/move", "/agenda", "/edit", "/summary", "/notes")
TAKEN = in_days(40)  # when X's team sits in its first caucus session


async def ids_of(world: World) -> dict[str, set[str]]:
    """What stands for {id} in an address, by the word before it; private ones among them."""
    found: dict[str, set[str]] = {}
    for reader in (world.coordinator, world.head_x):
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
    return [*made, *found, f"{SESSIONS}?jurisdiction=x", f"{NEG}/outcomes?jurisdiction=y"]


def told(answer: Any) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    headers = [(k, v) for k, v in answer.headers.items() if k not in ("date", "x-request-id")]
    return answer.status_code, answer.content, tuple(sorted(headers))


async def tries(world: World) -> list[Any]:
    """Proposals that are only tried: at X's taken hour, close to it, and at a free one."""
    bodies = [
        session_body(local_start=TAKEN),
        session_body(local_start=f"{TAKEN[:11]}12:30"),
        plenary_body(local_start=TAKEN),
        session_body(jurisdiction="y", local_start=TAKEN),
    ]
    return [await world.coordinator.post(f"{SESSIONS}?dry_run=true", json=body) for body in bodies]


async def everything(world: World, ids: dict[str, set[str]]) -> dict[str, Any]:
    """All that outsiders are answered, and the rows behind it."""
    seen: dict[str, Any] = {}
    for name in OUTSIDERS:
        for path in addresses(ids):
            seen[f"{name} {path}"] = told(await world.clients[name].get(path))
    caucus = min(ids["caucuses"])
    for name in READERS:
        browser = await signed_in(world, name)
        paths = [one.replace("{neg}", "water-talks").replace("{caucus}", caucus) for one in PAGES]
        paths += [f"/s/{id_}{rest}" for id_ in sorted(ids["sessions"]) for rest in OF_A_SESSION]
        for path in paths:
            seen[f"{name}'s page {path}"] = told(await browser.get(path))
    mine = ("coordinator", "agency_delegate", "delegate_y")
    for path in (*CALENDARS, *(world.feeds[name] for name in mine)):
        seen[path] = told(await world.nobody.get(path))
    for place, answer in enumerate(await tries(world)):
        # The ids of what was only tried are new each time.
        text = re.sub(r'"(id|uid)":"[^"]*"', "", answer.text)
        seen[f"try {place}"] = (answer.status_code, text)
    return {**seen, **await rows(world)}


async def rows(world: World) -> dict[str, Any]:
    async with world.database.read() as db:
        entries = (await db.exec(select(AuditEntry))).all()
        bytes_ = (await db.exec(select(EventBytes))).all()
        events = (await db.exec(select(OutboxEvent))).all()
        counted = (await db.exec(select(Generation.key, Generation.number))).all()
    return {
        **{f"table {name}": of for name, of in (await tables(world, *PRIVATE)).items()},
        "chains": sorted(one.sha256 for one in entries if not one.chain.startswith(audit.PRIVATE)),
        "bytes": sorted(
            (one.object_id, one.audience.value, one.sha256, one.revised_at)
            for one in bytes_
            if one.audience is not EventAudience.caucus
        ),
        "counted": sorted(
            (key, number)
            for key, number in counted
            # Of people and parties only X's own change, and of events only the caucuses'.
            if key.startswith(("events:", "tracks:", "talks:")) and not key.endswith(":caucus")
        ),
        "announced": sorted(one.id for one in events if one.caucus_id is None),
    }


async def make_talks(world: World) -> None:
    """Something of everything, with X in it."""
    await take_seat(world, "head_y", Role.head, "y")
    held = await confirmed(world, local_start=in_days(-3))
    result = {
        "body": "Held", "close": "concluded",
        "outcomes": [{"issue": "1", "value": "agreed", "text": "Yes"},
                     {"issue": "2", "value": "noted", "text": "So"}],
        "commitments": [{"owner": "x", "text": "Write", "due_on": in_days(-1)[:10]}],
    }  # fmt: skip
    first = {"If-None-Match": "*"}
    path = f"{API}/sessions/{held['id']}/summary"
    assert (await world.note_taker.put(path, json=result, headers=first)).status_code == 201
    assert (await act(world.coordinator, held["id"], "publish")).status_code == 200
    await propose(world, local_start=in_days(5))
    body = plenary_body(local_start=in_days(7))
    assert (await world.coordinator.post(SESSIONS, json=body)).status_code == 201


class Private:
    """X at work behind its wall. Only the first session, at TAKEN, holds its team."""

    def __init__(self, world: World) -> None:
        self.world, self.number = world, 0
        self.ids: dict[str, set[str]] = {}
        self.before: dict[str, Any] | None = None

    async def start(self) -> None:
        self.caucus = await self.found()
        answer = await self.world.head_x.post(
            SESSIONS, json=caucus_body(self.caucus, local_start=TAKEN)
        )
        assert answer.status_code == 201, answer.text
        self.session = str(answer.json()["id"])
        listed = (await self.world.head_x.get(SESSIONS)).json()["items"]
        self.sessions = [str(one["id"]) for one in listed]

    async def found(self, *_: Any) -> str:
        self.number += 1
        answer = await self.world.head_x.post(
            f"{NEG}/caucuses", json={"name": f"Hush {self.number}"}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def put(self, part: str, items: list[dict[str, Any]]) -> None:
        path = f"{API}/sessions/{self.session}/{part}"
        tag = (await self.world.head_x.get(path)).headers["etag"]
        answer = await self.world.head_x.put(path, json={"items": items}, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text

    async def change(self, path: str, body: dict[str, Any]) -> None:
        tag = (await self.world.head_x.get(path)).headers["etag"]
        answer = await self.world.head_x.patch(path, json=body, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text

    async def title(self, word: str) -> None:
        body = {"title": f"Hush {word}", "conference_url": "https://meet.example/secret"}
        await self.change(f"{API}/sessions/{self.session}", body)

    async def rename(self, word: str) -> None:
        await self.change(f"{NEG}/caucuses/{self.caucus}", {"name": f"Hush {word}"})

    async def agenda(self, word: str) -> None:
        await self.put("agenda", [{"title": f"Hush {word}"}, {"issue": "1"}])

    async def attendance(self, word: str) -> None:
        people = self.world.people
        names = ("delegate_x", "head_x") if len(word) % 2 else ("head_x",)
        await self.put("attendance", [{"person": people[name]} for name in names])

    async def place(self, word: str) -> None:
        self.number += 1
        body = {"location": f"Hush {word} {self.number}", "reason": "Hush"}
        answer = await act(self.world.head_x, self.session, "relocate", body)
        assert answer.status_code == 200, answer.text

    async def jot(self, word: str) -> None:
        """Two texts of a side's note, one that came too late, and the first one again."""
        self.number += 1
        session = self.sessions[self.number % len(self.sessions)]
        for audience in ("caucus", "mine"):
            path = of(session, audience)
            await saved(self.world, "head_x", path, f"Hush {word} {self.number}", f"Hush {word}")
            late = {"json": {"body": f"Hush, late {word}"}, "headers": {"If-Match": '"old"'}}
            assert (await self.world.head_x.put(path, **late)).status_code == 412
            tag = {"If-Match": (await self.world.head_x.get(path)).headers["etag"]}
            again = {"json": {"revision": 1}, "headers": tag}
            answer = await self.world.head_x.post(f"{path}/restore", **again)
            assert answer.status_code == 200, answer.text

    async def confirm(self, _word: str) -> None:
        answer = await act(self.world.head_x, self.session, "confirm")
        assert answer.status_code in (200, 409), answer.text

    async def passing(self, word: str) -> None:
        """A session that is made, moved about and cancelled: its team is free again."""
        self.number += 1
        start = in_days(100 + self.number)
        body = caucus_body(self.caucus, local_start=start, title=f"Hush {word}")
        session = (await self.world.head_x.post(SESSIONS, json=body)).json()["id"]
        again = {"local_start": f"{start[:11]}14:00", "reason": "Hush"}
        for one, body in (("confirm", {}), ("move", again), ("cancel", {"reason": "Hush"})):
            answer = await act(self.world.head_x, session, one, body)
            assert answer.status_code == 200, answer.text


Deed = Callable[[Private, str], Awaitable[Any]]
DEEDS: tuple[Deed, ...] = (
    Private.found, Private.title, Private.rename, Private.agenda, Private.attendance,
    Private.place, Private.confirm, Private.passing, Private.jot, Private.jot,
)  # fmt: skip
WORDS = st.text("abcdefgh", min_size=1, max_size=8)


@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), WORDS), min_size=3, max_size=6))
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_a_caucus_changes_no_byte_for_anybody_outside(
    world: World, deeds: list[tuple[Deed, str]]
) -> None:
    if not hasattr(world, "private"):
        await make_talks(world)
        world.private = Private(world)  # type: ignore[attr-defined]
        await world.private.start()  # type: ignore[attr-defined]
    private: Private = world.private  # type: ignore[attr-defined]
    if private.before is None:
        private.ids = await ids_of(world)
        private.before = await everything(world, private.ids)
    for deed, word in deeds:
        await deed(private, word)
    after = await everything(world, private.ids)
    assert [key for key in after if private.before[key] != after[key]] == []
    assert not [key for key, answer in after.items() if "Hush" in str(answer)]


async def test_it_would_be_seen_if_a_byte_did_change(world: World) -> None:
    """Otherwise the comparison above would prove little."""
    await make_talks(world)
    private = Private(world)
    await private.start()
    ids = await ids_of(world)
    before = await everything(world, ids)
    await propose(world, local_start=in_days(60), jurisdiction="x")
    after = await everything(world, ids)
    changed = {key.split(" ")[0] for key in before if before[key] != after[key]}
    assert {"coordinator", "agency_head", "coordinator's", "chains"} <= changed
    assert "delegate_y" not in changed
