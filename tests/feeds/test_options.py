"""What a subscriber chose in the address: calendar.md 37, 38; wrong ones are told what is right."""

import html
import re
from datetime import timedelta

import pytest
from factories import World, act, confirmed, in_days, propose, send_form, signed_in
from readers import READERS, blocks, events, find_octet_faults

from negotiations.errors import BadRequest
from negotiations.feeds.options import RIGHT, Options, address, parse

PUBLIC = "/public/water-talks.ics"


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ([], Options()),
        ([("cancelled", "hide")], Options(cancelled=False)),
        ([("alarms", "60,15,60")], Options(alarms=(15, 60))),
        ([("alarms", "0"), ("cancelled", "hide")], Options(False, (0,))),
        ([("alarms", "1,2,3,4,40320")], Options(alarms=(1, 2, 3, 4, 40320))),
        ([("include", "minutes")], Options(include=("minutes",))),
        ([("include", "minutes,commitments")], Options(include=("commitments", "minutes"))),
        (
            [("include", "commitments"), ("alarms", "5"), ("cancelled", "hide")],
            Options(False, (5,), ("commitments",)),
        ),
    ],
)
def test_right_options_are_read_and_written_back(
    query: list[tuple[str, str]], options: Options
) -> None:
    assert parse(query) == options
    written = address("webcal://a.example/b.ics", options).partition("?")[2]
    pairs = [tuple(one.split("=")) for one in written.split("&") if one]
    assert parse(pairs) == options  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        [("cancelled", "show")],
        [("cancelled", "hide"), ("cancelled", "hide")],
        [("alarms", "")],
        [("alarms", "15,")],
        [("alarms", "-15")],
        [("alarms", "40321")],
        [("alarms", "1,2,3,4,5,6")],
        [("alarms", "\u0661")],
        [("include", "")],
        [("include", "minutes,")],
        [("include", "minutes,minutes")],
        [("include", "Minutes")],
        [("include", "vtodo")],
        [("include", "commitments minutes")],
        [("include", "minutes"), ("include", "commitments")],
        [("Alarms", "15")],
        [("utm_source", "mail\r\n")],
    ],
)
def test_wrong_options_are_told_the_right_ones(query: list[tuple[str, str]]) -> None:
    with pytest.raises(BadRequest) as told:
        parse(query)
    assert told.value.detail.endswith(RIGHT)
    assert "\n" not in told.value.detail


async def test_wrong_options_are_400_for_every_feed(world: World) -> None:
    for feed in (world.feeds["delegate_x"], PUBLIC, "/public/water-talks/x.ics"):
        answer = await world.nobody.get(f"{feed}?alarms=soon")
        assert (answer.status_code, answer.headers["content-type"]) == (
            400,
            "text/plain; charset=utf-8",
        )
        assert answer.text == f"'alarms=soon' can't be had. {RIGHT}\n"


async def test_cancelled_ones_are_left_out_where_that_is_wanted_and_the_date_tells(
    world: World,
) -> None:
    """calendar.md 33, 45: they stay by default; what leaves a feed moves its Last-Modified."""
    feed = world.feeds["delegate_x"]
    off, on = await propose(world), await propose(world, local_start=in_days(12))
    before = await world.nobody.get(f"{feed}?cancelled=hide")
    world.clock.forward(minutes=5)
    assert (
        await act(world.coordinator, off["id"], "cancel", {"reason": "Snow"})
    ).status_code == 200
    all_of_it = await world.nobody.get(feed)
    after = await world.nobody.get(f"{feed}?cancelled=hide")
    shown = set(blocks(before.content))
    assert set(blocks(after.content)) == shown - {off["uid"]}
    assert {off["uid"], on["uid"]} < set(blocks(all_of_it.content))
    assert after.headers["etag"] not in (before.headers["etag"], all_of_it.headers["etag"])
    since = {"If-Modified-Since": before.headers["last-modified"]}
    again = await world.nobody.get(f"{feed}?cancelled=hide", headers=since)
    assert (again.status_code, again.content) == (200, after.content)
    same = {"If-None-Match": after.headers["etag"]}
    assert (await world.nobody.get(f"{feed}?cancelled=hide", headers=same)).status_code == 304
    assert (await world.nobody.get(feed, headers=same)).status_code == 200


async def test_reminders_come_with_what_is_still_to_come_and_with_nothing_else(
    world: World,
) -> None:
    """calendar.md 33, 37: DISPLAY with a text and a negative TRIGGER; none without being asked."""
    feed, wanted = world.feeds["delegate_x"], "alarms=90,15,1440"
    held = await confirmed(world, local_start=in_days(-1), agenda=[{"title": "All"}])
    closing = {"close_kind": "concluded"}
    closed = await act(world.note_taker, held["id"], "close", closing)
    assert closed.status_code == 200, closed.text
    off = await propose(world, local_start=in_days(11))
    assert (
        await act(world.coordinator, off["id"], "cancel", {"reason": "Snow"})
    ).status_code == 200
    late = await confirmed(world, local_start=in_days(12))
    assert (
        await act(world.coordinator, late["id"], "postpone", {"reason": "Ice"})
    ).status_code == 200
    sure, maybe = await confirmed(world), await propose(world, local_start=in_days(15))
    plain, body = await world.nobody.get(feed), await world.nobody.get(f"{feed}?{wanted}")
    assert b"VALARM" not in plain.content
    assert find_octet_faults(body.content) == []
    found = {
        uid: [
            (str(one["ACTION"]), str(one["DESCRIPTION"]), one["TRIGGER"].dt)
            for one in event.walk("VALARM")
        ]
        for uid, event in events(body.content).items()
    }
    reminders = [
        ("DISPLAY", "Begins in 15 minutes", timedelta(minutes=-15)),
        ("DISPLAY", "Begins in 1 hour 30 minutes", timedelta(minutes=-90)),
        ("DISPLAY", "Begins in 1 day", timedelta(days=-1)),
    ]
    meant = {sure["uid"]: reminders, maybe["uid"]: reminders}
    assert found == {uid: meant.get(uid, []) for uid in events(plain.content)}
    for name, read in READERS.items():
        assert read(timed(body.content)) == read(timed(plain.content)), name
    world.clock.forward(days=700)
    assert (await world.nobody.get(f"{feed}?{wanted}")).content == body.content


def timed(body: bytes) -> bytes:
    """Without the window, whose days the readers here don't compare."""
    [window] = [one for one in blocks(body).values() if b"VALUE=DATE" in one]
    return body.replace(window, b"")


async def test_the_page_makes_the_address_with_what_was_chosen(world: World) -> None:
    browser = await signed_in(world, "delegate_x")
    made = await send_form(browser, "/feeds", label="Phone", alarms="60, 15", cancelled="hide")
    assert made.status_code == 201
    [shown] = re.findall(r'<code class="address">([^<]+)</code>', made.text)
    path = html.unescape(shown).removeprefix("http://testserver")
    assert path.partition(".ics")[2] == "?cancelled=hide&alarms=15,60"
    assert (await world.nobody.get(path)).status_code == 200
    wrong = await send_form(browser, "/feeds", label="Phone", alarms="soon", cancelled="hide")
    assert wrong.status_code == 422
    for kept in ('value="soon"', 'value="hide" selected', 'value="Phone"', "can&#39;t be had"):
        assert kept in wrong.text
    mine = (await world.delegate_x.get("/api/v1/feeds")).json()["items"]
    assert {one["label"] for one in mine} == {"Phone", "Mine"}
