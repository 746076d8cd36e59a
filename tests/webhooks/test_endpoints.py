"""Making and changing webhooks: the secret is told once, and an address has to be a public one."""

import re
from typing import Any

import pytest
from factories import World, take_seat
from problems import problem
from sqlmodel import select
from webhooks.receiver import API, change, hook

from negotiations.app import create_app
from negotiations.models import AuditEntry, WebhookEndpoint
from negotiations.models.parties import Role
from negotiations.models.webhooks import WebhookType
from negotiations.outbox import TO_WEBHOOKS
from negotiations.settings import Settings
from negotiations.webhooks.signing import secret_of, told

URL = "https://hooks.example.org/talks"


def test_what_may_be_asked_for_is_what_is_told() -> None:
    assert {one.value for one in WebhookType} == TO_WEBHOOKS | {"commitment.done"}


def test_a_secret_follows_from_the_key_and_the_salt_alone() -> None:
    # What receivers were given once has to stay so.
    one = told(secret_of("key", "salt"))
    assert one == "whsec_tXWrzK86X+5GRez1hHz8wdQqAsmS1lO2GznH3+gLV2c="
    assert len({secret_of(key, salt) for key in ("a", "b") for salt in ("c", "d")}) == 4


async def test_the_secret_is_told_once_and_stored_nowhere(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await world.head_x.post(
        f"{API}/webhooks", json={"negotiation": "water-talks", "url": URL}
    )
    made = answer.json()
    secret = made.pop("secret")
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert answer.headers["location"] == f"{API}/webhooks/{made['id']}"
    assert made == {
        "id": made["id"], "negotiation": "water-talks", "party": "x", "url": URL, "types": [],
        "created_at": made["created_at"], "former_until": None, "failing_since": None,
        "stopped_at": None, "stopped_as": None, "ended_at": None,
    }  # fmt: skip
    seen = await world.head_x.get(f"{API}/webhooks/{made['id']}")
    assert seen.json() == made
    assert (await world.head_x.get(f"{API}/webhooks")).json()["items"] == [made]
    turned = await change(world, "head_x", f"/webhooks/{made['id']}/rotate")
    assert turned.json()["secret"] != secret
    async with world.database.read() as db:
        rows = (await db.exec(select(WebhookEndpoint))).all()
        entries = (await db.exec(select(AuditEntry))).all()
    bare = secret.removeprefix("whsec_").rstrip("=")
    assert bare not in repr([*rows, *entries])
    assert bare not in caplog.text
    key = {"Idempotency-Key": "one"}
    body = {"negotiation": "water-talks", "url": URL}
    problem(await world.head_x.post(f"{API}/webhooks", json=body, headers=key), 400)


async def test_acts_are_entered_in_the_sides_own_chain(world: World) -> None:
    mine = await hook(world, "head_x", URL)
    theirs = await hook(world, "coordinator", URL)
    for name, one in (("head_x", mine), ("coordinator", theirs)):
        path = f"/webhooks/{one['id']}"
        assert (await change(world, name, path, "PATCH", types=["session.moved"])).is_success
        assert (await change(world, name, f"{path}/rotate", grace_hours=0)).is_success
        assert (await change(world, name, path, "DELETE")).is_success
    async with world.database.read() as db:
        rows = (await db.exec(select(AuditEntry).order_by(AuditEntry.number))).all()  # type: ignore[arg-type]
    acts = ["webhook.created", "webhook.changed", "webhook.rotated", "webhook.ended"]
    for one, chain in ((mine, "party:"), (theirs, "negotiation:")):
        found = [row for row in rows if row.object_id == one["id"]]
        assert [row.action for row in found] == acts
        assert {row.chain.startswith(chain) for row in found} == {True}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://10.0.0.1/", "is not an address that can be reached from here"),
        ("https://[::ffff:10.0.0.1]/", "is not an address that can be reached from here"),
        ("http://hooks.example.org/", "must begin with https://"),
        ("https://hooks.example.org:22/", "names a port other than 443"),
        ("https://testserver/hook", None),
        ("http://testserver/hook", "is this service itself"),
        ("https://2130706433/", "names a number as its host"),
        ("https://user:word@hooks.example.org/", "without a name or password"),
    ],
)
async def test_an_address_that_is_not_the_publics_is_refused(
    world: World, url: str, why: str | None
) -> None:
    strict = world.settings.model_copy(update={"outgoing_inside": ""})
    async with strictly(world, strict) as clients:
        made = await hook(world, "head_x", URL)
        body = {"negotiation": "water-talks", "url": url}
        tag = (await clients.head_x.get(f"{API}/webhooks/{made['id']}")).headers["etag"]
        answers = [
            await clients.head_x.post(f"{API}/webhooks", json=body),
            await clients.head_x.patch(
                f"{API}/webhooks/{made['id']}", json={"url": url}, headers={"If-Match": tag}
            ),
        ]
    for answer in answers:
        if why is None:
            assert answer.is_success
        else:
            assert why in problem(answer, 422, "/url")


class strictly:  # noqa: N801
    """The same talks served with other settings."""

    def __init__(self, world: World, settings: Settings) -> None:
        self._app = create_app(settings, clock=world.clock)
        self.world = World(self._app, settings, world.clock, people=world.people)
        self.world.give_clients(world.tokens)

    async def __aenter__(self) -> World:
        return self.world

    async def __aexit__(self, *_: Any) -> None:
        for client in self.world.clients.values():
            await client.aclose()
        await self._app.state.database.close()


async def test_without_a_key_there_are_no_webhooks(world: World) -> None:
    keyless = world.settings.model_copy(update={"secret_key": ""})
    made = await hook(world, "head_x", URL)
    async with strictly(world, keyless) as clients:
        body = {"negotiation": "water-talks", "url": URL}
        told = problem(await clients.head_x.post(f"{API}/webhooks", json=body), 409)
        assert "NEGOTIATIONS_SECRET_KEY" in told
        path = f"{API}/webhooks/{made['id']}"
        tag = {"If-Match": (await clients.head_x.get(path)).headers["etag"]}
        problem(await clients.head_x.post(f"{path}/rotate", json={}, headers=tag), 409)


async def test_a_side_has_ten_at_most(world: World) -> None:
    for _ in range(10):
        last = await hook(world, "head_x", URL)
    body = {"negotiation": "water-talks", "url": URL}
    problem(await world.head_x.post(f"{API}/webhooks", json=body), 409)
    assert (await change(world, "head_x", f"/webhooks/{last['id']}", "DELETE")).is_success
    assert (await world.head_x.post(f"{API}/webhooks", json=body)).status_code == 201


async def test_a_version_that_was_not_seen_is_not_changed(world: World) -> None:
    made = await hook(world, "head_x", URL)
    path = f"{API}/webhooks/{made['id']}"
    body = {"types": ["session.moved"]}
    problem(await world.head_x.patch(path, json=body), 428)
    problem(await world.head_x.patch(path, json=body, headers={"If-Match": '"old"'}), 412)
    problem(await world.head_x.delete(path, headers={"If-Match": '"old"'}), 412)
    problem(await world.head_x.patch(path, json={"types": ["session.other"]}), 422, "/types/0")
    options = {"status": "lost"}
    problem(await world.head_x.get(f"{path}/deliveries", params=options), 400)


async def test_a_deputy_looks_after_them_too_and_whoever_left_does_not(world: World) -> None:
    made = await hook(world, "head_x", URL)
    deputy = await take_seat(world, "deputy_x", Role.deputy, "x")
    path = f"{API}/webhooks/{made['id']}"
    assert (await deputy.get(path)).status_code == 200
    listed = (await world.coordinator.get(f"{API}/negotiations/water-talks/memberships")).json()
    seat = next(one for one in listed["items"] if one["person"] == world.people["deputy_x"])
    at = f"{API}/negotiations/water-talks/memberships/{seat['id']}"
    tag = {"If-Match": (await world.coordinator.get(at)).headers["etag"]}
    assert (await world.coordinator.delete(at, headers=tag)).status_code == 200
    problem(await deputy.get(path), 401)
    assert (await world.head_x.get(path)).status_code == 200  # it is the side's, not theirs


async def test_a_request_that_comes_from_such_a_service_is_answered_by_none(world: World) -> None:
    """T30: no webhook goes round in circles."""
    hops = {"Negotiations-Hops": "1"}
    for path in ("/api/v1/me", "/", "/public/water-talks", "/healthz"):
        answer = await world.coordinator.post(path, json={}, headers=hops)
        assert answer.status_code == 508
    problem(await world.coordinator.get("/api/v1/me", headers=hops), 508)
