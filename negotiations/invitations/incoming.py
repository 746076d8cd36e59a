"""PURE: what somebody's mail holds of an answer: its sender, and the calendar in it.

Anybody can send anything. Headers are taken as text and no part is opened but the calendar's; what
is forwarded within a mail isn't looked into. Nothing here takes longer than the mail is long.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.utils import getaddresses

MOST = 1024 * 1024  # bytes of a whole mail: programs add pictures to their answers
MOST_PARTS = 30
LONGEST_HEADER = 2000  # characters of a sender, bytes of what a part says it is
_CALENDARS = ("text/calendar", "application/ics")
_TYPES = re.compile(
    rb"(?:^|[\r\n])content-type[^:\r\n]*:(?:[^\r\n]|(?:\r\n|\r|\n)[ \t])*", re.IGNORECASE
)
# Others decode into what nobody sees, or take long about it.
_CHARSETS = re.compile(r"(?:us-ascii|utf-?8|iso-8859-\d{1,2}|windows-125\d|utf-16(?:le|be)?)")


class Unusable(ValueError):
    """No answer can be read from it; the message says why, in words of ours alone."""


class Automatic(Unusable):
    """It was written by a program that answers by itself, as that somebody is away."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """`sender` is the one address that it says it is from, in small letters; `to` the headers that
    say whom it went to; `calendar` the text of the one that is in it."""

    sender: str
    to: str
    calendar: str


def read_mail(raw: bytes) -> Incoming:
    """Read a mail as it came (RFC 5322). Raises Unusable."""
    if len(raw) > MOST:
        raise Unusable("it is too large")
    if len(re.findall(rb"boundary\s*[*=]", raw, re.IGNORECASE)) > MOST_PARTS:
        raise Unusable("it has too many parts")
    # The email package takes minutes for one that is as long as a mail may be.
    if any(len(one) > LONGEST_HEADER for one in _TYPES.findall(raw)):
        raise Unusable("it can't be read")
    try:
        message = message_from_bytes(raw)
        return Incoming(_sender(message), _to(message), _calendar(message))
    except Unusable:
        raise
    except (
        MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError,
    ) as error:  # fmt: skip
        raise Unusable("it can't be read") from error


def _sender(message: Message) -> str:
    stated = [str(one) for one in message.get_all("From", [])]
    if len(stated) != 1 or len(stated[0]) > LONGEST_HEADER:
        raise Unusable("it must come from one sender")
    found = [address for _, address in getaddresses(stated)]
    if len(found) != 1 or "@" not in found[0]:
        raise Unusable("it must come from one sender")
    return found[0].lower()


def _to(message: Message) -> str:
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
    return "\n".join(str(one) for name in names for one in message.get_all(name, []))


def _calendar(message: Message) -> str:
    found: dict[str, list[Message]] = {kind: [] for kind in _CALENDARS}
    for part in _parts(message):
        if part.get_content_type() in found:
            found[part.get_content_type()].append(part)
    # Some programs add the same as a file.
    listed = next((parts for parts in found.values() if parts), [])
    if not listed:
        if _is_automatic(message):
            raise Automatic("it is no answer of a calendar program")
        raise Unusable("it is no answer of a calendar program: nobody reads what is written here")
    if len(listed) > 1:
        raise Unusable("it holds more than one calendar")
    return _text(listed[0])


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a mail but those of mails within it, however they are nested."""
    open_, seen = [message], 0
    while open_:
        part = open_.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise Unusable("it has too many parts")
        if part.get_content_maintype() == "message":
            continue
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            open_ += [one for one in reversed(inner) if isinstance(one, Message)]
        else:
            yield part


def _text(part: Message) -> str:
    octets = part.get_payload(decode=True)
    charset = str(part.get_content_charset("utf-8"))
    if not isinstance(octets, bytes) or not _CHARSETS.fullmatch(charset):
        raise Unusable("the characters of its calendar can't be read")
    try:
        return octets.decode(charset)
    except (UnicodeDecodeError, LookupError):
        raise Unusable("the characters of its calendar can't be read") from None


def _is_automatic(message: Message) -> bool:
    submitted = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    bounced = str(message.get("Return-Path", "")).strip() == "<>"
    return submitted != "no" or bounced or message.get_content_type() == "multipart/report"
