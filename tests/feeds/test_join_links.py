"""Links to join: in a person's own calendar, unless they are switched off there."""

import re

from factories import (
    World,
    confirmed,
    in_days,
    propose,
    send_form,
    signed_in,
)
from readers import events
from sqlalchemy import text
from subscribing import (
    FEEDS,
    on_version,
    path_of,
    rotated,
)


async def test_links_to_join_are_left_out_where_that_was_wanted(world: World) -> None:
    """calendar.md, domain.md's rights: "yes, can be switched off"; never in public."""
    link = "https://meet.example/x?p=1"
    here = await confirmed(world, conference_url=link, access_note="Ring twice")
    away = await confirmed(world, conference_url=link, location=None, local_start=in_days(12))
    world.clock.forward(minutes=1)
    made = await world.delegate_x.post(FEEDS, json={"label": "Shared", "shows_links": False})
    assert (made.status_code, made.json()["shows_links"]) == (201, False)
    browser = await signed_in(world, "coordinator")
    page = await send_form(browser, "/feeds", label="Wall", links="hide")
    [found] = re.findall(r'<code class="address">([^<]+)</code>', page.text)
    wall = found.removeprefix("http://testserver")
    pairs = [(world.feeds["delegate_x"], path_of(made)), (world.feeds["coordinator"], wall)]
    for full, short in pairs:
        shows = events((await world.nobody.get(full)).content)
        hides = events((await world.nobody.get(short)).content)
        assert shows.keys() == hides.keys()
        for uid in (here["uid"], away["uid"]):
            one, two = shows[uid], hides[uid]
            assert str(one["CONFERENCE"]) == link
            gone = {"CONFERENCE"} | ({"LOCATION"} if uid == away["uid"] else set())
            assert set(one) - set(two) == gone
            lines = str(one["DESCRIPTION"]).split("\n")
            assert f"Join: {link}" in lines
            lines.remove(f"Join: {link}")
            assert str(two["DESCRIPTION"]).split("\n") == lines
            same = set(two) - {"DESCRIPTION"}
            assert {name: two[name] for name in same} == {name: one[name] for name in same}
        assert b"meet.example" not in (await world.nobody.get(f"{short}?alarms=15")).content
    assert "Ring twice" in str(events((await world.nobody.get(path_of(made))).content)[here["uid"]])
    new = await rotated(world, "delegate_x")  # the newest: the one without links stays so
    assert (new.json()["label"], new.json()["shows_links"]) == ("Shared", False)
    assert b"meet.example" not in (await world.nobody.get(path_of(new))).content


async def test_what_is_no_address_one_can_open_stands_in_no_event(world: World) -> None:
    """trust.md T39: also what came into the row by other ways."""
    session = await propose(world, location=None, conference_url="https://a.example")
    async with world.database.write() as db:
        statement = text("UPDATE session SET conference_url = 'javascript:alert(1)' WHERE id = :id")
        await (await db.connection()).execute(statement, {"id": session["id"]})
    path = f"/api/v1/sessions/{session['id']}"
    body = {"title": "Again"}
    assert (await on_version(world.coordinator, "PATCH", path, body)).status_code == 200
    event = events((await world.nobody.get(world.feeds["delegate_x"])).content)[session["uid"]]
    assert event["SUMMARY"] == "TENTATIVE: X: Again"
    assert "javascript" not in event.to_ical().decode()
