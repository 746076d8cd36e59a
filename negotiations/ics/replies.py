"""What does a calendar program's answer say? (RFC 5546 §3.2.3; a reader that trusts nothing)

Written by others, and by anybody: only what is needed is looked at, in one pass, with limits. No
time zone, no rule, no alarm and no text of it is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote

Answer = Literal["ACCEPTED", "TENTATIVE", "DECLINED"]
MOST_OCTETS = 64 * 1024
MOST_LINES = 2000
LONGEST_LINE = 8 * 1024  # characters, unfolded
DEEPEST = 4  # components within one another

# Each part stops at what ends it, so that no line takes longer than it is long.
_LINE = re.compile(
    r'([A-Za-z0-9-]{1,40})((?:;[A-Za-z0-9-]{1,40}=(?:"[^"]*"|[^";:]*))*):(.*)', re.DOTALL
)
_PARAM = re.compile(r';([A-Za-z0-9-]{1,40})=(?:"([^"]*)"|([^";:]*))')
_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z?")  # libical leaves the Z out
_ANSWERS: dict[str, Answer] = {one: one for one in ("ACCEPTED", "TENTATIVE", "DECLINED")}


class Unreadable(ValueError):
    """It is no answer that can be taken; the message says why, in words of ours alone."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered to which revision of which session. `at` is when, by the program."""

    uid: str
    answer: Answer
    sequence: int
    at: datetime


def read_reply(body: str, attendee: str) -> Reply:
    """Read what `attendee`, a mail address, answers by the calendar in a mail.

    Raises Unreadable for anything but their answer to one session.
    """
    if len(body) > MOST_OCTETS:
        raise Unreadable("its calendar is too large")
    calendar = _Calendar()
    for line in _unfolded(body):
        calendar.take(line)
    return calendar.reply(attendee.lower())


def _unfolded(body: str) -> Iterator[str]:
    """The logical lines, whichever way they end and are folded."""
    lines = re.split(r"\r\n|\n|\r", body.removeprefix("\ufeff"), maxsplit=MOST_LINES)
    if len(lines) > MOST_LINES:
        raise Unreadable("its calendar has too many lines")
    logical: list[str] = []
    for line in lines:
        if line[:1] in (" ", "\t") and logical:
            logical.append(line[1:])
            continue
        if logical:
            yield _whole(logical)
        logical = [line]
    yield _whole(logical)


def _whole(parts: list[str]) -> str:
    if sum(map(len, parts)) > LONGEST_LINE:
        raise Unreadable("a line of its calendar is too long")
    return "".join(parts)


@dataclass(slots=True)
class _Calendar:
    """What was read so far: `inside` are the components that are open."""

    inside: list[str] = field(default_factory=list)
    ended: bool = False
    methods: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    attendees: list[tuple[str, str]] = field(default_factory=list)

    def take(self, line: str) -> None:
        if not line.strip():
            return
        found = _LINE.fullmatch(line)
        if found is None:
            raise Unreadable("its calendar can't be read")
        name, params, value = found[1].upper(), found[2], found[3]
        if name in ("BEGIN", "END"):
            self._bound(name, value.strip().upper())
        elif not self.inside:
            raise Unreadable("its calendar can't be read")
        elif self.inside == ["VCALENDAR"] and name == "METHOD":
            self.methods.append(value.strip().upper())
        elif self.inside == ["VCALENDAR", "VEVENT"]:
            self._property(name, params, value)

    def _bound(self, name: str, kind: str) -> None:
        if name == "END":
            if not self.inside or self.inside.pop() != kind:
                raise Unreadable("its calendar can't be read")
            self.ended = not self.inside
            return
        if self.ended or (not self.inside and kind != "VCALENDAR"):
            raise Unreadable("it holds more than one calendar, or none")
        self.inside.append(kind)
        if len(self.inside) > DEEPEST:
            raise Unreadable("its calendar is nested too deeply")
        if len(self.inside) == 2 and kind != "VTIMEZONE":
            self.kinds.append(kind)

    def _property(self, name: str, params: str, value: str) -> None:
        if name == "ATTENDEE":
            given = {key.upper(): quoted or bare for key, quoted, bare in _PARAM.findall(params)}
            self.attendees.append((value.strip(), given.get("PARTSTAT", "").strip().upper()))
        elif name in ("UID", "SEQUENCE", "DTSTAMP", "RECURRENCE-ID"):
            self.values.setdefault(name, []).append(value.strip())

    def reply(self, attendee: str) -> Reply:
        if not self.ended or self.inside:
            raise Unreadable("its calendar is cut off, or there is none")
        if self.methods != ["REPLY"]:
            raise Unreadable(
                f"it is a {_named(self.methods)}: only an answer (METHOD:REPLY) is taken"
            )
        if self.kinds != ["VEVENT"]:
            raise Unreadable("it must answer one session, by one VEVENT")
        if "RECURRENCE-ID" in self.values:
            raise Unreadable("it must answer the whole of one session")
        stated = [partstat for one, partstat in self.attendees if address_of(one) == attendee]
        if len(stated) != 1:
            raise Unreadable("it isn't the answer of whom the invitation went to")
        if stated[0] not in _ANSWERS:
            raise Unreadable("it must accept, accept tentatively or decline")
        return Reply(self._one("UID"), _ANSWERS[stated[0]], self._sequence(), self._at())

    def _one(self, name: str) -> str:
        found = self.values.get(name, [])
        if len(found) != 1 or not 0 < len(found[0]) <= 255:
            raise Unreadable(f"it must have one {name}")
        return found[0]

    def _sequence(self) -> int:
        """0 where the program left it out (RFC 5546 §3.2.3: it is there unless it is 0)."""
        found = self._one("SEQUENCE") if "SEQUENCE" in self.values else "0"
        if not re.fullmatch("[0-9]{1,9}", found):
            raise Unreadable("its SEQUENCE is no number")
        return int(found)

    def _at(self) -> datetime:
        found = self._one("DTSTAMP").upper()
        try:
            if _STAMP.fullmatch(found):
                at = datetime.strptime(found.rstrip("Z"), "%Y%m%dT%H%M%S")
                return at.replace(tzinfo=UTC)
        except ValueError:
            pass
        raise Unreadable("its DTSTAMP is no time in UTC")


def _named(methods: list[str]) -> str:
    known = [one for one in methods if one in ("REQUEST", "CANCEL", "COUNTER", "PUBLISH", "ADD",
                                               "REFRESH", "DECLINECOUNTER", "REPLY")]  # fmt: skip
    return " and ".join(known[:2]) if known else "calendar without a method that is known"


def address_of(value: str) -> str:
    """The mail address of a CAL-ADDRESS, in small letters; empty where it is none."""
    scheme, colon, rest = value.partition(":")
    if colon and scheme.strip().lower() != "mailto":
        return ""
    return unquote(rest if colon else value).strip().lower()
