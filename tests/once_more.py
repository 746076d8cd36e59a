"""Run once more, alone, the few tests that failed beside all the others: `make test` ends with it.

A machine with two cores runs browsers, PostgreSQL and killed services at the same time, and what
waits for one of them may be kept waiting too long. What fails again has failed. What passes now is
named all the same, with its first report above: a failure that comes and goes is a defect, of the
test or of what it tests, and CONTRIBUTING says what to do about it.
"""

import json
import sys
from pathlib import Path

import pytest

FAILED = Path(".pytest_cache/v/cache/lastfailed")
MOST = 3  # more have not failed for the others' sake


def main() -> int:
    """The exit code of `make test`."""
    failed = sorted(json.loads(FAILED.read_text())) if FAILED.exists() else []
    if not 0 < len(failed) <= MOST or any("::" not in one for one in failed):
        return 1
    print("\nFailed beside the others; once more, alone:", *failed, sep="\n  ", flush=True)
    code = pytest.main(["--last-failed", "--last-failed-no-failures=none"])
    if code == pytest.ExitCode.OK:
        print("\nPassed alone, but failed beside the others (see above):", *failed, sep="\n  ")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
