"""F23, reduced: chains that many write at once are linear, and no tampering goes unseen."""

from pathlib import Path

import pytest
from conftest import ENGINES
from faults import audit_chain
from faults.engines import databases
from faults.test_kills import server_of
from templates import Templates


@pytest.mark.parametrize("engine", ENGINES)
async def test_no_tampering_with_a_chain_goes_unseen(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    with databases(engine, tmp_path, server_of(engine, templates), templates) as own:
        report = await audit_chain.run(own, acts=1, times=140, count=5000, seed="1")
    assert report.broken == [], report.text()
    ways = {way.__name__: 20 for way in (*audit_chain.ALONE, *audit_chain.ANCHORED)}
    assert report.found == report.tampered == ways
    assert (report.acts, report.entries) == (64 * report.chains, 5000)
