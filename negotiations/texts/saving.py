"""What a save of a text must have seen, and what is told to one that comes too late."""

from collections.abc import Mapping
from typing import Any

from negotiations.errors import PreconditionMissing, Stale
from negotiations.models import KeptNote, NoteDraft
from negotiations.web import etags
from negotiations.web.calls import Call


def check_seen(call: Call, current: Mapping[str, Any] | None, what: str) -> None:
    """`If-None-Match: *` for the first text of this, If-Match for every later one."""
    named = etags.of(call.request.headers, "if-match")
    first = etags.of(call.request.headers, "if-none-match")
    if current is not None:
        if first is not None:
            tag = etags.etag(etags.encode(current))
            raise Stale(f"There is a {what} already. Read it, then send If-Match.", tag)
        call.require_match(current)
    elif named is not None:
        etags.parse(named)
        raise Stale(f"There is no {what} here yet. Send If-None-Match: * for the first one.")
    elif first != "*":
        raise PreconditionMissing(f"Send If-None-Match: * with the first {what}.")


def with_both(
    error: Stale, current: Mapping[str, Any] | None, kept: KeptNote | NoteDraft | None
) -> Stale:
    """The refusal with the text that stands and the id under which the other one is kept."""
    tag = etags.etag(etags.encode(current)) if current else None
    stands = None
    if current:
        stands = {"etag": tag, **{name: current[name] for name in ("revision", "sha256", "body")}}
    return Stale(error.detail, tag, {"current": stands, "yours": kept.id if kept else None})
