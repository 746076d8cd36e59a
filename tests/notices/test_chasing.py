"""What is due or late: told of once at each stage, to who has to do it, and to nobody else."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from factories import NEG, World, confirmed, in_days, propose, send_form, signed_in
from mail.post import Box, look
from notes.rounds import circulate, decide, held
from notices.looking import after, to
from sqlmodel import col, func, select

from negotiations.access.actor import load_actor
from negotiations.app import create_app
from negotiations.cleaning import clean_up
from negotiations.db import insert_all
from negotiations.mail import asking
from negotiations.models import Look, Mail, Negotiation, NegotiationSession, Notice, Person
from negotiations.models.base import new_id
from negotiations.notices.jobs import chase, digest
from negotiations.notices.writing import MOST
from negotiations.overview import todo

NEW_YORK = ZoneInfo("America/New_York")


def morning(day: date, zone: ZoneInfo = NEW_YORK, hour: int = 13) -> datetime:
    """An hour at which it is day in New York and in Los Angeles."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def working(day: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


async def waiting(world: World, name: str) -> list[dict[str, Any]]:
    answer = await world.clients[name].get("/api/v1/me/waiting")
    return list(answer.json()["items"])


async def quiet(world: World) -> None:
    """Everybody has had the mails of what was done."""
    await after(world, world.clock.now() + timedelta(minutes=2))


async def test_who_owes_a_decision_is_told_the_day_before_then_once_a_week(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    await quiet(world)
    [item] = [one for one in await waiting(world, "head_x") if one["key"].startswith("summary:")]
    by = date.fromisoformat(item["by"])
    start = world.clock.now().astimezone(NEW_YORK).date()
    days: dict[str, list[int]] = {}
    texts: dict[str, str] = {}
    for number in range(1, (by - start).days + 20):
        day = start + timedelta(days=number)
        for letter in await after(world, morning(day), "chase"):
            name = letter.to.partition("@")[0]
            days.setdefault(name, []).append((day - by).days)
            texts.setdefault(name, letter.text.body)

    def told(*late: int) -> list[int]:
        """The working day on which each of these is told."""
        return [(working(by + timedelta(days=one)) - by).days for one in late]

    assert texts["head_x"] == (
        "Waiting for you\n\n"
        "  X / Agency: session 1\n"
        f"    Decide on its summary by {by.day} {by:%b %Y}.\n"
        f"    http://testserver{item['path']}\n\n"
        "To get no more of these mails:\nhttp://testserver/me\n"
    )
    assert days["head_x"][0] == (-1 if 0 < by.weekday() < 6 else -3 if by.weekday() == 0 else -2)
    assert days["head_x"][1:] == told(1, 8, 15), days
    assert days["agency_head"] == days["head_x"]
    assert set(days) == {"head_x", "agency_head", "coordinator"}
    assert days["coordinator"] == told(3, 10, 17)
    assert "Waiting for others, and late\n" in texts["coordinator"]


async def test_what_is_done_meanwhile_is_left_out_and_nothing_left_is_no_mail(
    world: World,
) -> None:
    path = await held(world)
    await circulate(world, path)
    await quiet(world)
    [item] = [one for one in await waiting(world, "head_x") if one["key"].startswith("summary:")]
    world.clock.at = morning(working(date.fromisoformat(item["by"]) + timedelta(days=1)))
    await chase(world.database, world.clock)
    assert (await decide(world.head_x, path, "approved")).status_code == 200
    box = Box()
    await look(world, box)
    assert box.to == ["agency_head"]


async def test_a_commitment_is_chased_with_whom_it_was_given_to(world: World) -> None:
    path = await held(world)
    session = path.removesuffix("/summary").rpartition("/")[2]
    due = working(world.clock.now().date() + timedelta(days=9))
    body = {
        "text": "Send the list", "owner": "x", "due_on": due.isoformat(),
        "person": world.people["delegate_x"], "session": session,
    }  # fmt: skip
    made = await world.note_taker.post(f"{NEG}/commitments", json=body)
    assert made.status_code == 201, made.text
    await quiet(world)
    letters = await after(world, morning(due), "chase")
    about = {one.to.partition("@")[0]: one.text.body for one in letters if "list" in one.text.body}
    assert sorted(about) == ["delegate_x", "head_x"]
    assert f"X undertook it by {due.day} {due:%b %Y}." in about["head_x"]


async def test_of_more_than_can_be_read_a_mail_names_what_is_due_first(world: World) -> None:
    path = await held(world)
    session = path.removesuffix("/summary").rpartition("/")[2]
    last = working(world.clock.now().date() + timedelta(days=9))
    latest = {5, MOST + 1}  # entered among those that are due a day earlier
    for number in range(MOST + 2):
        due = last if number in latest else last - timedelta(days=1)
        body = {
            "text": f"Promise {number:02}", "owner": "x", "due_on": due.isoformat(),
            "session": session,
        }  # fmt: skip
        made = await world.note_taker.post(f"{NEG}/commitments", json=body)
        assert made.status_code == 201, made.text
    await quiet(world)
    letters = await after(world, morning(last), "chase")
    [mine] = [one.text for one in letters if one.to.startswith("head_x@")]
    assert mine.subject == f"{MOST + 2} things are waiting"
    first = [f"Promise {number:02}" for number in range(MOST + 2) if number not in latest]
    assert sorted(re.findall(r"Promise \d\d", mine.body)) == first
    assert "\n  And 2 more:\n    http://testserver/\n" in mine.body


async def test_who_wants_no_mails_or_has_left_is_not_looked_for(world: World) -> None:
    await propose(world, local_start=in_days(10))
    await quiet(world)
    browser = await signed_in(world, "head_x")
    base = (await browser.get("/me")).text.partition('name="base" value="')[2].partition('"')[0]
    assert (await send_form(browser, "/me", base=base)).status_code == 303
    day = working(world.clock.now().date() + timedelta(days=7))
    names = set()
    for number in range(4):
        names |= set(
            to(await after(world, morning(working(day + timedelta(days=number))), "chase"))
        )
    assert "agency_head" in names
    assert "head_x" not in names
    async with world.database.read() as db:
        looked = set((await db.exec(select(Look.person_id))).all())
    assert world.people["former_delegate_x"] not in looked
    assert world.people["head_x"] not in looked


async def test_talks_that_are_over_wait_for_nobody(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    await quiet(world)
    async with world.database.write() as db:
        talks = (
            await db.exec(select(Negotiation).where(col(Negotiation.slug) == "water-talks"))
        ).one()
        talks.status = "concluded"
        db.add(talks)
    day = working(world.clock.now().date() + timedelta(days=30))
    assert await after(world, morning(day), "chase") == []


async def test_two_processes_look_once(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    await quiet(world)
    world.clock.at = morning(working(world.clock.now().date() + timedelta(days=20)))
    other = create_app(world.settings, clock=world.clock, ticking=False)
    for database in (world.database, other.state.database, world.database):
        await chase(database, world.clock)
    await other.state.database.close()
    async with world.database.read() as db:
        mails = await db.exec(select(Mail.person_id).where(col(Mail.kind) == "waiting"))
        people = mails.all()
    assert len(people) == len(set(people)) > 0


async def test_a_mail_that_is_forgotten_is_not_sent_again(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    await quiet(world)
    day = working(world.clock.now().date() + timedelta(days=20))
    assert await after(world, morning(day), "chase")
    world.clock.at += timedelta(days=32)
    await clean_up(world.database, world.clock)
    async with world.database.read() as db:
        notices = (await db.exec(select(Notice))).all()
    assert {(one.to_mail, one.mail_id) for one in notices} == {(False, None)}
    assert await after(world, world.clock.now(), "remind") == []


async def test_the_coordinator_has_others_reminded_once_a_day(world: World) -> None:
    session = await propose(world, local_start=in_days(20))
    await quiet(world)
    [item] = await waiting(world, "coordinator")
    assert (item["on_me"], item["key"]) == (False, f"session:{session['id']}")
    path = "/api/v1/me/waiting/remind"
    for _ in range(2):
        answer = await world.coordinator.post(path, json={"keys": [item["key"]]})
        assert (answer.status_code, answer.json()) == (202, {"people": 2})
    letters = await after(world, world.clock.now(), "remind")
    assert to(letters) == ["agency_head", "head_x"]
    assert letters[0].text.subject == "Waiting: X / Agency: session 1"
    assert letters[0].text.body.splitlines()[2:5] == [
        "  X / Agency: session 1", "    Accept or decline it.",
        "    The secretariat asks you for this.",
    ]  # fmt: skip
    assert await after(world, world.clock.now() + timedelta(hours=1), "remind") == []
    for name, status in (("note_taker", 403), ("head_x", 403), ("coordinator_elsewhere", 422)):
        answer = await world.clients[name].post(path, json={"keys": [item["key"]]})
        assert answer.status_code == status, name
    answer = await world.coordinator.post(path, json={"keys": [item["key"], "session:none"]})
    assert answer.status_code == 422
    world.clock.forward(days=1)
    again = await world.coordinator.post(path, json={})
    assert again.json() == {"people": 2}
    assert (await world.coordinator_elsewhere.post(path, json={})).json() == {"people": 0}
    assert to(await after(world, world.clock.now(), "remind")) == ["agency_head", "head_x"]


async def test_thousands_that_wait_are_listed_in_order_and_all_asked_for_at_once(
    world: World,
) -> None:
    first = (await propose(world, local_start=in_days(20)))["id"]
    async with world.database.write() as db:
        values = (await db.get_one(NegotiationSession, first)).model_dump()
        own = {"id", "number", "uid", "starts_at", "ends_at"}
        later = timedelta(minutes=1)
        rows = [
            {name: value for name, value in values.items() if name not in own}
            | {
                "id": new_id(), "number": number, "uid": f"{number}@x",
                # Two at a time, so that parts end among those of one instant.
                "starts_at": values["starts_at"] + number // 2 * later,
                "ends_at": values["ends_at"] + number // 2 * later,
            }
            for number in range(2, 4101)
        ]  # fmt: skip
        await insert_all(db, NegotiationSession, rows)
    async with world.database.read() as db:
        actor = await load_actor(db, await db.get_one(Person, world.people["coordinator"]))
        items = await todo.items(db, actor, now=world.clock.now())
    placed = [(values["starts_at"], first), *sorted((one["starts_at"], one["id"]) for one in rows)]
    assert [one.key for one in items] == [f"session:{id_}" for _, id_ in sorted(placed)]
    browser = await signed_in(world, "coordinator")
    page = (await browser.get("/")).text
    assert re.findall('name="keys" value="([^"]+)"', page) == [one.key for one in items[:200]]
    assert '<a class="more" href="/?all#on-others">Show all 4100</a>' in page
    page = (await browser.get("/?all")).text
    assert re.findall('name="keys" value="([^"]+)"', page) == [one.key for one in items]
    assert "Show all" not in page
    answer = await world.coordinator.post("/api/v1/me/waiting/remind", json={})
    assert (answer.status_code, answer.json()) == (202, {"people": 2})
    async with world.database.read() as db:
        told = await db.exec(select(func.count()).select_from(Notice))
        assert told.one() == 2 * 4100


async def test_c3_chase_what_is_late_by_ticks_on_the_start_page(world: World) -> None:
    session = await propose(world, local_start=in_days(20))
    await quiet(world)
    browser = await signed_in(world, "coordinator")
    page = (await browser.get("/")).text
    key = f"session:{session['id']}"
    assert f'name="keys" value="{key}"' in page
    assert "Reminded today" not in page
    answer = await send_form(browser, "/remind", keys=[key])
    assert (answer.status_code, answer.headers["location"]) == (303, "/#on-others")
    assert (await browser.get("/")).text.count("Reminded today") == 1
    assert to(await after(world, world.clock.now(), "remind")) == ["agency_head", "head_x"]
    assert (await send_form(browser, "/remind")).status_code == 422
    head = await signed_in(world, "agency_head")
    assert 'name="keys"' not in (await head.get("/")).text


async def test_a_week_is_told_of_on_monday_to_each_by_what_they_see(world: World) -> None:
    monday = world.clock.now().date() + timedelta(days=1)
    while monday.weekday():
        monday += timedelta(days=1)
    await propose(world, local_start=in_days(30))
    await confirmed(world, local_start=f"{monday + timedelta(days=2)}T10:00")
    await quiet(world)
    letters = await after(world, morning(monday), "digest")
    found = {one.to.partition("@")[0]: one.text for one in letters}
    assert await after(world, morning(monday, hour=15), "digest") == []
    assert {one.subject for one in found.values()} == {"Your week"}
    headings = ("This week", "Waiting for you", "Waiting for others")
    assert {
        name: [one for one in headings if f"{one}\n" in text.body] for name, text in found.items()
    } == {
        "agency_delegate": ["This week"],
        "agency_head": ["This week", "Waiting for you"],
        "coordinator": ["This week", "Waiting for others"],
        "delegate_x": ["This week"],
        "head_x": ["This week", "Waiting for you"],
        "note_taker": ["This week"],
        "party_note_taker_x": ["This week"],
    }
    assert to(await after(world, morning(monday + timedelta(days=7)), "digest")) == [
        "agency_head", "coordinator", "head_x", "note_taker",
    ]  # fmt: skip


async def test_digests_hold_up_no_other_mail(world: World) -> None:
    monday = world.clock.now().date() + timedelta(days=1)
    while monday.weekday():
        monday += timedelta(days=1)
    await confirmed(world, local_start=f"{monday + timedelta(days=2)}T10:00")
    await quiet(world)
    world.clock.at = morning(monday)
    await digest(world.database, world.clock)
    world.clock.forward(minutes=1)
    async with world.database.write() as db:
        await asking.ask_for_link(db, "head_x@example.org", now=world.clock.now())
    box = Box()
    await look(world, box)
    subjects = [one.text.subject for one in box.letters]
    assert (subjects[0], set(subjects[1:])) == ("Your sign-in link", {"Your week"})


async def test_nobody_learns_of_others_by_these_mails(world: World) -> None:
    """Whatever waits at y's table, x's people are told the same."""
    await propose(world, local_start=in_days(10))
    await propose(world, jurisdiction="y", local_start=in_days(11), title="Secret of Y")
    await quiet(world)
    day = working(world.clock.now().date() + timedelta(days=7))
    letters = []
    for number in range(5):
        letters += await after(
            world, morning(working(day + timedelta(days=number))), "chase", "digest", "remind"
        )
    ours = [one for one in letters if one.to.endswith("_x@example.org")]
    assert ours
    assert [one for one in ours if "Secret of Y" in one.text.body] == []
    assert any("Secret of Y" in one.text.body for one in letters)
