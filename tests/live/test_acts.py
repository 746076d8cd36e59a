"""The live page without script: each button saves the notes and does its own, or nothing at all."""

import re
from typing import Any

import httpx2
import pytest
from beginnings import once_made
from factories import NEG, World, act, confirmed, in_days, signed_in
from filling import beside, counts, fields, fill, post, problem_of, send, typed_in
from notebook.jotting import of, texts

TAGGED = (
    "They came early.\n"
    "ACTION x: bring the maps by 2030-01-31\n"
    "ACTION Somebody: answer\n"
    "OUTCOME: agreed in principle, subject to the text\n"
    "ASK: may X opt out?\n"
    "DOC: the letter of May\n"
    "OFF RECORD: they will settle"
)


@pytest.fixture
@once_made
async def session(world: World) -> str:
    """A session that goes on, with issues 1 and 2 on its agenda."""
    made = await confirmed(
        world, local_start=in_days(-1), agenda=[{"issue": "1", "minutes": 20}, {"issue": "2"}]
    )
    opened = await act(world.coordinator, made["id"], "open")
    assert opened.status_code == 200, opened.text
    return str(made["id"])


async def item_of(world: World, session: str, place: int) -> str:
    agenda = (await world.head_x.get(f"/api/v1/sessions/{session}/agenda")).json()["items"]
    return str(agenda[place]["id"])


def lines(page: httpx2.Response) -> list[str]:
    """What is suggested, as a reader sees it."""
    items = re.findall(r"<ul class=\"plain suggested\">(.*?)</ul>", page.text, re.DOTALL)
    found = re.findall(r"<li>(.*?)</li>", "".join(items), re.DOTALL)
    bare = [re.sub(r"<select.*?</select>|<[^>]+>", " ", one, flags=re.DOTALL) for one in found]
    return [" ".join(one.split()) for one in bare]


async def outcomes(world: World, session: str) -> list[tuple[str, str, str]]:
    items = (await world.head_x.get(f"/api/v1/sessions/{session}/outcomes")).json()["items"]
    return [(one["issue"], one["value"], one["text"]) for one in items]


async def commitments(world: World) -> list[dict[str, Any]]:
    return list((await world.head_x.get(f"{NEG}/commitments")).json()["items"])


async def test_the_secretariat_begins_with_everything_at_hand(world: World, session: str) -> None:
    browser = await signed_in(world, "note_taker")
    page = await browser.get(f"/s/{session}/live")
    assert "Only the secretariat can read this" in page.text
    assert "of 120 minutes" in page.text
    assert re.findall(r"<legend>(Outcome on issue \w+)</legend>", page.text) == [
        "Outcome on issue 1", "Outcome on issue 2",
    ]  # fmt: skip
    assert "Planned for 10:00" in page.text
    moved = await browser.get(f"/s/{session}/notes?audience=mine")
    assert (moved.status_code, moved.headers["location"]) == (
        303,
        f"/s/{session}/live?audience=mine",
    )
    assert "Outcome on issue" not in (await browser.get(moved.headers["location"])).text


async def test_an_outcome_is_recorded_with_the_notes_of_the_same_form(
    world: World, session: str
) -> None:
    browser, path = await signed_in(world, "note_taker"), f"/s/{session}/live"
    item = await item_of(world, session, 0)
    typed = {
        f"body/{item}": "He said so", "outcomes/0/value": "noted",
        "outcomes/0/text": "The maps are noted.", "act": "outcome/0",
    }  # fmt: skip
    answer = await fill(browser, path, typed)
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"{path}?audience=secretariat&saved=outcome#item-{item}",
    )  # fmt: skip
    assert await outcomes(world, session) == [("1", "noted", "The maps are noted.")]
    assert await texts(world, "note_taker", of(session, "secretariat", item)) == ["He said so"]
    # It can be replaced from where it stands now, not from a page that is older.
    page = await browser.get(path)
    typed = {"outcomes/0/value": "clarified", "act": "outcome/0"}
    assert (await send(browser, page, path, typed)).status_code == 303
    late = await send(browser, page, path, {**typed, "outcomes/0/value": "deferred"})
    assert late.status_code == 409
    assert {value for _, value, _ in await outcomes(world, session)} == {"noted", "clarified"}
    assert (await send(browser, late, path, {"act": "outcome/0"})).status_code == 303
    said = await outcomes(world, session)
    assert {value for _, value, _ in said} == {"noted", "clarified", "deferred"}


async def test_a_refused_act_saves_nothing_and_loses_nothing(world: World, session: str) -> None:
    browser, path = await signed_in(world, "note_taker"), f"/s/{session}/live"
    before = await counts(world)
    typed = {
        "body/general": "Long words", "outcomes/1/value": "declined",
        "outcomes/1/text": "No.", "act": "outcome/1",
    }  # fmt: skip
    refused = await fill(browser, path, typed)
    assert refused.status_code == 422
    assert beside(refused, "outcomes/1/reason") == (
        "Declined needs a reason and “Decided by”, the party that declined."
    )
    assert typed_in(refused.text, "body/general") == "Long words"
    assert typed_in(refused.text, "outcomes/1/text") == "No."
    assert await counts(world) == before
    for wrong in ("outcome/9", "outcome/x", "burn"):
        assert (await fill(browser, path, {**typed, "act": wrong})).status_code == 404
    assert await counts(world) == before


async def test_lines_suggest_and_one_click_enters_a_commitment(world: World, session: str) -> None:
    browser, path = await signed_in(world, "note_taker"), f"/s/{session}/live"
    item = await item_of(world, session, 0)
    assert (await fill(browser, path, {f"body/{item}": TAGGED})).status_code == 303
    page = await browser.get(path)
    maps = "bring the maps, by Thu 31 Jan 2030"
    assert lines(page) == [
        f"Commitment of x: {maps} Who undertakes it Confirm : bring the maps",
        "Commitment of Somebody: answer Who undertakes it Confirm : answer",
        "Outcome: agreed in principle: subject to the text choose below and record it",
        "Question: may X opt out? Enter as X’s position",
        "Document: the letter of May Enter a document request",
    ]  # fmt: skip
    assert typed_in(page.text, "outcomes/0/text") == "subject to the text"
    assert 'name="outcomes/0/value" value="agreed_in_principle" checked' in page.text
    assert await commitments(world) == []
    done = await send(browser, page, path, {"act": f"commit/{item}/2"})
    assert done.headers["location"] == f"{path}?audience=secretariat&saved=commit#item-{item}"
    [one] = await commitments(world)
    assert {name: one[name] for name in ("text", "owner", "due_on", "issue", "session")} == {
        "text": "bring the maps", "owner": "x", "due_on": "2030-01-31", "issue": "1",
        "session": session,
    }  # fmt: skip
    page = await browser.get(path)
    assert lines(page)[0] == "Commitment of x: bring the maps, by Thu 31 Jan 2030 ✓ recorded"
    refused = await send(browser, page, path, {"act": f"commit/{item}/3"})
    assert refused.status_code == 422
    assert beside(refused, f"commit/{item}/3/owner") == "Say which side undertakes it."
    assert len(await commitments(world)) == 1


async def test_who_is_there_is_ticked_and_what_others_ticked_stays(
    world: World, session: str
) -> None:
    browser, path = await signed_in(world, "note_taker"), f"/s/{session}/live"

    async def there() -> list[str]:
        answer = await world.head_x.get(f"/api/v1/sessions/{session}/attendance")
        return [one["name"] for one in answer.json()["items"] if one["actual"] == "present"]

    page = await browser.get(path)
    numbers = re.findall(r'name="attendance/(\d+)/there"[^>]*> ([^<]+?) <', page.text)
    first, second = numbers[0], numbers[1]
    tick = {f"attendance/{first[0]}/there": "yes", "act": "attendance"}
    assert (await send(browser, page, path, tick)).status_code == 303
    assert await there() == [first[1]]
    again = {f"attendance/{second[0]}/there": "yes", "act": "attendance"}
    assert (await send(browser, page, path, again)).status_code == 303
    assert sorted(await there()) == sorted([first[1], second[1]])
    # Both pages show the first as absent; who unticks what somebody ticked meanwhile is told.
    page = await browser.get(path)
    name = f"attendance/{first[0]}/there"
    gone = [one for one in fields(page, path) if one[0] != name] + [("act", "attendance")]
    assert (await post(browser, path, gone)).status_code == 303
    assert await there() == [second[1]]
    late = await post(browser, path, gone)
    assert late.status_code == 412
    assert "Somebody ticked the list meanwhile" in problem_of(late)


async def test_delegates_have_their_own_notebooks_and_no_buttons_of_the_record(
    world: World, session: str
) -> None:
    browser, path = await signed_in(world, "head_x"), f"/s/{session}/live"
    page = await browser.get(f"{path}?audience=caucus")
    assert "Only X can read this" in page.text
    assert 'name="act" value="outcome' not in page.text
    assert "attendance/" not in page.text
    before = await counts(world)
    for name in ("outcome/0", "attendance"):
        typed = {"body/general": "Ours", "outcomes/0/issue": "1", "outcomes/0/value": "noted"}
        refused = await send(browser, page, path, {**typed, "act": name})
        assert refused.status_code == 403
    assert await counts(world) == before
    assert (await (await signed_in(world, "delegate_y")).get(path)).status_code == 404
    assert (await (await signed_in(world, "agency_head")).get(f"{path}?audience=secretariat")
            ).status_code == 404  # fmt: skip
