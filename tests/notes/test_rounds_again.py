"""A text that goes round once more: under another rule, and with another deadline."""

from factories import NEG, World
from notes.rounds import circulate, decide, held, set_rule

from negotiations.notes.jobs import take_silence


async def test_who_read_a_text_under_another_rule_was_not_reached_by_the_one_of_silence(
    world: World,
) -> None:
    path = await held(world)  # all parties have to approve
    await circulate(world, path)
    for client in (world.head_x, world.agency_head):
        assert (await client.get(path)).status_code == 200
    await set_rule(world, "silence")
    world.clock.forward(days=20)
    await circulate(world, path)
    world.clock.forward(days=9)  # nobody has opened it since
    assert await take_silence(world.database, world.clock) == 0


async def test_a_deadline_never_comes_nearer(world: World) -> None:
    await set_rule(world, "silence", comment_days=30)
    path = await held(world)
    first = await circulate(world, path)
    for client in (world.head_x, world.agency_head):
        assert (await client.get(path)).status_code == 200
    await set_rule(world, "silence", comment_days=1)
    again = await circulate(world, path)
    assert again["due_on"] >= first["due_on"]


async def becomes(world: World, status: str) -> None:
    """The talks."""
    tag = {"If-Match": (await world.coordinator.get(NEG)).headers["etag"]}
    answer = await world.coordinator.patch(NEG, json={"status": status}, headers=tag)
    assert answer.status_code == 200, answer.text


async def test_nobody_was_silent_while_nothing_could_be_written(world: World) -> None:
    await set_rule(world, "silence", comment_days=7)
    path = await held(world)
    await circulate(world, path)
    for client in (world.head_x, world.agency_head):
        assert (await client.get(path)).status_code == 200
    world.clock.forward(days=1)
    await becomes(world, "concluded")
    refusal = await decide(world.head_x, path, "objected", statement="Not so.")
    assert refusal.status_code == 409
    world.clock.forward(days=10)
    assert await take_silence(world.database, world.clock) == 0
    await becomes(world, "open")
    assert await take_silence(world.database, world.clock) == 0
    assert (await decide(world.head_x, path, "objected", statement="Not so.")).status_code == 200
