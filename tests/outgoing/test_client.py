"""Requests go to what was judged and nowhere else, whatever names and redirects say meanwhile."""

import asyncio
import random
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpcore
import pytest
from lacking import lacking
from running import free_port

from negotiations.outgoing import client as module
from negotiations.outgoing.addresses import Rule, networks_of
from negotiations.outgoing.answers import Unreached
from negotiations.outgoing.client import Outgoing, Resolve

OUTSIDE = Rule((), ("talks.example.org", 443))
HERE = Rule(networks_of("127.0.0.0/8"), ("talks.example.org", 443))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nDone"


def told(*addresses: str) -> Resolve:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were connected with; nobody answers there."""
    found: list[str] = []

    async def connect(_self: Any, host: str, *_: Any) -> Any:
        found.append(host)
        raise httpcore.ConnectError("nobody is there")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    return found


@asynccontextmanager
async def answering(
    *answers: bytes, tls: ssl.SSLContext | None = None, holds: float = 0
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server on this machine: its port, and the heads it was sent. The last answer stays."""
    heads: list[bytes] = []
    left = list(answers)
    serving = set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            answer = left.pop(0) if len(left) > 1 else left[0]
            for at in range(0, len(answer), 9 if holds else len(answer)):
                writer.write(answer[at : at + 9] if holds else answer)
                await asyncio.sleep(holds)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort() if holds else writer.close()
            serving.discard(task)

    port = free_port()
    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=tls)
    try:
        yield port, heads
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.sleep(0.01)  # what was closed is gone by then


async def test_a_name_that_leads_elsewhere_a_moment_later_leads_nowhere(
    reached: list[str],
) -> None:
    """F24: 1,000 tries with a name server that flips."""
    rolls = random.Random(2026)
    good, bad = ["1.1.1.1", "2606:4700::1"], ["127.0.0.1", "10.0.0.1", "::1", "169.254.169.254"]
    asked = 0

    async def flipping(_host: str, _port: int) -> Sequence[str]:
        nonlocal asked
        asked += 1
        kind = rolls.randrange(3)
        return {
            0: [rolls.choice(good)], 1: [rolls.choice(bad)],
            2: rolls.sample(good + bad, 2),
        }[kind]  # fmt: skip

    async with Outgoing(OUTSIDE, flipping) as outgoing:
        for _ in range(1000):
            with pytest.raises(Unreached) as failed:
                await outgoing.post("https://hooks.example.org/", b"{}", {})
            assert str(failed.value) == "The address could not be reached."
    assert asked == 1000  # it is asked for once a request, and that answer is the one
    assert len(reached) > 300
    assert set(reached) <= set(good)


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["fe80::1%eth0"], ["::ffff:10.0.0.1"],
        ["64:ff9b::7f00:1"], ["not an address"], [],
    ],
)  # fmt: skip
async def test_all_that_a_name_leads_to_has_to_pass(reached: list[str], answer: list[str]) -> None:
    async with Outgoing(OUTSIDE, told(*answer)) as outgoing:
        with pytest.raises(Unreached):
            await outgoing.post("https://hooks.example.org/", b"{}", {})
    assert reached == []


async def test_each_address_is_tried_in_turn(reached: list[str]) -> None:
    async with Outgoing(OUTSIDE, told("2606:4700::1", "1.1.1.1")) as outgoing:
        with pytest.raises(Unreached):
            await outgoing.post("https://hooks.example.org/", b"{}", {})
    assert reached == ["2606:4700::1", "1.1.1.1"]


async def test_no_proxy_of_the_environment_is_asked(
    reached: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    async with Outgoing(OUTSIDE, told("1.1.1.1")) as outgoing:
        with pytest.raises(Unreached):
            await outgoing.post("https://hooks.example.org/", b"{}", {})
    assert reached == ["1.1.1.1"]


async def test_the_service_calls_neither_itself_nor_what_is_written_wrong(
    reached: list[str],
) -> None:
    async with Outgoing(OUTSIDE, told("1.1.1.1")) as outgoing:
        for url in (
            "https://talks.example.org/api", "https://TALKS.example.org./", "http://a.example/",
            "https://127.0.0.1/", "https://2130706433/", "https://a.example\\@b.example/",
        ):  # fmt: skip
            with pytest.raises(Unreached):
                await outgoing.post(url, b"{}", {})
    assert reached == []


async def test_what_went_wrong_is_not_told() -> None:
    """T26: the kind of failure is for the log, the sentence is one."""
    async with answering(b"nonsense\r\n\r\n") as (port, _):
        tries = {
            f"http://127.0.0.1:{port}/": "RemoteProtocolError",
            f"http://127.0.0.1:{free_port()}/": "ConnectError",
            "http://10.0.0.1/": "Barred",
            "https://one.example/": "Barred",
        }
        for url, kind in tries.items():
            async with Outgoing(HERE, told(url.split("/")[2].split(":")[0])) as outgoing:
                with pytest.raises(Unreached, match=r"^The address could not be reached\.$") as e:
                    await outgoing.post(url, b"{}", {})
            assert e.value.kind == kind, url

    async def lost(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    async with Outgoing(OUTSIDE, lost) as outgoing:
        with pytest.raises(Unreached, match="could not be reached") as e:
            await outgoing.post("https://one.example/", b"{}", {})
    assert e.value.kind == "ConnectError"


async def test_an_answer_is_read_as_far_as_it_is_wanted() -> None:
    long = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nSet-Cookie: a=b\r\n\r\n" + b"x" * 100_000
    async with answering(long) as (port, heads), Outgoing(HERE, told("127.0.0.1")) as outgoing:
        for _ in range(2):
            answer = await outgoing.post(f"http://hook.example:{port}/a?b=c", b"{}", {"A": "b"})
        assert (answer.status, answer.body) == (200, b"x" * 2048)
    assert heads[0] == heads[1]  # no cookie came along
    head = heads[0].decode().replace("\r\n", "\n")
    assert head.startswith("POST /a?b=c HTTP/1.1\n")
    assert f"Host: hook.example:{port}\n" in head
    assert "Negotiations-Hops: 1\n" in head
    assert "Accept-Encoding: identity\n" in head


async def test_whoever_answers_by_drops_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOTAL", 0.3)
    endless = b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 9000
    async with answering(endless, holds=0.02) as (port, _), Outgoing(HERE) as outgoing:
        with pytest.raises(Unreached) as failed:
            await outgoing.post(f"http://127.0.0.1:{port}/", b"{}", {})
    assert failed.value.kind == "TimeoutError"


def leading(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


async def test_a_redirect_is_followed_when_asked_and_each_hop_is_judged() -> None:
    async with answering(leading("/next"), leading("/last"), OK) as (port, heads):
        url = f"http://127.0.0.1:{port}/"
        async with Outgoing(HERE) as outgoing:
            assert (await outgoing.get(url, hops=2)).body == b"Done"
    assert [one.split(b" ")[1] for one in heads] == [b"/", b"/next", b"/last"]
    async with answering(leading("/again")) as (port, heads), Outgoing(HERE) as outgoing:
        url = f"http://127.0.0.1:{port}/"
        assert (await outgoing.get(url)).status == 302
        assert (await outgoing.post(url, b"{}", {})).status == 302
        assert len(heads) == 2
        with pytest.raises(Unreached):
            await outgoing.get(url, hops=99)
        assert len(heads) == 2 + 4
    for to in ("http://10.0.0.1/", "https://talks.example.org/", "//[::1]/", "file:///etc/passwd",
               "http://2130706433/", "http:\\\\127.0.0.1"):  # fmt: skip
        async with answering(leading(to)) as (port, heads), Outgoing(HERE) as outgoing:
            with pytest.raises(Unreached):
                await outgoing.get(f"http://127.0.0.1:{port}/", hops=3)
            assert len(heads) == 1, to


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        lacking("needs openssl")
    folder = tmp_path_factory.mktemp("tls")
    both = folder / "both.pem"
    words = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        f"-subj /CN=hook -addext subjectAltName=DNS:hook.example -keyout {both} -out {both}.crt"
    )
    subprocess.run(words.split(" "), check=True, capture_output=True)
    both.write_text(both.read_text() + Path(f"{both}.crt").read_text())
    return both


async def test_over_tls_the_name_is_asked_for_and_has_to_be_proved(certificate: Path) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    names: list[str] = []
    serving.sni_callback = lambda _socket, name, _context: names.append(name)  # type: ignore[assignment]
    known = ssl.create_default_context(cafile=certificate)
    async with answering(OK, tls=serving) as (port, heads):
        async with Outgoing(HERE, told("127.0.0.1"), known) as outgoing:
            answer = await outgoing.post(f"https://hook.example:{port}/", b"{}", {})
            assert (answer.status, answer.body) == (200, b"Done")
            with pytest.raises(Unreached):
                await outgoing.post(f"https://other.example:{port}/", b"{}", {})
        async with Outgoing(HERE, told("127.0.0.1")) as outgoing:
            with pytest.raises(Unreached):
                await outgoing.post(f"https://hook.example:{port}/", b"{}", {})
    assert names == ["hook.example", "other.example", "hook.example"]
    assert len(heads) == 1
