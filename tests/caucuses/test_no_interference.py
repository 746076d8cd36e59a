"""F25, reduced: what a side does behind its wall changes no byte of any answer to anybody else."""

import pytest
from caucuses.outside import TRIES
from caucuses.privately import SESSIONS
from conftest import ENGINES
from factories import World
from faults.interference import Base, Report, controls
from sharing import engine_of, whole

WORLDS = 5


@pytest.mark.walks
async def test_what_a_side_does_in_private_changes_no_byte_for_anybody_outside(
    world: World,
) -> None:
    """SQLite takes every other request, PostgreSQL an eighth, a part of them in each world."""
    base = Base(world, Report("1"))
    await base.start()
    keys = base.outside.keys[ENGINES.index(engine_of(world)) :: 2 if whole(world) else 8]
    agenda = ("coordinator's browser", "/n/water-talks")  # where any new session is seen
    assert agenda in base.outside.keys
    watched = [key for key in base.outside.keys if key[1] == SESSIONS or key[0] == TRIES]
    watched.append(agenda)
    await base.first({*keys, *watched})
    for number in range(WORLDS):
        await base.private.do(deeds=4, notes=(0, 1, 3, 7, 15)[number])
        await base.compare(keys[number::WORLDS])
    report = base.report
    assert report.broken == [], report.text()
    assert (report.worlds, report.requests, report.differing) == (WORLDS, len(keys), 0)
    # Now one that does change: the comparison sees it, and of a caucus session its interval only.
    await controls(base, [*(keys[::4] if whole(world) else keys), *watched])
    assert report.broken == [], report.text()
