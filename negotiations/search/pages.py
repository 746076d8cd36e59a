"""`/n/{neg}/search`: a form, and what is found, for whoever looks."""

from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.errors import BadRequest
from negotiations.parties import queries as parties
from negotiations.search import queries
from negotiations.search.marking import excerpt, marked
from negotiations.search.views import path_of
from negotiations.search.words import question_of
from negotiations.web.cursors import part_of
from negotiations.web.html import Page, page_route
from negotiations.web.problems import status_of

HINT = "As: meters, met*, “water rights” in quotes. All of them have to be there."


async def search(page: Page) -> Response:
    """The form alone, until something is asked; what can't be asked stays in it."""
    asked = page.request.query_params.get("q", "").replace("\x00", "")
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        values: dict[str, Any] = {"negotiation": negotiation, "asked": asked, "how": HINT}
        if not asked.strip():
            return page.show("search/search.html", results=None, after="", **values)
        try:
            after = page.request.query_params.get("after") or None
            part = part_of(f"{page.request.url.path} {asked}", None, after)
            question = question_of(asked)
            found = await queries.found(db, actor, negotiation, question, part=part)
        except BadRequest as error:
            status = status_of(error)[0]
            told = {"problem": error.detail, "results": None, "after": ""}
            return page.show("search/search.html", status, **told, **values)
    results = [
        (
            one,
            path_of(one, negotiation),
            marked(one.entry.title, question),
            marked(excerpt(one.entry.text, question), question),
        )
        for one in found
    ]
    after = urlencode({"q": asked, "after": part.next}) if part.next else ""
    return page.show("search/search.html", results=results, after=after, **values)


routes: list[BaseRoute] = [page_route("/n/{neg}/search", search)]
