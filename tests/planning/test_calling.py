"""The planner's own process: what comes of caps, crashes and rubbish."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from benchmarks.instances import MIXED, instance

from negotiations.planning.calling import Failed, plan_apart
from negotiations.planning.check import faults
from negotiations.planning.options import Options, Progress
from negotiations.planning.plain import plain
from negotiations.planning.solve import solve
from negotiations.planning.valid import Invalid

PROBLEM = instance(12, teams=2, cities=2, lengths=MIXED, seed=1)
QUICK = Options(iterations=50)


def saying(*lines: str, then: str = "") -> tuple[str, ...]:
    """A process that reads what it is asked, and says these lines."""
    code = f"import sys, time; sys.stdin.read()\nfor one in {lines!r}: print(one, flush=True)\n"
    return (sys.executable, "-c", code + then)


async def test_a_plan_from_its_own_process_is_the_one_of_this_process() -> None:
    told: list[Progress] = []
    found = await plan_apart(PROBLEM, QUICK, seconds=60, on=told.append)
    assert found == solve(PROBLEM, QUICK)
    assert told[0].phase == "first draft"


async def test_a_cap_gives_the_best_plan_so_far_and_says_so() -> None:
    problem = instance(100, teams=9, cities=6, lengths=MIXED, seed=1)
    found = await plan_apart(problem, Options(iterations=10**9), seconds=3)
    assert found.stopped_by == "cap"
    assert found.placed
    assert faults(problem, found.placed) == []


async def test_a_problem_that_contradicts_itself_is_refused_before_anything_is_started() -> None:
    with pytest.raises(Invalid, match="There is no team to place"):
        await plan_apart(replace(PROBLEM, teams=()), QUICK, seconds=5, command=("/nowhere",))


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["rubbish"], "it wrote what is no plan"),
        (['{"done": 7}'], "it wrote what is no plan"),
        (['{"done": {}}'], "it wrote what is no plan"),
        (["[]"], "it wrote what is no plan"),
        (["7"], "it wrote what is no plan"),
        (['{"failed": "memory"}'], "its memory was not enough"),
        ([], "it ended by itself"),
    ],
)
async def test_a_process_that_gives_no_plan_is_told_with_what_to_do(
    lines: list[str], why: str
) -> None:
    with pytest.raises(Failed) as raised:
        await plan_apart(PROBLEM, QUICK, seconds=30, command=saying(*lines))
    assert str(raised.value) == (
        f"The planner gave no plan: {why}. Give it more time or memory, or plan a shorter window "
        "or fewer jurisdictions."
    )


async def test_what_it_refuses_is_refused_here() -> None:
    with pytest.raises(Invalid, match="The window has no days"):
        await plan_apart(
            PROBLEM, QUICK, seconds=5, command=saying('{"invalid": ["The window has no days."]}')
        )


async def test_a_process_that_dies_after_a_plan_leaves_that_plan_labelled() -> None:
    best = solve(PROBLEM, QUICK)
    line = json.dumps({"plan": plain(best)})
    crash = "import os; os.kill(os.getpid(), 11)"
    found = await plan_apart(PROBLEM, QUICK, seconds=30, command=saying(line, then=crash))
    assert found == replace(
        best,
        stopped_by="cap",
        notes=(
            *best.notes,
            "The planner was stopped (it ended by itself): this is the best plan it had found.",
        ),
    )


async def test_a_process_that_hangs_is_ended_when_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("negotiations.planning.calling.GRACE", 0.5)
    best = json.dumps({"plan": plain(solve(PROBLEM, QUICK))})
    hang = saying(best, then="time.sleep(600)")
    found = await plan_apart(PROBLEM, QUICK, seconds=0.5, command=hang)
    assert found.stopped_by == "cap"
    assert found.notes[-1].startswith("The planner was stopped (it had not ended when its time")


async def test_who_gives_up_waiting_ends_the_process() -> None:
    """It tells its number as the iteration it is in."""
    started = asyncio.get_running_loop().create_future()
    now = json.dumps({"progress": plain(Progress("search", -1, 0, 0, 0, None))})
    code = f"import os; print({now!r}.replace('-1', str(os.getpid())), flush=True); time.sleep(600)"
    asking = asyncio.create_task(
        plan_apart(PROBLEM, QUICK, seconds=600, on=started.set_result, command=saying(then=code))
    )
    pid = (await started).iteration
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_too_little_memory_is_told_and_not_a_crash_of_ours() -> None:
    with pytest.raises(Failed):
        await plan_apart(PROBLEM, QUICK, seconds=30, memory=1024**2)


async def test_no_setting_of_the_service_reaches_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEGOTIATIONS_SECRET", "hidden")
    best = json.dumps({"done": plain(solve(PROBLEM, QUICK))})
    code = f"import os; print('7' if 'NEGOTIATIONS_SECRET' in os.environ else {best!r})"
    found = await plan_apart(PROBLEM, QUICK, seconds=30, command=saying(then=code))
    assert found.placed


def test_asking_for_a_plan_loads_neither_numpy_nor_a_solver() -> None:
    code = (
        "import sys, negotiations.planning.calling, negotiations.planning.check, "
        "negotiations.planning.why_not, negotiations.planning.window; "
        "assert not {'numpy', 'highspy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
