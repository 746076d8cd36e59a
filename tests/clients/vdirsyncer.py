"""vdirsyncer: it fetches a feed for programs that show what lies in a folder."""

import subprocess
import sys
from pathlib import Path

from clients.machine import alone_in

CONFIG = """[general]
status_path = "{folder}/status"
[pair talks]
a = "phone"
b = "feed"
collections = null
conflict_resolution = "b wins"
[storage phone]
type = "filesystem"
path = "{folder}/items"
fileext = ".ics"
[storage feed]
type = "http"
url = "{address}"
"""


class Vdirsyncer:
    """It keeps one file per event in `items`, and names events by their content, not by our UID.

    So an event that is written anew without need would show here as another one.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.items = folder, folder / "items"
        self.items.mkdir(parents=True)
        self._config = folder / "config.vdirsyncer"
        self._config.write_text(CONFIG.format(folder=folder, address=address))
        self._run("discover").check_returncode()

    def _run(self, word: str) -> "subprocess.CompletedProcess[str]":
        command = Path(sys.executable).with_name("vdirsyncer")
        return subprocess.run(
            [str(command), "-c", str(self._config), word], env=alone_in(self.folder),
            input="y\n", capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def refresh(self) -> None:
        """Take over what the feed says now."""
        done = self._run("sync")
        assert done.returncode == 0, done.stderr

    def is_refused(self) -> bool:
        """Try the same; whether it complained."""
        return self._run("sync").returncode != 0
