"""A side at work behind its wall: caucuses, their sessions, notes, drafts, and what is undone."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

from factories import NEG, World, act, caucus_body, confirmed, in_days, plenary_body, propose
from factories import take_seat as seat
from notebook.jotting import of, save

from negotiations.invitations import signing
from negotiations.models.parties import Role

API, SESSIONS = "/api/v1", f"{NEG}/sessions"
TAKEN = in_days(40)  # when the side's team sits in its first caucus session
WRITERS = ("head_x", "delegate_x", "party_note_taker_x")
OF_SIDE = {"x": WRITERS, "agency": ("agency_head", "agency_delegate")}  # the head first
HUSH = "Hush"  # in every word of theirs


async def make_talks(world: World) -> None:
    """Something of everything that others may see, with X in it."""
    await seat(world, "head_y", Role.head, "y")
    held = await confirmed(world, local_start=in_days(-3))
    result = {
        "body": "Held", "close": "concluded",
        "outcomes": [{"issue": "1", "value": "agreed", "text": "Yes"},
                     {"issue": "2", "value": "noted", "text": "So"}],
        "commitments": [{"owner": "x", "text": "Write", "due_on": in_days(-1)[:10]}],
    }  # fmt: skip
    first = {"If-None-Match": "*"}
    path = f"{API}/sessions/{held['id']}/summary"
    assert (await world.note_taker.put(path, json=result, headers=first)).status_code == 201
    assert (await act(world.coordinator, held["id"], "publish")).status_code == 200
    await propose(world, local_start=in_days(5))
    body = plenary_body(local_start=in_days(7))
    assert (await world.coordinator.post(SESSIONS, json=body)).status_code == 201


class Private:
    """What X does, or another side. Only the first session, at TAKEN, holds its team, and
    nothing moves that."""

    def __init__(self, world: World, seed: str, side: str = "x") -> None:
        self.world, self.number, self.side = world, 0, side
        self.writers = OF_SIDE[side]
        self.head = world.clients[self.writers[0]]
        self.random = random.Random(seed)

    async def start(self) -> None:
        self.caucus = await self.found()
        body = caucus_body(self.caucus, local_start=TAKEN)
        answer = await self.head.post(SESSIONS, json=body)
        assert answer.status_code == 201, answer.text
        self.session = str(answer.json()["id"])
        listed = (await self.head.get(SESSIONS)).json()["items"]
        self.sessions = [str(one["id"]) for one in listed]

    async def do(self, deeds: int, notes: int) -> None:
        """So many of the deeds, whichever, and so many saves of notes among them."""
        todo = [*self.random.choices(DEEDS, k=deeds), *([Private.note] * notes)]
        self.random.shuffle(todo)
        for deed in todo:
            await deed(self)

    def words(self) -> str:
        self.number += 1
        length = self.random.randrange(1, 150)
        return f"{HUSH} {self.number} " + "".join(self.random.choices("abcdefgh ", k=length))

    async def found(self) -> str:
        body = {"name": self.words().strip()}
        answer = await self.head.post(f"{NEG}/caucuses", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def change(self, path: str, body: dict[str, Any], method: str = "PATCH") -> None:
        tag = (await self.head.get(path)).headers["etag"]
        headers = {"If-Match": tag}
        answer = await self.head.request(method, path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def title(self) -> None:
        body = {"title": self.words().strip(), "conference_url": "https://meet.example/secret"}
        await self.change(f"{API}/sessions/{self.session}", body)

    async def rename(self) -> None:
        await self.change(f"{NEG}/caucuses/{self.caucus}", {"name": self.words().strip()})

    async def agenda(self) -> None:
        items = [{"title": self.words().strip()}, {"issue": "1"}]
        await self.change(f"{API}/sessions/{self.session}/agenda", {"items": items}, "PUT")

    async def attendance(self) -> None:
        names = self.random.sample(self.writers, self.random.randrange(1, 3))
        items = [{"person": self.world.people[name]} for name in names]
        await self.change(f"{API}/sessions/{self.session}/attendance", {"items": items}, "PUT")

    async def place(self) -> None:
        body = {"location": self.words().strip(), "reason": HUSH}
        answer = await act(self.head, self.session, "relocate", body)
        assert answer.status_code == 200, answer.text

    async def confirm(self) -> None:
        answer = await act(self.head, self.session, "confirm")
        assert answer.status_code in (200, 409), answer.text

    async def passing(self) -> None:
        await self._passing()

    async def _passing(self) -> str:
        """A session that is made, moved about and cancelled: its team is free again."""
        start = in_days(100 + self.random.randrange(100))
        body = caucus_body(self.caucus, local_start=start, title=self.words().strip())
        session = (await self.head.post(SESSIONS, json=body)).json()["id"]
        again = {"local_start": f"{start[:11]}14:00", "reason": HUSH}
        for one, body in (("confirm", {}), ("move", again), ("cancel", {"reason": HUSH})):
            answer = await act(self.head, session, one, body)
            assert answer.status_code == 200, answer.text
        return str(session)

    def _place(self) -> tuple[str, str]:
        """Whoever of X, and a place in the notebook that is theirs."""
        audience = self.random.choice(("caucus", "mine"))
        return self.random.choice(self.writers), of(self.random.choice(self.sessions), audience)

    async def note(self) -> None:
        writer, path = self._place()
        answer = await save(self.world, writer, path, self.words())
        assert answer.status_code in (200, 201), answer.text

    async def another_note(self) -> None:
        """One where there was none, of a member's own."""
        session = await self._passing()
        answer = await save(self.world, self.writers[0], of(session, "mine"), self.words())
        assert answer.status_code == 201, answer.text

    async def late(self) -> None:
        """A save that came too late, which is kept as a draft."""
        writer, path = self._place()
        await save(self.world, writer, path, self.words())
        late = {"json": {"body": self.words()}, "headers": {"If-Match": '"old"'}}
        assert (await self.world.clients[writer].put(path, **late)).status_code == 412

    async def restore(self) -> None:
        writer, path = self._place()
        for _ in range(2):
            await save(self.world, writer, path, self.words())
        tag = {"If-Match": (await self.world.clients[writer].get(path)).headers["etag"]}
        again = {"json": {"revision": 1}, "headers": tag}
        answer = await self.world.clients[writer].post(f"{path}/restore", **again)
        assert answer.status_code == 200, answer.text

    async def discard(self) -> None:
        """One of their drafts, where there is one."""
        writer = self.random.choice(self.writers)
        client = self.world.clients[writer]
        for one in (await client.get(f"{API}/note-drafts")).json()["items"][:1]:
            path = f"{API}/note-drafts/{one['id']}"
            tag = {"If-Match": (await client.get(path)).headers["etag"]}
            assert (await client.delete(path, headers=tag)).status_code == 200

    async def purge(self) -> None:
        """Every note of the side, for good."""
        path = f"{NEG}/caucus-notes"
        tag = {"If-Match": (await self.head.get(path)).headers["etag"]}
        body = {"confirm": self.side}
        answer = await self.head.post(f"{path}/purge", json=body, headers=tag)
        assert answer.status_code == 200, answer.text

    async def take_along(self) -> None:
        """Their own notes as a file."""
        writer = self.world.clients[self.random.choice(self.writers)]
        assert (await writer.get(f"{NEG}/own-notes")).status_code == 200

    async def answer(self) -> None:
        """Somebody says by the link of an invitation whether they come."""
        name, key = self.random.choice(self.writers), self.world.settings.secret_key
        person, to = self.world.people[name], f"{name}@example.org"
        path = f"/answer/{signing.answer_token(key, person, self.session, to)}"
        given = self.random.choice(("accepted", "tentative", "declined"))
        answer = await self.world.nobody.post(path, data={"answer": given})
        assert answer.status_code == 303, answer.text

    async def webhook(self) -> None:
        """A program of theirs is told things, gets a new secret, and is told no more."""
        client, path = self.head, f"{API}/webhooks"
        body = {"negotiation": "water-talks", "url": f"https://hooks.example.org/{self.number}"}
        made = await client.post(path, json=body)
        assert made.status_code == 201, made.text
        path = f"{path}/{made.json()['id']}"
        assert (await client.post(f"{path}/test", json={})).status_code == 201
        await self.change(path, {"types": ["session.moved"]})
        tag = {"If-Match": (await client.get(path)).headers["etag"]}
        turned = await client.post(f"{path}/rotate", json={}, headers=tag)
        assert turned.status_code == 200, turned.text
        if self.random.randrange(2):
            tag = {"If-Match": (await client.get(path)).headers["etag"]}
            assert (await client.delete(path, headers=tag)).status_code == 200

    async def busy(self) -> None:
        """When somebody of them isn't free, their own hours, and where their calendar is."""
        client = self.world.clients[self.random.choice(self.writers)]
        start = in_days(1 + self.random.randrange(30), self.random.randrange(8, 18))
        block = {"starts_at": f"{start}:00Z", "ends_at": f"{start[:11]}23:00:00Z"}
        assert (await client.post(f"{API}/busy-blocks", json=block)).status_code == 201
        path = f"{API}/me/availability"
        tag = {"If-Match": (await client.get(path)).headers["etag"]}
        weekly = [self.random.choice(("", "09:00-10:00", "00:00-24:00")) for _ in range(7)]
        hours = {"tz": "Asia/Tokyo", "weekly": weekly, "preparation_minutes": 120}
        assert (await client.put(path, json=hours, headers=tag)).status_code == 200
        path = f"{API}/busy-calendars"
        for one in (await client.get(path)).json()["items"][3:]:
            tag = {"If-Match": (await client.get(f"{path}/{one['id']}")).headers["etag"]}
            assert (await client.delete(f"{path}/{one['id']}", headers=tag)).status_code == 200
        self.number += 1
        body = {"url": f"https://{HUSH}.example.org/{self.number}.ics", "user": HUSH}
        assert (await client.post(path, json=body)).status_code == 201


DEEDS: tuple[Callable[[Private], Awaitable[Any]], ...] = (
    Private.found, Private.title, Private.rename, Private.agenda, Private.attendance,
    Private.place, Private.confirm, Private.passing, Private.late, Private.late, Private.restore,
    Private.discard, Private.purge, Private.take_along, Private.webhook,
    Private.answer, Private.busy,
)  # fmt: skip
