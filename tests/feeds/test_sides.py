"""What an address shows after its owner has changed sides (trust.md T34)."""

from factories import NEG, World, in_days, propose
from readers import blocks
from subscribing import FEEDS, end_seat, give_other_seat, give_seat, path_of, rotated, shown


async def test_an_address_never_shows_the_side_to_which_its_owner_moved(world: World) -> None:
    """trust.md T34: capped by the scope at minting, until a new address is made."""
    ours = await propose(world)
    theirs = await propose(world, jurisdiction="y", tz="America/New_York", local_start=in_days(12))
    both = (ours, theirs)
    first = world.feeds["delegate_x"]
    await give_other_seat(world, "delegate_x")
    assert await shown(world, first, *both) == [0]
    await end_seat(world, "delegate_x")
    assert await shown(world, first, *both) == []
    await give_seat(world, "delegate_x", "coordinator", None)
    assert await shown(world, first, *both) == [], "the secretariat's calendar"
    second = path_of(await rotated(world, "delegate_x"))
    assert await shown(world, second, *both) == [0, 1]
    assert await shown(world, first, *both) == [], "a former address shows what it did"
    await end_seat(world, "delegate_x")
    await give_seat(world, "delegate_x", "head", "y")
    third = path_of(await rotated(world, "delegate_x"))
    assert [await shown(world, one, *both) for one in (first, second, third)] == [[], [], [1]]
    await end_seat(world, "delegate_x")
    await give_seat(world, "delegate_x", "counsel", "x")
    assert [await shown(world, one, *both) for one in (first, second, third)] == [[], [], []]


async def test_back_on_its_side_an_address_shows_that_again_and_later_talks_of_its_kind(
    world: World,
) -> None:
    ours = await propose(world)
    first = world.feeds["delegate_x"]
    await give_other_seat(world, "delegate_x")  # the agency's: another kind of side
    window = set(blocks((await world.nobody.get(first)).content)) - {ours["uid"]}
    assert len(window) == 1, "of other talks it shows not even the window"
    made = await world.delegate_x.post(FEEDS, json={"label": "Now"})
    assert len(set(blocks((await world.nobody.get(path_of(made))).content)) - {ours["uid"]}) == 2
    await end_seat(world, "delegate_x")
    await give_seat(world, "delegate_x", "head", "x")
    assert await shown(world, first, ours) == [0]


async def test_the_coordinator_is_not_told_that_an_address_follows_which_shows_nothing_here(
    world: World,
) -> None:
    await give_other_seat(world, "delegate_x")
    await end_seat(world, "delegate_x")
    await give_seat(world, "delegate_x", "delegate", "y")
    items = (await world.coordinator.get(f"{NEG}/calendars")).json()["items"]
    counted = {one["person"]: one["feeds"] for one in items}
    assert counted[world.people["delegate_x"]] == 0
    assert counted[world.people["delegate_y"]] == 1
