"""A POST sent again under one Idempotency-Key: the same answer, one effect, on both engines."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from checksum import state
from factories import (
    NEG,
    World,
    act,
    client_of,
    confirmed,
    person,
    propose,
    session_body,
    take_seat,
)
from permissions.table import COLUMNS, TABLE
from permissions.tries import a_try
from problems import problem
from sharing import share
from sqlmodel import col, select

from negotiations import cleaning
from negotiations.access.actor import operator
from negotiations.access.logins import make_token
from negotiations.app import APIS
from negotiations.models import IdempotencyKey, Negotiation
from negotiations.models.access import TokenScope
from negotiations.models.parties import Role
from negotiations.parties import seats
from negotiations.parties.bodies import NewPerson

ISSUES = f"{NEG}/issues"


def keyed(key: str = "k-1", **more: str) -> dict[str, str]:
    return {"Idempotency-Key": key, **more}


def told(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str]]:
    names = set(answer.headers) - {"x-request-id", "date"}
    return answer.status_code, answer.content, {name: answer.headers[name] for name in names}


async def kept(world: World) -> list[IdempotencyKey]:
    async with world.database.read() as db:
        return list((await db.exec(select(IdempotencyKey))).all())


def permitted(row: str) -> str:
    codes = dict(zip(COLUMNS, TABLE[row], strict=True))
    return next(
        name
        for short, name in (
            ("co", "coordinator"),
            ("am", "administrator"),
            ("dx", "delegate_x"),
            ("hx", "head_x"),
        )
        if codes[short] < 400
    )


REPEATABLE = {f"POST {one.path}" for api in APIS for one in api.endpoints if one.repeatable}
NEVER = {"POST /negotiations/{neg}/tracks"}  # every jurisdiction of the world has its track


@pytest.mark.walks
async def test_every_post_done_twice_under_one_key_is_done_once(world: World) -> None:
    """On PostgreSQL a quarter of each kind of route."""
    for row in share(world, sorted(REPEATABLE - NEVER), 4):
        async with world.beginnings.another() as fresh:
            await done_twice(fresh, row)


async def done_twice(world: World, row: str) -> None:
    trial, client = await a_try(world, row), world.clients[permitted(row)]
    assert trial.body is not None
    body = trial.body(permitted(row))
    seen = await client.get(trial.path.rsplit("/", 1)[0])
    headers = keyed(row.replace(" ", "."), **{"If-Match": seen.headers.get("etag", "")})
    if "etag" not in seen.headers or TABLE[row][COLUMNS.index("co")] == 201:
        del headers["If-Match"]
    first = await client.post(trial.path, json=body, headers=headers)
    assert first.status_code in (200, 201, 202), (row, first.text)
    after = await state(world)
    again = await client.post(trial.path, json=body, headers=headers)
    assert told(again) == told(first), row
    assert await state(world) == after, row


async def test_a_key_of_another_request_is_refused(world: World) -> None:
    first = await world.coordinator.post(ISSUES, json={"code": "7", "title": "A"}, headers=keyed())
    assert first.status_code == 201
    before = await state(world)
    for path, body in (
        (ISSUES, {"code": "7", "title": "B"}),
        (f"{NEG}/teams", {"party": "x", "name": "A"}),
    ):
        answer = await world.coordinator.post(path, json=body, headers=keyed())
        assert problem(answer, 422, "").startswith("This Idempotency-Key was used")
    assert await state(world) == before
    other = await world.coordinator.post(
        ISSUES, json={"code": "8", "title": "A"}, headers=keyed("k-2")
    )
    assert other.status_code == 201


async def test_the_key_of_another_person_is_another_key(world: World) -> None:
    for place, client in enumerate((world.coordinator, world.note_taker)):
        body = {"code": f"7{place}", "title": "A"}
        assert (await client.post(ISSUES, json=body, headers=keyed())).status_code == 201
    assert len(await kept(world)) == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "a" * 256, "é".encode(), b"a\x01", b"a, b"])
async def test_a_malformed_key_is_400(world: World, key: Any) -> None:
    headers = {"Idempotency-Key": key}
    body = {"code": "7", "title": "A"}
    detail = problem(await world.coordinator.post(ISSUES, json=body, headers=headers), 400)
    assert detail.startswith("Idempotency-Key is one word of 1 to 255")
    two = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    problem(await world.coordinator.post(ISSUES, json=body, headers=two), 400)


async def test_a_get_ignores_the_key(world: World) -> None:
    assert (await world.coordinator.get(ISSUES, headers=keyed("a b"))).status_code == 200


async def test_a_refused_request_may_come_again_under_its_key(world: World) -> None:
    body = {"code": "7", "title": "A", "raised_by": "z"}
    problem(await world.coordinator.post(ISSUES, json=body, headers=keyed()), 422, "/raised_by")
    problem(await world.delegate_x.post(ISSUES, json=body, headers=keyed()), 403)
    assert await kept(world) == []
    answer = await world.coordinator.post(
        ISSUES, json={"code": "7", "title": "A", "raised_by": "x"}, headers=keyed()
    )
    assert answer.status_code == 201


async def test_trying_under_a_key_keeps_nothing(world: World) -> None:
    path = f"{NEG}/sessions"
    tried = await world.coordinator.post(
        f"{path}?dry_run=true", json=session_body(), headers=keyed()
    )
    assert (tried.status_code, await kept(world)) == (200, [])
    done = await world.coordinator.post(path, json=session_body(), headers=keyed())
    assert done.status_code == 201


async def test_two_at_once_under_one_key_have_one_effect(world: World) -> None:
    """Sixteen proposals of one session: fifteen wait for the first and hear what it heard."""

    async def send(_: int) -> httpx2.Response:
        return await world.coordinator.post(
            f"{NEG}/sessions", json=session_body(), headers=keyed("at-once")
        )

    answers = await asyncio.gather(*(send(one) for one in range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    listed = (await world.coordinator.get(f"{NEG}/sessions")).json()["items"]
    assert [one["id"] for one in listed] == [answers[0].json()["id"]]


async def test_an_effect_and_its_answer_come_together_or_not_at_all(world: World) -> None:
    before = await state(world)
    requests = world.database.requests
    requests._projections = (*requests._projections, _crash)
    body = {"code": "7", "title": "A"}
    answer = await world.coordinator.post(ISSUES, json=body, headers=keyed())
    assert answer.status_code == 500
    assert await state(world) == before
    requests._projections = requests._projections[:-1]
    assert (await world.coordinator.post(ISSUES, json=body, headers=keyed())).status_code == 201


async def _crash(_db: Any) -> None:
    raise ZeroDivisionError


async def end_seat(world: World, name: str) -> None:
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one for one in listed if one["person"] == world.people[name])
    path = f"{NEG}/memberships/{seat['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    answer = await world.coordinator.delete(path, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


async def test_who_may_no_longer_do_it_hears_no_kept_answer(world: World) -> None:
    session = await propose(world)
    path = f"/api/v1/sessions/{session['id']}/accept"
    tag = (await world.head_x.get(path.rsplit("/", 1)[0])).headers["etag"]
    headers = keyed(**{"If-Match": tag})
    assert (await world.head_x.post(path, json={}, headers=headers)).status_code == 200
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one["id"] for one in listed if one["person"] == world.people["head_x"])
    address = f"{NEG}/memberships/{seat}"
    seen = (await world.coordinator.get(address)).headers["etag"]
    changed = await world.coordinator.patch(
        address, json={"role": "observer"}, headers={"If-Match": seen}
    )
    assert changed.status_code == 200
    problem(await world.head_x.post(path, json={}, headers=headers), 403)
    await end_seat(world, "head_x")
    problem(await world.head_x.post(path, json={}, headers=headers), 401)


async def test_an_ended_seat_is_as_good_as_none_though_others_remain(world: World) -> None:
    """With a place in other talks the token still holds, and these talks are unknown to it."""
    other = NEG.replace("water", "other")
    async with world.database.read() as db:
        mail = (await person(db, world, "note_taker")).email
    seat = {"name": "Same", "email": mail, "role": "note_taker"}
    assert (await world.coordinator_elsewhere.post(f"{other}/people", json=seat)).status_code == 201
    body = {"code": "7", "title": "A"}
    assert (await world.note_taker.post(ISSUES, json=body, headers=keyed())).status_code == 201
    await end_seat(world, "note_taker")
    answer = await world.note_taker.post(ISSUES, json=body, headers=keyed())
    unknown = await world.note_taker.get(NEG.replace("water", "no"))
    assert (answer.status_code, answer.content) == (404, unknown.content)


async def test_a_kept_answer_is_told_though_the_act_can_no_longer_be_done(world: World) -> None:
    session = await confirmed(world)
    path = f"/api/v1/sessions/{session['id']}/cancel"
    tag = (await world.coordinator.get(path.rsplit("/", 1)[0])).headers["etag"]
    headers = keyed(**{"If-Match": tag})
    first = await world.coordinator.post(path, json={"reason": "Rain"}, headers=headers)
    assert first.status_code == 200
    again = await world.coordinator.post(path, json={"reason": "Rain"}, headers=headers)
    assert told(again) == told(first)
    without = await act(world.coordinator, session["id"], "cancel", {"reason": "Rain"})
    problem(without, 409)


async def test_an_answer_that_tells_a_secret_is_never_kept(world: World) -> None:
    body = {"label": "Phone"}
    answer = await world.delegate_x.post("/api/v1/feeds", json=body, headers=keyed())
    assert problem(answer, 400).startswith("This answer tells a secret that isn't kept")
    assert await kept(world) == []
    assert (await world.delegate_x.post("/api/v1/feeds", json=body)).status_code == 201


async def test_a_token_that_only_reads_hears_no_kept_answer(world: World) -> None:
    body = {"code": "7", "title": "A"}
    assert (await world.coordinator.post(ISSUES, json=body, headers=keyed())).status_code == 201
    async with world.database.write() as db:
        owner = await person(db, world, "coordinator")
        token = await make_token(
            db, owner, label="reads", scope=TokenScope.read, days=1, now=world.clock.now()
        )
    async with client_of(world.app, token) as reading:
        problem(await reading.post(ISSUES, json=body, headers=keyed()), 403)


async def test_answers_are_kept_for_a_day(world: World) -> None:
    now = world.clock.now()
    body = {"jurisdiction": "x", "owner": "x", "text": "Write"}
    for hours, count in ((0, 1), (23.9, 1), (24.1, 0)):
        world.clock.at = now
        if not hours:
            done = await world.coordinator.post(f"{NEG}/commitments", json=body, headers=keyed())
            assert done.status_code == 201
        world.clock.at = now + timedelta(hours=hours)
        await cleaning.clean_up(world.database, world.clock)
        assert len(await kept(world)) == count, hours


async def test_who_lost_the_seat_is_told_nothing_by_sending_it_again(world: World) -> None:
    """A caucus is secret: that one declined it once shows it to nobody who has left the talks."""
    guest = await take_seat(world, "head_y", Role.head, "y")
    async with world.database.write() as db:  # a seat in other talks keeps the token good
        rows = await db.exec(select(Negotiation).where(col(Negotiation.slug) == "other-talks"))
        other, email = rows.one(), "head_y@example.org"
        body = NewPerson(name="The head_y", email=email, role=Role.note_taker, party=None)
        await seats.add_person(db, operator(other.id), other, body, now=world.clock.now())
    circle = {"name": "Secret circle", "parties": ["y"]}
    made = (await world.head_x.post(f"{NEG}/caucuses", json=circle)).json()
    path = f"{NEG}/caucuses/{made['id']}"
    version = {"If-Match": (await guest.get(path)).headers["etag"]}
    declined = await guest.post(f"{path}/decline", json={}, headers=keyed(**version))
    assert declined.status_code == 200
    assert told(await guest.post(f"{path}/decline", json={}, headers=keyed(**version))) == told(
        declined
    )
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one["id"] for one in listed if one["person"] == world.people["head_y"])
    tag = (await world.coordinator.get(f"{NEG}/memberships/{seat}")).headers["etag"]
    await world.coordinator.delete(f"{NEG}/memberships/{seat}", headers={"If-Match": tag})
    again = await guest.post(f"{path}/decline", json={}, headers=keyed(**version))
    problem(again, 404)
