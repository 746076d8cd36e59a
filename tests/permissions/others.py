"""What belongs to whom: one of each kind for X, Y and other talks, and who may not see it."""

from dataclasses import dataclass
from typing import Any

from factories import NEG, World, act, caucus_body, in_days, session_body, take_seat
from permissions.tries import API, BUSY, CALENDAR, REQUEST, WEBHOOK

from negotiations.models.parties import Role

FAR = NEG.replace("water", "other")
SIDES = {"x": "head_x", "y": "head_y"}
# Who asks for what they may not see; the last one knows none of the talks.
STRANGERS = (
    "head_x", "head_y", "agency_head", "coordinator", "note_taker", "coordinator_elsewhere",
)  # fmt: skip


@dataclass(frozen=True)
class Theirs:
    """A thing of others: its kind as in an address, its id, and who may not know it."""

    kind: str
    id: str
    hidden_from: frozenset[str]


class Making:
    """Collects what belongs to whom while it is made."""

    def __init__(self, world: World) -> None:
        self.world, self.made = world, list[Theirs]()

    def hide(self, kind: str, id_: Any, *but: str) -> str:
        """From all strangers but these."""
        self.made.append(Theirs(kind, str(id_), frozenset(STRANGERS) - {*but}))
        return str(id_)

    async def post(self, name: str, path: str, body: dict[str, Any]) -> Any:
        answer = await self.world.clients[name].post(path, json=body)
        assert answer.status_code in (200, 201, 202), (path, answer.text)
        return answer.json()

    async def late(self, name: str, path: str, body: str) -> str:
        """A save of theirs that came too late; the id under which it was kept."""
        late = {"json": {"body": body}, "headers": {"If-Match": '"old"'}}
        answer = await self.world.clients[name].put(path, **late)
        assert answer.status_code == 412, answer.text
        return str(answer.json()["yours"])


async def everything(world: World) -> list[Theirs]:
    """At least two of each kind."""
    making = Making(world)
    await take_seat(world, "head_y", Role.head, "y")
    await _far(making)
    for number, side in enumerate(SIDES):
        await _of_a_table(making, side, 50 + number)
        await _of_a_caucus(making, side, 60 + number)
    return making.made


async def _of_a_table(making: Making, side: str, days: int) -> None:
    """What both sides and the secretariat see."""
    seers = (SIDES[side], "agency_head", "coordinator", "note_taker")
    by_secretariat = ("coordinator", "note_taker")
    body = session_body(
        jurisdiction=side, local_start=in_days(days), tz="UTC", agenda=[{"issue": "1"}]
    )
    body |= {"consents": [{"party": one, "how": "by mail"} for one in ("agency", side)]}
    making.hide(
        "sessions", (await making.post("coordinator", f"{NEG}/sessions", body))["id"], *seers
    )
    past = {**body, "local_start": in_days(-days), "local_end": in_days(-days, 12)}
    held = (await making.post("coordinator", f"{NEG}/sessions", past))["id"]
    assert (await act(making.world.coordinator, held, "confirm")).status_code == 200
    path = f"{API}/sessions/{making.hide('sessions', held, *seers)}"
    result = {"body": "Said", "close": "concluded",
              "outcomes": [{"issue": "1", "value": "noted", "text": "So"}]}  # fmt: skip
    first = {"If-None-Match": "*"}
    done = await making.world.note_taker.put(f"{path}/summary", json=result, headers=first)
    assert done.status_code == 201, done.text
    for kind in ("outcomes", "agenda"):
        items = (await making.world.coordinator.get(f"{path}/{kind}")).json()["items"]
        making.hide(kind, items[0]["id"], *seers)
    late = await making.late("coordinator", f"{path}/summary", "Too late")
    making.hide("drafts", late, "coordinator")
    at = {"jurisdiction": side, "text": "Ours"}
    owed = await making.post("coordinator", f"{NEG}/commitments", {**at, "owner": side})
    held = await making.post("coordinator", f"{NEG}/positions", {**at, "party": side, "issue": "1"})
    making.hide("commitments", owed["id"], *seers)
    making.hide("positions", held["id"], *seers)
    person = making.world.people[f"delegate_{side}"]
    asked = {"teams": {"party": side}, "people": {"id": person}, "memberships": {"person": person}}
    for kind, wanted in asked.items():
        items = (await making.world.coordinator.get(f"{NEG}/{kind}")).json()["items"]
        [one] = [one for one in items if wanted.items() <= one.items()]
        seen_by = seers if kind == "teams" else (SIDES[side], *by_secretariat)
        making.hide(kind, one["id"], *seen_by)


async def _of_a_caucus(making: Making, side: str, days: int) -> None:
    """What a side's people alone see, or only whose it is."""
    head, person = SIDES[side], f"delegate_{side}"
    caucus = (await making.post(head, f"{NEG}/caucuses", {"name": "Ours"}))["id"]
    body = caucus_body(making.hide("caucuses", caucus, head), local_start=in_days(days))
    session = (await making.post(head, f"{NEG}/sessions", body))["id"]
    making.hide("sessions", session, head)
    items = (await making.world.clients[head].get(f"{API}/sessions/{session}/agenda")).json()
    making.hide("agenda", items["items"][0]["id"], head)
    path = f"{API}/sessions/{session}/notes/mine/general"
    first = {"If-None-Match": "*"}
    done = await making.world.clients[person].put(path, json={"body": "Mine"}, headers=first)
    assert done.status_code == 201, done.text
    making.hide("note-drafts", await making.late(person, path, "Late"))
    hook = await making.post(head, f"{API}/webhooks", WEBHOOK)
    making.hide("webhooks", hook["id"], head)
    tried = await making.post(head, f"{API}/webhooks/{hook['id']}/test", {})
    making.hide("deliveries", tried["id"], head)
    block = await making.post(person, f"{API}/busy-blocks", BUSY)
    making.hide("busy-blocks", block["id"])
    making.hide(
        "busy-calendars", (await making.post(person, f"{API}/busy-calendars", CALENDAR))["id"]
    )
    feed = await making.post(person, f"{API}/feeds", {"label": "Mine"})
    making.hide("feeds", feed["id"], head, "coordinator")


async def _far(making: Making) -> None:
    """Of other talks."""
    ours, name = "coordinator_elsewhere", "coordinator_elsewhere"
    party = {"slug": "far", "name": "Far", "short_name": "Far", "kind": "jurisdiction", "tz": "UTC"}
    issue = {"code": "1", "title": "Far"}
    request = {**REQUEST, "requester": "far"}
    person = {"name": "Far", "role": "delegate", "party": "far"}
    making.hide("parties", (await making.post(name, f"{FAR}/parties", party))["id"], ours)
    making.hide("issues", (await making.post(name, f"{FAR}/issues", issue))["id"], ours)
    asked = await making.post(name, f"{FAR}/document-requests", request)
    making.hide("document-requests", asked["id"], ours)
    events = await making.world.clients[name].get(f"{FAR}/document-requests/{asked['id']}/events")
    making.hide("events", events.json()["items"][0]["id"], ours)
    seat = await making.post(name, f"{FAR}/people", person)
    making.hide("people", seat["id"], ours)
    making.hide("memberships", seat["membership"], ours)
    start = {"local_start": in_days(5), "local_end": in_days(5, 11), "tz": "UTC"}
    session = await making.post(name, f"{FAR}/sessions", {"jurisdiction": "far", **start})
    making.hide("sessions", session["id"], ours)
    teams = (await making.world.clients[name].get(f"{FAR}/teams")).json()["items"]
    making.hide("teams", next(one["id"] for one in teams if one["party"] == "far"), ours)
    caucus = (await making.post("head_x", f"{NEG}/caucuses", {"name": "X alone"}))["id"]
    making.hide("caucuses", caucus, "head_x")
