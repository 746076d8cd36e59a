"""Times are suggested from everybody's hours to the coordinator, and from their own to a side."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from factories import NEG, World, propose, signed_in
from filling import TALKS, Forms, fill
from problems import problem
from sqlmodel import col, select

from negotiations.models import Negotiation

API = "/api/v1"
# A Monday: Washington is open 9 to 17 EST, Los Angeles 9 to 17 PST.
MONDAY = datetime(2049, 11, 8, tzinfo=UTC)
WEEK = ["09:00-17:00"] * 5 + ["", ""]


@pytest.fixture
async def talks(world: World) -> World:
    """Their window reaches as far as the days that are asked for."""
    async with world.database.write() as db:
        found = select(Negotiation).where(col(Negotiation.slug) == "water-talks")
        row = (await db.exec(found)).one()
        row.closes_on, row.travel_buffer_minutes = datetime(2049, 12, 31).date(), 60
        db.add(row)
    return world


async def free(world: World, name: str, path: str = f"{NEG}/free-times", **more: Any) -> list[str]:
    """The times on that Monday as `17:00` UTC, for two hours unless more is said."""
    query = {"from": "2049-11-08", "to": "2049-11-08", **more}
    if path.startswith(NEG):
        query["jurisdiction"] = "x"
    answer = await world.clients[name].get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [one["starts_at"][11:16] for one in answer.json()["times"]]


async def busy(world: World, name: str, start: int, end: int) -> None:
    body = {"starts_at": f"2049-11-08T{start:02}:00:00Z", "ends_at": f"2049-11-08T{end:02}:00:00Z"}
    answer = await world.clients[name].post(f"{API}/busy-blocks", json=body)
    assert answer.status_code == 201, answer.text


async def say_hours(world: World, name: str, path: str, **hours: Any) -> Any:
    client = world.clients[name]
    headers = {"If-Match": (await client.get(path)).headers["etag"]}
    return await client.put(path, json={"tz": "UTC", "weekly": WEEK, **hours}, headers=headers)


BOTH = ["17:00", "17:30", "18:00", "18:30", "19:00", "19:30", "20:00"]


async def test_the_coordinator_is_told_what_suits_both_offices(talks: World) -> None:
    assert await free(talks, "coordinator") == BOTH
    assert await free(talks, "coordinator", minutes="270") == ["17:00", "17:30"]
    answer = await talks.coordinator.get(
        f"{NEG}/free-times",
        params={"jurisdiction": "x", "from": "2049-11-08", "to": "2049-11-08", "minutes": "300"},
    )
    assert answer.json() == {
        "tz": "America/Los_Angeles", "minutes": 300, "first": "2049-11-08", "last": "2049-11-08",
        "one_side": False, "more": False,
        "times": [
            {"starts_at": "2049-11-08T17:00:00Z", "ends_at": "2049-11-08T22:00:00Z",
             "local_start": "2049-11-08T09:00", "local_end": "2049-11-08T14:00", "fold": 0},
        ],
    }  # fmt: skip


async def test_other_sessions_keep_travel_between_and_the_one_that_moves_is_in_nobodys_way(
    talks: World,
) -> None:
    start = {"local_start": "2049-11-08T10:00", "local_end": "2049-11-08T11:00"}  # 18:00 UTC
    session = await propose(talks, **start)
    assert await free(talks, "coordinator") == ["20:00"]
    path = f"{API}/sessions/{session['id']}/free-times"
    assert await free(talks, "coordinator", path) == BOTH


async def test_a_side_is_told_nothing_of_the_others_hours_and_calendars(talks: World) -> None:
    """What it is told is the same whatever the other side does."""
    chair = talks.people["agency_head"]
    session = await propose(
        talks, local_start="2049-11-08T10:00", local_end="2049-11-08T11:00", chair=chair,
        indispensable=[talks.people["head_x"]],
    )  # fmt: skip
    path = f"{API}/sessions/{session['id']}/free-times"
    before = await free(talks, "head_x", path)
    assert before[0] == "17:00"
    assert before[-1] == "23:00"  # its own office alone, until 17:00 PST
    parties = (await talks.coordinator.get(f"{NEG}/parties")).json()["items"]
    agency = next(one["id"] for one in parties if one["slug"] == "agency")
    hours = f"{NEG}/parties/{agency}/availability"
    assert (await say_hours(talks, "agency_head", hours, weekly=[""] * 7)).status_code == 200
    await busy(talks, "agency_head", 17, 20)
    await say_hours(talks, "agency_head", f"{API}/me/availability", weekly=[""] * 7)
    assert await free(talks, "head_x", path) == before
    assert await free(talks, "coordinator", path) == []
    # Its own counts for itself and for the coordinator.
    assert (await say_hours(talks, "agency_head", hours, tz="America/New_York")).status_code == 200
    mine = f"{API}/me/availability"
    await say_hours(talks, "agency_head", mine, weekly=["00:00-24:00"] * 7)
    await busy(talks, "head_x", 20, 21)
    assert await free(talks, "head_x", path) == [
        "17:00", "17:30", "18:00", "21:00", "21:30", "22:00", "22:30", "23:00",
    ]  # fmt: skip
    assert await free(talks, "coordinator", path) == []
    assert await free(talks, "coordinator", path, minutes="60") == ["21:00"]


async def test_preparation_is_kept_free_before_a_session(talks: World) -> None:
    mine = f"{API}/me/availability"
    weekly = ["00:00-24:00"] * 7
    await say_hours(talks, "head_x", mine, weekly=weekly, preparation_minutes=60)
    session = await propose(
        talks, local_start="2049-11-09T10:00", local_end="2049-11-09T11:00",
        indispensable=[talks.people["head_x"]],
    )  # fmt: skip
    await busy(talks, "head_x", 16, 17)
    path = f"{API}/sessions/{session['id']}/free-times"
    assert await free(talks, "head_x", path) == [
        "18:00", "18:30", "19:00", "19:30", "20:00", "20:30", "21:00", "21:30", "22:00", "22:30",
        "23:00",
    ]  # fmt: skip


async def test_what_lies_before_the_first_day_is_prepared_after_too(talks: World) -> None:
    """Preparation takes longer than the way, and reaches over midnight."""
    hours = {"weekly": ["00:00-24:00"] * 7, "preparation_minutes": 120}
    for one in (await talks.coordinator.get(f"{NEG}/parties")).json()["items"]:
        path = f"{NEG}/parties/{one['id']}/availability"
        assert (await say_hours(talks, "coordinator", path, **hours)).status_code == 200
    await propose(talks, local_start="2049-11-07T21:00", local_end="2049-11-07T22:30")
    found = await free(talks, "coordinator", minutes="60")
    assert found[:2] == ["08:30", "09:00"]  # 00:30 in Los Angeles, two hours after its end


async def test_notice_and_the_talks_window_bound_what_is_suggested(world: World) -> None:
    later = world.clock.at + timedelta(days=2)
    soon = {"from": f"{world.clock.at:%Y-%m-%d}", "to": f"{later:%Y-%m-%d}"}
    assert await free(world, "coordinator", **soon) == []  # within 72 hours
    assert await free(world, "coordinator") == []  # beyond the window


async def test_who_may_not_propose_is_told_nothing(talks: World) -> None:
    query = {"jurisdiction": "x"}
    for name, status in (("delegate_x", 403), ("note_taker", 403), ("delegate_y", 404)):
        answer = await talks.clients[name].get(f"{NEG}/free-times", params=query)
        assert answer.status_code == status, name


@pytest.mark.parametrize(
    "query",
    [
        {"minutes": "5"}, {"minutes": "two"}, {"minutes": "9999"}, {"from": "soon"},
        {"from": "2049-11-08", "to": "2049-11-07"}, {"from": "2049-01-01", "to": "2049-12-31"},
        {"from": "0001-01-01"}, {"from": "9999-12-31"},
    ],
)  # fmt: skip
async def test_what_can_not_be_looked_for_is_refused(talks: World, query: dict[str, str]) -> None:
    answer = await talks.coordinator.get(f"{NEG}/free-times", params={"jurisdiction": "x", **query})
    problem(answer, 400)
    problem(await talks.coordinator.get(f"{NEG}/free-times"), 400)


async def test_a_time_is_suggested_and_taken_by_forms_alone(talks: World) -> None:
    coordinator = await signed_in(talks, "coordinator")
    new = f"{TALKS}/sessions/new"
    typed = {"jurisdiction": "x", "location": "City Hall", "minutes": "120",
             "from_day": "2049-11-08", "tz": ""}  # fmt: skip
    page = await fill(coordinator, new, {**typed, "step": "suggest"})
    assert page.status_code == 200, page.text
    text = unescape(page.text)
    assert 'name="take" value="2049-11-08T17:00Z/120"' in text
    assert "Mon 8 Nov 2049, 09:00 to 11:00 PST" in text
    assert "Agency: Mon 8 Nov 2049, 12:00 to 14:00 EST" in text
    page = await fill(coordinator, new, {**typed, "take": "2049-11-08T17:00Z/120"})
    assert page.status_code == 200
    found = dict(Forms(page.text).found[new])
    assert {name: found[name] for name in ("date", "start", "end", "tz", "location")} == {
        "date": "2049-11-08", "start": "09:00", "end": "11:00", "tz": "America/Los_Angeles",
        "location": "City Hall",
    }  # fmt: skip
    # Nobody chosen yet, or a length that is none: in words.
    page = await fill(coordinator, new, {**typed, "jurisdiction": "", "step": "suggest"})
    assert "Choose with whom first." in page.text
    page = await fill(coordinator, new, {**typed, "minutes": "soon", "step": "suggest"})
    assert "a number from 15 to 1440" in page.text


@pytest.mark.parametrize("form", ["move", "counter"])
async def test_a_head_is_offered_what_suits_their_own_side(talks: World, form: str) -> None:
    session = await propose(talks, local_start="2049-11-08T10:00", local_end="2049-11-08T12:00")
    head = await signed_in(talks, "head_x")
    here = f"/s/{session['id']}/{form}"
    more = {"minutes": "120", "from_day": "2049-11-09", "step": "suggest"}
    page = await fill(head, here, more)
    assert page.status_code == 200, page.text
    assert "when the other side is busy with other things isn’t shown to you" in page.text
    assert 'value="2049-11-09T17:00Z/120"' in page.text
    page = await fill(head, here, {"take": "2049-11-09T23:00Z/120"})
    found = dict(Forms(page.text).found[here])
    assert (found["date"], found["start"], found["end"]) == ("2049-11-09", "15:00", "17:00")


async def test_a_time_that_comes_twice_is_taken_with_the_one_that_is_meant(talks: World) -> None:
    """The night of the 7th of November 2049, 01:30 comes twice in Los Angeles."""
    session = await propose(talks, local_start="2049-11-08T10:00", local_end="2049-11-08T12:00")
    coordinator = await signed_in(talks, "coordinator")
    here = f"/s/{session['id']}/move"
    for utc, fold in (("08:30", "0"), ("09:30", "1")):
        page = await fill(coordinator, here, {"take": f"2049-11-07T{utc}Z/15"})
        found = dict(Forms(page.text).found[here])
        assert (found["start"], found["end"], found["fold"]) == ("01:30", "01:45", fold)


async def test_hours_and_busy_times_are_said_by_forms_alone(talks: World) -> None:
    head = await signed_in(talks, "head_x")
    mine = "/me/availability"
    weekly = {f"weekly/{day}": "9-12, 13:00-17:00" for day in range(5)}
    answer = await fill(
        head, mine, {**weekly, "weekly/5": "", "weekly/6": "",
                     "exceptions": "2049-11-11 closed\n2049-11-12: 10-11", "tz": "UTC"}, mine
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    view = (await talks.head_x.get(f"{API}/me/availability")).json()
    assert view == {
        "tz": "UTC", "weekly": ["09:00-12:00, 13:00-17:00"] * 5 + ["", ""],
        "exceptions": [{"on": "2049-11-11", "hours": ""},
                       {"on": "2049-11-12", "hours": "10:00-11:00"}],
        "preparation_minutes": 0, "usual": False,
    }  # fmt: skip
    page = await fill(head, mine, {"weekly/0": "noon", "exceptions": "later"}, mine)
    assert page.status_code == 422
    assert "names no day" in page.text
    page = await fill(head, mine, {"weekly/0": "noon"}, mine)
    assert "is no time of day" in page.text
    assert 'value="noon"' in page.text
    add = f"{mine}/blocks"
    answer = await fill(head, mine, {"from_date": "2049-11-09"}, add)
    assert answer.status_code == 303, answer.text
    [block] = (await talks.head_x.get(f"{API}/busy-blocks")).json()["items"]
    assert block["starts_at"] == "2049-11-09T08:00:00Z"  # midnight in Los Angeles
    assert block["ends_at"] == "2049-11-10T08:00:00Z"
    page = await fill(head, mine, {"from_date": "soon"}, add)
    assert "Give the day as 2030-11-09" in page.text
    answer = await fill(head, mine, {}, f"{mine}/blocks/{block['id']}/remove")
    assert answer.status_code == 303, answer.text
    assert (await talks.head_x.get(f"{API}/busy-blocks")).json()["items"] == []


async def test_a_partys_hours_are_its_heads_and_the_coordinators_to_say(talks: World) -> None:
    head = await signed_in(talks, "head_x")
    here = f"{TALKS}/availability/x"
    answer = await fill(head, here, {"weekly/0": "10-11"}, here)
    assert answer.status_code == 303, answer.text
    for name, sees in (("head_x", True), ("coordinator", True), ("delegate_x", True)):
        page = await (await signed_in(talks, name)).get(f"{TALKS}/availability")
        assert ("10:00-11:00" in page.text) is sees, name
        assert ("Water Agency" in page.text) is (name == "coordinator"), name
    delegate = await signed_in(talks, "delegate_x")
    assert (await delegate.get(here)).status_code == 403
    for name in ("agency_head", "delegate_y", "note_taker"):
        assert (await (await signed_in(talks, name)).get(here)).status_code == 404, name
