"""F19, reduced: hostile calendars are decided by a clear reason, and no process is left."""

from faults import bombs_of_calendars, hostile

FEW = [
    "rule every second", "never true, daily", "every minute of each day", "a million properties",
    "folded at every byte", "two hundred thousand dates", "a hundred thousand nested", "UTF-16",
    "no end", "weeks without end", "year 9999", "a thousand observances",
    "a thousand moved instances of one", "a reply that would act",
]  # fmt: skip


async def test_hostile_calendars_are_decided_by_a_clear_reason() -> None:
    report = await bombs_of_calendars.run(FEW)
    # How long it took is for `make faults`: the tests share the machine with one another.
    timed = ("decided after", "the loop was late", "too_slow instead")
    assert [one for one in report.broken if not any(word in one for word in timed)] == []
    assert report.decided == len(FEW)


def test_there_are_enough_of_them() -> None:
    assert len(hostile.ALL) >= 40
