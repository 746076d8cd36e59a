"""The commands. Each exits 0 when done, 1 when refused (with one clear line), 2 on wrong use."""

from negotiations.cli import (  # noqa: F401  (registers them)
    archives,
    auditing,
    backups,
    demo,
    exchange,
    mail,
    operate,
    people,
    proofs,
    record,
    serving,
)
from negotiations.cli.base import app

__all__ = ["app"]
