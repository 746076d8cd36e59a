"""Who sees and ends whose subscriptions, and how their owner learns of it."""

from datetime import timedelta
from typing import Any

from browsing import base_of, text_of
from checksum import state
from factories import NEG, World, send_form, signed_in, take_seat
from problems import problem
from sqlmodel import col, select
from subscribing import (
    FEEDS,
    end_seat,
    feed_of,
    give_other_seat,
    give_seat,
    on_version,
    path_of,
    rotated,
    status,
)

from negotiations import audit
from negotiations.models import AuditEntry
from negotiations.models.parties import Role

LIST = f"{NEG}/feeds"


async def listed(world: World, name: str) -> list[tuple[str, str | None, str]]:
    """Owner, side and label of what they may end here."""
    answer = await world.clients[name].get(LIST)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["items"]
    names = {person: name for name, person in world.people.items()}
    return [(names[one["owner"]], one["party"], one["label"]) for one in rows]


async def entries(world: World) -> list[tuple[str, str, str, str]]:
    async with world.database.read() as db:
        rows = await db.exec(
            select(AuditEntry)
            .where(col(AuditEntry.object_type) == "feed")
            .order_by(col(AuditEntry.created_at), col(AuditEntry.chain))
        )
        found = rows.all()
        faults = [one for chain in (await audit.verify(db)).values() for one in chain["faults"]]
    assert faults == []
    return [(one.actor, one.action, one.object_id, one.chain.partition(":")[0]) for one in found]


async def test_the_list_tells_everything_but_the_address(world: World) -> None:
    address = world.feeds["delegate_x"]
    await world.nobody.get(address, headers={"User-Agent": "Evolution/3.46.4"})
    await world.app.state.fetches.write(world.database)
    items = (await world.coordinator.get(LIST)).json()["items"]
    made_at = (await world.delegate_x.get(FEEDS)).json()["items"][0]["created_at"]
    assert next(one for one in items if one["owner"] == world.people["delegate_x"]) == {
        "id": await feed_of(world, "delegate_x"),
        "owner": world.people["delegate_x"],
        "name": "The delegate_x",
        "party": "x",
        "label": "Mine",
        "negotiation": None,
        "created_at": made_at,
        "expires_at": None,
        "fetched": {"at": made_at, "program": "Evolution", "version": "3.46"},
    }


async def test_coordinators_see_those_of_their_talks_and_heads_those_of_their_side(
    world: World,
) -> None:
    for name, body in (
        ("head_x", {"label": "Head's", "negotiation": "water-talks"}),
        ("coordinator_elsewhere", {"label": "Elsewhere"}),
    ):
        assert (await world.clients[name].post(FEEDS, json=body)).status_code == 201
    await give_other_seat(world, "delegate_y")
    other = {"label": "Others", "negotiation": "other-talks"}
    assert (await world.delegate_y.post(FEEDS, json=other)).status_code == 201
    soon = {"label": "Short", "expires_at": (world.clock.now() + timedelta(hours=1)).isoformat()}
    assert (await world.delegate_y.post(FEEDS, json=soon)).status_code == 201
    of_x = [("delegate_x", "x", "Mine"), ("head_x", "x", "Head's")]
    of_y = [("delegate_y", "y", "Mine"), ("delegate_y", "y", "Short")]
    agency = [("agency_delegate", "agency", "Mine")]
    everything = [("coordinator", None, "Mine"), *agency, *of_x, *of_y]
    assert sorted(await listed(world, "coordinator"), key=str) == sorted(everything, key=str)
    assert await listed(world, "head_x") == of_x
    assert await listed(world, "agency_head") == agency
    for name in ("note_taker", "delegate_x", "coordinator_elsewhere", "administrator"):
        assert (await world.clients[name].get(LIST)).status_code == 404
        assert (await (await signed_in(world, name)).get("/n/water-talks/feeds")).status_code == 404
    world.clock.forward(hours=1)
    assert of_y[1] not in await listed(world, "coordinator")
    # The coordinator of the other talks sees there what shows them, and nothing of here.
    rows = (await world.coordinator_elsewhere.get("/api/v1/negotiations/other-talks/feeds")).json()
    assert sorted((one["party"] or "", one["label"]) for one in rows["items"]) == [
        ("", "Elsewhere"),
        ("agency", "Mine"),
        ("agency", "Others"),
    ]


async def test_a_head_of_two_talks_learns_of_each_what_a_head_there_does(world: World) -> None:
    """Somebody coordinates other talks, where a delegate of y sits too."""
    await give_other_seat(world, "delegate_y")
    people = "/api/v1/negotiations/other-talks/people"
    body = {"name": "H", "email": "head_x@example.org", "role": "coordinator"}
    assert (await world.coordinator_elsewhere.post(people, json=body)).status_code == 201
    assert {one for one, _, _ in await listed(world, "head_x")} == {"delegate_x"}
    theirs = (await world.head_x.get("/api/v1/negotiations/other-talks/feeds")).json()["items"]
    assert [one["owner"] for one in theirs] == [world.people["delegate_y"]]


async def revoke(world: World, by: str, owner: str) -> Any:
    path = f"{FEEDS}/{await feed_of(world, owner)}"
    return await on_version(world.clients[by], "DELETE", path)


async def test_the_owner_is_told_who_ended_it_and_the_act_is_entered(world: World) -> None:
    old = world.feeds["delegate_x"]
    new = path_of(await rotated(world, "delegate_x"))
    one, two = await feed_of(world, "delegate_x"), await feed_of(world, "delegate_y")
    answer = await revoke(world, "coordinator", "delegate_x")
    assert (answer.status_code, answer.json()["ended_by"]) == (200, "secretariat")
    assert [await status(world, address) for address in (old, new)] == [410, 410]
    shown = (await world.delegate_x.get(f"{FEEDS}/{one}")).json()
    assert (shown["ended_by"], shown["revoked_at"] is not None) == ("secretariat", True)
    page = await text_of(world, "delegate_x", "/feeds")
    assert "“Mine” was ended by the secretariat" in page
    deputy = await take_seat(world, "deputy_y", Role.deputy, "y")
    answer = await on_version(deputy, "DELETE", f"{FEEDS}/{two}")
    assert (answer.status_code, answer.json()["ended_by"]) == (200, "party")
    page = await text_of(world, "delegate_y", "/feeds")
    assert "“Mine” was ended by the head of your delegation" in page
    acts = [(world.people["coordinator"], one), (world.people["deputy_y"], two)]
    assert await entries(world) == [
        (actor, "feed.revoke", feed, "negotiation") for actor, feed in acts
    ]
    again = await on_version(world.coordinator, "DELETE", f"{FEEDS}/{one}")
    assert problem(again, 409) == "This subscription has ended already."
    world.clock.forward(days=31)
    await world.clients.pop("delegate_x's browser").aclose()  # that login has ended as well
    assert "was ended by" not in await text_of(world, "delegate_x", "/feeds")


async def test_one_that_shows_several_talks_ends_as_a_whole(world: World) -> None:
    await give_other_seat(world, "delegate_x")
    feed = await feed_of(world, "delegate_x")
    answer = await revoke(world, "coordinator_elsewhere", "delegate_x")
    assert (answer.status_code, answer.json()["ended_by"]) == (200, "secretariat")
    assert await status(world, world.feeds["delegate_x"]) == 410
    elsewhere = world.people["coordinator_elsewhere"]
    assert await entries(world) == [(elsewhere, "feed.revoke", feed, "negotiation")]
    # One that is narrowed to talks is out of reach of the others' coordinator.
    body = {"label": "Narrow", "negotiation": "water-talks"}
    made = (await world.delegate_x.post(FEEDS, json=body)).json()["id"]
    path, before = f"{FEEDS}/{made}", await state(world)
    unknown = await world.coordinator_elsewhere.delete(f"{FEEDS}/{'f' * 20}")
    for method in ("GET", "DELETE"):
        refused = await world.coordinator_elsewhere.request(method, path)
        assert (refused.status_code, refused.content) == (404, unknown.content)
    assert await state(world) == before


async def test_whoever_left_the_talks_is_no_longer_theirs_to_end(world: World) -> None:
    await give_other_seat(world, "delegate_x")
    feed = await feed_of(world, "delegate_x")
    await end_seat(world, "delegate_x")
    assert (await world.coordinator.get(f"{FEEDS}/{feed}")).status_code == 404
    assert (await world.head_x.get(f"{FEEDS}/{feed}")).status_code == 404
    await give_seat(world, "delegate_x", "delegate", "y")
    assert (await world.head_x.get(f"{FEEDS}/{feed}")).status_code == 404
    assert (await world.coordinator.get(f"{FEEDS}/{feed}")).status_code == 200


async def test_the_page_lists_and_ends_them(world: World) -> None:
    browser = await signed_in(world, "head_x")
    people = await browser.get("/n/water-talks/people")
    assert 'href="/n/water-talks/feeds"' in people.text
    assert "/n/water-talks/feeds" not in await text_of(world, "delegate_x", "/n/water-talks/people")
    page = await browser.get("/n/water-talks/feeds")
    assert (page.status_code, page.text.count('<button class="danger">End')) == (200, 1)
    secret = world.feeds["delegate_x"].removeprefix("/feeds/").removesuffix(".ics")
    assert secret not in page.text
    path = f"/n/water-talks/feeds/{await feed_of(world, 'delegate_x')}/revoke"
    stale = await send_form(browser, path, base="0" * 40)
    assert stale.status_code == 412
    ended = await send_form(browser, path, base=base_of(page))
    assert (ended.status_code, ended.headers["location"]) == (303, "/n/water-talks/feeds")
    assert await status(world, world.feeds["delegate_x"]) == 410
    assert "There is none." in await text_of(world, "head_x", "/n/water-talks/feeds")
    # What isn't theirs to end doesn't exist for them; only the owner changes what it is.
    path = f"/n/water-talks/feeds/{await feed_of(world, 'delegate_y')}/revoke"
    assert (await send_form(browser, path, base="0")).status_code == 404
    other = await feed_of(world, "agency_delegate")
    for one in ("change", "revoke"):
        path = f"/feeds/{other}/{one}"
        coordinator = await signed_in(world, "coordinator")
        assert (await send_form(coordinator, path, base="0")).status_code in (403, 412)
    assert (await coordinator.get(f"/feeds/{other}/change")).status_code == 403
    assert await status(world, world.feeds["agency_delegate"]) == 200
