"""Which numbered requirements of a feed have a test that names them.

The numbers are those of the project's calendar requirements (1 to 53; 54 on belong to mails).
A test names them in its docstring, as `calendar.md 13` or `calendar.md 1 to 23, 33`.
"""

import re
from pathlib import Path

TESTS = Path(__file__).parent
# 24, 25 and 32 are notes.
REQUIRED = {
    *range(1, 24), *range(26, 32), *range(33, 54),
}  # fmt: skip


def named() -> set[int]:
    found: set[int] = set()
    for file in TESTS.rglob("test_*.py"):
        if "node_modules" in file.parts or file == Path(__file__):
            continue
        for text in re.findall(
            r"calendar\.md ((?:\d+(?: to \d+)?(?:,? and |, )?)+)", file.read_text()
        ):
            for first, last in re.findall(r"(\d+)(?: to (\d+))?", text):
                found.update(range(int(first), int(last or first) + 1))
    return found


def test_every_required_number_is_named_by_a_test() -> None:
    assert sorted(REQUIRED - named()) == []
