"""Invitations by way of others' programs: a mail server, and libical's handling of RFC 5546."""

import os
import subprocess
import sys
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from factories import World, act, confirmed
from icalendar import Calendar as Icalendar
from invitations.inviting import KEY, REPLY, SERVICE, WHEN, move, rsvp_of, wanting
from invitations.libicalss import Calendar
from mail.post import AT_X, later
from mail.receiver import Receiver, receiving
from mail.test_sending import PAYLOADS
from sqlalchemy import text

from negotiations.mail.sending import Smtp

HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
    "Content-Type",
]  # fmt: skip


def of_calendar(receiver: Receiver, to: str = "head_x@example.org") -> tuple[EmailMessage, bytes]:
    """The one mail to them, and the calendar in it; then the receiver is empty."""
    listed = list(zip(receiver.taken, receiver.messages, strict=True))
    [(envelope, mail)] = [one for one in listed if one[0][1] == [to] and one[1].is_multipart()]
    receiver.taken.clear()
    assert envelope[0] == SERVICE
    part = list(mail.iter_parts())[-1]
    return mail, part.get_payload(decode=True)  # type: ignore[return-value]


def answering(mail: EmailMessage, calendar: bytes) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = mail["To"], mail["From"], "Accepted"
    made.set_content("I come.")
    made.add_attachment(
        calendar, maintype="text", subtype="calendar", disposition="inline",
        params={"method": "REPLY", "charset": "UTF-8"},
    )  # fmt: skip
    return made.as_bytes()


def command(world: World, mail: bytes, *words: str) -> "subprocess.CompletedProcess[bytes]":
    """`negotiations mail receive` in a process of its own, as a mail server runs it."""
    known = {
        "NEGOTIATIONS_DATABASE_URL": world.settings.database_url.replace("+aiosqlite", "").replace(
            "+psycopg", ""
        ),
        "NEGOTIATIONS_BASE_URL": "http://testserver", "NEGOTIATIONS_SECRET_KEY": KEY,
        "NEGOTIATIONS_REPLY_ADDRESS": REPLY,
    }  # fmt: skip
    return subprocess.run(
        (sys.executable, "-m", "negotiations", "mail", "receive", *words),
        input=mail, env={**os.environ, **known}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip


async def test_libical_stores_it_answers_and_removes_it(world: World, tmp_path: Path) -> None:
    await wanting(world, "head_x")
    session = (await confirmed(world, local_start=WHEN))["id"]
    theirs = Calendar(tmp_path / "calendar.ics", "head_x@example.org")
    with receiving() as receiver:
        post = Smtp(receiver.url, SERVICE)
        await later(world, post)
        mail, request = of_calendar(receiver)
        assert theirs.take(request) == "REQUEST-NEW"
        assert "SUMMARY:X / Agency: session 1" in theirs.text
        done = command(world, answering(mail, theirs.reply(request)))
        assert (done.returncode, done.stdout, done.stderr) == (0, b"Taken: accepted.\n", b"")
        assert await rsvp_of(world, session) == ("accepted", "mail")
        await move(world, session, "2030-11-06T20:00")
        await later(world, post)
        mail, moved = of_calendar(receiver)
        assert theirs.take(moved) in ("REQUEST-RESCHEDULE", "REQUEST-UPDATE")
        assert theirs.text.count("BEGIN:VEVENT") == 1 and "20301106T200000" in theirs.text
        assert theirs.take(request) == "OBSOLETE"
        world.clock.forward(days=1)
        done = command(world, answering(mail, theirs.reply(moved, accepts=False)))
        assert (done.returncode, done.stdout) == (0, b"Taken: declined.\n")
        assert await rsvp_of(world, session) == ("declined", "mail")
        await act(world.coordinator, session, "cancel", {"reason": "Off"})
        await later(world, post, 0)
        _, cancel = of_calendar(receiver)
        assert theirs.take(cancel) == "CANCEL-EVENT"
        assert "BEGIN:VEVENT" not in theirs.text


async def test_no_text_of_anybodys_adds_a_line_a_header_or_a_mail(world: World) -> None:
    assert len(PAYLOADS) == 40
    await wanting(world, "head_x")
    session = (await confirmed(world, local_start=WHEN))["id"]
    with receiving() as receiver:
        post = Smtp(receiver.url, SERVICE)
        await later(world, post)
        first = Icalendar.from_ical(of_calendar(receiver)[1]).events[0]
        for place, payload in enumerate(PAYLOADS):
            await _plant(world, payload)
            moved = {"location": f"Room {place} {payload[:20]!r}", "reason": "Larger"}
            answer = await act(world.coordinator, session, "relocate", moved)
            assert answer.status_code == 200, answer.text
            await _plant(world, payload)
            await later(world, post)
            assert sorted(to for _, [to], _ in receiver.taken) == sorted(
                f"{one}@example.org" for one in AT_X
            )
            mail, raw = of_calendar(receiver)
            _is_whole(mail, raw, first)


async def _plant(world: World, payload: str) -> None:
    async with world.database.write() as db:
        for statement in (
            "UPDATE session SET title = :text, access_note = :text",
            "UPDATE negotiation SET title = :text",
            "UPDATE person SET name = :text, title = :text",
            "UPDATE party SET name = :text, short_name = :text, city = :text",
            "UPDATE agenda_item SET title = :text",
        ):
            await db.exec(text(statement), params={"text": payload})  # type: ignore[call-overload]


def _is_whole(mail: EmailMessage, raw: bytes, first: Any) -> None:
    """One event for one attendee, in a mail with just its own headers."""
    assert mail.keys() == HEADERS
    assert len(mail["Subject"].splitlines()) == 1
    assert [one.get_content_type() for one in mail.iter_parts()] == [
        "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    read = Icalendar.from_ical(raw)
    assert [one.name for one in read.walk()] == [
        "VCALENDAR", "VTIMEZONE", "DAYLIGHT", "STANDARD", "VEVENT",
    ]  # fmt: skip
    [event] = read.events
    assert read["METHOD"] == "REQUEST"
    for name in ("UID", "ORGANIZER", "ATTENDEE"):
        assert event[name] == first[name]
    assert set(event.keys()) - set(first.keys()) == set()
    for part in mail.iter_parts():
        if part.get_content_type() != "text/calendar":
            shown = part.get_content().splitlines()
            assert not [one for one in shown if one.startswith(("Bcc", "Body", "evil"))]


async def test_the_command_says_what_a_mail_server_has_to_do(world: World) -> None:
    await wanting(world, "head_x")
    await confirmed(world, local_start=WHEN)
    with receiving() as receiver:
        await later(world, Smtp(receiver.url, SERVICE))
        mail, request = of_calendar(receiver)
    asked = answering(mail, request)  # a REQUEST isn't an answer
    done = command(world, asked)
    assert (done.returncode, done.stdout) == (os.EX_DATAERR, b"")
    assert done.stderr == (
        b"negotiations: This mail can't be taken: it is a REQUEST: only an answer (METHOD:REPLY) "
        b"is taken.\n"
    )
    done = command(world, asked, "--to", "reply@talks.example")
    assert done.returncode == os.EX_NOUSER
    assert done.stderr == (
        b"negotiations: No invitation has this address. Use the newest one you got.\n"
    )
    away = EmailMessage(policy=SMTP)
    away["From"], away["To"], away["Auto-Submitted"] = mail["To"], mail["From"], "auto-replied"
    away.set_content("I am away.")
    done = command(world, away.as_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
