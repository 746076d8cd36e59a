"""Document requests by JSON: who reads them, how their log grows, what the public sees."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from typing import Any

from beginnings import once_made
from checksum import state
from factories import NEG, World, confirmed, in_days, propose, weekday
from problems import problem
from sqlmodel import select

from negotiations import audit
from negotiations.civil import local_date
from negotiations.documents import states
from negotiations.models import DocumentRequest, DocumentRequestEvent, OutboxEvent

REQUESTS = f"{NEG}/document-requests"
BODY = {
    "title": "Meter readings", "scope": "All of 2019", "requester": "x", "co_requesters": ["y"],
    "holder": "agency", "legal_basis": "foia", "reference": "F-1",
}  # fmt: skip


def today(world: World) -> date:
    return local_date(world.clock.now(), "America/New_York")


@once_made
async def make(world: World, **more: Any) -> dict[str, Any]:
    answer = await world.note_taker.post(REQUESTS, json={**BODY, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def tell(
    world: World, request: str, act: str = "events", *, by: str = "note_taker", **body: Any
) -> Any:
    """An act on the request as it is now."""
    client, path = world.clients[by], f"{REQUESTS}/{request}"
    headers = {"If-Match": (await client.get(path)).headers["etag"]}
    return await client.post(f"{path}/{act}", json=body, headers=headers)


async def log(world: World, request: str) -> list[dict[str, Any]]:
    return (await world.coordinator.get(f"{REQUESTS}/{request}/events")).json()["items"]


async def test_a_new_request_is_drafted_today_and_every_side_reads_it(world: World) -> None:
    made = await make(world)
    on = f"{today(world)}"
    assert made == {
        "id": made["id"], **{name: BODY[name] for name in BODY}, "basis": "live",
        "certainty": "A", "state": "drafted", "since": on, "disposition": None,
        "submitted_on": None, "perfected_on": None, "due_on": None, "deadlines": [],
        "text": made["text"], "needed_before": [], "last_event": 1, "published_at": None,
        "warnings": [],
    }  # fmt: skip
    assert made["text"].startswith("drafted ")
    for name in ("delegate_x", "delegate_y", "agency_delegate", "coordinator"):
        client = world.clients[name]
        assert (await client.get(f"{REQUESTS}/{made['id']}")).json() == made
        assert (await client.get(REQUESTS)).json()["items"] == [made]
    assert (await world.administrator.get(REQUESTS)).json()["items"] == []


async def test_what_happens_is_appended_and_leads_to_the_state(world: World) -> None:
    first = today(world) - timedelta(days=40)
    events = [
        {"kind": "state", "state": "submitted", "happened_on": f"{first}",
         "due_on": f"{first + timedelta(days=30)}", "text": "By mail"},
        {"kind": "state", "state": "perfected", "happened_on": f"{first + timedelta(days=3)}"},
    ]  # fmt: skip
    made = await make(world, events=events)
    request = made["id"]
    told = ("state", "submitted_on", "perfected_on", "due_on", "last_event")
    assert [made[name] for name in told] == [
        "perfected", f"{first}", f"{first + timedelta(days=3)}", f"{first + timedelta(days=30)}", 2,
    ]  # fmt: skip
    source = {"citation": "The docket", "url": "https://court.example/1", "certainty": "B"}
    answer = await tell(
        world, request, kind="motion", label="an order asked", text="Heard", certainty="C",
        sources=[source],
    )  # fmt: skip
    assert (answer.status_code, answer.json()["state"]) == (200, "perfected")
    answer = await tell(world, request, kind="state", state="litigated")
    assert answer.json()["due_on"] is None
    tag = (await world.coordinator.get(f"{REQUESTS}/{request}")).headers["etag"]
    assert answer.headers["etag"] == tag
    listed = await log(world, request)
    motion = listed[2]
    assert motion == {
        "id": motion["id"], "number": 3, "kind": "motion", "happened_on": f"{today(world)}",
        "state": None, "disposition": None, "due_on": None, "label": "an order asked",
        "text": "Heard", "certainty": "C", "supersedes": None,
        "recorded_at": motion["recorded_at"], "sources": [source],
    }  # fmt: skip
    assert [(one["number"], one["state"]) for one in listed] == [
        (1, "submitted"), (2, "perfected"), (3, None), (4, "litigated"),
    ]  # fmt: skip


async def test_what_does_not_fit_together_is_refused_and_changes_nothing(world: World) -> None:
    request = (await make(world))["id"]
    on, before = today(world), f"{today(world) - timedelta(days=1)}"
    refused: list[tuple[int, str, dict[str, Any]]] = [
        (422, "/happened_on", {"kind": "note", "happened_on": f"{on + timedelta(days=1)}"}),
        (422, "/state", {"kind": "state"}),
        (422, "/due_on", {"kind": "deadline"}),
        (422, "/due_on", {"kind": "deadline", "due_on": before}),
        (422, "/due_on", {"kind": "hearing", "due_on": f"{on}"}),
        (422, "/disposition", {"kind": "state", "state": "disposed"}),
        (422, "/disposition", {"kind": "state", "state": "submitted", "disposition": "denied"}),
        (422, "/disposition", {"kind": "note", "disposition": "denied"}),
        (422, "/supersedes", {"kind": "note", "supersedes": "f" * 20}),
        (409, "", {"kind": "state", "state": "ordered"}),
        (409, "", {"kind": "state", "state": "submitted", "happened_on": before}),
    ]
    stored = await state(world)
    for status, pointer, body in refused:
        problem(await tell(world, request, **body), status, *([pointer] if pointer else []))
    history = [{"kind": "state", "state": "closed"}, {"kind": "deadline"}]
    problem(await world.note_taker.post(REQUESTS, json={**BODY, "events": history}), 422,
            "/events/1/due_on")  # fmt: skip
    for more, pointer in (
        ({"holder": "x"}, "/holder"),
        ({"co_requesters": ["y", "x"]}, "/co_requesters/1"),
        ({"co_requesters": ["agency"]}, "/co_requesters/0"),
        ({"co_requesters": ["y", "y"]}, "/co_requesters/1"),
    ):
        problem(await world.note_taker.post(REQUESTS, json={**BODY, **more}), 422, pointer)
    assert await state(world) == stored


async def test_a_wrong_event_is_superseded_once_and_stays_in_the_log(world: World) -> None:
    day = today(world) - timedelta(days=5)
    wrong = {"kind": "state", "state": "submitted", "happened_on": f"{day}"}
    request = (await make(world, events=[wrong]))["id"]
    [first] = await log(world, request)
    right = {**wrong, "happened_on": f"{day + timedelta(days=2)}", "supersedes": first["id"]}
    answer = await tell(world, request, **right)
    assert (answer.status_code, answer.json()["since"]) == (200, right["happened_on"])
    assert "corrected already" in problem(await tell(world, request, **right), 409)
    second = (await log(world, request))[1]
    assert second["supersedes"] == first["id"]
    back = {"kind": "note", "text": "It was never sent", "supersedes": second["id"]}
    assert "always in a state" in problem(await tell(world, request, **back), 409)


async def test_a_try_shows_the_answer_and_keeps_nothing(world: World) -> None:
    request = (await make(world))["id"]
    before = await state(world)
    tried = await world.note_taker.post(f"{REQUESTS}?dry_run=true", json=BODY)
    assert (tried.status_code, tried.json()["state"]) == (200, "drafted")
    answer = await tell(world, request, "events?dry_run=true", kind="state", state="submitted")
    assert (answer.status_code, answer.json()["state"]) == (200, "submitted")
    answer = await tell(world, request, "publish?dry_run=true", by="coordinator")
    assert answer.status_code == 200
    assert await state(world) == before


async def test_who_reads_a_request_reads_of_its_sessions_only_those_they_may_see(
    world: World,
) -> None:
    of_x = await propose(world, title="With X", local_start=in_days(20))
    of_y = await propose(world, title="With Y", jurisdiction="y", local_start=in_days(12))
    due = weekday(30)[:10]  # at a weekend there would be one warning more
    asked = [{"kind": "state", "state": "submitted", "due_on": due}]
    made = await make(world, needed_before=[of_x["id"], of_y["id"]], events=asked)

    def seen(view: dict[str, Any]) -> tuple[list[str], int]:
        assert all(one["late"] for one in view["needed_before"])
        return [one["title"] for one in view["needed_before"]], len(view["warnings"])

    path = f"{REQUESTS}/{made['id']}"
    got = {
        name: seen((await world.clients[name].get(path)).json())
        for name in ("coordinator", "agency_delegate", "delegate_x", "delegate_y")
    }
    assert got == {
        "coordinator": (["With Y", "With X"], 2),
        "agency_delegate": (["With Y", "With X"], 2),
        "delegate_x": (["With X"], 1),
        "delegate_y": (["With Y"], 1),
    }
    tag = (await world.delegate_y.get(path)).headers["etag"]
    answer = await world.coordinator.patch(
        path,
        json={"needed_before": [of_y["id"]]},
        headers={"If-Match": (await world.coordinator.get(path)).headers["etag"]},
    )
    assert seen(answer.json()) == (["With Y"], 1)
    assert (await world.delegate_y.get(path)).headers["etag"] == tag
    problem(await world.coordinator.post(REQUESTS, json={
        **BODY, "needed_before": [of_x["id"], of_x["id"]]
    }), 422, "/needed_before/1")  # fmt: skip


async def test_requests_come_in_the_order_in_which_sessions_need_them(world: World) -> None:
    far = await confirmed(world, local_start=in_days(30))
    near = await confirmed(world, local_start=in_days(20))
    last = await make(world, title="For nothing yet")
    second = await make(world, title="For the far one", needed_before=[far["id"]])
    first = await make(world, title="For both", needed_before=[far["id"], near["id"]])
    listed = (await world.coordinator.get(REQUESTS)).json()["items"]
    assert [one["id"] for one in listed] == [first["id"], second["id"], last["id"]]


async def test_a_request_says_something_else_of_itself_but_never_its_state(world: World) -> None:
    made = await make(world)
    path = f"{REQUESTS}/{made['id']}"
    headers = {"If-Match": (await world.note_taker.get(path)).headers["etag"]}
    for body, pointer in (
        ({"state": "closed"}, "/state"),
        ({"title": None}, "/title"),
        ({"co_requesters": None}, "/co_requesters"),
        ({"requester": "y"}, "/co_requesters/0"),  # who asks along already
    ):
        problem(await world.note_taker.patch(path, json=body, headers=headers), 422, pointer)
    change = {"requester": "y", "co_requesters": [], "reference": None, "certainty": "B"}
    answer = await world.note_taker.patch(path, json=change, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**made, **change}
    problem(await world.note_taker.patch(path, json=change, headers=headers), 412)


async def test_the_public_reads_a_copy_that_stays_until_it_is_published_again(
    world: World,
) -> None:
    request = (await make(world))["id"]
    assert (await tell(world, request, "publish", by="coordinator")).status_code == 200

    async def copy() -> Any:
        async with world.database.read() as db:
            return (await db.exec(select(DocumentRequest.public_copy))).one()

    first = await copy()
    on = f"{today(world)}"
    assert first == {
        "title": "Meter readings", "scope": "All of 2019",
        "requesters": ["X County", "Y County"], "holder": "Water Agency", "legal_basis": "foia",
        "reference": "F-1", "basis": "live", "state": "drafted", "text": first["text"],
        "certainty": "A", "published_on": on,
        "events": [{"happened_on": on, "kind": "state", "label": None, "state": "drafted",
                    "disposition": None, "due_on": None, "text": "", "certainty": "A",
                    "sources": []}],
    }  # fmt: skip
    await tell(world, request, kind="state", state="submitted")
    assert await copy() == first
    assert (await tell(world, request, "publish", by="coordinator")).status_code == 200
    again = await copy()
    assert (again["state"], len(again["events"])) == ("submitted", 2)


async def test_every_act_is_announced_and_entered_and_touches_no_calendar(world: World) -> None:
    await confirmed(world)
    calendar = (await world.nobody.get(world.feeds["coordinator"])).headers["etag"]
    request = (await make(world))["id"]
    await tell(world, request, kind="state", state="submitted")
    await tell(world, request, "publish", by="coordinator")
    async with world.database.read() as db:
        told = await db.exec(
            select(OutboxEvent).where(OutboxEvent.type == "document_request.changed")
        )
        assert [(one.object_id, one.track_id) for one in told] == [(request, None)] * 3
        chains = (await audit.verify(db)).values()
        assert [fault for one in chains for fault in one["faults"]] == []
        row = (await db.exec(select(DocumentRequest))).one()
        events = (await db.exec(select(DocumentRequestEvent))).all()
        assert states.check(events).state is row.state
    assert (await world.nobody.get(world.feeds["coordinator"])).headers["etag"] == calendar


async def test_of_racing_events_one_is_entered_and_the_others_are_told(world: World) -> None:
    request = (await make(world))["id"]
    path = f"{REQUESTS}/{request}"
    seen = {"If-Match": (await world.note_taker.get(path)).headers["etag"]}
    racing = [
        world.note_taker.post(f"{path}/events", json={"kind": "note", "text": text}, headers=seen)
        for text in "abcdef"
    ]
    answers = await asyncio.gather(*racing)
    assert Counter(one.status_code for one in answers) == {200: 1, 412: 5}
    assert [one["number"] for one in await log(world, request)] == [1, 2]
