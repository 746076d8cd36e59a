"""The planner's own process: a problem as JSON on stdin, plans as lines of JSON on stdout.

    python -m negotiations.planning.child

Asked with {"problem", "options", "seconds", "memory"}; answers with lines of one of: `progress`,
`plan` (the best so far), `done` (the plan), `invalid` (sentences), `failed` (a word).
`calling.py` starts it and reads it.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import IO, Any

from negotiations.planning.options import Options, Progress
from negotiations.planning.plain import Unreadable, plain, read
from negotiations.planning.plan import Plan
from negotiations.planning.problem import Problem
from negotiations.planning.solve import solve
from negotiations.planning.valid import Invalid

BETWEEN_PLANS = 2.0  # seconds after which the best plan so far is told again, if it is another
BETWEEN_WORDS = 0.2  # seconds
KINDNESS = 5  # serving goes first


class Teller:
    """Writes the lines."""

    def __init__(self, out: IO[str]) -> None:
        self.out = out
        self.told: tuple[int, int] | None = None
        self.at = self.spoke = 0.0
        self.phase = ""

    def line(self, kind: str, value: Any) -> None:
        self.out.write(json.dumps({kind: value}, ensure_ascii=False) + "\n")
        self.out.flush()

    def tell(self, progress: Progress, plan: Callable[[], Plan]) -> None:
        now, best = time.monotonic(), (progress.unplaced, progress.cost)
        if progress.phase != self.phase or now - self.spoke >= BETWEEN_WORDS:
            self.line("progress", plain(progress))
            self.phase, self.spoke = progress.phase, now
        if best != self.told and now - self.at >= BETWEEN_PLANS:
            self.line("plan", plain(plan()))
            self.told, self.at = best, time.monotonic()


def limit(memory: int) -> None:
    """No more memory than this (bytes of address space), and behind everything that serves."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(KINDNESS)


def answer(asked: dict[str, Any], teller: Teller) -> None:
    """Plan what was asked, and tell it."""
    ends = time.monotonic() + float(asked["seconds"])
    try:
        problem, options = read(Problem, asked["problem"]), read(Options, asked["options"])
        plan = solve(problem, options, teller.tell, lambda: ends - time.monotonic())
    except Invalid as error:
        teller.line("invalid", error.faults)
    except Unreadable as error:
        teller.line("invalid", [str(error)])
    except MemoryError:
        teller.line("failed", "memory")
    else:
        teller.line("done", plain(plan))


def main() -> None:
    # What a library writes to stdout by itself must not stand among the lines.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    asked = json.load(sys.stdin)
    limit(int(asked["memory"]))
    answer(asked, Teller(out))


if __name__ == "__main__":
    main()
