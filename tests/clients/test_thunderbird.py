"""Thunderbird without a window, with one calendar of the network."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clients.life import Shown, end, follow, keep, moment, recover
from clients.machine import alone_in, need
from clients.marionette import Marionette
from clients.talks import Talks
from running import free_port

pytestmark = [pytest.mark.clients, pytest.mark.slow_clients]
SCRIPT = Path(__file__).with_name("thunderbird_shows.js").read_text()


def _preferences(address: str, port: int) -> dict[str, Any]:
    """As it writes them for whoever adds a calendar of the network; it asks only when told."""
    calendar = {
        "type": "ics", "uri": address, "name": "Talks", "cache.enabled": True, "readOnly": True,
        "refreshInterval": "0",
    }  # fmt: skip
    return {
        **{f"calendar.registry.talks.{name}": value for name, value in calendar.items()},
        "marionette.port": port,
        # Nothing that asks other machines.
        "app.update.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "extensions.update.enabled": False,
        "mailnews.start_page.enabled": False,
        "mail.provider.suppress_dialog_on_startup": True,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "services.settings.server": "http://127.0.0.1:9",
        "toolkit.telemetry.enabled": False,
    }


class Thunderbird:
    """One profile, and the program that runs with it."""

    def __init__(self, command: str, folder: Path, address: str) -> None:
        self._command, self._folder, self._port = command, folder, free_port()
        self._profile = folder / "profile"
        self._profile.mkdir(parents=True)
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in _preferences(address, self._port).items()
        ]
        (self._profile / "prefs.js").write_text("".join(lines))
        self.start()

    def start(self) -> None:
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [
                    self._command, "--headless", "--no-remote", "--marionette",
                    "--remote-allow-system-access", "--profile", str(self._profile),
                ],
                stdout=log, stderr=log, env=alone_in(self._folder),
            )  # fmt: skip
        try:
            self._marionette = Marionette(self._port)
        except BaseException:
            self._process.kill()
            raise

    def stop(self) -> None:
        try:
            self._marionette.quit()
            self._process.wait(60)
        finally:
            self._process.kill()

    def _ask(self, word: str) -> Any:
        return self._marionette.run(SCRIPT, word, "talks")

    def refresh(self) -> None:
        assert self._ask("refresh") is True

    def is_refused(self) -> bool:
        return self._ask("refresh") is False

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
def command() -> str:
    return need("thunderbird", "thunderbird")


@pytest.fixture
def thunderbird(command: str, talks: Talks, tmp_path: Path) -> Iterator[Thunderbird]:
    started = Thunderbird(command, tmp_path / "thunderbird", talks.feed)
    yield started
    started.stop()


def test_thunderbird_follows_the_talks(thunderbird: Thunderbird, talks: Talks) -> None:
    """It asks with the validator that it has, which may be so at the first load already."""
    answered = follow(thunderbird, talks)
    assert answered.pop("first") >= {200}
    assert answered == {"nothing": {304}, "move": {200}, "cancel": {200}, "hold": {200}}
    assert {one["uid"] for one in thunderbird.events()} >= set(talks.names)
    assert talks.fetched_by() == "Thunderbird"


def test_thunderbird_keeps_what_it_has_when_it_gets_nothing(
    thunderbird: Thunderbird, talks: Talks
) -> None:
    """A 503 disables the calendar until Thunderbird starts again, a 410 for good."""
    meant = keep(thunderbird, talks)
    assert thunderbird.is_refused()
    thunderbird.stop()
    thunderbird.start()
    recover(thunderbird, talks, meant)
    end(thunderbird, talks, meant)
    thunderbird.stop()
    thunderbird.start()
    assert thunderbird.is_refused()
