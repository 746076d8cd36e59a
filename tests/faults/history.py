"""PURE: what the clients of a fault round did, one JSON line before and one after each call.

`ok`: acknowledged. `fail`: refused (4xx), so nothing of it may be there. `info`: cut off, or no
answer that says so: it may have happened as a whole, or not at all.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

Outcome = Literal["ok", "fail", "info"]
SEEDED = "seeded"  # the op_id of what was there before the first call


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Times are seconds of one monotonic clock; `parts` maps what it writes to hashes.

    `key` is the line or register it writes, as `summary:ID`; `attempt` counts resent calls.
    """

    op_id: str
    actor: str
    kind: str
    key: str
    if_match: str | None
    body_sha256: str
    t_invoke: float
    parts: dict[str, str] = field(default_factory=dict)
    attempt: int = 1
    t_return: float | None = None
    outcome: Outcome = "info"
    status: int | None = None
    etag: str | None = None
    answer_sha256: str | None = None

    def line(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":")) + "\n"

    def returned(self, **told: Any) -> "Call":
        return replace(self, **told)


def read(lines: Iterable[str]) -> list[Call]:
    """The calls in order of their invocation; one without its second line is `info`.

    A last line that was cut off counts as not written.
    """
    calls: dict[tuple[str, int], Call] = {}
    for line in lines:
        if line.endswith("\n"):
            call = Call(**json.loads(line))
            calls[call.op_id, call.attempt] = call
    return sorted(calls.values(), key=lambda call: call.t_invoke)
