"""What the live page's script sends, and the answers it reads."""

from typing import Any

import httpx2
import pytest
from factories import World, propose, signed_in
from filling import fields, post, problem_of, typed_in
from notebook.jotting import of, saved, texts

from negotiations.texts import keeping
from negotiations.web.forms import csrf_token


async def send_box(
    browser: httpx2.AsyncClient, session: str, text: str, base: str, **more: str
) -> httpx2.Response:
    given = {"audience": "caucus", "item": "general", "csrf": csrf_token(browser.cookies["login"])}
    given |= more
    item = given.pop("item")
    sent = [*given.items(), (f"base/{item}", base), (f"body/{item}", text)]
    return await post(browser, f"/s/{session}/live/save", sent)


def told(answer: httpx2.Response) -> tuple[int, Any]:
    assert answer.headers["cache-control"] == "private, no-store"
    return answer.status_code, answer.json()


async def test_a_text_becomes_a_revision_and_the_same_text_none(world: World) -> None:
    session = (await propose(world))["id"]
    browser = await signed_in(world, "delegate_x")
    status, first = told(await send_box(browser, session, "One\r\ntwo", "none"))
    at = world.clock.now()
    assert (status, first["suggestions"]) == (200, "")
    assert first["saved"].startswith("Saved ") and first["saved"].endswith(", revision 1")
    assert f"{at:%M:%S}" in first["saved"]
    assert told(await send_box(browser, session, "One\ntwo", first["base"])) == (200, first)
    status, second = told(await send_box(browser, session, "One\ntwo, three", first["base"]))
    assert (status, second["base"].partition("-")[0]) == (200, "2")
    assert await texts(world, "head_x", of(session, "caucus")) == ["One\ntwo", "One\ntwo, three"]


async def test_a_late_text_is_answered_with_what_stands_and_kept(world: World) -> None:
    session = (await propose(world))["id"]
    browser = await signed_in(world, "delegate_x")
    path = of(session, "caucus")
    await saved(world, "head_x", path, "Of the head")
    status, answer = told(await send_box(browser, session, "Mine", "none"))
    assert (status, answer["stands"]) == (412, "Of the head")
    assert await texts(world, "head_x", path) == ["Of the head"]
    [kept] = (await world.delegate_x.get("/api/v1/note-drafts")).json()["items"]
    draft = await world.delegate_x.get(f"/api/v1/note-drafts/{kept['id']}")
    assert draft.json()["body"] == "Mine"
    # Chosen and sent on what stands, it is saved, and needs no keeping any more.
    assert (await send_box(browser, session, "Mine", answer["base"])).status_code == 200
    assert await texts(world, "head_x", path) == ["Of the head", "Mine"]
    assert (await world.delegate_x.get("/api/v1/note-drafts")).json()["items"] == []


async def test_a_late_text_for_which_there_is_no_room_is_refused_aloud(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST", 1)
    session = (await propose(world))["id"]
    browser = await signed_in(world, "delegate_x")
    await saved(world, "head_x", of(session, "caucus"), "Of the head")
    assert (await send_box(browser, session, "Mine", "none")).status_code == 412
    answer = told(await send_box(browser, session, "Mine too", "none"))
    assert answer == (409, {"error": keeping.FULL})
    page = f"/s/{session}/live?audience=caucus"
    sent = fields(await browser.get(page), f"/s/{session}/live")
    typed = [(name, "Mine too" if name == "body/general" else value) for name, value in sent]
    stale = [(name, "none" if name == "base/general" else value) for name, value in typed]
    refused = await post(browser, f"/s/{session}/live", stale)
    assert (refused.status_code, problem_of(refused)) == (409, keeping.FULL)
    assert typed_in(refused.text, "body/general") == "Mine too"


async def test_what_cannot_be_kept_is_said(world: World) -> None:
    session = (await propose(world))["id"]
    browser = await signed_in(world, "delegate_x")
    status, answer = told(await send_box(browser, session, "a\x07b", "none"))
    assert status == 422
    assert "control character" in answer["error"]
    assert (await send_box(browser, session, "x", "none", item="nowhere")).status_code == 404
    assert (await send_box(browser, session, "x", "none", audience="secretariat")
            ).status_code == 404  # fmt: skip
    assert (await send_box(browser, session, "x", "none", csrf="")).status_code == 403


async def test_lines_of_the_secretariat_alone_suggest(world: World) -> None:
    session = (await propose(world))["id"]
    line = "ACTION x: <b>bring</b> the maps"
    taker = await signed_in(world, "note_taker")
    _, answer = told(await send_box(taker, session, line, "none", audience="secretariat"))
    assert "&lt;b&gt;bring&lt;/b&gt; the maps" in answer["suggestions"]
    assert 'name="act" value="commit/general/1"' in answer["suggestions"]
    browser = await signed_in(world, "head_x")
    _, answer = told(await send_box(browser, session, line, "none"))
    assert answer["suggestions"] == ""


async def test_after_the_login_ended_it_says_so(world: World) -> None:
    session = (await propose(world))["id"]
    browser = await signed_in(world, "delegate_x")
    csrf = csrf_token(browser.cookies["login"])
    await post(browser, "/sign-out", [("csrf", csrf)])
    sent = [("csrf", csrf), ("audience", "mine"), ("base/general", "none"), ("body/general", "x")]
    answer = await post(browser, f"/s/{session}/live/save", sent)
    assert answer.status_code == 401
    assert not answer.headers["content-type"].startswith("application/json")
