"""F4: what is acknowledged is on the disk: its log is synced before the answer is sent.

One client writes to the running service, whose system calls strace lists in their order. Of each
2xx to a write an fdatasync of the write-ahead log must have returned since the request came in.
The control is the same service with synchronous=NORMAL, of which the round must complain.
"""

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faults.engines import Databases
from faults.serving import CARELESS, SERVE, Serving, client_to
from faults.talks import seed

CALLS = "fdatasync,fsync,read,recvfrom,write,writev,sendto,sendmsg"
STRACE = ["strace", "-f", "-qq", "-y", "-ttt", "-s", "16", "-e", f"trace={CALLS}"]
_LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
_SYNC = re.compile(r"(?:fdatasync|fsync)\(\d+<([^>]*)>")
_ANSWER = re.compile(r'(?:write|writev|sendto|sendmsg)\(\d+<(?:socket|TCP)[^"]*"HTTP/1\.1 (\d)')
_ASKED = re.compile(r'(?:read|recvfrom)\(\d+<(?:socket|TCP)[^"]*"PUT ')


@dataclass
class Report:
    seed: str
    answers: int = 0
    synced: int = 0
    control: tuple[int, int] | None = None
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [f"{self.synced} of {self.answers} acknowledged writes were on the disk before",
                 f"{self.seconds:.0f} s, seed {self.seed}"]  # fmt: skip
        if self.control is not None:
            lines.append(f"control with synchronous=NORMAL: {self.control[0]} of {self.control[1]}")
        return "\n".join(lines + [f"  {one}" for one in self.broken[:20]])


def events(lines: Iterable[str]) -> Iterator[tuple[float, str]]:
    """`asked`, `answered` and `synced` of the log, in the order in which the calls show them.

    A sync counts when it has returned; a request and an answer where their calls are listed.
    """
    waiting: dict[str, str] = {}
    for line in lines:
        parts = _LINE.match(line)
        if parts is None:
            continue
        pid, at, call = parts[1], float(parts[2]), parts[3]
        if call.endswith("<unfinished ...>"):
            waiting[pid] = call.removesuffix("<unfinished ...>")
            if _ANSWER.match(call):  # it may be read before the call has returned
                waiting.pop(pid)
        elif call.startswith("<... ") and "resumed>" in call:
            call = waiting.pop(pid, "") + call.partition("resumed>")[2]
        if call.endswith("<unfinished ...>") and not _ANSWER.match(call):
            continue
        told = _told(call)
        if told is not None:
            yield at, told


def _told(call: str) -> str | None:
    sync = _SYNC.match(call)
    if sync is not None:
        log = sync[1].endswith("-wal")
        return "synced" if log and re.search(r"\) += 0$", call) else None
    answer = _ANSWER.match(call)
    if answer is not None:
        return "answered" if answer[1] == "2" else None
    return "asked" if _ASKED.match(call) else None


def judged(told: Iterable[tuple[float, str]]) -> tuple[int, int]:
    """How many writes were answered, and of how many the log had been synced before."""
    answers = good = 0
    asked = synced = False
    for _, what in told:
        if what == "asked":
            asked, synced = True, False
        elif what == "synced":
            synced = True
        elif asked:  # the answers to what only reads are not counted
            answers, good, asked = answers + 1, good + synced, False
    return answers, good


async def run(databases: Databases, writes: int, seed_: str, folder: Path) -> Report:
    """`writes` saves one after the other, then a tenth as many of the control."""
    report, began = Report(seed_), time.monotonic()
    if shutil.which("strace") is None:
        report.broken.append("strace is not on this machine")
        return report
    report.answers, report.synced = await _round(databases, writes, folder, SERVE)
    if report.answers != writes or report.synced != writes:
        report.broken.append(f"{report.synced} of {report.answers}, and {writes} were sent")
    os.environ["FAULTS_CARELESS"] = "normal"
    answers, good = await _round(databases, max(20, writes // 10), folder, CARELESS)
    del os.environ["FAULTS_CARELESS"]
    report.control = (good, answers)
    if good == answers:
        report.broken.append("the control with synchronous=NORMAL passed: nothing was proved")
    report.seconds = time.monotonic() - began
    return report


async def _round(
    databases: Databases, writes: int, folder: Path, words: list[str],
) -> tuple[int, int]:  # fmt: skip
    url = databases.new()
    seeded = await seed(url, tracks=1, people=1, held=True)
    path = f"/api/v1/sessions/{next(iter(seeded.sessions.values()))}/summary"
    trace = folder / f"{writes}.strace"
    serving = Serving(url, folder / "service.log", [*STRACE, "-o", str(trace), *words])
    try:
        await serving.ready()
        async with client_to(serving, 1) as client:
            bearer = {"Authorization": f"Bearer {seeded.tokens[0]}"}
            tag = (await client.get(path, headers=bearer)).headers["etag"]
            for number in range(writes):
                headers = {**bearer, "If-Match": tag}
                answer = await client.put(path, json={"body": f"Text {number}"}, headers=headers)
                assert answer.status_code == 200, answer.text
                tag = answer.headers["etag"]
    finally:
        serving.kill()
    lines = list(events(trace.read_text(errors="replace").splitlines()))
    databases.drop(url)
    return judged(sorted(lines, key=lambda one: one[0]))
