"""PURE: a mail as the bytes that travel (RFC 5322), never put together from strings."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Literal

from email_validator import validate_email

from negotiations.mail.texts import Calendar, Text


@dataclass(frozen=True, slots=True)
class Letter:
    """A text on its way: to one address, under an id and a name that are the same at each try."""

    to: str
    text: Text
    message_id: str
    name: str
    at: datetime


def address(value: str) -> str:
    """The address as mail servers take it, ASCII where it has such a form.

    Raises email_validator.EmailNotValidError for what is none.
    """
    checked = validate_email(value, check_deliverability=False)
    return checked.ascii_email or checked.normalized


def encoded(
    letter: Letter, sender: str, *, cte: Literal["8bit", "quoted-printable"] = "quoted-printable"
) -> bytes:
    """The whole mail with CRLF line ends; `cte` is how what isn't ASCII is written."""
    policy = SMTP if letter.to.isascii() and sender.isascii() else SMTPUTF8
    message = EmailMessage(policy=policy)
    calendar = letter.text.calendar
    message["From"] = _mailbox(calendar.sender, calendar.name) if calendar else _mailbox(sender)
    message["To"] = _mailbox(letter.to)
    # The email package would decode what looks like an encoded word (RFC 2047), line breaks in it
    # included, and write these as they are.
    message["Subject"] = letter.text.subject.replace("=?", "= ?")
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes in answer to it
    message.set_content(letter.text.body, charset="utf-8", cte=cte)
    if calendar:
        _add(message, calendar, cte)
    return message.as_bytes()


def _add(message: EmailMessage, calendar: Calendar, cte: str) -> None:
    """The other forms of the same, the calendar's last: the best that a reader knows is shown.

    RFC 6047 §2.4: its method stands in the header of its part too. The boundary follows from the
    mail's id, so that each try has the same bytes.
    """
    message.add_alternative(calendar.html, subtype="html", charset="utf-8", cte=cte)
    message.add_alternative(
        calendar.body, maintype="text", subtype="calendar", cte="base64",
        params={"charset": "utf-8", "method": calendar.method},
    )  # fmt: skip
    digest = hashlib.sha256(message["Message-ID"].encode()).hexdigest()
    message.set_boundary(f"=_{digest[:32]}")
    for part in message.iter_parts():
        del part["MIME-Version"]  # it belongs to the whole
        if part.get_content_type() == "text/calendar":
            del part["Content-Disposition"]


def _mailbox(value: str, display: str = "") -> Address:
    name, _, domain = value.rpartition("@")
    return Address(display_name=display, username=name, domain=domain)
