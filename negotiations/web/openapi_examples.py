"""PURE: an OpenAPI document in words and examples: kinds of values, bodies to send, curl lines."""

import json
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]
_FORMATS = {"date": "a date", "date-time": "an instant with its offset"}
_PLAIN: Json = {"text": "", "shape": None, "many": False, "empty": False}
_TYPES = {"string": "text", "integer": "a whole number", "boolean": "true or false"}


def target(doc: Json, value: Json) -> Json:
    """What a reference leads to; anything else as it is."""
    while "$ref" in value:
        found: Any = doc
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


def kind_of(schema: Json) -> Json:
    """A kind of value: `text` in words, and `shape` where it has a name of its own.

    `many` says that it is a list of them, `empty` that there may be none.
    """
    if "$ref" in schema:
        return {**_PLAIN, "shape": schema["$ref"].rpartition("/")[2]}
    if "anyOf" in schema:
        parts = [one for one in schema["anyOf"] if one.get("type") != "null"]
        kinds = [kind_of(one) for one in parts]
        text = " or ".join(one["text"] or one["shape"] for one in kinds)
        first = kinds[0] if len(kinds) == 1 else {**_PLAIN, "text": text}
        return {**first, "empty": len(parts) < len(schema["anyOf"])}
    items = schema.get("properties", {}).get("items") or schema
    if items.get("type") == "array":
        return {**kind_of(items.get("items", {})), "many": True}
    return {**_PLAIN, "text": _words(schema)}


def _words(schema: Json) -> str:
    if "const" in schema or "enum" in schema:
        return "one of: " + ", ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type", "anything")
    text = _FORMATS.get(schema.get("format", ""), _TYPES.get(kind, str(kind)))
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        text += f" from {least} to {most}"
    if "maxLength" in schema:
        text += f", at most {schema['maxLength']} characters"
    return f"{text}, as {schema['examples'][0]}" if "examples" in schema else text


def fields_of(schema: Json) -> Iterator[Json]:
    """The fields of an object, in order."""
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        default = field.get("default")
        yield {
            "name": name,
            "kind": kind_of(field),
            "required": name in required,
            "default": None if default in (None, [], "") else json.dumps(default),
        }


def example(doc: Json, schema: Json) -> Any:
    """A value of this kind: what must be there, or one field where nothing must."""
    schema = target(doc, schema)
    if "anyOf" in schema:
        return example(doc, schema["anyOf"][0])
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        names = schema.get("required") or list(fields)[:1]
        return {name: example(doc, fields[name]) for name in names}
    if schema.get("type") == "array":
        return [example(doc, schema["items"])]
    return {"integer": 1, "boolean": True}.get(schema.get("type", ""), "…")


def curl(doc: Json, method: str, path: str, operation: Json, base_url: str) -> str:
    """A command that sends this request, with the token in `$TOKEN`."""
    headers = ["Authorization: Bearer $TOKEN"]
    for one in (target(doc, one) for one in operation["parameters"]):
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one.get("example", one["name"])))
        elif one["in"] == "query" and one.get("required"):
            path += f"?{one['name']}={quote(one['example'])}"
        elif one["name"] == "If-Match":
            headers.append('If-Match: \\"3f2a…\\"')
        elif one["name"] == "Idempotency-Key":
            headers.append("Idempotency-Key: $(uuidgen)")
    words = ["curl"] if method == "GET" else [f"curl -X {method}"]
    words += [f'-H "{one}"' for one in headers]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = json.dumps(example(doc, schema), ensure_ascii=False)
        words += ['-H "Content-Type: application/json"', f"-d {shlex.quote(body)}"]
    address = f"{base_url}{doc['servers'][0]['url']}{path}"
    return " \\\n  ".join([*words, shlex.quote(address)])
