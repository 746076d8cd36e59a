"""What is logged and how: one line for each thing, never a secret, never what somebody wrote.

An error is logged as the place where it happened and the kinds of error it came through. Its words
are left out: those of a database repeat the row, those of a validation the input.
"""

import json
import logging
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TextIO

# structlog would bring rich along, for tracebacks that aren't printed here: 4 MB in each process.
_hidden = "rich" not in sys.modules
if _hidden:
    sys.modules["rich"] = None  # type: ignore[assignment]
import structlog  # noqa: E402
from structlog.stdlib import ProcessorFormatter  # noqa: E402
from structlog.types import EventDict, Processor  # noqa: E402

if _hidden:
    del sys.modules["rich"]

logger = structlog.get_logger()
OURS = str(Path(__file__).parent)
INNERMOST = 8  # calls of libraries that are worth a line


def set_up(format_: Literal["auto", "json", "console"], stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (standard error): for people on a terminal, else JSON."""
    global _json_stream  # noqa: PLW0603  # as the configuration of structlog is
    stream = stream or sys.stderr
    for_people = format_ == "console" or (format_ == "auto" and stream.isatty())
    first: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _place_of_error,
    ]
    _json_stream = None if for_people else stream
    last: list[Processor]
    if for_people:
        last = [
            _printable,
            structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="time"),
        ]
    else:
        last = [structlog.processors.JSONRenderer()]  # escapes all but ASCII
    structlog.configure(
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*first[:2], _first_line, _place_of_error],
            processors=[ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("negotiations").setLevel(logging.INFO)


# When (seconds since 1970), id, method, route, status, seconds, bytes, and how it was proved who
# asks. All of it is of our own making and holds nothing that JSON would escape.
Line = tuple[float, str, str, str, int, float, int, str]


def write_requests(lines: Sequence[Line]) -> None:
    """Write the lines of several requests at once, in the form of the other lines."""
    if _json_stream is not None:
        _json_stream.write("".join([_as_json(*line) for line in lines]))
        _json_stream.flush()
        return
    for line in lines:
        logger.info("request", **_fields(*line))


_json_stream: TextIO | None = None  # where lines are JSON


def _as_json(
    at: float, id_: str, method: str, route: str, status: int, seconds: float, size: int, via: str
) -> str:
    return (
        f'{{"id": "{id_}", "method": "{method}", "route": "{route}", "status": {status}, '
        f'"ms": {round(seconds * 1000, 1)}, "bytes": {size}, "via": "{via}", '
        f'"event": "request", "level": "info", "time": "{_moment(at)}"}}\n'
    )


def _fields(*line: Any) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(_as_json(*line))
    del fields["event"], fields["level"]
    return fields


def _moment(at: float) -> str:
    return f"{_second(int(at))}.{int(at % 1 * 1e6):06}Z"


@lru_cache(maxsize=8)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None).isoformat()


def stack_of(error: BaseException) -> str:
    """Where it happened, from the outermost call of ours inwards, through which kinds of error."""
    told, one = [], error
    while True:
        frames = traceback.extract_tb(one.__traceback__)
        chosen = [frame for frame in frames[:-INNERMOST] if frame.filename.startswith(OURS)]
        told.append("".join(traceback.format_list(chosen + frames[-INNERMOST:])) + _kind(one))
        cause = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        if cause is None or len(told) == 5:
            return "\n\nand before it:\n\n".join(told)
        one = cause


def _kind(error: BaseException) -> str:
    sqlstate = getattr(error, "sqlstate", None)  # PostgreSQL's five characters
    return f"{type(error).__module__}.{type(error).__qualname__}" + (
        f" ({sqlstate})" if sqlstate else ""
    )


def _place_of_error(_logger: object, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["stack"] = stack_of(error)
    return event


def _first_line(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Libraries put the error's words (and so ours) after the first line of what they log."""
    event["event"] = str(event["event"]).split("\n", 1)[0][:300]
    return event


def _printable(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Without characters that move the cursor, colour the line or turn its direction."""
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            lines = value.split("\n") if key == "stack" else [value]
            event[key] = "\n".join(map(escaped, lines))
    return event


def escaped(value: str) -> str:
    """The text with each unprintable character written as \\x1b, \\u202e or the like."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in value
    )
