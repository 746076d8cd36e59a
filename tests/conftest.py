"""The databases and the service that tests run against: SQLite and a real PostgreSQL."""

import gc
import importlib.util
import itertools
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import structlog
from sqlalchemy.engine import make_url

sys.path.insert(0, str(Path(__file__).parent))

import chromium  # tests/chromium.py, as all of these
import postgres
from beginnings import Beginnings
from factories import Demonstration, World
from lacking import lacking
from overheard import listening
from templates import MAKERS, Templates, settings_for

from negotiations.settings import Settings
from negotiations.web import forms

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Tests ask more often than people do, in this process and in those they start; the tests of the
# limits set their own. Nobody reads the request lines of the others.
for name in ("REQUESTS_PER_MINUTE", "FEED_FETCHES_PER_HOUR", "WRONG_SECRETS_PER_HOUR"):
    os.environ[f"NEGOTIATIONS_{name}"] = "0"
# What a service of the tests would send goes nowhere; the tests of mails look for themselves.
os.environ.setdefault(
    "NEGOTIATIONS_MAIL_FOLDER",
    str(Path(tempfile.gettempdir()) / f"negotiations-mail-{os.getpid()}"),
)
if Path(postgres.place()) != Path("/tmp"):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", postgres.place())
# Pages are compared byte for byte; a service in a process of its own masks as it does for people.
forms.mask = bytes
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

# A speed is never tested by a clock: a busy machine would fail what is right.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# Each request of a test would look for it in all folders, to ask whether trio runs.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

# The collector looks through all that was imported again and again: a tenth of the time.
gc.freeze()
gc.set_threshold(50_000, 20, 20)

ENGINES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


# What takes longest goes first, so that no process is left alone with it at the end. So does what
# a browser looks at: of processes that share the last tests each would start the demonstrations
# of a module anew.
LONG = ("test_cli_demo", "test_every_migration", "test_double_booking", "test_khal", "test_walks")
SERVED = {"browser", "filled"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda one: not _first(one))


def _first(item: pytest.Item) -> bool:
    asked = SERVED.intersection(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("walks") or item.path.stem in LONG or asked)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """With the loop that serves."""
    return "asyncio", {"use_uvloop": sys.platform != "win32"}


@pytest.fixture(scope="session", autouse=True)
def _no_secret_is_logged() -> Iterator[None]:
    """Of the whole run: the worker's last test is told."""
    with listening() as listener:
        yield
    assert listener.found == []


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator["Browser"]:
    """A real browser; no longer than a module, since its loop would stand in the way of others."""
    tests = [one for name, one in vars(request.module).items() if name.startswith("test_")]
    assert not any(map(iscoroutinefunction, tests)), "async: in a file of their own"
    from playwright.sync_api import sync_playwright  # few tests need it

    command = chromium.command()
    if command is None:
        lacking("no Chromium at hand")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=command, args=chromium.WORDS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    server = postgres.start()
    yield Templates(tmp_path_factory.mktemp("template"), server)
    if server is not None:
        server.stop()


@pytest.fixture(params=ENGINES)
def database_url(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path
) -> Iterator[str]:
    """The address of a migrated database of this test's own, with what else it asks for."""
    kind = next((kind for kind in MAKERS if kind in request.fixturenames), "empty")
    if request.param == "sqlite":
        yield templates.copy("sqlite", kind, str(tmp_path / "negotiations.db"))
        return
    server = templates.postgresql
    name = f"test_{os.getpid()}_{next(_numbers)}"
    yield templates.copy("postgresql", kind, name)
    server.drop_database(name)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url)


@pytest.fixture(scope="session")
def beginnings(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Beginnings]:
    """By engine."""
    folder = tmp_path_factory.mktemp("beginnings")
    return {engine: Beginnings(engine, templates, folder) for engine in ENGINES}


@pytest.fixture
async def world(
    request: pytest.FixtureRequest,
    settings: Settings,
    templates: Templates,
    beginnings: dict[str, Beginnings],
) -> AsyncIterator[World]:
    """Two jurisdictions, an agency and a secretariat, with a client for each of 13 actors."""
    engine = make_url(settings.database_url).get_backend_name()
    made = templates.made[engine, "world"].on(settings)
    # What is made under something patched isn't kept for others.
    steps = () if "monkeypatch" in request.fixturenames else ("world",)
    beginnings[engine].settled(made, *steps)
    yield made
    await made.close()


@pytest.fixture
async def demonstration(settings: Settings, templates: Templates) -> AsyncIterator[Demonstration]:
    """The record of 2010 and the practice talks, loaded on 24 November 2026 at noon UTC."""
    engine = make_url(settings.database_url).get_backend_name()
    made = templates.made[engine, "demonstration"].on(settings)
    assert isinstance(made, Demonstration)
    yield made
    await made.close()
