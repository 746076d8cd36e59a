"""A text whose save was refused is kept for its author, and for nobody else."""

import asyncio
import hashlib
import re
from html import unescape
from typing import Any

import pytest
from beginnings import once_made
from factories import NEG, World, confirmed, in_days, person, signed_in
from filling import Forms, fields, post, problem_of, send, typed_in
from problems import problem
from sqlmodel import select

from negotiations.access.logins import make_link, open_link
from negotiations.models import NoteDraft
from negotiations.texts import keeping

FIRST = {"If-None-Match": "*"}


@once_made
async def held(world: World, text: str = "As saved") -> str:
    """The address of a held session's summary."""
    session = await confirmed(world, local_start=in_days(-1), agenda=[{"title": "Any"}])
    path = f"/api/v1/sessions/{session['id']}/summary"
    body = {"body": text, "close": "concluded"}
    answer = await world.note_taker.put(path, json=body, headers=FIRST)
    assert answer.status_code == 201, answer.text
    return path


async def late(world: World, path: str, text: str, name: str = "note_taker") -> dict[str, Any]:
    """What is answered to a save on an old version."""
    headers = {"If-Match": '"old"'}
    answer = await world.clients[name].put(path, json={"body": text}, headers=headers)
    problem(answer, 412)
    return answer.json()


async def kept(world: World, path: str, name: str = "note_taker") -> list[dict[str, Any]]:
    return (await world.clients[name].get(f"{path}/drafts")).json()["items"]


async def body_of(world: World, draft: str, name: str = "note_taker") -> str:
    return (await world.clients[name].get(f"/api/v1/drafts/{draft}")).json()["body"]


async def test_the_answer_to_a_stale_save_carries_both_texts(world: World) -> None:
    path = await held(world)
    current = await world.note_taker.get(path)
    told = await late(world, path, "Mine")
    assert told["current"] == {
        "etag": current.headers["etag"],
        "revision": 1,
        "sha256": hashlib.sha256(b"As saved").hexdigest(),
        "body": "As saved",
    }
    draft = await world.note_taker.get(f"/api/v1/drafts/{told['yours']}")
    assert draft.json() == {
        "id": told["yours"],
        "session": path.split("/")[4],
        "sha256": hashlib.sha256(b"Mine").hexdigest(),
        "base": '"old"',
        "why": "stale",
        "kept_at": draft.json()["kept_at"],
        "body": "Mine",
    }
    listed = {name: value for name, value in draft.json().items() if name != "body"}
    assert await kept(world, path) == [listed]
    assert await kept(world, path, "coordinator") == []
    assert (await world.coordinator.get(f"/api/v1/drafts/{told['yours']}")).status_code == 404


async def test_of_two_first_summaries_the_second_is_kept(world: World) -> None:
    path = await held(world)
    answer = await world.coordinator.put(path, json={"body": "Second"}, headers=FIRST)
    problem(answer, 412)
    assert await body_of(world, answer.json()["yours"], "coordinator") == "Second"


async def test_without_a_summary_there_is_no_other_text(world: World) -> None:
    session = await confirmed(world, local_start=in_days(-1), agenda=[{"title": "Any"}])
    path = f"/api/v1/sessions/{session['id']}/summary"
    told = await late(world, path, "Too soon")
    assert told["current"] is None
    assert await body_of(world, told["yours"]) == "Too soon"


async def test_a_text_that_is_a_revision_already_needs_no_keeping(world: World) -> None:
    path = await held(world, "First")
    tag = (await world.note_taker.get(path)).headers["etag"]
    second = await world.note_taker.put(path, json={"body": "Second"}, headers={"If-Match": tag})
    assert second.status_code == 200
    for text in ("First", "Second"):
        assert (await late(world, path, text))["yours"] is None
    assert await kept(world, path) == []


async def test_the_same_text_is_kept_once_and_a_saved_one_no_longer(world: World) -> None:
    path = await held(world)
    first = await late(world, path, "Again")
    world.clock.forward(minutes=1)
    again = await late(world, path, "Again")
    assert again["yours"] == first["yours"]
    other = await late(world, path, "Other")
    theirs = await late(world, path, "Again", "coordinator")
    headers = {"If-Match": again["current"]["etag"]}
    saved = await world.note_taker.put(path, json={"body": "Again"}, headers=headers)
    assert saved.status_code == 200
    assert [one["id"] for one in await kept(world, path)] == [other["yours"]]
    assert [one["id"] for one in await kept(world, path, "coordinator")] == [theirs["yours"]]


async def test_none_of_many_gives_way_and_one_too_many_is_refused_aloud(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST", 3)
    path = await held(world)
    ids = []
    for number in range(3):
        world.clock.forward(seconds=1)
        ids.append((await late(world, path, f"Text {number}"))["yours"])
    refused = await world.note_taker.put(path, json={"body": "Text 3"}, headers={"If-Match": '"o"'})
    assert problem(refused, 409) == keeping.FULL
    assert [one["id"] for one in await kept(world, path)] == ids[::-1]
    world.clock.forward(seconds=1)
    assert (await late(world, path, "Text 1"))["yours"] == ids[1]  # kept already
    await late(world, path, "Text 3", "coordinator")  # each has room of their own

    page_path = path.removeprefix("/api/v1").replace("/sessions/", "/s/")
    browser = await signed_in(world, "note_taker")
    opened = await browser.get(page_path)
    tag = (await world.coordinator.get(path)).headers["etag"]
    meanwhile = {"json": {"body": "Of the coordinator"}, "headers": {"If-Match": tag}}
    assert (await world.coordinator.put(path, **meanwhile)).status_code == 200
    answer = await send(browser, opened, page_path, {"body": "Text 4"})
    assert answer.status_code == 409
    assert problem_of(answer) == keeping.FULL
    assert typed_in(answer.text, "body") == "Text 4"
    assert [one["id"] for one in await kept(world, path)] == [ids[1], ids[2], ids[0]]


async def test_of_many_savers_at_once_one_wins_and_every_other_text_is_kept(world: World) -> None:
    path = await held(world)
    tag = (await world.note_taker.get(path)).headers["etag"]

    async def save(number: int) -> Any:
        client = world.clients[("note_taker", "coordinator")[number % 2]]
        body = {"body": f"Text {number}"}
        return await client.put(path, json=body, headers={"If-Match": tag})

    answers = await asyncio.gather(*map(save, range(8)))
    assert sorted(one.status_code for one in answers) == [200, *[412] * 7]
    async with world.database.read() as db:
        texts = {one.body for one in await db.exec(select(NoteDraft))}
    won = next(n for n, one in enumerate(answers) if one.status_code == 200)
    assert texts == {f"Text {number}" for number in range(8)} - {f"Text {won}"}


async def test_who_may_not_write_the_summary_keeps_nothing(world: World) -> None:
    path = await held(world)
    headers = {"If-Match": '"old"'}
    for name, status in (("delegate_x", 403), ("delegate_y", 404)):
        answer = await world.clients[name].put(path, json={"body": "M"}, headers=headers)
        assert answer.status_code == status
        assert (await world.clients[name].get(f"{path}/drafts")).status_code == 404
    async with world.database.read() as db:
        assert (await db.exec(select(NoteDraft))).all() == []


async def test_a_draft_ends_with_its_authors_place_in_the_secretariat(world: World) -> None:
    path = await held(world)
    draft = (await late(world, path, "Mine"))["yours"]
    seats = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one for one in seats if one["person"] == world.people["note_taker"])
    address = f"{NEG}/memberships/{seat['id']}"
    tag = (await world.coordinator.get(address)).headers["etag"]
    ended = await world.coordinator.delete(address, headers={"If-Match": tag})
    assert ended.status_code == 200
    assert (await world.note_taker.get(f"/api/v1/drafts/{draft}")).status_code in (401, 404)


async def test_the_page_shows_both_texts_and_lets_one_take_either(world: World) -> None:
    path = await held(world)
    page_path = path.removeprefix("/api/v1").replace("/sessions/", "/s/")
    browser = await signed_in(world, "note_taker")
    opened = await browser.get(page_path)
    assert "Kept for you" not in opened.text
    tag = (await world.coordinator.get(path)).headers["etag"]
    meanwhile = {"json": {"body": "Of the coordinator"}, "headers": {"If-Match": tag}}
    assert (await world.coordinator.put(path, **meanwhile)).status_code == 200
    refused = await send(browser, opened, page_path, {"body": "Mine\r\n<b>x</b>"})
    assert refused.status_code == 412
    assert "Someone saved the summary" in problem_of(refused)
    assert typed_in(refused.text, "body") == "Mine\r\n<b>x</b>"

    later = await browser.get(page_path)
    texts = re.findall(r"<h3>(.*?)</h3><pre>(.*?)</pre>", later.text, re.DOTALL)
    assert [(unescape(one), unescape(two)) for one, two in texts] == [
        ("Yours", "Mine\n<b>x</b>"),
        ("Saved: revision 2", "Of the coordinator"),
    ]
    assert typed_in(later.text, "body") == "Of the coordinator"
    link = re.search(r'href="([^"]*draft=[^"]*)"', later.text)
    assert link
    with_mine = await browser.get(unescape(link[1]))
    assert typed_in(with_mine.text, "body") == "Mine\n<b>x</b>"
    saved = await send(browser, with_mine, page_path, {})
    assert saved.status_code == 303
    assert (await world.note_taker.get(path)).json()["body"] == "Mine\n<b>x</b>"
    assert "Kept for you" not in (await browser.get(page_path)).text


async def test_the_page_discards_a_kept_text(world: World) -> None:
    path = await held(world)
    page_path = path.removeprefix("/api/v1").replace("/sessions/", "/s/")
    draft = (await late(world, path, "Mine"))["yours"]
    browser, other = await signed_in(world, "note_taker"), await signed_in(world, "coordinator")
    page = await browser.get(page_path)
    action = f"{page_path}/drafts/{draft}/discard"
    foreign = await send(other, await other.get(page_path), page_path, {"base": "x"})
    token = dict(Forms(foreign.text).found["/sign-out"])["csrf"]
    assert (await post(other, action, [("csrf", token)])).status_code == 404
    assert (await other.get(f"{page_path}?draft={draft}")).status_code == 404
    assert [one["id"] for one in await kept(world, path)] == [draft]
    assert (await send(browser, page, action, {})).status_code == 303
    assert await kept(world, path) == []
    assert (await world.note_taker.get(path)).json()["body"] == "As saved"


async def test_a_text_sent_after_the_login_ended_comes_back_and_is_saved(world: World) -> None:
    path = await held(world)
    page_path = path.removeprefix("/api/v1").replace("/sessions/", "/s/")
    browser = await signed_in(world, "note_taker")
    sent = fields(await browser.get(page_path), page_path, body="Hours of work")
    assert (await send(browser, await browser.get("/"), "/sign-out", {})).status_code == 303
    answer = await post(browser, page_path, sent)
    assert answer.status_code == 401
    assert "Nothing was saved yet, and nothing is lost" in answer.text
    assert typed_in(answer.text, "body") == "Hours of work"
    # Signed in again, in another tab of the same browser.
    async with world.database.write() as db:
        owner = await person(db, world, "note_taker")
        secret = await make_link(db, owner.id, now=world.clock.now(), minutes=60)
        cookie = await open_link(db, secret, now=world.clock.now(), days=14)
    browser.cookies.clear()
    browser.cookies.set("login", cookie)
    again = await send(browser, answer, page_path, {})
    # The form is older than the login: it is shown once more, with a token that holds.
    assert again.status_code == 403
    assert typed_in(again.text, "body") == "Hours of work"
    saved = await send(browser, again, page_path, {})
    assert saved.status_code == 303, saved.text
    assert (await world.note_taker.get(path)).json()["body"] == "Hours of work"
