"""How a summary was agreed survives the way elsewhere, and nothing else comes in as if it had."""

import json
from typing import Any

from exchanging import Held, carried, one_file, refused, take_in
from factories import Demonstration, World
from notes.rounds import TEXT, act, circulate, decide, held, rewrite, set_rule, sha
from sqlmodel import col, select

from negotiations.exchange.exporting import Format
from negotiations.models import Negotiation, Outcome, Summary, SummaryRevision
from negotiations.notes import publishing
from negotiations.notes.jobs import take_silence

DECLARED = "Compiled from public sources; not agreed by the parties.\n\nIt was said."


async def told(database: Any) -> dict[str, Any]:
    """The summary of the only session, as it is exported."""
    whole = json.loads(await one_file(database, "water-talks"))
    return dict(whole["sessions"][0]["summary"])


async def a_long_way(world: World) -> str:
    """Objected to, written anew, commented on and half approved."""
    path = await held(world)
    await circulate(world, path)
    assert (await decide(world.head_x, path, "approved")).status_code == 200
    words = "  Not *so*,\n\n| as | said |\n"
    assert (await decide(world.agency_head, path, "objected", statement=words)).status_code == 200
    for name in ("delegate_x", "party_note_taker_x"):
        body = {"body": f"A remark of {name}\n<b>"}
        answer = await world.clients[name].post(f"{path}/comments", json=body)
        assert answer.status_code == 201, answer.text
    await rewrite(world, path, "Another text")
    world.clock.forward(days=1)
    await circulate(world, path)
    answer = await decide(world.head_x, path, "approved", "Another text")
    assert answer.status_code == 200
    return path


async def test_what_goes_round_comes_along_with_all_that_was_said(
    world: World, elsewhere: Held
) -> None:
    await a_long_way(world)
    there = await told(world.database)
    assert (there["state"], there["rule"], there["symbol"]) == (
        "circulated", "all_parties", "WT-X/S1/SUM",
    )  # fmt: skip
    first, second = there["rounds"]
    assert [one["decision"] for one in first["decisions"]] == ["approved", "objected"]
    assert first["decisions"][1]["statement"] == "  Not *so*,\n\n| as | said |\n"
    assert [one["party"] for one in first["comments"]] == ["x", "x"]
    assert all("reached_at" in one for one in first["sent"])
    assert ["reached_at" in one for one in second["sent"]] == [False, True]
    await carried(world.database, elsewhere, "water-talks", now=world.clock.now())
    assert await told(elsewhere.database) == there
    again = await take_in(
        elsewhere.database,
        await one_file(world.database, "water-talks"),
        is_json=True,
        now=world.clock.now(),
    )
    assert (again.notices, again.total("updated"), again.total("created")) == ([], 0, 0)
    markdown = await one_file(elsewhere.database, "water-talks", Format.md)
    assert b"revision 2, circulated" in markdown


async def test_what_is_public_comes_along_to_the_byte_and_is_shown(
    world: World, elsewhere: Held
) -> None:
    await set_rule(world, "secretariat")
    path = await held(world, DECLARED)
    for event in ("agree", "publish"):
        assert (await act(world.coordinator, path, event)).status_code == 200
    right = {"body": f"{DECLARED}\n\nRightly."}
    assert (await act(world.coordinator, path, "corrigendum", right)).status_code == 200
    await carried(world.database, elsewhere, "water-talks", now=world.clock.now())
    there = await told(elsewhere.database)
    assert (there.get("state", "draft"), len(there["rounds"])) == ("draft", 1)
    for event in ("agree", "publish"):
        assert (await act(world.coordinator, path, event)).status_code == 200
    shown = (await world.nobody.get("/public/water-talks.json")).json()["summaries"]
    assert [one["corrects"] for one in shown] == [sha(DECLARED), None]
    other = await one_file(world.database, "water-talks")
    report = await take_in(elsewhere.database, other, is_json=True, now=world.clock.now())
    assert [one.path for one in report.notices] == ["sessions[0].summary"]


async def published(database: Any, slug: str) -> list[Any]:
    async with database.read() as db:
        rows = await db.exec(select(Negotiation.id).where(col(Negotiation.slug) == slug))
        return [one.copy for one in await publishing.published(db, rows.one())]


async def test_the_published_summaries_of_2010_come_along_to_the_byte(
    demonstration: Demonstration, elsewhere: Held
) -> None:
    slug = "secure-communities-2010"
    await carried(demonstration.database, elsewhere, slug)
    there = await published(elsewhere.database, slug)
    assert len(there) == 3 and None not in there
    assert there == await published(demonstration.database, slug)


async def test_from_which_text_an_outcome_was_read_comes_along(
    world: World, elsewhere: Held
) -> None:
    path = await held(world, "First")
    outcome = {"issue": "1", "value": "noted", "text": "So."}
    for text in ("Second", "Third"):
        tag = {"If-Match": (await world.note_taker.get(path)).headers["etag"]}
        body = {"body": text, "outcomes": [outcome] if text == "Second" else []}
        assert (await world.note_taker.put(path, json=body, headers=tag)).status_code == 200
    await carried(world.database, elsewhere, "water-talks", now=world.clock.now())
    async with elsewhere.database.read() as db:
        rows = await db.exec(
            select(SummaryRevision.body).join(
                Outcome, col(Outcome.revision_id) == SummaryRevision.id
            )
        )
        assert list(rows.all()) == ["Second"]


async def spoiled(database: Any, change: Any) -> str:
    whole = json.loads(await one_file(database, "water-talks"))
    change(whole["sessions"][0]["summary"])
    return json.dumps(whole)


async def test_a_changed_public_copy_is_refused(world: World, elsewhere: Held) -> None:
    await set_rule(world, "secretariat")
    path = await held(world, DECLARED)
    for event in ("agree", "publish"):
        assert (await act(world.coordinator, path, event)).status_code == 200

    def a_word(summary: dict[str, Any]) -> None:
        copy = summary["rounds"][0]["published"]
        copy["text"] = copy["text"].replace("It was said", "It was sung")

    def with_its_hash(summary: dict[str, Any]) -> None:
        a_word(summary)
        copy = summary["rounds"][0]["published"]
        copy["sha256"] = sha(copy["text"])

    def the_text(summary: dict[str, Any]) -> None:
        summary["body"] = summary["body"].replace("said", "sung")

    def another(summary: dict[str, Any]) -> None:
        summary["symbol"] = "WT-Y/S1/SUM"

    def hidden(summary: dict[str, Any]) -> None:
        summary["state"] = "agreed"

    for change, said in (
        (a_word, "isn't what was published"),
        (with_its_hash, "isn't what was published"),
        (the_text, "isn't what was published"),
        (another, "the copy of another summary"),
        (hidden, "A published summary, and no other"),
    ):
        [line] = await refused(
            elsewhere.database,
            await spoiled(world.database, change),
            is_json=True,
            now=world.clock.now(),
        )
        assert "sessions[0].summary" in line and said in line, line
    async with elsewhere.database.read() as db:
        assert (await db.exec(select(Summary.id))).all() == []


def one_less(summary: dict[str, Any]) -> None:
    summary["rounds"][0]["decisions"].pop()


def objected(summary: dict[str, Any]) -> None:
    last = summary["rounds"][0]["decisions"][-1]
    last |= {"decision": "objected", "statement": "No"}


def not_agreed(summary: dict[str, Any]) -> None:
    summary["state"] = "circulated"
    summary.pop("agreed_as")
    summary.pop("agreed_at")


def by_silence(summary: dict[str, Any]) -> None:
    summary |= {"rule": "silence", "agreed_as": "silence"}
    summary["rounds"][0]["decisions"][1]["decision"] = "silent_consent"


def declared(summary: dict[str, Any]) -> None:
    summary |= {"rule": "secretariat", "agreed_as": "secretariat"}


def nobody_saw(summary: dict[str, Any]) -> None:
    summary["rounds"] = []


def no_such_text(summary: dict[str, Any]) -> None:
    summary["rounds"][0]["revision"] = 2


def wordless(summary: dict[str, Any]) -> None:
    summary["rounds"][0]["decisions"][0]["decision"] = "approved_with_statement"


def stranger(summary: dict[str, Any]) -> None:
    summary["rounds"][0]["decisions"][0]["party"] = "y"


async def test_nothing_is_agreed_by_a_file_that_was_not_decided(
    world: World, elsewhere: Held
) -> None:
    path = await held(world)
    await circulate(world, path)
    for client in (world.head_x, world.agency_head):
        answer = await decide(client, path, "approved")
    assert answer.json()["state"] == "agreed"

    for change, said in (
        (one_less, "doesn't make it agreed as all_parties"),
        (objected, "doesn't make it agreed as all_parties"),
        (not_agreed, "All sides have approved its last text"),
        (by_silence, "doesn't make it agreed as silence"),
        (declared, "Its text has to say"),
        (nobody_saw, "names its rule, and what became of its last text"),
        (no_such_text, "Each names another text"),
        (wordless, "lacks its statement"),
        (stranger, "y doesn't sit at this table"),
    ):
        lines = await refused(
            elsewhere.database,
            await spoiled(world.database, change),
            is_json=True,
            now=world.clock.now(),
        )
        assert any("sessions[0].summary" in line and said in line for line in lines), lines
    await carried(world.database, elsewhere, "water-talks", now=world.clock.now())


async def test_silence_that_was_consent_stays_it(world: World, elsewhere: Held) -> None:
    await set_rule(world, "silence")
    path = await held(world)
    await circulate(world, path)
    assert (await decide(world.head_x, path, "approved")).status_code == 200
    assert (await world.agency_head.get(path)).status_code == 200
    world.clock.forward(days=9)
    assert await take_silence(world.database, world.clock) == 1
    await carried(world.database, elsewhere, "water-talks", now=world.clock.now())
    there = await told(elsewhere.database)
    assert (there["agreed_as"], TEXT) == ("silence", there["body"])
