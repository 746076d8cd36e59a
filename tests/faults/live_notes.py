"""N2: what a note-taker types on the live page is there again, whatever fails in mid-sentence.

In a real Chromium against the running service: the page is loaded anew, its tab is closed or
crashes, the network is cut, the service is killed, the login ends; and for the last three also with
the tab closed before it is mended. Each time the whole text must stand on the page and in the
service. Where the whole browser is killed at most the last two seconds may be missing, and nothing
that the page said was saved.
"""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import chromium
import httpx2
from factories import send_form
from faults.browser_killed import killed_while_typing
from faults.engines import Databases
from faults.serving import Serving
from faults.talks import seed
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from playwright.async_api import Error as PlaywrightError
from sqlmodel import col, select

from negotiations.access.logins import make_link, open_link
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.models import Person
from negotiations.settings import Settings

SESSIONS = 5
MOST = 2.0  # seconds of typing that may be missing when the whole browser was killed
PATIENCE = 30  # seconds; the page itself tries again every ten seconds at the latest
WORDS = "they said that the form goes to every county before the month ends".split()  # noqa: SIM905


@dataclass
class Report:
    seed: str
    seconds: float = 0.0
    rounds: Counter[str] = field(default_factory=Counter)
    missing: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        each = ", ".join(f"{kind} {number}" for kind, number in self.rounds.items())
        lines = [
            f"{self.rounds.total()} rounds in {self.seconds:.0f} s, seed {self.seed}: {each}",
            f"the browser killed: at most {max(self.missing, default=0):.2f} s missing",
            f"{len(self.broken)} broken",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


class Desk:
    """A note-taker, the service and its database."""

    def __init__(self, url: str, log: Path) -> None:
        self.url, self.log = url, log
        self.serving = Serving(url, log)
        self.sessions: list[str] = []
        self.token = self.person = ""

    async def begin(self) -> None:
        seeded = await seed(self.url, tracks=SESSIONS, people=1, held=False)
        self.sessions, self.token = list(seeded.sessions.values()), seeded.tokens[0]
        await self.serving.ready()

    async def again(self) -> None:
        """The service once more, where it was."""
        self.serving = Serving(self.url, self.log, port=self.serving.port)
        await self.serving.ready()

    async def login(self, *, opened: bool) -> str:
        """A new login's cookie, or the secret of a link for one."""
        database = open_database(Settings(database_url=self.url), Clock())
        now = Clock().now()
        async with database.write() as db:
            query = select(Person).where(col(Person.email) == "c0@example.org")
            person = (await db.exec(query)).one()
            secret = await make_link(db, person.id, now=now, minutes=60)
            found = await open_link(db, secret, now=now, days=14) if opened else secret
        await database.close()
        return found

    async def sign_out(self, cookie: str) -> None:
        """By another window than the one of the notes."""
        async with httpx2.AsyncClient(base_url=self.serving.base) as client:
            client.cookies.set("login", cookie)
            assert (await send_form(client, "/sign-out")).status_code == 303

    async def stored(self, session: str, item: str) -> str:
        headers = {"Authorization": f"Bearer {self.token}"}
        path = f"/api/v1/sessions/{session}/notes/secretariat/{item}"
        async with httpx2.AsyncClient(base_url=self.serving.base, headers=headers) as client:
            answer = await client.get(path)
        return str(answer.json()["body"]) if answer.status_code == 200 else ""


class Notes:
    """One box of one session's notes in one tab; `text` is what must be in it."""

    def __init__(self, desk: Desk, context: BrowserContext, cookie: str, dice: random.Random):
        self.desk, self.context, self.cookie, self.dice = desk, context, cookie, dice
        self.session = dice.choice(desk.sessions)
        self.address = f"{desk.serving.base}/s/{self.session}/live"
        self.page: Page
        self.text = self.item = ""

    async def open(self) -> None:
        """In a new tab."""
        self.page = await self.context.new_page()
        await self.page.goto(self.address)
        self.page.set_default_timeout(PATIENCE * 1000)

    async def begin(self) -> None:
        await self.open()
        section = self.page.locator("section[data-item]").first
        self.item = await section.get_attribute("data-item") or ""
        self.text = await self.box().input_value()

    def box(self):  # type: ignore[no-untyped-def]  # a Locator
        return self.page.locator("section[data-item] textarea").first

    async def type(self) -> None:
        """Some words, which end in the middle of one."""
        said = " ".join(self.dice.choices(WORDS, k=self.dice.randint(3, 12)))
        said = f" {self.dice.randrange(10**6)} {said[: -self.dice.randint(1, 3)]}"
        await self.box().focus()
        await self.page.keyboard.press("Control+End")
        await self.page.keyboard.type(said, delay=self.dice.choice((5, 20, 60)))
        self.text += said

    async def rest(self, most: float = 2.5) -> None:
        await asyncio.sleep(self.dice.uniform(0, most))

    async def close(self) -> None:
        await self.page.close(run_before_unload=False)

    async def is_there(self) -> None:
        """On the page, saved, and in the service. Raises AssertionError."""
        until = time.monotonic() + PATIENCE
        while True:
            line = self.page.locator("section[data-item] [data-saved]").first
            stored = await self.desk.stored(self.session, self.item)
            shown, said = await self.box().input_value(), await line.inner_text()
            if stored == shown == self.text:
                return
            told = [one[-60:] for one in (self.text, shown, stored, said)]
            assert time.monotonic() < until, "typed {!r}, shown {!r}, stored {!r}: {}".format(*told)
            await asyncio.sleep(0.1)


async def reloaded(notes: Notes) -> None:
    await notes.type()
    await notes.page.reload()


async def closed(notes: Notes) -> None:
    await notes.type()
    await notes.close()
    await notes.open()


async def crashed(notes: Notes) -> None:
    await notes.type()
    with suppress(PlaywrightError):  # kills the tab's process: nothing in it runs any more
        await notes.page.goto("chrome://crash", timeout=3_000)
    await notes.open()


async def offline(notes: Notes, *, leave: bool = False) -> None:
    await notes.type()
    await notes.context.set_offline(True)
    await notes.type()
    if leave:
        await notes.close()
    else:
        await notes.rest()
    await notes.context.set_offline(False)
    if leave:
        await notes.open()


async def killed(notes: Notes, *, leave: bool = False) -> None:
    await notes.type()
    notes.desk.serving.kill()
    await notes.type()
    if leave:
        await notes.close()
    else:
        await notes.rest()
    await notes.desk.again()
    if leave:
        await notes.open()


async def ended(notes: Notes, *, leave: bool = False) -> None:
    """The login; another one is made in another tab."""
    await notes.type()
    await notes.desk.sign_out(notes.cookie)
    await notes.type()
    if leave:
        await notes.close()
    else:
        link = notes.page.locator("section[data-item] [data-saved]").first
        await expect(link.get_by_role("link")).to_have_attribute("href", "/sign-in")
    other = await notes.context.new_page()
    secret = await notes.desk.login(opened=False)
    await other.goto(f"{notes.desk.serving.base}/sign-in/{secret}")
    await other.get_by_role("button", name="Sign in").click()
    await other.wait_for_url(lambda url: "/sign-in" not in url)
    if leave:
        await notes.open()


Failure = Callable[[Notes], Awaitable[None]]
FAILURES: dict[str, Failure] = {
    "reloaded": reloaded,
    "tab closed": closed,
    "tab crashed": crashed,
    "offline": offline,
    "offline and closed": lambda notes: offline(notes, leave=True),
    "service killed": killed,
    "service killed and closed": lambda notes: killed(notes, leave=True),
    "login ended": ended,
    "login ended and closed": lambda notes: ended(notes, leave=True),
}


async def _round(browser: Browser, desk: Desk, kind: str, name: str, report: Report) -> None:
    cookie = await desk.login(opened=True)
    context = await browser.new_context()
    await context.add_cookies([{"name": "login", "value": cookie, "url": desk.serving.base}])
    notes = Notes(desk, context, cookie, random.Random(f"{name}/{kind}"))
    try:
        await notes.begin()
        await FAILURES[kind](notes)
        await notes.is_there()
    except (AssertionError, PlaywrightError) as problem:
        report.broken.append(f"{kind}, {name}: {str(problem)[:600]}")
    report.rounds[kind] += 1
    await context.close()


async def _killed_browser(desk: Desk, name: str, report: Report, most: float) -> None:
    dice = random.Random(name)
    session = dice.choice(desk.sessions)
    with tempfile.TemporaryDirectory() as profile:
        left = await killed_while_typing(
            f"{desk.serving.base}/s/{session}/live",
            await desk.login(opened=True), Path(profile), dice.uniform(3, 9),
        )  # fmt: skip
    report.rounds["browser killed"] += 1
    report.missing.append(left.missing)
    if left.missing > most:
        report.broken.append(f"browser killed, {name}: {left.missing:.2f} s missing")
    if not left.kept_what_was_saved:
        report.broken.append(f"browser killed, {name}: what was saved is not there: {left}")


async def _lane(
    browser: Browser, desk: Desk, names: Iterator[str], until: float, report: Report, most: float
) -> None:
    for name in names:
        for kind in FAILURES:
            await _round(browser, desk, kind, name, report)
        await _killed_browser(desk, name, report, most)
        if time.monotonic() > until:
            return


async def run(
    databases: Databases,
    rounds: int,
    seconds: float,
    seed_: str,
    folder: Path,
    *,
    lanes: int = 2,
    most: float = MOST,
) -> Report:
    """`rounds` of each failure, one kind after another; each of `lanes` has its own service.

    `most`: seconds of typing that may be missing when the whole browser was killed.
    """
    report, began = Report(seed_), time.monotonic()
    desks = [Desk(databases.new(), folder / f"{lane}.log") for lane in range(lanes)]
    names = (f"{seed_}/{number}" for number in range(rounds))
    try:
        for desk in desks:
            await desk.begin()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium.command(), args=chromium.WORDS
            )
            until = began + seconds
            await asyncio.gather(
                *(_lane(browser, one, names, until, report, most) for one in desks)
            )
            await browser.close()
    finally:
        for desk in desks:
            desk.serving.kill()
    for desk in desks:
        databases.drop(desk.url)
    report.seconds = time.monotonic() - began
    return report
