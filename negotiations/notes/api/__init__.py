"""JSON for summaries and for closing a session."""

from negotiations.notes.api import life, result  # noqa: F401  (they register)
from negotiations.notes.api.base import api

__all__ = ["api"]
