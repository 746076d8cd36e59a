"""What a mail server or a folder is given: whole, to nobody else, with no header of others'."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories import World, act, confirmed
from mail.post import AT_X, later
from mail.receiver import receiving
from sqlalchemy import text

from negotiations.errors import Refused
from negotiations.mail.encoding import Letter, encoded
from negotiations.mail.sending import Files, Smtp, Undelivered
from negotiations.mail.texts import Text
from negotiations.settings import load

SENDER = "talks@example.org"
LETTER = Letter(
    "head_x@example.org",
    Text("[t] Moved", "From 10:00 · 13:00\n.\nFrom here\n"),
    "<0123456789abcdef0123@testserver>",
    "2030-11-05T100000-0123456789abcdef0123",
    datetime(2030, 11, 5, 10, tzinfo=UTC),
)
WIRE = """\
From: talks@example.org
To: head_x@example.org
Subject: [t] Moved
Date: Tue, 05 Nov 2030 10:00:00 +0000
Message-ID: <0123456789abcdef0123@testserver>
Auto-Submitted: auto-generated
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: {cte}
MIME-Version: 1.0

""".replace("\n", "\r\n")


async def test_a_mail_server_is_given_the_very_mail() -> None:
    with receiving() as receiver:
        post = Smtp(receiver.url, SENDER)
        async with post.open() as deliver:
            for _ in range(2):
                await deliver(LETTER)
        body = "From 10:00 =C2=B7 13:00\r\n.\r\nFrom here\r\n"
        told = (WIRE.format(cte="quoted-printable") + body).encode()
        assert receiver.taken == [(SENDER, ["head_x@example.org"], told)] * 2
    assert post.where == (
        f"to the mail server 127.0.0.1:{receiver.port} (no TLS), from talks@example.org"
    )


async def test_without_one_mails_are_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "mail"
    post = Files(folder, SENDER)
    async with post.open() as deliver:
        for _ in range(2):
            await deliver(LETTER)
    [file] = folder.iterdir()
    assert file.name == f"{LETTER.name}.eml"
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (
        0o600,
        0o700,
    )
    body = "From 10:00 · 13:00\r\n.\r\nFrom here\r\n"
    assert file.read_bytes() == (WIRE.format(cte="8bit") + body).encode()
    folder.chmod(0o500)
    (tmp_path / "file").write_text("")
    async with Files(tmp_path / "file" / "mail", SENDER).open() as deliver:
        with pytest.raises(Undelivered, match="NotADirectoryError 20") as told:
            await deliver(LETTER)
    assert told.value.for_all


async def test_what_a_server_refuses_is_told_without_its_words() -> None:
    with receiving() as receiver:
        receiver.refuses = {"head_x@example.org"}
        async with Smtp(receiver.url, SENDER).open() as deliver:
            with pytest.raises(Undelivered) as told:
                await deliver(LETTER)
            assert (told.value.reason, told.value.for_all) == ("SMTPRecipientRefused 550", False)
            receiver.refuses = set()
            await deliver(LETTER)
    async with Smtp(receiver.url, SENDER).open() as deliver:
        with pytest.raises(Undelivered, match="SMTPConnectError") as told:
            await deliver(LETTER)
    assert told.value.for_all


async def test_to_another_machine_nothing_goes_without_tls() -> None:
    """0.0.0.0 reaches this machine and isn't one of its loopback addresses."""
    with receiving("0.0.0.0") as receiver:
        url = f"smtp://user:secret@0.0.0.0:{receiver.port}"
        post = Smtp(url, SENDER)
        async with post.open() as deliver:
            with pytest.raises(Undelivered):
                await deliver(LETTER)
        assert receiver.taken == []
    assert "(STARTTLS)" in post.where
    assert "secret" not in post.where
    assert Smtp("smtps://mail.example.org", SENDER).where == (
        "to the mail server mail.example.org:465 (TLS), from talks@example.org"
    )


def test_letters_to_addresses_of_all_scripts_are_whole() -> None:
    letter = Letter("用户@例え.example", *([LETTER.text, "<1@t>", "1", LETTER.at]))  # type: ignore[arg-type]
    assert "用户@例え.example" in encoded(letter, SENDER).decode().partition("\r\n\r\n")[0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"smtp_url": "mail.example.org"}, "NEGOTIATIONS_SMTP_URL is no mail server"),
        ({"smtp_url": "http://mail.example.org"}, "NEGOTIATIONS_SMTP_URL is no mail server"),
        ({"smtp_url": "smtp://mail:port"}, "NEGOTIATIONS_SMTP_URL is no mail server"),
        ({"smtp_url": "smtp://user@mail"}, "NEGOTIATIONS_SMTP_URL names a user without"),
        ({"smtp_url": "smtp://mail"}, "NEGOTIATIONS_MAIL_FROM is not set"),
        ({"mail_from": "nobody"}, "NEGOTIATIONS_MAIL_FROM is no mail address"),
        ({"mail_from": "a@example.org\r\nBcc: b@example.org"}, "NEGOTIATIONS_MAIL_FROM is no mail"),
    ],
)
def test_a_setting_that_cannot_work_stops_the_start(given: dict[str, str], told: str) -> None:
    with pytest.raises(Refused, match=told):
        load(database_url="sqlite:///x.db", **given)


BREAKS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
ADDED = (
    "Bcc: evil@example.net", " Bcc: evil@example.net", "\tevil", "\n\nBody: begins here",
)  # fmt: skip
PAYLOADS = [
    *(f"Nice{one}{more}" for one in BREAKS[:8] for more in ADDED),
    "Nice\r\n.\r\nMAIL FROM:<evil@example.net>\r\nRCPT TO:<evil@example.net>\r\nDATA\r\nHi",
    "=?utf-8?q?Nice=0D=0ABcc:_evil@example.net?=",
    "Nice\u2028Bcc: evil@example.net", "Nice\u2029Bcc: evil@example.net",
    "Nice\x85Bcc: evil@example.net", "\u202eNice", "Nice" * 20, "\ufeffNice, <evil@example.net>",
]  # fmt: skip
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
    "Content-Transfer-Encoding", "MIME-Version",
]  # fmt: skip


async def test_no_text_of_anybodys_adds_a_header_a_recipient_or_a_mail(world: World) -> None:
    assert len(PAYLOADS) == 40
    with receiving() as receiver:
        post = Smtp(receiver.url, SENDER)
        session = await confirmed(world, local_start="2030-11-05T10:00")
        await later(world, post)
        for place, payload in enumerate(PAYLOADS):
            receiver.taken.clear()
            moved = {"location": f"Room {place}", "reason": "Larger"}
            answer = await act(world.coordinator, session["id"], "relocate", moved)
            assert answer.status_code == 200, answer.text
            async with world.database.write() as db:
                for statement in (
                    "UPDATE session SET title = :text, location = :text, room = :text",
                    "UPDATE negotiation SET title = :text",
                    "UPDATE person SET name = :text, title = :text",
                    "UPDATE party SET name = :text, short_name = :text",
                    "UPDATE session_change SET reason = :text, to_place = :text",
                ):
                    await db.exec(text(statement), params={"text": payload})  # type: ignore[call-overload]
            await later(world, post)
            people = sorted(to for _, [to], _ in receiver.taken)
            assert people == sorted(f"{one}@example.org" for one in AT_X), payload
            for (sender, _, raw), message in zip(receiver.taken, receiver.messages, strict=True):
                assert (sender, message.keys(), len(message["Subject"].splitlines())) == (
                    SENDER, HEADERS, 1,
                )  # fmt: skip
                assert b"\nMAIL FROM" not in raw
                lines = message.get_content().splitlines()
                assert not [one for one in lines if one.startswith(("Bcc", "Body", "evil"))]
