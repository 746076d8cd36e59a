"""Signing in and out: links that work once, cookies that end on the server, honest headers."""

import httpx2
from factories import NEG, World, client_of, leaves

from negotiations.access.logins import make_link
from negotiations.web.shell import CSP


async def link(world: World, name: str = "coordinator", minutes: int = 60) -> str:
    async with world.database.write() as db:
        secret = await make_link(db, world.people[name], now=world.clock.now(), minutes=minutes)
    return f"/sign-in/{secret}"


async def browser(world: World) -> httpx2.AsyncClient:
    client = client_of(world.app)
    answer = await client.post(await link(world))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return client


async def test_a_link_opened_by_a_scanner_does_nothing_and_then_works_once(world: World) -> None:
    address = await link(world)
    for _ in range(2):
        assert (await world.nobody.get(address)).status_code == 200
        assert (await world.nobody.head(address)).status_code == 200
    first, second = client_of(world.app), client_of(world.app)
    assert (await first.post(address)).status_code == 303
    assert (await first.get("/n/water-talks")).status_code == 200
    again = await second.post(address)
    assert (again.status_code, "set-cookie" in again.headers) == (401, False)
    assert "was used already or is too old" in again.text


async def test_an_old_link_and_an_unknown_one_are_answered_alike(world: World) -> None:
    old = await link(world, minutes=5)
    world.clock.forward(minutes=6)
    answers = [await world.nobody.post(path) for path in (old, "/sign-in/" + "x" * 43)]
    assert [one.status_code for one in answers] == [401, 401]
    assert answers[0].content == answers[1].content


async def test_the_cookie_is_closed_to_scripts_and_other_sites(world: World) -> None:
    answer = await client_of(world.app).post(await link(world))
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith("login=")
    assert {one.lower() for one in attributes} == {
        "httponly", "max-age=1209600", "path=/", "samesite=lax",
    }  # fmt: skip


async def test_signing_out_ends_the_login_on_the_server(world: World) -> None:
    client = await browser(world)
    cookie = client.cookies["login"]
    page = (await client.get("/n/water-talks")).text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    assert (await client.post("/sign-out", data={"csrf": "wrong"})).status_code == 403
    assert (await client.get("/n/water-talks")).status_code == 200
    assert (await client.post("/sign-out", data={"csrf": csrf})).status_code == 303
    copied = client_of(world.app)
    copied.cookies.set("login", cookie)
    answer = await copied.get("/n/water-talks")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_login_ends_by_itself_and_with_the_last_seat(world: World) -> None:
    client = await browser(world)
    world.clock.forward(days=world.settings.login_days, seconds=1)
    assert (await client.get("/n/water-talks")).status_code == 303


async def test_a_link_from_before_somebody_was_removed_signs_nobody_in(world: World) -> None:
    """Nor when they are back: it says that a new one is needed, and sets no cookie."""
    address = await link(world, "delegate_x")
    await leaves(world, "delegate_x")
    again = {"person": world.people["delegate_x"], "role": "delegate", "party": "x"}
    assert (await world.coordinator.post(f"{NEG}/memberships", json=again)).status_code == 201
    answer = await client_of(world.app).post(address)
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


async def test_another_site_cannot_sign_anybody_in_or_post_our_forms(world: World) -> None:
    foreign = (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    )
    for headers in foreign:
        answer = await client_of(world.app).post(await link(world), headers=headers)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
    assert (await client_of(world.app).post(await link(world), headers=own)).status_code == 303


async def test_every_answer_carries_the_headers_that_keep_browsers_honest(world: World) -> None:
    client = await browser(world)
    for path, policy in (
        ("/n/water-talks", "same-origin"),
        ("/sign-in", "same-origin"),
        ("/nothing-here", "same-origin"),
        ("/static/app.css", "no-referrer"),
        ("/api/v1/me", "no-referrer"),
    ):
        headers = (await client.get(path)).headers
        assert headers["content-security-policy"] == CSP, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == policy, path
        assert len(headers["x-request-id"]) == 16
    assert (await client.get("/n/water-talks")).headers["cache-control"] == "private, no-store"


async def test_a_calendar_carries_what_programs_and_browsers_go_by(world: World) -> None:
    """It is no page: a policy for its scripts and frames would say nothing."""
    headers = (await world.nobody.get(world.feeds["delegate_x"])).headers
    assert sorted(set(headers) - {"content-length"}) == [
        "cache-control", "content-encoding", "content-type", "etag", "last-modified",
        "referrer-policy", "vary", "x-content-type-options", "x-request-id", "x-robots-tag",
    ]  # fmt: skip
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert len(headers["x-request-id"]) == 16


async def test_a_form_older_than_the_login_loses_no_word(world: World) -> None:
    words = "Every <word> of it\nstays"
    nobody = await client_of(world.app).post("/sign-out", data={"csrf": "x", "note": words})
    assert nobody.status_code == 401
    assert "Every &lt;word&gt; of it\nstays" in nobody.text
    client = await browser(world)
    stale = await client.post("/sign-out", data={"csrf": "x", "note": words})
    assert stale.status_code == 403
    assert "Every &lt;word&gt; of it\nstays" in stale.text


async def test_the_form_of_a_link_says_where_it_comes_from(world: World) -> None:
    """With no-referrer Chromium would send `Origin: null` and be refused on plain http."""
    address = await link(world)
    assert (await world.nobody.get(address)).headers["referrer-policy"] == "strict-origin"
