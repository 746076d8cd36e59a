"""The talks that each program follows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clients.talks import Talks, following
from templates import Templates


@pytest.fixture
def talks(templates: Templates, tmp_path: Path) -> Iterator[Talks]:
    templates.copy("sqlite", "empty", str(tmp_path / "negotiations.db"))
    with following(tmp_path) as made:
        yield made
