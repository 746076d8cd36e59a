"""The guarded HTTP client; the only user of httpx.

Whatever an address says, a connection is opened in one place alone (`_Gate`): it asks for the name,
judges every answer, and connects with what it has judged, so that a name that leads elsewhere a
moment later leads nowhere. SNI, certificate and Host stay those of the name.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import urljoin

import httpcore
import httpx

from negotiations.outgoing.addresses import Rule, only, target_of
from negotiations.outgoing.answers import Answer, Unreached

CONNECT, READ, TOTAL = 5.0, 10.0, 15.0  # seconds
KEPT = 2.0  # seconds for which a connection may be used again
MOST = 2048  # bytes of an answer that are read
MOST_HOPS = 3
HOPS = "Negotiations-Hops"  # tells a service of ours that a request came from one
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_THREADS = 32  # a name server that doesn't answer holds one for a while
# A name and a port: the addresses that it has now. OSError where it has none.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class _Barred(OSError):
    """An address that no request may go to."""


class _Gate(httpcore.AsyncNetworkBackend):
    """Opens connections with what the rule admits, and no others."""

    def __init__(self, rule: Rule, resolve: Resolve, *, secure: bool) -> None:
        self._rule, self._resolve, self._secure = rule, resolve, secure
        self._real = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (as the interface has it)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                found = await self._resolve(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout("the name") from None
        except OSError:
            raise httpcore.ConnectError("the name") from None
        judged = only([self._rule.admits(one, port, secure=self._secure) for one in found])
        if not judged:
            raise _Barred
        failed: Exception | None = None
        for one in judged:
            try:
                return await self._real.connect_tcp(
                    str(one), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        assert failed is not None
        raise failed

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise _Barred

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's own, with connections through the gate and past no proxy.

    One is kept for a moment: what follows to the same place goes to the address that was judged.
    """

    def __init__(self, gate: _Gate, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=None,
            keepalive_expiry=KEPT,
            network_backend=gate,
        )


class Outgoing:
    """Asks addresses that people typed. To be closed, best by `async with`."""

    def __init__(
        self, rule: Rule, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.rule = rule
        tls = tls or _authorities()
        self._names = None if resolve else ThreadPoolExecutor(_THREADS, "names")
        resolve = resolve or self._look_up
        self._clients = {
            scheme: httpx.AsyncClient(
                transport=_Transport(_Gate(rule, resolve, secure=scheme == "https"), tls),
                timeout=httpx.Timeout(READ, connect=CONNECT),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                trust_env=False,
                follow_redirects=False,
            )
            for scheme in ("http", "https")
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients.values():
            await client.aclose()
        if self._names is not None:
            self._names.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Send this; a redirect is an answer like any other. Unreached where nobody answers."""
        return await self._within(self._once("POST", url, headers, content, MOST))

    async def get(
        self, url: str, *, most: int = MOST, hops: int = 0,
        headers: Mapping[str, str] = MappingProxyType({}),
        secrets: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:  # fmt: skip
        """Read what is there, following at most `hops` redirects, each judged as the first was.

        `secrets` are headers that go to the place of `url` and to none that it leads to elsewhere.
        Unreached where nobody answers, or one leads on after the last hop.
        """
        following = self._following(url, most, min(hops, MOST_HOPS), headers, secrets)
        return await self._within(following)

    async def _within(self, asking: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(TOTAL):
                return await asking
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise Unreached(type(error).__name__.lstrip("_")) from None

    async def _following(
        self, url: str, most: int, hops: int, headers: Mapping[str, str],
        secrets: Mapping[str, str],
    ) -> Answer:  # fmt: skip
        first = _place(url)
        for left in range(hops, -1, -1):
            sent = {**headers, **(secrets if _place(url) == first else {})}
            answer = await self._once("GET", url, sent, b"", most)
            if answer.status not in _REDIRECTS or not hops:
                return answer
            if not left or "location" not in answer.headers:
                break
            url = urljoin(url, answer.headers["location"])
        raise Unreached("TooManyRedirects")

    async def _once(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes, most: int
    ) -> Answer:
        target = target_of(url)
        if self.rule.fault(target) is not None:
            raise _Barred
        sent = {"Accept-Encoding": "identity", "User-Agent": "negotiations", HOPS: "1", **headers}
        client = self._clients[target.scheme]
        async with client.stream(method, target.url, headers=sent, content=content) as answer:
            body = bytearray()
            async for part in answer.aiter_raw():
                body += part
                if len(body) >= most:
                    break
            return Answer(answer.status_code, dict(answer.headers), bytes(body[:most]))

    async def _look_up(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._names, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(one[4][0]) for one in found]


def _place(url: str) -> tuple[str, str, int]:
    target = target_of(url)
    return target.scheme, target.host, target.port


@cache
def _authorities() -> ssl.SSLContext:
    """Who is believed about a name; read once, since it takes longer than a request."""
    return httpx.create_ssl_context()  # those of SSL_CERT_FILE, else the usual ones
