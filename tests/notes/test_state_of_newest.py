"""A summary is a draft exactly while its newest text is shared with nobody, whatever is done.

That is how those from whom drafts are hidden learn whether what they read is the newest text.
"""

import random
from typing import Any

import pytest
from factories import World
from notes.rounds import act, held, rewrite, set_rule, sha
from sqlalchemy import func
from sqlmodel import col, select

from negotiations.models import Summary, SummaryRevision

ACTS = ("write", "write", "same", "circulate", "circulate", "approve", "object", "agree",
        "publish", "correct")  # fmt: skip


async def newest(world: World) -> tuple[str, int, bool]:
    """The state, the number of the newest text, and whether that was shared."""
    async with world.database.read() as db:
        row = SummaryRevision
        last = select(func.max(row.number)).scalar_subquery()
        query = (
            select(Summary.state, row.number, row.shared_at)
            .join(row, col(row.summary_id) == Summary.id)
            .where(col(row.number) == last)
        )
        state, number, shared_at = (await db.exec(query)).one()
    return state.value, number, shared_at is not None


async def do(world: World, path: str, name: str, text: str, draw: random.Random) -> int:
    """One act of somebody's; what doesn't fit now is refused."""
    head = draw.choice((world.head_x, world.agency_head))
    seen = (await head.get(path)).json()
    word: dict[str, Any] = {"sha256": seen.get("sha256", sha(text))}
    match name:
        case "write":
            answer = await rewrite(world, path, text)
        case "same":
            answer = await rewrite(world, path, (await world.coordinator.get(path)).json()["body"])
        case "approve":
            answer = await act(head, path, "decide", {**word, "decision": "approved"})
        case "object":
            said = {"decision": "objected", "statement": "Not so"}
            answer = await act(head, path, "decide", {**word, **said})
        case "correct":
            answer = await act(world.coordinator, path, "corrigendum", {"body": text})
        case _:
            answer = await act(world.coordinator, path, name)
    return int(answer.status_code)


@pytest.mark.parametrize("seed", range(2))
async def test_who_sees_no_drafts_knows_whether_there_is_one_by_its_state(
    world: World, seed: int
) -> None:
    draw = random.Random(seed)
    await set_rule(world, draw.choice(("all_parties", "silence")))
    path = await held(world)
    told: set[str] = set()
    for number in range(20):
        name = draw.choice(ACTS)
        status = await do(world, path, name, f"Text {number}", draw)
        assert status < 500, name
        state, last, shared = await newest(world)
        assert (state == "draft") == (not shared), (name, state, last)
        told.add(state)
        seen = await world.head_x.get(path)
        if seen.status_code == 200:
            found = seen.json()
            assert found["being_revised"] == (found["revision"] != last), name
        mine = (await world.coordinator.get(path)).json()
        assert (mine["revision"], mine["being_revised"]) == (last, False)
    assert {"draft", "circulated"} <= told
