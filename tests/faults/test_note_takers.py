"""F7, reduced: of note-takers who save at once one is saved, and no text is lost."""

from pathlib import Path

import pytest
from conftest import ENGINES
from faults import note_takers
from faults.engines import databases
from faults.test_kills import server_of
from templates import Templates


@pytest.mark.parametrize("engine", ENGINES)
async def test_of_note_takers_at_once_one_is_saved_and_no_text_is_lost(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    server = server_of(engine, templates)
    with databases(engine, tmp_path, server, templates) as own:
        report = await note_takers.run(own, 6, 600, "1", tmp_path)
    assert report.broken == [], report.text()
    assert report.rounds == 6
    assert report.kept >= report.rounds
