"""`make faults`: the full rounds of the fault programme, or one of them.

    .venv/bin/python tests/faults/run.py            all
    .venv/bin/python tests/faults/run.py F7 --seed 3

Each prints its figures and the seed that repeats it; the exit is 1 when a promise was broken.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from faults import kills
from faults.engines import databases

Round = Callable[[str], bool]
SECONDS = 460.0  # of the eight minutes that each may take


def _kills(engine: str) -> Round:
    def run(seed: str) -> bool:
        plan = kills.Plan(rounds=200, seconds=SECONDS, load=(1.0, 5.0))
        with tempfile.TemporaryDirectory() as folder, databases(engine, Path(folder), None) as own:
            report = asyncio.run(kills.run(own, plan, seed))
        print(report.text(), flush=True)
        return not report.violations

    return run


ROUNDS: dict[str, Round] = {"F1": _kills("sqlite"), "F2": _kills("postgresql")}


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("which", nargs="*", default=sorted(ROUNDS), help=", ".join(ROUNDS))
    words.add_argument("--seed", default=str(random.SystemRandom().randrange(10**6)))
    given = words.parse_args()
    broken = []
    for name in given.which:
        print(f"{name}: seed {given.seed}", flush=True)
        if not ROUNDS[name](given.seed):
            broken.append(name)
    print(f"broken: {', '.join(broken)}" if broken else "all promises held")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
