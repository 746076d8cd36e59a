"""A row of a poll that another version or somebody's SQL left takes no page and no list with it."""

import pytest
from factories import World, signed_in
from polls.asking import asked, say
from sqlalchemy import text

BROKEN = (
    "UPDATE poll SET status = 'pondered'",
    "UPDATE poll_option SET status = 'pondered'",
    "UPDATE poll_option SET tz = '{{ 7*7 }}'",
    "UPDATE poll_option SET uid = ''",
    "UPDATE vote SET answer = 'perhaps'",
    "UPDATE vote SET how = '', \"by\" = ''",
    "DELETE FROM vote",
)


@pytest.mark.parametrize("statement", BROKEN)
async def test_what_is_broken_is_shown_as_it_is(world: World, statement: str) -> None:
    poll = await asked(world, 11)
    assert (await say(world.head_x, poll, "yes")).status_code == 200
    async with world.database.write() as db:
        await db.exec(text(statement))  # type: ignore[call-overload]
    for name in ("coordinator", "head_x", "delegate_x"):
        browser = await signed_in(world, name)
        for path in (f"/s/{poll['session']}/poll", f"/s/{poll['session']}", "/",
                     "/n/water-talks/schedule"):  # fmt: skip
            assert (await browser.get(path)).status_code == 200, path
        for path in (f"/polls/{poll['id']}", f"/sessions/{poll['session']}/polls", "/me/waiting"):
            answer = await world.clients[name].get(f"/api/v1{path}")
            assert answer.status_code == 200, path
        assert (await world.clients[name].get(f"/api/v1/sessions/{poll['session']}")).is_success
    place = {"location": "Elsewhere", "reason": "Rain"}
    path = f"/api/v1/sessions/{poll['session']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    moved = await world.coordinator.post(f"{path}/relocate", json=place, headers={"If-Match": tag})
    assert moved.status_code == 200, moved.text
    assert (await world.nobody.get(world.feeds["delegate_x"])).status_code == 200
