"""F21, reduced: every migration up, down and up again with rows in every table."""

from pathlib import Path

import pytest
from conftest import ENGINES
from faults.engines import databases, engine_of
from faults.migrations import LOST, Lost, Round, differing, refuses_overlap, revisions
from faults.rows import snapshot
from faults.test_kills import server_of
from sqlalchemy import text
from templates import Templates

from negotiations.models import metadata


@pytest.mark.parametrize("engine", ENGINES)
def test_every_migration_goes_up_down_and_up_on_rows(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    with databases(engine, tmp_path, server_of(engine, templates)) as own:
        round_ = Round(own, tmp_path, 400, "1")
        round_.every_revision(newest=1)
    assert round_.report.broken == [], round_.report.text()
    assert round_.report.revisions == revisions()


@pytest.mark.parametrize("engine", ENGINES)
def test_an_upgrade_that_is_killed_is_the_old_or_the_new_revision(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    with databases(engine, tmp_path, server_of(engine, templates)) as own:
        round_ = Round(own, tmp_path, 300, "1")
        round_.kills(1)
    assert round_.report.broken == [], round_.report.text()


def test_every_table_of_the_models_is_filled(tmp_path: Path) -> None:
    with databases("sqlite", tmp_path, None) as own:
        round_ = Round(own, tmp_path, 1500, "1")
        found = snapshot(engine_of(round_.filled(revisions()[-1])))
    assert found.keys() == metadata.tables.keys()
    assert [name for name, rows in found.items() if len(rows) < 2] == []


def test_what_a_migration_loses_is_noticed(tmp_path: Path) -> None:
    with databases("sqlite", tmp_path, None) as own:
        url = Round(own, tmp_path, 300, "1").filled(revisions()[-1])
    before = snapshot(engine_of(url))
    assert refuses_overlap(engine_of(url))
    with engine_of(url).begin() as connection:
        connection.execute(text("UPDATE team SET name = name || 'x' WHERE id IN "
                                "(SELECT min(id) FROM team)"))  # fmt: skip
        connection.execute(text("DELETE FROM audit_entry"))
        connection.execute(text("DROP TRIGGER booking_no_overlap_insert"))
    after = snapshot(engine_of(url))
    assert [one.split()[0] for one in sorted(differing(before, after, Lost("")))] == [
        "audit_entry:",
        "team.name",
    ]
    declared = Lost("", frozenset({"audit_entry"}), frozenset({"team.name"}))
    assert differing(before, after, declared) == []
    assert not refuses_overlap(engine_of(url))


def test_what_is_declared_lost_has_a_reason_and_a_revision() -> None:
    assert set(LOST) <= set(revisions())
    assert [one for one in LOST.values() if not one.reason] == []
