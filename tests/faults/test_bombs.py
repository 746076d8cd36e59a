"""F20: bodies and heads that are made to fill memory or to keep a process busy."""

import gzip
import json
import os
import socket
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from running import COMMAND, serving

MEGABYTE = 1024 * 1024
GROWTH = 50 * MEGABYTE
PATIENCE = 20  # seconds: whoever answers later hangs


@dataclass(frozen=True)
class Target:
    pid: int
    port: int
    token: str

    def memory(self) -> int:
        """The most it ever held, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def send(self, *chunks: bytes) -> int:
        """The status of the answer to these bytes, which may come before all are sent; 0: none."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as link:
            try:
                for chunk in chunks:
                    link.sendall(chunk)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has answered
            try:
                return int(link.recv(64).split(b" ")[1])
            except (ConnectionResetError, IndexError):
                return 0

    def post(self, path: str, body: bytes, *, parts: int = 1, **headers: str) -> int:
        """A body with its length, or (`parts` > 1) so many times in chunks."""
        lines = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {self.token}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if parts == 1:
            head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
            return self.send(head.encode() + body)
        head = "\r\n".join([*lines, "Transfer-Encoding: chunked", "", ""])
        chunk = b"%x\r\n%s\r\n" % (len(body), body)
        return self.send(head.encode(), *[chunk] * parts, b"0\r\n\r\n")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    url = f"sqlite:///{tmp_path_factory.mktemp('bombs') / 'bombs.db'}"
    env = {**os.environ, "NEGOTIATIONS_DATABASE_URL": url}
    for words in (
        [
            "init",
            "--title",
            "Talks",
            "--agency",
            "Agency",
            "--home-zone",
            "UTC",
            "--mail",
            "a@b.cd",
        ],
        ["token", "create", "a@b.cd", "--json"],
    ):
        told = subprocess.run([*COMMAND, *words], env=env, capture_output=True, check=True)
    with serving(url) as (process, base):
        token = json.loads(told.stdout)["token"]
        yield Target(process.pid, int(base.rpartition(":")[2]), token)


JSON, FORM = {"Content_Type": "application/json"}, {
    "Content_Type": "application/x-www-form-urlencoded"
}  # fmt: skip
ISSUES = "/api/v1/negotiations/talks/issues"
ZEROS = b"0" * (100 * MEGABYTE)


def deflated() -> bytes:
    return zlib.compress(ZEROS, 9)


BODIES = {
    "gzip, a thousand to one": ({**JSON, "Content_Encoding": "gzip"}, gzip.compress(ZEROS, 9), 1),
    "deflate": ({**JSON, "Content_Encoding": "deflate"}, deflated(), 1),
    "gzip in gzip": (
        {**JSON, "Content_Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(ZEROS, 9)), 1
    ),
    "brotli by its name": ({**JSON, "Content_Encoding": "br"}, deflated(), 1),
    "zstd by its name": ({**JSON, "Content_Encoding": "zstd"}, deflated(), 1),
    "a hundred thousand brackets": (JSON, b"[" * 100_000 + b"]" * 100_000, 1),
    "a hundred thousand braces": (JSON, b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 1),
    "a number of a million digits": (JSON, b'{"code": ' + b"9" * 1_000_000 + b"}", 1),
    "multipart of many parts": (
        {"Content_Type": "multipart/form-data; boundary=x"}, b"--x\r\n\r\n\r\n" * 100_000, 1
    ),
    "a hundred megabytes": (JSON, ZEROS, 1),
    "a hundred megabytes in chunks": (JSON, b"0" * 65_536, 1600),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_a_bomb_is_refused(target: Target, name: str) -> None:
    headers, body, parts = BODIES[name]
    before = target.memory()
    assert target.post(ISSUES, body, parts=parts, **headers) in (400, 413, 415, 422)
    assert target.memory() - before < GROWTH
    assert alive(target)


@pytest.mark.parametrize("field", [b"a=&", b"&", b"a[0]=1&"])
def test_a_form_of_countless_fields_is_refused(target: Target, field: bytes) -> None:
    before = target.memory()
    body = field * (MEGABYTE // len(field) - 1)
    assert target.post("/sign-in", body, **FORM) in (400, 401, 413)
    assert target.memory() - before < GROWTH
    assert alive(target)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 1000000000000\r\n\r\n[]", 413),
        (b"Content-Length: 99999999999999999999999\r\n\r\n[]", 400),
        (b"Content-Length: -1\r\n\r\n[]", 400),
        (b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]", 400),
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n[]", 400),
        (b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400),
    ],
)
def test_a_length_that_lies_is_refused(target: Target, head: bytes, status: int) -> None:
    line = f"POST {ISSUES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {target.token}\r\n"
    assert target.send(line.encode() + b"Content-Type: application/json\r\n" + head) == status
    assert alive(target)


ENDLESS = [b"x" * 65_536] * 800  # 50 MB


@pytest.mark.parametrize(
    ("first", "chunks"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 65_536 + b"\r\n\r\n", []),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 12_000 + b"\r\n", []),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: ", ENDLESS),
        (b"GET /", ENDLESS),
        (b"GET / HTTP/1.1\r\n", [b"X: a\r\n" * 10_000] * 800),
    ],
)
def test_a_head_without_an_end_is_refused(
    target: Target, first: bytes, chunks: list[bytes]
) -> None:
    before = target.memory()
    # 0: the connection was reset before all was sent, with the answer on its way.
    assert target.send(first, *chunks) in ((431,) if not chunks else (431, 0))
    assert target.memory() - before < GROWTH
    assert alive(target)


def test_ten_thousand_ranges_are_not_looked_at(target: Target) -> None:
    ranges = b"bytes=" + b"0-0," * 7_000 + b"0-0"
    head = b"GET /help HTTP/1.1\r\nHost: x\r\nConnection: close\r\nRange: " + ranges
    assert target.send(head + b"\r\n\r\n") == 200
    assert alive(target)


def test_a_head_of_thirty_kilobytes_is_served(target: Target) -> None:
    head = b"GET /help HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 30_000 + b"\r\n\r\n"
    assert target.send(head) == 200


def alive(target: Target) -> bool:
    return target.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 200
