"""A session from proposal to held, over JSON, as its people live it."""

from factories import NEG, World, act, confirmed, in_days, propose
from readers import events


async def test_a_session_is_proposed_accepted_confirmed_moved_and_its_result_posted(
    world: World,
) -> None:
    session = await propose(world)
    assert session["status"] == "proposed"
    assert session["sequence"] == 0
    early = await act(world.coordinator, session["id"], "confirm")
    assert early.status_code == 409
    assert early.json()["detail"] == (
        "This session can't be confirmed yet: Agency hasn't accepted it; X hasn't accepted it."
    )
    for client in (world.head_x, world.agency_head):
        assert (await act(client, session["id"], "accept")).status_code == 200
    agreed = (await act(world.coordinator, session["id"], "confirm")).json()
    assert (agreed["status"], agreed["sequence"]) == ("confirmed", 1)
    moved = await act(
        world.coordinator,
        session["id"],
        "move",
        {
            "local_start": in_days(11, 14),
            "reason": "The room is taken",
            "consents": [{"party": "x", "how": "by mail"}, {"party": "agency", "how": "by mail"}],
        },
    )
    assert moved.status_code == 200, moved.text
    assert (moved.json()["status"], moved.json()["sequence"]) == ("confirmed", 2)
    assert moved.json()["uid"] == session["uid"]
    feed = await world.nobody.get(world.feeds["delegate_x"])
    assert feed.status_code == 200, feed.text
    event = events(feed.content)[session["uid"]]
    assert event["SEQUENCE"] == 2
    assert "Moved from" in event["DESCRIPTION"]
    assert "The room is taken" in event["DESCRIPTION"]


async def test_posting_a_result_closes_the_session_and_fills_the_matrix(world: World) -> None:
    session = await confirmed(world, local_start=in_days(-1))
    answer = await world.note_taker.put(
        f"/api/v1/sessions/{session['id']}/summary",
        headers={"If-None-Match": "*"},
        json={
            "body": "# Summary\n\nIt was said.",
            "close": "concluded",
            "outcomes": [
                {"issue": "1", "value": "declined", "text": "No.", "reason": "The law",
                 "decided_by": "agency"},
                {"issue": "2", "value": "not_reached", "text": ""},
            ],
            "commitments": [{"owner": "agency", "text": "Write", "due_on": "2030-01-31"}],
        },
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    matrix = (await world.coordinator.get(f"{NEG}/outcomes")).json()
    values = {(one["issue"], one["jurisdiction"]): one["value"] for one in matrix["cells"]}
    assert values == {
        ("1", "x"): "declined",
        ("1", "y"): "no_session",
        ("2", "x"): "not_reached",
        ("2", "y"): "no_session",
        ("10", "x"): "not_recorded",
        ("10", "y"): "no_session",
    }
    own = (await world.delegate_y.get(f"{NEG}/outcomes")).json()
    assert {one["jurisdiction"] for one in own["cells"]} == {"y"}


async def test_a_session_can_be_asked_for_with_what_one_needs_to_prepare(world: World) -> None:
    first = (await confirmed(world, local_start=in_days(-1)))["id"]
    result = {
        "body": "Done.",
        "close": "concluded",
        "outcomes": [
            {"issue": "1", "value": "clarified", "text": "So."},
            {"issue": "2", "value": "not_reached", "text": ""},
        ],
        "commitments": [{"owner": "agency", "text": "Write"}],
    }
    await world.note_taker.put(
        f"/api/v1/sessions/{first}/summary", json=result, headers={"If-None-Match": "*"}
    )
    path = f"/api/v1/sessions/{(await propose(world))['id']}"
    plain = (await world.delegate_x.get(path)).json()
    full = (await world.delegate_x.get(f"{path}?expand=last,outstanding,agenda")).json()
    more = {key: full.pop(key) for key in ("last", "outstanding", "agenda")}
    assert full == plain
    assert more["last"]["session"] == first
    assert [(one["issue"], one["value"]) for one in more["last"]["outcomes"]] == [
        ("1", "clarified"),
        ("2", "not_reached"),
    ]
    assert [one["text"] for one in more["outstanding"]] == ["Write"]
    assert [one["issue"] for one in more["agenda"]] == ["1", "2"]
    wrong = await world.delegate_x.get(f"{path}?expand=notes")
    assert (wrong.status_code, wrong.json()["detail"]) == (
        400,
        "expand takes: agenda, last, outstanding.",
    )


async def test_what_waits_is_told_to_who_has_to_act(world: World) -> None:
    session = await propose(world)
    told = {}
    for name in ("head_x", "coordinator", "delegate_x", "delegate_y"):
        items = (await world.clients[name].get("/api/v1/me/waiting")).json()["items"]
        told[name] = [(one["on_me"], one["what"], one["session"]) for one in items]
    assert told == {
        "head_x": [(True, "Accept or decline it.", session["id"])],
        "coordinator": [(False, "Agency and X haven’t answered.", session["id"])],
        "delegate_x": [],
        "delegate_y": [],
    }
