"""N2, reduced: what is typed on the live page is there again, whatever fails in mid-sentence."""

from pathlib import Path

import chromium
from faults import live_notes
from faults.engines import databases
from lacking import lacking
from templates import Templates


async def test_what_is_typed_is_there_again_whatever_fails(
    templates: Templates, tmp_path: Path
) -> None:
    if chromium.command() is None:
        lacking("no Chromium at hand")
    with databases("sqlite", tmp_path, None, templates) as own:
        # How many seconds are missing after the browser was killed, a busy machine can't say.
        report = await live_notes.run(own, 1, 600, "1", tmp_path, lanes=1, most=60)
    assert report.broken == [], report.text()
    kinds = [*live_notes.FAILURES, "browser killed"]
    assert report.rounds == dict.fromkeys(kinds, 1), report.text()
