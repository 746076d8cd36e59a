"""F4: what is acknowledged is on the disk: its log is synced before the answer is sent.

One client writes to the running service. strace lists the system calls of the service, and of a
PostgreSQL that is started for the round. Of each 2xx to a write the write-ahead log must have been
written since the request came in, and after the last of these writes an fdatasync must have begun
and returned before the answer was sent. The control is the same with synchronous=NORMAL or
synchronous_commit=off, of which the round must complain.
"""

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import postgres
from faults.engines import Databases, engine_of
from faults.serving import CARELESS, SERVE, Serving, client_to
from faults.talks import Seeded, seed
from sqlalchemy.engine import make_url

STRACE = (
    "strace",
    "-f",
    "--seccomp-bpf",
    "-qq",
    "-y",
    "-ttt",
    "-T",
    "-s",
    "16",
    "-e",
    "signal=none",
)
CALLS = {
    # What is read and answered, and what SQLite saves.
    "sqlite": "read,recvfrom,write,writev,sendto,sendmsg,pwrite64,fdatasync,fsync",
    "postgresql": "read,recvfrom,write,writev,sendto,sendmsg",
}
SAVES = "pwrite64,pwritev,pwritev2,fdatasync,fsync"  # of PostgreSQL
# So that what is seen is the request's own: PostgreSQL's own writers stay out of the way.
CALM = {
    "wal_writer_delay": "10s", "bgwriter_delay": "10s", "checkpoint_timeout": "1h",
    "autovacuum": "off",
}  # fmt: skip
CONTROL = {"sqlite": "synchronous=NORMAL", "postgresql": "synchronous_commit=off"}
_LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
_END = re.compile(r" <(\d+\.\d+)>$")
_LOG = r"\(\d+<[^>]*(?:-wal|/pg_wal/[0-9A-F]{24})>"
_SYNC = re.compile(rf"(?:fdatasync|fsync){_LOG}.*\) += 0$")
_SAVE = re.compile(rf"pwrite(?:64|v|v2){_LOG}.*\) += [1-9]\d*$")
_ANSWER = re.compile(r'(?:write|writev|sendto|sendmsg)\(\d+<(?:socket|TCP)[^"]*"HTTP/1\.1 2')
_ASKED = re.compile(r'(?:read|recvfrom)\(\d+<(?:socket|TCP)[^"]*"PUT ')


@dataclass
class Report:
    seed: str
    control_is: str
    answers: int = 0
    synced: int = 0
    control: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [
            f"{self.synced} of {self.answers} acknowledged writes were on the disk before",
            f"control with {self.control_is}: {self.control[0]} of {self.control[1]}",
            f"{self.seconds:.0f} s, seed {self.seed}",
        ]
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


class Did(NamedTuple):
    """A call that matters, and the moments (seconds of the clock) between which it ran."""

    what: str  # asked, saved, synced or answered
    begin: float
    end: float


def deeds(lines: Iterable[str]) -> Iterator[Did]:
    """What a list of strace's shows; calls that others cut in two are put together again."""
    waiting: dict[str, tuple[float, str]] = {}
    for line in lines:
        parts = _LINE.match(line)
        if parts is None:
            continue
        pid, begin, call = parts[1], float(parts[2]), parts[3]
        if call.endswith("<unfinished ...>"):
            waiting[pid] = begin, call.removesuffix("<unfinished ...>")
            continue
        if call.startswith("<... "):
            begin, first = waiting.pop(pid, (begin, ""))
            call = first + call.partition("resumed>")[2]
        took = _END.search(call)
        yield from _told(
            call[: took.start()] if took else call, begin, float(took[1]) if took else 0
        )
    for begin, call in waiting.values():  # the last answer, when the kill came before its end
        if _ANSWER.match(call):
            yield Did("answered", begin, begin)


def _told(call: str, begin: float, took: float) -> Iterator[Did]:
    kinds = {"asked": _ASKED, "saved": _SAVE, "synced": _SYNC, "answered": _ANSWER}
    for what, shape in kinds.items():
        if shape.match(call):
            yield Did(what, begin, begin + took)


def judged(told: Iterable[Did]) -> tuple[int, int]:
    """How many writes were answered, and of how many the log had been synced before.

    What is not known to the microsecond is taken against the service: a request came in when its
    read ended, an answer went out when its call began.
    """
    done = sorted(told, key=lambda one: one.begin if one.what == "answered" else one.end)
    answers = good = 0
    asked, saved, synced = False, 0.0, False
    for one in done:
        if one.what == "asked":
            asked, saved, synced = True, 0.0, False
        elif one.what == "saved":
            saved, synced = one.end, False
        elif one.what == "synced":
            synced = synced or 0 < saved <= one.begin
        elif asked:  # the answers to what only reads are not counted
            answers, good, asked = answers + 1, good + synced, False
    return answers, good


@contextmanager
def watched(own: Databases, folder: Path) -> Iterator[tuple[Databases, list[Path]]]:
    """Where databases can be made, and the lists of what the engine's own processes do."""
    if own.name == "sqlite":
        yield own, []
        return
    words = [*STRACE, "-D", "-e", f"trace={SAVES}", "-o", "FOLDER/strace"]
    server = postgres.start_own(*words, **CALM)
    assert server.folder is not None
    try:
        yield Databases(own.name, folder, server), [server.folder / "strace"]
    finally:
        server.stop()


async def run(own: Databases, writes: int, seed_: str, folder: Path) -> Report:
    """`writes` saves one after the other, then a tenth as many (20 or more) of the control."""
    report, began = Report(seed_, CONTROL[own.name]), time.monotonic()
    with watched(own, folder) as (made, lists):
        first = made.new()
        seeded = await seed(first, tracks=1, people=1, held=True)
        url = made.copy(first)
        report.answers, report.synced = await _round(url, seeded, writes, folder, lists)
        url = made.copy(first)
        if own.name == "postgresql":
            _unsynced(url)
        few = max(20, writes // 10)
        answers, synced = await _round(url, seeded, few, folder, lists, careless=True)
        made.drop(first)
    report.control = synced, answers
    if (report.answers, report.synced) != (writes, writes):
        report.broken.append(f"{report.synced} of {report.answers}, and {writes} were sent")
    if synced == answers:
        report.broken.append(f"the control with {report.control_is} passed: nothing was proved")
    report.seconds = time.monotonic() - began
    return report


async def _round(
    url: str, seeded: Seeded, writes: int, folder: Path, lists: list[Path], careless: bool = False
) -> tuple[int, int]:
    engine = make_url(url).get_backend_name()
    trace = folder / f"{engine}-{careless}.strace"
    strace = [*STRACE, "-e", f"trace={CALLS[engine]}", "-o", str(trace)]
    words = ["env", "FAULTS_CARELESS=unsynced", *CARELESS] if careless else SERVE
    serving = Serving(url, folder / "service.log", [*strace, *words])
    try:
        await serving.ready()
        await _save(serving, next(iter(seeded.sessions.values())), seeded.tokens[0], writes)
    finally:
        serving.kill()
    return judged(one for path in (trace, *lists) for one in _read(path))


async def _save(serving: Serving, session: str, token: str, writes: int) -> None:
    path, bearer = f"/api/v1/sessions/{session}/summary", {"Authorization": f"Bearer {token}"}
    async with client_to(serving, 1) as client:
        tag = (await client.get(path, headers=bearer)).headers["etag"]
        for number in range(writes):
            headers = {**bearer, "If-Match": tag}
            answer = await client.put(path, json={"body": f"Text {number}"}, headers=headers)
            assert answer.status_code == 200, answer.text
            tag = answer.headers["etag"]


def _read(path: Path) -> Iterator[Did]:
    with path.open(errors="replace") as lines:
        yield from deeds(lines)


def _unsynced(url: str) -> None:
    engine = engine_of(url)
    with engine.begin() as connection:
        name = make_url(url).database
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    engine.dispose()
