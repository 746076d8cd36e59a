"""Files of one table, and instants of any offset."""

import json
from datetime import datetime, timedelta, timezone

from exchanging import Held, one_file, refused, take_in
from factories import NEG, World
from notes.rounds import circulate, decide, held, set_rule, state
from notes.test_other_tables import a_plenary

from negotiations import audit
from negotiations.exchange.exporting import Format


async def test_instants_of_a_file_may_have_any_offset(world: World, elsewhere: Held) -> None:
    path = await held(world)
    await circulate(world, path)
    assert (await decide(world.head_x, path, "approved")).status_code == 200
    whole = json.loads(await one_file(world.database, "water-talks"))
    for one in whole["sessions"][0]["summary"]["rounds"][0]["decisions"]:
        at = datetime.fromisoformat(one["at"]).astimezone(timezone(timedelta(hours=-5)))
        one["at"] = at.isoformat()
    await take_in(elsewhere.database, json.dumps(whole), is_json=True, now=world.clock.now())
    async with elsewhere.database.read() as db:
        report = await audit.verify(db)
    assert [fault for one in report.values() for fault in one["faults"]] == []


async def test_the_file_of_one_table_can_be_taken_in_where_it_names_a_plenary(
    world: World, elsewhere: Held
) -> None:
    session, _ = await a_plenary(world)
    theirs = {"session": session, "jurisdiction": "x", "owner": "x", "text": "A promise"}
    assert (await world.head_x.post(f"{NEG}/commitments", json=theirs)).status_code == 201
    told = await one_file(world.database, "water-talks", Format.json, track="x")
    assert await refused(elsewhere.database, told, is_json=True, now=world.clock.now()) == []


async def test_what_all_have_approved_is_agreed_once_it_goes_round_under_their_rule(
    world: World, elsewhere: Held
) -> None:
    await set_rule(world, "secretariat")
    path = await held(world)
    await circulate(world, path)
    for client in (world.head_x, world.agency_head):
        assert (await decide(client, path, "approved")).status_code == 200
    await set_rule(world, "all_parties")
    await circulate(world, path)
    whole = await one_file(world.database, "water-talks")
    assert await refused(elsewhere.database, whole, is_json=True, now=world.clock.now()) == []
    assert await state(world, path) == "agreed"
