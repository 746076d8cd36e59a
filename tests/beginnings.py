"""What many tests begin with is made once in a worker, and then copied with its database.

A session that was confirmed takes a dozen requests, and a hundred tests begin with one. A function
that is `once_made`, asked on a world where nothing else was done yet, runs on a database that is
kept; from then on a copy of that takes the place of the world's own. Whoever wants every step to be
made anew asks for something else first; what is patched or counted while the function runs would
not be seen.
"""

import copy
import itertools
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import make_url
from statements import pools_of

from negotiations.settings import Settings

if TYPE_CHECKING:
    from templates import Templates

P = ParamSpec("P")
T = TypeVar("T")
_numbers = itertools.count(1)
QUICK = ("propose", "_cookie", "set_rule", "make")  # one request or so
MOST = {"sqlite": 200, "postgresql": 40}  # kept at once, of one and ten megabytes each


def settings_for(url: str) -> Settings:
    return Settings(
        database_url=url, base_url="http://testserver", secret_key="of the tests alone " * 2,
        outgoing_inside="127.0.0.0/8",
    )  # fmt: skip


@dataclass
class Beginnings:
    """Of one engine: what was made, by the steps that led there."""

    engine: str
    templates: "Templates"
    folder: Path
    kept: dict[tuple[str, ...], tuple[str, Any]] = field(default_factory=dict)
    asked: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def settled(self, world: Any, *steps: str) -> None:
        """The world stands at the end of these steps, and nobody has asked it for anything."""
        world.beginnings, world.steps = self, steps
        for pool in pools_of(world.database):
            event.listen(pool, "connect", lambda *_: setattr(world, "steps", ()))

    def untouched(self, world: Any) -> bool:
        """Whether its database is a copy still, and would be made the same again."""
        if not world.steps or world.clock.at != self._first.clock.at:
            return False
        url = world.settings.database_url
        if world.settings != settings_for(url):
            return False
        if self.engine == "sqlite":
            file = make_url(url).database
            return not any(Path(f"{file}{end}").exists() for end in ("-wal", "-shm", "-journal"))
        return True

    @property
    def _first(self) -> Any:
        return self.templates.made[self.engine, "world"]

    async def take(
        self, world: Any, step: str, make: Callable[[Any], Awaitable[Any]], *, quick: bool
    ) -> tuple[bool, Any]:
        """Whether the world stands there now, and what making it gave.

        What is `quick` doesn't stand there yet when PostgreSQL is asked for it the first time.
        """
        steps = (*world.steps, step)
        if steps not in self.kept:
            self.asked[steps] += 1
            if quick and self.asked[steps] == 1 and self.engine == "postgresql":
                return False, None  # a copy is dearer than this once
            before = self._kind(world.steps)
            if before is None:
                return False, None
            kind = f"beginning_{next(_numbers)}"
            async with self._on(self.templates.derive(self.engine, before, kind)) as other:
                self.settled(other, *world.steps)
                self.kept[steps] = kind, await make(other)
        kind, answer = self.kept[steps] = self.kept.pop(steps)  # the last that was asked for
        self._forget()
        self.templates.replace(self.engine, kind, world.settings.database_url)
        world.steps = steps
        return True, copy.deepcopy(answer)

    def _kind(self, steps: tuple[str, ...]) -> str | None:
        """The template that stands at the end of these steps; None where it was forgotten."""
        if len(steps) == 1:
            return steps[0]
        return self.kept[steps][0] if steps in self.kept else None

    def _forget(self) -> None:
        """What was asked for longest ago goes: memory is where they are."""
        while len(self.kept) > MOST[self.engine]:
            kind, _ = self.kept.pop(next(iter(self.kept)))
            self.templates.forget(self.engine, kind)

    @asynccontextmanager
    async def _on(self, url: str) -> AsyncIterator[Any]:
        made = self._first.on(settings_for(url))
        try:
            yield made
        finally:
            await made.close()

    @asynccontextmanager
    async def another(self) -> AsyncIterator[Any]:
        """One more world at its beginning, on a database of its own."""
        name = f"another_{os.getpid()}_{next(_numbers)}"
        to = name if self.engine == "postgresql" else str(self.folder / f"{name}.db")
        url = self.templates.copy(self.engine, "world", to)
        try:
            async with self._on(url) as made:
                self.settled(made, "world")
                yield made
        finally:
            self.templates.drop(self.engine, url)


def once_made(
    make: Callable[Concatenate[Any, P], Awaitable[T]],
) -> Callable[Concatenate[Any, P], Awaitable[T]]:
    """Of a function that does something in a world, and nothing outside its database."""

    @wraps(make)
    async def made(world: Any, *args: P.args, **more: P.kwargs) -> T:
        async def again(other: Any) -> T:
            return await make(other, *args, **more)

        beginnings = getattr(world, "beginnings", None)
        if beginnings is not None and beginnings.untouched(world):
            step = f"{make.__module__}.{make.__qualname__} {args!r} {sorted(more.items())!r}"
            quick = make.__name__ in QUICK
            there, answer = await beginnings.take(world, step, again, quick=quick)
            if there:
                return answer  # type: ignore[no-any-return]
        return await make(world, *args, **more)

    return made
