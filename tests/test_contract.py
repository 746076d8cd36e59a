"""What every JSON route does alike: versions, verbs, media types, sizes, options, odd bytes.

SQLite goes over all routes; on PostgreSQL each walk takes a quarter of each kind (see sharing.py).
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from checksum import state
from factories import NEG, World, act, in_days, propose, session_body
from permissions.table import COLUMNS, TABLE
from permissions.tries import FIRST, Try, _is_first, a_try, noted
from problems import problem
from sharing import share

from negotiations.app import APIS
from negotiations.web.routes import PREFIX

ENDPOINTS = [one for api in APIS for one in api.endpoints]
READS = [row for row in TABLE if row.startswith("GET ")]
CHANGES = {f"{one.method} {one.path}" for one in ENDPOINTS if one.versioned}
VERSIONED = [row for row in TABLE if " ".join(row.split()[:2]) in CHANGES and not _is_first(row)]
SESSIONS = f"{NEG}/sessions"


def permitted(row: str) -> str:
    codes = dict(zip(COLUMNS, TABLE[row], strict=True))
    names = (("co", "coordinator"), ("dx", "delegate_x"), ("hx", "head_x"), ("am", "administrator"))
    return next((name for short, name in names if codes[short] < 400), "delegate_x")


async def write(world: World, row: str, trial: Try, tag: str | None) -> Any:
    headers = {} if tag is None else {"If-Match": tag}
    more = {} if trial.body is None else {"json": trial.body(permitted(row))}
    client = world.clients[permitted(row)]
    return await client.request(trial.method, trial.path, headers=headers, **more)


@pytest.mark.walks
async def test_a_change_must_name_the_version_it_was_made_from(world: World) -> None:
    for row in share(world, VERSIONED, 4):
        async with world.beginnings.another() as fresh:
            await it_must(fresh, row)


async def it_must(world: World, row: str) -> None:
    trial = await a_try(world, row)
    is_act = trial.method == "POST"
    seen = trial.path.rsplit("/", 1)[0] if is_act else trial.path
    tag = (await world.clients[permitted(row)].get(seen)).headers["etag"]
    # A text whose save came too late is kept for its author: see tests/notes/test_drafts.py
    # and tests/notebook/test_late.py.
    kept = ("note_draft", "kept_note") if row.startswith(FIRST) else ()
    before = await state(world, *kept)
    assert "If-Match" in problem(await write(world, row, trial, None), 428)
    problem(await write(world, row, trial, "*"), 428)
    for malformed in ("abc", "", '"a" "b"', '"a'):
        problem(await write(world, row, trial, malformed), 400)
    for stale in ('"0123"', f"W/{tag}"):
        answer = await write(world, row, trial, stale)
        problem(answer, 412)
        assert answer.headers["etag"] == tag, row
    assert await state(world, *kept) == before, row
    assert (await write(world, row, trial, f'"0123", {tag}')).status_code == 200, row


async def test_the_first_summary_says_that_there_is_none_yet(world: World) -> None:
    trial = await a_try(world, "PUT /sessions/{id}/summary")
    body = {"body": "First", "close": "concluded"}
    problem(await world.note_taker.put(trial.path, json=body), 428)
    problem(await world.note_taker.put(trial.path, json=body, headers={"If-Match": '"a"'}), 412)
    first = {"If-None-Match": "*"}
    assert (await world.note_taker.put(trial.path, json=body, headers=first)).status_code == 201
    again = await world.note_taker.put(trial.path, json={"body": "Second"}, headers=first)
    problem(again, 412)
    assert again.headers["etag"] == (await world.note_taker.get(trial.path)).headers["etag"]


NEVER_MADE = {"POST /negotiations/{neg}/tracks"}  # every jurisdiction of the world has its track
CREATES = [
    row
    for row in TABLE
    if row not in NEVER_MADE
    if any(
        one.method == "POST" and 201 in one.gives
        for one in ENDPOINTS
        if f"{one.method} {one.path}" == " ".join(row.split()[:2])
    )
]


@pytest.mark.walks
async def test_what_was_made_says_where_it_is(world: World) -> None:
    made: dict[Any, str] = {}
    for row in share(world, CREATES, 4, 1):
        trial = await a_try(world, row, made)
        name = permitted(row)
        assert trial.body is not None
        answer = await world.clients[name].post(trial.path, json=trial.body(name))
        assert answer.status_code == 201, (row, answer.text)
        found = await world.clients[name].get(answer.headers["location"])
        assert found.status_code == 200, row
        assert answer.json()["id"] in found.text


@pytest.mark.walks
async def test_head_is_get_without_its_body(world: World) -> None:
    made: dict[Any, str] = {}
    for row in share(world, READS, 4, 1):
        trial = await a_try(world, row, made)
        client = world.clients[permitted(row)]
        shown, head = await client.get(trial.path), await client.head(trial.path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("etag", "content-type", "content-length", "cache-control"):
            assert head.headers[name] == shown.headers[name], (row, name)


@pytest.mark.walks
async def test_a_read_that_the_caller_has_already_is_304(world: World) -> None:
    made: dict[Any, str] = {}
    for row in share(world, READS, 4, 2):
        trial = await a_try(world, row, made)
        client = world.clients[permitted(row)]
        tag = (await client.get(trial.path)).headers["etag"]
        for match in (tag, f"W/{tag}", "*", f'"other", {tag}'):
            answer = await client.get(trial.path, headers={"If-None-Match": match})
            assert (answer.status_code, answer.content) == (304, b""), (row, match)
            assert answer.headers["etag"] == tag
        answer = await client.get(trial.path, headers={"If-None-Match": '"other"'})
        assert answer.status_code == 200


async def test_tags_may_stand_on_several_lines(world: World) -> None:
    path = "/api/v1/me"
    answer = await world.coordinator.get(path)
    tag, body = answer.headers["etag"], {"by_mail": False}
    known = [("If-None-Match", '"other"'), ("If-None-Match", tag)]
    assert (await world.coordinator.get(path, headers=known)).status_code == 304
    seen = [("If-Match", '"other"'), ("If-Match", tag)]
    assert (await world.coordinator.patch(path, json=body, headers=seen)).status_code == 200
    assert (await world.coordinator.get(path, headers=known)).status_code == 200


async def test_a_wrong_verb_is_told_every_right_one(world: World) -> None:
    allowed: dict[str, set[str]] = {}
    for one in ENDPOINTS:
        verbs = {one.method, "HEAD"} if one.method == "GET" else {one.method}
        allowed.setdefault(one.path, set()).update(verbs)
    for path, verbs in allowed.items():
        plain = PREFIX + noted(path).replace("{n}", "1")
        for verb in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - verbs:
            answer = await world.coordinator.request(verb, plain)
            problem(answer, 405)
            assert set(answer.headers["allow"].split(", ")) == verbs, (verb, path)


async def test_an_unknown_address_is_the_404_of_an_unknown_id(world: World) -> None:
    one = await world.coordinator.get(f"{PREFIX}/nothing/here")
    problem(one, 404)
    other = await world.coordinator.get(f"{PREFIX}/sessions/{'f' * 20}")
    assert one.content == other.content


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"{'a': 1}", b"[" * 100_000, b"9" * 5000])
async def test_what_is_not_json_is_400(world: World, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    problem(await world.coordinator.post(SESSIONS, content=raw, headers=headers), 400)


async def test_json_that_is_no_object_is_422(world: World) -> None:
    for value in (None, [], 1, "a", float("nan")):
        raw = json.dumps(value)
        headers = {"Content-Type": "application/json"}
        problem(await world.coordinator.post(SESSIONS, content=raw, headers=headers), 422, "")


async def test_only_json_is_read_with_or_without_a_charset(world: World) -> None:
    raw = json.dumps(session_body())
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
        headers = {"Content-Type": media}
        problem(await world.coordinator.post(SESSIONS, content=raw, headers=headers), 415)
    for place, media in enumerate(("application/json; charset=utf-8", "Application/JSON")):
        raw = json.dumps(session_body(local_start=in_days(10 + place)))
        headers = {"Content-Type": media}
        answer = await world.coordinator.post(SESSIONS, content=raw, headers=headers)
        assert answer.status_code == 201


async def test_a_body_of_three_megabytes_is_refused_with_and_without_its_length(
    world: World,
) -> None:
    summary = (await a_try(world, "PUT /sessions/{id}/summary")).path
    raw = json.dumps({"body": "a" * 3_000_000}).encode()

    async def in_parts() -> AsyncIterator[bytes]:
        for start in range(0, len(raw), 65536):
            yield raw[start : start + 65536]

    headers = {"Content-Type": "application/json", "If-None-Match": "*"}
    for verb, path in (("POST", SESSIONS), ("PUT", summary)):
        for content in (raw, in_parts()):
            answer = await world.coordinator.request(verb, path, content=content, headers=headers)
            problem(answer, 413)
    lying = {**headers, "Content-Length": "-1"}
    problem(await world.coordinator.post(SESSIONS, content=b"{}", headers=lying), 400)


@pytest.mark.walks
async def test_an_unknown_option_is_refused_and_the_right_ones_are_named(world: World) -> None:
    made: dict[Any, str] = {}
    for row in share(world, TABLE, 4, 3):
        trial = await a_try(world, row, made)
        body = {} if trial.body is None else {"json": trial.body(permitted(row))}
        answer = await world.clients[permitted(row)].request(
            trial.method, f"{trial.path}{'&' if '?' in trial.path else '?'}nope=1", **body
        )
        assert "nope is not an option here. Options: " in problem(answer, 400), row
    answer = await world.coordinator.get(f"{SESSIONS}?status=maybe")
    assert problem(answer, 400).startswith("status is one of: proposed, confirmed")
    assert problem(await world.coordinator.get(f"{SESSIONS}?nope="), 400) == (
        "nope is not an option here. Options: jurisdiction, status, from, to, limit, after."
    )
    for option in ("from=soon", "to=2010-13-45", "from=2010-11-05T10:00", "to=9999-12-31"):
        problem(await world.coordinator.get(f"{SESSIONS}?{option}"), 400)
    for option in ("as_of=soon", "known_at=2010-11-05", "known_at=0001-01-01T00:00:00%2B14:00"):
        for path in ("outcomes", "consistency"):
            problem(await world.coordinator.get(f"{NEG}/{path}?{option}"), 400)
    session = (await propose(world))["id"]
    answer = await act(world.coordinator, session, "cancel?dry_run=perhaps", {"reason": "No"})
    assert problem(answer, 400) == "dry_run is one of: true, false."


ODD = (
    "%00",
    "a%00b",
    "%ff",
    "%ed%a0%80",
    "%0d%0aX:1",
    "%e2%80%a8",
    "%20",
    "a" * 5000,
    "%f0%9f%92%a5",
)


# A second row of a route has the same address.
WITH_PARTS = sorted({" ".join(row.split()[:2]) for row in TABLE if "{" in row})


@pytest.mark.walks
async def test_odd_bytes_in_addresses_and_options_are_never_our_error(world: World) -> None:
    for turn, odd in enumerate(ODD):
        for row in share(world, WITH_PARTS, 4, turn):
            path = PREFIX + noted(row.split()[1], odd).replace("{n}", odd).replace("{code}", odd)
            for part in ("{id}", "{jurisdiction}", "{neg}"):
                if part in path:
                    path = path.replace(part, odd, 1)
                    path = path.replace("{neg}", "water-talks")
            answer = await world.coordinator.request(row.split()[0], path, json={})
            assert 400 <= answer.status_code < 500, (row, odd, answer.status_code)
        for option in ("jurisdiction", "status", "from", "to"):
            answer = await world.coordinator.get(f"{SESSIONS}?{option}={odd}")
            assert 400 <= answer.status_code < 500, (option, odd)
        for option in ("jurisdiction", "issue", "as_of", "known_at"):
            answer = await world.coordinator.get(f"{NEG}/outcomes?{option}={odd}")
            assert 400 <= answer.status_code < 500, (option, odd)
        token = {"Authorization": f"Bearer neg_{odd[:100]}"}
        problem(await world.nobody.get(f"{PREFIX}/me", headers=token), 401)
    for raw in (b"Bearer \xff\xfe", b"Bearer \x85", b"Basic abc", b"Bearer", b"Bearer  "):
        problem(await world.nobody.get(f"{PREFIX}/me", headers={b"Authorization": raw}), 401)
