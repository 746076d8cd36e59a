"""Sessions live at random, by legal and illegal acts, and the invariants of domain.md hold.

INVARIANTS_EXAMPLES=200 in the environment runs that many lives on SQLite (and half on PostgreSQL).
"""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from scheduling.choices import LA, NY
from scheduling.invariants import check
from scheduling.life import Life
from scheduling.lives import Snapshot, prepare
from templates import Templates

from negotiations.civil import end_of_day, local_date
from negotiations.models import AgendaItem, NegotiationSession
from negotiations.models.outcomes import OutcomeValue
from negotiations.models.sessions import CloseKind, ItemState, SessionStatus

LIVES = int(os.environ.get("INVARIANTS_EXAMPLES", "6"))
STEPS = 20


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_the_invariants_hold_over_any_life(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    class Here(Life):
        urls = databases(engine, templates, tmp_path)
        people: ClassVar[dict[str, str]] = {}

    Here.people = prepare(next(Here.urls))
    examples = LIVES if engine == "sqlite" else max(LIVES // 2, 1)
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="INVARIANTS_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def databases(engine: str, templates: Templates, folder: Path) -> Iterator[str]:
    """First the address of an empty database, then those of copies of what became of it."""
    if engine == "sqlite":
        first = folder / "first.db"
        yield templates.copy(engine, "empty", str(first))
        for number in itertools.count(1):
            copy = folder / f"{number}.db"
            copy.write_bytes(first.read_bytes())
            yield f"sqlite:///{copy}"
            copy.unlink()
    server, first_name = templates.postgresql, f"lives_{os.getpid()}"
    yield templates.copy(engine, "empty", first_name)
    for number in itertools.count(1):
        name = f"{first_name}_{number}"
        server.create_database(name, template=first_name)
        yield server.url(name)
        server.drop_database(name)


@given(
    st.dates(date(1975, 1, 1), date(2100, 1, 1)),
    st.sampled_from((LA, NY, "Europe/London", "Africa/Cairo", "Pacific/Apia", "Asia/Kathmandu")),
)
def test_a_deadline_is_a_date_that_ends_in_the_home_zone(day: date, tz: str) -> None:
    """Invariant 12: 23:59:59 of that date; a second later it is the next day."""
    end = end_of_day(day, tz)
    home = end.astimezone(ZoneInfo(tz))
    if home.date() == day:
        assert f"{home:%H:%M:%S}" == "23:59:59"
        assert local_date(end, tz) == day
        assert local_date(end + timedelta(seconds=1), tz) > day
    else:
        # Samoa left out 30 December 2011.
        assert (tz, day) == ("Pacific/Apia", date(2011, 12, 30))


@pytest.fixture
def life(templates: Templates, tmp_path: Path) -> Iterator[Life]:
    """A life on SQLite whose acts the test chooses."""

    class Here(Life):
        urls = databases("sqlite", templates, tmp_path)
        people: ClassVar[dict[str, str]] = {}

    Here.people = prepare(next(Here.urls))
    made = Here()
    yield made
    made.teardown()


def at(day: int, hour: int) -> dict[str, Any]:
    start = datetime(2027, 3, day, hour, 30)
    end = start + timedelta(hours=2)
    local = {"local_start": start.isoformat(timespec="minutes"), "tz": LA}
    return {**local, "local_end": end.isoformat(timespec="minutes")}


def lived(life: Life) -> list[str]:
    """One session to its end and beyond; what becomes of each, in the order they were made."""
    life.propose(at(11, 9), "x", "City Hall", ["1", "2"], agreed=True)
    life.settle(0, "Library")
    life.publish(0, "coordinator")
    life.edit(0, "coordinator", {"conference_url": "https://SECRET.example/2"})
    life.call_off(0, "coordinator", "postpone")
    life.reinstate(0, "coordinator", at(15, 9), "Library", agreed=True)
    life.settle(0, "Library")
    life.open(0, "note_taker", -60)
    life.say(0, "note_taker", "1", OutcomeValue.declined, blind=False)
    life.close(0, "note_taker", CloseKind.adjourned_to_date, at(17, 9), None)
    life.counter(at(17, 10), 0, "head_x")
    life.settle(1, "Library")
    life.say(0, "coordinator", "1", OutcomeValue.agreed, blind=False)
    return [life.seen.sessions[one].status for one in life.made]


def test_the_acts_lead_through_every_state(life: Life) -> None:
    assert lived(life) == ["held", "cancelled", "confirmed"]
    [log] = [life.seen.logs[one] for one in life.made[:1]]
    assert [one.kind.value for one in log] == [
        "created", "confirmed", "published", "postponed", "reinstated", "confirmed", "opened",
        "closed", "adjourned",
    ]  # fmt: skip
    assert len(life.seen.outcomes) == 2


def broken(seen: Snapshot) -> Iterator[tuple[str, Snapshot]]:
    """The same snapshot with one thing wrong, each time another."""
    sessions = sorted(seen.sessions.values(), key=lambda one: one.created_at)
    held = next(one for one in sessions if one.status is SessionStatus.held)
    for field, value in (
        ("sequence", held.sequence + 1), ("sequence", held.sequence - 1), ("uid", "other"),
        ("title", "Other"), ("starts_at", held.starts_at + timedelta(minutes=1)),
        ("close_kind", None), ("status", SessionStatus.confirmed),
    ):  # fmt: skip
        copy = NegotiationSession(**{**held.model_dump(), field: value})
        yield field, replace(seen, sessions={**seen.sessions, held.id: copy})
    key, (body, revised) = next(iter(seen.events.items()))
    for event in ((body + b"x", revised), (body, revised + timedelta(seconds=1))):
        yield "event", replace(seen, events={**seen.events, key: event})
    for key, (body, revised) in seen.public().items():
        later = revised + timedelta(seconds=1)
        yield "public", replace(seen, events={**seen.events, key: (body + b"SECRET", later)})
    yield "overlap", replace(seen, overlaps=1)
    yield "bookings", replace(seen, bookings=seen.bookings[:1])
    outcomes = list(seen.outcomes.items())
    key, row = outcomes[0]
    yield "rewritten", replace(seen, outcomes={**seen.outcomes, key: {**row, "text": "Else."}})
    yield (
        "forked",
        replace(seen, outcomes={one: {**row, "supersedes_id": None} for one, row in outcomes}),
    )
    yield "gone", replace(seen, outcomes={})
    yield "log", replace(seen, logs={**seen.logs, held.id: seen.logs[held.id][1:]})
    yield "audit", replace(seen, audits=seen.audits - 1)
    items = [AgendaItem(**item.model_dump()) for item in seen.agendas[held.id]]
    items[0].state = ItemState.proposed
    yield "item", replace(seen, agendas={**seen.agendas, held.id: items})


def test_a_broken_invariant_would_be_noticed(life: Life) -> None:
    lived(life)
    check(life.seen, life.seen)
    assert [name for name, wrong in broken(life.seen) if not noticed(life.seen, wrong)] == []


def noticed(before: Snapshot, after: Snapshot) -> bool:
    try:
        check(before, after)
    except AssertionError:
        return True
    return False
