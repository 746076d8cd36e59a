"""What a request costs a server: its processor time, counted by the kernel, beside another's.

The server runs on one core and the load on another; the two servers take turns in one run, and
medians are compared.
"""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import urlsplit

ROUNDS = 5
CORES = sorted(os.sched_getaffinity(0))
SERVER, LOAD = CORES[0], CORES[-1]


def on_load_core() -> None:
    """From now on this process runs beside the servers, not among them."""
    os.sched_setaffinity(0, {LOAD})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(*words: str, port: int, **env: str) -> Iterator[int]:
    """A server on its core, from when it answers; its process id."""
    running = subprocess.Popen(
        ("taskset", "--cpu-list", str(SERVER), *words),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **env},
    )
    try:
        _answers(port, running)
        yield running.pid
    finally:
        running.terminate()
        running.wait(20)


def _answers(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if running.poll() is not None:
                raise SystemExit(f"{running.args} has ended") from None
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


def service_env(database_url: str) -> dict[str, str]:
    """The service's settings on this database, without limits."""
    limits = ("REQUESTS_PER_MINUTE", "FEED_FETCHES_PER_HOUR", "WRONG_SECRETS_PER_HOUR")
    given = {f"NEGOTIATIONS_{name}": "0" for name in limits}
    return given | {"NEGOTIATIONS_DATABASE_URL": database_url, "NEGOTIATIONS_LOG_FORMAT": "json"}


def ours(database_url: str, port: int) -> AbstractContextManager[int]:
    """The service on this database; its process id."""
    words = (sys.executable, "-m", "negotiations", "serve", "--port", str(port))
    return server(*words, port=port, **service_env(database_url))


def cpu(pid: int) -> float:
    """Seconds of processor time of a process, its ended threads included.

    Linux: the clock of another process is named by its inverted id (clock_getcpuclockid(3)).
    """
    return time.clock_gettime(~pid << 3 | 2)


class Link:
    """One kept connection; requests are sent as bytes made beforehand."""

    def __init__(self, port: int, pid: int) -> None:
        self.pid, self._port = pid, port
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), 30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _receive(self) -> bytes:
        received = self._socket.recv(1 << 20)
        assert received, "the server has closed the connection"
        return received

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and what follows the head's first line up to the end of the body."""
        self._socket.sendall(request)
        received = self._receive()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        status, length = int(received[9:12]), 0
        at = received.lower().find(b"content-length: ", 0, end)
        if at >= 0 and status != 304:
            length = int(received[at + 16 : received.index(b"\r", at)])
        parts, have = [received], len(received)
        while have < end + 4 + length:
            parts.append(self._receive())
            have += len(parts[-1])
        return status, b"".join(parts)

    def cost(self, request: bytes, status: int, times: int) -> float:
        """Microseconds of the server's processor time for each of `times` requests."""
        self._socket.close()  # servers close what was left idle
        self._connect()
        before = cpu(self.pid)
        for _ in range(times):
            assert self.ask(request)[0] == status
        return (cpu(self.pid) - before) / times * 1e6


def get(path: str, **headers: str) -> bytes:
    """A GET, its headers named with underscores."""
    lines = [f"GET {urlsplit(path).path}?{urlsplit(path).query}".removesuffix("?") + " HTTP/1.1"]
    lines += ["Host: 127.0.0.1", "User-Agent: load/1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def header(answer: bytes, name: str) -> str:
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    found = [line for line in head.split("\r\n") if line.lower().startswith(f"{name}:")]
    return found[0].partition(":")[2].strip()


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def alternate(
    one: Callable[[], float], other: Callable[[], float], rounds: int = ROUNDS
) -> tuple[float, float, float]:
    """Medians of both, and the median of their ratios other / one."""
    pairs = [(one(), other()) for _ in range(rounds)]
    return (
        statistics.median(first for first, _ in pairs),
        statistics.median(second for _, second in pairs),
        statistics.median(second / first for first, second in pairs),
    )


def table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, *tuple[str, ...]]]) -> None:
    print(f"\n{title}\n{'':44}" + "".join(f"{one:>14}" for one in columns), flush=True)
    for name, *values in rows:
        print(f"{name:44}" + "".join(f"{one:>14}" for one in values), flush=True)
