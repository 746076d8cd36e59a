"""What there is to read about the JSON interface: its OpenAPI document, and a page made from it."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from negotiations.web import etags
from negotiations.web.endpoints import PREFIX, Api
from negotiations.web.html import Page, page_route, public
from negotiations.web.openapi import document
from negotiations.web.openapi_examples import curl, fields_of, kind_of, target

Json = dict[str, Any]


def routes(apis: Sequence[Api]) -> list[BaseRoute]:
    """`/api/v1/openapi.json` for programs and `/docs` for people; neither asks who reads it."""

    @cache
    def made() -> Json:
        return document(apis)

    shown: list[Response] = []  # once rendered: it is long, and the same for everybody

    async def show(page: Page) -> Response:
        """`/docs`: how to begin, every endpoint with an example, and the shapes of what is sent."""
        if not shown:
            base = page.service.settings.base_url
            groups, shapes = groups_of(made(), base), shapes_of(made())
            at = f"{base}{PREFIX}"
            refusals = refusals_of(made())
            shown.append(
                public(page, "docs.html", groups=groups, shapes=shapes, refusals=refusals, base=at)
            )
        return Response(shown[0].body, headers=shown[0].headers)

    return [
        Route(f"{PREFIX}/openapi.json", _document(made), methods=["GET"]),
        page_route("/docs", show),
    ]


def _document(made: Callable[[], Json]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        body = etags.encode(made())
        tag = etags.etag(body)
        headers = {"ETag": tag, "Cache-Control": "public, no-cache"}
        if etags.none_match(etags.of(request.headers, "if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    return answer


def groups_of(doc: Json, base_url: str) -> list[Json]:
    """The endpoints by domain, each as the page shows it."""
    operations = list(_operations(doc, base_url))
    return [
        {**tag, "operations": [one for one in operations if one["tags"] == [tag["name"]]]}
        for tag in doc["tags"]
    ]


def _operations(doc: Json, base_url: str) -> Iterator[Json]:
    for path, verbs in doc["paths"].items():
        for method, told in verbs.items():
            parameters = [target(doc, one) for one in told["parameters"]]
            answers = {
                status: target(doc, answer)
                for status, answer in told["responses"].items()
                if not _is_refusal(answer)
            }
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            yield {
                "description": "",
                **told,
                "method": method.upper(),
                "path": path,
                "parameters": [
                    {"required": False, "description": "", **one, "kind": kind_of(one["schema"])}
                    for one in parameters
                ],
                "body": kind_of(body["schema"]) if body else None,
                "answers": {
                    status: {"headers": {}, **answer, "kind": _kind_of(answer)}
                    for status, answer in answers.items()
                },
                "refused": [one for one in told["responses"] if one not in answers],
                "curl": curl(doc, method.upper(), path, told, base_url),
            }


REFUSAL = "#/components/responses/Problem"  # and its number


def _is_refusal(answer: Json) -> bool:
    return str(answer.get("$ref", "")).startswith(REFUSAL)


def refusals_of(doc: Json) -> list[Json]:
    """What endpoints refuse with, by number: told once, since it means the same at all of them."""
    found = {
        status: answer
        for verbs in doc["paths"].values()
        for told in verbs.values()
        for status, answer in told["responses"].items()
        if _is_refusal(answer)
    }
    return [
        {"status": status, "headers": {}, **target(doc, answer)}
        for status, answer in sorted(found.items())
    ]


def _kind_of(answer: Json) -> Json | None:
    content = answer.get("content", {}).get("application/json")
    return kind_of(content["schema"]) if content else None


def shapes_of(doc: Json) -> list[Json]:
    """Every shape with its fields or its values, by name."""
    return [
        {
            "name": name,
            "says": schema.get("description", ""),
            "values": schema.get("enum", ()),
            "fields": list(fields_of(schema)),
        }
        for name, schema in doc["components"]["schemas"].items()
    ]
