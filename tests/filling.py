"""Using pages as a browser without script does: read a form, type into it, send it."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx2
from factories import World, signed_in, weekday

from negotiations.models.base import metadata

TALKS = "/n/water-talks"
CANARY = """<script>alert("x's")</script>"""


class Forms(HTMLParser):
    """Each form of a page as the fields a browser would send, by its action."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[tuple[str, str]]] = {}
        self._here: list[tuple[str, str]] | None = None
        self._text: tuple[str, list[str]] | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._here = self.found.setdefault(given["action"], [])
        if self._here is None:
            return
        if tag == "input":
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if ticked:
                self._here.append((given["name"], given.get("value", "")))
        elif tag == "textarea":
            self._text = (given["name"], [])
        elif tag == "select":
            self._select, self._options = given["name"], []
        elif tag == "option" and self._select:
            self._options.append((given["value"], "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._here = None
        elif tag == "textarea" and self._text and self._here is not None:
            name, parts = self._text
            self._here.append((name, "".join(parts).removeprefix("\n")))
            self._text = None
        elif tag == "select" and self._select and self._here is not None:
            chosen = [value for value, selected in self._options if selected]
            first = self._options[0][0] if self._options else ""
            self._here.append((self._select, chosen[0] if chosen else first))
            self._select = None


def fields(page: httpx2.Response, action: str, **typed: Any) -> list[tuple[str, str]]:
    """The form's fields with what is typed over them; a list is several values of one name."""
    kept = [one for one in Forms(page.text).found[action] if one[0] not in typed]
    for name, value in typed.items():
        kept += [(name, one) for one in (value if isinstance(value, list) else [value])]
    return kept


async def send(
    browser: httpx2.AsyncClient, page: httpx2.Response, action: str, typed: dict[str, Any]
) -> httpx2.Response:
    """Press the button of the page's form with that action."""
    return await post(browser, action, fields(page, action, **typed))


async def post(
    browser: httpx2.AsyncClient, action: str, sent: list[tuple[str, str]]
) -> httpx2.Response:
    body = str(httpx2.QueryParams(sent)).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await browser.post(action, content=body, headers=headers)


async def fill(
    browser: httpx2.AsyncClient, path: str, typed: dict[str, Any], action: str | None = None
) -> httpx2.Response:
    """Open a page and send the form on it."""
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return await send(browser, page, action or path, typed)


async def browsers(world: World, *names: str) -> list[httpx2.AsyncClient]:
    return [await signed_in(world, name) for name in names]


async def counts(world: World) -> dict[str, int]:
    """How many rows each table has."""
    each = (f"SELECT '{table}', count(*) FROM \"{table}\"" for table in metadata.tables)
    async with world.database.read() as db:
        connection = await db.connection()
        # One statement, and not a hundred that go to and fro.
        rows = await connection.exec_driver_sql(" UNION ALL ".join(each))
        return {row[0]: row[1] for row in rows.all()}


def times(**more: Any) -> dict[str, Any]:
    day = weekday(10)[:10]
    return {"date": day, "start": "10:00", "end": "12:00", "tz": "America/Los_Angeles", **more}


def typed_in(page: str, name: str) -> str:
    """What a field of the page shows."""
    found = [dict(one).get(name) for one in Forms(page).found.values() if name in dict(one)]
    return found[0] or ""


def problem_of(page: httpx2.Response) -> str:
    found = re.search(r'<div class="problem" role="alert">(.*?)</div>', page.text, re.DOTALL)
    return unescape(found[1]) if found else ""


def beside(page: httpx2.Response, name: str) -> str:
    """The error at a field."""
    found = re.search(rf'id="e-{re.escape(name)}">(.*?)</p>', page.text, re.DOTALL)
    return unescape(found[1]) if found else ""
