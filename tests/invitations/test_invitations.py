"""Invitations: to whom, when, and what calendar programs are told."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from counting import counted
from factories import NEG, World, act, confirmed, in_days, propose, send_form, signed_in
from invitations.inviting import (
    WHEN,
    able,
    calendar,
    choose,
    first_invitation,
    invited,
    lines,
    message,
    move,
    rsvp_of,
    to,
    wanting,
)
from mail.post import AT_X, Box, later, look
from sqlmodel import col, select

from negotiations.invitations.looking import MOST_IN_AN_HOUR, Looking
from negotiations.mail.encoding import Letter
from negotiations.mail.sending import Deliver, Undelivered
from negotiations.models import EventBytes, Invitation, Mail
from negotiations.models.feeds import EventAudience

SAME = (
    "UID",
    "SEQUENCE",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "LOCATION",
    "DESCRIPTION",
    "LAST-MODIFIED",
)


async def stored(world: World, session: str, audience: str = "track") -> str:
    """The event of a session as the feeds of this audience have it, its lines unfolded."""
    async with world.database.read() as db:
        rows = await db.exec(
            select(EventBytes.body).where(
                col(EventBytes.object_id) == session,
                col(EventBytes.audience) == EventAudience(audience),
            )
        )
        return rows.one().decode().replace("\r\n ", "").replace("\r\n", "\n")


async def test_nobody_is_invited_who_has_not_asked_for_it(world: World) -> None:
    able(world)
    await confirmed(world, local_start=WHEN)
    letters = await later(world, Box())
    assert to(letters) and invited(letters) == []
    me = (await world.head_x.get("/api/v1/me")).json()
    assert me["invitations"] is False


async def test_an_invitation_is_the_event_of_ones_own_feed(world: World) -> None:
    session, letter = await first_invitation(world)
    told, feed = calendar(letter), await stored(world, session)
    for name in SAME:
        [line] = [one for one in feed.splitlines() if one.startswith((f"{name}:", f"{name};"))]
        assert line in told.splitlines()
    assert told.startswith("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:")
    assert "\nMETHOD:REQUEST\nBEGIN:VTIMEZONE\nTZID:America/Los_Angeles\n" in told
    assert told.count("BEGIN:VEVENT") == told.count("ATTENDEE") == told.count("ORGANIZER") == 1
    sender = letter.text.calendar.sender if letter.text.calendar else ""
    assert lines(letter, "ORGANIZER", "ATTENDEE") == {
        "ORGANIZER": f";CN=water-talks:mailto:{sender}",
        "ATTENDEE": ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
        ';CN="The head_x":mailto:head_x@example.org',
    }
    name, _, domain = sender.partition("@")
    assert (name[:6], domain, len(name)) == ("reply+", "talks.example", 48)


async def test_the_mail_is_one_message_of_three_forms_the_calendar_last(world: World) -> None:
    _, letter = await first_invitation(world)
    mail = message(letter)
    sender = letter.text.calendar.sender if letter.text.calendar else ""
    assert mail.keys() == [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    ]  # fmt: skip
    assert (mail["From"], mail["To"]) == (f"water-talks <{sender}>", "head_x@example.org")
    assert mail["Subject"] == "[water-talks] Invitation: X / Agency: session 1"
    assert mail.get_content_type() == "multipart/alternative"
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == [
        "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    assert dict(parts[-1]["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    assert parts[-1].keys() == ["Content-Transfer-Encoding", "Content-Type"]
    assert parts[-1].get_content().replace("\r\n ", "").replace("\r\n", "\n") == calendar(letter)


async def test_what_people_read_is_in_plain_words_with_both_clocks(world: World) -> None:
    session, _ = await first_invitation(world)
    await choose(world, "agency_head", invitations=True)
    [letter] = invited(await later(world, Box(), 40))
    token = letter.text.body.partition("/answer/")[2].split()[0]
    assert (
        letter.text.body
        == f"""\
Water Talks

X / Agency: session 1
  Tue 5 Nov 2030, 10:00 to 12:00 PST (Los Angeles) · 13:00 EST your time
  Place: City Hall
  Status: confirmed
  http://testserver/s/{session}

Answer in your calendar program, or here without signing in:
http://testserver/answer/{token}

You chose to be invited by mail. If you subscribe to the calendar as well, a session that
you accept is shown twice. To choose one of the two:
http://testserver/me
"""
    )


async def test_a_move_is_an_update_and_a_cancellation_goes_at_once(world: World) -> None:
    session, first = await first_invitation(world)
    await move(world, session, "2030-11-06T20:00")
    await look(world, box := Box())
    world.clock.forward(seconds=9)
    await look(world, box)
    assert invited(box.letters) == []  # nine seconds of quiet
    [moved] = invited(await later(world, box, 1))
    assert moved.text.subject == "[water-talks] Changed: X / Agency: session 1"
    assert "Moved\n    from: Tue 5 Nov 2030, 10:00 PST\n    to: Wed 6 Nov" in moved.text.body
    before, after = (lines(one, "UID", "SEQUENCE", "ORGANIZER") for one in (first, moved))
    assert after == {**before, "SEQUENCE": str(int(before["SEQUENCE"]) + 1)}
    assert "METHOD:REQUEST" in calendar(moved)
    answer = await act(world.coordinator, session, "cancel", {"reason": "Off"})
    assert answer.status_code == 200, answer.text
    [cancelled] = invited(await later(world, Box(), 0))
    assert cancelled.text.subject == "[water-talks] Cancelled: X / Agency: session 1"
    assert "METHOD:CANCEL" in calendar(cancelled)
    told = lines(cancelled, "UID", "SEQUENCE", "STATUS", "ORGANIZER")
    assert told == {**after, "SEQUENCE": str(int(after["SEQUENCE"]) + 1), "STATUS": "CANCELLED"}
    feed = await stored(world, session)
    assert f"SEQUENCE:{told['SEQUENCE']}\n" in feed
    for _ in range(3):
        assert invited(await later(world, Box(), 40)) == []


async def test_changes_of_one_burst_come_in_one_mail(world: World) -> None:
    session, _ = await first_invitation(world)
    box = Box()
    for hour in (11, 12, 13, 14, 15, 16, 17, 18):
        await move(world, session, f"2030-11-06T{hour}:00", f"To {hour}")
        await look(world, box)
        world.clock.forward(seconds=8)
        await look(world, box)
    [letter] = invited(box.letters)  # a minute after the first
    assert letter.text.body.count("Moved") == 8
    assert lines(letter, "DTSTART")["DTSTART"] == ";TZID=America/Los_Angeles:20301106T180000"
    assert invited(await later(world, Box(), 40)) == []


async def test_who_is_invited_is_told_of_it_once(world: World) -> None:
    """Not by the mail of changes as well, which others get."""
    session, _ = await first_invitation(world)
    await move(world, session, "2030-11-06T20:00")
    letters = await later(world, Box())
    assert sorted(to(letters)) == sorted(AT_X)
    assert to(invited(letters)) == ["head_x"]
    await act(world.coordinator, session, "cancel", {"reason": "Off"})
    letters = await later(world, Box(), 0)
    assert sorted(to(letters)) == sorted(AT_X)


async def test_what_is_proposed_invites_nobody_and_postponed_takes_it_back(world: World) -> None:
    await wanting(world, "head_x")
    session = (await propose(world, local_start=WHEN))["id"]
    assert invited(await later(world, Box(), 40)) == []
    for client in (world.head_x, world.agency_head):
        await act(client, session, "accept")
    await act(world.coordinator, session, "confirm")
    [letter] = invited(await later(world, Box()))
    await act(world.coordinator, session, "postpone", {"reason": "Flood"})
    [postponed] = invited(await later(world, Box(), 0))
    assert "METHOD:CANCEL" in calendar(postponed)
    assert postponed.text.subject == "[water-talks] Postponed: X / Agency: session 1"
    back = {"local_start": "2030-11-20T10:00", "local_end": "2030-11-20T12:00"}
    answer = await act(world.coordinator, session, "reinstate", back)
    assert answer.status_code == 200, answer.text
    assert invited(await later(world, Box(), 40)) == []
    for client in (world.head_x, world.agency_head):
        await act(client, session, "accept")
    await act(world.coordinator, session, "confirm")
    [again] = invited(await later(world, Box()))
    assert again.text.subject == "[water-talks] Invitation: X / Agency: session 1"
    told = [int(lines(one, "SEQUENCE")["SEQUENCE"]) for one in (letter, postponed, again)]
    assert told == sorted(set(told))
    assert lines(again, "UID", "ORGANIZER") == lines(letter, "UID", "ORGANIZER")


async def test_who_leaves_gets_it_taken_back_and_nothing_else(world: World) -> None:
    session, first = await first_invitation(world, "delegate_x")
    answer = await act(world.coordinator, session, "relocate", {"location": "There", "reason": "-"})
    assert answer.status_code == 200, answer.text
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one for one in listed if one["person"] == world.people["delegate_x"])
    path = f"{NEG}/memberships/{seat['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    await world.coordinator.delete(path, headers={"If-Match": tag})
    [taken] = invited(await later(world, Box(), 0))
    assert taken.to == "delegate_x@example.org"
    told = calendar(taken)
    assert "METHOD:CANCEL" in told and "There" not in told + taken.text.body
    before = lines(first, "UID", "SEQUENCE")
    assert lines(taken, "UID", "SEQUENCE", "STATUS") == {
        "UID": before["UID"], "SEQUENCE": str(int(before["SEQUENCE"]) + 1), "STATUS": "CANCELLED",
    }  # fmt: skip
    assert taken.text.subject == "[water-talks] You are not expected any more"
    assert "session 1" not in taken.text.body + told
    assert invited(await later(world, Box(), 40)) == []


async def test_who_wants_the_feed_only_gets_them_taken_back(
    world: World,
) -> None:
    session, first = await first_invitation(world)
    await choose(world, "head_x", invitations=False)
    [taken] = invited(await later(world, Box(), 0))
    assert "METHOD:CANCEL" in calendar(taken)
    assert taken.text.subject == "[water-talks] In your subscription only: X / Agency: session 1"
    assert "The\nsession takes place." in taken.text.body
    await choose(world, "head_x", invitations=True)
    [again] = invited(await later(world, Box()))
    assert "METHOD:REQUEST" in calendar(again)
    stated = [lines(one, "SEQUENCE", "DTSTAMP") for one in (first, taken, again)]
    order = [(int(one["SEQUENCE"]), one["DTSTAMP"]) for one in stated]
    assert order == sorted(set(order))
    # RFC 5546 §2.1.4: from CANCELLED back to CONFIRMED is a change of STATUS.
    assert [number - order[0][0] for number, _ in order] == [0, 1, 2]
    await move(world, session, "2030-11-06T20:00")
    [moved] = invited(await later(world, Box()))
    assert int(lines(moved, "SEQUENCE")["SEQUENCE"]) == order[-1][0] + 1


async def test_a_new_mail_address_is_invited_anew_and_its_answers_have_an_address_of_their_own(
    world: World,
) -> None:
    _, first = await first_invitation(world)
    path = f"{NEG}/people/{world.people['head_x']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    answer = await world.coordinator.patch(
        path, json={"email": "new@example.org"}, headers={"If-Match": tag}
    )
    assert answer.status_code == 200, answer.text
    [again] = invited(await later(world, Box()))
    assert again.to == "new@example.org"
    assert lines(again, "UID", "SEQUENCE") == lines(first, "UID", "SEQUENCE")
    assert lines(again, "ORGANIZER") != lines(first, "ORGANIZER")


async def test_no_mail_says_how_one_comes_in(world: World) -> None:
    await wanting(world, "head_x")
    secrets = {
        "conference_url": "https://meet.example/secret-room",
        "access_note": "Code 4711\nAsk for Jo\\e, at the; door",
    }
    session = (await confirmed(world, local_start=WHEN, location=None, **secrets))["id"]
    [letter] = invited(await later(world, Box()))
    feed = await stored(world, session)
    assert "4711" in feed and "secret-room" in feed
    whole = calendar(letter) + letter.text.body + message(letter).as_string()
    for word in ("4711", "Ask for", "secret-room", "CONFERENCE"):
        assert word not in whole
    assert "Agenda:\\n1. Water rights" in calendar(letter)


async def test_of_the_secretariat_those_are_invited_whom_a_session_names(world: World) -> None:
    await wanting(world, "coordinator", "note_taker")
    session = await confirmed(world, local_start=WHEN)
    assert to(invited(await later(world, Box()))) == ["note_taker"]
    path = f"/api/v1/sessions/{session['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    named = {"chair": world.people["coordinator"]}
    answer = await world.coordinator.patch(path, json=named, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    box = Box()
    letters = [*await later(world, box, 31), *await later(world, box, 31)]
    told = {one.to.partition("@")[0]: calendar(one) for one in invited(letters)}
    assert sorted(told) == ["coordinator", "note_taker"]
    assert "METHOD:REQUEST" in told["coordinator"] and "ROLE=CHAIR" in told["coordinator"]
    assert "METHOD:CANCEL" in told["note_taker"]


async def test_where_one_of_a_side_chairs_the_secretariats_note_takers_are_invited(
    world: World,
) -> None:
    await wanting(world, "coordinator", "note_taker")
    session = await confirmed(world, local_start=WHEN, chair=world.people["agency_head"])
    [letter] = invited(await later(world, Box()))
    assert to([letter]) == ["note_taker"]
    [path] = set(re.findall(r"http://testserver(/answer/[a-z2-7]{58})", letter.text.body))
    answer = await world.nobody.post(path, data={"answer": "accepted"})
    assert answer.status_code == 303
    assert await rsvp_of(world, session["id"], "note_taker") == ("accepted", "link")


async def test_nobody_gets_more_than_so_many_in_an_hour_and_none_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("negotiations.invitations.looking.MOST_IN_AN_HOUR", 2)
    assert MOST_IN_AN_HOUR == 60
    await wanting(world, "head_x")
    for day in range(5, 8):
        await confirmed(world, local_start=f"2030-11-0{day}T10:00")
    box = Box()
    assert len(invited(await later(world, box, 40))) == 2
    assert invited(await later(world, box, 3000)) == []
    assert len(invited([*await later(world, box, 700), *await later(world, box, 40)])) == 1
    assert invited(await later(world, box, 4000)) == []


async def test_one_that_could_not_be_sent_is_drawn_anew_when_it_goes(world: World) -> None:
    await wanting(world, "head_x")
    session = (await confirmed(world, local_start=WHEN))["id"]
    box = Box(down=True)
    await later(world, box)
    for _ in AT_X:
        await look(world, box)
    await move(world, session, "2030-11-06T20:00")
    await look(world, box)
    box.down = False
    world.clock.forward(seconds=120)
    letters = [*await later(world, box), *await later(world, box, 40)]
    [letter] = invited(letters)
    assert lines(letter, "DTSTART")["DTSTART"] == ";TZID=America/Los_Angeles:20301106T200000"
    assert letter.text.subject == "[water-talks] Invitation: X / Agency: session 1"
    async with world.database.read() as db:
        mails = (await db.exec(select(Mail).where(col(Mail.kind) == "scheduling"))).all()
        rows = (await db.exec(select(Invitation))).all()
    assert [one.tries for one in mails] == [2]
    assert letter.message_id == f"<{mails[0].id}@testserver>"
    assert [(one.sequence, one.mail_id) for one in rows] == [(2, mails[0].id)]


async def test_what_is_over_is_told_of_no_more(world: World) -> None:
    await wanting(world, "head_x")
    session = (await confirmed(world, local_start=in_days(10)))["id"]
    assert len(invited(await later(world, Box()))) == 1
    async with world.database.read() as db:
        [row] = (await db.exec(select(Invitation))).all()
    world.clock.at = row.ends_at + timedelta(seconds=1)
    await choose(world, "head_x", invitations=False)
    assert invited(await later(world, Box(), 40)) == []
    assert session == row.session_id


async def test_without_an_address_for_answers_nobody_can_choose_them(world: World) -> None:
    tag = (await world.head_x.get("/api/v1/me")).headers["etag"]
    answer = await world.head_x.patch(
        "/api/v1/me", json={"invitations": True}, headers={"If-Match": tag}
    )
    assert answer.status_code == 422
    assert "NEGOTIATIONS_REPLY_ADDRESS" in answer.text
    browser = await signed_in(world, "head_x")
    page = (await browser.get("/me")).text
    assert "This service sends no invitations" in page and 'name="invitations"' not in page


async def test_one_chooses_them_on_ones_page_and_reads_what_both_mean(world: World) -> None:
    able(world)
    browser = await signed_in(world, "head_x")
    page = (await browser.get("/me")).text
    assert 'name="invitations" value="true">' in page
    assert "each session that you accept is shown twice" in page
    base = page.partition('name="base" value="')[2].partition('"')[0]
    answer = await send_form(browser, "/me", base=base, by_mail="true", invitations="true")
    assert answer.status_code == 303, answer.text
    assert 'name="invitations" value="true" checked>' in (await browser.get("/me")).text


async def test_one_that_was_sent_and_not_marked_goes_again_as_it_was(world: World) -> None:
    """A crash between the mail server's yes and the mark: the same message under the same id."""
    session, _ = await first_invitation(world)
    await move(world, session, "2030-11-06T20:00")
    sent: list[Letter] = []

    class Dying(Box):
        @asynccontextmanager
        async def open(self) -> AsyncIterator[Deliver]:
            async def deliver(letter: Letter) -> None:
                sent.append(letter)
                raise Undelivered("killed", for_all=False)

            yield deliver

    await later(world, Dying())
    world.clock.forward(seconds=61)
    await look(world, box := Box())
    [first] = invited(sent)
    [again] = invited(box.letters)
    assert (again.message_id, again.text) == (first.message_id, first.text)
    await choose(world, "head_x", invitations=False)
    sent.clear()
    await later(world, Dying(), 0)
    world.clock.forward(seconds=61)
    await look(world, box := Box())
    [first], [again] = invited(sent), invited(box.letters)
    assert (again.message_id, again.text) == (first.message_id, first.text)
    assert "METHOD:CANCEL" in calendar(again)


async def test_a_look_costs_one_query_where_nothing_has_changed(world: World) -> None:
    await first_invitation(world)
    looking = Looking(world.settings)
    with counted(world, of_ticks=True) as asked:

        def reads() -> int:
            return len([one for one in asked if one.startswith("SELECT")])

        assert await looking.look(world.database, world.clock) == 0
        first = reads()
        assert await looking.look(world.database, world.clock) == 0
        assert (first > 1, reads() - first) == (True, 1)
        await choose(world, "head_x", invitations=False)
        assert await looking.look(world.database, world.clock) == 1
        before = reads()
        world.clock.forward(seconds=31)
        await looking.look(world.database, world.clock)
        assert reads() - before > 1  # a chair, say, changes nothing that calendars show


async def test_two_processes_that_look_at_once_invite_once(world: World) -> None:
    await wanting(world, "head_x", "agency_head")
    await confirmed(world, local_start=WHEN)
    both = [Looking(world.settings).look(world.database, world.clock) for _ in range(2)]
    assert sorted(await asyncio.gather(*both)) == [0, 2]
    assert sorted(to(invited(await later(world, Box())))) == ["agency_head", "head_x"]


async def test_many_are_queued_a_part_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("negotiations.invitations.looking.MOST", 1)
    await wanting(world, "head_x", "agency_head")
    await confirmed(world, local_start=WHEN)
    looking = Looking(world.settings)
    assert [await looking.look(world.database, world.clock) for _ in range(3)] == [1, 1, 0]


async def test_a_head_is_asked_to_accept_for_their_side_by_their_invitation_too(
    world: World,
) -> None:
    """Who is told of a move by an invitation isn't told of it by the other mail."""
    session, _ = await first_invitation(world)
    await wanting(world, "delegate_x", "agency_head")
    invited(await later(world, Box()))
    body = {"local_start": "2030-11-07T10:00", "reason": "Rain"}
    answer = await act(world.agency_head, session, "move", body)
    assert answer.json()["status"] == "proposed", answer.text
    letters = {one.to.partition("@")[0]: one for one in invited(await later(world, Box()))}
    asked = "Your side hasn't accepted it yet: accept, decline or propose another time there."
    told = {name: asked in one.text.body for name, one in letters.items()}
    assert told == {"agency_head": False, "delegate_x": False, "head_x": True}
