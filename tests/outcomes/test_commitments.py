"""What was undertaken: by which person, what is overdue first, and what the page changes."""

import re
from datetime import timedelta
from typing import Any

from browsing import TALKS
from factories import NEG, World, in_days, propose, signed_in
from filling import send
from problems import problem

from negotiations.civil import local_date

COMMITMENTS = f"{NEG}/commitments"
PAGE = f"{TALKS}/commitments"


async def undertake(world: World, text: str, **more: Any) -> dict[str, Any]:
    body = {"jurisdiction": "x", "owner": "x", "text": text, **more}
    answer = await world.coordinator.post(COMMITMENTS, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def day(world: World, days: int) -> str:
    return f"{local_date(world.clock.now(), 'America/New_York') + timedelta(days=days)}"


async def test_a_person_of_the_owners_side_can_be_named_and_another_later(world: World) -> None:
    people = world.people
    made = await undertake(world, "Write", person=people["delegate_x"])
    assert made["person"] == people["delegate_x"]
    refused = {"jurisdiction": "x", "owner": "x", "text": "Write"}
    for who in ("agency_head", "note_taker", "former_delegate_x", "delegate_y"):
        answer = await world.coordinator.post(COMMITMENTS, json={**refused, "person": people[who]})
        assert "place on the owner's side" in problem(answer, 422)
    path = f"{COMMITMENTS}/{made['id']}"
    # Who doesn't know of the person isn't told the id; who does is.
    assert (await world.delegate_x.get(path)).json()["person"] == people["delegate_x"]
    assert (await world.agency_delegate.get(path)).json()["person"] is None
    for person, status in ((people["head_x"], 200), (people["agency_head"], 422), (None, 200)):
        tag = (await world.head_x.get(path)).headers["etag"]
        answer = await world.head_x.patch(path, json={"person": person}, headers={"If-Match": tag})
        assert answer.status_code == status, answer.text
        if status == 200:
            assert answer.json()["person"] == person


async def test_the_list_is_narrowed_by_side_state_and_jurisdiction(world: World) -> None:
    first = await undertake(world, "One", due_on=day(world, 3))
    second = await undertake(world, "Two", owner="agency", status="done", due_on=day(world, 2))
    third = await undertake(world, "Three", jurisdiction="y", owner="y")

    async def listed(options: str, who: str = "coordinator") -> list[str]:
        answer = await world.clients[who].get(f"{COMMITMENTS}?{options}")
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    assert await listed("") == [second["id"], first["id"], third["id"]]
    assert await listed("jurisdiction=x") == [second["id"], first["id"]]
    assert await listed("party=agency") == [second["id"]]
    assert await listed("status=open") == [first["id"], third["id"]]
    assert await listed("status=open", "delegate_x") == [first["id"]]
    problem(await world.delegate_x.get(f"{COMMITMENTS}?jurisdiction=y"), 404)
    problem(await world.coordinator.get(f"{COMMITMENTS}?status=late"), 400)


async def test_the_page_has_what_is_overdue_first_and_changes_a_state_with_evidence(
    world: World,
) -> None:
    await undertake(world, "Nothing to do", status="done", due_on=day(world, -9))
    await undertake(world, "Some day", due_on=day(world, 30))
    late = await undertake(world, "Long ago", due_on=day(world, -2), person=world.people["head_x"])
    await undertake(world, "Of Y", jurisdiction="y", owner="y")
    texts = ("Long ago", "Some day", "Of Y", "Nothing to do")

    def order(page: str) -> list[str]:
        body = page[page.index("<tbody") :] if "<tbody" in page else ""
        places = {one: body.find(f">{one}") for one in texts}
        return sorted((one for one in texts if places[one] >= 0), key=lambda one: places[one])

    head = await signed_in(world, "head_x")
    coordinator = await signed_in(world, "coordinator")
    page = await head.get(PAGE)
    assert order(page.text) == ["Long ago", "Some day"]
    assert order((await head.get(f"{PAGE}?show=all")).text) == [
        "Long ago", "Some day", "Nothing to do",
    ]  # fmt: skip
    assert order((await coordinator.get(f"{PAGE}?show=late")).text) == ["Long ago"]
    assert order((await coordinator.get(f"{PAGE}?party=y")).text) == ["Of Y"]
    assert order((await coordinator.get(f"{PAGE}?show=done")).text) == ["Nothing to do"]
    assert page.text.count("overdue</strong>") == 1
    row = page.text[page.text.index(f'id="c-{late["id"]}"') :]
    name = (await world.coordinator.get(f"{NEG}/people/{world.people['head_x']}")).json()["name"]
    assert re.search(r'<th scope="row">(.*?)</th>', row)[1] == f"X, {name}"
    form = f"{PAGE}/{late['id']}"
    done = await send(head, page, form, {"status": "done", "evidence": "Letter of today"})
    assert done.headers["location"] == f"{PAGE}?show=all#c-{late['id']}"
    told = (await world.delegate_x.get(f"{COMMITMENTS}/{late['id']}")).json()
    assert (told["status"], told["evidence"], told["overdue"]) == ("done", "Letter of today", False)
    reader = (await (await signed_in(world, "delegate_x")).get(PAGE)).text
    assert "<form method=\"post\"" not in reader.replace('action="/sign-out"', "")[
        reader.index("<tbody") :
    ]  # fmt: skip


async def test_a_form_names_who_is_to_do_it_among_the_owners_side(world: World) -> None:
    made = await undertake(world, "Write")
    head, form = await signed_in(world, "head_x"), f"{PAGE}/{made['id']}"
    page = await head.get(form)
    select = page.text.partition('name="person"')[2].partition("</select>")[0]
    offered = set(re.findall(r'<option value="(\w*)"', select))
    assert world.people["delegate_x"] in offered
    assert not offered & {
        world.people[name] for name in ("agency_head", "delegate_y", "note_taker")
    }
    named = await send(head, page, form, {"person": world.people["delegate_x"]})
    assert named.status_code == 303
    path = f"{COMMITMENTS}/{made['id']}"
    assert (await world.head_x.get(path)).json()["person"] == world.people["delegate_x"]
    # The forms of the list, which don't ask for it, leave it as it is.
    listed = await send(head, await head.get(PAGE), form, {"status": "in_progress"})
    assert listed.status_code == 303
    assert (await world.head_x.get(path)).json()["person"] == world.people["delegate_x"]
    assert (await send(head, await head.get(form), form, {"person": ""})).status_code == 303
    assert (await world.head_x.get(path)).json()["person"] is None
    wrong = await send(head, await head.get(form), form, {"person": world.people["agency_head"]})
    assert wrong.status_code == 422
    assert "place on the owner" in wrong.text


async def test_documents_that_come_too_late_for_a_session_wait_for_those_concerned(
    world: World,
) -> None:
    session = await propose(world, title="Opening", local_start=in_days(20))
    body = {
        "title": "Readings", "requester": "x", "holder": "agency", "legal_basis": "foia",
        "needed_before": [session["id"]], "events": [
            {"kind": "state", "state": "submitted", "happened_on": "2020-03-01",
             "due_on": day(world, 30)},
        ],
    }  # fmt: skip
    made = await world.note_taker.post(f"{NEG}/document-requests", json=body)
    assert made.status_code == 201, made.text
    assert any("that needs it." in one for one in made.json()["warnings"])

    async def waiting(who: str) -> list[bool]:
        found = (await world.clients[who].get("/api/v1/me/waiting")).json()["items"]
        return [one["on_me"] for one in found if one["title"] == "Readings"]

    concerned = ("coordinator", "agency_head", "head_x", "delegate_y")
    assert [await waiting(who) for who in concerned] == [[True], [True], [False], []]
    assert "Readings" in (await (await signed_in(world, "coordinator")).get("/")).text
    world.clock.forward(days=21)
    assert await waiting("coordinator") == []
