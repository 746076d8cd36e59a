"""JSON for negotiations, parties, teams, tracks, issues (`talks`), people and seats (`people`)."""

from negotiations.parties.api import people, talks  # noqa: F401  (registers their endpoints)
from negotiations.parties.api.base import api

__all__ = ["api"]
