"""Reads one calendar with little time and memory: `python -I -m negotiations.busy.child`.

On standard input comes a line of JSON, {"tz", "since", "until"} (seconds of UTC), then the file; on
standard output goes {"blocks": [[start, end], …]}, or {"refused": why}. It is sent no settings, and
opens nothing: what a hostile file could make it do ends here.
"""

import json
import os
import resource
import sys
from datetime import UTC, datetime

from negotiations.busy.faults import Refused, Why
from negotiations.busy.reading import busy_blocks

CPU_SECONDS, MEMORY = 2, 512 * 1024 * 1024


def limit() -> None:
    """No more time or memory than this, no file written, no process started."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(2)


def main() -> None:
    limit()
    given = json.loads(sys.stdin.buffer.readline())
    since, until = (datetime.fromtimestamp(given[name], UTC) for name in ("since", "until"))
    try:
        blocks = busy_blocks(sys.stdin.buffer.read(), given["tz"], since, until)
        told: object = {"blocks": [[int(one.timestamp()) for one in block] for block in blocks]}
    except Refused as error:
        told = {"refused": error.why.value}
    except (MemoryError, RecursionError):
        told = {"refused": Why.too_much.value}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
