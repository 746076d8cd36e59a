"""F25, reduced: what a side does behind its wall changes no byte of any answer to anybody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from caucuses.outside import READERS
from conftest import ENGINES
from factories import World
from faults.engines import Databases, databases
from faults.interference import AGENDA, Base, Report, controls, watched
from faults.test_kills import server_of
from sharing import engine_of, whole
from templates import Templates

WORLDS = 10


@pytest.fixture
def own(world: World, templates: Templates, tmp_path: Path) -> Iterator[Databases]:
    """Where copies of the world are made."""
    engine = engine_of(world)
    with databases(engine, tmp_path, server_of(engine, templates), templates) as made:
        yield made


@pytest.mark.walks
async def test_what_a_side_does_in_private_changes_no_byte_for_anybody_outside(
    world: World, own: Databases
) -> None:
    """SQLite takes every other request, PostgreSQL an eighth, a part of them in each world, and
    mails in the last one."""
    base = Base(world, Report("1"), own)
    await base.start()
    keys = base.outside.keys[ENGINES.index(engine_of(world)) :: 2 if whole(world) else 8]
    always = watched(base.outside.keys)
    assert AGENDA in always
    await base.first({*keys, *always})
    for number in range(WORLDS):
        await base.private.do(deeds=4, notes=(0, 1, 15, 0, 2, 7, 1, 3, 0, 4)[number])
        await base.compare(keys[number::WORLDS])
    await base.compare_mails()
    report = base.report
    assert report.broken == [], report.text()
    assert {one.to for one in base.sent} >= {
        f"{name}@example.org" for name in (*READERS, "agency_delegate", "delegate_y")
    }
    assert (report.worlds, report.requests, report.differing) == (WORLDS, len(keys), 0)
    # Now one that does change: the comparison sees it, and of a caucus session its interval only.
    await controls(base, [*(keys[::4] if whole(world) else keys), *always])
    assert report.broken == [], report.text()


@pytest.mark.walks
async def test_what_the_agency_does_in_private_changes_no_byte_for_anybody_else(
    world: World, own: Databases
) -> None:
    """It sits at every table, and so its words do: a third of a quarter of all requests in each of
    three worlds, on PostgreSQL of a sixteenth."""
    base = Base(world, Report("2"), own, "agency")
    await base.start()
    keys = base.outside.keys[1 + ENGINES.index(engine_of(world)) :: 4 if whole(world) else 16]
    await base.first(keys)
    for number, notes in enumerate((1, 0, 12)):
        await base.private.do(deeds=4, notes=notes)
        await base.compare(keys[number::3])
    report = base.report
    assert report.broken == [], report.text()
    assert (report.requests, report.differing) == (len(keys), 0)
    assert {who for who, _ in keys} >= {"coordinator", "head_x", "head_y", "head_x's browser"}


async def test_mails_that_count_private_notes_would_be_found_out(
    world: World, own: Databases
) -> None:
    base = Base(world, Report("1"), own)
    await base.start()
    assert await base.babbles()
    await base.compare_mails()  # those that are sent tell nobody of the note
    assert base.report.broken == [], base.report.text()
    assert base.report.mails == len(base.sent)
    assert any("METHOD:CANCEL" in one.said for one in base.sent)  # calendars in them too
