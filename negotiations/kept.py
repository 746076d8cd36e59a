"""PURE: what is kept in memory, up to so many bytes; what was used longest ago goes first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any


class Kept:
    """Values by their keys. `limit` and the sizes are in bytes, as the caller estimates them.

    Threads may put and get at once: of getting each step is a single one.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._changing = Lock()
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """The value, which counts as used now; None when it isn't kept."""
        found = self._values.get(key)
        if found is None:
            return None
        try:  # (contextlib.suppress would double what this costs)
            self._values.move_to_end(key)
        except KeyError:  # it has gone meanwhile
            return found[0]
        return found[0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep it, unless it is larger than all that may be kept."""
        with self._changing:
            old = self._values.pop(key, None)
            self.size += size - (old[1] if old else 0)
            self._values[key] = (value, size)
            while self.size > self.limit and self._values:
                _, (_, gone) = self._values.popitem(last=False)
                self.size -= gone

    def clear(self) -> None:
        with self._changing:
            self._values.clear()
            self.size = 0

    def __len__(self) -> int:
        return len(self._values)
