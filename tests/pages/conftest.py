"""Services that the tests of the pages only read, and the browsers of their people."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pages.crawling import opened, pages
from pages.stirring import Stirring
from playwright.sync_api import Browser, Page
from running import COMMAND, awake, demo, serving

FOUNDING = (
    "init", "--title", "Empty talks", "--agency", "Agency", "--home-zone", "America/New_York",
    "--mail", "first@example.org", "--json",
)  # fmt: skip
PUBLIC = ("/sign-in", "/help", "/public/secure-communities-2010", "/public/practice-talks")


class Site:
    """A running service with people signed in."""

    def __init__(self, base: str, pid: int, logins: dict[str, str], *more: str) -> None:
        """`more`: pages of the coordinator's that no link leads to."""
        self.pid = pid
        self._walked: dict[tuple[str, int], list[str]] = {}
        self.starts = {"coordinator": ("/", *more), "nobody": PUBLIC}
        nobody = httpx2.Client(base_url=base, follow_redirects=True)
        self.base, self.people = base, {"nobody": nobody}
        self.people |= {name: opened(link) for name, link in logins.items()}

    def pages(self, name: str, each: int = 1) -> list[str]:
        """The addresses of what this person comes to, at most so many `each` kind.

        One walk is for all tests that look: what they do takes none of these pages away.
        """
        if (name, each) not in self._walked:
            starts = self.starts.get(name, ("/",))
            found = pages(self.people[name], *starts, each=each)
            self._walked[name, each] = [one for addresses in found.values() for one in addresses]
        return self._walked[name, each]

    def close(self) -> None:
        for client in self.people.values():
            client.close()


def site_of(told: dict[str, Any], *more: str) -> Site:
    """The demonstration that told this, with four of its people."""
    logins = told["logins"]
    people = {
        "coordinator": logins["coordinator"], "note_taker": logins["note_taker"],
        "arlington": logins["delegates"]["arlington"],
        **logins["practice_delegates"],
    }  # fmt: skip
    return Site(told["base_url"], told["pid"], people, *more)


@contextmanager
def stirred(folder: Path) -> Iterator[Site]:
    """The demonstration, stirred so that each page has something to say."""
    with demo(folder / "data") as told:
        stirring = Stirring(told)
        site = site_of(told, *stirring.all())
        stirring.close()
        yield site
        site.close()


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with stirred(tmp_path_factory.mktemp("filled")) as site:
        yield site


@pytest.fixture
def filled(filled_once: Site) -> Iterator[Site]:
    """For whoever looks, or does what any order of tests may do."""
    with awake(filled_once.pid):
        yield filled_once


@pytest.fixture(scope="session")
def empty_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'empty.db'}"
    link = founded(url)["login"]
    with serving(url) as (process, base):
        first = {"coordinator": f"{base}/sign-in/{link.rpartition('/')[2]}"}
        site = Site(base, process.pid, first)
        yield site
        site.close()


@pytest.fixture
def empty(empty_once: Site) -> Iterator[Site]:
    """Talks that were founded a moment ago, and nothing else."""
    with awake(empty_once.pid):
        yield empty_once


def founded(url: str) -> dict[str, Any]:
    """What `init` prints of new talks in a new database."""
    env = {**os.environ, "NEGOTIATIONS_DATABASE_URL": url}
    words = [*COMMAND, *FOUNDING]
    done = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make a window of somebody: window(site, "coordinator", width=320, ...)."""
    made = []

    def open_(site: Site, name: str, *, width: int = 1280, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **more)
        made.append(context)
        if cookie := site.people[name].cookies.get("login"):
            context.add_cookies([{"name": "login", "value": cookie, "url": site.base}])
        return context.new_page()

    yield open_
    for context in made:
        context.close()
