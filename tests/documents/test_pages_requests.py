"""The pages of document requests: for whom they are, what is typed, what is warned of."""

import re
from datetime import timedelta

import pytest
from counting import counted
from factories import NEG, Demonstration, World, in_days, propose, signed_in
from filling import CANARY, TALKS, Forms, beside, counts, fill, problem_of, send, typed_in

from negotiations.civil import local_date

LIST = f"{TALKS}/requests"
TYPED = {"title": "Meter readings", "requester": "x", "holder": "agency", "legal_basis": "foia"}


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", text))


async def entered(world: World, **more: object) -> str:
    """The path of a request that the note-taker entered by the form."""
    note_taker = await signed_in(world, "note_taker")
    answer = await fill(note_taker, f"{LIST}/new", {**TYPED, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_note_taker_enters_a_request_and_what_happens_to_it(world: World) -> None:
    session = await propose(world, title="Opening", local_start=in_days(20))
    today = local_date(world.clock.now(), "America/New_York")
    path = await entered(world, **{
        "scope": "All of 2019", "co_requesters": ["y"], "needed_before": [session["id"]],
        "events/0/state": "submitted", "events/0/happened_on": "2020-03-01",
        "events/0/due_on": "2020-03-30", "events/0/text": "By mail",
    })  # fmt: skip
    note_taker = await signed_in(world, "note_taker")
    page = await note_taker.get(path)
    for one in ("Meter readings", "X County", "Y County", "Water Agency", "FOIA", "All of 2019",
                "submitted 1 Mar 2020; due 30 Mar 2020", "By mail", "Opening"):  # fmt: skip
        assert one in page.text, one
    late = today + timedelta(days=30)
    added = await send(note_taker, page, f"{path}/events#event", {
        "kind": "deadline", "due_on": f"{late}", "label": "new deadline", "certainty": "C",
        "sources": "The docket | https://court.example/1 | C",
    })  # fmt: skip
    assert added.headers["location"] == f"{path}#e-2"
    text = (await note_taker.get(path)).text
    link = '<a href="https://court.example/1" rel="noopener noreferrer">The docket</a>'
    assert f"{link} (C: disputed or inferred)" in text
    assert text.count('class="certainty"') == 2  # of the request, and of the event
    assert "after the session of" in text
    listed = plain((await note_taker.get(LIST)).text)
    assert "that needs it." in listed
    assert "X, Y of Agency" in listed


async def test_who_may_not_write_reads_without_any_form(world: World) -> None:
    path = await entered(world)
    forms = {}
    for name in ("coordinator", "note_taker", "delegate_x", "head_x", "agency_head", "delegate_y"):
        page = await (await signed_in(world, name)).get(path)
        assert page.status_code == 200
        assert f'href="{LIST}"' in page.text
        forms[name] = sorted(
            action.removeprefix(path) for action in Forms(page.text).found if path in action
        )
    events = "/events#event"
    assert forms == {
        "coordinator": [events, "/publish"], "note_taker": [events],
        "delegate_x": [], "head_x": [], "agency_head": [], "delegate_y": [],
    }  # fmt: skip
    head = await signed_in(world, "head_x")
    csrf = dict(Forms((await head.get("/")).text).found["/sign-out"])["csrf"]
    before = await counts(world)
    statuses = [(await head.get(one)).status_code for one in (f"{LIST}/new", f"{path}/edit")]
    sent = {"csrf": csrf, **TYPED}
    writes = (f"{LIST}/new", f"{path}/edit", f"{path}/events", f"{path}/publish")
    statuses += [(await head.post(one, data=sent)).status_code for one in writes]
    assert statuses == [403] * 6
    note_taker = await signed_in(world, "note_taker")
    base = typed_in((await note_taker.get(path)).text, "base")
    csrf = dict(Forms((await note_taker.get("/")).text).found["/sign-out"])["csrf"]
    sneaked = await note_taker.post(f"{path}/publish", data={"csrf": csrf, "base": base})
    assert sneaked.status_code == 403
    assert await counts(world) == before
    elsewhere = await signed_in(world, "coordinator_elsewhere")
    seen, unknown = [await elsewhere.get(one) for one in (path, f"{LIST}/{'f' * 20}")]
    assert (seen.status_code, seen.content) == (404, unknown.content)


async def test_wrong_forms_keep_what_was_typed(world: World) -> None:
    note_taker = await signed_in(world, "note_taker")
    before = await counts(world)
    typed = {
        "title": "", "scope": "Kept scope", "requester": "x", "holder": "",
        "co_requesters": ["x", "y"], "events/0/state": "disposed",
        "events/0/happened_on": "soon",
    }  # fmt: skip
    wrong = await fill(note_taker, f"{LIST}/new", typed)
    assert wrong.status_code == 422
    assert [bool(beside(wrong, name)) for name in ("title", "holder", "events/0/happened_on")] == [
        True, True, True,
    ]  # fmt: skip
    assert typed_in(wrong.text, "scope") == "Kept scope"
    mended = {"title": "T", "holder": "agency", "events/0/happened_on": ""}
    wrong = await send(note_taker, wrong, f"{LIST}/new", mended)
    assert beside(wrong, "co_requesters") == "'x' is named twice. Name each party once."
    wrong = await send(note_taker, wrong, f"{LIST}/new", {"co_requesters": "y"})
    assert beside(wrong, "events/0/disposition").startswith("Say how the holder answered")
    assert await counts(world) == before
    done = await send(note_taker, wrong, f"{LIST}/new", {"events/0/disposition": "denied"})
    assert done.status_code == 303, done.text


async def test_an_event_that_cannot_be_is_told_beside_its_field(world: World) -> None:
    path = await entered(world)
    act = f"{path}/events#event"
    note_taker = await signed_in(world, "note_taker")
    wrong = await fill(note_taker, path, {"text": "Kept"}, act)
    assert (wrong.status_code, beside(wrong, "state")) == (
        422, "Say which state the request came to.",
    )  # fmt: skip
    wrong = await send(note_taker, wrong, act, {"kind": "note", "sources": "A | ftp://a | B\nB"})
    assert beside(wrong, "sources").startswith("Line 1: ")
    assert typed_in(wrong.text, "text") == "Kept"
    skip = {"sources": "", "kind": "state", "state": "ordered"}
    wrong = await send(note_taker, wrong, act, skip)
    assert wrong.status_code == 409
    assert "can't follow drafted" in problem_of(wrong)
    stale = wrong
    assert (await send(note_taker, wrong, act, {"state": "submitted"})).status_code == 303
    assert (await send(note_taker, stale, act, {"state": "submitted"})).status_code == 412


async def test_a_request_is_changed_in_its_own_form(world: World) -> None:
    session = await propose(world)
    path = await entered(world, reference="F-1", needed_before=[session["id"]])
    note_taker = await signed_in(world, "note_taker")
    page = await note_taker.get(f"{path}/edit")
    assert typed_in(page.text, "reference") == "F-1"
    change = {"title": "Readings", "reference": "", "needed_before": []}
    assert (await send(note_taker, page, f"{path}/edit", change)).headers["location"] == path
    stale = await send(note_taker, page, f"{path}/edit", {"title": "Mine"})
    assert (stale.status_code, typed_in(stale.text, "title")) == (412, "Mine")
    [view] = (await world.coordinator.get(f"{NEG}/document-requests")).json()["items"]
    assert (view["title"], view["reference"], view["needed_before"]) == ("Readings", None, [])
    wrong = await send(note_taker, stale, f"{path}/edit", {"holder": "x"})
    assert beside(wrong, "holder").startswith("Nobody asks themselves.")


async def test_the_public_page_lists_what_was_published_as_it_was(world: World) -> None:
    public = "/public/water-talks"
    session = await propose(world, title="Unpublished session")
    path = await entered(world, needed_before=[session["id"]])
    assert "Meter readings" not in (await world.nobody.get(public)).text
    coordinator = await signed_in(world, "coordinator")
    page = await coordinator.get(path)
    preview = page.text.split('<div class="note">')[1].split("</div></details>")[0]
    assert (await send(coordinator, page, f"{path}/publish", {})).headers["location"] == path
    shown = await world.nobody.get(public)
    assert preview in shown.text
    assert "No session of these talks is published yet." in shown.text
    for one in ("Unpublished", "The note_taker", path.rpartition("/")[2]):
        assert one not in shown.text
    await fill(coordinator, path, {"kind": "state", "state": "submitted"}, f"{path}/events#event")
    assert (await world.nobody.get(public)).text == shown.text
    assert "/public/water-talks" in (await world.nobody.get("/sign-in")).text


async def test_what_people_wrote_is_shown_as_text(world: World) -> None:
    path = await entered(world, title=CANARY, scope=CANARY, reference=CANARY,
                         **{"events/0/text": CANARY})  # fmt: skip
    coordinator = await signed_in(world, "coordinator")
    event = {"kind": "note", "label": CANARY, "text": CANARY, "sources": CANARY}
    answer = await fill(coordinator, path, event, f"{path}/events#event")
    assert answer.status_code == 303, answer.text
    await fill(coordinator, path, {}, f"{path}/publish")
    for one in (LIST, path, f"{path}/edit", f"{TALKS}/matrix", "/public/water-talks"):
        page = await coordinator.get(one)
        assert (page.status_code, "&lt;script&gt;alert" in page.text) == (200, True), one
        assert "<script>alert" not in page.text, one


@pytest.mark.parametrize("name", ["coordinator", "arlington", "dc"])
async def test_the_list_of_2010_warns_each_side_for_its_sessions(
    demonstration: Demonstration, name: str
) -> None:
    browser = await signed_in(demonstration, name)
    page = plain((await browser.get("/n/secure-communities-2010/requests")).text)
    warned = re.findall(r"Due 17 Jan 2011, after the session of (\d) Nov 2010", page)
    assert warned == {"coordinator": ["5", "9"], "arlington": ["5"], "dc": []}[name]
    assert "NDLON, CCR, Cardozo clinic of ICE" in page


async def test_the_lane_of_2010_shows_a_mark_wherever_a_c_value_is_shown(
    demonstration: Demonstration,
) -> None:
    browser = await signed_in(demonstration, "dc")
    listed = (await browser.get("/n/secure-communities-2010/requests")).text
    [path] = re.findall(r'href="(/n/secure-communities-2010/requests/\w{20})"', listed)
    lane = (await browser.get(path)).text.split("<h2>What happened</h2>")[1].split("</ul>")[0]
    public = (await demonstration.nobody.get("/public/secure-communities-2010")).text
    events = public.split("<h2>Published document requests</h2>")[1].split("</ul>")[0]
    for text in (lane, events):
        items = text.split("<li")[1:]
        assert len(items) >= 8
        marked = [plain(one) for one in items if 'class="certainty"' in one]
        days = [re.findall(r"\w+ \d+ Dec 2010", one)[0] for one in marked]
        assert days == ["Mon 6 Dec 2010", "Thu 9 Dec 2010"]


async def test_no_page_asks_more_of_the_database_when_there_is_more(world: World) -> None:
    session = await propose(world)
    path = await entered(world, needed_before=[session["id"]])
    coordinator = await signed_in(world, "coordinator")
    await fill(coordinator, path, {}, f"{path}/publish")

    async def asked() -> dict[str, int]:
        found = {}
        for one in (LIST, path, f"{path}/edit", f"{TALKS}/matrix", "/public/water-talks"):
            with counted(world) as statements:
                assert (await coordinator.get(one)).status_code == 200
            found[one] = len(statements)
        return found

    few = await asked()
    for number in range(5):
        other = await propose(world, local_start=in_days(20 + number))
        more = await entered(
            world, title=f"R{number}", co_requesters=["y"], needed_before=[other["id"]]
        )
        await fill(coordinator, more, {}, f"{more}/publish")
        event = {"kind": "note", "text": "N", "sources": f"S{number}"}
        await fill(coordinator, path, event, f"{path}/events#event")
    assert await asked() == few
    assert max(few.values()) < 25
