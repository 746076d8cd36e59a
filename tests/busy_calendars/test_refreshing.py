"""A calendar elsewhere is read again and again, tells nobody its secrets, and fails in words."""

import asyncio
import base64
from datetime import datetime, timedelta
from typing import Any

import pytest
from busy_calendars.calendars import (
    API,
    add,
    blocks,
    file,
    refresh,
    row,
    serving,
    standing,
)
from counting import counted
from factories import NEG, World, signed_in
from mail.post import Box
from problems import problem
from sqlmodel import col, select

from negotiations.busy import telling
from negotiations.busy.jobs import refreshing_of
from negotiations.mail.jobs import Office
from negotiations.models import BusyBlock, BusyCalendar, Mail, Person
from negotiations.models.base import metadata
from negotiations.models.mail import MailKind


def soon(world: World, day: int = 10, hour: int = 15) -> str:
    """`start/end` of an hour some days from now, and how `blocks` shows it."""
    at = (world.clock.at + timedelta(days=day)).replace(hour=hour, minute=0)
    return f"{at:%Y%m%dT%H%M00Z}/{at + timedelta(hours=1):%Y%m%dT%H%M00Z}"


def shown(told: str) -> str:
    start, end = (datetime.strptime(one, "%Y%m%dT%H%M%S%z") for one in told.split("/"))
    return f"{start:%Y-%m-%d %H:%M}/{end:%H:%M}"


async def letters(world: World) -> list[str]:
    """The mails that the next look sends."""
    box = Box()

    async def nothing(*_: Any, **__: Any) -> int:
        return 0

    office = Office(world.settings, box, telling.WRITERS, nothing)
    await office.send_due(world.database, world.clock)
    return [f"{one.text.subject}\n{one.text.body}" for one in box.letters]


async def test_a_calendar_is_read_and_only_its_times_are_kept(world: World) -> None:
    at = soon(world)
    async with serving() as there:
        there.files["/secret-path/basic.ics"] = file(at)
        made = await add(world, there.url("/secret-path/basic.ics"))
        assert made == {
            "id": made["id"], "origin": f"http://127.0.0.1:{there.port}",
            "fingerprint": made["fingerprint"], "state": "waiting", "fault": None,
            "read_at": None, "failing_since": None, "created_at": made["created_at"],
        }  # fmt: skip
        assert await refresh(world) == 1
        assert await blocks(world) == [shown(at)]
        stands = await standing(world)
        assert (stands["state"], stands["fault"]) == ("good", None)
        assert await refresh(world) == 0  # until it is due again
        world.clock.forward(minutes=31)
        assert await refresh(world) == 1
    # The second time it was asked whether anything had changed.
    assert there.statuses == [200, 304]
    assert (await standing(world))["read_at"] > stands["read_at"]
    assert await blocks(world) == [shown(at)]


async def test_what_changes_there_changes_here_all_at_once(world: World) -> None:
    one, two, three = soon(world), soon(world, 11), soon(world, 12)
    async with serving() as there:
        there.files["/a"] = file(one, two)
        await add(world, there.url("/a"))
        await refresh(world)
        there.files["/a"] = file(two, three)
        world.clock.forward(minutes=31)
        await refresh(world)
    assert await blocks(world) == [shown(two), shown(three)]


async def test_what_reaches_ahead_is_worked_out_anew_after_a_week(world: World) -> None:
    at = f"{world.clock.at:%Y%m%d}T150000Z"
    daily = (
        f"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:{at}\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\n"
        "END:VEVENT\r\n"
    )
    async with serving() as there:
        there.files["/a"] = file(more=daily)
        await add(world, there.url("/a"))
        await refresh(world)
        last = (await blocks(world))[-1]
        world.clock.forward(days=7)
        await refresh(world)
    assert there.statuses == [200, 200]
    assert (await blocks(world))[-1] > last


async def test_a_name_and_a_password_go_there_and_nowhere_else(world: World) -> None:
    async with serving() as there, serving() as elsewhere:
        there.files["/a"], there.headers["/a"] = 302, {"Location": "/b"}
        there.files["/b"], there.headers["/b"] = 302, {"Location": elsewhere.url("/c")}
        elsewhere.files["/c"] = file(soon(world))
        await add(world, there.url("/a"), user="pat", password="a: word")
        await refresh(world)
    told = base64.b64encode(b"pat:a: word").decode()
    assert [given.get("authorization") for _, given in there.asked] == [f"Basic {told}"] * 2
    assert [given.get("authorization") for _, given in elsewhere.asked] == [None]
    assert len(await blocks(world)) == 1


async def test_neither_rows_nor_answers_nor_the_log_hold_where_it_is(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving() as there:
        url = there.url("/private-canary/basic.ics?token=canary")
        there.files["/private-canary/basic.ics?token=canary"] = 500
        made = await add(world, url, user="canary", password="canary")
        await refresh(world)
        listed = (await world.head_x.get(f"{API}/busy-calendars")).text
        page = (await (await signed_in(world, "head_x")).get("/me/availability")).text
    stored = repr(await row(world))
    for where in (repr(made), listed, page, stored, caplog.text):
        assert "canary" not in where
    assert f"http://127.0.0.1:{there.port}" in page
    # Whose it is not, sees nothing of it.
    for name in ("delegate_x", "coordinator", "agency_head", "administrator"):
        assert (await world.clients[name].get(f"{API}/busy-calendars")).json()["items"] == []


def test_no_table_of_busy_times_has_a_place_for_words() -> None:
    """T43."""
    kinds = {c.name: type(c.type).__name__ for c in metadata.tables["busy_block"].columns}
    texts = {name for name, kind in kinds.items() if "String" in kind or "Text" in kind}
    assert texts == {"id", "person_id", "calendar_id"}


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (404, "gone"), (410, "gone"), (401, "refused"), (403, "refused"), (500, "answered_wrong"),
        (301, "answered_wrong"), (204, "answered_wrong"), (b"<html></html>", "no_calendar"),
        (b"", "no_calendar"), (file()[:-20], "no_calendar"), (b"x" * 5_000_001, "too_large"),
        (file(more="BEGIN:VEVENT\r\nDTSTART:x\r\nEND:VEVENT\r\n"), "bad_time"),
    ],
)  # fmt: skip
async def test_what_is_no_calendar_any_more_keeps_the_old_times_and_tells_its_owner(
    world: World, answer: Any, fault: str
) -> None:
    at = soon(world)
    async with serving() as there:
        there.files["/a"] = file(at)
        await add(world, there.url("/a"))
        await refresh(world)
        there.files["/a"] = answer
        world.clock.forward(minutes=31)
        await refresh(world)
        stands = await standing(world)
        expected = "unreached" if answer == 301 else fault
        assert (stands["state"], stands["fault"]) == ("failing", expected)
        assert await blocks(world) == [shown(at)]
        # What may pass by itself is told when it has lasted for an hour.
        told = await letters(world)
        if expected in ("unreached", "answered_wrong"):
            assert told == []
            for _ in range(4):
                world.clock.forward(minutes=31)
                await refresh(world)
            told = await letters(world)
        [letter] = told
        assert letter.startswith("Your calendar can't be read\n")
        assert f"http://127.0.0.1:{there.port}" in letter
        world.clock.forward(hours=7)
        await refresh(world)
        assert await letters(world) == []  # once
        page = (await (await signed_in(world, "head_x")).get("/me/availability")).text
        assert "can’t be read" in page
        assert "You count as busy as it said on" in page
        later = soon(world, 20)
        there.files["/a"] = file(later)
        world.clock.forward(hours=7)
        await refresh(world)
        [letter] = await letters(world)
        assert letter.startswith("Your calendar can be read again\n")
    assert (await standing(world))["state"] == "good"
    assert await blocks(world) == [shown(later)]


async def test_a_slow_one_holds_up_no_other(world: World) -> None:
    async def never(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with serving() as there:
        there.files |= {"/slow": never, "/good": file(soon(world))}
        await add(world, there.url("/slow"), "head_x")
        await add(world, there.url("/good"), "delegate_x")
        looking = asyncio.create_task(refresh(world))
        async with asyncio.timeout(5):
            while not await blocks(world, "delegate_x"):  # noqa: ASYNC110 (a row tells no event)
                await asyncio.sleep(0.05)
        assert not looking.done()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    assert (await standing(world))["state"] == "waiting"


async def test_when_nothing_is_due_one_statement_is_all(world: World) -> None:
    opened: list[int] = []
    refreshing = refreshing_of(world.settings)
    idle = type(refreshing)(world.settings, lambda: opened.append(1))  # type: ignore[arg-type]
    with counted(world, of_ticks=True) as statements:
        assert await idle.refresh_due(world.database, world.clock) == 0
    assert opened == []
    assert len([one for one in statements if one.startswith("SELECT")]) == 1


async def test_an_address_inside_or_without_tls_is_refused_at_once(world: World) -> None:
    world.settings.outgoing_inside = ""
    try:
        for url in ("http://calendar.example.org/a", "https://127.0.0.1/a", "https://u:p@h.org/"):
            answer = await world.head_x.post(f"{API}/busy-calendars", json={"url": url})
            problem(answer, 422, "/url")
        for url in ("webcal://calendar.example.org/a", "WEBCAL://calendar.example.org/b"):
            made = await add(world, url)
            assert made["origin"] == "https://calendar.example.org"
    finally:
        world.settings.outgoing_inside = "127.0.0.0/8"


async def test_one_that_is_taken_out_leaves_nothing(world: World) -> None:
    async with serving() as there:
        there.files["/a"] = file(soon(world))
        made = await add(world, there.url("/a"))
        twice = await world.head_x.post(
            f"{API}/busy-calendars", json={"url": there.url("/a"), "user": "else"}
        )
        assert "here already" in problem(twice, 409)
        await refresh(world)
    path = f"{API}/busy-calendars/{made['id']}"
    block = (await world.head_x.get(f"{API}/busy-blocks")).json()["items"][0]
    assert block["calendar"] == made["id"]
    one = f"{API}/busy-blocks/{block['id']}"
    tag = (await world.head_x.get(one)).headers["etag"]
    refused = await world.head_x.delete(one, headers={"If-Match": tag})
    assert "in one of your calendars" in problem(refused, 409)
    tag = (await world.head_x.get(path)).headers["etag"]
    assert (await world.head_x.delete(path, headers={"If-Match": tag})).status_code == 200
    async with world.database.read() as db:
        assert (await db.exec(select(BusyCalendar))).all() == []
        assert (await db.exec(select(BusyBlock))).all() == []


async def test_one_can_ask_for_it_at_once_but_not_all_the_time(world: World) -> None:
    async with serving() as there:
        there.files["/a"] = file(soon(world))
        made = await add(world, there.url("/a"))
        await refresh(world)
        path = f"{API}/busy-calendars/{made['id']}"
        tag = {"If-Match": (await world.head_x.get(path)).headers["etag"]}
        answer = await world.head_x.post(f"{path}/refresh", json={}, headers=tag)
        assert "a moment ago" in problem(answer, 409)
        world.clock.forward(minutes=2)
        answer = await world.head_x.post(f"{path}/refresh", json={}, headers=tag)
        assert answer.status_code == 200
        assert await refresh(world) == 1


async def test_with_another_key_it_says_that_it_has_to_be_added_again(world: World) -> None:
    before = world.settings.secret_key
    async with serving() as there:
        there.files["/a"] = file(soon(world))
        await add(world, there.url("/a"))
        world.settings.secret_key = "another key of the service " * 2
        try:
            await refresh(world)
        finally:
            world.settings.secret_key = before
    assert there.asked == []
    assert (await standing(world))["fault"] == "sealed"


async def test_without_a_key_there_are_no_calendars(world: World) -> None:
    before, world.settings.secret_key = world.settings.secret_key, ""
    try:
        answer = await world.head_x.post(
            f"{API}/busy-calendars", json={"url": "https://calendar.example.org/"}
        )
        assert "NEGOTIATIONS_SECRET_KEY" in problem(answer, 409)
        page = (await (await signed_in(world, "head_x")).get("/me/availability")).text
        assert "NEGOTIATIONS_SECRET_KEY" in page
    finally:
        world.settings.secret_key = before


async def test_who_wants_no_mails_gets_none_and_sees_it_on_the_page(world: World) -> None:
    async with world.database.write() as db:
        person = (
            await db.exec(select(Person).where(col(Person.id) == world.people["head_x"]))
        ).one()
        person.by_mail = False
        db.add(person)
    async with serving() as there:
        await add(world, there.url("/nothing"))
        await refresh(world)
    assert await letters(world) == []
    async with world.database.read() as db:
        [mail] = (await db.exec(select(Mail))).all()
    assert (mail.kind, mail.ended_as) == (MailKind.busy_calendar, "dropped")


async def test_who_leaves_the_talks_leaves_no_address_and_no_busy_time(world: World) -> None:
    async with serving() as there:
        there.files["/a"] = file(soon(world))
        await add(world, there.url("/a"))
        await add(world, there.url("/a"), "delegate_x")
        await refresh(world)
    items = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    [seat] = [one["id"] for one in items if one["person"] == world.people["head_x"]]
    path = f"{NEG}/memberships/{seat}"
    tag = {"If-Match": (await world.coordinator.get(path)).headers["etag"]}
    assert (await world.coordinator.delete(path, headers=tag)).status_code == 200
    assert await blocks(world) == []
    assert (await row(world)).person_id == world.people["delegate_x"]
