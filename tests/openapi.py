"""Checking answers against the OpenAPI document: shapes, statuses, headers; nothing untold."""

import copy
import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from negotiations.app import APIS
from negotiations.web.openapi import document
from negotiations.web.openapi_examples import target


@cache
def strict() -> dict[str, Any]:
    """The document, with every object closed: a field that it doesn't name is an error."""
    closed = copy.deepcopy(document(APIS))
    _close(closed["paths"])
    _close(closed["components"]["schemas"])
    return closed


def _close(value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _close(one)
    elif isinstance(value, dict):
        if value.get("type") == "object" and "properties" in value:
            value["additionalProperties"] = False
        for one in value.values():
            _close(one)


def fits(schema: dict[str, Any], value: Any) -> list[str]:
    """What of a value the schema doesn't allow."""
    checker = _checker(json.dumps(schema, sort_keys=True))
    return [f"{one.json_path}: {one.message}" for one in checker.iter_errors(value)]


@cache
def _checker(schema: str) -> Draft202012Validator:
    whole = {**json.loads(schema), "components": strict()["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def faults(method: str, path: str, answer: Any) -> list[str]:
    """What of an answer to this operation isn't in the document."""
    operation = strict()["paths"][path][method.lower()]
    told = operation["responses"].get(str(answer.status_code))
    if told is None:
        return [f"status {answer.status_code} isn't told"]
    told = target(strict(), told)
    found = []
    for name, named in told.get("headers", {}).items():
        header = target(strict(), named)
        if name in answer.headers:
            found += fits(header["schema"], answer.headers[name])
        elif header.get("required"):
            found.append(f"{name} is missing")
    for name in ("etag", "link", "location", "retry-after", "www-authenticate"):
        if name in answer.headers and name not in {one.lower() for one in told.get("headers", {})}:
            found.append(f"header {name} isn't told")
    media = answer.headers.get("content-type")
    if not answer.content:
        return found + (["has no body"] if told.get("content") else [])
    if media not in told.get("content", {}):
        return [*found, f"media type {media} isn't told"]
    if media != "application/json":
        return found
    return found + fits(told["content"][media]["schema"], answer.json())
