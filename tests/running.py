"""The service and its commands as processes of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from overheard import OF_A_SERVICE

COMMAND = [sys.executable, "-m", "negotiations"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(folder: Path, *more: str) -> Iterator[dict[str, Any]]:
    """The demonstration, serving while the block runs."""
    words = [*COMMAND, "demo", "--json", "--data", str(folder), "--port", str(free_port()), *more]
    # A file, as below: many pages are looked at.
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True)
        assert process.stdout is not None
        try:
            if not (line := process.stdout.readline()):
                log.seek(0)
                raise AssertionError(log.read())
            yield {**json.loads(line), "pid": process.pid}
        finally:
            process.send_signal(signal.SIGCONT)  # see awake()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


@contextmanager
def awake(pid: int) -> Iterator[None]:
    """A service that is asked again later does something while the block runs, and then rests.

    It looks every few seconds for what is due: over a whole test run that is half a minute.
    """
    os.kill(pid, signal.SIGCONT)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGSTOP)


@contextmanager
def running(database_url: str, *words: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A command of the service on this database, ended with the block if it still runs."""
    given = {"DATABASE_URL": database_url, **settings}
    env = {**os.environ, **{f"NEGOTIATIONS_{name}": value for name, value in given.items()}}
    # What it logs goes into a file: a pipe that nobody reads would stop it once it is full.
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*COMMAND, *words], stdout=subprocess.PIPE, stderr=log, text=True, env=env
        )
        assert process.stdout is not None
        try:
            yield process
        except BaseException:
            log.seek(0)
            print(log.read()[-5000:])
            raise
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            process.wait(60)
            process.stdout.close()
        log.seek(0)
        assert not OF_A_SERVICE.search(log.read()), "its log holds a secret"


@contextmanager
def serving(
    database_url: str, *more: str, **settings: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The service on a free port of this machine, once it says that it is ready."""
    base = f"http://127.0.0.1:{free_port()}"
    words = ("serve", "--port", base.rpartition(":")[2], *more)
    with running(database_url, *words, BASE_URL=base, **settings) as process:
        ready(process, base)
        yield process, base


def ready(process: subprocess.Popen[str], base: str, seconds: float = 240) -> None:
    """Wait until it is."""
    until = time.monotonic() + seconds
    while True:
        try:
            if httpx2.get(f"{base}/readyz", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        assert process.poll() is None, "it ended"
        assert time.monotonic() < until, "it never got ready"
        time.sleep(0.05)


def beside(folder: Path, *words: str) -> str:
    """A command beside the running service."""
    env = {**os.environ, "NEGOTIATIONS_DATABASE_URL": f"sqlite:///{folder}/negotiations.db"}
    done = subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, env=env, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
