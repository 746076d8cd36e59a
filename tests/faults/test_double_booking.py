"""F8, reduced: ten at once after one place, once in each way."""

from pathlib import Path

import pytest
from conftest import ENGINES
from faults import double_booking
from faults.engines import databases
from faults.test_kills import server_of
from templates import Templates


@pytest.mark.parametrize("engine", ENGINES)
async def test_of_ten_at_once_as_many_sit_at_a_table_as_can(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    with databases(engine, tmp_path, server_of(engine, templates), templates) as own:
        rounds = len(double_booking.KINDS)
        report = await double_booking.run(own, rounds, 600, "1", tmp_path, clients=10)
    assert report.broken == [], report.text()
    assert set(report.rounds) == set(double_booking.KINDS)
