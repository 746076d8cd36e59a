"""F33: what every route tells browsers, by each verb, to whoever asks."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from factories import Standing, World, client_of, make_world, propose
from starlette.routing import Route

from negotiations.access.logins import make_link
from negotiations.settings import Settings
from negotiations.web.shell import CSP

TALKS, POLICIES = "water-talks", {"no-referrer", "same-origin", "strict-origin"}
HOST = "https://talks.example"
# What a browser runs or frames; a calendar and data are neither, and say only what they need.
STRICT = {
    "content-security-policy": CSP,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
}


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, base_url=HOST, requests_per_minute=0)


def addresses(world: World, session: str, secret: str) -> Iterator[tuple[str, str]]:
    """Every route's path, by every verb; where it can be, of something that is there."""
    given = {
        "neg": TALKS, "id": session, "token": secret, "item": "general", "audience": "mine",
        "n": "1", "code": "1", "name": "app.css",
    }  # fmt: skip
    for route in world.app.routes:
        assert isinstance(route, Route), route
        path = re.sub(r"{(\w+)(:\w+)?}", lambda found: given.get(found[1], "x"), route.path)
        for verb in sorted(route.methods or ()):
            yield verb, path


def lacks(answer: httpx2.Response) -> list[str]:
    """What a browser would miss in it."""
    headers = answer.headers
    wanted = dict(STRICT)
    if answer.url.path.startswith("/public/") and answer.url.path.endswith(".json"):
        # Anybody's page may read what is published; without a cookie, since it asks for none.
        wanted |= {"cross-origin-resource-policy": "cross-origin"}
        assert headers.pop("access-control-allow-origin") == "*"
        assert "access-control-allow-credentials" not in headers
    if headers.get("content-type", "").startswith("text/calendar"):
        wanted = {"x-content-type-options": "nosniff"}
    found = [name for name, value in wanted.items() if headers.get(name) != value]
    if headers.get("referrer-policy") not in POLICIES:
        found.append("referrer-policy")
    found += [name for name in ("server", "x-powered-by", "access-control-allow-origin")
              if name in headers]  # fmt: skip
    if "cache-control" not in headers and answer.status_code == 200:
        found.append("cache-control")
    return found


# No header hangs on the database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_route_says_what_keeps_browsers_honest(settings: Settings) -> None:
    world = await make_world(settings, Standing())
    try:
        session = (await propose(world))["id"]
        secret = world.feeds["coordinator"].rpartition("/")[2].partition(".")[0]
        browser = await secure_browser(world)
        wrong, asked = [], 0
        for verb, path in addresses(world, session, secret):
            for client in (browser, world.nobody, world.coordinator):
                answer = await client.request(verb, path)
                asked += 1
                wrong += [f"{verb} {path} ({answer.status_code}): {one}" for one in lacks(answer)]
        assert asked > 600
        assert wrong == []
    finally:
        await world.close()


async def secure_browser(world: World) -> httpx2.AsyncClient:
    """One that has signed in over https; its cookie is looked at on the way."""
    now = world.clock.now()
    async with world.database.write() as db:
        secret = await make_link(db, world.people["coordinator"], now=now, minutes=60)
    client = client_of(world.app)
    answer = await client.post(f"{HOST}/sign-in/{secret}")
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["set-cookie"]
    name, *attributes = [part.strip() for part in cookie.split(";")]
    assert name.startswith("__Host-login=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {
        one if not one.startswith("SameSite") else one.lower().replace("samesite", "SameSite")
        for one in attributes
    }
    assert not any(one.lower().startswith("domain") for one in attributes)
    client.headers["Cookie"] = name
    return client
