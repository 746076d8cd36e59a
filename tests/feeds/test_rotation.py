"""A new address for the same subscription, and the end of either."""

import html
import re
from datetime import UTC, datetime, timedelta

from browsing import base_of, text_of
from checksum import state
from factories import (
    Standing,
    World,
    make_world,
    propose,
    send_form,
    signed_in,
)
from problems import problem
from sqlmodel import select
from subscribing import (
    FEEDS,
    feed_of,
    on_version,
    path_of,
    rotated,
    status,
    told,
)
from templates import ROLE

from negotiations.models import Feed, FormerAddress
from negotiations.schema import migrate, unmigrate
from negotiations.settings import Settings


async def test_the_old_address_goes_on_for_some_days_and_is_gone_then(world: World) -> None:
    """calendar.md 51: both show the same; then 410."""
    await propose(world)
    old = world.feeds["delegate_x"]
    path = f"{FEEDS}/{await feed_of(world, 'delegate_x')}"
    before = (await world.delegate_x.get(path)).json()
    answer = await rotated(world, "delegate_x")
    assert answer.status_code == 200, answer.text
    new = path_of(answer)
    until = told(world.clock.now() + timedelta(days=14))
    assert answer.json() == {
        **before,
        "former_until": until,
        "url": f"http://testserver{new}",
    }
    assert (await world.delegate_x.get(path)).json() == {**before, "former_until": until}
    first, second = await world.nobody.get(old), await world.nobody.get(new)
    names = ("etag", "last-modified", "cache-control", "content-type", "referrer-policy")
    assert (first.status_code, second.status_code, first.content) == (200, 200, second.content)
    assert [first.headers[name] for name in names] == [second.headers[name] for name in names]
    world.clock.forward(days=14, seconds=-1)
    assert [await status(world, one) for one in (old, new)] == [200, 200]
    world.clock.forward(seconds=1)
    assert [await status(world, one) for one in (old, new)] == [410, 200]


async def test_a_second_rotation_ends_the_oldest_at_once_and_revoking_ends_all(
    world: World,
) -> None:
    oldest = world.feeds["delegate_x"]
    old = path_of(await rotated(world, "delegate_x"))
    new = path_of(await rotated(world, "delegate_x", grace_days=1))
    assert [await status(world, one) for one in (oldest, old, new)] == [410, 200, 200]
    assert len({oldest, old, new}) == 3
    path = f"{FEEDS}/{await feed_of(world, 'delegate_x')}"
    gone = await on_version(world.delegate_x, "DELETE", path)
    assert (gone.status_code, gone.json()["ended_by"]) == (200, "owner")
    assert [await status(world, one) for one in (oldest, old, new)] == [410, 410, 410]
    assert await status(world, f"/feeds/{'A' * 43}.ics") == 404


async def test_the_grace_can_be_shortened_and_not_be_lengthened(settings: Settings) -> None:
    world = await make_world(settings.model_copy(update={"feed_grace_days": 3}), Standing())
    try:
        detail = problem(await rotated(world, "delegate_x", grace_days=4), 422, "/grace_days")
        assert detail == "At most 3: the setting of this service."
        problem(await rotated(world, "delegate_x", grace_days=-1), 422, "/grace_days")
        path = f"{FEEDS}/{await feed_of(world, 'delegate_x')}"
        key = {"Idempotency-Key": "k", "If-Match": '"0"'}
        assert (
            await world.delegate_x.post(f"{path}/rotate", json={}, headers=key)
        ).status_code == 400
        old = world.feeds["delegate_x"]
        new = path_of(await rotated(world, "delegate_x", grace_days=0))
        assert [await status(world, one) for one in (old, new)] == [410, 200]
    finally:
        await world.close()


async def test_only_hashes_are_kept_and_an_old_address_learns_no_new_one(world: World) -> None:
    old = world.feeds["delegate_x"]
    new = path_of(await rotated(world, "delegate_x"))
    secrets = {one.removeprefix("/feeds/").removesuffix(".ics") for one in (old, new)}
    async with world.database.read() as db:
        connection = await db.connection()
        stored = ""
        for table in (Feed, FormerAddress):
            rows = await connection.execute(select(table))
            stored += repr(rows.all())
    assert [one for one in secrets if one in stored] == []
    assert len(new.removeprefix("/feeds/").removesuffix(".ics")) == 43  # 256 bits
    answer = await world.nobody.get(old)
    for secret in secrets:
        assert secret not in answer.text + str(answer.headers)
    # It is no proof of anything else.
    bearer = {"Authorization": f"Bearer {old.removeprefix('/feeds/').removesuffix('.ics')}"}
    assert (await world.nobody.get(FEEDS, headers=bearer)).status_code == 401


async def test_a_subscription_that_ended_gets_no_new_address(world: World) -> None:
    path = f"{FEEDS}/{await feed_of(world, 'delegate_x')}"
    end = told(world.clock.now() + timedelta(hours=1))
    moved = await on_version(world.delegate_x, "PATCH", path, {"expires_at": end})
    assert (moved.status_code, moved.json()["expires_at"]) == (200, end)
    world.clock.forward(hours=1)
    before = await state(world)
    for one in (
        await on_version(world.delegate_x, "POST", f"{path}/rotate", {}, path),
        await on_version(world.delegate_x, "PATCH", path, {"expires_at": None}),
    ):
        assert problem(one, 409) == "This subscription has ended already. Make a new one."
    assert await state(world) == before
    assert await status(world, world.feeds["delegate_x"]) == 410


async def test_another_end_moves_no_byte_and_ends_the_address_then(world: World) -> None:
    path, address = f"{FEEDS}/{await feed_of(world, 'delegate_x')}", world.feeds["delegate_x"]
    before = await world.nobody.get(address)
    end = world.clock.now() + timedelta(days=2)
    body = {"expires_at": end.isoformat()}
    assert (await on_version(world.delegate_x, "PATCH", path, body)).status_code == 200
    after = await world.nobody.get(address)
    names = ("etag", "last-modified")
    assert (after.content, [after.headers[name] for name in names]) == (
        before.content,
        [before.headers[name] for name in names],
    )
    past = {"expires_at": world.clock.now().isoformat()}
    problem(await on_version(world.delegate_x, "PATCH", path, past), 422, "/expires_at")
    problem(await on_version(world.delegate_x, "PATCH", path, {}), 422)
    new = path_of(await rotated(world, "delegate_x"))
    world.clock.at = end
    assert [await status(world, one) for one in (address, new)] == [410, 410]
    # Neither does a later end bring it back, nor is it listed as one that can be fetched.
    problem(await on_version(world.delegate_x, "PATCH", path, {"expires_at": None}), 409)


async def test_the_migration_lets_each_address_show_what_its_owner_sees(world: World) -> None:
    await rotated(world, "coordinator", grace_days=1)
    async with world.database.read() as db:
        before = {row.id: row.sides for row in (await db.exec(select(Feed))).all()}
    assert len(before) == 4
    await world.database.close()
    url = world.settings.database_url
    unmigrate(url, "0013")
    migrate(url, role=ROLE)
    again = World.on(world, world.settings)
    try:
        async with again.database.read() as db:
            rows = (await db.exec(select(Feed))).all()
            assert {row.id: row.sides for row in rows} == before
            assert {(row.shows_links, row.former_until, row.ended_by) for row in rows} == {
                (True, None, None)
            }
            assert (await db.exec(select(FormerAddress))).all() == []
        assert await status(again, world.feeds["delegate_x"]) == 200
    finally:
        await again.close()


async def test_the_page_gives_a_new_address_and_sets_the_end(world: World) -> None:
    browser = await signed_in(world, "delegate_x")
    await browser.get("/feeds")
    one = await feed_of(world, "delegate_x")
    page = await browser.get(f"/feeds/{one}/change")
    assert page.status_code == 200 and 'value="14"' in page.text
    made = await send_form(
        browser, f"/feeds/{one}/rotate", base=base_of(page), grace_days="2", alarms="15",
        cancelled="hide",
    )  # fmt: skip
    assert (made.status_code, made.headers["cache-control"]) == (200, "private, no-store")
    [address] = re.findall(r'<code class="address">([^<]+)</code>', made.text)
    path = html.unescape(address).removeprefix("http://testserver")
    assert path.partition(".ics")[2] == "?cancelled=hide&alarms=15"
    assert "The address before it works until" in made.text
    assert await status(world, path) == await status(world, world.feeds["delegate_x"]) == 200
    stale = await send_form(browser, f"/feeds/{one}/rotate", base=base_of(page), grace_days="0")
    assert stale.status_code == 412
    page = await browser.get(f"/feeds/{one}/change")
    last = (world.clock.now() + timedelta(days=3)).date()
    moved = await send_form(
        browser, f"/feeds/{one}/change", base=base_of(page), expires_on=str(last)
    )
    assert moved.status_code == 303
    # 23:59:59 of that day in Los Angeles, where this delegate's side is.
    told_end = (await world.delegate_x.get(f"{FEEDS}/{one}")).json()["expires_at"]
    end = datetime.fromisoformat(told_end).astimezone(UTC)
    assert end - datetime(last.year, last.month, last.day, tzinfo=UTC) in (
        timedelta(days=1, hours=6, minutes=59, seconds=59),
        timedelta(days=1, hours=7, minutes=59, seconds=59),
    )
    assert "old address until" in await text_of(world, "delegate_x", "/feeds")
    past = await send_form(browser, "/feeds", label="Late", expires_on="1999-01-01")
    assert (past.status_code, "lies in the past" in past.text) == (422, True)
    for wrong in ("soon", "1900-01-01"):
        answer = await send_form(browser, "/feeds", label="Late", expires_on=wrong)
        assert (answer.status_code, 'id="e-expires_on"' in answer.text) == (422, True)
