"""A plenary's summary tells nobody what is another side's; nor does an answer told again."""

from typing import Any

import pytest
from factories import (
    NEG,
    World,
    _token,
    act,
    client_of,
    in_days,
    leaves,
    person,
    plenary_body,
    session_body,
    take_seat,
)
from notebook.jotting import of, saved
from notes.rounds import API, TEXT, circulate, held, sha

from negotiations.models.parties import Role


async def a_plenary(world: World) -> tuple[str, str]:
    """A plenary of all that was held, and the address of its summary, which goes round."""
    body = plenary_body("agency", "x", "y", local_start=in_days(-1), agenda=[{"title": "Talk"}])
    made = (await world.coordinator.post(f"{NEG}/sessions", json=body)).json()["id"]
    head_y = await take_seat(world, "head_y", Role.head, "y")
    for client in (world.head_x, world.agency_head, head_y):
        assert (await act(client, made, "accept")).status_code == 200
    assert (await act(world.coordinator, made, "confirm")).status_code == 200
    path = f"{API}/{made}/summary"
    first = {"body": TEXT, "close": "concluded"}
    answer = await world.note_taker.put(path, json=first, headers={"If-None-Match": "*"})
    assert answer.status_code == 201, answer.text
    await circulate(world, path)
    return made, path


async def moves_to_y(world: World, name: str, role: str) -> Any:
    """Their seat with X ends, and they get one with Y."""
    await leaves(world, name)
    body = {"person": world.people[name], "role": role, "party": "y"}
    answer = await world.coordinator.post(f"{NEG}/memberships", json=body)
    assert answer.status_code == 201, answer.text
    async with world.database.write() as db:
        token = await _token(db, await person(db, world, name), world.clock.now())
    world.clients[f"{name} of Y"] = client_of(world.app, token)
    return world.clients[f"{name} of Y"]


async def test_at_a_plenary_nobody_learns_of_what_others_hold_and_undertake(
    world: World,
) -> None:
    session, path = await a_plenary(world)
    before = await world.head_y.get(path)
    theirs = {"session": session, "jurisdiction": "x"}
    for kind, body in (
        ("commitments", {**theirs, "owner": "x", "text": "For the agency's ears"}),
        ("positions", {**theirs, "party": "x", "issue": "1", "text": "For the agency's ears"}),
    ):
        assert (await world.head_x.post(f"{NEG}/{kind}", json=body)).status_code == 201
        assert (await world.head_y.get(f"{NEG}/{kind}")).json()["items"] == []
    after = await world.head_y.get(path)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    decided = await world.head_y.post(
        f"{path}/decide", json={"sha256": sha(TEXT), "decision": "approved"},
        headers={"If-Match": before.headers["etag"]},
    )  # fmt: skip
    assert decided.status_code == 200, decided.text


async def test_who_came_to_another_side_gets_no_answer_again_that_was_the_formers(
    world: World,
) -> None:
    session, _ = await a_plenary(world)
    note = of(session, "caucus")
    await saved(world, "head_x", note, "Words of X alone", "Others")
    await saved(world, "delegate_y", note, "Words of Y", "Others of Y")
    tag = (await world.head_x.get(note)).headers["etag"]
    asked: list[tuple[str, Any, dict[str, str]]] = [
        (f"{NEG}/commitments", {"jurisdiction": "x", "owner": "x", "text": "Words of X"}, {}),
        (f"{NEG}/caucuses", {"name": "Words of X"}, {}),
        (f"{note}/restore", {"revision": 1}, {"If-Match": tag}),
    ]
    keyed = [
        (path, body, {**headers, "Idempotency-Key": f"key-{place}"})
        for place, (path, body, headers) in enumerate(asked)
    ]
    for path, body, headers in keyed:
        answer = await world.head_x.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        assert "Words of X" in answer.text
    mover = await moves_to_y(world, "head_x", "head")
    told = [(await mover.post(path, json=body, headers=head)) for path, body, head in keyed]
    assert ["Words of X" in one.text for one in told] == [False, False, False]


@pytest.mark.parametrize("drafted", [True, False], ids=["X has a draft", "X has none"])
async def test_a_symbol_tells_nothing_of_another_table(world: World, drafted: bool) -> None:
    listed = (await world.coordinator.get(f"{NEG}/parties")).json()["items"]
    ids = {one["slug"]: one["id"] for one in listed}
    for slug, short in (("x", "Santa Ana"), ("y", "San Antonio")):
        at = f"{NEG}/parties/{ids[slug]}"
        tag = {"If-Match": (await world.coordinator.get(at)).headers["etag"]}
        put = await world.coordinator.patch(at, json={"short_name": short}, headers=tag)
        assert put.status_code == 200, put.text
    if drafted:
        await held(world)  # X's: the secretariat alone may know of it
    head_y = await take_seat(world, "head_y", Role.head, "y")
    body = session_body(jurisdiction="y", local_start=in_days(-2), agenda=[{"title": "Talk"}])
    made = (await world.coordinator.post(f"{NEG}/sessions", json=body)).json()["id"]
    for client in (head_y, world.agency_head):
        assert (await act(client, made, "accept")).status_code == 200
    assert (await act(world.coordinator, made, "confirm")).status_code == 200
    path = f"{API}/{made}/summary"
    first = {"body": TEXT, "close": "concluded"}
    await world.note_taker.put(path, json=first, headers={"If-None-Match": "*"})
    await circulate(world, path)
    assert (await head_y.get(path)).json()["symbol"] == "WT-SA2/S1/SUM"
