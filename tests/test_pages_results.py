"""The pages of results and of the matrix; and what holds for every page of a session."""

import re
from html import escape

import httpx2
import pytest
from beginnings import once_made
from counting import counted
from factories import World, act, confirmed, in_days, propose, signed_in
from filling import (
    CANARY,
    TALKS,
    Forms,
    beside,
    browsers,
    counts,
    fill,
    post,
    problem_of,
    send,
    typed_in,
)


@pytest.fixture
@once_made
async def held(world: World) -> str:
    """The path of a session of yesterday with a result; every text holds the canary."""
    session = await confirmed(
        world, local_start=in_days(-1), title=f"T {CANARY}", location=CANARY, room=CANARY,
        access_note=CANARY, basis_note=CANARY,
        agenda=[{"issue": "1"}, {"issue": "2"}, {"title": CANARY}],
    )  # fmt: skip
    answer = await world.note_taker.put(
        f"/api/v1/sessions/{session['id']}/summary",
        headers={"If-None-Match": "*"},
        json={
            "body": CANARY,
            "close": "concluded",
            "outcomes": [
                {"issue": "1", "value": "declined", "text": CANARY, "reason": CANARY,
                 "decided_by": "agency", "sources": [{"citation": CANARY}]},
                {"issue": "2", "value": "agreed", "text": CANARY},
            ],
            "commitments": [{"owner": "agency", "text": CANARY, "due_on": "2030-01-31"}],
        },
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return f"/s/{session['id']}"


async def test_a_wrong_result_is_kept_as_typed_and_nothing_of_it_is_saved(world: World) -> None:
    session = await confirmed(world, local_start=in_days(-1))
    path = f"/s/{session['id']}/summary"
    note_taker = await signed_in(world, "note_taker")
    before = await counts(world)
    typed = {
        "body": "First line\n\nWords " + CANARY,
        "outcomes/0/value": "agreed", "outcomes/0/text": "Yes.",
        "outcomes/2/value": "declined", "outcomes/2/text": "No.",
        "outcomes/1/sources": "", "outcomes/1/text": "A sentence without a value",
        "commitments/2/text": "Send it", "commitments/2/due_on": "soon",
        "attendance/0/actual": "present",
        "close": "broken_off",
    }  # fmt: skip
    answer = await fill(note_taker, path, typed)
    assert answer.status_code == 422
    assert beside(answer, "outcomes/2/reason") == (
        "Declined needs a reason and “Decided by”, the party that declined."
    )
    assert beside(answer, "outcomes/1/value") == "Choose the outcome these words belong to."
    assert beside(answer, "commitments/2/owner") == "Say which side undertakes it."
    assert beside(answer, "commitments/2/due_on")
    for name, value in typed.items():
        assert typed_in(answer.text, name) == value, name
    open_item = {"outcomes/2/reason": "", "outcomes/2/value": "", "outcomes/2/text": "",
                 "commitments/2/text": "", "commitments/2/due_on": ""}  # fmt: skip
    answer = await send(note_taker, answer, path, {**open_item, "outcomes/1/text": ""})
    assert answer.status_code == 409
    assert "No outcome is recorded for agenda item 2" in problem_of(answer)
    assert typed_in(answer.text, "close") == "broken_off"
    assert await counts(world) == before
    answer = await send(note_taker, answer, path, {"outcomes/1/value": "deferred"})
    assert answer.status_code == 303, answer.text


async def test_a_summary_saved_meanwhile_is_shown_beside_what_was_typed(
    world: World, held: str
) -> None:
    path = f"{held}/summary"
    coordinator, note_taker = await browsers(world, "coordinator", "note_taker")
    old = await coordinator.get(path)
    answer = await fill(note_taker, path, {"body": "Saved by the note-taker"})
    assert answer.status_code == 303
    before = await counts(world)
    answer = await send(coordinator, old, path, {"body": "Mine"})
    assert answer.status_code == 412
    assert "Someone saved the summary" in problem_of(answer)
    assert typed_in(answer.text, "body") == "Mine"
    assert "<p>Saved by the note-taker</p>" in answer.text
    assert await counts(world) == {**before, "note_draft": before["note_draft"] + 1}
    again = await send(coordinator, answer, path, {"outcomes/1/value": "impasse"})
    assert again.status_code == 303, again.text
    after = await counts(world)
    assert after["summary_revision"] == before["summary_revision"] + 1
    assert after["outcome"] == before["outcome"] + 1  # what wasn't touched isn't said again


async def test_an_outcome_recorded_meanwhile_is_not_replaced_unseen(
    world: World, held: str
) -> None:
    path = f"{held}/summary"
    session = held.removeprefix("/s/")
    note_taker = await signed_in(world, "note_taker")
    old = await note_taker.get(path)
    listed = (await world.coordinator.get(f"/api/v1/sessions/{session}/outcomes")).json()
    second = next(one for one in listed["items"] if one["issue"] == "2")
    answer = await world.coordinator.post(
        f"/api/v1/sessions/{session}/outcomes",
        json={"issue": "2", "value": "impasse", "text": "Stuck", "supersedes": second["id"]},
    )
    assert answer.status_code == 201, answer.text
    answer = await send(note_taker, old, path, {"outcomes/1/value": "withdrawn"})
    assert answer.status_code == 412
    assert "Someone saved the summary, or recorded something with it" in problem_of(answer)
    assert "impasse: Stuck" in re.sub(r"\s+", " ", re.sub("<[^>]*>", "", answer.text))
    again = await send(note_taker, answer, path, {})
    assert again.status_code == 303, again.text


async def test_other_jurisdictions_and_delegations_find_nothing(world: World, held: str) -> None:
    unknown = "/s/" + "0" * 20
    other, delegate = await browsers(world, "delegate_y", "delegate_x")
    for tail in ("", "/move", "/relocate", "/edit", "/agenda", "/publish", "/summary"):
        seen, nothing = await other.get(held + tail), await other.get(unknown + tail)
        assert (seen.status_code, seen.content) == (404, nothing.content)
    draft, nothing = await delegate.get(f"{held}/summary"), await delegate.get(unknown)
    assert (draft.status_code, draft.content) == (404, nothing.content)
    token = dict(Forms(nothing.text).found["/sign-out"])["csrf"]
    for tail in ("/accept", "/cancel", "/move", "/summary"):
        sent = [("csrf", token), ("base", "none")]
        seen = await post(other, held + tail, _own(sent, await other.get("/")))
        nothing = await post(other, unknown + tail, _own(sent, await other.get("/")))
        assert (seen.status_code, seen.content) == (404, nothing.content)
    forbidden = await post(delegate, f"{held}/move", [("csrf", token), ("base", "x")])
    assert forbidden.status_code == 403
    own = (await other.get(f"{TALKS}/matrix")).text
    assert "X County" not in own
    assert CANARY not in own
    assert escape(CANARY) not in own


def _own(sent: list[tuple[str, str]], page: httpx2.Response) -> list[tuple[str, str]]:
    """The same fields with the token of that browser's login."""
    token = dict(Forms(page.text).found["/sign-out"])["csrf"]
    return [("csrf", token), *[one for one in sent if one[0] != "csrf"]]


async def test_everything_users_wrote_is_shown_as_text(world: World, held: str) -> None:
    session = held.removeprefix("/s/")
    following = await propose(
        world, title=f"N {CANARY}", location=CANARY, agenda=[{"title": CANARY}, {"issue": "1"}]
    )
    answer = await act(world.head_x, following["id"], "decline", {"reason": CANARY})
    assert answer.status_code == 200, answer.text
    answer = await act(
        world.coordinator, following["id"], "move",
        {"local_start": in_days(12), "reason": CANARY,
         "consents": [{"party": "x", "by": CANARY, "how": CANARY}]},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    then = f"/s/{following['id']}"
    coordinator = await signed_in(world, "coordinator")
    for path in (
        held, f"{held}/summary", then, f"{then}/move", f"{then}/relocate", f"{then}/edit",
        f"{then}/agenda", f"{TALKS}/matrix", f"{held}/publish",
    ):  # fmt: skip
        page = await coordinator.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text, path
        assert escape(CANARY) in page.text or "&lt;script&gt;" in page.text, path
        assert not re.search(r"\sstyle=|\son\w+=|<style", page.text), path
    cancelled = await fill(coordinator, then, {"cancel_reason": CANARY}, f"{then}/cancel")
    assert cancelled.status_code == 303
    assert "<script>alert" not in (await coordinator.get(then)).text
    assert session


async def test_no_page_asks_more_of_the_database_when_there_is_more(
    world: World, held: str
) -> None:
    first = await propose(world, local_start=in_days(20))
    then = f"/s/{first['id']}"
    paths = [
        then, f"{then}/agenda", f"{then}/move", held, f"{held}/summary", f"{TALKS}/matrix",
        f"{TALKS}/matrix.csv", f"{TALKS}/sessions/new",
    ]  # fmt: skip

    async def statements(browser: httpx2.AsyncClient) -> dict[str, int]:
        found = {}
        for path in paths:
            with counted(world) as seen:
                assert (await browser.get(path)).status_code == 200, path
            found[path] = len(seen)
        return found

    coordinator = await signed_in(world, "coordinator")
    once = await statements(coordinator)
    for days in (-3, -5):
        more = await confirmed(world, local_start=in_days(days))
        result = {
            "body": "s", "close": "concluded",
            "outcomes": [{"issue": code, "value": "noted", "text": "t"} for code in ("1", "2")],
            "commitments": [{"owner": "x", "text": "Read"}, {"owner": "agency", "text": "Go"}],
        }  # fmt: skip
        answer = await world.note_taker.put(
            f"/api/v1/sessions/{more['id']}/summary",
            json=result,
            headers={"If-None-Match": "*"},
        )
        assert answer.status_code == 201, answer.text
    assert await statements(coordinator) == once


async def test_the_matrix_of_a_day_and_a_day_badly_written(world: World, held: str) -> None:
    coordinator = await signed_in(world, "coordinator")
    early = await coordinator.get(f"{TALKS}/matrix?as_of=2020-01-01")
    assert "declined by" not in early.text
    assert "no session" in early.text
    bad = await coordinator.get(f"{TALKS}/matrix?as_of=yesterday")
    assert bad.status_code == 400
    assert "Write the day as 2010-11-05" in bad.text
    file = await coordinator.get(f"{TALKS}/matrix.json?as_of=2020-01-01")
    assert file.headers["content-disposition"] == (
        'attachment; filename="water-talks-outcomes-2020-01-01.json"'
    )
    assert file.json()["as_of"] == "2020-01-01"
    csv = await coordinator.get(f"{TALKS}/matrix.csv")
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert held
