"""Exported, imported elsewhere and exported again: the same bytes, and the same talks."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from exchanging import NOW, Held, carried, one_file, take_in
from factories import NEG, Demonstration, World, act, confirmed, in_days, propose
from sqlmodel import col, select
from test_demo import ON_5_NOVEMBER, TODAY, grid

from negotiations.access.actor import operator
from negotiations.models import Negotiation
from negotiations.outcomes import queries as outcomes
from negotiations.outcomes.matrix_views import matrix_view


async def matrix(database: Any, slug: str, **options: Any) -> dict[str, Any]:
    async with database.read() as db:
        rows = await db.exec(select(Negotiation).where(col(Negotiation.slug) == slug))
        talks = rows.one()
        return matrix_view(await outcomes.matrix(db, operator(talks.id), talks, **options))


async def test_a_labour_round_survives_the_way(mill: Held, elsewhere: Held) -> None:
    await carried(mill.database, elsewhere, "mill-round-2024")


async def test_the_record_of_2010_brings_its_golden_matrix_along(
    demonstration: Demonstration, elsewhere: Held
) -> None:
    slug = "secure-communities-2010"
    await carried(demonstration.database, elsewhere, slug)
    assert grid(await matrix(elsewhere.database, slug)) == TODAY
    early = await matrix(elsewhere.database, slug, as_of=NOW.date().replace(2010, 11, 5))
    assert grid(early) == ON_5_NOVEMBER


async def test_practice_talks_survive_the_way(
    demonstration: Demonstration, elsewhere: Held
) -> None:
    await carried(demonstration.database, elsewhere, "practice-talks")


async def test_talks_held_here_by_people_survive_the_way(world: World, elsewhere: Held) -> None:
    await confirmed(world, chair=world.people["coordinator"])
    session = await propose(world, local_start="2030-05-06T10:00", title="=Later; “quoted”")
    for name, event, body in (
        ("head_x", "decline", {"reason": "Harvest\nand fair"}),
        ("coordinator", "move", {"local_start": "2030-05-07T11:30", "reason": "Harvest"}),
        ("head_x", "accept", {}),
        ("coordinator", "relocate", {"location": "Barn", "room": "Loft", "reason": "Rain"}),
        ("coordinator", "postpone", {"reason": "Snow"}),
        ("coordinator", "reinstate", {"local_start": "2030-06-07T11:30"}),
        ("coordinator", "cancel", {"reason": "Over"}),
    ):
        answer = await act(world.clients[name], session["id"], event, body)
        assert answer.status_code == 200, (event, answer.text)
    await carried(world.database, elsewhere, "water-talks")


async def test_a_session_that_only_became_longer_survives_the_way(
    world: World, elsewhere: Held
) -> None:
    session = await confirmed(world)
    longer = {
        "local_start": session["local_start"], "local_end": f"{session['local_start'][:11]}15:00",
        "reason": "More to say",
    }  # fmt: skip
    assert (await act(world.coordinator, session["id"], "move", longer)).status_code == 200
    await carried(world.database, elsewhere, "water-talks")


async def test_who_sat_on_another_side_survives_the_way(world: World, elsewhere: Held) -> None:
    """They were there for that side, and a file says so of one table too."""
    moved = world.people["delegate_x"]
    session = await propose(world, indispensable=[moved], chair=world.people["agency_delegate"])
    promise = {
        "jurisdiction": "x", "session": session["id"], "text": "Send it", "owner": "x",
        "person": moved,
    }  # fmt: skip
    made = await world.coordinator.post(f"{NEG}/commitments", json=promise)
    assert made.status_code == 201, made.text
    for name in ("delegate_x", "agency_delegate"):
        await moves(world, name, "y")
    await moves(world, "delegate_x", "agency")
    await carried(world.database, elsewhere, "water-talks")
    told = await one_file(world.database, "water-talks", track="x")
    assert b'"party": "y"' not in told


async def moves(world: World, name: str, side: str) -> None:
    """Somebody's seat ends, and they get one on another side."""
    listed = (await world.coordinator.get(f"{NEG}/memberships?limit=200")).json()["items"]
    mine = [one for one in listed if one["person"] == world.people[name] and not one["ended_at"]]
    path = f"{NEG}/memberships/{mine[0]['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    ended = await world.coordinator.delete(path, headers={"If-Match": tag})
    assert ended.status_code == 200, ended.text
    world.clock.forward(minutes=1)
    seat = {"person": world.people[name], "role": "delegate", "party": side}
    assert (await world.coordinator.post(f"{NEG}/memberships", json=seat)).status_code == 201


async def test_who_sat_on_another_side_is_in_the_file_of_that_table(
    world: World, elsewhere: Held
) -> None:
    await propose(world, indispensable=[world.people["delegate_x"]])
    await moves(world, "delegate_x", "y")
    told = await one_file(world.database, "water-talks", track="x")
    assert b"The delegate_x" in told and b"The delegate_y" not in told
    await take_in(elsewhere.database, told, is_json=True)
    assert await one_file(elsewhere.database, "water-talks") == told


async def test_who_moved_to_another_side_since_moves_there_too(
    world: World, elsewhere: Held
) -> None:
    await propose(world, indispensable=[world.people["delegate_x"]])
    await carried(world.database, elsewhere, "water-talks")
    await moves(world, "delegate_x", "y")
    await carried(world.database, elsewhere, "water-talks", now=NOW + timedelta(days=1))


@pytest.mark.parametrize("then", ["postpone", "cancel", "reinstate", "again"])
async def test_what_was_said_before_a_session_was_broken_off_survives_the_way(
    world: World, elsewhere: Held, then: str
) -> None:
    session = await confirmed(world)
    path = f"/api/v1/sessions/{session['id']}"
    world.clock.at = datetime.fromisoformat(session["starts_at"])
    assert (await act(world.coordinator, session["id"], "open")).status_code == 200
    said = {"issue": "1", "value": "agreed", "text": "So."}
    assert (await world.coordinator.post(f"{path}/outcomes", json=said)).status_code == 201
    text = {"body": "As far as they came"}
    headers = {"If-None-Match": "*"}
    saved = await world.coordinator.put(f"{path}/summary", json=text, headers=headers)
    assert saved.is_success, saved.text
    off = "cancel" if then == "cancel" else "postpone"
    assert (await act(world.coordinator, session["id"], off, {"reason": "Fire"})).is_success
    if then in ("reinstate", "again"):
        later = {"local_start": in_days(11), "consents": BOTH}
        assert (await act(world.coordinator, session["id"], "reinstate", later)).is_success
    if then == "again":
        assert (await act(world.coordinator, session["id"], "confirm")).is_success
        world.clock.forward(days=1)
        assert (await act(world.coordinator, session["id"], "open")).is_success
        more = {"issue": "2", "value": "noted", "text": "So too."}
        assert (await world.coordinator.post(f"{path}/outcomes", json=more)).status_code == 201
    await carried(world.database, elsewhere, "water-talks", now=world.clock.at)


BOTH = [{"party": "agency", "how": "by mail"}, {"party": "x", "how": "by mail"}]


@pytest.mark.parametrize("end", ["open", "confirmed", "instead"])
async def test_a_counter_proposal_to_what_was_confirmed_before_survives_the_way(
    world: World, elsewhere: Held, end: str
) -> None:
    """It came after the first confirmation, which has cancelled nothing."""
    first = await confirmed(world)
    away = {"local_start": in_days(11), "reason": "Harvest"}
    assert (await act(world.head_x, first["id"], "move", away)).status_code == 200
    body = {
        "jurisdiction": "x", "instead_of": first["id"], "tz": first["tz"],
        "local_start": in_days(12), "local_end": in_days(12, 12),
    }  # fmt: skip
    other = await world.agency_head.post(f"{NEG}/sessions", json=body)
    assert other.status_code == 201, other.text
    if end != "open":
        chosen = first["id"] if end == "confirmed" else other.json()["id"]
        who = "agency_head" if end == "confirmed" else "head_x"
        assert (await act(world.clients[who], chosen, "accept")).status_code == 200
        assert (await act(world.coordinator, chosen, "confirm")).status_code == 200
    await carried(world.database, elsewhere, "water-talks")


async def test_one_track_survives_the_way_and_names_no_other(mill: Held, elsewhere: Held) -> None:
    told = await one_file(mill.database, "mill-round-2024", track="weavers")
    assert b"achinist" not in told.replace(b"the weavers and the machinists", b"")
    await take_in(elsewhere.database, told, is_json=True)
    assert await one_file(elsewhere.database, "mill-round-2024") == told
