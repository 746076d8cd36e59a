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
