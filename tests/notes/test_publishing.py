"""What is published of a summary: frozen, looked at on every read, corrected beside it."""

import json
from typing import Any

import pytest
from beginnings import once_made
from factories import Demonstration, World
from notes.rounds import act, held, rewrite, set_rule, sha
from problems import problem
from sqlalchemy import text as sql
from sqlmodel import select

from negotiations.models import OutboxEvent

TEXT = "Compiled from public sources; not agreed by the parties.\n\nIt was <b>said</b>."
OUTCOME = {"issue": "1", "value": "noted", "text": "It was said."}
PUBLIC = "/public/water-talks"


@once_made
async def agreed(world: World, text: str = TEXT) -> str:
    """The address of a summary that was declared agreed, with an outcome read from it."""
    await set_rule(world, "secretariat")
    path = await held(world, text)
    tag = (await world.note_taker.get(path)).headers["etag"]
    body = {"body": text, "outcomes": [OUTCOME]}
    answer = await world.note_taker.put(path, json=body, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    assert (await act(world.coordinator, path, "agree")).status_code == 200
    return path


async def public(world: World) -> list[dict[str, Any]]:
    return list((await world.nobody.get(f"{PUBLIC}.json")).json()["summaries"])


async def test_the_preview_is_what_becomes_public_byte_for_byte(world: World) -> None:
    path = await agreed(world)
    tag = {"If-Match": (await world.coordinator.get(path)).headers["etag"]}
    before = (await world.nobody.get(f"{PUBLIC}.json")).content
    preview = await world.coordinator.post(f"{path}/publish?dry_run=true", json={}, headers=tag)
    assert preview.status_code == 200, preview.text
    assert (await world.nobody.get(f"{PUBLIC}.json")).content == before
    answer = await world.coordinator.post(f"{path}/publish", json={}, headers=tag)
    assert answer.json()["public"] == preview.json()["public"]
    shown = json.dumps(preview.json()["public"], ensure_ascii=False, separators=(",", ":"))
    assert shown.encode() in (await world.nobody.get(f"{PUBLIC}.json")).content
    [copy] = await public(world)
    today = copy.pop("published_on")
    assert len(today) == 10
    assert copy == {
        "symbol": "WT-X/S1/SUM",
        "session": (await world.coordinator.get(path.removesuffix("/summary"))).json()["title"],
        "revision": 1,
        "sha256": sha(TEXT),
        "agreed_as": "secretariat",
        "basis": "Compiled from public sources; not agreed by the parties.",
        "corrects": None,
        "body": TEXT,
        "statements": [],
        "outcomes": [
            {
                "issue": "1",
                "title": "Water rights",
                "value": "noted",
                "partial": False,
                "text": "It was said.",
                "reason": None,
                "decided_by": None,
                "basis": "live",
                "certainty": "A",
                "effective_on": copy["outcomes"][0]["effective_on"],
            }
        ],
    }
    page = (await world.nobody.get(PUBLIC)).text
    assert sha(TEXT) in page and "<b>said" not in page and "WT-X/S1/SUM" in page


async def test_only_what_is_agreed_is_published_and_then_it_stays(world: World) -> None:
    path = await agreed(world)
    assert (await act(world.coordinator, path, "publish")).status_code == 200
    before = await public(world)
    changed = await rewrite(world, path, "Other")
    assert problem(changed, 409) == (
        "This summary is published, and stays as it is. Make a corrigendum."
    )
    outcomes = (await world.coordinator.get(path.replace("summary", "outcomes"))).json()["items"]
    body = {**OUTCOME, "value": "agreed", "supersedes": outcomes[0]["id"]}
    later = await world.note_taker.post(path.replace("summary", "outcomes"), json=body)
    assert later.status_code == 201, later.text
    assert await public(world) == before  # what supersedes waits for the next publication
    again = await act(world.coordinator, path, "publish")
    assert problem(again, 409) == (
        "This summary is published. Only what is agreed can be published."
    )


async def test_a_corrigendum_goes_the_same_way_and_the_old_text_stays(world: World) -> None:
    path = await agreed(world)
    early = await act(world.coordinator, path, "corrigendum", {"body": f"{TEXT}!"})
    assert early.status_code == 409
    assert (await act(world.coordinator, path, "publish")).status_code == 200
    [first] = await public(world)
    same = await act(world.coordinator, path, "corrigendum", {"body": TEXT})
    assert same.status_code == 422
    corrected = await act(world.coordinator, path, "corrigendum", {"body": f"{TEXT}!"})
    assert (corrected.json()["state"], corrected.json()["revision"]) == ("draft", 2)
    assert (await world.delegate_x.get(path)).json()["body"] == TEXT
    assert await public(world) == [first]
    assert (await act(world.coordinator, path, "agree")).status_code == 200
    answer = await act(world.coordinator, path, "publish")
    [warning] = answer.json()["warnings"]
    assert warning == (
        "The outcome on issue 1 was read from an earlier text and stays out. "
        "Post it again with the text to have it published."
    )
    second, old = await public(world)
    assert old == first
    assert (second["body"], second["corrects"], second["revision"]) == (
        f"{TEXT}!", sha(TEXT), 2,
    )  # fmt: skip


TAMPERED = {
    "the copy": "UPDATE published_summary SET frozen = replace(frozen, 'said', 'sung')",
    "the text": "UPDATE summary_revision SET body = replace(body, 'said', 'sung')",
    "the hash": "UPDATE published_summary SET sha256 = '0'",
    "all of it": "UPDATE published_summary SET frozen = '[]'",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED.keys())
async def test_what_was_tampered_with_is_not_shown_as_published(
    world: World, statement: str
) -> None:
    path = await agreed(world)
    assert (await act(world.coordinator, path, "publish")).status_code == 200
    async with world.database.write() as db:
        await db.exec(sql(statement))
    assert await public(world) == [{"symbol": "WT-X/S1/SUM", "sha256": None, "altered": True}]
    page = (await world.nobody.get(PUBLIC)).text
    assert "isn’t what was published" in page and "sung" not in page


async def test_the_record_of_2010_is_published_as_what_it_is(
    demonstration: Demonstration,
) -> None:
    found = (await demonstration.nobody.get("/public/secure-communities-2010.json")).json()
    assert [(one["symbol"], one["basis"], len(one["outcomes"])) for one in found["summaries"]] == [
        ("SC-ARL/S1/SUM", "Compiled from public sources; not agreed by the parties.", 4),
        ("SC-SF/S1/SUM", "Compiled from public sources; not agreed by the parties.", 2),
        ("SC-SC/S1/SUM", "Compiled from public sources; not agreed by the parties.", 1),
    ]
    for one in found["summaries"]:
        assert one["sha256"] == sha(one["body"])


async def test_who_signs_in_finds_talks_of_which_only_a_summary_is_public(world: World) -> None:
    assert PUBLIC not in (await world.nobody.get("/sign-in")).text
    path = await agreed(world)
    assert PUBLIC not in (await world.nobody.get("/sign-in")).text
    assert (await act(world.coordinator, path, "publish")).status_code == 200
    assert PUBLIC in (await world.nobody.get("/sign-in")).text
    assert "No session of these talks is published yet." in (await world.nobody.get(PUBLIC)).text


async def test_the_outbox_says_which_events_are_the_secretariats_alone(world: World) -> None:
    path = await agreed(world)
    assert (await act(world.coordinator, path, "publish")).status_code == 200
    async with world.database.read() as db:
        rows = await db.exec(select(OutboxEvent.type, OutboxEvent.for_secretariat).distinct())
        told = dict(rows.all())
    assert {name for name, alone in told.items() if alone} == {"summary.saved"}
    assert {"summary.agreed", "summary.published", "session.held"} <= set(told)
