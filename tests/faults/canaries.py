"""F27: no private word, token or address in any byte that goes to somebody else.

Every private field of the talks holds a random word, and it is known who may see it. Then everybody
asks for everything there is: every GET by every actor with every id, as JSON, page, calendar and
file; wrong requests with words in them too. All of that is looked through, and what is logged,
counted, handed over and announced. That each word was seen by somebody who may is the control.
"""

import io
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from caucuses.outside import told
from checksum import tables
from factories import NEG, Standing, World, make_world, signed_in
from faults.engines import Databases
from faults.planting import DELEGATIONS, SECRETARIAT, WORD, Planting, Words
from mail.post import Box, later
from sqlmodel import col, select
from starlette.routing import Route
from templates import settings_for
from test_logs import logging_to

from negotiations.exchange.exporting import Format, files_of
from negotiations.mail.encoding import encoded
from negotiations.models import Negotiation
from negotiations.outgoing.answers import Answer, rule_of
from negotiations.outgoing.client import Outgoing
from negotiations.webhooks.jobs import Dispatch

READERS = (*DELEGATIONS, *SECRETARIAT, "administrator", "coordinator_elsewhere", "feed_token")
BROWSERS = (
    "head_x", "head_y", "delegate_y", "agency_head", "coordinator", "note_taker", "administrator",
)  # fmt: skip
# The table whose ids stand for {id}, by the word before it.
TABLES = {
    "s": "session", "sessions": "session", "parties": "party", "teams": "team",
    "issues": "issue", "people": "person", "memberships": "membership", "caucuses": "caucus",
    "commitments": "commitment", "positions": "position", "requests": "document_request",
    "document-requests": "document_request", "drafts": "note_draft", "note-drafts": "kept_note",
    "feeds": "feed", "webhooks": "webhook_endpoint", "deliveries": "webhook_delivery",
    "plans": "plan", "plan-items": "plan_item",
    "polls": "poll",
    "busy-blocks": "busy_block", "busy-calendars": "busy_calendar",
}  # fmt: skip
# Of what no side has for itself a few stand for all.
FEW = {"plan": 2, "plan_item": 2, "party": 1, "team": 2, "issue": 1, "person": 4, "membership": 4}
Ask = tuple[str, str, str]  # whose words may be in it, which client asks, for what
LONG = "The parties met and went through the list, one after another, as agreed before. "


@dataclass
class Report:
    worlds: int = 0
    requests: int = 0
    bytes: int = 0
    words: int = 0
    logged: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [
            f"{self.words} words in {self.worlds} worlds, {self.requests:,} requests",
            f"{self.bytes / 10**6:,.1f} MB looked through, {self.logged:,} bytes of logs in them",
            f"{len(self.broken)} found amiss",
            f"{self.seconds:.0f} s",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:30]])


class Walk:
    """Everything that can be asked in a world full of words."""

    def __init__(self, world: World, words: Words) -> None:
        self.world, self.words = world, words

    async def start(self) -> None:
        planting = Planting(self.world, self.words)
        await planting.all()
        for name in BROWSERS:
            await signed_in(self.world, name)
        given = [one.headers.get("authorization", "") for one in self.world.clients.values()]
        cookies = [one.cookies.get("login", "") for one in self.world.clients.values()]
        shown = [*given, *cookies, *self.world.feeds.values()]
        found = [re.findall(r"[\w-]{43}", one) for one in shown]
        self.tokens = sorted({one.encode() for many in found for one in many})
        self.tokens += planting.secrets
        rows = await tables(self.world)
        self.ids = {name: [str(row[0]) for row in of] for name, of in rows.items()}

    def asks(self) -> list[Ask]:
        pages, data = [], []
        for route in self.world.app.routes:
            if isinstance(route, Route) and "GET" in (route.methods or ()):
                (data if route.path.startswith("/api/") else pages).extend(self._filled(route.path))
        found = [(name, name, path) for name in READERS for path in data]
        found += [(name, f"{name}'s browser", path) for name in BROWSERS for path in pages]
        found += [("nobody", "nobody", path) for path in pages]
        for name, path in self.world.feeds.items():
            queries = ("", "?include=commitments,minutes", "?alarms=15", "?cancelled=hide")
            found += [(name, "nobody", f"{path}{query}") for query in queries]
        return found

    def _filled(self, path: str) -> Iterator[str]:
        """A route's addresses with everything that may stand in it."""
        kind = re.search(r"/([a-z-]+)/{id}", path)
        ids = [""]
        if kind is not None:
            table = TABLES[kind[1]]
            ids = self.ids[table][: FEW.get(table)]
        if "{token}" in path or "{secret}" in path:
            return
        path = path.replace("{neg}", "water-talks").replace("{n}", "1").replace("{item}", "general")
        path = path.replace("{party}", "x").replace("{code}", "10")
        path += "?a=1&b=2" if path.endswith("/diff") else ""
        path += "?q=zq*" if path.endswith("/search") else ""
        for side in ("x", "y") if "{jurisdiction}" in path else ("",):
            for audience in ("secretariat", "caucus", "mine") if "{audience}" in path else ("",):
                for id_ in ids:
                    one = path.replace("{jurisdiction}", side).replace("{audience}", audience)
                    yield one.replace("{id}", id_)

    async def ask(self, ask: Ask) -> None:
        reader, client, path = ask
        status, content, headers = told(await self.world.clients[client].get(path))
        assert status < 500, (client, path)
        sent = content + repr(headers).encode()
        # A calendar says where it can be had: to who knows it already.
        own = [] if not path.startswith("/feeds/") else [path[7:50].encode()]
        secret = [one for one in self.tokens if one not in own]
        self.words.scan(sent, reader, f"{client}: {path}", secret)

    async def wrong(self) -> None:
        """Requests that are refused, with a word in each place where one can stand."""
        word = self.words.new("what somebody asked", "coordinator")
        client, login = self.world.coordinator, f"Bearer {word}"
        answers = [
            await client.get(f"/{word}"),
            await client.get(f"{NEG}/issues?{word}={word}"),
            await client.get(f"{NEG}/{word}"),
            await client.get(f"/feeds/{word}.ics"),
            await client.get(f"/sign-in/{word}"),
            await client.get(f"{NEG}/issues", headers={"Authorization": login}),
            await client.post(f"{NEG}/issues", content=word),
            await client.post(f"{NEG}/issues", json={word: word}),
            await client.post(f"{NEG}/issues", json={"code": word * 9, "title": word * 99}),
            await client.put(f"{NEG}/issues", json={"title": word}, headers={"X-Word": word}),
        ]
        for answer in answers:
            assert 400 <= answer.status_code < 500 or answer.url.path.startswith("/sign-in/")
            self.words.scan(answer.content, "coordinator", "a refusal", self.tokens)

    async def beside(self) -> None:
        """What goes out by other ways: counters, what is handed over, announcements, the audit."""
        counters = await self.world.nobody.get("/metrics")
        self.words.scan(counters.content, "nobody", "/metrics", self.tokens)
        async with self.world.database.read() as db:
            wanted = select(Negotiation).where(col(Negotiation.slug) == "water-talks")
            talks = (await db.exec(wanted)).one()
            for form in Format:
                files = await files_of(db, talks, None, form, "http://testserver")
                content = b"".join(files.values())
                self.words.scan(content, "operator", f"export as {form.value}", self.tokens)
        await self._mails()
        await self._webhooks()
        rows = await tables(self.world)
        for name in ("outbox_event", "audit_entry"):
            content = json.dumps(rows[name], default=str).encode()
            self.words.scan(content, "nobody", f"the rows of {name}", self.tokens)
        everything = json.dumps(list(rows.values()), default=str).encode()
        if any(token in everything for token in self.tokens):
            self.words.hits.append("a secret can be read in the database")

    async def _webhooks(self) -> None:
        """What programs are told holds no word at all, whosever they are."""
        sent: list[bytes] = []

        class Taking(Outgoing):
            async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
                sent.append(content + json.dumps(dict(headers)).encode())
                return Answer(200, {}, b"")

        rule = rule_of(self.world.settings)
        dispatch = Dispatch(self.world.settings, lambda: Taking(rule))
        await dispatch.send_due(self.world.database, self.world.clock)
        assert len(sent) > 20
        self.words.scan(b"".join(sent), "nobody", "a webhook", self.tokens)

    async def _mails(self) -> None:
        """Each is for whose address it goes to; one whose address is a word has no others."""
        box = Box()
        await later(self.world, box)
        for letter in await later(self.world, box, 3600):
            name = letter.to.partition("@")[0]
            source = f"a mail to {letter.to}"
            content = encoded(letter, "talks@example.org", cte="8bit")
            if name not in self.words.planted:
                self.words.scan(content, name, source, self.tokens)
                continue
            where, _ = self.words.planted[name]
            found = {one.decode() for one in WORD.findall(content)} - {name}
            seers = {"x": "delegate_x", "y": "delegate_y"}[where[-1]]
            for one in found:
                if seers not in self.words.planted[one][1]:
                    self.words.hits.append(f"{self.words.planted[one][0]} is in {source}")


async def walked(world: World, report: Report, *, kilobytes: int, part: slice) -> Words:
    """Plant, ask for this part of everything, and look through what came."""
    words, log = Words("\n\n".join([LONG] * (kilobytes * 1024 // len(LONG)))), io.StringIO()
    walk = Walk(world, words)
    with logging_to(log, "json"):
        await walk.start()
        asks = walk.asks()[part]
        for ask in asks:
            await walk.ask(ask)
        await walk.wrong()
        await walk.beside()
    words.scan(log.getvalue().encode(), "nobody", "the log", walk.tokens)
    report.worlds, report.requests = report.worlds + 1, report.requests + len(asks)
    report.bytes, report.words = report.bytes + words.scanned, report.words + len(words.planted)
    report.logged += len(log.getvalue())
    report.broken += words.hits
    return words


async def run(own: Databases, megabytes: int, seconds: float) -> Report:
    """Worlds with texts as long as minutes until so much has been looked through."""
    report, began = Report(), time.monotonic()
    while report.bytes < megabytes * 10**6 and time.monotonic() - began < seconds:
        url = own.new()
        world = await make_world(settings_for(url), Standing())
        words = await walked(world, report, kilobytes=150, part=slice(None))
        unseen = [words.planted[one][0] for one in words.planted.keys() - words.seen]
        report.broken += [f"nobody at all was shown: {where}" for where in unseen]
        await world.close()
        own.drop(url)
    report.seconds = time.monotonic() - began
    if report.bytes < megabytes * 10**6:
        report.broken.append(f"only {report.bytes / 10**6:.0f} MB in {seconds:.0f} s")
    return report
