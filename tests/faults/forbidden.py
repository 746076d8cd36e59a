"""F24: no request leaves for an address that isn't public, whatever is typed, named or led to.

For each way in (a busy calendar, a webhook, a redirect) every class of address in every spelling:
written as it is, as what a name leads to, and as where a redirect leads; and names that lead
elsewhere a moment later. Seen are both what the client would connect with and every connect() of
this process (an audit hook), canaries listening on this machine included.
"""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import httpcore
from busy_calendars.calendars import serving
from outgoing.spellings import INSIDE, PUBLIC, STRANGE, as_numbers, as_six

from negotiations.busy import sealing
from negotiations.busy.claiming import Held
from negotiations.busy.jobs import Refreshing
from negotiations.clock import Clock
from negotiations.models import BusyCalendar
from negotiations.models.availability import BusyFault
from negotiations.outgoing.addresses import Rule, is_public, networks_of, target_of
from negotiations.outgoing.answers import Unreached
from negotiations.outgoing.client import Outgoing, Resolve
from negotiations.settings import Settings

KEY = "of the tests alone " * 2
OUTSIDE = Rule((), ("talks.example.org", 443))
HERE = Rule(networks_of("127.0.0.1/32"), ("talks.example.org", 443))
NAME = "https://calendar.example.org/private"


@dataclass
class Report:
    """How often what was tried, and what got through."""

    seed: str
    tries: dict[str, int] = field(default_factory=dict)
    reached: list[str] = field(default_factory=list)  # what was connected with
    connects: list[object] = field(default_factory=list)  # what the process itself connected with
    accepted: int = 0  # by canaries
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        tried = ", ".join(f"{number} {name}" for name, number in self.tries.items())
        public = sum(is_public(ip_address(one)) for one in self.reached)
        lines = [
            f"tried, seed {self.seed}: {tried}",
            f"connected with {public} public addresses, {len(self.reached) - public} others",
            f"canaries heard {self.accepted}",
        ]
        return "\n".join([*lines, *self.broken[:20]])


@contextmanager
def watched(report: Report, here: int) -> Iterator[None]:
    """Note what is connected with; only the port `here` of 127.0.0.1 is really reached."""
    real = httpcore.AnyIOBackend.connect_tcp

    async def connect(self: Any, host: str, port: int, *more: Any) -> Any:
        if (host, port) == ("127.0.0.1", here):
            return await real(self, host, port, *more)
        report.reached.append(host)
        raise httpcore.ConnectError("nobody is there")

    def hook(event: str, given: Any) -> None:
        if event == "socket.connect" and watching and given[1] != ("127.0.0.1", here):
            report.connects.append(given[1])

    watching = [True]
    sys.addaudithook(hook)
    httpcore.AnyIOBackend.connect_tcp = connect  # type: ignore[method-assign]
    try:
        yield
    finally:
        httpcore.AnyIOBackend.connect_tcp = real  # type: ignore[method-assign]
        watching.clear()


@asynccontextmanager
async def canaries(report: Report) -> AsyncIterator[int]:
    """Listeners on the machine's own addresses, at one port."""

    async def heard(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        report.accepted += 1
        writer.transport.abort()

    first = await asyncio.start_server(heard, "127.0.0.2", 0)
    port = first.sockets[0].getsockname()[1]
    servers = [first]
    for host in ("127.8.8.8", "::1"):
        try:
            servers.append(await asyncio.start_server(heard, host, port))
        except OSError:
            continue  # this machine has no IPv6
    try:
        yield port
    finally:
        for server in servers:
            server.close()


def literals() -> list[str]:
    """Each class in each spelling, as the host of an address."""
    found = []
    for address in INSIDE.values():
        if ":" in address:
            found.append(f"[{address}]")
            continue
        found += [address, f"{address}.", *as_numbers(address).values()]
        found += [f"[{one}]" for one in as_six(address).values()]
    return found


def answers() -> list[str]:
    """The same as a name server may answer it."""
    plain = list(INSIDE.values())
    fours = [one for one in plain if ":" not in one]
    return [*plain, *(six for one in fours for six in as_six(one).values()), "fe80::1%eth0", ""]


Ask = Callable[[Outgoing, str], Awaitable[bool]]


async def by_calendar(outgoing: Outgoing, url: str) -> bool:
    """Whether a calendar at this address is reached, by what the tick does with it."""
    settings = Settings(database_url="sqlite:///unused.db", secret_key=KEY)
    now = datetime.now(UTC)
    row = BusyCalendar(
        created_at=now, person_id="0" * 20, origin="", fingerprint="", sealed="", due_at=now
    )
    secret = {"url": url, "user": "pat", "password": "word"}
    row.sealed = sealing.seal(KEY, row.id, "address", secret)
    refreshing = Refreshing(settings, lambda: outgoing)
    came = await refreshing._try(Clock(), outgoing, Held(row, "UTC"))
    return came.fault is not BusyFault.unreached


async def by_webhook(outgoing: Outgoing, url: str) -> bool:
    """Whether a program at this address is told."""
    try:
        answer = await outgoing.post(url, b"{}", {})
    except Unreached:
        return False
    return answer.status != 302


def told(*addresses: str) -> Resolve:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


async def run(seed: str, share: int = 1, flips: int = 1000) -> Report:
    """All of it, or of each table every `share`th; `flips` of a name for each way in."""
    report, rolls = Report(seed), random.Random(seed)
    async with serving() as there, canaries(report) as port:
        with watched(report, there.port):
            for name, ask in (("calendar", by_calendar), ("webhook", by_webhook)):
                await _typed(report, name, ask, share, port)
                await _named(report, name, ask, share)
                await _flipping(report, name, ask, flips, rolls)
                await _led(report, name, ask, share, there, port)
                await _public(report, name, ask)
    outside = [one for one in report.reached if not is_public(ip_address(one))]
    report.broken += [f"connected with {one}" for one in outside]
    report.broken += [f"the process connected with {one}" for one in report.connects]
    if report.accepted:
        report.broken.append(f"canaries heard {report.accepted}")
    return report


async def _typed(report: Report, name: str, ask: Ask, share: int, port: int) -> None:
    urls = [f"https://{one}{rest}" for one in literals() for rest in ("/", f":{port}/")]
    urls += STRANGE
    async with Outgoing(OUTSIDE, told("127.0.0.1")) as outgoing:
        for url in urls[::share]:
            if await ask(outgoing, url):
                report.broken.append(f"{name}: {url} was reached")
            if (fault := _judged(url)) is not None:
                report.broken.append(f"{name}: {url} is taken: {fault}")
    report.tries[f"addresses typed for a {name}"] = len(urls[::share])


def _judged(url: str) -> str | None:
    """What a form that takes the address would say; None where it refuses it."""
    try:
        target = target_of(url)
    except ValueError:
        return None
    return None if OUTSIDE.fault(target) else f"as {target}"


async def _named(report: Report, name: str, ask: Ask, share: int) -> None:
    """Names that lead inside, alone and beside a public address, before it and after it."""
    found = answers()[::share]
    for one in found:
        for others in ([one], [PUBLIC[0], one], [one, PUBLIC[0]]):
            async with Outgoing(OUTSIDE, told(*others)) as outgoing:
                if await ask(outgoing, NAME):
                    report.broken.append(f"{name}: {others} was reached")
    report.tries[f"answers of a name for a {name}"] = 3 * len(found)


async def _flipping(
    report: Report, name: str, ask: Ask, flips: int, rolls: random.Random
) -> None:  # fmt: skip
    """A name that leads elsewhere each time it is asked for."""
    good, bad = list(PUBLIC), [one for one in answers() if one]

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        kinds = [[rolls.choice(good)], [rolls.choice(bad)], rolls.sample(good + bad, 2)]
        return rolls.choice(kinds)

    async with Outgoing(OUTSIDE, resolve) as outgoing:
        for _ in range(flips):
            if await ask(outgoing, NAME):
                report.broken.append(f"{name}: a name that flips was reached")
    report.tries[f"flips of a name for a {name}"] = flips


async def _led(report: Report, name: str, ask: Ask, share: int, there: Any, port: int) -> None:
    """Redirects: a calendar's are followed to what is judged anew, a webhook's not at all."""
    hosts = [one for one in literals() if one.strip(".") != "127.0.0.1"]
    urls = [f"{scheme}://{one}:{port}/" for one in hosts for scheme in ("http", "https")]
    urls += [*STRANGE, "//127.0.0.2/", "\\\\127.0.0.2\\", "file:///etc/passwd", "", "/" * 5000]
    urls = [url for url in urls[::share] if "\n" not in url and "\r" not in url and url.isascii()]
    there.files["/led"] = 302
    async with Outgoing(HERE, told("10.0.0.1")) as outgoing:
        for url in urls:
            there.headers["/led"] = {"Location": url}
            if await ask(outgoing, there.url("/led")):
                report.broken.append(f"{name}: led to {url}")
    report.tries[f"redirects of a {name}"] = len(urls)


async def _public(report: Report, name: str, ask: Ask) -> None:
    """What is public goes on being asked."""
    before = len(report.reached)
    for one in PUBLIC:
        async with Outgoing(OUTSIDE, told(one)) as outgoing:
            await ask(outgoing, NAME)
    if len(report.reached) - before != len(PUBLIC):
        report.broken.append(f"{name}: not every public address is asked")
