"""Lists and pages ask the database as many questions for ten rows as for one."""

from collections.abc import Iterable
from typing import Any

from counting import counted
from factories import NEG, World, act, in_days, propose
from pages.asked import addresses, asked
from permissions.table import TABLE
from permissions.tries import ASKING, BUSY, CALENDAR, NEW_PARTY, REQUEST, WEBHOOK, a_try, noted
from plans.drafts import draft
from polls.asking import ask, poll_act

# Ten rows on SQLite; on PostgreSQL, where it takes twice the time to make them, half as many.
ROWS = {True: 10, False: 5}
FIRST = "https://hooks.example.org/first"
OF_A_PROPOSAL = ("agenda", "changes", "notes", "polls")
NO_LISTS = (
    "/me",
    "/sessions/{id}/summary",
    "/sessions/{id}/summary/compiled",
    "/sessions/{id}/summary/diff",
    "/sessions/{id}/notes/{audience}/{item}/diff",
    "/feeds/{id}/fetched",
    "/me/availability",
    "/negotiations/{neg}/parties/{id}/availability",
    "/negotiations/{neg}/free-times",
    "/sessions/{id}/free-times",
    "/sessions/{id}/warnings",
    "/negotiations/{neg}/own-notes",
    "/negotiations/{neg}/caucus-notes",
    "/plans/{id}/check",
    "/plan-items/{id}/why-not",
)
READS = dict.fromkeys(row.split()[1] for row in TABLE if row.startswith("GET "))
LISTS = [path for path in READS if path[-1] != "}" and path not in NO_LISTS]


async def sizes(world: World, held: str, proposal: str, request: str) -> dict[str, tuple[int, int]]:
    """By list: how many items its answer has, and how many statements it took."""
    found = {}
    for path in LISTS:
        client = world.administrator if path == "/negotiations" else world.coordinator
        client = world.head_x if path.endswith("/caucuses") else client
        id_ = proposal if path.endswith(OF_A_PROPOSAL) else held
        id_ = request if "document-requests" in path else id_
        id_ = await first_webhook(world) if path.startswith("/webhooks/") else id_
        id_ = await first_plan(world) if path.startswith("/plans/") else id_
        address = noted(path).replace("{neg}", "water-talks").replace("{id}", id_)
        with counted(world) as statements:
            answer = (await client.get(f"/api/v1{address}{ASKING.get(path, '')}")).json()
        items = next(answer[name] for name in ("items", "cells", "issues") if name in answer)
        found[path] = (len(items), len(statements))
    return found


async def first_webhook(world: World) -> str:
    """One of the coordinator's, the same each time."""
    listed = (await world.coordinator.get("/api/v1/webhooks")).json()["items"]
    found = [one["id"] for one in listed if one["url"] == FIRST]
    if not found:
        made = await world.coordinator.post("/api/v1/webhooks", json={**WEBHOOK, "url": FIRST})
        found = [made.json()["id"]]
    return str(found[0])


async def first_plan(world: World) -> str:
    """One of the coordinator's, the same each time."""
    listed = (await world.coordinator.get(f"{NEG}/plans")).json()["items"]
    found = [one["id"] for one in listed if one["title"] == "First"]
    return str(found[0] if found else (await draft(world, title="First"))["id"])


async def fill(world: World, held: str, proposal: str, request: str, places: Iterable[int]) -> None:
    """One more of everything for each place."""
    path = f"/api/v1/sessions/{held}"
    attending, agenda = [], []
    for place in places:
        slug = f"p{place}"
        party = {**NEW_PARTY, "slug": slug, "name": slug, "short_name": slug}
        outcome = {"issue": f"9.{place}", "value": "noted", "text": slug,
                   "sources": [{"citation": slug}]}  # fmt: skip
        asked = {**REQUEST, "co_requesters": [slug], "needed_before": [held, proposal]}
        made = {}
        for address, body in (
            (f"{NEG}/parties", party),
            (f"{NEG}/issues", {"code": f"9.{place}", "title": slug, "raised_by": slug}),
            (f"{NEG}/people", {"name": slug, "role": "head", "party": "x"}),
            (f"{NEG}/commitments", {"jurisdiction": slug, "owner": slug, "text": slug}),
            (
                f"{NEG}/positions",
                {
                    "jurisdiction": slug,
                    "party": slug,
                    "issue": "1",
                    "text": slug,
                    "sources": [{"citation": slug}],
                },
            ),
            (f"{path}/outcomes", outcome),
            ("/api/v1/feeds", {"label": slug}),
            *([("/api/v1/webhooks", WEBHOOK)] if place else []),
            ("/api/v1/busy-blocks", BUSY),
            ("/api/v1/busy-calendars", {"url": f"{CALENDAR['url']}?{place}"}),
            (f"{NEG}/document-requests", asked),
        ):
            answer = await world.coordinator.post(address, json=body)
            assert answer.status_code == 201, (address, answer.text)
            made[address] = answer.json()
        added = {"jurisdiction": "x"}
        plan = await first_plan(world)
        await draft(world)
        answer = await world.coordinator.post(f"/api/v1/plans/{plan}/items", json=added)
        assert answer.status_code == 201, answer.text
        hook = await first_webhook(world)
        tried = await world.coordinator.post(f"/api/v1/webhooks/{hook}/test", json={})
        assert tried.status_code == 201, tried.text
        attending.append({"person": made[f"{NEG}/people"]["id"]})
        agenda.append({"issue": f"9.{place}"})
        chair, start = world.people["coordinator"], in_days(60 + place)
        await propose(world, jurisdiction=slug, local_start=start, chair=chair)
        talks = {"slug": slug, "title": slug, "home_tz": "UTC", "symbol_prefix": "P"}
        answer = await world.administrator.post("/api/v1/negotiations", json=talks)
        assert answer.status_code == 201
        body = {"location": f"Place {place}", "reason": "Again"}
        assert (await act(world.coordinator, proposal, "relocate", body)).status_code == 200
        await ask_again(world, proposal, place)
        await put(world, f"{path}/summary", {"body": f"Revision {place}"})
        await send_round(world, held, place)
        caucus = {"name": slug, "parties": ["y", slug]}
        assert (await world.head_x.post(f"{NEG}/caucuses", json=caucus)).status_code == 201
        await note(world, request, {"kind": "note", "sources": [{"citation": slug}]})
        late = {"json": {"body": f"Late {place}"}, "headers": {"If-Match": '"old"'}}
        assert (await world.coordinator.put(f"{path}/summary", **late)).status_code == 412
        jotted = f"{path}/notes/secretariat/general"
        await jot(world, jotted, f"Note {place}")
        assert (await world.coordinator.put(jotted, **late)).status_code == 412
    await put(world, f"{path}/attendance", {"items": attending})
    proposed = f"/api/v1/sessions/{proposal}"
    await put(world, f"{proposed}/agenda", {"items": agenda})
    for item in (await world.coordinator.get(f"{proposed}/agenda")).json()["items"]:
        await jot(world, f"{proposed}/notes/mine/{item['id']}", item["title"])


async def ask_again(world: World, proposal: str, place: int) -> None:
    """Another poll, after the one before is closed."""
    path = f"/api/v1/sessions/{proposal}/polls"
    for poll in (await world.coordinator.get(path)).json()["items"]:
        if poll["status"] == "open":
            closed = await poll_act(world.coordinator, poll["id"], "close", {"reason": "Again"})
            assert closed.status_code == 200, closed.text
    asked = await ask(world, proposal, 100 + place, 120 + place)
    assert asked.status_code == 201, asked.text


async def send_round(world: World, held: str, place: int) -> None:
    """The latest text of the summary goes round; X objects and remarks."""
    path = f"/api/v1/sessions/{held}/summary"
    told = {"decision": "objected", "statement": f"Not {place}"}
    for client, name, more in (
        (world.coordinator, "circulate", {}), (world.head_x, "decide", told),
    ):  # fmt: skip
        seen = await client.get(path)
        body = {**more, "sha256": seen.json()["sha256"]} if more else {}
        headers = {"If-Match": seen.headers["etag"]}
        answer = await client.post(f"{path}/{name}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    answer = await world.head_x.post(f"{path}/comments", json={"body": f"Remark {place}"})
    assert answer.status_code == 201, answer.text


async def put(world: World, path: str, body: Any) -> None:
    tag = (await world.coordinator.get(path)).headers["etag"]
    answer = await world.coordinator.put(path, json=body, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


async def jot(world: World, path: str, text: str) -> None:
    """Save a note, the first or another text of it."""
    seen = await world.coordinator.get(path)
    found = seen.status_code == 200
    headers = {"If-Match": seen.headers["etag"]} if found else {"If-None-Match": "*"}
    answer = await world.coordinator.put(path, json={"body": text}, headers=headers)
    assert answer.status_code == (200 if found else 201), answer.text


async def note(world: World, request: str, body: Any) -> None:
    path = f"{NEG}/document-requests/{request}"
    headers = {"If-Match": (await world.coordinator.get(path)).headers["etag"]}
    answer = await world.coordinator.post(f"{path}/events", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


def starts(held: str, proposal: str, request: str) -> list[str]:
    """Pages of what grows, or that no link leads to."""
    of_held = [f"/s/{held}{page}" for page in ("", "/summary", "/live")]
    of_proposal = [f"/s/{proposal}{page}" for page in ("", "/live")]
    of_talks = [f"/n/water-talks/{page}" for page in (f"requests/{request}", "search?q=p0")]
    return [*of_held, *of_proposal, *of_talks]


async def test_no_list_and_no_page_asks_more_for_ten_rows_than_for_one(world: World) -> None:
    held = (await a_try(world, "GET /sessions/{id}/summary")).path.split("/")[4]
    proposal = (await propose(world))["id"]
    made = await world.coordinator.post(f"{NEG}/document-requests", json=REQUEST)
    places = (held, proposal, made.json()["id"])
    await fill(world, *places, range(1))
    one = await sizes(world, *places)
    # How many a page asks is the same on both engines.
    readers = ("coordinator", "head_x") if world.database.is_sqlite else ()
    seen = {name: await addresses(world, name, *starts(*places)) for name in readers}
    pages = [await asked(world, *named) for named in seen.items()]
    rows = ROWS[world.database.is_sqlite]
    await fill(world, *places, range(1, rows))
    many = await sizes(world, *places)
    assert [await asked(world, *named) for named in seen.items()] == pages
    assert [len(one) > 35 for one in pages] == [True for _ in readers]
    assert {page: n for one in pages for page, n in one.items() if n > 45} == {}
    assert {path: asked for path, (_, asked) in many.items()} == {
        path: asked for path, (_, asked) in one.items()
    }
    grown = {path: many[path][0] - one[path][0] for path in LISTS}
    short = {path for path in LISTS if grown[path] < rows - 2}
    assert short == set(), "these lists didn't grow, so nothing was shown of them"
    assert {path: asked for path, (_, asked) in many.items() if asked > 16} == {}
