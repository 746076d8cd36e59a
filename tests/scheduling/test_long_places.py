"""Room and place are kept on one line in the log of changes, and that has an end."""

from factories import NEG, World, act, propose, session_body

from negotiations.scheduling.log import LONGEST_PLACE


async def test_a_place_longer_than_the_log_can_keep_is_refused(world: World) -> None:
    fits = {"room": "r" * (LONGEST_PLACE - 302), "location": "l" * 300}
    longer = {**fits, "room": fits["room"] + "r"}
    answer = await world.coordinator.post(f"{NEG}/sessions", json=session_body(**longer))
    told = [{"pointer": "/location", "detail": answer.json()["detail"]}]
    assert (answer.status_code, answer.json()["errors"]) == (422, told)
    assert told[0]["detail"] == "Room and place have 500 characters together. Shorten one."
    session = await propose(world, **fits)
    moved = {**longer, "reason": "A longer name"}
    assert (await act(world.coordinator, session["id"], "relocate", moved)).status_code == 422
