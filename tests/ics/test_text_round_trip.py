"""A text comes back as it was from each reader, and never becomes a line of its own."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar.parser import Contentline

from negotiations.ics.events import TimedEvent, render
from negotiations.ics.identity import stamped
from negotiations.ics.properties import folded
from negotiations.ics.text import clean, has_forbidden

PIECES = st.sampled_from(
    [
        "\r\nBEGIN:VEVENT\r\n",
        "\nEND:VCALENDAR\n",
        "\r\n X-FOLDED:1",
        "\\n",
        "\\N",
        "\\\\",
        "\\;,:",
        '"^n^\'^^"',
        "%2C%5C",
        "🧑🏽‍⚖️",
        "談判",
        "עברית ",
        "مفاوضات",
        "\u202e\u2066",
        "\ufeff",
        "e\u0301",
        " ",
        "\t",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text()), max_size=12).map("".join)
LARGE = "談判 🏛️ a,b;c\\d\\Ne: \n\r\nBEGIN:VEVENT\r\nעברית " * 2000


@pytest.fixture(scope="module")
def check(
    timed_event: Callable[..., TimedEvent],
    feed: Callable[..., bytes],
    readers: dict[str, Callable[[bytes], Any]],
    octet_faults: Callable[[bytes], list[str]],
) -> Callable[[str, list[str]], None]:
    bare = render(timed_event(summary="x", description="x", tzid="UTC"))

    def check_round_trip(text: str, names: list[str]) -> None:
        event = timed_event(summary=text or "x", description=text or "x", tzid="UTC")
        body = feed([render(event)])
        assert octet_faults(body) == []
        logical = render(event).replace(b"\r\n ", b"").splitlines()
        assert len(logical) == len(bare.splitlines())
        for name in names:
            read = readers[name](body)
            assert read.texts == {event.uid: [clean(event.summary), clean(event.description)]}

    return check_round_trip


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS)
def test_any_text_comes_back_with_no_extra_line(
    text: str, check: Callable[[str, list[str]], None]
) -> None:
    """calendar.md 2, 3, 5, 7, 9."""
    check(text, ["icalendar", "ical"])


def test_a_hundred_kilobytes_come_back(check: Callable[[str, list[str]], None]) -> None:
    """calendar.md 7."""
    assert len(LARGE.encode()) > 100_000
    assert has_forbidden(clean(LARGE)) is None
    check(LARGE, ["icalendar", "ical", "vobject", "ical.js"])


@given(
    st.lists(st.sampled_from(["\\n", "\\\\", "^^", "a", "bcd " * 9, "é", "x" * 73])).map("".join)
)
def test_a_line_is_folded_as_icalendar_folds_it(text: str) -> None:
    line = Contentline(f"DESCRIPTION:{text}")
    assert folded(line) == line.to_ical()


MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).map(
    lambda one: one.replace(tzinfo=UTC)
)


@given(before=MOMENTS, after=MOMENTS, words=st.text(max_size=90))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_another_revision_is_what_would_be_drawn_with_it(
    timed_event: Callable[..., TimedEvent], before: datetime, after: datetime, words: str
) -> None:
    def drawn(revised: datetime) -> bytes:
        return render(timed_event(revised=revised, description=words, uid=f"{words or 'x'}@y"))

    assert stamped(drawn(before), before, after) == drawn(after)


def test_a_component_of_another_revision_is_refused(timed_event: Callable[..., TimedEvent]) -> None:
    drawn = render(timed_event(revised=datetime(2010, 11, 9, tzinfo=UTC)))
    with pytest.raises(ValueError, match="was not drawn"):
        stamped(drawn, datetime(2010, 11, 8, tzinfo=UTC), datetime(2010, 11, 9, tzinfo=UTC))
