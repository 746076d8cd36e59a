"""What render(), minimal() and zone_needed() promise beyond the golden files."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from negotiations.ics import properties
from negotiations.ics.events import (
    AllDayEvent,
    RenderError,
    TimedEvent,
    minimal,
    render,
    zone_needed,
)


def test_the_same_event_gives_the_same_bytes(timed_event: Callable[..., TimedEvent]) -> None:
    """calendar.md 13: no byte depends on the clock."""
    assert render(timed_event()) == render(timed_event())


def test_an_instant_is_written_in_utc_and_whole_seconds(
    timed_event: Callable[..., TimedEvent],
) -> None:
    """calendar.md 13."""
    eastern = timezone(timedelta(hours=-5))
    given = timed_event(revised=datetime(2010, 10, 2, 7, 0, 0, 999_999, tzinfo=eastern))
    assert render(given) == render(timed_event(revised=datetime(2010, 10, 2, 12, tzinfo=UTC)))


@pytest.mark.parametrize(
    "changes",
    [
        {"uid": ""},
        {"uid": "x" * 256},
        {"end": datetime(2010, 11, 9, 10)},
        {"end": datetime(2010, 11, 9, 9)},
        {"tzid": "America/Springfield"},
        {"tzid": "America"},
        {"tzid": "../etc/passwd"},
        {"start": datetime(2010, 11, 9, 10, tzinfo=UTC)},
        {"start": datetime(1, 1, 1), "tzid": "Asia/Tokyo"},
        {"revised": datetime(2010, 10, 2, 12)},
        {"created": datetime(2010, 10, 2, 12)},
        {"status": "CANCELED"},
        {"status": "CONFIRMED\r\nX-EVIL:1"},
        {"klass": "SECRET"},
    ],
    ids=str,
)
def test_an_event_that_cannot_be_said_truly_is_refused(
    changes: dict[str, Any], timed_event: Callable[..., TimedEvent]
) -> None:
    """calendar.md 10, 18, 23, 35, 40."""
    with pytest.raises(RenderError):
        render(timed_event(**changes))


def test_an_end_that_is_later_only_on_the_clock_is_refused(
    timed_event: Callable[..., TimedEvent],
) -> None:
    """calendar.md 23: 01:30 EST comes after 01:45 EDT."""
    backwards = timed_event(
        tzid="America/New_York",
        start=datetime(2010, 11, 7, 1, 30),
        fold_start=1,
        end=datetime(2010, 11, 7, 1, 45),
    )
    with pytest.raises(RenderError, match="The end is not after the start"):
        render(backwards)


def test_a_window_that_ends_before_it_begins_is_refused_but_has_a_minimal_form(
    all_day_event: Callable[..., AllDayEvent],
) -> None:
    """calendar.md 23."""
    backwards = all_day_event(first=date(2010, 11, 9), last=date(2010, 11, 5))
    with pytest.raises(RenderError):
        render(backwards)
    assert minimal(backwards).splitlines() == [
        b"BEGIN:VEVENT",
        b"UID:5f0c6d1e-0000-4000-8000-000000000002@example.org",
        b"SEQUENCE:0",
        b"DTSTAMP:20101002T120000Z",
        b"LAST-MODIFIED:20101002T120000Z",
        b"DTSTART;VALUE=DATE:20101109",
        b"SUMMARY:Session",
        b"DESCRIPTION:See the session's page.",
        b"END:VEVENT",
    ]


@pytest.mark.parametrize("changes", [{"tzid": "America/Springfield"}, {"uid": ""}], ids=str)
def test_there_is_no_minimal_form_without_a_valid_start_or_uid(
    changes: dict[str, Any], timed_event: Callable[..., TimedEvent]
) -> None:
    """calendar.md 10, 18."""
    with pytest.raises(RenderError):
        minimal(timed_event(**changes))


@pytest.mark.parametrize(
    ("changes", "zone"),
    [
        ({}, "America/Los_Angeles"),
        ({"tzid": "UTC"}, None),
        ({"start": datetime(2010, 11, 7, 0, 30), "end": datetime(2010, 11, 7, 1, 30)}, None),
        ({"start": datetime(2010, 3, 14, 2, 30), "end": datetime(2010, 3, 14, 4)}, None),
    ],
    ids=str,
)
def test_the_zone_needed_is_the_zone_written(
    changes: dict[str, Any], zone: str | None, timed_event: Callable[..., TimedEvent]
) -> None:
    """calendar.md 19: none missing, none unused."""
    event = timed_event(**changes)
    assert zone_needed(event) == zone
    assert (b"TZID=" in render(event)) == (zone is not None)


def test_a_window_of_days_needs_no_zone(all_day_event: Callable[..., AllDayEvent]) -> None:
    """calendar.md 19."""
    assert zone_needed(all_day_event()) is None


BREAK_THE_ESCAPING = """
from negotiations.ics import properties
properties.escape = lambda text: text
try:
    properties.vevent([properties.Property("SUMMARY", {text!r})])
except properties.RenderError:
    print("refused")
"""


@pytest.mark.parametrize("text", ["a\nBEGIN:VALARM", "a\\nb", "a\\,b"])
@pytest.mark.parametrize("options", [[], ["-O"]], ids=["plain", "optimised"])
def test_lines_that_say_something_else_are_never_returned(text: str, options: list[str]) -> None:
    """calendar.md 7: the check is no assert, so it also holds under python -O."""
    done = subprocess.run(
        [sys.executable, *options, "-c", BREAK_THE_ESCAPING.format(text=text)],
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == "refused\n"


def test_a_line_that_gets_lost_is_noticed(
    monkeypatch: pytest.MonkeyPatch, timed_event: Callable[..., TimedEvent]
) -> None:
    """calendar.md 7: as many lines are read back as are written, each saying what was meant."""
    for lines in ([], ["SUMMARY:x", "SUMMARY:x"], ["SUMMARY:x", "X-MORE:x"]):
        monkeypatch.setattr(properties, "unfolded", lambda _, lines=lines: lines)
        properties._checked.cache_clear()
        with pytest.raises(RenderError, match="something else than was meant"):
            render(timed_event())
    properties._checked.cache_clear()


def test_a_parameter_with_marks_of_its_own_is_quoted_and_encoded(
    timed_event: Callable[..., TimedEvent],
) -> None:
    """calendar.md 6: quoted for colon, semicolon and comma; RFC 6868 for quote, newline, caret."""
    label = 'Room "A": here, there; up^down'
    body = render(timed_event(conference="https://meet.example.org/a", conference_label=label))
    unfolded = body.replace(b"\r\n ", b"").decode()
    assert "LABEL=\"Room ^'A^': here, there; up^^down\":https://meet.example.org/a" in unfolded
