"""vdirsyncer fetches, khal shows."""

import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from clients.life import Shown, end, follow, keep, moment, recover
from clients.machine import alone_in, need
from clients.talks import Talks
from clients.vdirsyncer import Vdirsyncer

pytestmark = pytest.mark.clients
HERE = "America/New_York"
FIELDS = ("all-day", "start-long-full", "end-long-full", "title", "status", "location",
          "description")  # fmt: skip
KHAL = """[calendars]
[[talks]]
path = {folder}/items
readonly = True
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


class Khal(Vdirsyncer):
    """khal on the files that vdirsyncer keeps."""

    def __init__(self, command: str, folder: Path, address: str) -> None:
        super().__init__(folder, address)
        self._command = command
        self._khal = folder / "config.khal"
        self._khal.write_text(KHAL.format(folder=folder, zone=HERE))

    def shows(self, since: str = "2010-10-01") -> list[Shown]:
        """What it has in half a year from that day on."""
        form = "\x1f".join(f"{{{name}}}" for name in FIELDS) + "\x1e"
        done = subprocess.run(
            [
                self._command, "-c", str(self._khal), "list", "--once", "--day-format", "",
                "--format", form, since, "180d",
            ],
            env=alone_in(self.folder), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        events = done.stdout.split("\x1e")[:-1]
        return sorted(_shown(*one.strip("\n").split("\x1f")) for one in events)


def _shown(all_day: str, start: str, end_: str, title: str, status: str, *more: str) -> Shown:
    times = (start, end_)
    if all_day == "True":  # it names the last day
        after = date.fromisoformat(end_[:10]) + timedelta(days=1)
        times = (start[:10], after.isoformat())
    else:
        zone = ZoneInfo(HERE)
        local = [datetime.fromisoformat(one).replace(tzinfo=zone) for one in times]
        times = (moment(local[0].timestamp()), moment(local[1].timestamp()))
    return Shown(*times, title, status.strip(), *more)


@pytest.fixture(scope="module")
def command() -> str:
    return need("khal", "khal")


@pytest.fixture
def khal(command: str, talks: Talks, tmp_path: Path) -> Khal:
    return Khal(command, tmp_path / "khal", talks.feed)


def test_vdirsyncer_and_khal_follow_the_talks(khal: Khal, talks: Talks) -> None:
    """It sends no validators, so each answer is whole."""
    answered = follow(khal, talks)
    assert answered == {name: {200} for name in ("first", "nothing", "move", "cancel", "hold")}
    assert len(list(khal.items.iterdir())) == 5
    assert talks.fetched_by() == "vdirsyncer"


def test_vdirsyncer_keeps_what_it_has_when_it_gets_nothing(khal: Khal, talks: Talks) -> None:
    meant = keep(khal, talks)
    recover(khal, talks, meant)
    end(khal, talks, meant)
