"""F16, reduced: slow peers hold up nobody, and calls of them end."""

import pytest
from factories import World
from faults import slow_peers

from negotiations.outgoing import client


async def test_slow_peers_hold_up_no_good_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TOTAL", 1.0)
    report = await slow_peers.run(world, slow=20)
    assert {*report.longest} == {
        f"{verb} {kind}" for verb in ("read", "tell") for kind in (*slow_peers.KINDS, "redirects")
    }
    assert set(report.delays) == {"calendars", "programs"}
    assert not any("never" in one for one in report.broken), report.text()
