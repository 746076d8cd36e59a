"""Feeds answered from memory are those that a process which remembers nothing would send."""

import asyncio
import gzip
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
import pytest
from factories import (
    NEG,
    World,
    act,
    caucus_body,
    client_of,
    confirmed,
    in_days,
    plenary_body,
    propose,
    take_seat,
)
from starlette.applications import Starlette
from test_health import run_sql

from negotiations.app import create_app
from negotiations.feeds import asking, projection, watching
from negotiations.feeds import memory as keeping
from negotiations.kept import Kept
from negotiations.models.parties import Role

PUBLIC = {
    "public": "/public/water-talks.ics",
    "public x": "/public/water-talks/x.ics",
    "public y": "/public/water-talks/y.ics",
}
OPTIONS = ("", "?cancelled=hide", "?alarms=15,60")


@pytest.fixture
async def served(world: World) -> AsyncIterator[World]:
    """The world's service as a running process has it: it watches and remembers."""
    async with world.app.router.lifespan_context(world.app):
        yield world


@asynccontextmanager
async def another_process(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """The same service once more, on the same database."""
    app = create_app(world.settings, clock=world.clock, ticking=False)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(app.state.database.close)
        yield await stack.enter_async_context(client_of(app))


def from_memory(app: Starlette, address: str, *headers: tuple[bytes, bytes]) -> Any:
    """What is answered before the router is asked; None when nothing is at hand."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(),
        "headers": list(headers),
    }  # fmt: skip
    shell: Any = app.middleware_stack
    return shell._front(scope)


async def everything(client: httpx2.AsyncClient, world: World) -> dict[str, tuple[Any, ...]]:
    found = {}
    for name, address in {**world.feeds, **PUBLIC}.items():
        for options in OPTIONS:
            answer = await client.get(address + options)
            kept = ("etag", "last-modified", "cache-control", "content-type", "vary")
            headers = tuple(answer.headers.get(one) for one in kept)
            found[name + options] = (answer.status_code, headers, answer.content)
    return found


async def members(world: World, party: str, name: str) -> str:
    seats = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    return f"{NEG}/memberships/" + next(
        one["id"] for one in seats if one["person"] == world.people[name]
    )


async def changed(client: httpx2.AsyncClient, path: str, verb: str, **body: Any) -> None:
    tag = (await client.get(path)).headers["etag"]
    answer = await client.request(
        verb, path, headers={"If-Match": tag}, **({"json": body} if body else {})
    )
    assert answer.status_code in (200, 204), answer.text


async def lives(world: World) -> AsyncIterator[str]:
    """Acts of every kind that some feed shows, each told by its name."""
    await propose(world, local_start=in_days(9))
    yield "propose"
    two = (await confirmed(world, local_start=in_days(16)))["id"]
    yield "confirm another"
    one = (await confirmed(world))["id"]
    yield "confirm"
    assert (await act(world.coordinator, one, "publish")).status_code == 200
    yield "publish"
    moved = {"local_start": in_days(12), "reason": "Rain"}
    assert (await act(world.coordinator, one, "move", moved)).status_code == 200
    yield "move"
    off = await act(world.coordinator, two, "postpone", {"reason": "A strike"})
    assert off.status_code == 200, off.text
    yield "postpone"
    assert (await act(world.coordinator, one, "cancel", {"reason": "Off"})).status_code == 200
    yield "cancel"
    plenary = await world.coordinator.post(
        f"{NEG}/sessions", json=plenary_body("agency", "x", local_start=in_days(14))
    )
    assert plenary.status_code == 201, plenary.text
    yield "a plenary of some"
    caucus = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours", "parties": ["x"]})
    assert caucus.status_code == 201, caucus.text
    met = await world.head_x.post(
        f"{NEG}/sessions", json=caucus_body(caucus.json()["id"], local_start=in_days(15))
    )
    assert met.status_code == 201, met.text
    yield "a caucus session"
    await changed(world.coordinator, NEG, "PATCH", title="Water and more")
    yield "another title of the talks"
    parties = (await world.coordinator.get(f"{NEG}/parties")).json()["items"]
    x = next(one["id"] for one in parties if one["slug"] == "x")
    await changed(world.coordinator, f"{NEG}/parties/{x}", "PATCH", name="The County of X")
    yield "another name of a party"
    me = f"{NEG}/people/{world.people['delegate_y']}"
    await changed(world.coordinator, me, "PATCH", tz="Asia/Tokyo")
    yield "another zone of a person"
    await take_seat(world, "newcomer", Role.delegate, "y")
    yield "a newcomer"
    await changed(world.coordinator, await members(world, "agency", "agency_delegate"), "DELETE")
    yield "an ended seat"
    own = (await world.delegate_y.get("/api/v1/feeds")).json()["items"][0]["id"]
    await changed(world.delegate_y, f"/api/v1/feeds/{own}", "DELETE")
    yield "a revoked subscription"


async def test_after_every_act_memory_answers_what_an_empty_one_would(served: World) -> None:
    """calendar.md 43: the same bytes, tags and dates across processes and starts."""
    before = await everything(served.nobody, served)
    told: list[str] = []
    async for name in lives(served):
        served.clock.forward(seconds=1)
        after = await everything(served.nobody, served)
        async with another_process(served) as fresh:
            assert after == await everything(fresh, served), name
        assert after != before, f"{name} was to be seen by somebody"
        before = after
        told.append(name)
    assert len(told) == 15
    assert {before[one][0] for one in ("agency_delegate", "delegate_y")} == {410}


async def test_what_is_at_hand_is_answered_before_the_router(served: World) -> None:
    await confirmed(served)
    for address in (*served.feeds.values(), *PUBLIC.values()):
        for options in OPTIONS:
            assert from_memory(served.app, address + options) is None  # nobody has asked yet
            first = await served.nobody.get(address + options)
            asked = (b"accept-encoding", b"gzip")
            ready = from_memory(served.app, address + options, asked)
            assert (ready.status, gzip.decompress(ready.body)) == (200, first.content)
            again = await served.nobody.get(address + options)
            names = {name for name, _ in ready.headers} - {b"content-length"}
            for name in names:
                assert dict(ready.headers)[name].decode() == again.headers[name.decode()]
            tag = first.headers["etag"].encode()
            ready = from_memory(served.app, address + options, asked, (b"if-none-match", tag))
            assert (ready.status, ready.body) == (304, b"")
            since = first.headers["last-modified"].encode()
            ready = from_memory(served.app, address + options, asked, (b"if-modified-since", since))
            assert ready.status == 304


async def test_a_change_by_another_process_is_seen_within_a_second(served: World) -> None:
    address = served.feeds["delegate_x"]
    tag = (await served.nobody.get(address)).headers["etag"]
    other = create_app(served.settings, clock=served.clock, ticking=False)
    token = served.tokens["coordinator"]
    async with client_of(other, token) as coordinator:
        elsewhere = World(other, served.settings, served.clock, {"coordinator": coordinator})
        await propose(elsewhere)
        await asyncio.sleep(0.9)
        answer = await served.nobody.get(address, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        seat = await members(served, "x", "delegate_x")
        await changed(coordinator, seat, "DELETE")
        await asyncio.sleep(0.9)
        assert (await served.nobody.get(address)).status_code == 410
    await other.state.database.close()


async def test_a_look_takes_nothing_back_that_was_committed_while_it_read(
    served: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows may be those of before the commit: for a moment the feed would be the old one."""
    watch = served.app.state.memory.watch
    one = (await confirmed(served))["id"]
    read, has_read, go_on = watch._read, threading.Event(), threading.Event()

    def slowly() -> Any:
        rows = read()
        has_read.set()
        go_on.wait(10)
        return rows

    monkeypatch.setattr(watch, "_read", slowly)
    looking = asyncio.create_task(watch.look())
    await asyncio.to_thread(has_read.wait, 10)
    moved = {"local_start": in_days(12), "reason": "Rain"}
    assert (await act(served.coordinator, one, "move", moved)).status_code == 200
    known = dict(watch.known)
    go_on.set()
    await looking
    assert {key: watch.known[key] for key in known} == known


async def test_who_cant_look_for_a_second_answers_503(served: World) -> None:
    """calendar.md 34: whose rights have ended isn't known any more."""
    address = served.feeds["delegate_x"]
    first = await served.nobody.get(address)
    await run_sql(served, "ALTER TABLE generation RENAME TO gone")
    await asyncio.sleep(1.2)
    answer = await served.nobody.get(address)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    assert b"VCALENDAR" not in answer.content
    await run_sql(served, "ALTER TABLE gone RENAME TO generation")
    answer = await served.nobody.get(address)
    assert (answer.status_code, answer.content) == (200, first.content)


async def test_the_last_good_body_stands_in_while_rights_are_the_same(
    served: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """calendar.md 34: for an hour, and for nobody whose rights have changed."""
    address = served.feeds["delegate_x"]
    first = await served.nobody.get(address)
    await propose(served)
    await run_sql(served, "ALTER TABLE event_bytes RENAME TO gone")
    stale = await served.nobody.get(address)
    assert (stale.status_code, stale.content) == (200, first.content)
    assert stale.headers["etag"] == first.headers["etag"]
    # Nothing of it was kept for others, so that they get nothing.
    assert (await served.nobody.get(served.feeds["delegate_y"])).status_code == 503
    monkeypatch.setattr(keeping, "LAST_GOOD", 0.0)
    assert (await served.nobody.get(address)).status_code == 503
    monkeypatch.undo()
    assert (await served.nobody.get(address)).status_code == 200
    await changed(served.coordinator, await members(served, "x", "delegate_x"), "DELETE")
    assert (await served.nobody.get(address)).status_code == 410
    await run_sql(served, "ALTER TABLE gone RENAME TO event_bytes")


async def test_a_full_memory_forgets_and_still_answers_rightly(world: World) -> None:
    settings = world.settings.model_copy(update={"feed_cache_mb": 1})
    app = create_app(settings, clock=world.clock)
    for number in range(6):
        await propose(world, local_start=in_days(10 + number))
    memory = app.state.memory
    memory.kept.limit = 12_000  # bytes
    async with app.router.lifespan_context(app), client_of(app) as client:
        small = await everything(client, world)
        assert memory.kept.size <= memory.kept.limit
        assert small == await everything(client, world)
    async with another_process(world) as fresh:
        assert small == await everything(fresh, world)


def test_what_was_used_longest_ago_goes_first() -> None:
    kept = Kept(100)
    for name in "abc":
        kept.put(name, name.upper(), 30)
    assert (kept.get("a"), kept.size, len(kept)) == ("A", 90, 3)
    kept.put("d", "D", 40)
    assert [kept.get(name) for name in "abcd"] == ["A", None, "C", "D"]
    kept.put("c", "CC", 20)
    assert (kept.get("c"), kept.size) == ("CC", 90)
    kept.put("huge", "H", 101)
    assert (kept.get("huge"), len(kept), kept.size) == (None, 0, 0)


async def test_a_state_without_new_bytes_is_seen_in_memory_too(
    served: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled while its text can't be rendered: `cancelled=hide` leaves it out everywhere."""
    one = (await confirmed(served))["id"]
    address = served.feeds["delegate_x"] + "?cancelled=hide"
    assert (await served.nobody.get(address)).content.count(b"BEGIN:VEVENT") == 2

    def broken(*_: Any) -> bytes:
        raise ValueError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(projection, "_rendered", broken)
        assert (await act(served.coordinator, one, "cancel", {"reason": "Off"})).status_code == 200
    answer = await served.nobody.get(address)
    assert answer.content.count(b"BEGIN:VEVENT") == 1
    async with another_process(served) as fresh:
        other = await fresh.get(address)
    assert (other.content, other.headers["etag"]) == (answer.content, answer.headers["etag"])


async def test_nobody_fills_the_memory_with_what_is_sent_or_asked_for(served: World) -> None:
    address = PUBLIC["public"]
    await served.nobody.get(address)
    before = len(asking._GZIP)
    for number in range(50):
        coding = f"gzip;q=0.{number + 1}".encode() + b" " * 10_000
        assert from_memory(served.app, address, (b"accept-encoding", coding)) is not None
    assert len(asking._GZIP) == before


async def test_an_error_of_any_kind_ends_no_listening(
    served: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = served.app.state.memory.watch
    if watch._database.is_sqlite:
        return  # nobody listens there
    tries = []

    async def broken() -> None:
        tries.append(len(tries))
        raise RuntimeError("of no kind that was thought of")

    monkeypatch.setattr(watching, "AGAIN", 0.01)
    monkeypatch.setattr(watch, "_listen", broken)
    task = asyncio.create_task(watch._keep_listening())
    await asyncio.sleep(0.2)
    assert (task.done(), len(tries) > 2) == (False, True)
    task.cancel()


async def test_what_the_front_stumbles_over_goes_its_usual_way(
    served: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = served.feeds["delegate_x"]
    first = await served.nobody.get(address)

    def broken(_key: bytes) -> None:
        raise KeyError("gone")

    monkeypatch.setattr(served.app.state.memory, "ready", broken)
    again = await served.nobody.get(address)
    assert (again.status_code, again.content) == (200, first.content)


def test_two_threads_never_lose_count_of_what_is_kept() -> None:
    kept = Kept(10_000)

    def put(offset: int) -> None:
        for number in range(20_000):
            kept.put(number % 7, number, 100 + offset)

    threads = [threading.Thread(target=put, args=(offset,)) for offset in (0, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.size == sum(size for _, size in kept._values.values())
