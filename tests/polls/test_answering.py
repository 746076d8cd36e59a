"""What each side says to the times, who may say it, and what it comes to."""

from factories import World, act, in_days, signed_in
from polls.asking import asked, poll_act, say


def said(poll: dict, side: str) -> list[str]:
    return [
        one["answer"] for option in poll["options"] for one in option["answers"]
        if one["party"] == side
    ]  # fmt: skip


async def test_both_sides_read_an_answer_and_who_gave_it(world: World) -> None:
    poll = await asked(world)
    answer = await say(world.head_x, poll, "yes", "if_need_be", "no")
    assert answer.status_code == 200, answer.text
    for client in (world.delegate_x, world.agency_delegate, world.coordinator):
        seen = (await client.get(f"/api/v1/polls/{poll['id']}")).json()
        assert said(seen, "x") == ["yes", "if_need_be", "no"]
        assert said(seen, "agency") == ["waiting"] * 3
        given = seen["options"][0]["answers"][1]
        assert (given["by"], given["how"]) == ("The head_x", "signed in")


async def test_an_answer_is_changed_as_long_as_the_poll_is_open(world: World) -> None:
    poll = await asked(world)
    assert (await say(world.head_x, poll, "no", "no")).status_code == 200
    again = await say(world.head_x, poll, "yes")
    assert said(again.json(), "x") == ["yes", "no", "waiting"]
    assert (await poll_act(world.coordinator, poll["id"], "close", {"reason": "x"})).is_success
    late = await say(world.head_x, poll, "no")
    assert late.status_code == 409
    kept = (await world.head_x.get(f"/api/v1/polls/{poll['id']}")).json()
    assert said(kept, "x") == ["yes", "no", "waiting"]


async def test_the_coordinator_records_who_said_so_and_how(world: World) -> None:
    poll = await asked(world)
    assert (await say(world.coordinator, poll, "yes")).status_code == 422
    nameless = await say(world.coordinator, poll, "yes", party="x")
    assert nameless.json()["errors"][0]["pointer"] == "/how"
    answer = await say(world.coordinator, poll, "yes", party="x", by="Pat", how="by telephone")
    given = answer.json()["options"][0]["answers"][1]
    assert (given["answer"], given["by"], given["how"]) == ("yes", "Pat", "by telephone")
    foreign = await say(world.head_x, poll, "yes", party="agency")
    assert foreign.status_code == 422


async def test_a_yes_is_acceptance_and_if_need_be_is_not(world: World) -> None:
    for day, (word, status, missing) in enumerate(
        (("yes", "confirmed", []), ("if_need_be", "proposed", ["Agency hasn't accepted it"]))
    ):
        poll = await asked(world, 20 + day, local_start=in_days(40 + day))
        assert (await say(world.agency_head, poll, word)).status_code == 200
        chosen = poll["options"][0]["id"]
        answer = (await poll_act(world.head_x, poll["id"], "choose", {"option": chosen})).json()
        assert (answer["session_status"], answer["missing"]) == (status, missing)
        session = (await world.head_x.get(f"/api/v1/sessions/{poll['session']}")).json()
        assert [one["answer"] for one in session["answers"]] == [
            "accepted" if word == "yes" else "waiting", "accepted",
        ]  # fmt: skip


async def test_what_is_missing_is_named_and_the_session_stays_proposed_there(world: World) -> None:
    poll = await asked(world, 20, location=None, agenda=[])
    assert (await say(world.agency_head, poll, "yes")).status_code == 200
    chosen = poll["options"][0]
    answer = (await poll_act(world.head_x, poll["id"], "choose", {"option": chosen["id"]})).json()
    assert answer["missing"] == ["it has neither a place nor a link to join", "its agenda is empty"]
    session = (await world.head_x.get(f"/api/v1/sessions/{poll['session']}")).json()
    assert (session["status"], session["starts_at"]) == ("proposed", chosen["starts_at"])


async def test_a_yes_to_another_place_counts_no_longer(world: World) -> None:
    poll = await asked(world)
    assert (await say(world.agency_head, poll, "yes")).status_code == 200
    world.clock.forward(minutes=1)
    body = {"location": "Elsewhere", "reason": "Rain"}
    assert (await act(world.coordinator, poll["session"], "relocate", body)).status_code == 200
    shown = (await world.head_x.get(f"/api/v1/polls/{poll['id']}")).json()["options"][0]
    assert [one.get("lapsed") for one in shown["answers"]] == [True, None]
    browser = await signed_in(world, "head_x")
    page = (await browser.get(f"/s/{poll['session']}/poll")).text
    assert "said before the place changed, and no acceptance any more" in page
    chosen = shown["id"]
    answer = (await poll_act(world.head_x, poll["id"], "choose", {"option": chosen})).json()
    assert answer["missing"] == ["Agency hasn't accepted it"]
    assert [one["lapsed"] for one in answer["options"][0]["answers"] if "by" in one] == [True]


async def test_a_yes_said_again_of_the_other_place_counts(world: World) -> None:
    poll = await asked(world)
    assert (await say(world.agency_head, poll, "yes")).status_code == 200
    world.clock.forward(minutes=1)
    body = {"location": "Elsewhere", "reason": "Rain"}
    assert (await act(world.coordinator, poll["session"], "relocate", body)).status_code == 200
    world.clock.forward(minutes=1)
    said = await say(world.agency_head, poll, "yes")
    assert said.json()["options"][0]["answers"][0]["lapsed"] is False
    chosen = poll["options"][0]["id"]
    answer = (await poll_act(world.head_x, poll["id"], "choose", {"option": chosen})).json()
    assert (answer["missing"], answer["session_status"]) == ([], "confirmed")


async def test_who_answered_of_another_place_is_asked_of_a_poll_again(world: World) -> None:
    poll = await asked(world)
    for client in (world.head_x, world.agency_head):
        await say(client, poll, "yes", "yes", "yes")
    world.clock.forward(minutes=1)
    body = {"location": "Elsewhere", "reason": "Rain"}
    assert (await act(world.coordinator, poll["session"], "relocate", body)).status_code == 200
    of_head = (await world.head_x.get("/api/v1/me/waiting")).json()["items"]
    [item] = [one for one in of_head if one["key"] == f"poll:{poll['id']}"]
    assert item["on_me"]
    of_coordinator = (await world.coordinator.get("/api/v1/me/waiting")).json()["items"]
    [item] = [one for one in of_coordinator if one["key"] == f"poll:{poll['id']}"]
    assert item["what"] != "Both sides said which times suit: choose one."


async def test_the_coordinator_chooses_for_nobody_in_particular(world: World) -> None:
    poll = await asked(world)
    for client in (world.head_x, world.agency_head):
        assert (await say(client, poll, "yes", "yes")).status_code == 200
    chosen = poll["options"][1]["id"]
    answer = (await poll_act(world.coordinator, poll["id"], "choose", {"option": chosen})).json()
    assert (answer["status"], answer["session_status"]) == ("chosen", "confirmed")


async def test_of_two_choosers_the_second_has_to_look_again(world: World) -> None:
    poll = await asked(world)
    path = f"/api/v1/polls/{poll['id']}"
    tag = {"If-Match": (await world.head_x.get(path)).headers["etag"]}
    codes = []
    for place, client in enumerate((world.head_x, world.agency_head)):
        body = {"option": poll["options"][place]["id"]}
        codes.append((await client.post(f"{path}/choose", json=body, headers=tag)).status_code)
    assert codes == [200, 412]


async def test_a_time_that_has_passed_meanwhile_is_not_chosen(world: World) -> None:
    poll = await asked(world, 11, 12)
    world.clock.forward(days=11.9)
    chosen = poll["options"][0]["id"]
    answer = await poll_act(world.coordinator, poll["id"], "choose", {"option": chosen})
    assert answer.status_code == 409
    assert "has passed meanwhile" in answer.json()["detail"]


async def test_what_became_of_it_is_in_the_audit_chain_of_its_track(world: World) -> None:
    poll = await asked(world)
    assert (await say(world.head_x, poll, "yes")).status_code == 200
    chosen = poll["options"][0]["id"]
    assert (await poll_act(world.head_x, poll["id"], "choose", {"option": chosen})).is_success
    chain = await world.coordinator.get("/api/v1/negotiations/water-talks/audit?limit=200")
    acts = [one["action"] for one in chain.json()["items"] if one["action"].startswith("poll.")]
    assert sorted(acts) == ["poll.answered", "poll.chosen", "poll.opened"]
