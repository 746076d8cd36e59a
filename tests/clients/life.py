"""What a delegate's calendar program must show of the talks, whole, as they go on."""

from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from clients.talks import Talks

AGENDA = "Agenda:\n1. Rivers; lakes, wells\n"
LAST_TIME = "Last time (Tue 2 Nov):\nRivers; lakes, wells: clarified\n"
PLACE = "City Hall, Room 200; Café"
MOVED_FROM = "Moved from Fri 5 Nov 10:00 PDT: Rain, ‘heavy’\n"


class Shown(NamedTuple):
    """One event as a program has it. Times are UTC, and days of an all-day event; `end` is after
    the last."""

    start: str
    end: str
    summary: str
    status: str
    place: str
    text: str


class Program(Protocol):
    """A calendar program that follows one feed."""

    def refresh(self) -> None:
        """Ask now, and return when it has taken in what it got; AssertionError if it couldn't."""

    def is_refused(self) -> bool:
        """Ask now; whether the program noted that it went wrong."""

    def shows(self) -> list[Shown]:
        """All that it has, by start: what is there twice is listed twice."""


def moment(told: float | str) -> str:
    """As in `Shown`, of seconds since 1970 or a day as RFC 5545 writes it (20101101)."""
    if isinstance(told, str):
        return f"{told[:4]}-{told[4:6]}-{told[6:]}"
    return f"{datetime.fromtimestamp(told, UTC):%Y-%m-%dT%H:%MZ}"


class Meant:
    """What is to be seen after what happened so far."""

    def __init__(self, talks: Talks) -> None:
        self._talks = talks
        self.window = Shown(
            "2010-11-01", "2010-12-16", "Water talks: window", "CONFIRMED", "",
            "Water talks: talks from 1 November 2010 to 15 December 2010.",
        )  # fmt: skip
        self.held = self._session(
            "held", 1, "2010-11-02T14:00Z", "2010-11-02T16:00Z",
            "10:00 EDT = 07:00 PDT San Francisco",
        )  # fmt: skip
        self.moved = self._session(
            "moved", 2, "2010-11-05T17:00Z", "2010-11-05T19:00Z",
            "10:00 PDT San Francisco = 13:00 EDT",
        )  # fmt: skip
        self.cancelled = self._session(
            "cancelled", 3, "2010-11-08T12:30Z", "2010-11-08T14:30Z",
            "09:00 NST = 04:30 PST San Francisco = 07:30 EST",
        )  # fmt: skip
        self.kept = self._session(
            "kept", 4, "2010-11-11T15:00Z", "2010-11-11T16:30Z",
            "15:00 GMT = 07:00 PST San Francisco = 10:00 EST",
        )  # fmt: skip

    def _session(self, name: str, number: int, start: str, end: str, zones: str) -> Shown:
        link = f"Details: {self._talks.base}/s/{self._talks.sessions[name]}"
        text = f"{zones}\n{AGENDA}{link}"
        return Shown(start, end, f"SF / Agency: session {number}", "CONFIRMED", PLACE, text)

    def after_move(self) -> None:
        text = self.moved.text.replace(
            "10:00 PDT San Francisco = 13:00 EDT", "14:00 PST San Francisco = 17:00 EST"
        )
        self.moved = self.moved._replace(
            start="2010-11-09T22:00Z", end="2010-11-10T00:00Z", text=MOVED_FROM + text
        )

    def after_cancel(self) -> None:
        self.cancelled = self.cancelled._replace(
            summary="CANCELLED: SF / Agency: session 3",
            status="CANCELLED",
            text=f"CANCELLED: Settled by mail\n{self.cancelled.text}",
        )

    def after_hold(self) -> None:
        """The sessions to come tell of it, too."""
        self.held = self.held._replace(text=f"HELD. 1 clarified.\n{self.held.text}")
        for name in ("moved", "kept"):
            before: Shown = getattr(self, name)
            text = before.text.replace("Details:", f"{LAST_TIME}Details:")
            setattr(self, name, before._replace(text=text))

    def events(self) -> list[Shown]:
        return sorted([self.window, self.held, self.moved, self.cancelled, self.kept])


def follow(program: Program, talks: Talks) -> dict[str, set[int]]:
    """The program sees each step; with what statuses it was answered meanwhile."""
    meant = Meant(talks)
    answered = {}
    for name, happens, then in (
        ("first", lambda: None, lambda: None),
        ("nothing", lambda: None, lambda: None),
        ("move", talks.move, meant.after_move),
        ("cancel", talks.cancel, meant.after_cancel),
        ("hold", talks.hold, meant.after_hold),
    ):
        happens()
        then()
        before = talks.answers()
        program.refresh()
        answered[name] = set(talks.answers() - before)
        assert program.shows() == meant.events(), name
    return answered


def keep(program: Program, talks: Talks) -> Meant:
    """While the service answers 503 or isn't there, the program keeps all that it has."""
    meant = Meant(talks)
    talks.move()
    meant.after_move()
    program.refresh()
    assert program.shows() == meant.events()
    talks.stop()
    assert program.is_refused()
    assert program.shows() == meant.events()
    talks.start()
    with talks.broken():
        before = talks.answers()
        assert program.is_refused()
        assert set(talks.answers() - before) == {503}
        assert program.shows() == meant.events()
    return meant


def recover(program: Program, talks: Talks, meant: Meant) -> None:
    """Once it is answered again, the program sees what happened meanwhile."""
    talks.cancel()
    meant.after_cancel()
    program.refresh()
    assert program.shows() == meant.events()


def end(program: Program, talks: Talks, meant: Meant) -> None:
    """A revoked address is a 410, and what the program had stays with it."""
    talks.revoke()
    before = talks.answers()
    assert program.is_refused()
    assert set(talks.answers() - before) == {410}
    assert program.shows() == meant.events()
