"""What the demonstration doesn't show by itself: states in which more pages say something."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

TEXT = "# What was said\n\nThe form was **explained**.\n\n- one\n- two"


class Stirring:
    """Acts of the demonstration's people, through the same interface as everybody's programs."""

    def __init__(self, told: dict[str, Any], text: str = TEXT) -> None:
        """`text` is what the summary and the note come to say."""
        self._text, tokens = text, told["tokens"]
        everybody = {
            "coordinator": tokens["coordinator"], "note_taker": tokens["note_taker"],
            "arlington": tokens["delegates"]["arlington"], **tokens["practice_delegates"],
        }  # fmt: skip
        self._clients = {
            name: httpx2.Client(
                base_url=f"{told['base_url']}/api/v1",
                headers={"Authorization": f"Bearer {token}"},
            )
            for name, token in everybody.items()
        }
        self._sessions = {
            (one["title"], one["status"]): one["id"]
            for talks in (told["practice"], told["negotiation"])
            for one in self.ask("coordinator", "GET", f"/negotiations/{talks}/sessions")["items"]
        }

    def all(self) -> tuple[str, ...]:
        """Returns the addresses of pages that no link of an unstirred demonstration leads to."""
        at_table, ahead, past, old = (self.session(*one) for one in (
            ("South / Agency: session 1", "confirmed"), ("North / Agency: session 2", "confirmed"),
            ("North / Agency: session 1", "held"), ("Arlington / ICE: session 1", "held"),
        ))  # fmt: skip
        self.act("coordinator", f"/sessions/{ahead}", "postpone", reason="The room is flooded")
        self._ask_about(ahead)
        self.open(at_table)
        self._note(at_table)
        draft, first = f"/sessions/{at_table}/summary", {"If-None-Match": "*"}
        self.ask("note_taker", "PUT", draft, {"body": self._text}, **first)
        self._round(past)
        self._agreed = past
        self._webhook()
        self._plans()
        promise = {"session": past, "owner": "agency", "text": "Send the form"}
        path = "/negotiations/practice-talks/commitments"
        commitment = self.ask("coordinator", "POST", path, promise)["id"]
        return (
            f"/s/{at_table}", f"/s/{at_table}/summary", f"/s/{at_table}/close",
            f"/s/{at_table}/live", f"/s/{at_table}/notes/secretariat/general",
            f"/s/{ahead}", f"/s/{ahead}/reinstate", f"/s/{ahead}/poll",
            f"/s/{past}/summary", f"/s/{past}/summary/diff?from=1&to=2",
            f"/s/{past}/summary/publish", f"/s/{old}/summary/corrigendum",
            f"/n/practice-talks/commitments/{commitment}", "/docs",
        )  # fmt: skip

    def all_must_agree(self) -> None:
        talks, rule = "/negotiations/practice-talks", {"approval": "all_parties"}
        tag = self._clients["coordinator"].get(talks).headers["etag"]
        self.ask("coordinator", "PATCH", talks, rule, **{"If-Match": tag})

    def publish(self) -> None:
        self.act("coordinator", f"/sessions/{self._agreed}/summary", "publish")

    def ask(self, name: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self._clients[name].request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json()

    def act(self, name: str, path: str, event: str, **body: Any) -> Any:
        tag = self._clients[name].get(path).headers["etag"]
        return self.ask(name, "POST", f"{path}/{event}", body, **{"If-Match": tag})

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def session(self, title: str, status: str) -> str:
        return str(self._sessions[title, status])

    def open(self, session: str) -> None:
        """At the table now: it is moved to where it may be opened."""
        seen = self.ask("coordinator", "GET", f"/sessions/{session}")
        start = datetime.now(ZoneInfo(seen["tz"])) + timedelta(minutes=20)
        times = {
            "local_start": f"{start:%Y-%m-%dT%H:%M}",
            "local_end": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        }
        consents = [{"party": one, "how": "by telephone"} for one in ("agency", "south")]
        path = f"/sessions/{session}"
        self.act("coordinator", path, "move", **times, reason="Earlier", consents=consents)
        self.act("coordinator", path, "open")

    def _ask_about(self, session: str) -> None:
        """One poll that was closed, and one that is open and answered in part."""
        path = f"/sessions/{session}/polls"
        days = [f"{datetime.now(UTC) + timedelta(days=one):%Y-%m-%d}" for one in (2, 300, 301)]
        for close in (True, False):
            times = [{"local_start": f"{day}T03:00"} for day in days[1:]]
            poll = self.ask("coordinator", "POST", path, {"due_on": days[0], "options": times})
            said = [{"option": poll["options"][0]["id"], "answer": "if_need_be"}]
            self.act(
                "coordinator", f"/polls/{poll['id']}", "answer", answers=said, party="agency",
                by="Pat", how="by telephone",
            )  # fmt: skip
            if close:
                self.act("coordinator", f"/polls/{poll['id']}", "close", reason="Too early")

    def _webhook(self) -> None:
        """One of the secretariat whose program isn't there, told something twice."""
        body = {"negotiation": "practice-talks", "url": "http://127.0.0.1:9/hook"}
        made = self.ask("coordinator", "POST", "/webhooks", body)["id"]
        for _ in range(2):
            self.ask("coordinator", "POST", f"/webhooks/{made}/test", {})

    def _plans(self) -> None:
        """One in which everything has its place, one in which it can't, and one of nothing yet."""
        talks, monday = "/negotiations/practice-talks/plans", datetime.now(UTC) + timedelta(days=21)
        monday -= timedelta(days=monday.weekday())
        for title, days, sessions in (("A week", 4, 2), ("A day", 0, 9), ("Later", 4, 1)):
            window = {
                "first_on": f"{monday:%Y-%m-%d}",
                "last_on": f"{monday + timedelta(days=days):%Y-%m-%d}",
            }
            body = {"title": title, "sessions": sessions, "most_a_day": None, **window}
            made = self.ask("coordinator", "POST", talks, body)["id"]
            if title != "Later":
                self.act("coordinator", f"/plans/{made}", "work-out")
                self._until_worked_out(made)

    def _until_worked_out(self, plan: str) -> None:
        for _ in range(300):
            if self.ask("coordinator", "GET", f"/plans/{plan}")["state"] != "working":
                return
            time.sleep(0.1)
        raise AssertionError("the planner came to no end")

    def _note(self, session: str) -> None:
        """Two revisions, and a save that came too late."""
        path, first = f"/sessions/{session}/notes/secretariat/general", {"If-None-Match": "*"}
        tag = self._clients["note_taker"].put(path, json={"body": "One"}, headers=first)
        second = {"body": f"{self._text}\n\nACTION Agency: send the form by 2030-01-31"}
        self.ask("note_taker", "PUT", path, second, **{"If-Match": tag.headers["etag"]})
        late = {"body": "Too late"}
        stale = self._clients["note_taker"].put(path, json=late, headers={"If-Match": '"old"'})
        assert stale.status_code == 412

    def _round(self, session: str) -> None:
        """A summary goes round, one side objects, it is written anew, goes round and is agreed."""
        self.all_must_agree()
        path = f"/sessions/{session}/summary"
        seen = self.ask("coordinator", "GET", path)
        self.act("coordinator", path, "circulate")
        body = {"sha256": seen["sha256"], "decision": "objected"}
        self.act("north", path, "decide", **body, statement="That is not what we said.")
        self.act("agency", path, "comments", body="Nor is it what we heard.")
        tag = self._clients["coordinator"].get(path).headers["etag"]
        self.ask("coordinator", "PUT", path, {"body": self._text}, **{"If-Match": tag})
        self.act("coordinator", path, "circulate")
        self._approve(path)

    def agree(self, title: str) -> str:
        """The address of the summary of this session of North, once both sides approved it."""
        path = f"/sessions/{self.session(title, 'held')}/summary"
        if self.ask("coordinator", "GET", path)["state"] == "draft":
            self.act("coordinator", path, "circulate")
        self._approve(path)
        return path.replace("/sessions/", "/s/")

    def _approve(self, path: str) -> None:
        for name in ("north", "agency"):
            seen = self.ask(name, "GET", path)
            self.act(name, path, "decide", sha256=seen["sha256"], decision="approved")
