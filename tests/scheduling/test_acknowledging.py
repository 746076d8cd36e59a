"""A warning that is acknowledged stays silent to the secretariat until what it is about changes."""

import re
from html import unescape
from typing import Any

from factories import NEG, World, act, caucus_body, in_days, propose, send_form, signed_in, weekday

NOTE = "There is a fast train"
TIGHT = "Less than 60 minutes lie between this and another session of Agency's team."


async def warnings(world: World, session: str) -> tuple[list[dict[str, Any]], str]:
    answer = await world.coordinator.get(f"/api/v1/sessions/{session}/warnings")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"], answer.headers["etag"]


async def acknowledge(world: World, session: str, warning: str = "", note: str = NOTE) -> Any:
    found, tag = await warnings(world, session)
    return await world.coordinator.post(
        f"/api/v1/sessions/{session}/warnings/acknowledge",
        json={"warning": warning or found[0]["warning"], "note": note},
        headers={"If-Match": tag},
    )


async def two_cities(world: World, hour: int = 13) -> tuple[str, str]:
    """San Francisco at ten, and half an hour after it San Jose: too little to get there."""
    start = weekday(20, 10)
    first = await propose(world, local_start=start, location="San Francisco")
    later = f"{start[:11]}{hour - 1:02}:30"
    then = await propose(
        world, jurisdiction="y", local_start=later, location="San Jose",
        local_end=f"{start[:11]}{hour + 1:02}:30",
    )  # fmt: skip
    return first["id"], then["id"]


async def test_it_is_told_by_kind_and_text_and_noted_by_whom(world: World) -> None:
    _, then = await two_cities(world)
    [one] = (await warnings(world, then))[0]
    assert (one["kind"], one["acknowledged"]) == ("travel", None)
    assert one["text"] == TIGHT
    answer = await acknowledge(world, then)
    assert answer.status_code == 200, answer.text
    [after] = answer.json()["items"]
    noted = after.pop("acknowledged")
    assert after == {name: one[name] for name in ("warning", "kind", "text")}
    assert (noted["by"], noted["note"]) == ("The coordinator", NOTE)


async def test_acts_are_silent_about_it_until_its_facts_change(world: World) -> None:
    first, then = await two_cities(world)
    assert (await acknowledge(world, then)).status_code == 200
    place = {"location": "San Jose, City Hall", "reason": "Nearer"}
    told = await act(world.coordinator, then, "relocate", place)
    assert told.json()["warnings"] == []
    start = (await world.coordinator.get(f"/api/v1/sessions/{first}")).json()["local_start"]
    nearer = {"local_start": f"{start[:11]}10:15", "reason": "Traffic"}
    assert (await act(world.coordinator, first, "move", nearer)).status_code == 200
    told = await act(world.coordinator, then, "relocate", {**place, "location": "San Jose"})
    assert told.json()["warnings"] == [TIGHT]
    back = {"local_start": start, "reason": "No traffic"}
    assert (await act(world.coordinator, first, "move", back)).status_code == 200
    assert [one["acknowledged"]["note"] for one in (await warnings(world, then))[0]] == [NOTE]


async def test_a_later_note_takes_the_place_of_the_first(world: World) -> None:
    _, then = await two_cities(world)
    await acknowledge(world, then)
    assert (await acknowledge(world, then, note="They go by car")).status_code == 200
    [one] = (await warnings(world, then))[0]
    assert one["acknowledged"]["note"] == "They go by car"


async def test_a_side_is_warned_as_before_and_reads_no_note(world: World) -> None:
    _, then = await two_cities(world)
    await acknowledge(world, then)
    for client in (world.delegate_y, world.agency_head):
        assert (await client.get(f"/api/v1/sessions/{then}/warnings")).status_code == 404
    start = (await world.coordinator.get(f"/api/v1/sessions/{then}")).json()["local_start"]
    moved = {"local_start": f"{start[:11]}12:45", "reason": "Traffic"}
    assert (await act(world.coordinator, then, "move", moved)).status_code == 200
    assert (await acknowledge(world, then)).status_code == 200
    place = {"location": "San Jose, Hall", "reason": "Nearer"}
    told = await act(world.agency_head, then, "relocate", place)
    assert told.json()["warnings"] == [TIGHT]
    page = await (await signed_in(world, "agency_head")).get(f"/s/{then}")
    assert NOTE not in page.text


async def test_only_what_stands_is_acknowledged_and_only_with_a_word(world: World) -> None:
    _, then = await two_cities(world)
    gone = await acknowledge(world, then, warning=f"travel:{'0' * 32}")
    assert gone.status_code == 422
    assert gone.json()["errors"][0]["pointer"] == "/warning"
    empty = await acknowledge(world, then, note=" ")
    assert empty.json()["errors"][0]["pointer"] == "/note"
    stale = await world.coordinator.post(
        f"/api/v1/sessions/{then}/warnings/acknowledge",
        json={"warning": f"travel:{'0' * 32}", "note": "x"}, headers={"If-Match": '"old"'},
    )  # fmt: skip
    assert stale.status_code == 412


async def test_it_is_entered_where_the_secretariat_alone_reads(world: World) -> None:
    _, then = await two_cities(world)
    await acknowledge(world, then)

    async def acts(name: str) -> list[str]:
        told = await world.clients[name].get(f"{NEG}/audit?limit=200")
        return [one["action"] for one in told.json()["items"]]

    assert "warning.acknowledged" in await acts("coordinator")
    for name in ("head_x", "agency_head", "delegate_y"):
        assert "warning.acknowledged" not in await acts(name)


async def test_of_a_caucus_session_nobody_outside_learns_that_it_is_warned_of(
    world: World,
) -> None:
    caucus = (await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours"})).json()["id"]
    body = caucus_body(caucus, local_start=in_days(400))
    session = (await world.head_x.post(f"{NEG}/sessions", json=body)).json()["id"]
    path = f"/api/v1/sessions/{session}/warnings"
    assert (await world.coordinator.get(path)).status_code == 404
    tried = await world.head_x.post(
        f"{path}/acknowledge", json={"warning": f"window:{'0' * 32}", "note": "x"},
        headers={"If-Match": '"x"'},
    )  # fmt: skip
    assert tried.status_code == 403


async def test_the_page_shows_it_with_a_form_and_afterwards_the_note(world: World) -> None:
    _, then = await two_cities(world)
    browser = await signed_in(world, "coordinator")
    page = (await browser.get(f"/s/{then}")).text
    form = page[page.index(f'action="/s/{then}/warnings') :]
    given = {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', form)[1])  # type: ignore[index]
        for name in ("base", "warning")
    }
    empty = await send_form(browser, f"/s/{then}/warnings", **given, note="")
    assert empty.status_code == 422
    assert 'aria-invalid="true"' in empty.text
    done = await send_form(browser, f"/s/{then}/warnings", **given, note=NOTE)
    assert done.status_code == 303, done.text
    page = (await browser.get(f"/s/{then}")).text
    assert NOTE in page
    assert "Note why it stands" not in page
    note_taker = (await (await signed_in(world, "note_taker")).get(f"/s/{then}")).text
    assert NOTE in note_taker
