"""One issue of one track: who held what, what was answered, and in which order."""

from typing import Any

from browsing import TALKS
from factories import NEG, Demonstration, World, confirmed, in_days, plenary_body, signed_in
from outcomes.test_positions import hold
from problems import problem

X = f"{NEG}/tracks/x/issues/1"
RECORD = "/negotiations/secure-communities-2010/tracks/san-francisco/issues/1"


def told(course: Any) -> list[tuple[str, str | None, str]]:
    return [(one["kind"], one["party"], one["text"]) for one in course["steps"]]


async def test_san_francisco_asked_and_was_answered_in_the_order_of_the_days(
    demonstration: Demonstration,
) -> None:
    for who in ("coordinator", "san-francisco", "ice"):
        answer = await demonstration.clients[who].get(f"/api/v1{RECORD}")
        found = answer.json()
        days = [one["on"] for one in found["steps"]]
        assert days == sorted(days)
        kinds = {(one["kind"], one["party"]) for one in found["steps"]}
        assert {("position", "san-francisco"), ("position", "ice")} <= kinds
        assert [kind for kind, _ in kinds].count("outcome") >= 1
        replaced = {one["id"]: one["superseded_by"] for one in found["steps"]}
        for one in found["steps"]:
            assert one["supersedes"] is None or replaced[one["supersedes"]] == one["id"]
        assert all(one["sources"] for one in found["steps"])
    page = (await (await signed_in(demonstration, "san-francisco")).get(f"/n{RECORD[13:]}")).text
    for one in found["steps"]:
        assert f'id="x-{one["id"]}"' in page
    problem(await demonstration.clients["arlington"].get(f"/api/v1{RECORD}"), 404)


async def test_positions_and_outcomes_of_one_day_stand_as_they_were_recorded(
    world: World,
) -> None:
    session = (await confirmed(world, local_start=in_days(-1), agenda=[{"title": "A"}]))["id"]
    day = in_days(-1)[:10]
    first = await hold(world, session=session, stated_on=day)
    world.clock.forward(minutes=1)
    said = {"issue": "1", "value": "declined", "reason": "No", "decided_by": "agency",
            "text": "Not now.", "effective_on": day}  # fmt: skip
    answered = {"jurisdiction": "x", "party": "agency", "issue": "1", "text": "It is ours.",
                "attributed": True, "session": session, "stated_on": day}  # fmt: skip
    posted = await world.note_taker.put(
        f"/api/v1/sessions/{session}/summary",
        headers={"If-None-Match": "*"},
        json={"body": "T", "close": "concluded", "outcomes": [said], "positions": [answered]},
    )
    assert posted.status_code == 201, posted.text
    world.clock.forward(minutes=1)
    await hold(world, text="Half of it.", supersedes=first["id"], stated_on=day)
    await hold(world, text="All, once.", party="x", issue="2", stated_on="2020-01-01")
    found = (await world.delegate_x.get(X)).json()
    assert {name: found[name] for name in ("jurisdiction", "issue", "title")} == {
        "jurisdiction": "x", "issue": "1", "title": "Water rights",
    }  # fmt: skip
    assert told(found) == [
        ("position", "x", "We keep our water."),
        ("position", "agency", "It is ours."),
        ("outcome", "agency", "Not now."),
        ("position", "x", "Half of it."),
    ]
    steps = found["steps"]
    assert [one["attributed"] for one in steps] == [False, True, None, False]
    assert steps[2]["value"] == "declined"
    assert steps[0]["superseded_by"] == steps[3]["id"]
    assert (await world.coordinator.get(X)).json() == {
        **found, "steps": [*steps[:2], {**steps[2], "summary_revision": 1}, steps[3]]
    }  # fmt: skip
    problem(await world.delegate_y.get(X), 404)
    problem(await world.delegate_x.get(f"{NEG}/tracks/x/issues/99"), 404)
    browser = await signed_in(world, "delegate_x")
    page = (await browser.get(f"{TALKS}/tracks/x/issues/1")).text
    assert page.index("We keep our water.") < page.index("Not now.") < page.index("Half of it.")
    assert "<q>It is ours.</q>" in page
    assert f'href="{TALKS}/tracks/x/issues/1"' in (await browser.get(f"{TALKS}/matrix")).text
    other = await signed_in(world, "delegate_y")
    assert (await other.get(f"{TALKS}/tracks/x/issues/1")).status_code == 404


async def test_what_was_said_at_a_plenary_is_read_by_who_took_part(world: World) -> None:
    body = plenary_body("x", "y", local_start=in_days(-1), agenda=[{"title": "A"}])
    made = await world.coordinator.post(f"{NEG}/sessions", json=body)
    assert made.status_code == 201, made.text
    path = f"/api/v1/sessions/{made.json()['id']}"
    for who in ("coordinator",):
        for party in ("x", "y"):
            tag = (await world.clients[who].get(path)).headers["etag"]
            done = await world.clients[who].post(
                f"{path}/accept", json={"party": party, "how": "by mail"}, headers={"If-Match": tag}
            )
            assert done.status_code == 200, done.text
    tag = (await world.coordinator.get(path)).headers["etag"]
    done = await world.coordinator.post(f"{path}/confirm", json={}, headers={"If-Match": tag})
    assert done.status_code == 200, done.text
    posted = await world.note_taker.put(
        f"{path}/summary",
        headers={"If-None-Match": "*"},
        json={"body": "T", "close": "concluded",
              "outcomes": [{"issue": "1", "value": "noted", "text": "At the plenary."}]},
    )  # fmt: skip
    assert posted.status_code == 201, posted.text
    step = ("outcome", None, "At the plenary.")
    for who in ("delegate_x", "coordinator"):
        assert told((await world.clients[who].get(X)).json()) == [step]
    assert told((await world.delegate_y.get(f"{NEG}/tracks/y/issues/1")).json()) == [step]
    assert told((await world.agency_delegate.get(X)).json()) == []
