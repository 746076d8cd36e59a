"""The service, watched from within: how late its event loop is.

    python tests/benchmarks/probed.py PORT FILE [RATE SECONDS TOGETHER]

On SIGTERM FILE gets the lags in milliseconds, one a line, of a look every 5 ms. With RATE it also
changes sessions itself (see changing.py), from five seconds after its start, and prints how many.
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
from negotiations.db import Database
from negotiations.settings import load

EVERY = 0.005  # seconds


async def main(port: int, *changing: str) -> list[float]:
    settings = load()
    logs.set_up("json")
    asgi = create_app(settings)
    settle()
    lags: list[float] = []
    looking = asyncio.create_task(_look(lags))
    loading = (
        asyncio.create_task(
            _change(asgi.state.database, *map(float, changing[:2]), int(changing[2]))
        )
        if changing
        else None
    )
    await uvicorn.Server(server_config(asgi, settings, "127.0.0.1", port)).serve()
    looking.cancel()
    if loading is not None:
        await loading
    return lags


async def _look(lags: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(EVERY)
        lags.append((time.perf_counter() - before - EVERY) * 1000)


async def _change(database: Database, rate: float, seconds: float, together: int) -> None:
    from changing import changes

    await asyncio.sleep(5)
    print(await changes(database, rate, seconds, together), flush=True)


if __name__ == "__main__":
    uvloop.install()
    with unhurried() as serving:
        serving.set()
        measured = asyncio.run(main(int(sys.argv[1]), *sys.argv[3:]))
    Path(sys.argv[2]).write_text("\n".join(f"{one:.2f}" for one in measured))
