"""The service and its commands as processes of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "negotiations"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(folder: Path, *more: str) -> Iterator[dict[str, Any]]:
    """The demonstration, serving while the block runs."""
    words = [*COMMAND, "demo", "--json", "--data", str(folder), "--port", str(free_port()), *more]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def beside(folder: Path, *words: str) -> str:
    """A command beside the running service."""
    env = {**os.environ, "NEGOTIATIONS_DATABASE_URL": f"sqlite:///{folder}/negotiations.db"}
    done = subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, env=env, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
