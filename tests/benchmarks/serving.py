"""What serving costs: CPU of the server per request, beside a bare Starlette route in one run.

    make bench

The demonstration and the bare service run as processes of their own; the load alternates between
them, five rounds each, and the medians are shown. Only the server's CPU is counted (user and
system, from /proc), so the client's speed doesn't matter.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent
ROUNDS, REQUESTS, POSTS = 5, 300, 20
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(*words: str, out: int | None = None) -> Iterator[subprocess.Popen[str]]:
    limits = ("REQUESTS_PER_MINUTE", "FEED_FETCHES_PER_HOUR", "WRONG_SECRETS_PER_HOUR")
    env = {**os.environ, **{f"NEGOTIATIONS_{name}": "0" for name in limits}}
    running = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL, text=True, env=env)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(20)


def cpu(pid: int) -> float:
    """Seconds of processor time the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Client:
    """One kept connection to one service."""

    def __init__(self, base: str, pid: int) -> None:
        self.pid, self._link = pid, http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)

    def ask(
        self, path: str, status: int, headers: dict[str, str], method: str = "GET",
        body: bytes | None = None,
    ) -> tuple[dict[str, str], bytes]:  # fmt: skip
        self._link.request(method, path, body=body, headers=headers)
        answer = self._link.getresponse()
        content = answer.read()
        assert answer.status == status, (path, answer.status, content[:300])
        return {name.lower(): value for name, value in answer.getheaders()}, content

    def cost(self, act: Callable[[int], Any], times: int) -> float:
        """Milliseconds of server CPU for each of `times` acts."""
        self._link.close()  # the next one opens another: one left idle may just be closing
        before = cpu(self.pid)
        for number in range(times):
            act(number)
        return (cpu(self.pid) - before) / times * 1000


def ready(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


def acts(ours: Client, bare: Client, told: dict[str, Any]) -> Iterator[tuple[str, int, Any, Any]]:
    """Name, repetitions, our act and the bare one of the same kind."""
    feed = urlsplit(told["feeds"]["delegates"]["ice"]).path
    tag = ours.ask(feed, 200, {})[0]["etag"]
    yield (
        "feed, 304", REQUESTS,
        lambda _: ours.ask(feed, 304, {"If-None-Match": tag}),
        lambda _: bare.ask("/feed", 304, {"If-None-Match": tag}),
    )  # fmt: skip
    whole = (lambda _: ours.ask(feed, 200, {}), lambda _: bare.ask("/feed", 200, {}))
    yield ("feed, 200", REQUESTS, *whole)
    cookie = {"Cookie": sign_in(ours, told)}
    page = f"/n/{told['negotiation']}/matrix"
    yield (
        "matrix page", REQUESTS,
        lambda _: ours.ask(page, 200, cookie),
        lambda _: bare.ask(page, 200, {}),
    )  # fmt: skip
    api = {"Authorization": f"Bearer {told['tokens']['coordinator']}"}
    # Those of 2010 are published and stay as they are.
    listed = f"/api/v1/negotiations/{told['practice']}/sessions"
    session = json.loads(ours.ask(listed, 200, api)[1])["items"][0]["id"]
    path = f"/api/v1/sessions/{session}/summary"
    api["Content-Type"] = "application/json"

    def post(number: int) -> None:
        now = ours.ask(path, 200, api)[0]["etag"]
        text = json.dumps({"body": f"# Revision {time.time_ns()} {number}\n"}).encode()
        ours.ask(path, 200, {**api, "If-Match": now}, "PUT", text)

    yield "posting a summary (with the GET before)", POSTS, post, whole[1]


def sign_in(ours: Client, told: dict[str, Any]) -> str:
    headers, _ = ours.ask(urlsplit(told["logins"]["coordinator"]).path, 303, {}, "POST")
    return headers["set-cookie"].partition(";")[0]


def main() -> None:
    port, plain = free_port(), free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        process(
            sys.executable, "-m", "negotiations", "demo", "--json", "--data", folder,
            "--port", str(port), out=subprocess.PIPE,
        ) as demo,
        process(sys.executable, str(HERE / "bare.py"), str(plain)) as bare,
    ):  # fmt: skip
        assert demo.stdout is not None
        told = json.loads(demo.stdout.readline())
        ready(plain)
        ours = Client(told["base_url"], demo.pid)
        theirs = Client(f"http://127.0.0.1:{plain}", bare.pid)
        print(f"{'':42}{'ours':>10}{'bare':>10}{'ratio':>8}   (ms of server CPU per request)")
        for name, times, act, same in acts(ours, theirs, told):
            act(-1)
            pairs = [(ours.cost(act, times), theirs.cost(same, REQUESTS)) for _ in range(ROUNDS)]
            own = statistics.median(one for one, _ in pairs)
            base = statistics.median(two for _, two in pairs)
            ratio = statistics.median(one / max(two, 1e-9) for one, two in pairs)
            print(f"{name:42}{own:10.3f}{base:10.3f}{ratio:8.1f}")


if __name__ == "__main__":
    main()
