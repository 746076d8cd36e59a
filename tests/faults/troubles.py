"""What befalls the database while the service is at work: it dies, or its disk is full."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import postgres


class Trouble(Protocol):
    """Comes and goes; while it is there nothing else may be broken than what it breaks."""

    spoils_reads: bool

    async def begin(self, number: int) -> None: ...

    async def end(self) -> None: ...


class Death:
    """PostgreSQL is stopped at once, by turns as `pg_ctl stop -m immediate` and SIGKILL do."""

    spoils_reads = True

    def __init__(self, server: postgres.Server) -> None:
        self._server = server

    async def begin(self, number: int) -> None:
        how = signal.SIGKILL if number % 2 else signal.SIGQUIT
        await asyncio.to_thread(self._server.crash, how)

    async def end(self) -> None:
        await asyncio.to_thread(self._server.again)


class Full:
    """Nothing more fits onto the disk. A PostgreSQL that gives up is started once there is room."""

    spoils_reads = False

    def __init__(self, disk: Path, server: postgres.Server | None) -> None:
        self._ballast, self._server = disk / "ballast", server
        self.spoils_reads = server is not None  # it may end all its connections
        self._filling: asyncio.Task[None] | None = None

    async def begin(self, number: int) -> None:
        self._fill()
        self._filling = asyncio.create_task(self._keep_full())

    async def _keep_full(self) -> None:
        """What others give back is taken as well."""
        while True:
            await asyncio.sleep(0.02)
            self._fill()

    def _fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as ballast, suppress(OSError):
            for size in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while True:
                        ballast.write(bytes(size))

    async def end(self) -> None:
        assert self._filling is not None
        self._filling.cancel()
        self._ballast.unlink()
        server = self._server
        if server is not None and server.process is not None and server.process.poll() is not None:
            await asyncio.to_thread(server.again)


def can_mount() -> bool:
    """Whether this process may: as root, and where containers are allowed to."""
    if os.geteuid() != 0:
        return False
    words = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    with suppress(OSError):
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    return False


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own while the block runs."""
    disk = folder / "disk"
    disk.mkdir()
    words = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)]
    subprocess.run(["mount", *words], check=True, capture_output=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True, capture_output=True)
