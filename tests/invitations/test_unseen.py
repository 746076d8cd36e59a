"""What changes close to the start, told to who follows by a calendar that hasn't been fetched."""

from datetime import datetime, timedelta

from factories import NEG, World, act, confirmed, in_days, take_seat
from invitations.inviting import choose, to
from mail.post import Box, later

from negotiations.feeds.fetches import Fetches
from negotiations.models.parties import Role

HOUR = 3600


async def soon(world: World, hours: float) -> str:
    """A confirmed session that begins so many hours from now, of which all were told."""
    session = await confirmed(world, local_start=in_days(10))
    starts_at = datetime.fromisoformat(session["starts_at"])
    await later(world, Box(), 100)
    world.clock.at = starts_at - timedelta(hours=hours)
    return str(session["id"])


async def relocated(world: World, session: str, place: str = "Library") -> None:
    body = {"location": place, "reason": "Larger"}
    answer = await act(world.coordinator, session, "relocate", body)
    assert answer.status_code == 200, answer.text


async def fetched(world: World, name: str) -> None:
    """Their calendar program looks, and when is written down."""
    answer = await world.nobody.get(world.feeds[name])
    assert answer.status_code == 200
    fetches: Fetches = world.app.state.fetches
    await fetches.write(world.database)


async def test_an_hour_later_who_has_not_fetched_it_is_told(world: World) -> None:
    await choose(world, "delegate_x", by_mail=False)
    session = await soon(world, 40)
    await fetched(world, "delegate_x")
    world.clock.forward(seconds=1)
    await relocated(world, session)
    box = Box()
    assert "delegate_x" not in to(await later(world, box, 60))
    assert await later(world, box, HOUR - 70) == []
    [letter] = await later(world, box, 70)
    assert letter.to == "delegate_x@example.org"
    assert letter.text.subject == "[water-talks] Place changed: X / Agency: session 1"
    assert letter.text.body.endswith(
        """\
You want no mails, but this was less than 48 hours before the start, and the calendar you
subscribed to hasn't been fetched since. Your calendars, and when each was fetched last:
http://testserver/feeds
"""
    )
    assert await later(world, box, HOUR) == []


async def test_whose_calendar_was_fetched_meanwhile_is_not(world: World) -> None:
    await choose(world, "delegate_x", by_mail=False)
    session = await soon(world, 40)
    await relocated(world, session)
    await later(world, Box(), 600)
    await fetched(world, "delegate_x")
    assert await later(world, Box(), 2 * HOUR) == []


async def test_what_begins_within_four_hours_is_told_at_once(world: World) -> None:
    await choose(world, "delegate_x", by_mail=False)
    session = await soon(world, 3)
    await relocated(world, session)
    assert "delegate_x" in to(await later(world, Box(), 10))
    answer = await act(world.coordinator, session, "cancel", {"reason": "Off"})
    assert answer.status_code == 200, answer.text
    assert "delegate_x" in to(await later(world, Box(), 0))


async def test_what_is_further_away_is_not(world: World) -> None:
    await choose(world, "delegate_x", by_mail=False)
    session = await soon(world, 49)
    await relocated(world, session)
    assert "delegate_x" not in to(await later(world, Box(), 100))
    assert await later(world, Box(), 2 * HOUR) == []


async def test_what_was_to_begin_soon_counts_as_well_as_what_will(world: World) -> None:
    """Moved away from the next two days, who doesn't see it goes there."""
    await choose(world, "delegate_x", by_mail=False)
    session = await soon(world, 30)
    body = {"local_start": in_days(40), "local_end": in_days(40, 12), "reason": "Rain"}
    answer = await act(world.coordinator, session, "move", body)
    assert answer.status_code == 200, answer.text
    await later(world, Box(), 100)
    assert to(await later(world, Box(), HOUR)) == ["delegate_x"]


async def test_who_has_no_calendar_or_sits_elsewhere_gets_none(world: World) -> None:
    for name in ("delegate_y", "head_x"):  # of another track, and without any calendar
        await choose(world, name, by_mail=False)
    session = await soon(world, 40)
    await relocated(world, session)
    letters = [*await later(world, Box(), 100), *await later(world, Box(), 2 * HOUR)]
    assert not {"delegate_y", "head_x"} & set(to(letters))


async def test_nobody_who_left_meanwhile_and_nobody_of_what_they_did(world: World) -> None:
    await choose(world, "delegate_x", by_mail=False)
    await choose(world, "coordinator", by_mail=False)
    session = await soon(world, 40)
    await relocated(world, session)
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one for one in listed if one["person"] == world.people["delegate_x"])
    path = f"{NEG}/memberships/{seat['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    await world.coordinator.delete(path, headers={"If-Match": tag})
    letters = [*await later(world, Box(), 100), *await later(world, Box(), 2 * HOUR)]
    assert not {"delegate_x", "coordinator"} & set(to(letters))


async def test_several_changes_come_in_one_mail_and_only_those_not_seen(world: World) -> None:
    await choose(world, "delegate_x", by_mail=False)
    session = await soon(world, 40)
    await relocated(world, session, "Library")
    await later(world, Box(), 600)
    await fetched(world, "delegate_x")
    world.clock.forward(seconds=1)
    await relocated(world, session, "School")
    await later(world, Box(), 100)
    letters = await later(world, Box(), 2 * HOUR)
    letters = [one for one in letters if one.to == "delegate_x@example.org"]
    assert [one.text.body.count("Place changed") for one in letters] == [1]
    assert "to: School" in letters[0].text.body


async def test_a_caucus_is_told_of_to_its_own_side_alone(world: World) -> None:
    await take_seat(world, "counsel_x", Role.counsel, "x")
    for name in ("counsel_x", "delegate_x", "agency_delegate", "delegate_y"):
        await choose(world, name, by_mail=False)
    made = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours", "parties": ["x"]})
    start = in_days(10)
    body = {
        "kind": "caucus", "caucus": made.json()["id"], "local_start": start,
        "local_end": in_days(10, 12), "tz": "America/Los_Angeles", "location": "Home",
        "agenda": [{"title": "Ours"}],
    }  # fmt: skip
    session = (await world.head_x.post(f"{NEG}/sessions", json=body)).json()
    await act(world.head_x, session["id"], "confirm")
    await later(world, Box(), 100)
    world.clock.at = datetime.fromisoformat(session["starts_at"]) - timedelta(hours=20)
    answer = await act(world.head_x, session["id"], "cancel", {"reason": "Why we do it"})
    assert answer.status_code == 200, answer.text
    letters = [*await later(world, Box(), 100), *await later(world, Box(), 2 * HOUR)]
    told = {one.to.partition("@")[0]: one.text.body for one in letters}
    assert {"counsel_x", "delegate_x"} <= set(told)
    assert not {"agency_delegate", "delegate_y"} & set(told)
    assert "Why we do it" not in told["delegate_x"]
