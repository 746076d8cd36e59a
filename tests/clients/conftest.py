"""The talks that each program follows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clients.talks import Talks, following


@pytest.fixture
def talks(tmp_path: Path) -> Iterator[Talks]:
    with following(tmp_path) as made:
        yield made
