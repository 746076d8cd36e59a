"""The schedule: by day and by week, for whoever looks."""

import re
from datetime import timedelta
from html import unescape

import pytest
from browsing import TO_SIGN_IN, told
from caucuses.privately import TAKEN, Private, make_talks
from factories import NEG, World, act, confirmed, plenary_body, propose, signed_in
from filling import CANARY
from scheduled import HERE, WEEK, at, by_day, look, plain, week_of
from test_pages_overview import Queries

from negotiations.civil import day, local_date, long_day

OTHERS = ("coordinator", "note_taker", "agency_head", "head_y")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("coordinator", "200"), ("note_taker", "200"), ("agency_head", "200"),
        ("agency_delegate", "200"), ("head_x", "200"), ("delegate_x", "200"),
        ("party_note_taker_x", "200"), ("delegate_y", "200"), ("administrator", "200"),
        ("former_delegate_x", "404"), ("coordinator_elsewhere", "404"),
    ],
)  # fmt: skip
async def test_the_page_is_there_for_who_takes_part(world: World, name: str, expected: str) -> None:
    await propose(world, title="Words of X")
    assert [told(await look(world, name, query)) for query in ("", f"?week={WEEK}")] == [
        expected, expected,
    ]  # fmt: skip
    browser = await signed_in(world, name)
    unknown = await browser.get("/n/no-talks/schedule")
    assert unknown.status_code == 404
    if expected == "404":
        assert (await browser.get(HERE)).content == unknown.content
    assert told(await world.nobody.get(HERE)) == TO_SIGN_IN


async def test_the_list_tells_day_time_session_table_place_and_state(world: World) -> None:
    mine = await confirmed(world, local_start=at(1), room="Room 2")
    await propose(world, local_start=at(1, 9), jurisdiction="y", tz="America/New_York",
                  title="Opening", conference_url="https://meet.example.org/y")  # fmt: skip
    off = await confirmed(world, local_start=at(2), location="Annex")
    assert (await act(world.coordinator, off["id"], "cancel", {"reason": "Flood"})).is_success
    late = await propose(world, local_start=at(3))
    assert (await act(world.coordinator, late["id"], "postpone", {"reason": "Snow"})).is_success
    tuesday, wednesday = (f"{one} Nov 2049 New session on {one} Nov 2049"
                          for one in ("Tue 2", "Wed 3"))  # fmt: skip
    page = await look(world, "coordinator")
    assert by_day(page) == {
        tuesday: [
            ["09:00 to 11:00 EDT (New York) 2049-11-02 13:00 UTC", "Opening session 1",
             "Y County", "City Hall by link", "proposed Move Opening"],
            ["10:00 to 12:00 PDT (Los Angeles) 13:00 EDT your time 2049-11-02 17:00 UTC",
             "X / Agency: session 1", "X County", "Room 2, City Hall",
             "confirmed Move X / Agency: session 1"],
        ],
        wednesday: [
            ["10:00 to 12:00 PDT (Los Angeles) 13:00 EDT your time 2049-11-03 17:00 UTC",
             "X / Agency: session 2", "X County", "Annex", "cancelled"],
        ],
    }  # fmt: skip
    assert f'<s><a href="/s/{off["id"]}">' in page.text
    assert page.text.count("<s>") == 1
    assert f'<a class="offer" href="/s/{mine["id"]}/move">' in page.text
    assert "each day by its venue’s calendar" in page.text
    undated = page.text.split("<h2>Without a date</h2>")[1].split("</ul>")[0]
    assert plain(undated) == (
        "Postponed: each waits for another time. X / Agency: session 3 postponed Give it a time "
        "X / Agency: session 3 Agency and X County · it was to be Thu 4 Nov 2049, "
        "10:00 to 12:00 PDT (Los Angeles) · 13:00 EDT your time"
    )
    assert f'href="/s/{late["id"]}/reinstate"' in undated
    assert "<h2>Without a date</h2>" not in (await look(world, "delegate_y")).text


async def test_each_side_sees_its_own_and_is_told_nothing_of_another_table(world: World) -> None:
    x = await confirmed(world, local_start=at(1), title="Words of X")
    # One hour and a half later, with the agency's same team: too close for the agency alone.
    y = await propose(world, local_start=at(1, 15), jurisdiction="y", title="Words of Y",
                      tz="America/New_York", room="R")  # fmt: skip
    assert y["warnings"]
    seen = {}
    for name in ("coordinator", "note_taker", "agency_delegate", "head_x", "delegate_x",
                 "delegate_y", "administrator"):  # fmt: skip
        texts = [(await look(world, name, one)).text for one in ("", f"?week={WEEK}", "?times=utc")]
        found = [
            (x["id"] in text, y["id"] in text, "Too close" in text, "/move" in text,
             "/sessions/new" in text) for text in texts
        ]  # fmt: skip
        assert len(set(found)) == 1, (name, found)
        seen[name] = found[0]
        if name.endswith("_x"):
            assert not [one for one in texts if "Words of Y" in one or "Y County" in one]
        if name.endswith("_y"):
            assert not [one for one in texts if "Words of X" in one or "X County" in one]
    assert seen == {
        "coordinator": (True, True, True, True, True),
        "note_taker": (True, True, True, False, False),
        "agency_delegate": (True, True, True, False, False),
        "head_x": (True, False, False, True, False),
        "delegate_x": (True, False, False, False, False),
        "delegate_y": (False, True, False, False, False),
        "administrator": (False, False, False, False, False),
    }
    before = (await look(world, "delegate_y", f"?week={WEEK}")).content
    assert (await act(world.coordinator, x["id"], "cancel", {"reason": "r"})).is_success
    assert (await look(world, "delegate_y", f"?week={WEEK}")).content == before


async def test_what_stands_in_the_way_is_named_with_a_word_and_a_link(world: World) -> None:
    a = await propose(world, local_start=at(1, 10), title="First")
    b = await propose(world, local_start=at(1, 12), title="Second", jurisdiction="y",
                      location="Court")  # fmt: skip
    team = {"party": "agency", "name": "B"}
    made = await world.coordinator.post(f"{NEG}/teams", json=team)
    room = {"location": "Town hall", "room": "Blue"}
    c = await propose(world, local_start=at(2), title="Third", **room)
    d = await propose(world, local_start=at(2, 11), title="Fourth", jurisdiction="y", **room,
                      teams=[made.json()["id"]])  # fmt: skip
    await propose(world, local_start=at(4), title="Fifth")

    def told_of(text: str) -> list[tuple[str, str]]:
        found = re.findall(r'<p class="clash">(.*?)</p>', text, re.DOTALL)
        return [(re.findall(r"/s/(\w+)", one)[0], plain(one)) for one in found]

    close, over = "Too close to {} (Agency's team)", "Clash: overlaps {} (the room)"
    assert told_of((await look(world, "coordinator")).text) == [
        (b["id"], close.format("Second")), (a["id"], close.format("First")),
        (d["id"], over.format("Fourth")), (c["id"], over.format("Third")),
    ]  # fmt: skip
    # Where only one of them is listed, it is told of all the same.
    assert told_of((await look(world, "coordinator", "?track=y")).text) == [
        (a["id"], close.format("First")), (c["id"], over.format("Third")),
    ]  # fmt: skip
    assert told_of((await look(world, "delegate_x")).text) == []
    plenary = plenary_body(local_start=at(4, 12), title="All")
    assert (await world.coordinator.post(f"{NEG}/sessions", json=plenary)).status_code == 201
    [first, second] = told_of((await look(world, "delegate_x")).text)
    assert first[1] in ("Too close to All (Agency's team and X's team)",
                        "Too close to All (X's team and Agency's team)")  # fmt: skip
    assert second[1].startswith("Too close to Fifth")


async def test_a_week_is_a_table_of_tables_by_days(world: World) -> None:
    await propose(world, local_start=at(1), title="Opening")
    await propose(world, local_start=at(1, 14), title="After noon")
    await propose(world, local_start=at(7), title="The week after")
    every = ("agency", "x", "y")
    plenary = plenary_body(*every, local_start=at(5), title="All")
    assert (await world.coordinator.post(f"{NEG}/sessions", json=plenary)).status_code == 201
    page = await look(world, "coordinator", f"?week={WEEK}")
    head, *rows = week_of(page)
    names = ["Mon 1", "Tue 2", "Wed 3", "Thu 4", "Fri 5", "Sat 6"]
    assert head == ["With", *(f"{one} Nov New session on {one} Nov 2049" for one in names)]
    slot = "{} PDT (Los Angeles) {} EDT your time 2049-11-0{} UTC {} proposed Move {} City Hall"
    x = [
        slot.format("10:00 to 12:00", "13:00", "2 17:00", "Opening session 1", "Opening"),
        slot.format("14:00 to 16:00", "17:00", "2 21:00", "After noon session 2", "After noon"),
    ]
    all_ = slot.format("10:00 to 12:00", "13:00", "6 17:00", "All session 1", "All")
    assert rows == [
        ["X County", "", " ".join(x), "", "", "", ""],
        ["Plenary", "", "", "", "", "", all_],
    ]
    assert "<caption>Mon 1 Nov 2049 to Sun 7 Nov 2049, each day by its venue’s calendar" in (
        page.text
    )
    assert 'tabindex="0" role="region" aria-label="The week as a table"' in page.text
    assert page.text.count('<th scope="row">') == 2
    assert page.text.count('<th scope="col">') == 7 + 5  # of the table, and of the list beside it
    assert "Nothing in this week: Y County" in page.text
    # The same on a narrow screen, under its days.
    assert [name[:15] for name in by_day(page)] == ["Tue 2 Nov 2049 ", "Sat 6 Nov 2049 "]
    assert sum(map(len, by_day(page).values())) == 3
    assert list(by_day(await look(world, "head_x", f"?week={WEEK}"))) == [
        "Tue 2 Nov 2049", "Sat 6 Nov 2049",
    ]  # fmt: skip


async def test_weeks_lead_to_one_another_and_an_empty_one_to_the_nearest(world: World) -> None:
    await propose(world, local_start=at(1))
    await propose(world, local_start=at(21))
    browser = await signed_in(world, "delegate_x")

    async def links(query: str) -> dict[str, str]:
        text = (await browser.get(HERE + query)).text
        found = re.findall(r'href="[^"]*/schedule\?([^"]*week=[^"]*)">([^<]*)<', text)
        others = ("times=", "Show all")
        return {
            plain(label): unescape(where)
            for where, label in found
            if not any(one in where or one in label for one in others)
        }

    assert await links(f"?week={WEEK}&state=proposed") == {
        "Earlier: week 43 of 2049": "state=proposed&week=2049-W43",
        "Later: week 45 of 2049": "state=proposed&week=2049-W45",
    }
    empty = (await browser.get(f"{HERE}?week=2049-W45")).text
    assert "Nothing in this week (Mon 8 Nov 2049 to Sun 14 Nov 2049, each day by" in empty
    assert await links("?week=2049-W45") == {
        "Earlier: week 44 of 2049": "week=2049-W44",
        "Later: week 46 of 2049": "week=2049-W46",
        "week 44 of 2049": "week=2049-W44",
        "week 47 of 2049": "week=2049-W47",
    }
    assert await links("?week=2053-W01") == {
        "Earlier: week 48 of 2049": "week=2049-W48",
        "week 47 of 2049": "week=2049-W47",
    }
    assert "Nor in any other." in (await browser.get(f"{HERE}?week={WEEK}&state=held")).text
    assert await links("") == {"Week": "week=2049-W44"}  # the next with something in it
    by_date = await browser.get(f"{HERE}?week=2049-11-07")
    assert by_date.text.count("week 44 of 2049") == 1
    assert week_of(by_date) == week_of(await browser.get(f"{HERE}?week={WEEK}"))
    assert week_of(await browser.get(f"{HERE}?week=2049-W45")) == []
    # A coordinator finds where to begin.
    offer = plain((await look(world, "coordinator", "?week=2049-W45")).text)
    assert "New session on Mon 8 Nov · Tue 9 Nov · Wed 10 Nov · Thu 11 Nov · Fri 12 Nov" in offer
    assert "New session" not in empty


async def test_a_week_that_crosses_a_clock_change_says_so_for_each_zone(world: World) -> None:
    await propose(world, local_start=at(1))
    changed = (
        "Clocks change on Sun 7 Nov 2049: in New York from 02:00 EDT back to 01:00 EST; in Los "
        "Angeles from 02:00 PDT back to 01:00 PST. Sessions keep the local time that was agreed."
    )
    for name in ("coordinator", "delegate_x"):
        for query, told_ in (
            (f"?week={WEEK}", True), ("?week=2049-W43", False), ("?week=2049-W45", False),
            ("?from=2049-11-07&to=2049-11-07", True), ("?to=2049-11-06", False),
        ):  # fmt: skip
            page = await look(world, name, query)
            notes = re.findall(r'<p class="note warning">(.*?)</p>', page.text, re.DOTALL)
            assert [plain(one) for one in notes] == [changed] * told_, (name, query)
    # Y hears of its own clock alone.
    page = plain((await look(world, "delegate_y", f"?week={WEEK}")).text)
    assert "in New York from 02:00 EDT back to 01:00 EST. Sessions keep" in page


async def test_what_people_wrote_is_shown_as_text(world: World) -> None:
    await propose(world, local_start=at(1), title=CANARY, location=CANARY, room=CANARY)
    await propose(world, local_start=at(1, 12), title=CANARY, location=CANARY, room=CANARY)
    for query in ("", f"?week={WEEK}"):
        text = (await look(world, "coordinator", query)).text
        assert ("<script>alert" in text, text.count("&lt;script&gt;alert") > 8) == (False, True)


async def test_holidays_and_today_are_marked(world: World) -> None:
    world.clock.at = world.clock.at.replace(hour=18)  # the same day in New York and Los Angeles
    talks = (await world.coordinator.get(NEG)).headers["etag"]
    changed = await world.coordinator.patch(
        NEG, json={"holidays": [at(1)[:10]]}, headers={"If-Match": talks}
    )
    assert changed.status_code == 200, changed.text
    await propose(world, local_start=at(1))
    page = await look(world, "delegate_x", f"?week={WEEK}")
    names = ["Mon 1 Nov", "Tue 2 Nov holiday", "Wed 3 Nov", "Thu 4 Nov", "Fri 5 Nov"]
    assert week_of(page)[0] == ["With", *names]
    assert list(by_day(page)) == ["Tue 2 Nov 2049, holiday"]
    assert list(by_day(await look(world, "delegate_x"))) == ["Tue 2 Nov 2049, holiday"]
    assert "today" not in page.text
    today = local_date(world.clock.now(), "America/New_York")
    await propose(world, local_start=f"{today}T10:00", tz="America/New_York")
    page = await look(world, "delegate_x", f"?week={today}")
    assert f"{day(today)}, today" in week_of(page)[0]
    assert list(by_day(page)) == [f"{long_day(today)}, today"]
    assert f'<a class="more" href="#d-{today}">' not in page.text
    await propose(world, local_start=f"{today - timedelta(days=1)}T10:00", tz="America/New_York")
    assert f'href="#d-{today}">To what lies ahead' in (await look(world, "delegate_x")).text


async def test_a_caucus_session_has_a_row_of_its_own_for_its_members_alone(world: World) -> None:
    await make_talks(world)
    before = {name: (await look(world, name, f"?week={TAKEN[:10]}")).content for name in OTHERS}
    caucus = Private(world, "schedule")
    await caucus.start()
    page = await look(world, "delegate_x", f"?week={TAKEN[:10]}")
    [row] = week_of(page)[1:]
    assert "Hush" in row[0]
    assert "Hush" in page.text.replace(row[0], "")
    [[row]] = by_day(page).values()
    assert row[2] == "caucus, only X"
    after = {name: (await look(world, name, f"?week={TAKEN[:10]}")).content for name in OTHERS}
    assert after == before


async def test_the_page_asks_the_database_as_often_for_thirty_sessions_as_for_one(
    world: World,
) -> None:
    browsers = [await signed_in(world, name) for name in ("coordinator", "delegate_x")]

    async def counted() -> list[int]:
        found = []
        for browser in browsers:
            for query in ("", f"?week={WEEK}", "?track=x&state=proposed&from=2049-11-02"):
                with Queries() as queries:
                    assert (await browser.get(HERE + query)).status_code == 200
                found.append(queries.count)
        return found

    await propose(world, local_start=at(1))
    few = await counted()
    for number in range(10):
        await propose(world, local_start=at(number + 2), jurisdiction="xy"[number % 2])
    assert await counted() == few
    assert max(few) < 25
