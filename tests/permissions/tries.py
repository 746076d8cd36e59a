"""For each row of the table: a request that succeeds for whoever may make it."""

import hashlib
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from beginnings import once_made
from factories import (
    NEG,
    World,
    act,
    confirmed,
    in_days,
    propose,
    session_body,
    take_seat,
)
from plans.drafts import an_item, placed, working

from negotiations.models.parties import Role

API = "/api/v1"
UNKNOWN = "f" * 20
Make = Callable[[str], Any]
_days = itertools.count(1)


@dataclass(frozen=True)
class Try:
    """A request's address, the same with an unknown id, and its body by actor."""

    method: str
    path: str
    unknown: str
    body: Make | None
    first: bool = False  # a first write, that names no version
    tags: dict[str, str | None] = field(default_factory=dict)  # by who saw it last


async def _one(world: World, path: str, **wanted: str) -> str:
    items = (await world.coordinator.get(f"{NEG}/{path}")).json()["items"]
    found = (one for one in items if all(one[name] == wanted[name] for name in wanted))
    return str(next(found)["id"])


@once_made
async def _proposed(world: World, **more: Any) -> str:
    return str((await propose(world, local_start=in_days(20 + next(_days)), **more))["id"])


@once_made
async def _accepted(world: World) -> str:
    session = await _proposed(world)
    for client in (world.head_x, world.agency_head):
        assert (await act(client, session, "accept")).status_code == 200
    return session


@once_made
async def _confirmed(world: World) -> str:
    return str((await confirmed(world, local_start=in_days(20 + next(_days))))["id"])


@once_made
async def _started(world: World, **more: Any) -> str:
    start = in_days(-1 - next(_days))
    more = {"agenda": [{"title": "Anything"}], **more}
    return str((await confirmed(world, local_start=start, **more))["id"])


@once_made
async def _postponed(world: World) -> str:
    session = await _proposed(world)
    answer = await act(world.coordinator, session, "postpone", {"reason": "Flood"})
    assert answer.status_code == 200, answer.text
    return session


@once_made
async def _chaired(world: World) -> str:
    return await _started(world, chair=world.people["agency_delegate"])


@once_made
async def _opened(world: World) -> str:
    session = await _chaired(world)
    assert (await act(world.note_taker, session, "open")).status_code == 200
    return session


@once_made
async def _held(world: World) -> str:
    session = await _started(world)
    answer = await world.note_taker.put(
        f"{API}/sessions/{session}/summary",
        headers={"If-None-Match": "*"},
        json={"body": "A draft", "close": "concluded"},
    )
    assert answer.status_code == 201, answer.text
    return session


async def _life(world: World, session: str, *steps: tuple[str, str, Any]) -> str:
    """These acts on a session's summary: by whom, which, with what body."""
    for name, event, body in steps:
        path = f"{API}/sessions/{session}/summary"
        tag = (await world.clients[name].get(path)).headers["etag"]
        answer = await world.clients[name].post(
            f"{path}/{event}", json=body, headers={"If-Match": tag}
        )
        assert answer.status_code == 200, answer.text
    return session


CIRCULATE = ("coordinator", "circulate", {})
DRAFT = hashlib.sha256(b"A draft").hexdigest()
OBJECTION = {"sha256": DRAFT, "decision": "objected", "statement": "Not so"}


@once_made
async def _circulated(world: World) -> str:
    """Sent round, and there."""
    session = await _life(world, await _held(world), CIRCULATE)
    for client in (world.head_x, world.agency_head):
        assert (await client.get(f"{API}/sessions/{session}/summary")).status_code == 200
    return session


@once_made
async def _disagreed(world: World) -> str:
    steps = [(name, "decide", OBJECTION) for name in ("head_x", "agency_head")]
    return await _life(world, await _circulated(world), *steps)


@once_made
async def _agreed(world: World) -> str:
    return await _life(world, await _disagreed(world), ("coordinator", "agree", {}))


@once_made
async def _published(world: World) -> str:
    return await _life(world, await _agreed(world), ("coordinator", "publish", {}))


@once_made
async def _draft(world: World) -> str:
    """The coordinator's, kept when a save of theirs came too late."""
    answer = await world.coordinator.put(
        f"{API}/sessions/{await _held(world)}/summary",
        headers={"If-Match": '"old"'},
        json={"body": "Too late"},
    )
    return str(answer.json()["yours"])


@once_made
async def _noted(world: World) -> str:
    """A session with a note for each audience: of the secretariat, of X, and of its delegate."""
    session = await _proposed(world)
    for client, audience in (
        (world.coordinator, "secretariat"),
        (world.head_x, "caucus"),
        (world.delegate_x, "mine"),
    ):
        path = f"{API}/sessions/{session}/notes/{audience}/general"
        first = {"If-None-Match": "*"}
        answer = await client.put(path, json={"body": audience}, headers=first)
        assert answer.status_code == 201, answer.text
    return session


@once_made
async def _note_draft(world: World) -> str:
    """The coordinator's, kept when a save of a note came too late."""
    answer = await world.coordinator.put(
        f"{API}/sessions/{await _noted(world)}/notes/secretariat/general",
        headers={"If-Match": '"old"'},
        json={"body": "Too late"},
    )
    return str(answer.json()["yours"])


@once_made
async def _commitment(world: World) -> str:
    body = {"jurisdiction": "x", "owner": "x", "text": "Write"}
    answer = await world.coordinator.post(f"{NEG}/commitments", json=body)
    return str(answer.json()["id"])


@once_made
async def _document_request(world: World) -> str:
    answer = await world.coordinator.post(f"{NEG}/document-requests", json=REQUEST)
    return str(answer.json()["id"])


@once_made
async def _position(world: World) -> str:
    code = f"7.{next(_days)}"
    issue = {"code": code, "title": "Next"}
    assert (await world.coordinator.post(f"{NEG}/issues", json=issue)).status_code == 201
    body = {"jurisdiction": "x", "party": "x", "issue": code, "text": "Ours"}
    answer = await world.coordinator.post(f"{NEG}/positions", json=body)
    return str(answer.json()["id"])


@once_made
async def _coordinator_seat(world: World) -> str:
    body = {"name": "Another", "role": "coordinator"}
    answer = await world.coordinator.post(f"{NEG}/people", json=body)
    return str(answer.json()["membership"])


@once_made
async def _delegate_seat(world: World) -> str:
    body = {"name": "Another", "role": "delegate", "party": "x"}
    answer = await world.coordinator.post(f"{NEG}/people", json=body)
    return str(answer.json()["membership"])


async def _feed(world: World) -> str:
    return str((await world.delegate_x.post(f"{API}/feeds", json={})).json()["id"])


async def _busy_block(world: World) -> str:
    answer = await world.delegate_x.post(f"{API}/busy-blocks", json=BUSY)
    return str(answer.json()["id"])


async def _busy_calendar(world: World) -> str:
    url = f"{CALENDAR['url']}?{next(_days)}"
    answer = await world.delegate_x.post(f"{API}/busy-calendars", json={"url": url})
    return str(answer.json()["id"])


async def _webhook(world: World, whose: str = "head_x") -> str:
    """Of X, or of the secretariat for its coordinator."""
    answer = await world.clients[whose].post(f"{API}/webhooks", json=WEBHOOK)
    return str(answer.json()["id"])


async def _delivery(world: World, whose: str = "head_x") -> str:
    path = f"{API}/webhooks/{await _webhook(world, whose)}/test"
    return str((await world.clients[whose].post(path, json={})).json()["id"])


@once_made
async def _caucus(world: World, *asked: str) -> str:
    """Of X, which asks these."""
    body = {"name": f"Caucus {next(_days)}", "parties": asked}
    answer = await world.head_x.post(f"{NEG}/caucuses", json=body)
    return str(answer.json()["id"])


async def _invitation(world: World) -> str:
    """Into a caucus of Y, to X."""
    if "head_y" not in world.clients:
        await take_seat(world, "head_y", Role.head, "y")
    body = {"name": f"Caucus {next(_days)}", "parties": ["x"]}
    answer = await world.head_y.post(f"{NEG}/caucuses", json=body)
    return str(answer.json()["id"])


async def _seat(world: World) -> str:
    return await _one(world, "memberships", person=world.people["delegate_x"])


@once_made
async def _poll(world: World) -> str:
    """About a session with x, of three times."""
    session = f"{API}/sessions/{await _proposed(world)}"
    times = [{"local_start": in_days(2000 + next(_days))} for _ in range(3)]
    body = {"due_on": in_days(8)[:10], "options": times}
    answer = await world.coordinator.post(f"{session}/polls", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _warned(world: World) -> str:
    """A session outside the talks' window."""
    session = await propose(world, local_start=in_days(3000 + next(_days)))
    return str(session["id"])


# What stands for {id}, by the longest beginning of a row's name without its verb.
GIVEN: dict[str, Callable[[World], Awaitable[str]]] = {
    "/negotiations/{neg}/parties/": lambda world: _one(world, "parties", slug="x"),
    "/negotiations/{neg}/teams/": lambda world: _one(world, "teams", party="x"),
    "/negotiations/{neg}/issues/": lambda world: _one(world, "issues", code="1"),
    "/negotiations/{neg}/people/": lambda world: _one(
        world, "people", id=world.people["delegate_x"]
    ),
    "/negotiations/{neg}/memberships/{id}": _seat,
    "/negotiations/{neg}/memberships/{id} +co": _coordinator_seat,
    "/negotiations/{neg}/commitments/": _commitment,
    "/negotiations/{neg}/document-requests/": _document_request,
    "/negotiations/{neg}/positions/": _position,
    "/negotiations/{neg}/caucuses/{id}": _caucus,
    "/negotiations/{neg}/caucuses/{id}/": _invitation,
    "/sessions/": _proposed,
    "/sessions/{id}/confirm": _accepted,
    "/sessions/{id}/publish": _confirmed,
    "/sessions/{id}/agenda +confirmed": _confirmed,
    "/sessions/{id}/agenda +opened": _opened,
    "/sessions/{id}/reinstate": _postponed,
    "/sessions/{id}/open": _started,
    "/sessions/{id}/open +chair": _chaired,
    "/sessions/{id}/close": _started,
    "/sessions/{id}/close +chair": _chaired,
    "/sessions/{id}/summary": _held,
    "/sessions/{id}/summary +circulated": _circulated,
    **{
        f"/sessions/{{id}}/summary/{part} +circulated": _circulated
        for part in ("revisions", "revisions/{n}", "decisions", "circulations", "comments", "diff")
    },
    "/sessions/{id}/summary/decide": _circulated,
    "/sessions/{id}/summary/agree": _disagreed,
    "/sessions/{id}/notes": _noted,
    "/sessions/{id}/summary/publish": _agreed,
    "/sessions/{id}/summary/corrigendum": _published,
    "/sessions/{id}/outcomes": _held,
    "/sessions/{id}/warnings": _warned,
    "/polls/": _poll,
    "/drafts/": _draft,
    "/note-drafts/": _note_draft,
    "/feeds/": _feed,
    "/busy-blocks/": _busy_block,
    "/busy-calendars/": _busy_calendar,
    "/webhooks/": _webhook,
    "/webhooks/{id} +co": lambda world: _webhook(world, "coordinator"),
    "/plans/": placed,
    "/plans/{id}/stop": working,
    "/plan-items/": an_item,
    "/deliveries/": _delivery,
    "/deliveries/{id}/redeliver +co": lambda world: _delivery(world, "coordinator"),
}

GIVEN_TO = {
    "PUT /sessions/{id}/summary": _started,
    "POST /sessions/{id}/summary/comments": _circulated,
    "PUT /sessions/{id}/notes/{audience}/{item}": _proposed,
    "PUT /sessions/{id}/notes/{audience}/{item} +caucus": _proposed,
    "PUT /sessions/{id}/notes/{audience}/{item} +mine": _proposed,
    "DELETE /negotiations/{neg}/memberships/{id}": _delegate_seat,
}


# A first write under an address names no version.
FIRST = ("PUT /sessions/{id}/summary", "PUT /sessions/{id}/notes/")


def _slug(actor: str) -> str:
    return actor.replace("_", "-")


def _own_side(actor: str) -> str:
    return "agency" if actor.startswith("agency") else "x"


def _other_side(actor: str) -> str:
    return "x" if actor.startswith("agency") else "agency"


def _holds(actor: str, side: str) -> dict[str, str]:
    """Each on an issue of their own: a second position would have to name the first."""
    issue = {"note_taker": "2", "coordinator": "10"}.get(actor, "1")
    return {"jurisdiction": "x", "party": side, "issue": issue, "text": f"As {actor} says"}


def _witnessed(actor: str) -> dict[str, str]:
    return {"party": "x", "how": "by mail"} if actor == "coordinator" else {}


NEW_PARTY = {"name": "Z County", "short_name": "Z", "kind": "jurisdiction", "tz": "UTC"}
REQUEST = {
    "title": "Letters", "requester": "x", "holder": "agency", "legal_basis": "voluntary",
    "events": [{"kind": "state", "state": "drafted", "happened_on": "2020-01-01"}],
}  # fmt: skip
WINDOW = {"title": "A week", "first_on": "2030-11-04", "last_on": "2030-11-08"}
WEBHOOK = {"negotiation": "water-talks", "url": "https://hooks.example.org/talks"}
HOURS = {"tz": "America/Denver", "weekly": ["09:00-17:00"] * 5 + ["", ""]}
BUSY = {"starts_at": f"{in_days(8)}:00Z", "ends_at": f"{in_days(8, 12)}:00Z"}
CALENDAR = {"url": "https://calendar.example.org/private/basic.ics"}
NEW_TALKS = {"title": "New", "home_tz": "UTC", "symbol_prefix": "NT"}
BODIES: dict[str, Make] = {
    "POST /negotiations": lambda actor: {**NEW_TALKS, "slug": _slug(actor)},
    "PATCH /negotiations/{neg}": lambda _: {"title": "Other talks"},
    "POST /negotiations/{neg}/parties": lambda _: {**NEW_PARTY, "slug": "z"},
    "PATCH /negotiations/{neg}/parties/{id}": lambda _: {"city": "Elsewhere"},
    "POST /negotiations/{neg}/teams": lambda actor: {"party": "x", "name": actor},
    "PATCH /negotiations/{neg}/teams/{id}": lambda actor: {"name": f"{actor} 2"},
    "POST /negotiations/{neg}/tracks": lambda _: {"jurisdiction": "x"},
    "PATCH /negotiations/{neg}/tracks/{jurisdiction}": lambda _: {"status": "active"},
    "POST /negotiations/{neg}/issues": lambda actor: {"code": actor[:9].replace("_", "."),
                                                      "title": "Next"},
    "PATCH /negotiations/{neg}/issues/{id}": lambda actor: {"title": actor},
    "POST /negotiations/{neg}/people": lambda _: {"name": "N", "role": "delegate", "party": "y"},
    "POST /negotiations/{neg}/people +co": lambda _: {"name": "N", "role": "coordinator"},
    "PATCH /me": lambda _: {"by_mail": False},
    "PATCH /negotiations/{neg}/people/{id}": lambda _: {"title": "Envoy"},
    "PATCH /negotiations/{neg}/memberships/{id}": lambda _: {"role": "counsel"},
    "PATCH /negotiations/{neg}/memberships/{id} +co": lambda _: {"role": "note_taker"},
    "POST /negotiations/{neg}/caucuses": lambda actor: {"name": actor},
    "PATCH /negotiations/{neg}/caucuses/{id}": lambda actor: {"name": actor},
    "POST /negotiations/{neg}/caucuses/{id}/join": lambda _: {},
    "POST /negotiations/{neg}/caucuses/{id}/decline": lambda _: {},
    "POST /negotiations/{neg}/sessions": lambda _: session_body(local_start=in_days(12)),
    "PATCH /sessions/{id}": lambda actor: {"title": f"A session for {actor}"},
    "POST /sessions/{id}/accept": _witnessed,
    "POST /sessions/{id}/decline": lambda actor: {
        "reason": "No", **({"party": "x"} if actor == "coordinator" else {})
    },
    "POST /sessions/{id}/confirm": lambda _: {},
    "POST /sessions/{id}/move": lambda _: {
        "local_start": in_days(20 + next(_days)), "reason": "Later"
    },
    "POST /sessions/{id}/polls": lambda _: {
        "due_on": in_days(8)[:10], "options": [{"local_start": in_days(1000 + next(_days))}]
    },
    "POST /polls/{id}/offer": lambda _: {"local_start": in_days(4000 + next(_days))},
    "POST /polls/{id}/close": lambda _: {"reason": "No need"},
    "POST /sessions/{id}/relocate": lambda _: {"location": "Town Hall", "reason": "Nearer"},
    "POST /sessions/{id}/postpone": lambda _: {"reason": "Flood"},
    "POST /sessions/{id}/reinstate": lambda _: {"local_start": in_days(20 + next(_days))},
    "POST /sessions/{id}/cancel": lambda _: {"reason": "No need"},
    "POST /sessions/{id}/open": lambda _: {},
    "POST /sessions/{id}/open +chair": lambda _: {},
    "POST /sessions/{id}/publish": lambda _: {},
    "POST /sessions/{id}/close": lambda _: {"close_kind": "concluded"},
    "POST /sessions/{id}/close +chair": lambda _: {"close_kind": "concluded"},
    "PUT /sessions/{id}/agenda": lambda actor: {"items": [{"title": actor}]},
    "PUT /sessions/{id}/agenda +confirmed": lambda actor: {"items": [{"title": actor}]},
    "PUT /sessions/{id}/agenda +opened": lambda actor: {
        "items": [{"title": "Anything"}, {"title": actor}]
    },
    "POST /negotiations/{neg}/caucus-notes/purge": lambda actor: {"confirm": _own_side(actor)},
    "PUT /sessions/{id}/summary": lambda actor: {"body": actor, "close": "concluded"},
    "PUT /sessions/{id}/summary +again": lambda actor: {"body": actor},
    "PUT /sessions/{id}/summary +circulated": lambda actor: {"body": actor},
    "POST /sessions/{id}/summary/circulate": lambda _: {},
    "POST /sessions/{id}/summary/agree": lambda _: {},
    "POST /sessions/{id}/summary/publish": lambda _: {},
    "POST /sessions/{id}/summary/corrigendum": lambda actor: {"body": f"As {actor} corrects"},
    "POST /sessions/{id}/summary/decide": lambda _: {"sha256": DRAFT, "decision": "approved"},
    "POST /sessions/{id}/summary/comments": lambda actor: {"body": f"As {actor} sees it"},
    "PUT /sessions/{id}/notes/{audience}/{item}": lambda actor: {"body": actor},
    "PUT /sessions/{id}/notes/{audience}/{item} +again": lambda actor: {"body": actor},
    "PUT /sessions/{id}/notes/{audience}/{item} +caucus": lambda actor: {"body": actor},
    "PUT /sessions/{id}/notes/{audience}/{item} +mine": lambda actor: {"body": actor},
    "POST /sessions/{id}/notes/{audience}/{item}/restore": lambda _: {"revision": 1},
    "POST /sessions/{id}/outcomes": lambda _: {"issue": "1", "value": "noted", "text": "Yes"},
    "POST /negotiations/{neg}/commitments": lambda actor: {
        "jurisdiction": "x", "text": "Write", "owner": _own_side(actor)
    },
    "POST /negotiations/{neg}/commitments +other": lambda actor: {
        "jurisdiction": "x", "text": "Write", "owner": _other_side(actor)
    },
    "PATCH /negotiations/{neg}/commitments/{id}": lambda actor: {"evidence": actor},
    "POST /negotiations/{neg}/document-requests": lambda _: REQUEST,
    "PATCH /negotiations/{neg}/document-requests/{id}": lambda actor: {"reference": actor},
    "POST /negotiations/{neg}/document-requests/{id}/events": lambda _: {
        "kind": "state", "state": "submitted"
    },
    "POST /negotiations/{neg}/document-requests/{id}/publish": lambda _: {},
    "POST /negotiations/{neg}/plans": lambda _: WINDOW,
    "PATCH /plans/{id}": lambda actor: {"title": actor},
    "POST /plans/{id}/drop": lambda _: {},
    "POST /plans/{id}/work-out": lambda _: {"seed": 2},
    "POST /plans/{id}/stop": lambda _: {},
    "POST /plans/{id}/release": lambda _: {},
    "PUT /plans/{id}/tracks/{jurisdiction}": lambda _: {"early": True},
    "POST /plans/{id}/items": lambda _: {"jurisdiction": "x"},
    "PATCH /plan-items/{id}": lambda _: {"minutes": 45},
    "POST /negotiations/{neg}/positions": lambda actor: _holds(actor, _own_side(actor)),
    "POST /negotiations/{neg}/positions +other": lambda actor: _holds(actor, _other_side(actor)),
    "PATCH /negotiations/{neg}/positions/{id}": lambda _: {"attributed": True},
    "POST /me/waiting/remind": lambda _: {},
    "POST /feeds": lambda _: {"label": "New"},
    "PATCH /feeds/{id}": lambda _: {"expires_at": "2090-01-01T00:00:00Z"},
    "POST /feeds/{id}/rotate": lambda _: {"grace_days": 3},
    "POST /webhooks": lambda _: WEBHOOK,
    "PUT /me/availability": lambda _: HOURS,
    "PUT /negotiations/{neg}/parties/{id}/availability": lambda _: HOURS,
    "POST /busy-blocks": lambda _: BUSY,
    "POST /busy-calendars": lambda _: CALENDAR,
    "POST /busy-calendars/{id}/refresh": lambda _: {},
    "PATCH /webhooks/{id}": lambda _: {"types": ["session.moved"]},
    "POST /webhooks/{id}/rotate": lambda _: {"grace_hours": 3},
    "POST /webhooks/{id}/test": lambda _: {},
    "POST /webhooks/{id}/redeliver": lambda _: {},
    "POST /deliveries/{id}/redeliver": lambda _: {},
    "POST /deliveries/{id}/redeliver +co": lambda _: {},
    "POST /feeds +theirs": lambda _: {"label": "New", "negotiation": "water-talks"},
}  # fmt: skip


# What a read has to be asked with, by its path.
ASKING = {
    "/negotiations/{neg}/search": "?q=water",
    "/plan-items/{id}/why-not": "?at=2030-11-05T15:00:00Z",
    "/negotiations/{neg}/free-times": "?jurisdiction=x",
}


def noted(path: str, audience: str = "secretariat") -> str:
    """The path with a note's place in it: the one on the session as a whole."""
    return path.replace("{audience}", audience).replace("{item}", "general")


async def a_try(world: World, row: str, made: dict[Any, str] | None = None) -> Try:
    """A fresh object for the row, and the request on it.

    `made`: objects to take again, for requests that change none of them.
    """
    method, path, *variant = row.split()
    name = row.removeprefix(f"{method} ")
    best = max((key for key in GIVEN if name.startswith(key)), key=len, default=None)
    given = GIVEN[best] if best and "{id}" in path else None
    given = GIVEN_TO.get(row, given)
    made = {} if made is None else made
    if given and given not in made:
        made[given] = await given(world)
    id_ = made[given] if given else ""
    parts = {"{neg}": "water-talks", "{jurisdiction}": "x", "{id}": id_, "{n}": "1", "{code}": "1"}
    unknowns = {"{neg}": "no-talks", "{jurisdiction}": "z", "{id}": UNKNOWN}
    audience = next((one[1:] for one in variant if one in ("+mine", "+caucus")), "secretariat")
    known = unknown = noted(path, audience) + ASKING.get(path, "")
    last = next((part for part in ("{id}", "{jurisdiction}", "{neg}") if part in path), "{id}")
    for part, value in parts.items():
        unknown = unknown.replace(part, unknowns[part] if part == last else value)
        known = known.replace(part, value)
    if path.endswith("/diff"):
        known, unknown = f"{known}?a=1&b=1", f"{unknown}?a=1&b=1"
    return Try(method, API + known, API + unknown, await _body(world, row, id_), _is_first(row))


_CHOOSE = "POST /polls/{id}/choose"


def _of_option(row: str, poll: dict[str, Any]) -> Make:
    """Bodies that name one of the poll's times; the last that is withdrawn closes it."""
    options = [one["id"] for one in poll["options"]]
    if row.endswith("answer"):
        said = [{"option": one, "answer": "yes"} for one in options]
        return lambda actor: {"answers": said, **_witnessed(actor)}
    return lambda _: {"option": options[0]}


async def _body(world: World, row: str, id_: str = "") -> Make | None:
    people = world.people
    if row == "POST /negotiations/{neg}/memberships":
        seat = {"person": people["former_delegate_x"], "role": "delegate", "party": "x"}
        return lambda _: seat
    if row == "POST /negotiations/{neg}/sessions +instead":
        session = await _proposed(world)
        start = in_days(20 + next(_days))
        return lambda _: {**session_body(local_start=start), "instead_of": session}
    if row.startswith(("POST /polls/{id}/withdraw", "POST /polls/{id}/answer", _CHOOSE)):
        return _of_option(row, (await world.coordinator.get(f"{API}/polls/{id_}")).json())
    if row == "POST /sessions/{id}/warnings/acknowledge":
        seen = (await world.coordinator.get(f"{API}/sessions/{id_}/warnings")).json()["items"]
        return lambda actor: {"warning": seen[0]["warning"], "note": actor}
    if row == "PUT /sessions/{id}/attendance":
        return lambda _: {"items": [{"person": people["agency_head"], "rsvp": "accepted"}]}
    return BODIES.get(row)


def _is_first(row: str) -> bool:
    return row.startswith(FIRST) and not row.endswith(("+again", "+circulated"))
