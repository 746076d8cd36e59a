"""An outcome names the text it was read from, and whoever sees a newer one is told so."""

from typing import Any

import httpx2
from factories import NEG, World, confirmed, in_days, signed_in
from notes.rounds import API, circulate, rewrite

SAID = {"issue": "1", "value": "noted", "text": "So"}
CHANGED = "The summary changed since"


async def posted(world: World) -> str:
    """The path of a session whose result is posted, with one outcome."""
    session = await confirmed(world, local_start=in_days(-1), agenda=[{"title": "Any"}])
    path = f"/api/v1/sessions/{session['id']}"
    answer = await world.note_taker.put(
        f"{path}/summary",
        headers={"If-None-Match": "*"},
        json={"body": "First", "close": "concluded", "outcomes": [SAID]},
    )
    assert answer.status_code == 201, answer.text
    return path


async def told(client: httpx2.AsyncClient, path: str) -> list[Any]:
    """The revision and the flag of the outcome, then the flag of its cell in every matrix."""
    [outcome] = (await client.get(f"{path}/outcomes")).json()["items"]
    found = [outcome["summary_revision"], outcome["summary_changed"]]
    for query in ("", "?known_at=2100-01-01T00:00:00Z", "?issue=1"):
        cells = (await client.get(f"{NEG}/outcomes{query}")).json()["cells"]
        found += [one["summary_changed"] for one in cells if one["outcome"] == outcome["id"]]
    return found


async def shown(browser: httpx2.AsyncClient, path: str) -> list[bool]:
    """Whether the matrix's page, its CSV and the session's page say so."""
    talks = f"/n/{NEG.rpartition('/')[2]}"
    page, file, session = [
        (await browser.get(where)).text
        for where in (f"{talks}/matrix", f"{talks}/matrix.csv", path.replace(API, "/s"))
    ]  # fmt: skip
    return [CHANGED in page, '"noted"' in file and '"True"' in file, CHANGED in session]


async def test_who_sees_a_newer_text_is_told_that_the_summary_changed_since(world: World) -> None:
    path = await posted(world)
    takers, x = world.note_taker, world.delegate_x
    pages = await signed_in(world, "note_taker")
    assert await told(takers, path) == [1, False, False, False, False]
    # The draft isn't theirs to see, so they aren't told which text it was.
    assert await told(x, path) == [None, False, False, False, False]
    assert await shown(pages, path) == [False, False, False]
    before = (await x.get(f"{NEG}/outcomes")).headers["etag"]
    assert (await rewrite(world, f"{path}/summary", "Second")).status_code == 200
    assert await told(takers, path) == [1, True, True, True, True]
    assert await shown(pages, path) == [True, True, True]
    assert await told(x, path) == [None, False, False, False, False]
    assert (await x.get(f"{NEG}/outcomes")).headers["etag"] == before
    await circulate(world, f"{path}/summary")
    assert await told(x, path) == [None, True, True, True, True]


async def test_recorded_once_more_with_the_newer_text_it_is_read_from_that(world: World) -> None:
    path = await posted(world)
    await rewrite(world, f"{path}/summary", "Second")
    tag = (await world.note_taker.get(f"{path}/summary")).headers["etag"]
    answer = await world.note_taker.put(
        f"{path}/summary",
        headers={"If-Match": tag},
        json={"body": "Third", "outcomes": [SAID]},
    )
    assert answer.status_code == 200, answer.text
    assert await told(world.note_taker, path) == [3, False, False, False, False]
