"""Sending a POST again under one Idempotency-Key: the same answer, and nothing is done twice.

The key is written first, in the transaction of what the request does: a second one with the same
key waits for the first, and a crash leaves both the effect and its answer, or neither.
"""

import hashlib
import re
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import (
    BadRequest,
    FieldError,
    Forbidden,
    Invalid,
    NegotiationsError,
    NotFound,
    Unauthenticated,
)
from negotiations.models import IdempotencyKey
from negotiations.web.calls import Call
from negotiations.web.endpoints import Endpoint

# How long an answer is kept at least; the clean-up runs once an hour.
KEPT = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_HEADERS = ("Cache-Control", "Content-Type", "ETag", "Location")


def key_of(request: Request, endpoint: Endpoint) -> str | None:
    """The Idempotency-Key of a POST, None without one; BadRequest when it can't be one.

    An answer that tells a secret isn't kept, so that the database never holds a usable one.
    """
    sent = request.headers.getlist("idempotency-key")
    if endpoint.method != "POST" or not sent:
        return None
    if len(sent) > 1 or not _KEY.fullmatch(sent[0]):
        raise BadRequest(
            "Idempotency-Key is one word of 1 to 255 visible ASCII characters, "
            "new for each request."
        )
    if not endpoint.repeatable:
        raise BadRequest(
            "This answer tells a secret that isn't kept, so it can't be told again. "
            "Send no Idempotency-Key; if the answer is lost, end what was made and make another."
        )
    return sent[0]


async def once(call: Call, endpoint: Endpoint, key: str, raw: bytes, body: Any) -> Response:
    """What the handler answers, or what it answered when it was done under this key.

    Only what was done is kept: a refused request may come again under its key.
    """
    async with call.around() as (db, actor):
        request = _fingerprint(call.request, raw, actor)
        kept, is_new = await _claim(db, actor, key, request, call)
        if is_new:
            answer = await endpoint.handler(call, body)
            kept.status, kept.body = answer.status_code, bytes(answer.body)
            kept.headers = {
                name: answer.headers[name] for name in _HEADERS if name in answer.headers
            }
            return answer
    await _check_rights(call, endpoint, body)
    if kept.request_sha256 != request:
        told = "This Idempotency-Key was used for another request. Send a new one with each."
        raise Invalid([FieldError("", told)])
    return Response(kept.body, kept.status, headers=kept.headers)


async def _claim(
    db: Db, actor: Actor, key: str, request: str, call: Call
) -> tuple[IdempotencyKey, bool]:
    """The key's row, and whether it is new. Who holds it is waited for."""
    assert actor.person is not None
    row = IdempotencyKey(
        created_at=call.now, person_id=actor.person.id, key=key, request_sha256=request
    )
    try:
        async with db.begin_nested():
            db.add(row)
    except IntegrityError:
        found = await db.exec(
            select(IdempotencyKey).where(
                col(IdempotencyKey.person_id) == actor.person.id, col(IdempotencyKey.key) == key
            )
        )
        return found.one(), False
    return row, True


async def _check_rights(call: Call, endpoint: Endpoint, body: Any) -> None:
    """Whether who asks may still do this, by trying it and undoing it; raises what says no.

    That it can't be done once more is no matter: it was done.
    """
    try:
        async with call.around(dry_run=True):
            await endpoint.handler(call, body)
    except (Unauthenticated, Forbidden, NotFound):
        raise
    except (NegotiationsError, IntegrityError):
        pass


def _fingerprint(request: Request, raw: bytes, actor: Actor) -> str:
    """Verb, address, body, and where the actor sits, as one hash.

    The answer may hold what is one side's alone: who has come to sit elsewhere asks another thing.
    """
    seats = sorted((one.negotiation_id, one.party_id or "", one.role.value) for one in actor.seats)
    seen = hashlib.sha256()
    for part in (
        request.method.encode(),
        request.url.path.encode(),
        request.scope["query_string"],
        raw,
        repr(seats).encode(),
    ):
        seen.update(len(part).to_bytes(8, "big") + part)
    return seen.hexdigest()
