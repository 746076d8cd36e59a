"""The service, watched from within: how late its event loop is.

    python tests/benchmarks/probed.py PORT FILE

On SIGTERM FILE gets the lags in milliseconds, one a line, of a look every 5 ms.
"""

import asyncio
import sys
import time
from pathlib import Path

import uvicorn
import uvloop

from negotiations import logs
from negotiations.app import create_app
from negotiations.cli.around import unhurried
from negotiations.cli.serving import server_config, settle
from negotiations.settings import load

EVERY = 0.005  # seconds


async def main(port: int) -> list[float]:
    settings = load()
    logs.set_up("json")
    asgi = create_app(settings)
    settle()
    lags: list[float] = []
    looking = asyncio.create_task(_look(lags))
    await uvicorn.Server(server_config(asgi, settings, "127.0.0.1", port)).serve()
    looking.cancel()
    return lags


async def _look(lags: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(EVERY)
        lags.append((time.perf_counter() - before - EVERY) * 1000)


if __name__ == "__main__":
    uvloop.install()
    with unhurried() as serving:
        serving.set()
        measured = asyncio.run(main(int(sys.argv[1])))
    Path(sys.argv[2]).write_text("\n".join(f"{one:.2f}" for one in measured))
