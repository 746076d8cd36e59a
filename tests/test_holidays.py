"""Holidays of talks: written once, read in order, and warned of where a day is chosen."""

from datetime import date, timedelta
from typing import Any

from factories import NEG, Demonstration, World, act, propose, session_body, weekday
from problems import problem

from negotiations.working_days import add_working_days


async def patch(world: World, **fields: Any) -> Any:
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    return await world.coordinator.patch(NEG, json=fields, headers={"If-Match": tag})


async def test_holidays_are_kept_in_order_and_each_once(world: World) -> None:
    assert (await world.coordinator.get(NEG)).json()["holidays"] == []
    given = ["2030-12-25", "2030-07-04", "2030-12-25"]
    answer = await patch(world, holidays=given)
    assert (answer.status_code, answer.json()["holidays"]) == (200, ["2030-07-04", "2030-12-25"])
    problem(await patch(world, holidays=None), 422, "/holidays")
    for wrong in ("4 July", "2030-02-30", "20300704", "2030-07-04T00:00", "1970-07-04", 4, ""):
        problem(await patch(world, holidays=["2030-07-04", wrong]), 422, "/holidays/1")
    many = [f"{date(2030, 1, 1) + timedelta(days=one)}" for one in range(201)]
    problem(await patch(world, holidays=many), 422, "/holidays")
    assert (await patch(world, holidays=many[1:])).status_code == 200
    talks = {"slug": "new", "title": "New", "home_tz": "UTC", "symbol_prefix": "N"}
    made = await world.administrator.post("/api/v1/negotiations", json={**talks, "holidays": given})
    assert made.json()["holidays"] == ["2030-07-04", "2030-12-25"]


async def test_a_session_on_a_day_off_is_made_with_a_warning(world: World) -> None:
    holiday, later = weekday(10), weekday(20)
    saturday = date.fromisoformat(later[:10])
    saturday += timedelta(days=5 - saturday.weekday())
    assert (await patch(world, holidays=[holiday[:10]])).status_code == 200
    session = await propose(world, local_start=later)
    assert session["warnings"] == []

    def told(day: date, why: str) -> list[str]:
        return [f"It falls on {why}: {day:%a} {day.day} {day:%b %Y} in America/New_York."]

    move = {"local_start": holiday, "reason": "Sooner"}
    moved = await act(world.coordinator, session["id"], "move?dry_run=true", move)
    assert moved.json()["warnings"] == told(
        date.fromisoformat(holiday[:10]), "a holiday of these talks"
    )
    # By the calendar of the home zone: Friday night in Los Angeles is Saturday in New York.
    friday = saturday - timedelta(days=1)
    body = session_body(
        local_start=f"{friday}T21:30", local_end=f"{friday}T22:30", jurisdiction="x"
    )
    answer = await world.coordinator.post(f"{NEG}/sessions", json=body)
    assert answer.json()["warnings"] == told(saturday, "a Saturday")
    next_day = add_working_days(saturday, 1, ())
    body["local_start"], body["local_end"] = f"{next_day}T09:00", f"{next_day}T10:00"
    answer = await world.coordinator.post(f"{NEG}/sessions", json=body)
    assert answer.json()["warnings"] == []


async def test_a_document_due_on_a_day_off_is_warned_of(world: World) -> None:
    assert (await patch(world, holidays=["2030-07-04"])).status_code == 200
    days = ("2030-07-03", "2030-07-04", "2030-07-06")
    request = {
        "title": "T", "requester": "x", "holder": "agency", "legal_basis": "foia",
        "events": [
            {"kind": "state", "state": "submitted"},
            *({"kind": "deadline", "due_on": day} for day in days),
        ],
    }  # fmt: skip
    made = await world.coordinator.post(f"{NEG}/document-requests", json=request)
    assert made.json()["warnings"] == [
        "Due 4 Jul 2030, a holiday of these talks.",
        "Due 6 Jul 2030, a Saturday.",
    ]


async def test_the_talks_of_2010_know_veterans_day(demonstration: Demonstration) -> None:
    talks = (await demonstration.dc.get("/api/v1/negotiations/secure-communities-2010")).json()
    assert talks["holidays"] == ["2010-11-11"]
