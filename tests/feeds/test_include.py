"""`include=commitments,minutes` in a feed's address: calendar.md 38 and 39."""

from datetime import timedelta

import icalendar
from entries import ENTRY_READERS
from factories import NEG, World, act, in_days, plenary_body, propose, send_form, signed_in
from including import (
    ALL,
    AT_THE_TABLE,
    PUBLIC,
    change,
    commit,
    entries,
    feeds,
    held,
    timed,
    write_minutes,
)
from notes.rounds import circulate
from readers import READERS, events
from sqlmodel import select

from negotiations.models import EventBytes
from negotiations.models.feeds import EventAudience, EventComponent

DUE = "2030-01-31"


async def test_the_session_they_came_from_is_in_the_same_feed(world: World) -> None:
    """calendar.md 39: RELATED-TO names an event of the same body, whatever its options."""
    session = await held(world, "Done.", commitments=[{"owner": "agency", "text": "One"}])
    off = await propose(world, local_start=in_days(12))
    await commit(world, session=off["id"], text="Two")
    await commit(world, text="Three")
    plenary = await world.coordinator.post(
        f"{NEG}/sessions", json=plenary_body(local_start=in_days(14))
    )
    assert plenary.status_code == 201
    await commit(world, session=plenary.json()["id"], text="Four")
    await act(world.coordinator, off["id"], "cancel", {"reason": "No"})
    uids = {session["uid"], plenary.json()["uid"]}
    for query in (ALL, f"cancelled=hide&{ALL}"):
        for name, answer in (await feeds(world, query)).items():
            found = entries(answer.body, "VTODO") + entries(answer.body, "VJOURNAL")
            parents = {str(one["RELATED-TO"]) for one in found if "RELATED-TO" in one}
            assert parents <= set(events(answer.body)), name
            assert parents == (uids if name in AT_THE_TABLE else set()), name
            kinds = {one["RELATED-TO"].params["RELTYPE"] for one in found if "RELATED-TO" in one}
            assert kinds <= {"PARENT"}


async def test_what_was_dropped_is_left_out_where_that_is_wanted(world: World) -> None:
    """calendar.md 33, 38: it stays by default, as what was cancelled."""
    made = await commit(world)
    await change(world, made["id"], status="dropped")
    kept = await feeds(world, ALL)
    hidden = await feeds(world, f"cancelled=hide&{ALL}")
    for name in AT_THE_TABLE:
        assert [one["STATUS"] for one in entries(kept[name].body, "VTODO")] == ["CANCELLED"]
        assert entries(hidden[name].body, "VTODO") == []
        assert hidden[name].modified == kept[name].modified


async def test_alarms_are_for_sessions_alone(world: World) -> None:
    """calendar.md 37, 38."""
    session = await propose(world)
    await commit(world, session=session["id"], due_on=DUE)
    body = (await feeds(world, f"alarms=15&{ALL}"))["delegate_x"].body
    [todo] = entries(body, "VTODO")
    assert (todo.walk("VALARM"), body.count(b"BEGIN:VALARM")) == ([], 1)


async def test_every_reader_understands_to_dos_and_journals(world: World) -> None:
    """calendar.md 38, 39, 40: the five readers agree with what was meant, and on the events."""
    session = await held(world, "# Met; agreed,\n\nthat is: \\n \U0001f91d.")
    due = (world.clock.now() + timedelta(days=30)).date()
    first = await commit(world, session=session["id"], text="Say; so, too", due_on=f"{due}")
    await commit(world, owner="x", status="done", text="Read it")
    body = (await feeds(world, ALL))["coordinator"].body
    [said] = [one for one in entries(body, "VTODO") if "DUE" in one]
    at = f"http://testserver/n/water-talks/tracks/x#c-{first['id']}"
    day = (world.clock.now() - timedelta(days=1)).date()
    origin = f"X / Agency: session 1, {day:%a} {day.day} {day:%b}"
    words = f"Say; so, too\nBy: Agency\nState: open\nFrom: {origin}\nDetails: {at}"
    title = "X: Agency: Say; so, too"
    meant = ["VTODO", title, words, "NEEDS-ACTION", session["uid"], f"{due}"]
    read = {name: reader(body) for name, reader in ENTRY_READERS.items()}
    assert len(read["icalendar"]) == 3
    assert {name: found[str(said["UID"])] for name, found in read.items()} == dict.fromkeys(
        read, meant
    )
    for name, found in read.items():
        if name != "libical":  # which gives a backslash as it is written
            assert found == read["icalendar"], name
    plain = (await feeds(world))["coordinator"].body
    for name, reader in READERS.items():
        assert reader(timed(body)) == reader(timed(plain)), name


async def test_items_stand_in_one_order_and_each_under_one_uid(world: World) -> None:
    """calendar.md 11, 17: events, then journals, then to-dos, each by day; two reads are equal."""
    await held(world, "Done.")
    for day in (20, 5, 11):
        await commit(world, due_on=in_days(day)[:10], text=f"In {day}")
    first, again = await feeds(world, ALL), await feeds(world, ALL)
    assert first == again
    body = first["coordinator"].body
    kinds = [one.name for one in icalendar.Calendar.from_ical(body).subcomponents]
    assert kinds == ["VTIMEZONE", *["VEVENT"] * 2, "VJOURNAL", *["VTODO"] * 3]
    days = [one["DUE"].dt for one in entries(body, "VTODO")]
    assert days == sorted(days)
    uids = [str(one["UID"]) for one in icalendar.Calendar.from_ical(body).walk() if "UID" in one]
    assert len(uids) == len(set(uids)) == 6


async def test_very_long_minutes_end_with_where_the_rest_is(world: World) -> None:
    """calendar.md 7: 100 kB stay, a million characters are no reminder any more."""
    session = await held(world, "x" * 100_000)
    address = f"http://testserver/s/{session['id']}/summary"
    for text, shown, last in (("x", 100_000, "Details"), ("xx", 100_000, "All of it")):
        if text == "xx":
            await write_minutes(world, session["id"], "x" * 100_001)
        [journal] = entries((await feeds(world, ALL))["coordinator"].body, "VJOURNAL")
        words = str(journal["DESCRIPTION"])
        assert (words.count("x" * shown), words.endswith(f"{last}: {address}")) == (1, True)


async def test_minutes_of_a_plenary_are_read_by_who_takes_part_once_they_went_round(
    world: World,
) -> None:
    body = plenary_body(local_start=in_days(-1))
    made = await world.coordinator.post(f"{NEG}/sessions", json=body)
    session = made.json()
    for party in ("agency", "x", "y"):
        given = {"party": party, "how": "by mail"}
        answer = await act(world.coordinator, session["id"], "accept", given)
        assert answer.status_code == 200, answer.text
    assert (await act(world.coordinator, session["id"], "confirm")).status_code == 200
    outcomes = [{"issue": one, "value": "noted", "text": "So."} for one in ("1", "2")]
    await write_minutes(world, session["id"], "All met.", close="concluded", outcomes=outcomes)
    full = await feeds(world, ALL)
    told = {name for name, answer in full.items() if b"BEGIN:VJOURNAL" in answer.body}
    assert told == {"coordinator"}
    world.clock.forward(minutes=3)
    await circulate(world, f"/api/v1/sessions/{session['id']}/summary")
    later = await feeds(world, ALL)
    for name, answer in later.items():
        journals = entries(answer.body, "VJOURNAL")
        assert len(journals) == (name in {*AT_THE_TABLE, "delegate_y"}), name
        assert {str(one["RELATED-TO"]) for one in journals} <= {session["uid"]}
        if name in {*AT_THE_TABLE, "delegate_y"}:
            assert answer.modified != full[name].modified
            assert answer.etag != full[name].etag


async def test_the_page_makes_an_address_with_what_is_to_be_included(world: World) -> None:
    """calendar.md 38: the form says which programs take them."""
    browser = await signed_in(world, "coordinator")
    page = (await browser.get("/feeds")).text
    for words in ("Thunderbird keeps to-dos", "Google, Outlook, Nextcloud and ICSx5 show sessions"):
        assert words in page
    made = await send_form(browser, "/feeds", label="All", include="commitments,minutes")
    assert (made.status_code, f".ics?{ALL}" in made.text) == (201, True)
    wrong = await send_form(browser, "/feeds", label="All", include="secrets")
    assert (wrong.status_code, "can&#39;t be had" in wrong.text) == (422, True)


async def test_nothing_of_it_is_public_or_in_another_talks_calendar(world: World) -> None:
    """calendar.md 35, 38: the option is taken there as well, and adds nothing."""
    session = await held(world, "A secret word.")
    await commit(world, session=session["id"], text="A secret promise")
    plain, full = await feeds(world), await feeds(world, ALL)
    for name in (*PUBLIC, "delegate_y"):
        assert full[name] == plain[name]
    async with world.database.read() as db:
        rows = (await db.exec(select(EventBytes))).all()
        kinds = {(one.component, one.audience) for one in rows}
    public = {EventAudience.public, EventAudience.public_jurisdiction}
    assert {kind for kind, audience in kinds if audience in public} == {EventComponent.vevent}
