"""No secret in anything that is logged, over the whole test run (F27)."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from negotiations.access import secrets

LOOKS_LIKE_ONE = re.compile(r"(?<![\w-])(?:neg_)?([\w-]{43})(?![\w-])")
# Of a service of its own it isn't known what it made: what is written like one is one.
OF_A_SERVICE = re.compile(
    r"neg_[\w-]{43}|/feeds/[\w-]{43}|/sign-in/[\w-]{43}|/answer/[a-z2-7]{58}|\+[a-z2-7]{42}@"
)


class Listener(logging.Handler):
    """Keeps the records that hold a secret of this process, without it."""

    def __init__(self, made: set[str]) -> None:
        super().__init__()
        self.made, self.found = made, list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        line = logging.Formatter().format(record)
        if self.made.intersection(LOOKS_LIKE_ONE.findall(line)):
            self.found.append(LOOKS_LIKE_ONE.sub("(a secret)", line))


@contextmanager
def listening() -> Iterator[Listener]:
    """While the block runs every secret that is made is known, and every record is looked at."""
    listener = Listener(set())
    real = secrets.secrets

    def token_urlsafe(size: int) -> str:
        made = real.token_urlsafe(size)
        listener.made.add(made)
        return made

    secrets.secrets = SimpleNamespace(token_urlsafe=token_urlsafe)  # type: ignore[assignment]
    logging.getLogger().addHandler(listener)
    try:
        yield listener
    finally:
        logging.getLogger().removeHandler(listener)
        secrets.secrets = real
