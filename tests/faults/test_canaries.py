"""F27, reduced: no private word and no secret in any byte that goes to somebody else."""

import logging
import secrets

import pytest
from conftest import ENGINES
from factories import World
from faults.canaries import Report, walked
from faults.planting import Words
from overheard import OF_A_SERVICE, Listener
from sharing import engine_of, whole


@pytest.mark.walks
async def test_no_private_word_and_no_secret_goes_to_anybody_else(world: World) -> None:
    """SQLite asks for a sixth of everything, PostgreSQL for a twenty-fourth of something else."""
    report = Report()
    step = 6 if whole(world) else 24
    part = slice(ENGINES.index(engine_of(world)), None, step)
    words = await walked(world, report, kilobytes=0, part=part)
    assert report.broken == [], report.text()
    assert len(words.seen) > len(words.planted) / (2 if whole(world) else 4)


def test_a_secret_in_the_log_would_be_found() -> None:
    secret = secrets.token_urlsafe(32)
    listener = Listener({secret})
    for told in (f"/feeds/{secret}.ics", f"neg_{secret}, once", "x" * 43):
        listener.emit(logging.LogRecord("negotiations", 30, "", 1, "asked: %s", (told,), None))
    assert listener.found == ["asked: /feeds/(a secret).ics", "asked: (a secret), once"]
    assert not OF_A_SERVICE.search("GET /feeds/{token}.ics")
    assert OF_A_SERVICE.search(f"GET /feeds/{secret}.ics")


def test_a_word_in_a_folded_line_and_a_secret_would_be_found() -> None:
    words = Words()
    word = words.new("note of X", "head_x").encode()
    for reader in ("head_x", "head_y"):
        words.scan(b"SUMMARY:" + word[:9] + b"\r\n " + word[9:], reader, "a feed", [b"secret"])
        words.scan(b"a secret", reader, "a page", [b"secret"])
    assert words.hits == [
        "a secret is shown to head_x by a page",
        "note of X is shown to head_y by a feed",
        "a secret is shown to head_y by a page",
    ]
