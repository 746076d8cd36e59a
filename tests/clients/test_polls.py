"""What calendar programs show of times that are asked about, until one of them is chosen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from clients.machine import need
from clients.talks import API, NEG, Talks
from clients.test_khal import Khal
from readers import READERS

pytestmark = pytest.mark.clients
Seen = list[tuple[str, str, str]]  # start in UTC, summary, status


class Asking:
    """A session ahead of us, and a poll about it with two other times."""

    def __init__(self, talks: Talks) -> None:
        self._talks = talks
        first = datetime.now(UTC) + timedelta(days=20)
        self.days = [f"{first + timedelta(days=one):%Y-%m-%d}" for one in range(3)]
        made = talks.ask("POST", f"{NEG}/sessions", {
            "jurisdiction": "san-francisco", "local_start": f"{self.days[0]}T10:00",
            "local_end": f"{self.days[0]}T12:00", "tz": "UTC", "location": "City Hall",
            "agenda": [{"issue": "1"}],
        })  # fmt: skip
        self.session, self.uid, self.title = made["id"], made["uid"], made["title"]
        times = [{"local_start": f"{day}T10:00"} for day in self.days[1:]]
        body = {"due_on": f"{first:%Y-%m-%d}", "options": times}
        self.poll = talks.ask("POST", f"{API}/sessions/{self.session}/polls", body)

    def choose(self) -> None:
        """The last of them, which both sides accept."""
        chosen = self.poll["options"][1]["id"]
        for side in ("agency", "san-francisco"):
            said = [{"option": chosen, "answer": "yes"}]
            self._act("answer", answers=said, party=side, how="by mail")
        self._act("choose", option=chosen)

    def _act(self, name: str, **body: Any) -> None:
        path = f"{API}/polls/{self.poll['id']}"
        tag = self._talks._as_it_is(path)
        self._talks.ask("POST", f"{path}/{name}", body, **tag)

    def asked(self) -> Seen:
        """As it is to be seen while it is asked about."""
        title = f"TENTATIVE: {self.title}"
        return [(f"{day}T10:00Z", title, "TENTATIVE") for day in self.days]

    def chosen(self) -> Seen:
        """The session stands at the last time; what was held elsewhere and there is cancelled."""
        gone = [(f"{day}T10:00Z", f"CANCELLED: {self.title}", "CANCELLED") for day in self.days[1:]]
        return sorted([*gone, (f"{self.days[2]}T10:00Z", self.title, "CONFIRMED")])


def test_khal_shows_them_tentative_then_cancelled_and_the_session_where_it_is(
    talks: Talks, tmp_path: Path
) -> None:
    asking = Asking(talks)
    khal = Khal(need("khal", "khal"), tmp_path / "khal", talks.feed)

    def shown() -> Seen:
        khal.refresh()
        return [(one.start, one.summary, one.status) for one in khal.shows(asking.days[0])]

    assert shown() == asking.asked()
    asking.choose()
    assert shown() == asking.chosen()


@pytest.mark.parametrize("name", ["ical.js", "libical"])
def test_a_library_reads_each_under_a_uid_of_its_own(name: str, talks: Talks) -> None:
    asking = Asking(talks)
    uids = [asking.uid, *(one["uid"] for one in asking.poll["options"])]

    def read() -> Seen:
        found = READERS[name](httpx2.get(talks.feed).raise_for_status().content)
        return sorted(
            (
                f"{datetime.fromtimestamp(found.events[uid][0], UTC):%Y-%m-%dT%H:%MZ}",
                found.texts[uid][0],
                found.more[uid][0],
            )
            for uid in uids
        )

    assert read() == asking.asked()
    asking.choose()
    assert read() == asking.chosen()
