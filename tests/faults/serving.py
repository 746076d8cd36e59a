"""The real service as a process of its own that can be killed without warning."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
from running import free_port

SERVE = [sys.executable, "-m", "negotiations", "serve"]
CARELESS = [sys.executable, str(Path(__file__).parent / "careless.py")]

# Sixteen clients write faster than a person may.
UNLIMITED = {"NEGOTIATIONS_REQUESTS_PER_MINUTE": "0", "NEGOTIATIONS_FEED_FETCHES_PER_HOUR": "0"}


class Serving:
    """One `negotiations serve`; what it says goes to `log`.

    `words` may name another program, as the careless one that the harness is tried on.
    """

    def __init__(
        self, url: str, log: Path, words: list[str] | None = None, port: int | None = None,
        **settings: str,
    ) -> None:  # fmt: skip
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._started = time.monotonic()
        given = {f"NEGOTIATIONS_{name}": value for name, value in settings.items()}
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*(words or SERVE), "--port", str(self.port)],
                env={**os.environ, **UNLIMITED, "NEGOTIATIONS_DATABASE_URL": url, **given},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    async def ready(self, most: float = 60) -> float:
        """Wait until it answers; the seconds since its start."""
        async with httpx2.AsyncClient(base_url=self.base, timeout=5) as client:
            while time.monotonic() < self._started + most:
                if self._process.poll() is not None:
                    raise RuntimeError(f"the service ended with {self._process.returncode}")
                with contextlib.suppress(httpx2.TransportError):
                    # A service that has no /readyz answers 404 there.
                    if (await client.get("/readyz")).status_code in (200, 404):
                        return time.monotonic() - self._started
                await asyncio.sleep(0.01)
        raise RuntimeError(f"the service didn't answer within {most} s")

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    async def stop(self, most: float = 60) -> tuple[int, float]:
        """SIGTERM; its exit code, and the seconds until it ended."""
        began = time.monotonic()
        self._process.terminate()
        code = await asyncio.to_thread(self._process.wait, most)
        return code, time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL to all of its process group: nothing is said goodbye to."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def client_to(serving: Serving, connections: int) -> httpx2.AsyncClient:
    """A client that never reuses a connection which the service may just be closing (after 5 s)."""
    limits = httpx2.Limits(max_connections=connections, keepalive_expiry=1)
    return httpx2.AsyncClient(base_url=serving.base, timeout=120, limits=limits)
