"""A reduced round of F11 and F12, and that the round finds what is wrong."""

from datetime import timedelta

import pytest
from faults import reminders

from negotiations.notices import reminding

EVERY = timedelta(hours=2)


async def test_no_reminder_is_missed_or_comes_twice(database_url: str) -> None:
    report = await reminders.run(database_url, 50, 45, EVERY, 60, "1")
    assert report.broken == [], report.text()
    assert report.reminders > 400
    assert report.looks > 300


async def test_the_round_finds_what_is_wrong(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody is reminded of a time that they were told of later than that."""

    async def known(*_: object) -> dict[str, object]:
        return {}

    monkeypatch.setattr(reminding, "_known_since", known)
    report = await reminders.run(database_url, 40, 20, EVERY, 60, "1")
    assert any("not meant" in one for one in report.broken), report.text()
