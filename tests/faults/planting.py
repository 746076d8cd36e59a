"""Talks in which every private field holds a word of its own, and who may ever see that word."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from factories import NEG, World, act, caucus_body, in_days, session_body, take_seat
from permissions.tries import API

from negotiations.models.parties import Role

WORD = re.compile(rb"zq[0-9a-f]{32}")  # 128 random bits
HEADS = {"x": "head_x", "y": "head_y", "agency": "agency_head"}
SIDES = {
    "x": ("head_x", "delegate_x", "party_note_taker_x"),
    "y": ("head_y", "delegate_y"),
    "agency": ("agency_head", "agency_delegate"),
}
SECRETARIAT = ("coordinator", "note_taker")
DELEGATIONS = tuple(name for side in SIDES.values() for name in side)
FIRST = {"If-None-Match": "*"}


@dataclass
class Words:
    """Where each word stands and who may see it. `long` makes texts as long as minutes are."""

    long: str = ""
    planted: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    hits: list[str] = field(default_factory=list)
    scanned: int = 0  # bytes

    def new(self, where: str, *readers: str) -> str:
        """What the secretariat shares is in the export of whoever runs the service."""
        handed_over = ["operator"] if "note_taker" in readers else []
        word = f"zq{secrets.token_hex(16)}"
        self.planted[word] = where, frozenset([*readers, *handed_over])
        return word

    def text(self, where: str, *readers: str) -> str:
        """A word with a long text around it."""
        return f"{self.long}\n\n{self.new(where, *readers)}\n\n{self.long}"

    def scan(self, content: bytes, reader: str, source: str, tokens: list[bytes]) -> None:
        """Complain of a word that isn't this reader's, and of any secret."""
        self.scanned += len(content)
        content = content.replace(b"\r\n ", b"")  # the folded lines of calendars
        for found in {one.decode() for one in WORD.findall(content)} & self.planted.keys():
            where, readers = self.planted[found]
            if reader in readers:
                self.seen.add(found)
            else:
                self.hits.append(f"{where} is shown to {reader} by {source}")
        if any(token in content for token in tokens):
            self.hits.append(f"a secret is shown to {reader} by {source}")


class Planting:
    """Makes the talks, through the same requests as everybody."""

    def __init__(self, world: World, words: Words) -> None:
        self.world, self.words = world, words
        self.secrets = list[bytes]()  # that answers told once

    async def all(self) -> None:
        await take_seat(self.world, "head_y", Role.head, "y")
        for number, side in enumerate(SIDES):
            await self._caucus(side, 30 + number)
            await self._feeds(side)
            await self._webhook(side, HEADS[side])
            await self._calendar(HEADS[side])
        await self._webhook("the secretariat", "coordinator")
        for number, side in enumerate(("x", "y")):
            await self._person(side)
            await self._session(side, 40 + number)
            await self._held(side, -10 - number, circulated=True)
            await self._held(side, -20 - number, circulated=False)
        await self._request()
        await self._plan()

    async def send(self, name: str, method: str, path: str, body: Any, **headers: str) -> Any:
        client = self.world.clients[name]
        answer = await client.request(method, path, json=body, headers=headers)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    async def change(self, name: str, method: str, path: str, body: Any) -> Any:
        """On the version that is there."""
        seen = await self.world.clients[name].get(path.removesuffix("/circulate"))
        return await self.send(name, method, path, body, **{"If-Match": seen.headers["etag"]})

    def _fields(self, where: str, *readers: str) -> dict[str, Any]:
        """What a session says of itself."""
        new = self.words.new
        return {
            "title": new(f"{where}, title", *readers),
            "location": new(f"{where}, place", *readers),
            "room": new(f"{where}, room", *readers),
            "access_note": new(f"{where}, way in", *readers),
            "conference_url": f"https://meet.example/{new(f'{where}, link to join', *readers)}",
            "agenda": [{"title": new(f"{where}, agenda", *readers)}],
        }

    async def _caucus(self, side: str, days: int) -> None:
        """A caucus of a side with a session, and what each of its people writes to themselves."""
        head, of, words = HEADS[side], SIDES[side], self.words
        where = f"caucus of {side}"
        body = {"name": words.new(f"{where}, name", *of)}
        caucus = (await self.send(head, "POST", f"{NEG}/caucuses", body))["id"]
        start = in_days(days)
        body = caucus_body(caucus, local_start=start, **self._fields(where, *of))
        session = (await self.send(head, "POST", f"{NEG}/sessions", body))["id"]
        moved = {"local_start": f"{start[:11]}14:00", "reason": words.new(f"{where}, move", *of)}
        assert (await act(self.world.clients[head], session, "move", moved)).status_code == 200
        await self._note(head, session, "caucus", of)
        for name in of:
            await self._note(name, session, "mine", (name,))

    async def _plan(self) -> None:
        """A draft of the coordinators': nobody else may know of it."""
        new = self.words.new
        body = {
            "title": new("plan, title", "coordinator"), "first_on": "2031-11-03",
            "last_on": "2031-11-07",
        }  # fmt: skip
        plan = (await self.send("coordinator", "POST", f"{NEG}/plans", body))["id"]
        wishes = {"place": new("plan, place", "coordinator")}
        await self.change("coordinator", "PUT", f"{API}/plans/{plan}/tracks/x", wishes)
        answer = await self.world.coordinator.get(f"{API}/plans/{plan}/items")
        item = f"{API}/plan-items/{answer.json()['items'][0]['id']}"
        room = {"room": new("plan, room", "coordinator")}
        await self.change("coordinator", "PATCH", item, room)

    async def _note(self, name: str, session: str, audience: str, of: tuple[str, ...]) -> None:
        """Two revisions, and a text that came too late."""
        path = f"{API}/sessions/{session}/notes/{audience}/general"
        where, words = f"note {audience} of {name}", self.words
        body = {"body": words.text(where, *of)}
        await self.send(name, "PUT", path, body, **FIRST)
        await self.change(name, "PUT", path, {"body": words.text(f"{where}, again", *of)})
        await self._late(name, path, words.text(f"{where}, late", name))

    async def _late(self, name: str, path: str, text: str) -> None:
        late = {"json": {"body": text}, "headers": {"If-Match": '"old"'}}
        assert (await self.world.clients[name].put(path, **late)).status_code == 412

    async def _feeds(self, side: str) -> None:
        for name in SIDES[side]:
            seers = {name, HEADS[side], "coordinator"}
            body = {"label": self.words.new(f"calendar of {name}", *seers)}
            await self.send(name, "POST", f"{API}/feeds", body)

    async def _webhook(self, side: str, name: str) -> None:
        """Where a program of theirs listens, and something that it was told."""
        word = self.words.new(f"webhook of {side}", name)
        body = {"negotiation": "water-talks", "url": f"https://hooks.example.org/{word}"}
        made = await self.send(name, "POST", f"{API}/webhooks", body)
        self.secrets.append(made["secret"].removeprefix("whsec_").encode())
        await self.send(name, "POST", f"{API}/webhooks/{made['id']}/test", {})

    async def _calendar(self, name: str) -> None:
        """Where theirs is, and its password: told to nobody again, not to themselves."""
        told = {one: f"zr{secrets.token_hex(16)}" for one in ("url", "user", "password")}
        self.secrets += [one.encode() for one in told.values()]
        url = f"https://calendar.example.org/{told['url']}/basic.ics"
        await self.send(name, "POST", f"{API}/busy-calendars", {**told, "url": url})
        body = {"starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"}
        await self.send(name, "POST", f"{API}/busy-blocks", body)

    async def _person(self, side: str) -> None:
        seers = (HEADS[side], "coordinator", "operator")
        mail = self.words.new(f"address of somebody of {side}", *seers)
        body = {"name": "Pat", "email": f"{mail}@example.org", "role": "delegate", "party": side}
        await self.send("coordinator", "POST", f"{NEG}/people", body)

    async def _session(self, side: str, days: int) -> None:
        """One to come, with the secretariat's own notes on it."""
        table = (*SIDES[side], *SIDES["agency"], *SECRETARIAT)
        where = f"session with {side}"
        fields = self._fields(where, *table)
        body = session_body(jurisdiction=side, local_start=in_days(days), tz="UTC", **fields)
        session = (await self.send("coordinator", "POST", f"{NEG}/sessions", body))["id"]
        await self._note("coordinator", session, "secretariat", SECRETARIAT)
        await self._note(HEADS[side], session, "caucus", SIDES[side])
        at = {"jurisdiction": side, "text": self.words.new(f"commitment of {side}", *table)}
        at |= {"evidence": self.words.new(f"evidence of {side}", *table)}
        await self.send("coordinator", "POST", f"{NEG}/commitments", {**at, "owner": side})
        at = {"jurisdiction": side, "text": self.words.new(f"position of {side}", *table)}
        at |= {"party": side, "issue": "10"}
        await self.send("coordinator", "POST", f"{NEG}/positions", at)

    async def _held(self, side: str, days: int, *, circulated: bool) -> None:
        """One that is over; its summary was sent round and answered, or is still worked on."""
        table = (*SIDES[side], *SIDES["agency"], *SECRETARIAT)
        where = f"summary of {side}" + ("" if circulated else " as a draft")
        heard = [{"party": one, "how": "by mail"} for one in ("agency", side)]
        body = session_body(
            jurisdiction=side, local_start=in_days(days), local_end=in_days(days, 12), tz="UTC",
            agenda=[{"issue": "1"}], consents=heard,
        )  # fmt: skip
        session = (await self.send("coordinator", "POST", f"{NEG}/sessions", body))["id"]
        assert (await act(self.world.coordinator, session, "confirm")).status_code == 200
        path = f"{API}/sessions/{session}/summary"
        outcome = {"issue": "1", "value": "noted"}
        outcome["text"] = self.words.new(f"outcome of {side}", *table)
        text = self.words.text(where, *(table if circulated else SECRETARIAT))
        result = {"body": text, "close": "concluded", "outcomes": [outcome]}
        await self.send("note_taker", "PUT", path, result, **FIRST)
        await self._late("coordinator", path, self.words.text(f"{where}, late", "coordinator"))
        if not circulated:
            return
        await self.change("coordinator", "POST", f"{path}/circulate", {})
        said = {"body": self.words.new(f"comment of {side}", *table)}
        await self.send(HEADS[side], "POST", f"{path}/comments", said)
        told = await self.world.clients[HEADS[side]].get(path)
        decision = {"sha256": told.json()["sha256"], "decision": "objected"}
        decision["statement"] = self.words.new(f"objection of {side}", *table)
        tag = {"If-Match": told.headers["etag"]}
        await self.send(HEADS[side], "POST", f"{path}/decide", decision, **tag)

    async def _request(self) -> None:
        everybody = (*DELEGATIONS, *SECRETARIAT)
        body = {
            "title": self.words.new("document request, title", *everybody),
            "scope": self.words.new("document request, scope", *everybody),
            "requester": "x", "holder": "agency", "legal_basis": "voluntary",
        }  # fmt: skip
        await self.send("coordinator", "POST", f"{NEG}/document-requests", body)
