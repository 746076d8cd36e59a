"""Answers that come by mail: what counts, and that nothing else does (T44 of the threats)."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from factories import NEG, World, act, confirmed, in_days
from hypothesis import given, settings
from hypothesis import strategies as st
from invitations.inviting import (
    choose,
    first_invitation,
    invited,
    lines,
    move,
    reply_to,
    rsvp_of,
)
from mail.post import Box, later

from negotiations.ics.replies import Unreadable, read_reply
from negotiations.invitations.incoming import MOST, Unusable, read_mail
from negotiations.invitations.receiving import OLDER, Returned, receive
from negotiations.mail.encoding import Letter


async def taken(world: World, raw: bytes, to: str | None = None) -> str:
    return await receive(world.database, world.settings, raw, to=to, now=world.clock.now())


async def refused(world: World, raw: bytes, to: str | None = None) -> tuple[int, str]:
    with pytest.raises(Returned) as told:
        await taken(world, raw, to)
    return told.value.code, told.value.line


def now(world: World) -> str:
    """As a calendar program writes the time at which its owner answered."""
    return f"{world.clock.now():%Y%m%dT%H%M%SZ}"


async def test_an_answer_is_written_down_as_ones_own_and_shown_as_such(world: World) -> None:
    session, letter = await first_invitation(world)
    for partstat, rsvp in (("TENTATIVE", "tentative"), ("DECLINED", "declined")):
        world.clock.forward(minutes=1)
        assert await taken(world, reply_to(letter, partstat, at=now(world))) == f"Taken: {rsvp}."
        assert await rsvp_of(world, session) == (rsvp, "mail")
    entries = (await world.coordinator.get(f"{NEG}/audit")).json()["items"]
    assert entries[0]["action"] == "attendance.answer"
    assert entries[0]["by"] == world.people["head_x"]


async def test_older_answers_change_nothing(world: World) -> None:
    session, letter = await first_invitation(world)
    world.clock.forward(hours=1)
    stamps = [f"{world.clock.now():%Y%m%dT%H}{minute:02}00Z" for minute in (0, 1, 2)]
    world.clock.forward(hours=1)
    assert await taken(world, reply_to(letter, at=stamps[1])) == "Taken: accepted."
    for stamp in stamps[:2]:
        told = await taken(world, reply_to(letter, "DECLINED", at=stamp))
        assert told.startswith("Nothing changes")
    assert await rsvp_of(world, session) == ("accepted", "mail")
    assert await taken(world, reply_to(letter, "DECLINED", at=stamps[2])) == "Taken: declined."
    await move(world, session, "2030-11-06T20:00")
    world.clock.forward(hours=1)
    late = now(world)
    assert (await taken(world, reply_to(letter, at=late))).startswith("Nothing changes")
    [moved] = invited([*await later(world, Box()), *await later(world, Box())])
    assert "PARTSTAT=NEEDS-ACTION" in lines(moved, "ATTENDEE")["ATTENDEE"]
    assert await taken(world, reply_to(moved, at=late)) == "Taken: accepted."


async def test_a_clock_that_is_ahead_puts_off_no_later_answer(world: World) -> None:
    session, letter = await first_invitation(world)
    assert await taken(world, reply_to(letter, at="20990101T000000Z")) == "Taken: accepted."
    world.clock.forward(seconds=5)
    again = reply_to(letter, "DECLINED", at="20990101T000000Z")
    assert await taken(world, again) == "Taken: declined."
    assert await rsvp_of(world, session) == ("declined", "mail")


@pytest.mark.parametrize("known", [True, False], ids=["answered before", "first answer"])
async def test_what_was_sent_before_others_entered_an_answer_is_older(
    world: World, known: bool
) -> None:
    session, letter = await first_invitation(world)
    if known:
        assert await taken(world, reply_to(letter, "TENTATIVE", at=now(world))) != OLDER
    world.clock.forward(minutes=1)
    sent, path = now(world), f"/api/v1/sessions/{session}/attendance"
    world.clock.forward(minutes=1)
    seen = await world.coordinator.get(path)
    items = [{"person": world.people["head_x"], "rsvp": "declined"}]  # by telephone
    body, tag = {"items": items}, {"If-Match": seen.headers["etag"]}
    assert (await world.coordinator.put(path, json=body, headers=tag)).status_code == 200
    assert await taken(world, reply_to(letter, at=sent)) == OLDER
    assert await rsvp_of(world, session) == ("declined", None)
    world.clock.forward(minutes=1)
    assert await taken(world, reply_to(letter, at=now(world))) == "Taken: accepted."
    assert await rsvp_of(world, session) == ("accepted", "mail")


Forgery = Callable[[Letter, Letter], bytes]
# Each is somebody's answer that isn't theirs, or no answer; `other` is another person's invitation.
FORGED: dict[str, tuple[int, Forgery]] = {
    "an address that nobody signed": (
        os.EX_NOUSER,
        lambda mine, _: reply_to(mine, to_=f"reply+{'a' * 42}@talks.example"),
    ),
    "a signature with one letter changed": (
        os.EX_NOUSER,
        lambda mine, _: reply_to(mine, to_=_altered(mine)),
    ),
    "no signed address at all": (
        os.EX_NOUSER,
        lambda mine, _: reply_to(mine, to_="reply@talks.example"),
    ),
    "another sender": (
        os.EX_NOPERM,
        lambda mine, _: reply_to(mine, sender="evil@example.net"),
    ),
    "another attendee": (
        os.EX_DATAERR,
        lambda mine, other: reply_to(mine, attendee=other.to),
    ),
    "another person's address for answers": (
        os.EX_NOPERM,
        lambda mine, other: reply_to(mine, to_=other.text.calendar.sender),  # type: ignore[union-attr]
    ),
    "another session": (
        os.EX_DATAERR,
        lambda mine, _: reply_to(mine, uid="0" * 40 + "@negotiations"),
    ),
    "COUNTER": (os.EX_DATAERR, lambda mine, _: reply_to(mine, method="COUNTER")),
    "CANCEL": (os.EX_DATAERR, lambda mine, _: reply_to(mine, method="CANCEL")),
    "REQUEST": (os.EX_DATAERR, lambda mine, _: reply_to(mine, method="REQUEST")),
    "a revision that never was": (os.EX_DATAERR, lambda mine, _: reply_to(mine, sequence="99")),
    "delegated to somebody": (os.EX_DATAERR, lambda mine, _: reply_to(mine, "DELEGATED")),
    "a forwarded answer": (os.EX_DATAERR, lambda mine, _: _forwarded(reply_to(mine), mine)),
    "too large": (os.EX_DATAERR, lambda mine, _: reply_to(mine) + b"x" * MOST),
    "no calendar": (os.EX_DATAERR, lambda mine, _: _plain(mine)),
}  # fmt: skip


def _altered(letter: Letter) -> str:
    address = letter.text.calendar.sender if letter.text.calendar else ""
    last = address[20]
    return f"{address[:20]}{'b' if last == 'a' else 'a'}{address[21:]}"


def _forwarded(raw: bytes, letter: Letter) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["Subject"] = letter.to, "Fwd"
    made["To"] = letter.text.calendar.sender if letter.text.calendar else ""
    made.set_content("See below.")
    made.add_attachment(message_from_bytes(raw, policy=SMTP))
    return made.as_bytes()


def _plain(letter: Letter) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["Subject"] = letter.to, "Re: Invitation"
    made["To"] = letter.text.calendar.sender if letter.text.calendar else ""
    made.set_content("I accept. METHOD:REPLY PARTSTAT=ACCEPTED")
    return made.as_bytes()


async def test_forged_answers_and_what_is_none_do_nothing(world: World) -> None:
    session, mine = await first_invitation(world)
    await choose(world, "agency_head", invitations=True)
    [other] = invited(await later(world, Box(), 40))
    before = await world.coordinator.get(f"/api/v1/sessions/{session}/attendance")
    for name, (code, forge) in FORGED.items():
        found, line = await refused(world, forge(mine, other))
        assert found == code, name
        assert line.endswith(".") and len(line) < 200 and "session 1" not in line
    after = await world.coordinator.get(f"/api/v1/sessions/{session}/attendance")
    assert after.content == before.content
    assert await taken(world, reply_to(mine)) == "Taken: accepted."


async def test_what_was_taken_back_or_is_over_can_not_be_answered(world: World) -> None:
    session, letter = await first_invitation(world)
    gone = (
        os.EX_DATAERR,
        "This mail can't be taken: there is nothing to answer any more. Ask who invited you.",
    )
    await act(world.coordinator, session, "cancel", {"reason": "Off"})
    assert await refused(world, reply_to(letter)) == gone  # before the mail went, too
    await later(world, Box(), 0)
    assert await refused(world, reply_to(letter)) == gone
    other = await confirmed(world, local_start=in_days(10))
    [letter] = invited(await later(world, Box()))
    world.clock.at = datetime.fromisoformat(other["ends_at"])
    assert await refused(world, reply_to(letter)) == gone


async def test_who_has_left_answers_nothing(world: World) -> None:
    _, letter = await first_invitation(world, "delegate_x")
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one for one in listed if one["person"] == world.people["delegate_x"])
    path = f"{NEG}/memberships/{seat['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    await world.coordinator.delete(path, headers={"If-Match": tag})
    code, line = await refused(world, reply_to(letter))
    assert (code, "nothing to answer any more" in line) == (os.EX_DATAERR, True)


async def test_a_former_mail_address_answers_nothing(world: World) -> None:
    _, letter = await first_invitation(world)
    path = f"{NEG}/people/{world.people['head_x']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    await world.coordinator.patch(
        path, json={"email": "new@example.org"}, headers={"If-Match": tag}
    )
    assert (await refused(world, reply_to(letter)))[0] == os.EX_NOUSER


async def test_with_another_key_no_former_address_counts(world: World) -> None:
    _, letter = await first_invitation(world)
    object.__setattr__(world.settings, "secret_key", "j" * 40)
    assert (await refused(world, reply_to(letter)))[0] == os.EX_NOUSER
    object.__setattr__(world.settings, "secret_key", "")
    assert (await refused(world, reply_to(letter)))[0] == os.EX_CONFIG


async def test_the_mail_server_may_say_which_address_it_was(world: World) -> None:
    session, letter = await first_invitation(world)
    address = letter.text.calendar.sender if letter.text.calendar else ""
    hidden = reply_to(letter, to_="undisclosed@example.org")
    assert (await refused(world, hidden))[0] == os.EX_NOUSER
    assert await taken(world, hidden, address.upper()) == "Taken: accepted."
    assert await rsvp_of(world, session) == ("accepted", "mail")


def _as(body: str, **how: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "a@example.org", "reply@talks.example"
    charset = how.pop("charset", "utf-8")
    made.set_content(
        body.encode(charset), maintype="text", subtype="calendar",
        params={"charset": charset, "method": "REPLY"}, **how,
    )  # fmt: skip
    return made


BODY = "\r\n".join(
    [
        "BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VTIMEZONE", "TZID:X", "BEGIN:STANDARD",
        "RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT", "UID:u@x",
        "DTSTAMP:20301101T120000Z", "ATTENDEE;CN=J\u00f6;PARTSTAT=ACC",
        " EPTED:mailto:a@example.org",
        "BEGIN:VALARM", "ATTENDEE:mailto:b@example.org", "END:VALARM", "END:VEVENT",
        "END:VCALENDAR", "",
    ]
)  # fmt: skip


@pytest.mark.parametrize("cte", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_however_it_is_written_it_is_read(cte: str, charset: str) -> None:
    mail = read_mail(_as(BODY, cte=cte, charset=charset).as_bytes())
    reply = read_reply(mail.calendar, "A@example.org")
    assert (mail.sender, reply.uid, reply.answer, reply.sequence) == (
        "a@example.org", "u@x", "ACCEPTED", 0,
    )  # fmt: skip


def test_however_deep_it_lies_it_is_found() -> None:
    mail: EmailMessage = _as(BODY)
    for kind in ("alternative", "mixed", "related"):
        outer = EmailMessage(policy=SMTP)
        outer["From"], outer["To"] = "a@example.org", "reply@talks.example"
        getattr(outer, f"make_{kind}")()
        for name in ("From", "To"):
            del mail[name]
        outer.attach(mail)
        mail = outer
    assert read_reply(read_mail(mail.as_bytes()).calendar, "a@example.org").uid == "u@x"


BROKEN = {
    "nothing": "",
    "no calendar": "Hello",
    "cut off": BODY[: BODY.index("END:VEVENT")],
    "two calendars": BODY * 2,
    "two events": BODY.replace(
        "END:VCALENDAR", "BEGIN:VEVENT\r\nUID:v@x\r\nEND:VEVENT\r\nEND:VCALENDAR"
    ),
    "no UID": BODY.replace("UID:u@x\r\n", ""),
    "two UIDs": BODY.replace("UID:u@x", "UID:u@x\r\nUID:v@x"),
    "no time": BODY.replace("DTSTAMP:20301101T120000Z\r\n", ""),
    "a time that is none": BODY.replace("20301101T120000Z", "20301341T120000Z"),
    "too deep": BODY.replace("BEGIN:VALARM", "BEGIN:A\r\nBEGIN:B\r\nBEGIN:C"),
    "a to-do": BODY.replace("VEVENT", "VTODO"),
    "a method twice": BODY.replace("METHOD:REPLY", "METHOD:REPLY\r\nMETHOD:CANCEL"),
    "one of a series": BODY.replace("UID:u@x", "UID:u@x\r\nRECURRENCE-ID:20301101T120000Z"),
    "a number that is none": BODY.replace("UID:u@x", "UID:u@x\r\nSEQUENCE:1e9"),
    "attendee twice": BODY.replace(
        "BEGIN:VALARM", "ATTENDEE;PARTSTAT=DECLINED:mailto:a@example.org\r\nBEGIN:VALARM"
    ),
    "no mail address": BODY.replace("mailto:a@", "http://a@"),
    "a long line": BODY.replace("UID:u@x", f"UID:u@x\r\nX-A:{'x' * 9000}"),
    "many lines": BODY.replace("UID:u@x", "UID:u@x\r\n" + "X-A:1\r\n" * 3000),
    "large": BODY + " " * 70_000,
    "no line of any": BODY.replace("UID:u@x", "UID:u@x\r\nno colon"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_answers_are_told_as_such(name: str) -> None:
    with pytest.raises(Unreadable):
        read_reply(BROKEN[name], "a@example.org")


HOSTILE = {
    "many boundaries": b'Content-Type: multipart/mixed; boundary="a"\r\n' * 50,
    "nested without end": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (one, one)
        for one in range(2000)
    ),
    "a type that takes minutes": b"From: a@example.org\r\nContent-Type: text/calendar; charset="
    + b"a;" * 400_000
    + b"\r\n\r\nx",
    "the same folded": b"From: a@example.org\r\nContent-Type: text/calendar;\r\n"
    + b" a*0*=x;\r\n" * 50_000
    + b"\r\nx",
    "the same with other ends": b"From: a@example.org\rContent-Type: text/calendar;\r"
    + b"\ta=x;\r" * 50_000
    + b"\rx",
    "two senders": b"From: a@example.org\r\nFrom: b@example.org\r\n\r\n",
    "senders in one": b"From: a@example.org, b@example.org\r\n\r\n",
    "a long sender": b"From: " + b"(" * 100_000 + b"\r\n\r\n",
    "a strange charset": b"From: a@example.org\r\n"
    b"Content-Type: text/calendar; charset=unicode_escape\r\n\r\nBEGIN:VCALENDAR\r\n",
    "no characters": b"From: a@example.org\r\n"
    b"Content-Type: text/calendar; charset=utf-8\r\n\r\n\xff\xfe\r\n",
    "nothing": b"",
    "zeros": b"\x00" * 1000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_are_told_as_such(name: str) -> None:
    with pytest.raises(Unusable):
        read_mail(HOSTILE[name])


@settings(max_examples=300)
@given(st.binary(max_size=3000))
def test_whatever_comes_it_is_read_or_told_as_such(raw: bytes) -> None:
    head = b"From: a@example.org\r\nContent-Type: text/calendar\r\n"
    for one in (raw, head + raw, head + b"\r\n" + raw):
        try:
            read_reply(read_mail(one).calendar, "a@example.org")
        except (Unusable, Unreadable):
            continue


@settings(max_examples=300)
@given(st.lists(st.sampled_from(BODY.split("\r\n")), max_size=30))
def test_lines_in_any_order_are_read_or_told_as_such(listed: list[str]) -> None:
    with suppress(Unreadable):
        read_reply("\r\n".join(listed), "a@example.org")
