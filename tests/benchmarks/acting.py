"""A coordinator who makes a session and moves it, by requests made beforehand."""

import itertools
import json
from datetime import date, timedelta

from measuring import Link, body, header
from talks import SLUG

START, SPAN = date(2027, 4, 1), 20  # days: each has some of their own
_numbers = itertools.count()


class Coordinator:
    """Acts on one session of `track-0`."""

    def __init__(self, link: Link, token: str) -> None:
        self._link, self._token, self._session = link, token, ""
        self._start = START + timedelta(days=SPAN * next(_numbers))

    def propose(self) -> None:
        """The session, agreed by both sides elsewhere."""
        new = {
            "jurisdiction": "track-0", "local_start": f"{self._start}T10:00",
            "local_end": f"{self._start}T11:00", "tz": "America/New_York", "location": "City Hall",
        }  # fmt: skip
        path = f"/api/v1/negotiations/{SLUG}/sessions"
        status, answer = self._link.ask(self._request("POST", path, new))
        assert status == 201, answer
        self._session = json.loads(body(answer))["id"]

    def move_request(self, number: int) -> bytes:
        """The request that moves it to another day."""
        path = f"/api/v1/sessions/{self._session}"
        tag = header(self._link.ask(self._request("GET", path))[1], "etag")
        day = self._start + timedelta(days=number + 1)
        moved = {"local_start": f"{day}T10:00", "reason": "Another day suits better"}
        return self._request("POST", f"{path}/move", moved, If_Match=tag)

    def _request(self, verb: str, path: str, given: object = None, **headers: str) -> bytes:
        content = json.dumps(given).encode() if given is not None else b""
        lines = [f"{verb} {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: load/1"]
        lines += [f"Authorization: Bearer {self._token}", "Content-Type: application/json"]
        lines += [f"Content-Length: {len(content)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + content
