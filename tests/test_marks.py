"""Wherever a value of certainty C is shown it carries its mark: a sign and words."""

import asyncio
import re
from html import unescape
from typing import Any

import httpx2
import pytest
from factories import Demonstration, World, act, confirmed, in_days, propose, signed_in
from readers import events
from typer.testing import CliRunner

from negotiations.cli.commands import app

MARK = "C: disputed or inferred"
LEGEND = f"{MARK} sources disagree"  # beside a table, of no value in it
SAID = "Removal will not be permitted"  # Santa Clara's issue 1, as outcome and as position
TALKS = "/n/secure-communities-2010"
PUBLIC = "/public/secure-communities-2010"
RECORD = f"/api/v1/negotiations/{TALKS.removeprefix('/n/')}"


def plain(page: httpx2.Response) -> str:
    """What a reader sees."""
    text = re.sub(r"<(script|style).*?</\1>", "", page.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def kind_of(path: str) -> str:
    """The path with ids as `*`."""
    return re.sub(r"/[0-9a-f]{20}\b", "/*", path)


async def crawl(browser: httpx2.AsyncClient, start: str) -> dict[str, httpx2.Response]:
    """Every page of the record that links lead to, by path."""
    found: dict[str, httpx2.Response] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        page = found[path] = await browser.get(path)
        assert page.status_code == 200, (path, page.text)
        links = [
            unescape(one).partition("#")[0] for one in re.findall(r'href="(/[^"]*)"', page.text)
        ]
        waiting += [one for one in links if one.startswith((TALKS, PUBLIC, "/s/"))]
    return found


@pytest.mark.parametrize(
    ("account", "where"),
    [
        ("coordinator", {"/consistency", "/matrix", "/matrix.csv", "/matrix.json",
                         "/tracks/santa-clara", "/tracks/santa-clara/positions",
                         "/tracks/santa-clara/issues/1", "/s/*", "/s/*/live", "/s/*/summary",
                         PUBLIC}),
        ("ice", {"/consistency", "/matrix", "/matrix.csv", "/matrix.json", "/tracks/santa-clara",
                 "/tracks/santa-clara/positions", "/tracks/santa-clara/issues/1", "/s/*", PUBLIC}),
        ("santa-clara", {"/matrix", "/matrix.csv", "/matrix.json", "/tracks/santa-clara",
                         "/tracks/santa-clara/issues/1", "/s/*", PUBLIC}),
    ],
)  # fmt: skip
async def test_every_page_and_file_that_shows_it_marks_it_each_time(
    demonstration: Demonstration, account: str, where: set[str]
) -> None:
    shown = {}
    for path, page in (await crawl(await signed_in(demonstration, account), TALKS)).items():
        if page.headers["content-type"] == "application/json":
            cells = [one for one in page.json()["cells"] if SAID in str(one)]
            assert [one["certainty"] for one in cells] == ["C"] * len(cells), path
            places = [MARK] * len(cells)
        else:
            text = plain(page).replace(LEGEND, "")
            places = [text[max(0, one.start() - 120) : one.end() + 120]
                      for one in re.finditer(SAID, text)]  # fmt: skip
        assert [one for one in places if MARK not in one] == [], path
        if places:
            shown[path] = len(places)
    kinds = {kind_of(path).partition("?")[0].removeprefix(TALKS) for path in shown}
    assert kinds == where


async def test_what_is_public_shows_outcomes_with_their_summary_alone(
    demonstration: Demonstration,
) -> None:
    for path in (f"{PUBLIC}.ics", f"{PUBLIC}/santa-clara.ics"):
        answer = await demonstration.nobody.get(path)
        assert answer.status_code == 200
        assert SAID not in answer.text
        assert "declined" not in answer.text
    before, _, published = (await demonstration.nobody.get(PUBLIC)).text.partition("SC-")
    assert (SAID in before, SAID in published) == (False, True)


async def test_the_calendar_marks_it_for_everyone_who_reads_the_result(
    demonstration: Demonstration,
) -> None:
    for account in ("coordinator", "ice", "santa-clara"):
        body = (await demonstration.nobody.get(demonstration.feeds[account])).content
        results = {
            str(event["SUMMARY"]): str(event["DESCRIPTION"]).split("\n")[0]
            for event in events(body).values()
            if str(event.get("DESCRIPTION", "")).startswith("HELD.")
        }
        assert results["Santa Clara / ICE: session 1"] == f"HELD. 1 declined ({MARK})."
        others = [line for title, line in results.items() if "Santa Clara" not in title]
        assert MARK not in " ".join(others)


async def test_the_console_marks_it(
    demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEGOTIATIONS_DATABASE_URL", demonstration.settings.database_url)
    words = ["matrix", "secure-communities-2010"]
    told = await asyncio.to_thread(CliRunner().invoke, app, words)
    assert told.exit_code == 0, told.output
    [line] = [line for line in told.stdout.split("\n") if MARK in line]
    assert re.sub(" +", " ", line) == (
        f" Santa Clara County, California ✕ declined, by ice ({MARK}), Tue 9 Nov 2010: {SAID}."
    )


async def test_the_interface_for_programs_gives_the_letter(demonstration: Demonstration) -> None:
    listed = (await demonstration.coordinator.get(f"{RECORD}/sessions")).json()["items"]
    session = next(one["id"] for one in listed if one["jurisdiction"] == "santa-clara")
    for path, name in (
        (f"{RECORD}/outcomes?jurisdiction=santa-clara&issue=1", "cells"),
        (f"/api/v1/sessions/{session}/outcomes", "items"),
        (f"{RECORD}/positions?jurisdiction=santa-clara&issue=1&party=ice", "items"),
    ):
        rows = (await demonstration.coordinator.get(path)).json()[name]
        assert [one["certainty"] for one in rows if SAID in one["text"]] == ["C"], path
    compared = (await demonstration.coordinator.get(f"{RECORD}/consistency")).json()["issues"]
    [answers] = [one["answers"] for one in compared if one["issue"] == "1"]
    assert [(one["jurisdiction"], one["certainty"]) for one in answers] == [
        ("arlington", "A"), ("san-francisco", "A"), ("santa-clara", "C"),
    ]  # fmt: skip


DOUBTED = {"value": "declined", "text": "No.", "reason": "The law", "decided_by": "agency",
           "certainty": "C"}  # fmt: skip
SURE = {**DOUBTED, "certainty": "A"}


async def test_a_calendar_says_how_many_are_uncertain_and_follows_when_that_changes(
    world: World,
) -> None:
    """Invariant 3: LAST-MODIFIED rises where the mark goes, and nowhere else."""
    session = (await confirmed(world, local_start=in_days(-2)))["id"]
    assert (await act(world.coordinator, session, "publish")).status_code == 200
    path = f"/api/v1/sessions/{session}"
    answer = await world.note_taker.put(
        f"{path}/summary",
        json={"body": "Held", "close": "concluded",
              "outcomes": [{"issue": "1", **DOUBTED}, {"issue": "2", **SURE}]},
        headers={"If-None-Match": "*"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    await propose(world, local_start=in_days(9))

    async def seen(address: str) -> tuple[list[str], set[Any]]:
        body = (await world.nobody.get(address)).content
        told = [str(one["DESCRIPTION"]) for one in events(body).values() if "DESCRIPTION" in one]
        lines = [line for text in told for line in text.split("\n")]
        stamps = {(str(one["UID"]), one["LAST-MODIFIED"].dt) for one in events(body).values()}
        return [line for line in lines if "declined" in line], stamps

    private, public = world.feeds["delegate_x"], "/public/water-talks.ics"
    before, stamps = await seen(private)
    assert before == [
        f"HELD. 2 declined (1 of them {MARK}).",
        f"Water rights: declined ({MARK})",
        "Meters: declined",
    ]
    unmoved = (await world.nobody.get(public)).content
    first = next(
        one for one in (await world.note_taker.get(f"{path}/outcomes")).json()["items"]
        if one["issue"] == "1"
    )  # fmt: skip
    world.clock.forward(minutes=5)
    sure = {"issue": "1", **SURE, "supersedes": first["id"]}
    assert (await world.note_taker.post(f"{path}/outcomes", json=sure)).status_code == 201
    after, later = await seen(private)
    assert after == ["HELD. 2 declined.", "Water rights: declined", "Meters: declined"]
    changed = {uid for uid, _ in later - stamps}
    assert len(changed) == 2  # the session held, and the next one that tells of last time
    assert (await world.nobody.get(public)).content == unmoved


async def test_a_compiled_draft_carries_the_mark(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-2), agenda=[{"issue": "1"}]))["id"]
    path = f"/api/v1/sessions/{session}"
    assert (await act(world.note_taker, session, "open")).is_success
    answer = await world.note_taker.post(f"{path}/outcomes", json={"issue": "1", **DOUBTED})
    assert answer.status_code == 201, answer.text
    assert (await act(world.note_taker, session, "close", {"close_kind": "concluded"})).is_success
    body = (await world.note_taker.get(f"{path}/summary")).json()["body"]
    assert f"OUTCOME: declined by Agency ({MARK}). No. Reason: The law" in body
