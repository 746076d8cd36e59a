"""What time it is for the service: the machine's clock, or one set for tests and screenshots."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Runs on from `start` (an instant with a zone) if given, else is the machine's clock."""

    def __init__(self, start: datetime | None = None) -> None:
        self._ahead = start - datetime.now(UTC) if start else timedelta(0)

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC) + self._ahead
