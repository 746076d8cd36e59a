"""The timeline of some talks: what is on it, where it is drawn, and who sees what of it."""

import re
from datetime import date, datetime, timedelta

import httpx2
from factories import Demonstration, World, act, confirmed, in_days, propose, signed_in
from hypothesis import given
from hypothesis import strategies as st

from negotiations.overview.timeline import (
    DOCUMENTS,
    DRAWN,
    NAMES,
    WIDTH,
    Mark,
    drawing,
    in_order,
)

ZONES = ("America/New_York",)


def mark(day: int, lane: str = "X", was: int | None = None) -> Mark:
    begin = date(2010, 11, 1)
    on = begin + timedelta(days=day)
    before = begin + timedelta(days=was) if was is not None else None
    return Mark(on, lane, "held", f"day {day}", "/s/1", before)


days = st.integers(-400, 400)
marks = st.lists(st.builds(mark, days, st.sampled_from(["X", "Y", DOCUMENTS]), st.none() | days))


@given(marks, days)
def test_every_mark_is_drawn_in_its_lane_and_in_the_order_of_days(
    found: list[Mark], today: int
) -> None:
    now = date(2010, 11, 1) + timedelta(days=today)
    drawn = drawing(found, ["X", "Y"], ZONES, now)
    if drawn is None:
        assert found == []
        return
    middle = dict(drawn.lanes)
    assert [one.mark for one in drawn.marks] == in_order(found)
    for one in drawn.marks:
        assert one.y == middle[one.mark.lane]
        assert all(NAMES <= x <= NAMES + WIDTH for x in (one.x, one.from_x or NAMES))
    places = [(one.mark.on, one.x) for one in drawn.marks]
    assert [x for _, x in sorted(places)] == sorted(x for _, x in places)
    assert set(middle) - {DOCUMENTS} == {"X", "Y"}
    assert (DOCUMENTS in middle) == any(one.lane == DOCUMENTS for one in found)
    assert len(drawn.months) <= 12


def test_the_nearest_are_drawn_where_there_are_very_many() -> None:
    many = [mark(day) for day in range(DRAWN + 7)]
    drawn = drawing(many, ["X"], ZONES, many[0].on)
    assert drawn is not None
    assert (len(drawn.marks), drawn.left_out) == (DRAWN, 7)
    assert drawn.marks[-1].mark.on == many[DRAWN - 1].on


def rows(page: httpx2.Response) -> list[tuple[str, str, str]]:
    """The timeline's table: day, lane and text."""
    table = page.text.partition("The timeline as a table")[2].partition("</table>")[0]
    found = re.findall(r"<td>(.*?)</td><td>(.*?)</td><td>.*?>([^<]*)</a></td>", table)
    return [(day, lane, text.replace("&#39;", "'")) for day, lane, text in found]


async def test_the_record_of_2010_is_told_from_the_suit_to_the_last_deadline(
    demonstration: Demonstration,
) -> None:
    browser = await signed_in(demonstration, "coordinator")
    page = await browser.get("/n/secure-communities-2010")
    told = rows(page)
    assert told[0] == ("Tue 27 Apr 2010", DOCUMENTS, "Opt-out records: suit filed")
    assert ("Fri 5 Nov 2010", "Arlington", "Arlington / ICE: session 1, held") in told
    assert told[-1] == ("Fri 25 Feb 2011", DOCUMENTS, "Opt-out records: due")
    moves = [one for one in told if " moved from " in one[2]]
    assert [(day, lane) for day, lane, _ in moves] == [
        ("Tue 9 Nov 2010", "San Francisco"),
        ("Tue 9 Nov 2010", "Santa Clara"),
    ]
    assert {lane for _, lane, _ in told if lane != DOCUMENTS} == {
        "Arlington", "DC", "San Francisco", "Santa Clara",
    }  # fmt: skip
    assert page.text.count('<path class="moved"') == 2
    assert "Clocks change on Sun 7 Nov 2010" in page.text
    # A delegation sees its own lane and the documents', and no other by name or number.
    own = rows(
        await (await signed_in(demonstration, "arlington")).get("/n/secure-communities-2010")
    )
    assert {lane for _, lane, _ in own} == {"Arlington", DOCUMENTS}
    assert own == [one for one in told if one[1] in ("Arlington", DOCUMENTS)]


async def test_a_move_within_the_day_is_no_arrow_and_one_to_another_day_is(world: World) -> None:
    session = await confirmed(world, local_start=in_days(3))
    start = datetime.fromisoformat(session["local_start"])
    for at in (start + timedelta(hours=3), start + timedelta(days=2)):
        moved = await act(
            world.coordinator, session["id"], "move",
            {"local_start": at.isoformat(timespec="minutes"), "reason": "<b>The room</b>"},
        )  # fmt: skip
        assert moved.status_code == 200, moved.text
    await propose(world, local_start=in_days(9))
    page = await (await signed_in(world, "head_x")).get("/n/water-talks")
    assert page.text.count('<path class="moved"') == 1
    assert [text.partition(" moved from ")[0] for *_, text in rows(page)] == [
        f"{session['title']}, proposed", session["title"], "X / Agency: session 2, proposed",
    ]  # fmt: skip
    assert "<b>The room" not in page.text
