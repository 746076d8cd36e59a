"""Which part of a long walk the engines take.

Some tests send something to every route, or ask everything as everybody. What they look at is the
same code above either engine, so SQLite walks the whole way. PostgreSQL, where each request takes
twice the time, takes a part in which every kind of route has its place; tests that walk over the
same routes begin at other ones, so that together they come by nearly all. A few that draw random
lives draw fewer on either. With `WHOLE_WALKS=1`, as in `make walks` and `make faults`, everything
is walked over: such tests are marked `walks`. A part is the same in each run.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

WHOLE = os.environ.get("WHOLE_WALKS") == "1"
T = TypeVar("T")


def engine_of(world: Any) -> str:
    """`sqlite` or `postgresql`."""
    return str(world.database.engines["readers"].dialect.name)


def whole(world: Any) -> bool:
    """Whether all is walked over."""
    return WHOLE or engine_of(world) == "sqlite"


def shape(row: str) -> str:
    """The kind of a route of the permission table: its verb, and on a list, on one, or below it."""
    verb, path, *_ = row.split()
    return f"{verb} {'one' if path.endswith('}') else 'below' if '{id}' in path else 'all'}"


def share(
    world: Any, steps: Iterable[T], part: int, turn: int = 0, kind: Callable[[T], object] = shape
) -> list[T]:
    """Of each kind every `part`-th step, beginning at the `turn`-th; on SQLite all of them."""
    if whole(world):
        return list(steps)
    found = defaultdict[object, list[T]](list)
    for step in steps:
        found[kind(step)].append(step)
    return [one for many in found.values() for one in many[turn % min(part, len(many)) :: part]]


def thinned(world: Any, steps: Iterable[T], part: int) -> list[T]:
    """Every `part`-th step, whatever it is; on SQLite all of them."""
    return share(world, steps, part, kind=lambda _: "")
