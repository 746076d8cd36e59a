"""The libraries with which calendar programs read: ical.js (Thunderbird), libical (KOrganizer)."""

import httpx2
import pytest
from clients.life import Shown, follow, moment
from clients.talks import Talks
from readers import READERS, Read

pytestmark = pytest.mark.clients


class Library:
    """A program that does no more than the library does, and keeps the newest body that it got."""

    def __init__(self, name: str, talks: Talks) -> None:
        self._read, self._talks = READERS[name], talks
        self.read = Read()

    def refresh(self) -> None:
        self.read = self._read(httpx2.get(self._talks.feed).raise_for_status().content)

    def is_refused(self) -> bool:
        return not httpx2.get(self._talks.feed).is_success

    def shows(self) -> list[Shown]:
        return sorted(self._event(uid) for uid in self.read.events)

    def _event(self, uid: str) -> Shown:
        times = [moment(told) for told in self.read.events[uid]]
        if uid not in self._talks.names:  # the window is days
            times = [time.removesuffix("T00:00Z") for time in times]
        summary, text = self.read.texts[uid]
        status, place = self.read.more[uid]
        return Shown(times[0], times[1], summary, status, place, text)


@pytest.mark.parametrize("name", ["ical.js", "libical"])
def test_a_library_reads_the_talks_as_they_go_on(name: str, talks: Talks) -> None:
    follow(Library(name, talks), talks)
    assert talks.fetched_by() == "another program"
