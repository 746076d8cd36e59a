"""Nobody asks too often, too slowly or too much, and nobody else is kept out for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from factories import NEG, Standing, World, make_world, send_form, signed_in
from problems import problem
from subscribing import feed_of, on_version

from negotiations.settings import Settings
from negotiations.web.rates import network_of


async def with_limits(settings: Settings, **limits: int) -> World:
    return await make_world(settings.model_copy(update=limits), Standing())


def from_address(world: World, host: str) -> httpx2.AsyncClient:
    """A client that comes from there, as uvicorn tells it."""
    transport = httpx2.ASGITransport(app=world.app, client=(host, 1))
    return httpx2.AsyncClient(transport=transport, base_url="http://testserver")


def retry_after(answer: Any, most: int) -> None:
    assert answer.status_code == 429, answer.text
    assert 1 <= int(answer.headers["retry-after"]) <= most


async def test_a_token_and_a_login_may_ask_so_often_a_minute_and_others_are_not_hindered(
    settings: Settings,
) -> None:
    world = await with_limits(settings, requests_per_minute=20)
    try:
        path = f"{NEG}/issues"
        # Setting the world up took some of the coordinator's.
        seen = [(await world.head_x.get(path)).status_code for _ in range(22)]
        assert seen == [200] * 20 + [429] * 2
        told = await world.head_x.post(path, json={"code": "1"})
        retry_after(told, 60)
        assert problem(told, 429).startswith("Too many requests. Wait ")
        browser = await signed_in(world, "head_x")
        pages = [(await browser.get("/feeds")).status_code for _ in range(21)]
        assert pages == [200] * 20 + [429]
        retry_after(await send_form(browser, "/feeds", label="More"), 60)
        assert (await world.delegate_x.get(path)).status_code == 200
        assert (await (await signed_in(world, "delegate_x")).get("/feeds")).status_code == 200
        assert (await world.nobody.get(world.feeds["delegate_x"])).status_code == 200
    finally:
        await world.close()


async def test_a_calendar_address_may_be_fetched_sixty_times_an_hour_and_is_counted_alone(
    settings: Settings,
) -> None:
    """calendar.md 52."""
    world = await with_limits(settings, feed_fetches_per_hour=60)
    try:
        one, other = world.feeds["delegate_x"], world.feeds["delegate_y"]
        tag = (await world.nobody.get(one)).headers["etag"]
        seen = {(await world.nobody.get(one, headers={"If-None-Match": tag})).status_code
                for _ in range(59)}  # fmt: skip
        assert seen == {304}
        refused = await world.nobody.get(one)
        retry_after(refused, 3600)
        assert refused.headers["content-type"] == "text/plain; charset=utf-8"
        assert refused.headers["cache-control"] == "no-store"
        # Another's calendar from the same address, as from a big service, is answered.
        assert (await world.nobody.get(other)).status_code == 200
        assert (await world.nobody.get("/public/water-talks.ics")).status_code == 200
    finally:
        await world.close()


async def test_a_network_may_try_so_many_secrets_that_nobody_has_and_good_ones_always_work(
    settings: Settings,
) -> None:
    world = await with_limits(settings, wrong_secrets_per_hour=9)
    here, near, far = (from_address(world, one) for one in ("203.0.113.7", "203.0.113.99", "::1"))
    try:
        for place in range(3):
            wrong = {"Authorization": f"Bearer neg_{place}"}
            assert (await here.get(f"/feeds/{place}.ics")).status_code == 404
            problem(await here.get(f"{NEG}/issues", headers=wrong), 401)
            assert (await here.post(f"/sign-in/{place}")).status_code == 401
        for client in (here, near):
            retry_after(await client.get("/feeds/9.ics"), 3600)
            retry_after(await client.post("/sign-in/9"), 3600)
            told = await client.get(f"{NEG}/issues", headers={"Authorization": "Bearer neg_9"})
            retry_after(told, 3600)
            good = {"Authorization": world.head_x.headers["authorization"]}
            assert (await client.get(f"{NEG}/issues", headers=good)).status_code == 200
            assert (await client.get(world.feeds["delegate_x"])).status_code == 200
            assert (await client.get("/public/water-talks.ics")).status_code == 200
        assert (await far.get("/feeds/9.ics")).status_code == 404
        assert 'limit="wrong secret"} 6.0' in (await far.get("/metrics")).text
    finally:
        for client in (here, near, far):
            await client.aclose()
        await world.close()


async def test_a_network_may_ask_for_so_many_sign_in_links(settings: Settings) -> None:
    world = await with_limits(settings, wrong_secrets_per_hour=3)
    here, near, far = (from_address(world, one) for one in ("203.0.113.7", "203.0.113.99", "::1"))
    try:
        for place, client in enumerate((here, near, here)):
            asked = await send_form(client, "/sign-in", email=f"nobody{place}@example.net")
            assert asked.status_code == 200
        for client in (here, near):
            retry_after(await send_form(client, "/sign-in", email="head_x@example.org"), 3600)
        asked = await send_form(far, "/sign-in", email="head_x@example.org")
        assert asked.status_code == 200
        assert (await here.post("/sign-in/0")).status_code == 401  # counted by itself
    finally:
        for client in (here, near, far):
            await client.aclose()
        await world.close()


async def test_a_big_services_address_is_never_refused_as_a_whole(settings: Settings) -> None:
    """calendar.md 52: from one address, good ones beside wrong, ended and exhausted ones."""
    world = await with_limits(settings, wrong_secrets_per_hour=2, feed_fetches_per_hour=60)
    google = from_address(world, "66.249.84.1")
    agent = {"User-Agent": "Google-Calendar-Importer"}
    try:
        gone = world.feeds["delegate_y"]
        path = f"/api/v1/feeds/{await feed_of(world, 'delegate_y')}"
        assert (await on_version(world.delegate_y, "DELETE", path)).status_code == 200
        busy, good = world.feeds["delegate_x"], world.feeds["agency_delegate"]

        async def statuses(address: str, times: int) -> list[int]:
            got = [await google.get(address, headers=agent) for _ in range(times)]
            assert all(1 <= int(one.headers["retry-after"]) <= 3600
                       for one in got if one.status_code == 429)  # fmt: skip
            return [one.status_code for one in got]

        assert await statuses("/feeds/wrong.ics", 4) == [404, 404, 429, 429]
        assert await statuses(gone, 3) == [410] * 3
        assert await statuses(busy, 62) == [200] * 60 + [429] * 2
        assert await statuses(good, 60) == [200] * 60
        assert await statuses("/public/water-talks.ics", 3) == [200] * 3
        assert await statuses("/feeds/other.ics", 1) == [429]
        assert await statuses(gone, 1) == [410]
        assert await statuses(world.feeds["coordinator"], 1) == [200]
    finally:
        await google.aclose()
        await world.close()


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_network_is_what_one_household_has(host: str, network: str) -> None:
    assert network_of(host) == network


def test_a_limit_that_would_shut_calendar_programs_out_is_refused() -> None:
    for value in (1, 59):
        with pytest.raises(ValueError, match="must be 60 or more"):
            Settings(database_url="sqlite:///a.db", feed_fetches_per_hour=value)
    with pytest.raises(ValueError, match="write addresses as 127"):
        Settings(database_url="sqlite:///a.db", metrics_allow_ips="me")


async def test_a_body_that_comes_drop_by_drop_is_cut_off(settings: Settings) -> None:
    world = await with_limits(settings, body_seconds=1)

    async def drops() -> AsyncIterator[bytes]:
        for drop in (b'{"code": ', b'"7", ', b'"title": "x"', b"}"):
            yield drop
            await asyncio.sleep(0.6)

    kind = {"Content-Type": "application/json"}
    try:
        answer = await world.coordinator.post(f"{NEG}/issues", content=drops(), headers=kind)
        assert problem(answer, 408) == ("The body didn't arrive within 1 seconds. Send it again.")
        assert answer.headers["connection"] == "close"
        browser = await signed_in(world, "coordinator")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await browser.post("/feeds", content=drops(), headers=kind)).status_code == 408
    finally:
        await world.close()


async def test_a_form_is_read_to_its_limits_and_only_as_a_form(world: World) -> None:
    browser = await signed_in(world, "coordinator")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    async def sent(content: Any, headers: dict[str, str] = kind) -> int:
        return (await browser.post("/feeds", content=content, headers=headers)).status_code

    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"label=" + b"a" * 65536

    assert await sent(b"a=1&" * 4999 + b"a=1") == 403  # read, and no form of ours
    assert await sent(b"a=1&" * 5000 + b"a=1") == 400
    assert await sent(b"label=" + b"a" * 2_200_000) == 413
    assert await sent(in_parts()) == 413
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    assert await sent(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n', boundary) == 400


async def test_json_that_is_nested_too_deep_is_refused(world: World) -> None:
    for depth in (50, 500, 5_000, 150_000):
        for raw in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
            answer = await world.coordinator.post(
                f"{NEG}/issues", content=raw, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code in (400, 422), (depth, answer.status_code)
    deep = json.dumps({"code": "7", "title": [[[["x"]]]]})
    answer = await world.coordinator.post(
        f"{NEG}/issues", content=deep, headers={"Content-Type": "application/json"}
    )
    problem(answer, 422, "/title")
