"""What holds around a serving process: that it is alone on its SQLite file, and how it ends."""

import fcntl
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from sqlalchemy.engine import make_url

from negotiations.errors import Refused
from negotiations.settings import Settings


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the lock file beside an SQLite database: it takes one serving process.

    Refused when another holds it: two that write and checkpoint could lose what was written.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        yield
        return
    try:
        held = Path(f"{url.database}.lock").open("w")  # noqa: SIM115  (closed below)
    except OSError as error:
        raise Refused(f"Can't write {url.database}.lock: {error.strerror}.") from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(
                f"Another process serves {url.database} already. Stop it, or use PostgreSQL."
            ) from None
        yield


class Serving(Event):
    """Set just before uvicorn takes over; SystemExit then, if a signal was to end it before.

    What a handler raises goes no further where Python ran it in the middle of a destructor.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_over = False

    def set(self) -> None:
        super().set()
        if self.is_over:
            raise SystemExit(0)


@contextmanager
def unhurried() -> Iterator[Serving]:
    """Let a signal that uvicorn has obeyed be the end of it; the block sets what it is given just
    before uvicorn takes over.

    uvicorn sends the signal to itself once more when it is done, which would end the process as
    killed. One that comes while the service still starts ends it.
    """
    serving = Serving()

    def obey(_number: int, _frame: object) -> None:
        if not serving.is_set():
            serving.is_over = True
            raise SystemExit(0)

    before = {one: signal.signal(one, obey) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield serving
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        gc.freeze()  # nothing is left to be swept up: more than half of the time to end
