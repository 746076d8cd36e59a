"""PURE: what an answer means for a delivery and for its endpoint, and when the next try is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from negotiations.models.webhooks import DeliveryEnd, StoppedAs

# How long after each try that failed the next one is made: 75 hours and 35 minutes in all.
_WAITS = tuple(
    timedelta(seconds=one)
    for one in (5, 300, 1800, 7200, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
TRIES = len(_WAITS) + 1
# Of each wait so much at most is cut off by chance: what failed together doesn't come together.
_EARLIER, _MOST_EARLIER = 0.1, timedelta(minutes=4)
# How long an endpoint that isn't there is left alone after so many failures in a row.
_PAUSES = tuple(timedelta(seconds=one) for one in (5, 30, 120, 300))
LONGEST_ASKED = timedelta(hours=24)
STOPPED_AFTER = timedelta(days=5)
RECOVERED_AFTER = 5  # failures in a row
NOT_REACHED = "not reached"
ANSWER = 2048  # bytes of an answer that are kept


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try; without a status nobody answered."""

    status: int | None
    body: bytes = b""
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is written of the delivery and of its endpoint: columns and their values."""

    delivery: Mapping[str, object]
    endpoint: Mapping[str, object]


def due(tries: int, now: datetime, roll: float) -> datetime | None:
    """When to try again after `tries` that failed, `roll` in [0, 1); None after the last one."""
    if tries >= TRIES:
        return None
    wait = _WAITS[tries - 1]
    return now + wait - min(wait * _EARLIER, _MOST_EARLIER) * roll


def verdict(
    outcome: Outcome, *, tries: int, failures: int, failing_since: datetime | None,
    now: datetime, roll: float,
) -> Verdict:  # fmt: skip
    """What follows from a try, the one numbered `tries`, after `failures` of its endpoint in a row.

    2xx is success, and nothing else is: a redirect leads where nobody has judged. 410 stops the
    endpoint, as does STOPPED_AFTER of nothing but failures. What isn't there, or says that it has
    too much to do, is left alone for a while as a whole; a refusal is of this delivery alone.
    """
    text = outcome.body[:ANSWER].decode("utf-8", "replace").replace("\x00", "�")
    tried: dict[str, object] = {"answer_status": outcome.status, "answer": text}
    status = outcome.status
    if status is not None and 200 <= status < 300:
        ended = {"ended_as": DeliveryEnd.delivered, "ended_at": now, "failure": None}
        well = {"failures": 0, "failing_since": None, "paused_until": None}
        return Verdict({**tried, **ended}, well)
    tried["failure"] = NOT_REACHED if status is None else f"answered {status}"
    since = failing_since or now
    failing: dict[str, object] = {"failures": failures + 1, "failing_since": since}
    if status == 410 or now - since >= STOPPED_AFTER:
        as_ = StoppedAs.gone if status == 410 else StoppedAs.failing
        return Verdict({**tried, **_given_up(now)}, {**failing, **stopped(as_, now)})
    later = due(tries, now, roll)
    asked = asked_for(outcome.retry_after, now) if status in (429, 503) else None
    if status is None or status >= 500 or status == 429:
        pause = now + _PAUSES[min(failures, len(_PAUSES) - 1)]
        failing["paused_until"] = max(pause, asked or pause)
    if later is None:
        return Verdict({**tried, **_given_up(now)}, failing)
    return Verdict({**tried, "due_at": max(later, asked or later)}, failing)


def has_recovered(outcome: Outcome | None, *, failures: int) -> bool:
    """Whether an endpoint is there again that wasn't for a while: what waits for it may come now.

    After a few failures only: what alone is refused among others that aren't keeps its own times.
    """
    well = outcome is not None and outcome.status is not None and 200 <= outcome.status < 300
    return well and failures >= RECOVERED_AFTER


def stopped(as_: StoppedAs, now: datetime) -> dict[str, object]:
    """What is written of an endpoint that gets nothing more."""
    return {"stopped_as": as_, "stopped_at": now, "paused_until": None}


def _given_up(now: datetime) -> dict[str, object]:
    return {"ended_as": DeliveryEnd.given_up, "ended_at": now}


def asked_for(retry_after: str | None, now: datetime) -> datetime | None:
    """Until when to wait by a Retry-After (RFC 9110 §10.2.3), in seconds or as a date.

    At most LONGEST_ASKED from now; None for what says nothing.
    """
    if retry_after is None:
        return None
    told = retry_after.strip()
    if told.isascii() and told.isdigit():
        seconds = min(int(told[:9]), LONGEST_ASKED.total_seconds())
        return now + timedelta(seconds=seconds)
    try:
        until = parsedate_to_datetime(told)
    except (ValueError, TypeError):
        return None
    until = until.replace(tzinfo=until.tzinfo or UTC)
    return min(max(until.astimezone(UTC), now), now + LONGEST_ASKED)
