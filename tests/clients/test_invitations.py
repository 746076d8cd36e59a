"""Evolution Data Server takes an invitation into its own calendar, follows it, removes it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clients.machine import alone_in
from clients.test_evolution import installed
from factories import World, act, confirmed
from invitations.inviting import WHEN, invited, move, wanting
from mail.post import Box, later

pytestmark = [pytest.mark.clients, pytest.mark.slow_clients]
SCRIPT = Path(__file__).with_name("evolution_takes.py")
SOURCE = """[Data Source]
DisplayName=Mine
Enabled=true
Parent=local-stub
[Calendar]
BackendName=local
[Local Backend]
CustomFile=
"""
__all__ = ["installed"]


class Taking:
    """The server with one calendar, on a bus of its own that ends with it."""

    def __init__(self, folder: Path) -> None:
        sources = folder / "config" / "evolution" / "sources"
        sources.mkdir(parents=True)
        (sources / "mine.source").write_text(SOURCE)
        env = {**alone_in(folder), "GSETTINGS_BACKEND": "memory", "GIO_USE_VFS": "local"}
        self._log = (folder / "log").open("w+")
        self._process = subprocess.Popen(
            ["dbus-run-session", "--", "/usr/bin/python3", str(SCRIPT), "mine"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, env=env,
        )  # fmt: skip

    def take(self, message: bytes) -> list[dict[str, Any]]:
        """What it has once it got this by mail."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(message.decode()) + "\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        if not told:
            self._log.seek(0)
            pytest.fail(self._log.read())
        found: list[dict[str, Any]] = json.loads(told)
        return found

    def close(self) -> None:
        try:
            self._process.communicate(timeout=60)
        finally:
            self._process.kill()
            self._log.close()


@pytest.fixture
def evolution(installed: None, tmp_path: Path) -> Iterator[Taking]:
    started = Taking(tmp_path / "evolution")
    yield started
    started.close()


async def test_evolution_stores_an_invitation_follows_it_and_removes_it(
    world: World, evolution: Taking
) -> None:
    await wanting(world, "head_x")
    session = (await confirmed(world, local_start=WHEN))["id"]
    uid = (await world.coordinator.get(f"/api/v1/sessions/{session}")).json()["uid"]

    async def came(seconds: float = 10) -> bytes:
        [letter] = invited(await later(world, Box(), seconds))
        assert letter.text.calendar is not None
        return letter.text.calendar.body

    title = "X / Agency: session 1"
    first = {"uid": uid, "summary": title, "sequence": 1, "start": "20301105T100000"}
    assert evolution.take(await came()) == [first]
    await move(world, session, "2030-11-06T20:00")
    moved = {**first, "sequence": 2, "start": "20301106T200000"}
    assert evolution.take(await came()) == [moved]
    await act(world.coordinator, session, "cancel", {"reason": "Off"})
    assert evolution.take(await came(0)) == []
