"""PURE: what the OpenAPI document says alike of all endpoints: statuses, headers, parameters."""

from typing import Any

Json = dict[str, Any]
REFUSALS = {
    400: "Malformed JSON, header, cursor or query option; the answer names the right ones",
    401: "No token, or one that is unknown, expired or revoked",
    403: "Seen, but not for this role to do",
    404: "Unknown, or not for these eyes: nobody can tell which",
    408: "The body came too slowly; send it again",
    409: "A state that forbids it, a clash of bookings, or a name that is taken",
    412: "Changed since it was read; ETag names the version that is there now",
    413: "Too large",
    415: "Not application/json",
    422: "Fields need a change; `errors` names each",
    428: "The version one saw must be named",
    429: "Too many requests; Retry-After says when to come again",
    503: "Not possible just now; Retry-After says when to come again",
}
LATER = (429, 503)
PATHS = {
    "neg": ("The short name of the talks.", "secure-communities-2010"),
    "jurisdiction": ("The slug of a jurisdiction.", "arlington"),
    "id": ("An id, as a list gives it.", "0" * 20),
    "audience": ("For whose eyes: `mine`, `caucus` or `secretariat`.", "secretariat"),
    "item": ("The id of an agenda item, or `general`.", "general"),
    "n": ("A number, counted from 1.", "1"),
    "code": ("The code of an issue.", "1"),
}
HEADERS: dict[str, Json] = {
    "ETag": {"description": "The version of this answer.", "schema": {"type": "string"}},
    "Link": {
        "description": 'The next part: `<…>; rel="next"`.',
        "schema": {"type": "string"},
    },
    "Location": {"description": "Where it is now.", "schema": {"type": "string"}},
    "RetryAfter": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWWAuthenticate": {
        "description": "How to say who one is.",
        "required": True,
        "schema": {"const": "Bearer"},
    },
}
PARAMETERS: dict[str, Json] = {
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag of the version one saw, so that no change is lost.",
        "schema": {"type": "string"},
    },
    "IfMatchLater": {
        "name": "If-Match",
        "in": "header",
        "description": "For every later version: the ETag of the one that was seen.",
        "schema": {"type": "string"},
    },
    "IfNoneMatchFirst": {
        "name": "If-None-Match",
        "in": "header",
        "description": "For the first version: `*`.",
        "schema": {"type": "string"},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag one has: answers 304 while it is the same.",
        "schema": {"type": "string"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A word of one's own, new for each request: sent again under it within a "
        "day, the request gives the same answer and is done once. Not kept with dry_run.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
}
ABOUT = (
    "Calendar, notes and outcome record of parallel talks between one agency and many "
    "jurisdictions. What one may not see does not exist: it is a 404 like an unknown id. Unknown "
    "fields and options are refused. Any path answers 405 to a wrong verb, with the right ones in "
    "Allow, and HEAD wherever it answers GET."
)


def refusal(status: int) -> Json:
    """The answer that says what stood in the way."""
    headers = {}
    if status == 401:
        headers = {"WWW-Authenticate": ref("headers", "WWWAuthenticate")}
    elif status == 412:
        headers = {"ETag": ref("headers", "ETag")}
    elif status in LATER:
        headers = {"Retry-After": ref("headers", "RetryAfter")}
    return {
        "description": REFUSALS[status],
        **({"headers": headers} if headers else {}),
        "content": {"application/problem+json": {"schema": ref("schemas", "Problem")}},
    }


def ref(kind: str, name: str) -> Json:
    """A reference to what stands among the components."""
    return {"$ref": f"#/components/{kind}/{name}"}
