"""The pages of sessions: proposing, answering, moving, changing, by forms alone."""

from html import unescape

from factories import World, act, confirmed, in_days, leaves, propose, signed_in, weekday
from filling import (
    CANARY,
    TALKS,
    Forms,
    beside,
    browsers,
    counts,
    fill,
    problem_of,
    send,
    times,
    typed_in,
)


async def test_a_session_is_proposed_agreed_moved_and_reported_by_forms_alone(
    world: World,
) -> None:
    names = ("coordinator", "head_x", "agency_head", "note_taker", "delegate_x")
    coordinator, head_x, agency_head, note_taker, reader = await browsers(world, *names)
    new = f"{TALKS}/sessions/new"
    answer = await fill(
        coordinator,
        new,
        {
            "jurisdiction": "x",
            **times(start="9:30", tz=""),
            "location": "City Hall",
            "issue": ["1", "2"],
            "titles": "Any other business\n",
            "note_taker": world.people["note_taker"],
        },
    )
    assert answer.status_code == 303, answer.text
    here = answer.headers["location"]
    page = await reader.get(here)
    assert "09:30 to 12:00 P" in page.text
    assert "Any other business" in page.text
    assert "The note_taker" in page.text
    for head in (head_x, agency_head):
        answer = await fill(head, here, {}, f"{here}/accept")
        assert (answer.status_code, answer.headers["location"]) == (303, here)
    answer = await fill(coordinator, here, {}, f"{here}/confirm")
    assert answer.status_code == 303, answer.text
    assert '<span class="status confirmed">' in (await reader.get(here)).text

    typed = {
        **times(date=in_days(11)[:10], start="14:00", end="16:00"),
        "reason": "The room is taken",
        "consents/0/given": "1", "consents/0/how": "by mail",
        "consents/1/given": "1", "consents/1/how": "by telephone",
        "step": "check",
    }  # fmt: skip
    before = await counts(world)
    preview = await fill(coordinator, f"{here}/move", typed)
    assert preview.status_code == 200, preview.text
    assert "Nothing has changed yet" in preview.text
    assert "17:00 to 19:00 E" in preview.text
    assert "The head_x" in preview.text
    assert "by telephone" in preview.text
    assert await counts(world) == before
    answer = await send(coordinator, preview, f"{here}/move", {"step": "do"})
    assert answer.status_code == 303, answer.text
    page = await reader.get(here)
    assert '<span class="status confirmed">' in page.text
    assert "14:00 to 16:00 P" in page.text
    assert "The room is taken" in page.text

    world.clock.forward(days=12)
    result = {
        "body": "# Summary\n\nIt was *said*.",
        "outcomes/0/value": "declined", "outcomes/0/text": "No.",
        "outcomes/0/reason": "The law", "outcomes/0/decided_by": "agency",
        "outcomes/0/certainty": "C",
        "outcomes/0/sources": "County release | https://example.org/r | B",
        "outcomes/1/value": "not_reached",
        "commitments/1/text": "Write", "commitments/1/owner": "agency",
        "commitments/1/due_on": "2030-01-31",
        "attendance/0/actual": "present",
    }  # fmt: skip
    answer = await fill(note_taker, f"{here}/summary", result)
    assert answer.status_code == 303, answer.text
    saved = await note_taker.get(answer.headers["location"])
    assert "<em>said</em>" in saved.text
    assert "WT-X/S1/SUM" in saved.text
    page = (await reader.get(here)).text
    for shown in ("declined by Agency", "The law", "County release", "(B)", "Write", "held"):
        assert shown in page
    matrix = (await reader.get(f"{TALKS}/matrix")).text
    assert "declined" in matrix
    assert "Reason: The law" in matrix
    assert "not recorded" in matrix
    lines = (await reader.get(f"{TALKS}/matrix.csv")).text.splitlines()
    assert lines[1].startswith('"1","Water rights","X County","declined","False","No."')


async def test_what_was_wrong_on_a_new_session_is_beside_its_field_and_nothing_is_lost(
    world: World,
) -> None:
    await propose(world, local_start=weekday(10))
    coordinator = await signed_in(world, "coordinator")
    new, before = f"{TALKS}/sessions/new", await counts(world)
    good = {"jurisdiction": "x", **times(), "location": CANARY, "issue": ["1", "10"]}
    cases = {
        "jurisdiction": {"jurisdiction": ""},
        "start": {"date": "next week"},
        "end": {"end": "09:00"},
        "tz": {"tz": "America/Nowhere"},
        "conference_url": {"conference_url": "javascript:alert(1)"},
        "title": {"title": "x" * 201},
    }
    for name, wrong in cases.items():
        answer = await fill(coordinator, new, {**good, **wrong})
        assert (name, answer.status_code) == (name, 422)
        assert beside(answer, name), name
        assert typed_in(answer.text, "location") == CANARY
        assert all(typed_in(answer.text, key) == value for key, value in wrong.items())
        assert 'value="10" checked' in answer.text
    answer = await fill(coordinator, new, {**good, "titles": "x" * 201})
    assert "at most 200" in answer.text
    clash = await fill(coordinator, new, {**good, "jurisdiction": "y"})
    assert clash.status_code == 409
    assert "Agency's team is not free" in problem_of(clash)
    assert typed_in(clash.text, "jurisdiction") == "y"
    assert await counts(world) == before


async def test_an_hour_that_comes_twice_is_asked_which(world: World) -> None:
    coordinator = await signed_in(world, "coordinator")
    new = f"{TALKS}/sessions/new"
    night = {
        "jurisdiction": "x", "date": "2027-11-07", "start": "01:30", "end": "03:00",
        "tz": "America/New_York",
    }  # fmt: skip
    page = await coordinator.get(new)
    assert 'name="fold"' not in page.text
    asked = await send(coordinator, page, new, night)
    assert asked.status_code == 422
    assert "comes twice" in beside(asked, "fold")
    answer = await send(coordinator, asked, new, {"fold": "1"})
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].endswith("?warned=1")
    page = await coordinator.get(answer.headers["location"])
    assert "01:30 to 03:00 EST" in page.text
    assert "outside the talks" in page.text


async def test_a_form_older_than_the_session_changes_nothing_and_says_so(world: World) -> None:
    session = await propose(world)
    here = f"/s/{session['id']}"
    coordinator = await signed_in(world, "coordinator")
    old = await coordinator.get(here)
    moving = await coordinator.get(f"{here}/move")
    assert (await act(world.head_x, session["id"], "accept")).status_code == 200
    before = await counts(world)
    answer = await send(coordinator, old, f"{here}/cancel", {"cancel_reason": "Not needed"})
    assert answer.status_code == 412
    assert "changed this since you read it" in problem_of(answer)
    assert typed_in(answer.text, "cancel_reason") == "Not needed"
    typed = {"start": "13:00", "end": "15:00", "reason": "Later", "step": "do"}
    moved = await send(coordinator, moving, f"{here}/move", typed)
    assert moved.status_code == 412
    assert typed_in(moved.text, "reason") == "Later"
    assert await counts(world) == before
    again = await send(coordinator, answer, f"{here}/cancel", {})
    assert again.status_code == 303, again.text


async def test_acts_that_fail_keep_what_was_typed(world: World) -> None:
    session = await propose(world)
    here = f"/s/{session['id']}"
    coordinator, head_x = await browsers(world, "coordinator", "head_x")
    before = await counts(world)
    answer = await fill(head_x, here, {}, f"{here}/decline")
    assert (answer.status_code, beside(answer, "decline_reason")) == (
        422,
        "Say why, so that another time can be found.",
    )
    answer = await fill(coordinator, here, {"accept_by": "Mr. Y"}, f"{here}/accept")
    assert answer.status_code == 422
    assert beside(answer, "accept_party") == "Say which side it is: agency or x."
    assert typed_in(answer.text, "accept_by") == "Mr. Y"
    answer = await fill(coordinator, f"{here}/move", {"reason": "Why not", "step": "check"})
    assert "at this time already" in beside(answer, "start")
    assert typed_in(answer.text, "reason") == "Why not"
    typed = {"consents/1/given": "1", "start": "11:00", "step": "check", "reason": "r"}
    answer = await fill(coordinator, f"{here}/move", typed)
    assert "how the consent was given" in beside(answer, "consents/1/how")
    answer = await fill(coordinator, f"{here}/relocate", {"reason": "r", "step": "check"})
    assert "at this place already" in beside(answer, "location")
    answer = await fill(coordinator, f"{here}/edit", {"title": "", "access_note": "Ring"})
    assert beside(answer, "title")
    assert typed_in(answer.text, "access_note") == "Ring"
    typed = {"agenda/1/issue": "", "agenda/4/title": "Lunch", "agenda/4/minutes": "soon"}
    answer = await fill(coordinator, f"{here}/agenda", typed)
    assert beside(answer, "agenda/4/minutes")
    assert typed_in(answer.text, "agenda/4/title") == "Lunch"
    refused = await fill(coordinator, here, {}, f"{here}/cancel")
    assert beside(refused, "cancel_reason")
    assert await counts(world) == before


async def test_who_chaired_and_has_left_stays_named_when_something_else_is_changed(
    world: World,
) -> None:
    chair = world.people["delegate_x"]
    session = await confirmed(world, chair=chair)
    path, here = f"/api/v1/sessions/{session['id']}", f"/s/{session['id']}"
    await leaves(world, "delegate_x")
    [coordinator] = await browsers(world, "coordinator")
    assert ">The delegate_x (has left)<" in (await coordinator.get(f"{here}/edit")).text
    assert (await fill(coordinator, f"{here}/edit", {"title": "Another title"})).status_code == 303
    after = (await world.coordinator.get(path)).json()
    assert (after["title"], after["chair"]["id"]) == ("Another title", chair)
    assert (await fill(coordinator, f"{here}/edit", {"note_taker": chair})).status_code == 422
    assert (await fill(coordinator, f"{here}/edit", {"chair": ""})).status_code == 303
    assert (await world.coordinator.get(path)).json()["chair"] is None


async def test_a_head_moves_a_session_for_their_own_side_and_it_is_proposed_again(
    world: World,
) -> None:
    session = await confirmed(world)
    here = f"/s/{session['id']}"
    head_x, coordinator = await browsers(world, "head_x", "coordinator")
    typed = {"start": "15:00", "end": "17:00", "reason": "A hearing", "step": "check"}
    preview = await fill(head_x, f"{here}/move", typed)
    assert "It falls back to proposed" in preview.text
    assert "The agency_head" not in preview.text
    answer = await send(head_x, preview, f"{here}/move", {"step": "do"})
    assert answer.status_code == 303, answer.text
    page = await coordinator.get(here)
    assert "Agency hasn't accepted it" in unescape(page.text)
    assert "by moving it" in page.text
    assert f"{here}/confirm" not in Forms(page.text).found


async def test_teams_are_asked_only_where_a_side_has_several(world: World) -> None:
    coordinator = await signed_in(world, "coordinator")
    new = f"{TALKS}/sessions/new"
    assert "Team of" not in (await coordinator.get(new)).text
    body = {"party": "agency", "name": "Second"}
    made = await world.coordinator.post("/api/v1/negotiations/water-talks/teams", json=body)
    assert made.status_code == 201, made.text
    assert "Team of Agency" in (await coordinator.get(new)).text
    await propose(world)
    typed = {"jurisdiction": "y", **times(), "team/agency": made.json()["id"]}
    answer = await fill(coordinator, new, typed)
    assert answer.status_code == 303, answer.text
    page = await coordinator.get(answer.headers["location"])
    assert "Water Agency, team Second" in page.text


async def test_nul_characters_find_nothing_and_save_nothing(world: World) -> None:
    coordinator = await signed_in(world, "coordinator")
    new, before = f"{TALKS}/sessions/new", await counts(world)
    assert (await coordinator.get("/s/%00")).status_code == 404
    answer = await fill(coordinator, new, {"jurisdiction": "x\0", **times()})
    assert answer.status_code == 400
    assert await counts(world) == before


async def test_agenda_details_place_and_publication_change_by_forms(world: World) -> None:
    session = await confirmed(world)
    here = f"/s/{session['id']}"
    coordinator = await signed_in(world, "coordinator")
    typed = {
        "agenda/0/place": "2", "agenda/1/place": "1", "agenda/2/title": "Lunch",
        "agenda/2/minutes": "45",
    }  # fmt: skip
    answer = await fill(coordinator, f"{here}/agenda", typed)
    assert answer.status_code == 303, answer.text
    agenda = (await world.coordinator.get(f"/api/v1/sessions/{session['id']}/agenda")).json()
    assert [one["title"] for one in agenda["items"]] == ["Meters", "Water rights", "Lunch"]
    link = "https://meet.example.org/1"
    answer = await fill(coordinator, f"{here}/edit", {"conference_url": link})
    assert answer.status_code == 303, answer.text
    typed = {"location": "Court House", "reason": "Larger", "step": "check"}
    preview = await fill(coordinator, f"{here}/relocate", typed)
    assert "It falls back to proposed" in preview.text
    changed = await send(coordinator, preview, f"{here}/relocate", {"step": "edit"})
    assert typed_in(changed.text, "location") == "Court House"
    answer = await fill(coordinator, f"{here}/publish", {})
    assert answer.status_code == 303, answer.text
    seen = (await world.coordinator.get(f"/api/v1/sessions/{session['id']}")).json()
    assert (seen["conference_url"], seen["location"]) == (link, "City Hall")
    assert seen["published_at"]
