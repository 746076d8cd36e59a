"""The rules of trying again, on their own."""

from datetime import UTC, datetime, timedelta

import pytest

from negotiations.models.webhooks import DeliveryEnd, StoppedAs
from negotiations.webhooks.retries import (
    STOPPED_AFTER,
    TRIES,
    Outcome,
    asked_for,
    due,
    has_recovered,
    verdict,
)

NOW = datetime(2030, 11, 5, 12, tzinfo=UTC)


def after(outcome: Outcome, tries: int = 1, **more: object) -> tuple[dict, dict]:  # type: ignore[type-arg]
    given = {"failures": 0, "failing_since": None, "now": NOW, "roll": 0.0, **more}
    found = verdict(outcome, tries=tries, **given)  # type: ignore[arg-type]
    return dict(found.delivery), dict(found.endpoint)


def test_ten_tries_in_75_hours_and_no_more() -> None:
    seconds = []
    at = NOW
    for tries in range(1, TRIES):
        later = due(tries, at, 0)
        assert later is not None
        seconds.append((later - at).total_seconds())
        at = later
    assert seconds == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert at - NOW == timedelta(hours=75, minutes=35, seconds=5)
    assert due(TRIES, at, 0) is None
    soonest = NOW
    for tries in range(1, TRIES):
        following = due(tries, soonest, 0.999999)
        assert following is not None
        soonest = following
    assert timedelta(hours=75) < soonest - NOW < at - NOW


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_is_success_and_makes_the_endpoint_well(status: int) -> None:
    since = NOW - timedelta(days=9)
    told = after(Outcome(status, b"yes"), failures=4, failing_since=since)
    assert told == (
        {"answer_status": status, "answer": "yes", "ended_as": DeliveryEnd.delivered,
         "ended_at": NOW, "failure": None},
        {"failures": 0, "failing_since": None, "paused_until": None},
    )  # fmt: skip


@pytest.mark.parametrize("status", [301, 302, 304, 307, 308, 400, 401, 404, 409, 422])
def test_what_is_refused_or_led_elsewhere_is_tried_again_and_stops_no_other(status: int) -> None:
    assert after(Outcome(status)) == (
        {"answer_status": status, "answer": "", "failure": f"answered {status}",
         "due_at": NOW + timedelta(seconds=5)},
        {"failures": 1, "failing_since": NOW},
    )  # fmt: skip


@pytest.mark.parametrize("status", [None, 500, 502, 503, 504, 429])
def test_what_is_not_there_is_left_alone_as_a_whole(status: int | None) -> None:
    pauses = []
    for failures in range(6):
        delivery, endpoint = after(Outcome(status), 2, failures=failures, failing_since=NOW)
        assert delivery["due_at"] == NOW + timedelta(minutes=5)
        assert delivery["failure"] == ("not reached" if status is None else f"answered {status}")
        pauses.append((endpoint["paused_until"] - NOW).total_seconds())
    assert pauses == [5, 30, 120, 300, 300, 300]


def test_410_stops_the_endpoint_at_once() -> None:
    assert after(Outcome(410, b"gone")) == (
        {"answer_status": 410, "answer": "gone", "failure": "answered 410",
         "ended_as": DeliveryEnd.given_up, "ended_at": NOW},
        {"failures": 1, "failing_since": NOW, "stopped_as": StoppedAs.gone, "stopped_at": NOW,
         "paused_until": None},
    )  # fmt: skip


def test_five_days_of_failures_do_too() -> None:
    almost = NOW - STOPPED_AFTER + timedelta(seconds=1)
    assert "stopped_as" not in after(Outcome(None), failing_since=almost)[1]
    stopped = after(Outcome(None), failing_since=NOW - STOPPED_AFTER)
    assert stopped[0]["ended_as"] is DeliveryEnd.given_up
    assert stopped[1]["stopped_as"] is StoppedAs.failing


def test_after_the_last_try_it_is_given_up() -> None:
    assert after(Outcome(500), TRIES)[0]["ended_as"] is DeliveryEnd.given_up
    assert "ended_as" not in after(Outcome(500), TRIES - 1)[0]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120), (" 7 ", 7), ("0", 0), ("999999999999999999999", 86400),
        ("Tue, 05 Nov 2030 12:10:00 GMT", 600), ("Tue, 05 Nov 2030 11:00:00 GMT", 0),
        ("Tue, 05 Nov 2130 12:10:00 GMT", 86400), ("soon", None), ("", None), ("-1", None),
        ("1.5", None), ("٣", None), ("Tue, 99 Nov 2030 12:10:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_in_seconds_or_as_a_date(told: str, seconds: int | None) -> None:
    wanted = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert asked_for(told, NOW) == wanted


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_where_it_asks_for_longer(status: int) -> None:
    delivery, endpoint = after(Outcome(status, b"", "3600"))
    assert delivery["due_at"] == endpoint["paused_until"] == NOW + timedelta(hours=1)
    delivery, endpoint = after(Outcome(status, b"", "1"))
    assert delivery["due_at"] == endpoint["paused_until"] == NOW + timedelta(seconds=5)
    delivery, endpoint = after(Outcome(500, b"", "3600"))
    assert delivery["due_at"] == NOW + timedelta(seconds=5)


def test_of_an_answer_the_first_2_kb_are_kept_as_text() -> None:
    delivery, _ = after(Outcome(200, b"\x00\xff" + b"x" * 9000))
    assert delivery["answer"] == "��" + "x" * 2046


def test_an_endpoint_has_recovered_by_what_came_through_after_several_failures() -> None:
    found = [
        has_recovered(outcome, failures=failures)
        for outcome in (Outcome(200), Outcome(404), Outcome(None), None)
        for failures in (0, 4, 5)
    ]
    assert found == [False, False, True] + [False] * 9
