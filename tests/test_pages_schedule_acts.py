"""From the schedule to a session's move or a new one, and who is told before it happens."""

import re

from factories import NEG, World, confirmed, propose, signed_in
from filling import CANARY, TALKS, counts, fill, problem_of, send, typed_in
from scheduled import HERE, WEEK, at, by_day, plain


async def test_a_session_is_moved_from_there_with_four_clicks(world: World) -> None:
    """Job C2: the link, the check with clocks, clashes and who is told, and it is done."""
    session = await confirmed(world, local_start=at(1))
    other = await propose(world, local_start=at(2), jurisdiction="y", title="Of Y")
    coordinator = await signed_in(world, "coordinator")
    page = await coordinator.get(HERE)  # where one begins
    [link] = set(re.findall(rf'href="(/s/{session["id"]}/move)"', page.text))
    form = await coordinator.get(link)  # 1
    before = await counts(world)
    day_ = {"date": at(2)[:10], "start": "11:00", "end": "13:00"}
    unexplained = await send(coordinator, form, link, {**day_, "step": "check"})
    assert unexplained.status_code == 422
    clash = await send(coordinator, form, link, {**day_, "reason": "A hearing", "step": "check"})
    assert clash.status_code == 409
    assert problem_of(clash) == (
        "Agency's team is not free Wed 3 Nov 11:00 to 13:00 PDT: Of Y. "
        "Choose another time, or another team."
    )
    later = {"start": "12:30", "end": "14:00", "step": "check"}
    preview = await send(coordinator, clash, link, later)  # 2
    assert await counts(world) == before
    text = plain(preview.text)
    for shown in (
        "At the place Tue 2 Nov 2049, 10:00 to 12:00 PDT Wed 3 Nov 2049, 12:30 to 14:00 PDT",
        "Agency Tue 2 Nov 2049, 13:00 to 15:00 EDT Wed 3 Nov 2049, 15:30 to 17:00 EDT",
        "X Tue 2 Nov 2049, 10:00 to 12:00 PDT Wed 3 Nov 2049, 12:30 to 14:00 PDT",
        "You Tue 2 Nov 2049, 13:00 to 15:00 EDT Wed 3 Nov 2049, 15:30 to 17:00 EDT",
        "It falls back to proposed until both sides have accepted.",
        "Less than 60 minutes lie between this and another session of Agency's team.",
        ("Told by mail, unless they turned that off: Agency’s delegation (The agency_delegate, "
         "The agency_head); X’s delegation (The delegate_x, The head_x, The party_note_taker_x); "
         "the secretariat. Calendars follow at their own pace: who has seen the last change ."),
    ):  # fmt: skip
        assert shown in text, shown
    done = await send(coordinator, preview, link, {"step": "do"})  # 3
    assert done.status_code == 303, done.text
    days = by_day(await coordinator.get(HERE))
    assert [name[:5] for name in days] == ["Wed 3"]
    [of_y, moved] = next(iter(days.values()))
    assert (of_y[1], moved[1]) == (
        "Of Y session 1 Too close to X / Agency: session 1 (Agency's team)",
        "X / Agency: session 1 Too close to Of Y (Agency's team)",
    )
    assert other["id"] in page.text


async def test_a_head_reads_in_the_preview_who_is_told_and_no_calendars(world: World) -> None:
    session = await propose(world, local_start=at(1))
    head = await signed_in(world, "head_x")
    typed = {"start": "15:00", "end": "17:00", "reason": "r", "step": "check"}
    text = plain((await fill(head, f"/s/{session['id']}/move", typed)).text)
    assert (
        "Told by mail, unless they turned that off: Agency’s delegation; X’s delegation (The "
        "delegate_x, The head_x, The party_note_taker_x); the secretariat. Calendars follow at "
        "their own pace. Tell them yourself if it is soon."
    ) in text


async def test_who_has_no_address_is_named_to_the_coordinator(world: World) -> None:
    person = {"name": "The usher", "role": "delegate", "party": "x"}
    made = await world.coordinator.post(f"{NEG}/people", json=person)
    assert made.status_code == 201, made.text
    session = await propose(world, local_start=at(1))
    typed = {"start": "15:00", "end": "17:00", "reason": "r", "step": "check"}
    told_ = {}
    for name in ("coordinator", "head_x"):
        page = await fill(await signed_in(world, name), f"/s/{session['id']}/move", typed)
        told_[name] = "The usher – no mail address" in plain(page.text)
        assert "The usher" in page.text
    assert told_ == {"coordinator": True, "head_x": False}


async def test_a_new_session_begins_with_the_day_it_was_asked_for(world: World) -> None:
    await propose(world, local_start=at(1))
    coordinator = await signed_in(world, "coordinator")
    page = await coordinator.get(f"{HERE}?week={WEEK}")
    [link] = set(re.findall(r'href="([^"]*sessions/new\?date=2049-11-05)"', page.text))
    new = await coordinator.get(link)
    assert typed_in(new.text, "date") == "2049-11-05"
    odd = await coordinator.get(f"{TALKS}/sessions/new", params={"date": CANARY})
    assert (odd.status_code, "<script>alert" in odd.text) == (200, False)
