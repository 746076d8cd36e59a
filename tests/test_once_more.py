"""What failed beside the other tests gets one more try, and no more than that."""

import subprocess
import sys
from pathlib import Path

import pytest

ONCE_MORE = Path(__file__).with_name("once_more.py")
COMES_AND_GOES = """
from pathlib import Path

def test_it():
    seen = Path("seen")
    seen.write_text(seen.read_text() + "." if seen.exists() else ".")
    assert len(seen.read_text()) > 1

def test_another():
    pass
"""
FAILS = "def test_it():\n    assert False\n"


@pytest.mark.parametrize(
    ("tests", "code", "told"),
    [
        ({"test_a.py": COMES_AND_GOES}, 0, "Passed alone"),
        ({"test_a.py": COMES_AND_GOES, "test_b.py": FAILS}, 1, "once more, alone"),
        ({f"test_{one}.py": FAILS for one in "abcd"}, 1, ""),
        ({"test_a.py": "import nothing_like_it"}, 1, ""),
    ],
    ids=["passes the second time", "one fails again", "too many", "can't be read"],
)
def test_a_few_failures_get_a_second_try(
    tmp_path: Path, tests: dict[str, str], code: int, told: str
) -> None:
    for name, text in tests.items():
        (tmp_path / name).write_text(text)
    run = (sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--rootdir=.")
    first = subprocess.run(run, cwd=tmp_path, check=False, capture_output=True)
    assert first.returncode
    again = subprocess.run(
        (sys.executable, str(ONCE_MORE)), cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert again.returncode == code, again.stdout
    assert told in again.stdout
    assert bool(again.stdout) is bool(told)
