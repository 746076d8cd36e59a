"""F4, reduced: what is acknowledged was synced before, and a service that doesn't is found out."""

import subprocess
from pathlib import Path

import pytest
from conftest import ENGINES
from faults import fsync
from faults.engines import databases
from faults.test_kills import server_of
from templates import Templates

WRITES = 10


def traceable() -> bool:
    """strace is here, and may watch what it starts."""
    words = ["strace", "-f", "-o", "/dev/null", "true"]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not traceable(), reason="strace isn't here, or may not trace")
@pytest.mark.parametrize("engine", ENGINES)
async def test_what_is_acknowledged_was_synced_before(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    with databases(engine, tmp_path, server_of(engine, templates)) as own:
        report = await fsync.run(own, WRITES, "1", tmp_path)
    assert report.broken == [], report.text()
    assert (report.synced, report.answers) == (WRITES, WRITES)
    assert report.control[0] < report.control[1] == 20


ASKED = '7 1.000 read(9<TCP:[1]>, "PUT /api/v1/sess"..., 262144) = 300 <0.000010>'
SAVED = '8 {} pwrite64(5</db-wal>, "7\\177\\6"..., 24, 0) = 24 <0.000010>'
BEGUN = "8 {} fdatasync(5</db-wal> <unfinished ...>"
ENDED = "8 {} <... fdatasync resumed>) = 0 <{}>"
OTHER = "8 {} fdatasync(6</db>) = 0 <0.000010>"
ANSWER = '7 {} writev(9<TCP:[1]>, [{{iov_base="HTTP/1.1 200 OK"..., iov_len=99}}], 1) = 99 <0.1>'


@pytest.mark.parametrize(
    ("lines", "good"),
    [
        ([SAVED.format("1.1"), BEGUN.format("1.2"), ENDED.format("1.3", "0.1")], 1),
        ([SAVED.format("1.1"), BEGUN.format("1.2"), ENDED.format("1.6", "0.4")], 0),  # too late
        ([BEGUN.format("1.1"), ENDED.format("1.2", "0.1"), SAVED.format("1.3")], 0),  # before it
        ([SAVED.format("1.1"), OTHER.format("1.2")], 0),  # another file
        ([BEGUN.format("1.1"), ENDED.format("1.2", "0.1")], 0),  # nothing was saved
        ([SAVED.format("0.8"), BEGUN.format("0.9"), ENDED.format("0.95", "0.05")], 0),
        ([], 0),
    ],
)
def test_a_sync_counts_only_between_what_it_saves_and_the_answer(
    lines: list[str], good: int
) -> None:
    told = fsync.deeds([ASKED, *lines, ANSWER.format("1.500")])
    assert fsync.judged(told) == (1, good)
