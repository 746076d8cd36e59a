"""Two sessions that move into each other's place at the same moment: nobody waits in a circle."""

import asyncio

from factories import World, act, in_days, propose

PLACES = (in_days(10), in_days(12))


async def test_opposite_moves_end_in_one_answer_each_and_no_deadlock(world: World) -> None:
    """The agency's team and chair are in both; on PostgreSQL a circle would be a 503."""
    chair = world.people["agency_head"]
    x = (await propose(world, local_start=PLACES[0], chair=chair))["id"]
    y = (
        await propose(
            world, local_start=PLACES[1], jurisdiction="y", chair=chair, tz="America/Los_Angeles"
        )
    )["id"]
    for number in range(12):
        there = PLACES[(number + 1) % 2], PLACES[number % 2]
        answers = await asyncio.gather(
            act(world.coordinator, x, "move", {"local_start": there[0], "reason": "Swap"}),
            act(world.coordinator, y, "move", {"local_start": there[1], "reason": "Swap"}),
        )
        statuses = sorted(one.status_code for one in answers)
        # Whoever comes first finds the other still there; both stay where they are.
        assert statuses in ([409, 409], [409, 422], [422, 422]), [one.text for one in answers]
