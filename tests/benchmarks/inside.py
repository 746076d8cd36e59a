"""The whole service inside the measuring process, with what a request costs it and its database."""

import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import structlog
from measuring import cpu
from sqlalchemy.engine import make_url

from negotiations.app import create_app
from negotiations.settings import Settings

BASE = "http://127.0.0.1:8000"
# Nobody reads the request lines here.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


class Service:
    """The whole service in this process, asked as its server asks it."""

    def __init__(self, url: str, token: str) -> None:
        self._settings = Settings(database_url=url, base_url=BASE, requests_per_minute=0)
        self.app = create_app(self._settings, ticking=False)
        self._token = token
        self._link: psycopg.Connection[Any] | None = None
        if not url.startswith("sqlite"):
            address = make_url(url).set(drivername="postgresql")
            plain = address.render_as_string(hide_password=False)
            self._link = psycopg.connect(plain, autocommit=True)

    def _backends(self) -> set[int]:
        if self._link is None:
            return set()
        # Not the one that sweeps up now and then: which request it falls on is chance.
        query = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s "
            "AND backend_type IN ('client backend', 'parallel worker')"
        )
        return {pid for (pid,) in self._link.execute(query, [self._link.info.backend_pid])}

    async def cost(self, act: Callable[[], Awaitable[object]]) -> float:
        """Milliseconds of processor time of this process and of the database's own."""
        before = {pid: cpu(pid) for pid in self._backends()}
        began = time.process_time()
        await act()
        spent = time.process_time() - began
        spent += sum(cpu(pid) - before.get(pid, 0.0) for pid in self._backends())
        return spent * 1000

    async def ask(self, path: str, method: str = "GET", body: object = None, **more: str) -> bytes:
        """The body of an answer that is no refusal; `more` are headers, named with underscores."""
        return b"".join(await self.sent(path, method, body, **more))

    async def sent(
        self, path: str, method: str = "GET", body: object = None, **more: str
    ) -> list[bytes]:
        """The same as it is sent: to put the parts together is no cost of the service's."""
        content = json.dumps(body).encode() if body is not None else b""
        path, _, query = path.partition("?")
        token = f"Bearer {self._token}".encode()
        headers = [(b"host", b"127.0.0.1:8000"), (b"authorization", token)]
        headers += [(b"content-type", b"application/json")] if content else []
        headers += [
            (name.replace("_", "-").encode(), value.encode()) for name, value in more.items()
        ]
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "root_path": "", "headers": headers, "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        found = [one["body"] for one in sent if one.get("body")]
        assert sent[0]["status"] < 300, b"".join(found)[:500]
        return found

    async def close(self) -> None:
        await self.app.state.service.database.close()
        if self._link is not None:
            self._link.close()
