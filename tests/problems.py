"""The one shape of errors: what an `application/problem+json` answer must hold (RFC 9457)."""

from typing import Any


def problem(answer: Any, status: int, *pointers: str) -> str:
    """Check the answer's shape, status and the pointers of its fields; returns its detail."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    keys = {"type", "title", "status", "detail"} | ({"errors"} if status == 422 else set())
    both = {"current", "yours"}  # the texts of a summary saved on an old version
    assert set(told) - (both if status == 412 else set()) == keys
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"]
    assert told["detail"].endswith((".", "…")), told["detail"]
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    if status == 422:
        assert all(set(one) == {"pointer", "detail"} for one in told["errors"])
        assert told["detail"] == " ".join(one["detail"] for one in told["errors"])
    if pointers:
        assert [one["pointer"] for one in told["errors"]] == list(pointers), told
    return str(told["detail"])
