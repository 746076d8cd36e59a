"""Reminders of sessions: at the times each person chose, of the time that holds, and once."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from browsing import base_of
from factories import NEG, World, act, caucus_body, in_days, send_form, signed_in
from mail.post import AT_X
from notices.looking import after, moved, to, told
from sqlmodel import col, select, update

from negotiations.app import create_app
from negotiations.models import Membership, Person, Reminder
from negotiations.notices.jobs import remind

CITIES = ("Los_Angeles", "New_York")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


async def test_who_sits_there_is_reminded_a_day_and_an_hour_before(world: World) -> None:
    session, starts_at = await told(world, local_start=in_days(10))
    assert await after(world, starts_at - DAY - MINUTE, "remind") == []
    day = await after(world, starts_at - DAY, "remind")
    assert to(day) == list(AT_X)
    of_head = day[to(day).index("head_x")].text
    assert of_head.subject == "[water-talks] Begins in 1 day: X / Agency: session 1"
    west, east = (starts_at.astimezone(ZoneInfo(f"America/{one}")) for one in CITIES)
    start = f"{west:%a} {west.day} {west:%b} {west.year}, 10:00 to 12:00 {west:%Z} (Los Angeles)"
    assert of_head.body.splitlines() == [
        "Water Talks",
        "",
        "X / Agency: session 1",
        "  Begins in 1 day",
        f"  {start}",
        "  Place: City Hall",
        f"  http://testserver/s/{session['id']}",
        "",
        "To be reminded at other times, or not at all:",
        "http://testserver/me",
    ]
    of_agency = day[to(day).index("agency_head")].text.body.splitlines()
    assert of_agency[4] == f"  {start} · {east:%H:%M} {east:%Z} your time"
    for left in (23 * HOUR, 2 * HOUR, HOUR + MINUTE):
        assert await after(world, starts_at - left, "remind") == []
    hour = await after(world, starts_at - HOUR, "remind")
    assert to(hour) == list(AT_X)
    assert {one.text.subject for one in hour} == {
        "[water-talks] Begins in 1 hour: X / Agency: session 1"
    }
    assert await after(world, starts_at - 5 * MINUTE, "remind") == []


async def test_a_reminder_follows_a_move_and_none_is_of_the_old_time(world: World) -> None:
    session, first = await told(world, local_start=in_days(10))
    assert to(await after(world, first - DAY, "remind")) == list(AT_X)
    later = await moved(world, session, in_days(20))
    assert await after(world, first - HOUR, "remind") == []
    assert to(await after(world, later - DAY, "remind")) == list(AT_X)
    assert to(await after(world, later - HOUR, "remind")) == list(AT_X)


async def test_one_that_was_queued_is_dropped_by_a_move_or_the_start(world: World) -> None:
    session, first = await told(world, local_start=in_days(10))
    world.clock.at = first - DAY
    assert await remind(world.database, world.clock) == len(AT_X)
    moved_to = {"local_start": in_days(20), "reason": "Rain"}
    assert (await act(world.coordinator, session["id"], "move", moved_to)).status_code == 200
    letters = await after(world, world.clock.now())
    assert [one for one in letters if "Begins" in one.text.subject] == []


async def test_what_is_cancelled_or_not_confirmed_reminds_nobody(world: World) -> None:
    session, starts_at = await told(world, local_start=in_days(10))
    _, other = await told(world, local_start=in_days(11))
    assert (
        await act(world.coordinator, session["id"], "cancel", {"reason": "Off"})
    ).status_code == 200
    await after(world, world.clock.now() + 2 * MINUTE)
    assert await after(world, starts_at - DAY, "remind") == []
    assert to(await after(world, other - DAY, "remind")) == list(AT_X)


async def test_after_a_standstill_only_the_tightest_comes_and_none_of_what_has_begun(
    world: World,
) -> None:
    _, first = await told(world, local_start=in_days(10))
    _, second = await told(world, local_start=in_days(11))
    _, third = await told(world, local_start=in_days(30))
    letters = await after(world, second - 30 * MINUTE, "remind")
    assert to(letters) == list(AT_X)
    assert {one.text.subject for one in letters} == {
        "[water-talks] Begins in 30 minutes: X / Agency: session 2"
    }
    assert first < world.clock.now() < third


async def test_each_chooses_when_on_their_page(world: World) -> None:
    _, starts_at = await told(world, local_start=in_days(10))
    browser = await signed_in(world, "head_x")
    page = (await browser.get("/me")).text
    assert page.count('name="reminders"') == 6
    assert 'value="1440" checked> a day before' in page
    for given, status in ((["15", "10080"], 303), (["7"], 400), ([], 303)):
        base = base_of(await browser.get("/me"))
        fields = {"base": base, "by_mail": "true", "reminders": given}
        answer = await send_form(browser, "/me", **fields)
        assert answer.status_code == status, answer.text
    base = base_of(await browser.get("/me"))
    await send_form(browser, "/me", base=base, by_mail="true", reminders=["15", "10080"])
    async with world.database.read() as db:
        row = await db.get_one(Person, world.people["head_x"])
    assert (row.reminders, row.weekly, row.by_mail) == ([10080, 15], False, True)
    assert to(await after(world, starts_at - 7 * DAY, "remind")) == ["head_x"]
    others = [name for name in AT_X if name != "head_x"]
    assert to(await after(world, starts_at - DAY, "remind")) == others
    assert to(await after(world, starts_at - 15 * MINUTE, "remind")) == sorted(AT_X)


async def test_a_program_chooses_the_same(world: World) -> None:
    async def patch(**body: object) -> tuple[int, object]:
        tag = (await world.head_x.get("/api/v1/me")).headers["etag"]
        answer = await world.head_x.patch("/api/v1/me", json=body, headers={"If-Match": tag})
        told = answer.json()
        return answer.status_code, [told.get(one) for one in ("by_mail", "reminders", "weekly")]

    assert await patch(reminders=[15, 10080]) == (200, [True, [10080, 15], True])
    assert await patch(weekly=False, by_mail=False) == (200, [False, [10080, 15], False])
    assert await patch(by_mail=True) == (200, [True, [10080, 15], False])
    assert await patch(reminders=[]) == (200, [True, [], False])
    assert (await patch(reminders=[7]))[0] == 422


async def test_of_the_secretariat_those_are_reminded_whom_the_session_names(world: World) -> None:
    _, starts_at = await told(world, local_start=in_days(10), chair=world.people["coordinator"])
    expected = sorted({*AT_X, "coordinator"} - {"note_taker"})
    assert to(await after(world, starts_at - DAY, "remind")) == expected


async def test_where_one_of_a_side_chairs_the_secretariats_note_takers_are_reminded(
    world: World,
) -> None:
    _, starts_at = await told(world, local_start=in_days(10), chair=world.people["agency_head"])
    assert to(await after(world, starts_at - DAY, "remind")) == list(AT_X)


async def test_where_who_was_named_has_left_the_others_are_reminded(world: World) -> None:
    named = {"chair": world.people["coordinator"]}
    _, starts_at = await told(world, local_start=in_days(10), **named)
    async with world.database.write() as db:
        seat = col(Membership.person_id) == world.people["coordinator"]
        await db.exec(update(Membership).where(seat).values(ended_at=world.clock.now()))
    assert to(await after(world, starts_at - DAY, "remind")) == list(AT_X)


async def test_of_a_caucus_only_its_own_are_reminded(world: World) -> None:
    named = {"name": "Ours", "parties": ["x"]}
    caucus = await world.head_x.post(f"{NEG}/caucuses", json=named)
    body = caucus_body(caucus.json()["id"], local_start=in_days(15))
    met = (await world.head_x.post(f"{NEG}/sessions", json=body)).json()
    answer = await act(world.head_x, met["id"], "confirm")
    assert answer.status_code == 200, answer.text
    await after(world, world.clock.now() + 2 * MINUTE)
    starts_at = datetime.fromisoformat(met["starts_at"])
    assert to(await after(world, starts_at - DAY, "remind")) == [
        "delegate_x", "head_x", "party_note_taker_x",
    ]  # fmt: skip


async def test_of_processes_at_once_one_queues_each_reminder(world: World) -> None:
    _, starts_at = await told(world, local_start=in_days(10))
    world.clock.at = starts_at - DAY
    apps = [create_app(world.settings, clock=world.clock, ticking=False) for _ in range(3)]
    databases = [world.database, *(app.state.database for app in apps)]
    counts = await asyncio.gather(*(remind(one, world.clock) for one in databases))
    for app in apps:
        await app.state.database.close()
    assert sum(counts) == len(AT_X)
    assert to(await after(world, world.clock.now())) == list(AT_X)


async def test_a_clock_that_steps_back_tells_nothing_twice(world: World) -> None:
    _, starts_at = await told(world, local_start=in_days(10))
    assert to(await after(world, starts_at - DAY + 5 * MINUTE, "remind")) == list(AT_X)
    for step in (-2 * HOUR, -10 * MINUTE, HOUR, 20 * HOUR):
        assert await after(world, starts_at - DAY + step, "remind") == []
    async with world.database.read() as db:
        rows = await db.exec(select(Reminder.minutes).order_by(col(Reminder.minutes)))
        assert rows.all() == [240, 1440, 2880, 10080]
