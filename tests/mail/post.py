"""Posts that tests look into, and the look of a tick that sends by them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from factories import World

from negotiations.invitations import writing as invitations
from negotiations.invitations.looking import Looking
from negotiations.mail.encoding import Letter
from negotiations.mail.jobs import Office
from negotiations.mail.sending import Deliver, Post, Undelivered
from negotiations.notices.writing import WRITERS


@dataclass
class Box:
    """Keeps each letter; while `down` it takes none."""

    letters: list[Letter] = field(default_factory=list)
    down: bool = False
    where: str = "into a box"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Deliver]:
        async def deliver(letter: Letter) -> None:
            if self.down:
                raise Undelivered("ConnectionRefusedError 111", for_all=True)
            self.letters.append(letter)

        yield deliver

    @property
    def to(self) -> list[str]:
        return sorted(letter.to.partition("@")[0] for letter in self.letters)

    def of(self, name: str) -> Letter:
        """The one letter to this person."""
        [letter] = [one for one in self.letters if one.to == f"{name}@example.org"]
        return letter

    def empty(self) -> list[Letter]:
        taken, self.letters = self.letters, []
        return taken


# Who sits at the table of x but the coordinator, who does what happens in most tests.
AT_X = (
    "agency_delegate", "agency_head", "delegate_x", "head_x", "note_taker", "party_note_taker_x",
)  # fmt: skip


async def look(world: World, box: Box | Post) -> int:
    """One look of the tick; how many letters went."""
    looking = world.__dict__.setdefault("looking", Looking(world.settings))
    writers = {**WRITERS, **invitations.WRITERS}
    office = Office(world.settings, box, writers, looking.look)
    return await office.send_due(world.database, world.clock)


async def later(world: World, box: Any, seconds: float = 10) -> list[Letter]:
    """What has come into the box after this time; it is emptied."""
    await look(world, box)  # a tick looks every two seconds
    world.clock.forward(seconds=seconds)
    await look(world, box)
    return box.empty() if isinstance(box, Box) else []
