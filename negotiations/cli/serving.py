"""Serving: one process, several that share a port, or the worker beside them; and how they stop.

SIGTERM and Ctrl-C: no new connection is taken, what is being answered may end within GRACE
seconds, what isn't answered by then is undone; the process ends with 0.
"""

import asyncio
import ctypes
import gc
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer
import uvicorn
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from negotiations import durability, logs
from negotiations.app import FEW, create_app, freshen, open_database
from negotiations.cli.around import alone, unhurried
from negotiations.cli.base import app, check_schema, refusing, run
from negotiations.cli.heads import BoundedHead
from negotiations.clock import Clock
from negotiations.errors import Refused
from negotiations.mail.sending import remark
from negotiations.settings import Settings, load
from negotiations.ticks import Ticking, jobs_of
from negotiations.web import metrics

log = logging.getLogger("negotiations")
# Seconds; SQLite may then still wait for another process's lock (engines.BUSY_MS), which nothing
# can cut short, and together it must be less than ten.
GRACE = 4
M_ARENA_MAX = -8  # malloc.h


@app.command()
@refusing
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes (PostgreSQL).")] = 1,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave periodic jobs to `negotiations worker`.")
    ] = False,
) -> None:
    """Serve pages, JSON and feeds.

    Example: negotiations serve --host 0.0.0.0 --port 8000
    """
    settings = load()
    _check_engine(settings, workers=workers, no_worker=no_worker)
    check_schema(settings)
    check_port(host, port)
    with alone(settings), unhurried() as serving:
        if workers > 1:
            _serve_together(settings, host, port, workers, serving, ticking=not no_worker)
        else:
            run(_serve_alone(settings, host, port, serving, ticking=not no_worker))


async def _serve_alone(
    settings: Settings, host: str, port: int, serving: Event, *, ticking: bool
) -> None:
    asgi = create_app(settings, ticking=ticking)
    settle()
    remarks = await durability.require(asgi.state.database)
    _told(settings, host, port, remarks, ticking=ticking)
    server = uvicorn.Server(server_config(asgi, settings, host, port))
    serving.set()
    await server.serve()


def _told(
    settings: Settings, host: str, port: int, remarks: Sequence[str], *, ticking: bool
) -> None:
    print(f"Serving {settings.base_url} on {host}:{port}. Stop with Ctrl-C.", flush=True)
    if ticking:
        _tell_of_mails(settings)
    logs.set_up(settings.log_format)
    for one in remarks:
        log.info(one)


def _tell_of_mails(settings: Settings) -> None:
    """On the console, since the log holds no path: else nobody notices that none is sent."""
    if told := remark(settings):
        print(told, flush=True)


@app.command()
@refusing
async def worker() -> None:
    """Do what is due again and again, beside `serve --no-worker`.

    Example: negotiations worker
    """
    settings = load()
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        raise Refused(
            "SQLite takes one process, and `negotiations serve` does the worker's part there. "
            "For a worker of its own name a PostgreSQL in NEGOTIATIONS_DATABASE_URL."
        )
    check_schema(settings)
    clock, stop = Clock(), asyncio.Event()
    database = open_database(settings, clock, serving=True)
    remarks = await durability.require(database)
    ticking = Ticking(database, clock, jobs_of(settings))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(f"Working: {', '.join(ticking.names)}. Stop with Ctrl-C.", flush=True)
    _tell_of_mails(settings)
    logs.set_up(settings.log_format)
    for one in remarks:
        log.info(one)
    ticking.start()
    await stop.wait()
    await ticking.stop(seconds=GRACE)
    await database.close()
    gc.freeze()  # as in unhurried()


def _check_engine(settings: Settings, *, workers: int, no_worker: bool) -> None:
    """SQLite takes one process, which must then do everything."""
    if make_url(settings.database_url).get_backend_name() != "sqlite":
        return
    if workers > 1:
        raise Refused(
            f"SQLite takes one serving process, not {workers}. Leave out --workers, "
            "or name a PostgreSQL in NEGOTIATIONS_DATABASE_URL."
        )
    if no_worker:
        raise Refused(
            "SQLite takes one process, so this one must do the worker's part. Leave out "
            "--no-worker, or name a PostgreSQL in NEGOTIATIONS_DATABASE_URL."
        )


async def _prepare(settings: Settings, processes: int) -> Sequence[str]:
    """What one process does for all of them before they start; the remarks on the database."""
    database = open_database(settings, Clock(), serving=True, pool=FEW)
    database.for_requests(settings.requests_url)
    try:
        remarks = await durability.require(database, processes=processes)
        await freshen(database)
    finally:
        await database.close()
    return remarks


def _serve_together(
    settings: Settings, host: str, port: int, workers: int, serving: Event, *, ticking: bool
) -> None:
    _told(settings, host, port, run(_prepare(settings, workers)), ticking=ticking)
    with tempfile.TemporaryDirectory(prefix="negotiations-metrics-") as folder:
        shared = Path(folder)
        metrics.share_in(shared)
        made = partial(_one_of_several, ticking=ticking, shared=shared)
        config = server_config(made, settings, host, port, factory=True, workers=workers)
        together = _Together(config, [config.bind_socket()], shared)
        serving.set()
        together.run()
    if together.failed:
        raise Refused("A serving process can't start; what it logged says why.")


def _one_of_several(*, ticking: bool, shared: Path) -> Starlette:
    """The service in a process of its own, from the same environment."""
    settings = load()
    logs.set_up(settings.log_format)
    asgi = create_app(settings, ticking=ticking, metrics=metrics.Metrics(shared))
    settle()
    return asgi


def settle() -> None:
    """Keep the event loop from waiting, and memory small.

    What was made so far lives as long as the process: the collector needn't look through it again.
    And a thread that puts a feed together gives way after a millisecond. Where the C library is
    GNU's, threads share two arenas: else each keeps what it has freed, three to eight megabytes.
    """
    if (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        mallopt(M_ARENA_MAX, 2)
    sys.setswitchinterval(0.001)
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class _Together(Multiprocess):
    """uvicorn's keeper of processes: it starts another one for one that died.

    Its own way of looking asks each process and may wait long for one that is only busy, or that
    ends just then: a stop would take as long. Whether a process is there, the system knows.
    """

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], shared: Path) -> None:
        super().__init__(config, sockets)
        self._shared = shared
        self.failed = False

    def keep_subprocess_alive(self) -> None:
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set() or process.process.is_alive():
                continue
            metrics.forget(process.pid or 0, self._shared)
            if process.exitcode == STARTUP_FAILURE:
                self.failed = True  # and would again: none is kept
                self.should_exit.set()
                return
            log.error("a process ended with %s; another one takes its place", process.exitcode)
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()

    def terminate_all(self) -> None:
        # Else connections would still queue up here, where nobody answers them.
        for one in self.sockets:
            one.close()
        super().terminate_all()


def check_port(host: str, port: int) -> None:
    """Refuse in one line when the port is taken, before anything is opened."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(f"Can't listen on {host}:{port}: {error.strerror}.") from None


def server_config(
    asgi: Any, settings: Settings, host: str, port: int, **more: Any
) -> uvicorn.Config:
    """How uvicorn runs us: its own access log is off, since it would hold secret addresses."""
    return uvicorn.Config(
        asgi,
        host=host,
        port=port,
        loop="uvloop",
        http=BoundedHead,
        access_log=False,
        log_config=None,
        log_level="warning",
        forwarded_allow_ips=settings.forwarded_allow_ips,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        **more,
    )
