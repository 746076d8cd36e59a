"""Of more than can be read a mail names those that are due first, however many there are."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from negotiations.notices.texts import Line, Section
from negotiations.notices.writing import MOST, Most
from negotiations.overview.waiting import Item

FIRST = date(2026, 11, 2)
days = st.none() | st.integers(0, 9).map(lambda number: FIRST + timedelta(days=number))


@given(st.lists(days, max_size=5 * MOST))
def test_it_is_what_sorting_all_of_them_gives(due: list[date | None]) -> None:
    items = [
        Item(on_me=True, text="Do it.", title=f"{place}", path="/", by=by)
        for place, by in enumerate(due)
    ]
    most = Most()
    for one in items:
        most.add(one)
    order = sorted(range(len(due)), key=lambda place: (due[place] or date.max, place))
    shown = [Line(f"{place}", [], "") for place in sorted(order[:MOST])]
    told = most.section("Waiting", lambda one: Line(one.title, [], ""))
    assert told == Section("Waiting", shown, max(0, len(due) - MOST))
    assert most.count == len(due)
