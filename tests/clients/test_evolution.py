"""Evolution Data Server, from which Evolution and GNOME's calendar show."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from clients.life import Shown, end, follow, keep, moment, recover
from clients.machine import alone_in, left_out, need
from clients.talks import Talks

pytestmark = [pytest.mark.clients, pytest.mark.slow_clients]
PACKAGES = "evolution-data-server gir1.2-ecal-2.0 python3-gi dbus-daemon"
SCRIPT = Path(__file__).with_name("evolution_shows.py")
SOURCE = """[Data Source]
DisplayName=Talks
Enabled=true
Parent=webcal-stub
[Authentication]
Host={at.hostname}
Port={at.port}
Method=none
[Security]
Method=none
[WebDAV Backend]
ResourcePath={at.path}
[Calendar]
BackendName=webcal
[Refresh]
Enabled=false
"""


class Evolution:
    """The server with one calendar, on a bus of its own that ends with it."""

    def __init__(self, folder: Path, address: str) -> None:
        sources = folder / "config" / "evolution" / "sources"
        sources.mkdir(parents=True)
        (sources / "talks.source").write_text(SOURCE.format(at=urlsplit(address)))
        env = {**alone_in(folder), "GSETTINGS_BACKEND": "memory", "GIO_USE_VFS": "local"}
        self._log = (folder / "log").open("w+")
        self._process = subprocess.Popen(
            ["dbus-run-session", "--", "/usr/bin/python3", str(SCRIPT), "talks"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, env=env,
        )  # fmt: skip

    def close(self) -> None:
        """Once its questions end, the script ends, and with it the bus and what runs on it."""
        try:
            self._process.communicate(timeout=60)
        finally:
            self._process.kill()
            self._log.close()

    def _ask(self, line: str) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        if not told:
            self._log.seek(0)
            pytest.fail(self._log.read())
        return json.loads(told)

    def refresh(self) -> None:
        assert self._ask("refresh 60") is True

    def is_refused(self) -> bool:
        """It says nothing of it; so three wishes in vain are taken for that."""
        return self._ask("refresh 3") is False

    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask("list")
        return found

    def shows(self) -> list[Shown]:
        return sorted(
            Shown(
                moment(one["start"]), moment(one["end"]), one["summary"], one["status"],
                one["place"], one["text"],
            )
            for one in self.events()
        )  # fmt: skip


@pytest.fixture(scope="module")
def installed() -> None:
    for command in ("dbus-run-session", "/usr/libexec/evolution-calendar-factory"):
        need(command, PACKAGES)
    asked = ["/usr/bin/python3", "-c", "import gi; gi.require_version('ECal', '2.0')"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        left_out("ECal for Debian's own Python", PACKAGES)


@pytest.fixture
def evolution(installed: None, talks: Talks, tmp_path: Path) -> Iterator[Evolution]:
    started = Evolution(tmp_path / "evolution", talks.feed)
    yield started
    started.close()


def test_evolution_follows_the_talks(evolution: Evolution, talks: Talks) -> None:
    """It asks with the validator that it has, which may be so at the first load already."""
    answered = follow(evolution, talks)
    assert answered.pop("first") >= {200}
    assert answered == {"nothing": {304}, "move": {200}, "cancel": {200}, "hold": {200}}
    assert {one["uid"] for one in evolution.events()} >= set(talks.names)
    assert talks.fetched_by() == "Evolution"


def test_evolution_keeps_what_it_has_when_it_gets_nothing(
    evolution: Evolution, talks: Talks
) -> None:
    meant = keep(evolution, talks)
    recover(evolution, talks, meant)
    end(evolution, talks, meant)
