"""The pages of the rest of a session's life: postponed, countered, opened, adjourned, by forms."""

from html import unescape
from typing import Any

import httpx2
from factories import NEG, World, act, confirmed, in_days, propose, signed_in
from filling import Forms, beside, browsers, counts, fill, problem_of, send, typed_in


async def show(world: World, session: str) -> dict[str, Any]:
    return dict((await world.coordinator.get(f"/api/v1/sessions/{session}")).json())


def offered(page: httpx2.Response, here: str) -> set[str]:
    """What the session's page offers: its forms and the links to forms."""
    names = (
        "accept", "decline", "confirm", "open", "close", "postpone", "reinstate", "counter",
        "cancel", "move", "relocate", "agenda", "edit", "publish", "summary",
    )  # fmt: skip
    forms = Forms(page.text).found
    return {
        name for name in names if f"{here}/{name}" in forms or f'href="{here}/{name}"' in page.text
    }


async def test_each_person_is_offered_what_role_and_state_allow(world: World) -> None:
    chair = world.people["agency_delegate"]
    names = ("coordinator", "note_taker", "head_x", "agency_delegate", "delegate_x")
    ids = {"proposed": (await propose(world))["id"]}
    ids["postponed"] = (await propose(world, local_start=in_days(11)))["id"]
    await act(world.coordinator, ids["postponed"], "postpone", {"reason": "Flood"})
    ids["confirmed"] = (await confirmed(world, local_start=in_days(-1), chair=chair))["id"]
    ids["in_progress"] = (await confirmed(world, local_start=in_days(-2), chair=chair))["id"]
    await act(world.note_taker, ids["in_progress"], "open")
    seen = {}
    for status, session in ids.items():
        for name in names:
            page = await (await signed_in(world, name)).get(f"/s/{session}")
            assert page.status_code == 200, page.text
            seen[status, name] = offered(page, f"/s/{session}")
    change = {"move", "relocate", "agenda"}
    every = {"accept", "decline", "counter", *change}
    assert seen == {
        ("proposed", "coordinator"): {*every, "edit", "postpone", "cancel"},
        ("proposed", "note_taker"): {"agenda"},
        ("proposed", "head_x"): every,
        ("proposed", "agency_delegate"): set(),
        ("proposed", "delegate_x"): set(),
        ("postponed", "coordinator"): {"reinstate", "counter", "cancel"},
        ("postponed", "note_taker"): set(),
        ("postponed", "head_x"): {"counter"},
        ("postponed", "agency_delegate"): set(),
        ("postponed", "delegate_x"): set(),
        ("confirmed", "coordinator"): {
            *change, "edit", "postpone", "cancel", "publish", "open", "close", "summary",
        },
        ("confirmed", "note_taker"): {"agenda", "open", "close", "summary"},
        ("confirmed", "head_x"): {"move", "relocate"},
        ("confirmed", "agency_delegate"): {"open", "close"},
        ("confirmed", "delegate_x"): set(),
        ("in_progress", "coordinator"): {
            "agenda", "postpone", "cancel", "publish", "close", "summary",
        },
        ("in_progress", "note_taker"): {"agenda", "close", "summary"},
        ("in_progress", "head_x"): set(),
        ("in_progress", "agency_delegate"): {"agenda", "close"},
        ("in_progress", "delegate_x"): set(),
    }  # fmt: skip


async def test_a_session_is_postponed_and_reinstated_by_forms(world: World) -> None:
    session = (await confirmed(world))["id"]
    here = f"/s/{session}"
    coordinator, reader = await browsers(world, "coordinator", "delegate_x")
    before = await counts(world)
    refused = await fill(coordinator, here, {}, f"{here}/postpone")
    assert refused.status_code == 422
    assert beside(refused, "postpone_reason").startswith("Say why it is postponed")
    assert await counts(world) == before
    typed = {"postpone_reason": "A <b>flood</b>"}
    done = await fill(coordinator, here, typed, f"{here}/postpone")
    assert done.status_code == 303, done.text
    page = await reader.get(here)
    assert '<span class="status postponed">' in page.text
    assert "A &lt;b&gt;flood&lt;/b&gt;" in page.text
    assert "Answers" not in page.text

    path = f"{here}/reinstate"
    form = await coordinator.get(path)
    wrong = await send(coordinator, form, path, {"date": "soon", "step": "check"})
    assert beside(wrong, "start")
    typed = {
        "date": in_days(20)[:10], "location": "Library", "step": "check",
        "consents/0/given": "1", "consents/0/how": "by mail",
    }  # fmt: skip
    before = await counts(world)
    preview = await send(coordinator, form, path, typed)
    assert preview.status_code == 200, preview.text
    assert "It is proposed again" in preview.text
    assert "Library" in preview.text
    assert await counts(world) == before
    done = await send(coordinator, preview, path, {"step": "do"})
    assert done.status_code == 303, done.text
    now = await show(world, session)
    assert (now["status"], now["location"], now["room"]) == ("proposed", "Library", None)
    assert [one["answer"] for one in now["answers"]] == ["accepted", "waiting"]
    page = await reader.get(here)
    assert "reinstated" in page.text
    assert "it was to be" in page.text
    late = await coordinator.get(path)
    assert "only what is postponed is reinstated" in late.text
    track = await reader.get("/n/water-talks/tracks/x")
    assert "Postponed from " in track.text
    assert "Reinstated for " in track.text


async def test_a_head_proposes_another_time_and_both_pages_tell_of_it(world: World) -> None:
    session = (await propose(world))["id"]
    here = f"/s/{session}"
    third = (await propose(world, local_start=in_days(12), jurisdiction="y"))["id"]
    head, coordinator = await browsers(world, "head_x", "coordinator")
    path = f"{here}/counter"
    form = await head.get(path)
    assert "With this you accept it for X." in form.text
    before = await counts(world)
    clash = await send(head, form, path, {"date": in_days(12)[:10]})
    assert (clash.status_code, typed_in(clash.text, "date")) == (409, in_days(12)[:10])
    assert "Agency's team is not free" in problem_of(clash)
    assert await counts(world) == before
    done = await send(head, clash, path, {"start": "13:00", "end": "15:00"})
    assert done.status_code == 303, done.text
    other = done.headers["location"].partition("?")[0]
    page = await head.get(other)
    assert "Instead of" in page.text
    assert f'href="{here}"' in page.text
    assert "by proposing it" in page.text
    page = await coordinator.get(here)
    assert "Other times proposed" in page.text
    assert f'href="{other}"' in page.text
    for client in (world.agency_head,):
        assert (await act(client, other.removeprefix("/s/"), "accept")).status_code == 200
    done = await fill(coordinator, other, {}, f"{other}/confirm")
    assert done.status_code == 303, done.text
    assert (await show(world, session))["status"] == "cancelled"
    assert "no other time can be proposed for it" in (await head.get(path)).text
    assert (await show(world, third))["status"] == "proposed"
    typed = {
        "consents/1/given": "1", "consents/1/how": "", "date": in_days(14)[:10],
    }  # fmt: skip
    fresh = (await propose(world, local_start=in_days(13)))["id"]
    wrong = await fill(coordinator, f"/s/{fresh}/counter", typed)
    assert beside(wrong, "consents/1/how") == "Say how the consent was given."


async def test_a_chair_opens_a_session_takes_a_late_item_and_adjourns_it(world: World) -> None:
    session = (
        await confirmed(world, local_start=in_days(-1), chair=world.people["agency_delegate"])
    )["id"]
    here = f"/s/{session}"
    chair, note_taker = await browsers(world, "agency_delegate", "note_taker")
    assert (await fill(chair, here, {}, f"{here}/open")).status_code == 303
    path = f"{here}/agenda"
    typed = {"agenda/2/issue": "10", "agenda/2/minutes": "5"}
    assert (await fill(chair, path, typed)).status_code == 303
    assert "came late, not adopted yet" in (await note_taker.get(here)).text
    gone = {"agenda/0/issue": "", "agenda/0/title": ""}
    refused = await fill(chair, path, gone)
    assert refused.status_code == 422
    assert "“Water rights” was adopted: it can be dropped" in unescape(refused.text)

    path = f"{here}/close"
    form = await chair.get(path)
    ticked = [value for name, value in Forms(form.text).found[path] if name == "carried_over"]
    items = (await world.coordinator.get(f"/api/v1/sessions/{session}/agenda")).json()["items"]
    assert ticked == [one["id"] for one in items[:2]]
    assert "came late, not adopted" in form.text
    concluded = await send(chair, form, path, {})
    assert concluded.status_code == 409
    assert "came late and isn't adopted" in problem_of(concluded)
    to_date = {"close_kind": "adjourned_to_date", "carried_over": [one["id"] for one in items]}
    no_day = await send(chair, form, path, to_date)
    assert no_day.status_code == 422
    assert beside(no_day, "start") == "Give the date as 2010-11-09 and the start as 10:00."
    early = await send(chair, form, path, {**to_date, "date": in_days(-3)[:10]})
    assert "It goes on after this session" in beside(early, "start")
    before = await counts(world)
    assert before == await counts(world)
    done = await send(chair, form, path, {**to_date, "date": in_days(6)[:10]})
    assert done.status_code == 303, done.text
    page = await note_taker.get(here)
    assert "adjourned to date" in page.text
    assert "Goes on in" in page.text
    assert page.text.count(", carried over") == 3
    listed = (await world.coordinator.get(f"{NEG}/sessions")).json()["items"]
    [following] = [one for one in listed if one["continues"] == session]
    assert f'href="{here}"' in (await chair.get(f"/s/{following['id']}")).text
    track = await note_taker.get("/n/water-talks/tracks/x")
    assert "Adjourned to " in track.text


async def test_a_result_is_posted_and_adjourned_on_one_page(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-1)))["id"]
    path = f"/s/{session}/summary"
    note_taker = await signed_in(world, "note_taker")
    typed = {
        "body": "Text", "outcomes/0/value": "noted", "outcomes/0/text": "Yes",
        "close": "adjourned_to_date",
    }  # fmt: skip
    before = await counts(world)
    refused = await fill(note_taker, path, typed)
    assert refused.status_code == 422
    assert beside(refused, "start") == "Give the date as 2010-11-09 and the start as 10:00."
    assert typed_in(refused.text, "body") == "Text"
    clash = (await propose(world, local_start=in_days(6), jurisdiction="y"))["id"]
    taken = await send(note_taker, refused, path, {"date": in_days(6)[:10]})
    assert "Agency's team is not free" in problem_of(taken)
    await act(world.coordinator, clash, "cancel", {"reason": "Room"})
    done = await send(note_taker, taken, path, {"date": in_days(6)[:10]})
    assert done.status_code == 303, done.text
    after = await counts(world)
    assert after["session"] - before["session"] == 2
    listed = (await world.coordinator.get(f"{NEG}/sessions")).json()["items"]
    [following] = [one for one in listed if one["continues"] == session]
    agenda = await world.coordinator.get(f"/api/v1/sessions/{following['id']}/agenda")
    assert [one["issue"] for one in agenda.json()["items"]] == ["2"]


async def test_a_form_older_than_the_session_does_none_of_these_acts(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-1)))["id"]
    here = f"/s/{session}"
    coordinator = await signed_in(world, "coordinator")
    pages = {"open": await coordinator.get(here), "close": await coordinator.get(f"{here}/close")}
    await act(world.coordinator, session, "publish")
    before = await counts(world)
    for name, page in pages.items():
        answer = await send(coordinator, page, f"{here}/{name}", {})
        assert (name, answer.status_code) == (name, 412)
    postponed = await send(
        coordinator, pages["open"], f"{here}/postpone", {"postpone_reason": "Flood"}
    )
    assert (postponed.status_code, typed_in(postponed.text, "postpone_reason")) == (412, "Flood")
    assert await counts(world) == before
