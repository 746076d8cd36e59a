"""Invitations that reach nobody are seen by the coordinator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from factories import World, act, propose, signed_in
from invitations.inviting import WHEN, wanting
from mail.post import Box, later

from negotiations.mail.encoding import Letter
from negotiations.mail.sending import Deliver, Undelivered


class Refusing(Box):
    """Takes no letter to head_x."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Deliver]:
        async def deliver(letter: Letter) -> None:
            if letter.to == "head_x@example.org":
                raise Undelivered("550 no such user", for_all=False)
            self.letters.append(letter)

        yield deliver


async def test_the_coordinator_sees_whom_invitations_do_not_reach(world: World) -> None:
    await wanting(world, "head_x")
    session = await propose(world, local_start=WHEN)
    for client in (world.head_x, world.agency_head):
        await act(client, session["id"], "accept")
    await later(world, Box(), 60)  # that it is proposed was told
    await act(world.coordinator, session["id"], "confirm")
    for _ in range(60):  # over four days: all tries fail
        await later(world, Refusing(), 6000)
    page = (await (await signed_in(world, "coordinator")).get("/")).text
    assert "reached The head_x" in page
