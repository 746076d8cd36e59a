"""JSON for sessions and what hangs on them."""

from negotiations.scheduling.api import inside, noted, sessions  # noqa: F401  (they register)
from negotiations.scheduling.api.base import api

__all__ = ["api"]
