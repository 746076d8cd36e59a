"""What each side holds: one line per track, issue and side, whose words are never changed."""

import asyncio
from collections import Counter
from typing import Any

from beginnings import once_made
from checksum import state
from factories import NEG, World, confirmed, in_days
from problems import problem
from sqlalchemy import text
from sqlmodel import col, select

from negotiations.models import AuditEntry, OutboxEvent
from negotiations.schema import migrate, unmigrate

POSITIONS = f"{NEG}/positions"
MEMO = {"citation": "Memo", "url": "https://x.example/memo", "certainty": "B"}
OURS = {"jurisdiction": "x", "party": "x", "issue": "1", "text": "We keep our water."}


@once_made
async def hold(world: World, who: str = "coordinator", **more: Any) -> dict[str, Any]:
    answer = await world.clients[who].post(POSITIONS, json={**OURS, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def said(world: World, options: str = "", who: str = "coordinator") -> list[str]:
    answer = await world.clients[who].get(f"{POSITIONS}?{options}")
    assert answer.status_code == 200, answer.text
    return [one["text"] for one in answer.json()["items"]]


async def test_a_position_tells_who_holds_what_since_when_and_by_which_source(
    world: World,
) -> None:
    session = (await confirmed(world, local_start=in_days(-3)))["id"]
    made = await hold(
        world, session=session, attributed=True, certainty="C", basis="public_source",
        sources=[MEMO],
    )  # fmt: skip
    assert len(made.pop("id")) == 20
    assert made.pop("recorded_at").endswith("Z")
    assert made == {
        "jurisdiction": "x",
        "issue": "1",
        "party": "x",
        "session": session,
        "text": "We keep our water.",
        "attributed": True,
        "stated_on": in_days(-3)[:10],
        "basis": "public_source",
        "certainty": "C",
        "supersedes": None,
        "superseded_by": None,
        "sources": [MEMO],
    }


async def test_a_later_position_supersedes_what_stands_and_nothing_else(world: World) -> None:
    first = await hold(world, "head_x", stated_on="2020-01-01")
    before = await state(world)
    again = await world.head_x.post(POSITIONS, json={**OURS, "stated_on": "2020-01-01"})
    assert (again.status_code, again.json()) == (200, first)
    other = {**OURS, "text": "We keep half of it."}
    assert problem(await world.head_x.post(POSITIONS, json=other), 409) == (
        "x has a position on issue 1 already, of 2020-01-01. "
        f"To replace it, send supersedes: {first['id']}."
    )
    wrong = {**OURS, "issue": "2", "supersedes": first["id"]}
    assert problem(await world.head_x.post(POSITIONS, json=wrong), 409) == (
        "Nothing is recorded of x on issue 2 here. Leave out supersedes."
    )
    assert await state(world) == before
    second = await hold(world, text="We keep half of it.", supersedes=first["id"])
    rows = (await world.delegate_x.get(POSITIONS)).json()["items"]
    assert [(one["id"], one["supersedes"], one["superseded_by"]) for one in rows] == [
        (first["id"], None, second["id"]),
        (second["id"], first["id"], None),
    ]
    problem(await world.head_x.post(POSITIONS, json={**other, "supersedes": first["id"],
                                                     "text": "None of it."}), 409)  # fmt: skip


async def test_of_many_at_once_one_is_recorded(world: World) -> None:
    bodies = [{**OURS, "text": f"Take {number}"} for number in range(6)]
    answers = await asyncio.gather(
        *(world.coordinator.post(POSITIONS, json=body) for body in bodies)
    )
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 5}
    assert len(await said(world)) == 1


async def test_lines_stand_by_jurisdiction_issue_and_side_each_the_oldest_first(
    world: World,
) -> None:
    """All of it at one instant, as an import writes it."""
    await hold(world, jurisdiction="y", party="agency", issue="10", text="A to Y")
    await hold(world, issue="10", text="X on 10")
    await hold(world, party="agency", text="A to X")
    last = await hold(world, text="X 1")
    for number in (2, 3, 4):
        last = await hold(world, text=f"X {number}", supersedes=last["id"])
    await hold(world, issue="2", text="X on 2")
    assert await said(world) == [
        "X 1", "X 2", "X 3", "X 4", "A to X", "X on 2", "X on 10", "A to Y",
    ]  # fmt: skip
    assert await said(world, "jurisdiction=y") == ["A to Y"]
    assert await said(world, "issue=2") == ["X on 2"]
    assert await said(world, "party=agency&jurisdiction=x") == ["A to X"]
    assert await said(world, who="delegate_y") == ["A to Y"]
    assert await said(world, who="agency_delegate") == await said(world)
    for unknown in ("jurisdiction=z", "issue=99", "party=z"):
        problem(await world.coordinator.get(f"{POSITIONS}?{unknown}"), 404)
    unseen = await world.delegate_y.get(f"{POSITIONS}?jurisdiction=x")
    unknown_one = await world.delegate_y.get(f"{POSITIONS}?jurisdiction=z")
    assert (unseen.status_code, unseen.content) == (404, unknown_one.content)


async def test_each_side_states_its_own_and_at_its_own_table(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-3)))["id"]
    before = await state(world)
    for who, side in (("head_x", "agency"), ("agency_head", "x")):
        answer = await world.clients[who].post(POSITIONS, json={**OURS, "party": side})
        assert problem(answer, 403) == "You can state positions of your own side only."
    tomorrow = in_days(2)[:10]
    for body, pointer, detail in (
        ({"party": "y"}, "/party", "'y' is neither the agency nor this jurisdiction."),
        ({"issue": "99"}, "/issue", "There is no issue '99' on the list."),
        ({"stated_on": tomorrow}, "/stated_on", "This date lies in the future."),
        ({"text": " "}, "/text", None),
        ({"jurisdiction": "y", "party": "y", "session": session}, "/jurisdiction",
         "It belongs to this session's talks."),
        ({"session": "f" * 20}, "/session", "There is no such session in these talks."),
    ):  # fmt: skip
        found = problem(
            await world.coordinator.post(POSITIONS, json={**OURS, **body}), 422, pointer
        )
        assert detail in (None, found)
    hidden = {**OURS, "jurisdiction": None, "party": "y", "session": session}
    problem(await world.delegate_y.post(POSITIONS, json=hidden), 422, "/session")
    assert await state(world) == before


async def test_leave_to_quote_is_all_that_changes(world: World) -> None:
    made = await hold(world)
    path = f"{POSITIONS}/{made['id']}"
    tag = (await world.head_x.get(path)).headers["etag"]
    for body, pointer in (({}, "/attributed"), ({"attributed": True, "text": "No"}, "/text")):
        answer = await world.head_x.patch(path, json=body, headers={"If-Match": tag})
        problem(answer, 422, pointer)
    given = await world.head_x.patch(path, json={"attributed": True}, headers={"If-Match": tag})
    assert (given.status_code, given.json()) == (200, {**made, "attributed": True})
    before = await state(world)
    stale = await world.head_x.patch(path, json={"attributed": False}, headers={"If-Match": tag})
    problem(stale, 412)
    tag = given.headers["etag"]
    same = await world.head_x.patch(path, json={"attributed": True}, headers={"If-Match": tag})
    assert (same.status_code, await state(world)) == (200, before)
    async with world.database.read() as db:
        events = await db.exec(
            select(OutboxEvent.type)
            .where(col(OutboxEvent.object_id) == made["id"])
            .order_by(OutboxEvent.type)
        )
        entries = await db.exec(
            select(AuditEntry.action)
            .where(col(AuditEntry.object_id) == made["id"])
            .order_by(AuditEntry.number)
        )
        assert list(events.all()) == ["position.changed", "position.recorded"]
        assert list(entries.all()) == ["position.recorded", "position.changed"]


async def test_what_x_holds_changes_no_byte_that_y_gets(world: World) -> None:
    async def seen() -> list[bytes]:
        paths = (POSITIONS, f"{NEG}/outcomes", f"{NEG}/tracks", world.feeds["delegate_y"])
        answers = [await world.delegate_y.get(path) for path in paths]
        return [str(one.headers.get("etag")).encode() + one.content for one in answers]

    await hold(world, jurisdiction="y", party="y", text="Y on 1")
    before = await seen()
    made = await hold(world, text="PRIVATEWORD", sources=[MEMO])
    assert await seen() == before
    one = await world.delegate_y.get(f"{POSITIONS}/{made['id']}")
    unknown = await world.delegate_y.get(f"{POSITIONS}/{'f' * 20}")
    assert (one.status_code, one.content) == (404, unknown.content)


async def test_a_result_carries_positions_or_nothing_at_all(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-2), agenda=[{"title": "All"}]))["id"]
    path, first = f"/api/v1/sessions/{session}/summary", {"If-None-Match": "*"}
    theirs = {"party": "agency", "issue": "1", "text": "We take it all."}
    ours = {"party": "x", "issue": "1", "text": "You don't."}
    body = {"body": "Text", "close": "concluded", "positions": [theirs, ours]}
    before = await state(world)
    for wrong, pointer in (
        ({"party": "y"}, "/positions/1/party"),
        ({"issue": "99"}, "/positions/1/issue"),
        ({"session": "f" * 20}, "/positions/1/session"),
        ({"jurisdiction": "y"}, "/positions/1/jurisdiction"),
        ({"stated_on": "2190-01-01"}, "/positions/1/stated_on"),
    ):
        sent = {**body, "positions": [theirs, {**ours, **wrong}]}
        problem(await world.note_taker.put(path, json=sent, headers=first), 422, pointer)
    wrong = {**ours, "supersedes": "f" * 20}
    sent = {**body, "positions": [theirs, wrong]}
    problem(await world.note_taker.put(path, json=sent, headers=first), 409)
    assert await state(world) == before
    answer = await world.note_taker.put(path, json=body, headers=first)
    assert answer.status_code == 201, answer.text
    rows = (await world.delegate_x.get(POSITIONS)).json()["items"]
    assert [(one["party"], one["text"], one["session"], one["stated_on"]) for one in rows] == [
        ("x", "You don't.", session, in_days(-2)[:10]),
        ("agency", "We take it all.", session, in_days(-2)[:10]),
    ]
    assert sorted(answer.json()["positions"]) == sorted(one["id"] for one in rows)


async def test_concluded_talks_take_no_position(world: World) -> None:
    made = await hold(world)
    path = f"{POSITIONS}/{made['id']}"
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    over = {"status": "concluded"}
    assert (await world.coordinator.patch(NEG, json=over, headers={"If-Match": tag})).is_success
    problem(await world.head_x.post(POSITIONS, json={**OURS, "issue": "2"}), 409)
    tag = (await world.head_x.get(path)).headers["etag"]
    answer = await world.head_x.patch(path, json={"attributed": True}, headers={"If-Match": tag})
    problem(answer, 409)


async def test_the_tables_go_down_and_up_again_under_a_used_database(world: World) -> None:
    first = await hold(world, sources=[MEMO])
    await hold(world, text="Other", supersedes=first["id"], sources=[MEMO])
    await world.database.close()
    for _ in range(2):
        unmigrate(world.settings.database_url, "0002")
        migrate(world.settings.database_url, role=world.settings.requests_role)
    async with world.database.read() as db:
        counts = [
            (await db.exec(text(f"SELECT count(*) FROM {table}"))).scalar_one()
            for table in ("position", "position_source", "source", "track")
        ]
    assert counts == [0, 0, 1, 2]
    await hold(world)
