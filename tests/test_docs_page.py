"""`/docs`: the JSON interface for people, without a script, on a phone as on a desk."""

import asyncio
import re
import shlex
from html import unescape
from typing import Any

import httpx2
import pytest
from factories import World, client_of, propose

from negotiations.app import APIS, create_app
from negotiations.settings import Settings
from negotiations.web.openapi import document

ENDPOINTS = [one for api in APIS for one in api.endpoints]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> httpx2.Response:
    file = tmp_path_factory.mktemp("docs") / "none.db"

    async def get() -> httpx2.Response:
        app = create_app(Settings(database_url=f"sqlite:///{file}", base_url="https://a.example"))
        async with client_of(app) as client:
            return await client.get("/docs")

    return asyncio.run(get())


def test_it_tells_every_endpoint_and_every_shape(page: httpx2.Response) -> None:
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for one in ENDPOINTS:
        assert f"<code>{one.method} {one.path}</code>" in page.text
    for name in document(APIS)["components"]["schemas"]:
        assert f'id="shape-{name}"' in page.text, name


def operations() -> dict[str, Any]:
    """The document's operations by id."""
    verbs = document(APIS)["paths"].values()
    return {told["operationId"]: told for each in verbs for told in each.values()}


def test_it_tells_what_each_endpoint_answers_and_refuses_with(page: httpx2.Response) -> None:
    """And once, for all of them, what a refusal means."""
    doc = document(APIS)
    _, *sections = page.text.split('<section aria-labelledby="')
    by_id = {one.partition('"')[0]: one.partition("</section>")[0] for one in sections}
    meanings = dict[str, str]()
    for name, told in operations().items():
        answered = re.findall(r"<p>Answer (\d+): ", by_id[name])
        refused = re.findall(r"all are</a>: (.*?)</p>", by_id[name])[0].split(", ")
        assert answered + refused == sorted(told["responses"]), name
        for status in refused:
            named = told["responses"][status]["$ref"].rpartition("/")[2]
            meanings[status] = doc["components"]["responses"][named]["description"]
    table = page.text.partition('<p id="refusals">')[2].partition("</table>")[0]
    rows = re.findall(r'<th scope="row">(\d+)</th><td data-label="When">(.*?)</td>', table)
    shown = {status: unescape(re.sub("</?code>", "`", text)) for status, text in rows}
    assert shown == meanings


def test_every_reference_leads_somewhere(page: httpx2.Response) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) - set(ids) == set()


def test_it_needs_nothing_from_elsewhere(page: httpx2.Response) -> None:
    sources = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert {one for one in sources if not one.startswith("/")} == {"data:,"}
    assert re.findall(r"<script(?![^>]*src=)", page.text) == []


def commands(page: httpx2.Response) -> list[list[str]]:
    """The words of each example, as a shell has them."""
    found = [unescape(text) for text in re.findall(r"<pre>(curl.*?)</pre>", page.text, re.DOTALL)]
    return [shlex.split(text) for text in found if " -i " not in text]


def test_every_example_is_a_command_to_this_service(page: httpx2.Response) -> None:
    found = commands(page)
    assert len(found) == len(ENDPOINTS)
    for words in found:
        assert words[0] == "curl"
        assert words[-1].startswith("https://a.example/api/v1/")
        assert "Authorization: Bearer $TOKEN" in words


async def test_an_example_that_is_followed_is_answered(world: World, page: httpx2.Response) -> None:
    """Every read, with the ids of what is there."""
    session = (await propose(world))["id"]
    asked = 0
    for words in commands(page):
        path = words[-1].removeprefix("https://a.example")
        if "-X" not in words and path.count("0" * 20) == path.count(f"/sessions/{'0' * 20}"):
            path = path.replace("secure-communities-2010", "water-talks").replace("arlington", "x")
            client = world.head_x if path.endswith("/caucus-notes") else world.coordinator
            answer = await client.get(path.replace("0" * 20, session))
            absent = "/summary" in path or "/notes/" in path  # none is written yet
            assert answer.status_code == 200 or absent, path
            asked += 1
    assert asked > 15
