"""F1 and F2, reduced: what was acknowledged before a kill -9 is there after it, and whole."""

from pathlib import Path

import postgres
import pytest
from conftest import ENGINES
from faults import kills
from faults.engines import databases
from faults.serving import CARELESS
from templates import Templates

SEED = "1"
FEW = {"rounds": 2, "seconds": 600, "load": (0.3, 1.0), "lanes": 1}


def server_of(engine: str, templates: Templates) -> postgres.Server | None:
    """The tests' PostgreSQL where it is asked for; without one the test is left out."""
    return templates.postgresql if engine == "postgresql" else None


@pytest.mark.parametrize("engine", ENGINES)
async def test_kills_lose_nothing_and_leave_no_halves(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    server = server_of(engine, templates)
    with databases(engine, tmp_path, server, templates) as own:
        report = await kills.run(own, kills.Plan(**FEW), SEED)
    assert report.violations == [], report.text()
    assert report.rounds == FEW["rounds"]
    assert report.acks > 8 * report.rounds


@pytest.mark.parametrize(("kind", "condition"), [("early", "C1"), ("halves", "C3")])
async def test_a_service_that_breaks_its_promise_is_found_out(
    kind: str,
    condition: str,
    monkeypatch: pytest.MonkeyPatch,
    templates: Templates,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("FAULTS_CARELESS", kind)
    plan = kills.Plan(**{**FEW, "rounds": 6}, program=CARELESS, stop_at_first=True)
    with databases("sqlite", tmp_path, None, templates) as own:
        report = await kills.run(own, plan, SEED)
    assert condition in {one.condition for one in report.violations}, report.text()
