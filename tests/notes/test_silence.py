"""Silence is consent: once the deadline is over in the home zone, of whom the text reached."""

from datetime import UTC, datetime

import pytest
from beginnings import once_made
from factories import World
from notes.rounds import TEXT, act, circulate, decide, held, set_rule, sha, state
from problems import problem

from negotiations.notes.jobs import take_silence


def at(world: World, *moment: int) -> None:
    world.clock.at = datetime(*moment, tzinfo=UTC)  # type: ignore[misc]


@once_made
async def silent(world: World, *, days: int = 7) -> str:
    """The address of a summary sent round on 2 March 2030 at noon in New York."""
    await set_rule(world, "silence", comment_days=days)
    path = await held(world)
    at(world, 2030, 3, 2, 17)
    return path


@pytest.fixture(autouse=True)
async def lasting(world: World) -> None:
    """Tokens that still hold in 2030."""
    from sqlmodel import update

    from negotiations.models import ApiToken

    async with world.database.write() as db:
        await db.exec(update(ApiToken).values(expires_at=datetime(2040, 1, 1, tzinfo=UTC)))


async def test_the_deadline_is_the_end_of_a_day_in_the_home_zone_across_a_change_of_clocks(
    world: World,
) -> None:
    path = await silent(world, days=10)  # the clocks go forward on 10 March
    shown = await circulate(world, path)
    assert (shown["due_on"], shown["due_at"]) == ("2030-03-12", "2030-03-13T03:59:59Z")
    for client in (world.head_x, world.agency_head):
        assert (await client.get(path)).status_code == 200
    at(world, 2030, 3, 13, 3, 59, 59)
    assert await take_silence(world.database, world.clock) == 0
    at(world, 2030, 3, 13, 4)
    assert await take_silence(world.database, world.clock) == 1
    agreed = (await world.delegate_x.get(path)).json()
    assert (agreed["state"], agreed["agreed_as"]) == ("agreed", "silence")
    assert {(one["party"], one["decision"], one["sha256"]) for one in agreed["decisions"]} == {
        ("x", "silent_consent", sha(TEXT)),
        ("agency", "silent_consent", sha(TEXT)),
    }
    assert await take_silence(world.database, world.clock) == 0


async def test_a_side_that_it_never_reached_blocks_it(world: World) -> None:
    path = await silent(world)
    await circulate(world, path)
    for client in (world.head_x, world.agency_delegate, world.note_taker):
        assert (await client.get(path)).status_code == 200
    items = (await world.coordinator.get(f"{path}/circulations")).json()["items"]
    assert {one["party"]: one["delivered_at"] for one in items} == {
        "x": "2030-03-02T17:00:00Z",
        "agency": None,
    }
    own = (await world.delegate_x.get(f"{path}/circulations")).json()["items"]
    assert [one["party"] for one in own] == ["x"]
    at(world, 2030, 4, 1)
    assert await take_silence(world.database, world.clock) == 0
    assert (await world.agency_head.get(path)).status_code == 200  # too late to have been silent
    assert await take_silence(world.database, world.clock) == 0
    assert (await circulate(world, path))["due_on"] == "2030-04-07"
    at(world, 2030, 4, 9)
    assert await take_silence(world.database, world.clock) == 1


async def test_who_asks_for_the_headers_alone_has_read_nothing(world: World) -> None:
    path = await silent(world)
    await circulate(world, path)
    for client in (world.head_x, world.agency_head):
        looked = await client.head(path)
        assert (looked.status_code, looked.content) == (200, b"")
    items = (await world.coordinator.get(f"{path}/circulations")).json()["items"]
    assert [one["delivered_at"] for one in items] == [None, None]
    at(world, 2030, 4, 1)
    assert await take_silence(world.database, world.clock) == 0


async def test_an_objection_in_time_stops_it_and_one_too_late_is_refused(world: World) -> None:
    path = await silent(world)
    await circulate(world, path)
    assert (await world.agency_head.get(path)).status_code == 200
    assert (await decide(world.head_x, path, "objected", statement="No")).status_code == 200
    at(world, 2030, 4, 1)
    assert await take_silence(world.database, world.clock) == 0
    assert await state(world, path) == "circulated"
    late = await decide(world.agency_head, path, "objected", statement="No")
    assert problem(late, 409) == "The time to comment is over. Tell the coordinator."


async def test_the_word_of_all_needs_no_waiting(world: World) -> None:
    path = await silent(world)
    await circulate(world, path)
    for client in (world.head_x, world.agency_head):
        answer = await decide(client, path, "approved")
    assert answer.json()["agreed_as"] == "all_parties"


async def test_no_silence_counts_under_another_rule_or_once_the_talks_are_over(
    world: World,
) -> None:
    path = await silent(world)
    await circulate(world, path)
    for client in (world.head_x, world.agency_head):
        await client.get(path)
    await set_rule(world, "silence", status="suspended")
    await set_rule(world, "silence", status="concluded")
    at(world, 2030, 4, 1)
    assert await take_silence(world.database, world.clock) == 0
    assert (await act(world.coordinator, path, "circulate")).status_code == 409
