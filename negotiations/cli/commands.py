"""Every command there is; importing this registers them."""

from negotiations.cli import (  # noqa: F401
    archives,
    auditing,
    backups,
    demo,
    exchange,
    mail,
    operate,
    people,
    plans,
    proofs,
    record,
    serving,
)
from negotiations.cli.base import app

__all__ = ["app"]
