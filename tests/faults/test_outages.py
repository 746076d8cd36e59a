"""F3 and F13, reduced: a database that dies, or whose disk is full, costs nothing that was
acknowledged."""

from pathlib import Path

import postgres
from faults import outages, troubles
from faults.engines import databases
from lacking import lacking
from templates import Templates

FEW = outages.Plan(rounds=2, seconds=600, lasts=(0.2, 0.5))


async def test_a_database_that_dies_costs_nothing_and_the_service_heals(tmp_path: Path) -> None:
    server = postgres.start_own()
    try:
        with databases("postgresql", tmp_path, server) as own:
            report = await outages.run(own, troubles.Death(server), FEW, "1")
    finally:
        server.stop()
    assert report.broken == [], report.text()
    assert (report.rounds, report.put_off > 0) == (2, True)


async def test_a_full_disk_costs_nothing_and_takes_no_reader_with_it(
    tmp_path: Path, templates: Templates
) -> None:
    if not troubles.can_mount():
        lacking("no disk of one's own can be mounted here")
    with (
        troubles.small_disk(tmp_path, 32) as disk,
        databases("sqlite", disk, None, templates) as own,
    ):
        report = await outages.run(own, troubles.Full(disk, None), FEW, "1")
    assert report.broken == [], report.text()
    assert (report.rounds, report.put_off > 0) == (2, True)
