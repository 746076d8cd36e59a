"""The schedule as tests read it: the rows of its list by day, and of its week."""

import re
from datetime import date, timedelta
from html import unescape

import httpx2
from browsing import TALKS
from factories import World, signed_in

HERE = f"{TALKS}/schedule"
# A week of its own, with the clock change of that year on its Sunday.
MONDAY = date(2049, 11, 1)
WEEK = "2049-W44"


def at(days: int, hour: int = 10) -> str:
    return f"{MONDAY + timedelta(days=days)}T{hour:02}:00"


def plain(text: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", text)).split())


def cells(row: str) -> list[str]:
    return [plain(one) for one in re.findall(r"<t[dh][ >].*?</t[dh]>", row, re.DOTALL)]


def by_day(page: httpx2.Response) -> dict[str, list[list[str]]]:
    """The rows under each day of the list."""
    assert page.status_code == 200, page.text
    found: dict[str, list[list[str]]] = {}
    for body in re.findall(r"<tbody id=.*?</tbody>", page.text, re.DOTALL):
        head, *rows = [cells(row) for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)]
        found[head[0]] = rows
    return found


def week_of(page: httpx2.Response) -> list[list[str]]:
    """The rows of the week's table, the head first; none where there is no table."""
    assert page.status_code == 200, page.text
    table = re.search(r'<table class="week">.*?</table>', page.text, re.DOTALL)
    return [cells(row) for row in re.findall("<tr>.*?</tr>", table[0], re.DOTALL)] if table else []


async def look(world: World, name: str, query: str = "") -> httpx2.Response:
    return await (await signed_in(world, name)).get(HERE + query)
