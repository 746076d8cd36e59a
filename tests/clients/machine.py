"""What a program of this machine needs to run by itself: to be there, and a home of its own."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def need(command: str, packages: str) -> str:
    """Where the command is; without it the test is left out, or fails where CI is true."""
    found = shutil.which(command)
    return found if found is not None else left_out(command, packages)


def left_out(what: str, packages: str) -> NoReturn:
    """Give the reason why the test can't run here."""
    reason = f"needs {what} (Debian: {packages})"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def alone_in(home: Path) -> dict[str, str]:
    """An environment in which a program reads and writes nothing outside this folder."""
    kinds = ("config", "cache", "data", "state")
    (home / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "TZ": "America/New_York",
        "XDG_RUNTIME_DIR": str(home / "run"),
        **{f"XDG_{kind.upper()}_HOME": str(home / kind) for kind in kinds},
    }
