"""Who fetched what when: told to its owner and the coordinator, for no transaction a fetch."""

import asyncio
from typing import Any

import pytest
from browsing import text_of
from factories import NEG, World, act, in_days, plenary_body, propose, send_form, signed_in
from sqlmodel import select

from negotiations.db import Database
from negotiations.feeds import fetches as fetching
from negotiations.feeds.programs import Program, program_of
from negotiations.models import FeedFetch

NOTHING = {"at": None, "program": None, "version": None, "served": None}
MOVE = {"local_start": in_days(14), "reason": "Rain"}


@pytest.mark.parametrize(
    ("said", "program"),
    [
        ("Google-Calendar-Importer", Program("Google Calendar")),
        ("iOS/17.5.1 (21F90) dataaccessd/1.0", Program("Apple Calendar", "17.5")),
        ("Mac+OS+X/10.15.7 (19H2) CalendarAgent/930.5.1", Program("Apple Calendar", "10.15")),
        ("macOS/14.5 (23F79) dataaccessd/1.0", Program("Apple Calendar", "14.5")),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:153.0) Thunderbird/153.0",
            Program("Thunderbird", "153.0"),
        ),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.1)", Program("Outlook")),
        ("Nextcloud Webcal Service", Program("Nextcloud")),
        ("ICSx5/2.2.1 (2024/01/01; dav4jvm; okhttp/4.12.0) Android/14", Program("ICSx5", "2.2")),
        ("Evolution/3.46.4", Program("Evolution", "3.46")),
        ("vdirsyncer/0.19.2", Program("vdirsyncer", "0.19")),
        ("curl/8.5 me@example.org", Program("another program")),
        ("", Program("another program")),
        ("\x00\r\n" * 500, Program("another program")),
    ],
)
def test_a_program_is_known_by_its_family_and_by_nothing_else_that_it_says(
    said: str, program: Program
) -> None:
    assert program_of(said) == program


async def fetch(world: World, name: str, **headers: str) -> None:
    """Fetch somebody's calendar, and write down at once that it was."""
    answer = await world.nobody.get(world.feeds[name], headers=headers)
    assert answer.status_code in (200, 304)
    await world.app.state.fetches.write(world.database)


async def feed_of(world: World, name: str) -> str:
    listed = (await world.clients[name].get("/api/v1/feeds")).json()["items"]
    return str(listed[0]["id"])


async def test_the_owner_sees_the_newest_fetch_and_the_version_stays(world: World) -> None:
    path = f"/api/v1/feeds/{await feed_of(world, 'delegate_x')}"
    before = await world.delegate_x.get(path)
    assert (await world.delegate_x.get(f"{path}/fetched")).json() == NOTHING
    assert "not yet" in await text_of(world, "delegate_x", "/feeds")
    for agent in ("Evolution/3.46.4", "iOS/17.5.1 (21F90) dataaccessd/1.0"):
        world.clock.forward(minutes=3)
        await fetch(world, "delegate_x", **{"User-Agent": agent})
    at = world.clock.now().replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    told = {"at": at, "program": "Apple Calendar", "version": "17.5"}
    plain = {"Accept-Encoding": "identity"}
    tag = (await world.nobody.get(world.feeds["delegate_x"], headers=plain)).headers["etag"]
    assert (await world.delegate_x.get(f"{path}/fetched")).json() == {**told, "served": tag[1:-1]}
    # Nobody else learns which: it changes with what only one side sees.
    assert (await world.coordinator.get(f"{path}/fetched")).json() == {**told, "served": None}
    assert "by Apple Calendar 17.5" in await text_of(world, "delegate_x", "/feeds")
    after = await world.delegate_x.get(path)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


async def test_who_asks_for_the_headers_alone_has_not_fetched_it(world: World) -> None:
    """Else nobody would be told of what the calendar hasn't shown yet."""
    path = f"/api/v1/feeds/{await feed_of(world, 'delegate_x')}/fetched"
    fetches = world.app.state.fetches
    async with world.app.router.lifespan_context(world.app):  # remembers what it has answered
        for number in range(3):
            answer = await world.nobody.head(world.feeds["delegate_x"])
            assert answer.status_code == 200, number
        await fetches.write(world.database)
        assert (await world.delegate_x.get(path)).json() == NOTHING
        await fetch(world, "delegate_x")
        first = (await world.delegate_x.get(path)).json()
        world.clock.forward(minutes=3)
        await world.nobody.head(world.feeds["delegate_x"])
        await fetches.write(world.database)
        assert (await world.delegate_x.get(path)).json() == first != NOTHING


async def test_a_fetch_is_no_transaction_and_what_fails_is_written_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetches = world.app.state.fetches
    for name in ("delegate_x", "delegate_y", "delegate_x"):
        assert (await world.nobody.get(world.feeds[name])).status_code == 200
    async with world.database.read() as db:
        assert (await db.exec(select(FeedFetch))).all() == []

    def broken(**_: Any) -> None:
        raise OSError("away")

    with monkeypatch.context() as patched:
        patched.setattr(world.database, "write", broken)
        with pytest.raises(OSError, match="away"):
            await fetches.write(world.database)
    assert [await fetches.write(world.database), await fetches.write(world.database)] == [2, 0]
    # Another process has seen a later one: an older time never stands over it.
    now = world.clock.now()
    fetches.note(
        await feed_of(world, "delegate_x"), "khal/1", world.clock.at.replace(year=2000), "old"
    )
    assert await fetches.write(world.database) == 1
    async with world.database.read() as db:
        rows = (await db.exec(select(FeedFetch))).all()
    assert {(row.fetched_at, row.program) for row in rows} == {(now, "another program")}


async def test_the_first_fetch_after_a_while_is_written_soon(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SOON", 0.01)
    fetches = world.app.state.fetches
    write, written = fetches.write, asyncio.Event()

    async def noticed(database: Database) -> None:
        if await write(database):
            written.set()

    monkeypatch.setattr(fetches, "write", noticed)
    async with fetches.writing(world.database):
        assert (await world.nobody.get(world.feeds["delegate_x"])).status_code == 200
        async with asyncio.timeout(20):  # batches come thirty seconds apart
            await written.wait()
        async with world.database.read() as db:
            rows = (await db.exec(select(FeedFetch.feed_id))).all()
    assert rows == [await feed_of(world, "delegate_x")]


async def unseen(world: World) -> dict[str, tuple[int, str | None, list[str]]]:
    """By name: subscriptions, the program seen last, and the sessions whose move it hasn't seen."""
    answer = await world.coordinator.get(f"{NEG}/calendars")
    assert answer.status_code == 200, answer.text
    return {
        one["name"].removeprefix("The "): (one["feeds"], one["fetched"]["program"], one["unseen"])
        for one in answer.json()["items"]
        if one["feeds"]
    }


async def test_the_coordinator_sees_whose_calendar_has_not_seen_the_last_move(
    world: World,
) -> None:
    ours = (await propose(world))["id"]
    theirs = await propose(world, jurisdiction="y", tz="America/New_York",
                           local_start=in_days(11))  # fmt: skip
    body = plenary_body("agency", "y", local_start=in_days(12))
    joint = (await world.coordinator.post(f"{NEG}/sessions", json=body)).json()["id"]
    agent = {"User-Agent": "Evolution/3.46.4"}
    names = ("coordinator", "agency_delegate", "delegate_x", "delegate_y")
    assert await unseen(world) == {name: (1, None, []) for name in names}
    for name in names:
        await fetch(world, name, **agent)
    world.clock.forward(minutes=1)
    for session in (ours, joint):
        body = {**MOVE, "local_start": in_days(14 if session == ours else 15)}
        assert (await act(world.coordinator, session, "move", body)).status_code == 200
    world.clock.forward(minutes=1)
    everything = [ours, joint]
    assert await unseen(world) == {
        "coordinator": (1, "Evolution", everything),
        "agency_delegate": (1, "Evolution", everything),
        "delegate_x": (1, "Evolution", [ours]),
        "delegate_y": (1, "Evolution", [joint]),
    }
    for name in ("coordinator", "delegate_y"):
        await fetch(world, name)
    found = await unseen(world)
    assert [found[name][2] for name in names] == [[], everything, [ours], []]
    page = await text_of(world, "coordinator", "/n/water-talks/people")
    assert page.count("hasn’t seen the last change of") == 2
    assert "hasn’t seen" not in await text_of(world, "head_x", "/n/water-talks/people")
    assert theirs["id"] not in str(found)
    world.clock.forward(days=20)  # what is over needs no calendar any more
    assert {one[2] == [] for one in (await unseen(world)).values()} == {True}


async def test_a_subscription_to_other_talks_or_one_that_ended_counts_for_nothing(
    world: World,
) -> None:
    browser = await signed_in(world, "delegate_x")
    assert (await send_form(browser, "/feeds", label="Second")).status_code == 201
    assert (await unseen(world))["delegate_x"][0] == 2
    path = f"/api/v1/feeds/{await feed_of(world, 'delegate_x')}"
    tag = (await world.delegate_x.get(path)).headers["etag"]
    assert (await world.delegate_x.delete(path, headers={"If-Match": tag})).status_code == 200
    assert (await unseen(world))["delegate_x"][0] == 1
