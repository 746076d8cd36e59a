"""Adjourning to a date: the next session carries the items, in one transaction or not at all."""

from typing import Any

import pytest
from checksum import state
from factories import NEG, World, act, confirmed, in_days, propose
from problems import problem
from scheduling.test_bookings import overlaps, taken

from negotiations.models.sessions import CloseKind

CARRIED = (
    "An item is carried over when its session is adjourned to a date. Adopt or drop it until then."
)


async def agenda_of(world: World, session: str) -> list[dict[str, Any]]:
    answer = await world.coordinator.get(f"/api/v1/sessions/{session}/agenda")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def put_agenda(world: World, who: str, session: str, items: list[dict[str, Any]]) -> Any:
    path, client = f"/api/v1/sessions/{session}/agenda", world.clients[who]
    tag = (await client.get(path)).headers["etag"]
    return await client.put(path, json={"items": items}, headers={"If-Match": tag})


async def log_of(world: World, session: str) -> list[dict[str, Any]]:
    answer = await world.coordinator.get(f"/api/v1/sessions/{session}/changes")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def begun(world: World, **more: Any) -> str:
    given = {"local_start": in_days(-1), "agenda": [{"issue": "1"}, {"issue": "2"}], **more}
    return str((await confirmed(world, **given))["id"])


async def said(world: World, session: str, issue: str, value: str = "clarified") -> None:
    body = {"issue": issue, "value": value, "text": "So."}
    answer = await world.note_taker.post(f"/api/v1/sessions/{session}/outcomes", json=body)
    assert answer.status_code == 201, answer.text


def to_date(**more: Any) -> dict[str, Any]:
    following = {"local_start": in_days(7, 14), **more.pop("next", {})}
    return {"close_kind": "adjourned_to_date", "next": following, **more}


async def the_next(world: World, session: str) -> dict[str, Any]:
    items = (await world.coordinator.get(f"{NEG}/sessions")).json()["items"]
    [found] = [one for one in items if one["continues"] == session]
    return dict(found)


async def test_a_session_adjourned_to_a_date_goes_on_with_what_was_left(world: World) -> None:
    people = world.people
    session = await begun(
        world,
        chair=people["agency_delegate"],
        note_taker=people["note_taker"],
        indispensable=[people["head_x"]],
        conference_url="https://meet.example/1",
    )
    assert (await act(world.note_taker, session, "open")).status_code == 200
    await said(world, session, "1")
    closed = await act(world.agency_delegate, session, "close", to_date())
    assert (closed.status_code, closed.json()["status"]) == (200, "held")
    assert closed.json()["close_kind"] == "adjourned_to_date"
    following = await the_next(world, session)
    names = ("title", "status", "local_start", "local_end", "tz", "location", "conference_url")
    assert [following[name] for name in names] == [
        "X / Agency: session 2", "proposed", in_days(7, 14), in_days(7, 16),
        "America/Los_Angeles", "City Hall", "https://meet.example/1",
    ]  # fmt: skip
    assert following["chair"]["id"] == people["agency_delegate"]
    assert following["note_taker"]["id"] == people["note_taker"]
    assert following["indispensable"] == [people["head_x"]]
    assert {one["answer"] for one in following["answers"]} == {"waiting"}
    [carried] = await agenda_of(world, following["id"])
    assert (carried["issue"], carried["state"], carried["carried_to"]) == ("2", "proposed", None)
    assert [(one["issue"], one["state"], one["carried_to"])
            for one in await agenda_of(world, session)] == [
        ("1", "adopted", None),
        ("2", "carried_over", carried["id"]),
    ]  # fmt: skip
    last = (await log_of(world, session))[-2:]
    assert [(one["kind"], one["to_start"], one["to_place"]) for one in last] == [
        ("closed", None, None),
        ("adjourned", in_days(7, 14), "City Hall"),
    ]
    assert (await taken(world, session), await taken(world, following["id"])) == (0, 4)
    draft = (await world.note_taker.get(f"/api/v1/sessions/{session}/summary")).json()["body"]
    assert "## 2. Meters\n\nCarried over to the next session." in draft
    track = (await world.coordinator.get(f"{NEG}/tracks/x")).json()
    assert track["status"] == "active"


async def test_a_result_closes_to_a_date_in_one_request_or_not_at_all(world: World) -> None:
    session = await begun(world)
    other = await propose(world, local_start=in_days(7, 14), jurisdiction="y")
    path = f"/api/v1/sessions/{session}/summary"
    first = {"If-None-Match": "*"}
    outcome = {"issue": "1", "value": "noted", "text": "Yes"}
    body = {"body": "Text", "outcomes": [outcome], "close": to_date()}
    before = await state(world)
    clash = await world.note_taker.put(path, json=body, headers=first)
    assert "Agency's team is not free" in problem(clash, 409)
    for wrong, pointer in (
        ("adjourned_to_date", "/close/next"),
        (to_date(next={"tz": "Mars/Olympus"}), "/close/next/tz"),
        (to_date(next={"local_start": in_days(-2)}), "/close/next/local_start"),
        (to_date(next={"local_end": in_days(7, 13)}), "/close/next/local_end"),
        (to_date(carried_over=["f" * 20]), "/close/carried_over/0"),
        ({"close_kind": "concluded", "next": {"local_start": in_days(9)}}, "/close/next"),
        ({"close_kind": "concluded", "carried_over": []}, "/close/carried_over"),
        ({"close_kind": "soon"}, "/close/close_kind"),
        ("soon", "/close/close_kind"),
    ):
        answer = await world.note_taker.put(path, json={**body, "close": wrong}, headers=first)
        problem(answer, 422, pointer)
    assert await state(world) == before
    await act(world.coordinator, other["id"], "cancel", {"reason": "Room"})
    done = await world.note_taker.put(path, json=body, headers=first)
    assert (done.status_code, done.json()["session_status"]) == (201, "held")
    assert [
        one["issue"] for one in await agenda_of(world, (await the_next(world, session))["id"])
    ] == ["2"]
    assert await overlaps(world) == []


async def test_what_is_carried_over_can_be_named_and_what_is_left_needs_an_outcome(
    world: World,
) -> None:
    agenda = [{"issue": "1"}, {"issue": "2"}, {"title": "Lunch", "minutes": 45}]
    session = await begun(world, agenda=agenda)
    first, _, lunch = [one["id"] for one in await agenda_of(world, session)]
    refused = await act(world.note_taker, session, "close", to_date(carried_over=[lunch]))
    assert problem(refused, 409) == (
        "No outcome is recorded for agenda item 1, 2. Record one for each, or not_reached."
    )
    assert (await act(world.note_taker, session, "open")).status_code == 200
    await said(world, session, "2", "not_reached")
    body = to_date(carried_over=[lunch, first], next={"location": "Library"})
    assert (await act(world.coordinator, session, "close", body)).status_code == 200
    following = await the_next(world, session)
    assert (following["location"], following["room"]) == ("Library", None)
    carried = await agenda_of(world, following["id"])
    assert [(one["title"], one["minutes"]) for one in carried] == [
        ("Water rights", None), ("Lunch", 45),
    ]  # fmt: skip
    gone = await put_agenda(world, "coordinator", following["id"], [{"title": "Lunch"}])
    assert problem(gone, 422, "/items") == (
        "“Water rights” was carried over to here: it can be dropped, but not taken away."
    )
    kept = [{"title": "Lunch"}, {"issue": "1", "state": "dropped"}, {"title": "More"}]
    assert (await put_agenda(world, "head_x", following["id"], kept)).status_code == 200
    now = await agenda_of(world, following["id"])
    assert [one["id"] for one in now[:2]] == [carried[1]["id"], carried[0]["id"]]


async def test_the_title_and_who_left_the_talks_are_not_carried_blindly(world: World) -> None:
    chair = world.people["delegate_x"]
    session = await begun(world, title="Meters, a closer look", chair=chair)
    seats = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    path = f"{NEG}/memberships/{next(one['id'] for one in seats if one['person'] == chair)}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    assert (await world.coordinator.delete(path, headers={"If-Match": tag})).status_code == 200
    answer = await act(
        world.coordinator, session, "close", to_date(next={"local_start": in_days(90)})
    )
    assert answer.status_code == 200, answer.text
    # In ninety days may be a weekend, which is warned of as well.
    told = answer.json()["warnings"]
    [warning] = [one for one in told if not one.startswith("It falls on")]
    assert warning.startswith("It lies outside the talks' window")
    following = await the_next(world, session)
    assert (following["title"], following["chair"]) == ("Meters, a closer look", None)


@pytest.mark.parametrize("kind", list(CloseKind))
async def test_a_track_rests_when_it_is_adjourned_without_a_date(
    world: World, kind: CloseKind
) -> None:
    session = await begun(world, agenda=[{"title": "Any"}])
    body = to_date() if kind is CloseKind.adjourned_to_date else {"close_kind": kind}
    assert (await act(world.coordinator, session, "close", body)).status_code == 200
    track = (await world.coordinator.get(f"{NEG}/tracks/x")).json()
    rests = kind is CloseKind.adjourned_sine_die
    assert track["status"] == ("adjourned" if rests else "active")
    await propose(world, local_start=in_days(20))
    track = (await world.coordinator.get(f"{NEG}/tracks/x")).json()
    assert track["status"] == ("scheduling" if rests else "active")


async def test_late_items_are_adopted_or_dropped_and_what_was_adopted_stays(world: World) -> None:
    session = await begun(world, chair=world.people["agency_delegate"])
    assert (await act(world.agency_delegate, session, "open")).status_code == 200
    here = [{"issue": "1"}, {"issue": "2"}]
    late = [*here, {"issue": "10", "title": "Late"}]
    assert problem(await put_agenda(world, "head_x", session, late), 403)
    answer = await put_agenda(world, "agency_delegate", session, late)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["state"] for one in items] == ["adopted", "adopted", "proposed"]
    before = await state(world)
    for wrong, pointer, told in (
        (here[:1], "/items", "“Meters” was adopted: it can be dropped, but not taken away."),
        (
            [{**here[0], "state": "proposed"}, here[1]],
            "/items/0/state",
            "It is adopted. Adopt it or drop it.",
        ),
        (
            [{"id": items[0]["id"], "title": "Other"}, here[1]],
            "/items/0/issue",
            "It is adopted with its issue. Drop it, add another.",
        ),
        (
            [here[0], {**here[1], "state": "carried_over"}],
            "/items/1/state",
            CARRIED,
        ),
        (
            [{**here[0], "id": items[0]["id"]}, {**here[1], "id": items[0]["id"]}],
            "/items/1/id",
            "No such item, or named twice. Leave it out for a new one.",
        ),
    ):
        refused = await put_agenda(world, "note_taker", session, wrong)
        assert problem(refused, 422, pointer) == told
    await said(world, session, "1")
    await said(world, session, "2")
    refused = await act(world.note_taker, session, "close", {"close_kind": "concluded"})
    assert problem(refused, 409) == (
        "Agenda item 3 came late and isn't adopted. Adopt it, drop it, or carry it over."
    )
    problem(await act(world.note_taker, session, "close", to_date()), 409)
    assert await state(world) != before  # two outcomes, nothing else
    carried = to_date(carried_over=[items[2]["id"]])
    assert (await act(world.note_taker, session, "close", carried)).status_code == 200
    [item] = await agenda_of(world, (await the_next(world, session))["id"])
    assert (item["issue"], item["title"], item["state"]) == ("10", "Late", "proposed")


async def test_a_late_item_that_was_adopted_needs_an_outcome_too(world: World) -> None:
    session = await begun(world, agenda=[{"title": "Any"}])
    assert (await act(world.note_taker, session, "open")).status_code == 200
    for agenda in (
        [{"title": "Any"}, {"issue": "1"}, {"title": "Gossip"}],
        [{"title": "Any"}, {"issue": "1", "state": "adopted"}],
    ):
        assert (await put_agenda(world, "note_taker", session, agenda)).status_code == 200
    refused = await act(world.note_taker, session, "close", {"close_kind": "concluded"})
    assert problem(refused, 409).startswith("No outcome is recorded for agenda item 2.")
    dropped = [{"title": "Any"}, {"issue": "1", "state": "dropped"}]
    assert (await put_agenda(world, "note_taker", session, dropped)).status_code == 200
    gone = await put_agenda(world, "note_taker", session, dropped[:1])
    problem(gone, 422, "/items")
    closed = await act(world.note_taker, session, "close", {"close_kind": "concluded"})
    assert closed.status_code == 200


async def test_rewriting_an_agenda_keeps_the_identity_of_its_items(world: World) -> None:
    session = (await propose(world))["id"]
    old = await agenda_of(world, session)
    new = [
        {"issue": "2", "minutes": 5},
        {"title": "Lunch"},
        {"id": old[0]["id"], "title": "Renamed"},
    ]
    answer = await put_agenda(world, "head_x", session, new)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [(one["position"], one["issue"], one["title"]) for one in items] == [
        (1, "2", "Meters"), (2, None, "Lunch"), (3, None, "Renamed"),
    ]  # fmt: skip
    assert (items[0]["id"], items[2]["id"]) == (old[1]["id"], old[0]["id"])
    other = (await propose(world, local_start=in_days(15)))["id"]
    theirs = (await agenda_of(world, other))[0]["id"]
    problem(
        await put_agenda(world, "head_x", session, [{"id": theirs, "title": "T"}]),
        422,
        "/items/0/id",
    )
