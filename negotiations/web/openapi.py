"""PURE: from the endpoints' records to the OpenAPI 3.1 document: all of it, and nothing by hand."""

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter

from negotiations.web.endpoints import PREFIX, Api, Endpoint
from negotiations.web.openapi_parts import (
    ABOUT,
    HEADERS,
    PARAMETERS,
    PATHS,
    REFUSALS,
    Json,
    ref,
    refusal,
)
from negotiations.web.problems import Problem


def document(apis: Iterable[Api]) -> Json:
    """The OpenAPI 3.1 document of these endpoints."""
    endpoints = [endpoint for api in apis for endpoint in api.endpoints]
    schemas, definitions = _schemas(endpoints)
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint, schemas)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "negotiations", "version": "1", "description": ABOUT},
        "servers": [{"url": PREFIX}],
        "security": [{"bearer": []}],
        "tags": [{"name": name, "description": says} for name, says in _tags(endpoints).items()],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": {f"Problem{status}": refusal(status) for status in REFUSALS},
            "schemas": dict(sorted(definitions.items())),
        },
    }


def _schemas(endpoints: Iterable[Endpoint]) -> tuple[dict[Any, Json], dict[str, Json]]:
    """Each type that is read or given with its schema, and the definitions they refer to."""
    read = [option.kind for endpoint in endpoints for option in endpoint.options]
    read += [endpoint.body for endpoint in endpoints if endpoint.body is not None]
    given = [endpoint.answers for endpoint in endpoints if endpoint.answers is not None]
    # `dict` keeps the order and each type once; a type's text tells Annotated ones apart.
    kinds = {repr(kind): (kind, "validation") for kind in read}
    kinds |= {f"{kind!r} given": (kind, "serialization") for kind in [*given, Problem]}
    found, defined = TypeAdapter.json_schemas(
        [(key, mode, TypeAdapter(kind)) for key, (kind, mode) in kinds.items()],  # type: ignore[misc]
        ref_template="#/components/schemas/{model}",
    )
    schemas = {key: _plain(schema) for (key, _), schema in found.items()}
    return schemas, _plain(defined.get("$defs", {}))


def _plain(value: Any) -> Any:
    """Without the titles pydantic makes of names, which say nothing more."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _plain(one)
        for key, one in value.items()
        if not (key == "title" and isinstance(one, str))
    }


def _operation(endpoint: Endpoint, schemas: dict[Any, Json]) -> Json:
    summary, _, more = (inspect.getdoc(endpoint.handler) or "").partition("\n\n")
    operation: Json = {
        "operationId": f"{folder_of(endpoint)}_{endpoint.handler.__name__}",
        "tags": [folder_of(endpoint)],
        "summary": summary,
    }
    if more:
        operation["description"] = more.replace("\n", " ")
    operation["parameters"] = list(_parameters(endpoint, schemas))
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": any(one.is_required() for one in endpoint.body.model_fields.values()),
            "content": {"application/json": {"schema": schemas[repr(endpoint.body)]}},
        }
    operation["responses"] = {
        **{str(status): _success(endpoint, status, schemas) for status in sorted(endpoint.gives)},
        **({"304": _unchanged()} if endpoint.method == "GET" else {}),
        **{str(status): ref("responses", f"Problem{status}") for status in _statuses(endpoint)},
    }
    return operation


def _parameters(endpoint: Endpoint, schemas: dict[Any, Json]) -> Iterator[Json]:
    for name in re.findall(r"\{(\w+)\}", endpoint.path):
        says, example = PATHS.get(name, ("", ""))
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string"},
            **({"description": says, "example": example} if says else {}),
        }
    for option in endpoint.options:
        schema = schemas[repr(option.kind)]
        yield {
            "name": option.name, "in": "query", "description": option.says, "schema": schema,
            **({"required": True, "example": option.example} if option.example else {}),
        }  # fmt: skip
    for name in _names(endpoint):
        yield ref("parameters", name)


def _names(endpoint: Endpoint) -> Iterator[str]:
    """The headers that count here, as components."""
    if endpoint.method == "GET":
        yield "IfNoneMatch"
    if endpoint.method == "PUT" and 201 in endpoint.gives:
        yield from ("IfMatchLater", "IfNoneMatchFirst")
    elif endpoint.versioned:
        yield "IfMatch"
    if endpoint.repeatable:
        yield "IdempotencyKey"


_DONE = {201: "Made", 202: "Will be done"}


def _success(endpoint: Endpoint, status: int, schemas: dict[Any, Json]) -> Json:
    schema = schemas.get(f"{endpoint.answers!r} given", {})
    if endpoint.listed:
        schema = {
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": schema},
                "next": {
                    "type": ["string", "null"],
                    "description": "Send it as `after` for what follows; null at the end.",
                },
            },
        }
    names = ["ETag"]
    names += ["Link"] if endpoint.listed else []
    names += ["Location"] if status == 201 and endpoint.method == "POST" else []
    return {
        "description": _DONE.get(status) or ("Done" if endpoint.body else "Found"),
        "headers": {name: ref("headers", name) for name in names},
        "content": {endpoint.media: {"schema": schema}},
    }


def _unchanged() -> Json:
    headers = {"ETag": ref("headers", "ETag")}
    return {"description": "The version one has is the present one", "headers": headers}


def _statuses(endpoint: Endpoint) -> Iterator[int]:
    """What can stand in the way of this endpoint, by what its record says."""
    changes = endpoint.method != "GET"
    can_be = {
        403: changes,
        404: "{" in endpoint.path,
        408: endpoint.body is not None,
        409: changes,
        412: endpoint.versioned,
        413: endpoint.body is not None,
        415: endpoint.body is not None,
        422: endpoint.body is not None,
        428: endpoint.versioned,
    }
    return (status for status in REFUSALS if can_be.get(status, True))


def folder_of(endpoint: Endpoint) -> str:
    """The domain an endpoint belongs to: the folder that declares it."""
    return endpoint.handler.__module__.split(".")[1]


def _tags(endpoints: Iterable[Endpoint]) -> dict[str, str]:
    """Each domain with what it answers: the first sentence of its folder."""
    return {
        name: _sentence(sys.modules[f"negotiations.{name}"].__doc__ or "")
        for name in dict.fromkeys(folder_of(endpoint) for endpoint in endpoints)
    }


def _sentence(text: str) -> str:
    return text.partition(".")[0].replace("\n", " ") + "."
