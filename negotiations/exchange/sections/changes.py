"""The course of a session: each step of it as a file has it, and as it is written."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from negotiations.exchange.entry import Reference
from negotiations.exchange.tree import Path
from negotiations.exchange.work import Work
from negotiations.models import NegotiationSession
from negotiations.models.sessions import CloseKind
from negotiations.scheduling import actions, opening, postponing
from negotiations.scheduling.bodies import (
    Accept,
    Cancel,
    Decline,
    Move,
    Postpone,
    Reinstate,
    Relocate,
)
from negotiations.web.fields import Body, Line, Slug


class Accepted(Accept):
    kind: Literal["accepted"]
    party: Slug
    how: Line


class Declined(Decline):
    kind: Literal["declined"]
    party: Slug


class Confirmed(Body):
    kind: Literal["confirmed"]


class Moved(Move):
    kind: Literal["moved"]


class Relocated(Relocate):
    kind: Literal["relocated"]


class Cancelled(Cancel):
    kind: Literal["cancelled"]


class Postponed(Postpone):
    kind: Literal["postponed"]


class Reinstated(Reinstate):
    kind: Literal["reinstated"]


class Opened(Body):
    kind: Literal["opened"]


class Closed(Body):
    """Adjourned to a date, it goes on in the session that `continues` it."""

    kind: Literal["closed"]
    close_kind: CloseKind


class Published(Body):
    kind: Literal["published"]


Step = (
    Accepted
    | Declined
    | Confirmed
    | Moved
    | Relocated
    | Postponed
    | Reinstated
    | Cancelled
    | Opened
    | Closed
    | Published
)
ChangeItem = Annotated[Step, Field(discriminator="kind")]


async def _accepted(work: Work, session: NegotiationSession, step: Any) -> None:
    await actions.accept(work.db, work.actor, session, step, now=work.now)


async def _declined(work: Work, session: NegotiationSession, step: Any) -> None:
    await actions.decline(work.db, work.actor, session, step, now=work.now)


async def _confirmed(work: Work, session: NegotiationSession, step: Any) -> None:
    await actions.confirm(work.db, work.actor, session, now=work.now)


async def _moved(work: Work, session: NegotiationSession, step: Any) -> None:
    await actions.move(work.db, work.actor, session, step, now=work.now)


async def _relocated(work: Work, session: NegotiationSession, step: Any) -> None:
    await actions.relocate(work.db, work.actor, session, step, now=work.now)


async def _cancelled(work: Work, session: NegotiationSession, step: Any) -> None:
    await actions.cancel(work.db, work.actor, session, step.reason, now=work.now)


async def _postponed(work: Work, session: NegotiationSession, step: Any) -> None:
    await postponing.postpone(work.db, work.actor, session, step.reason, now=work.now)


async def _reinstated(work: Work, session: NegotiationSession, step: Any) -> None:
    await postponing.reinstate(work.db, work.actor, session, step, now=work.now)


async def _opened(work: Work, session: NegotiationSession, step: Any) -> None:
    await opening.open_session(work.db, work.actor, session, now=work.now)


async def _published(work: Work, session: NegotiationSession, step: Any) -> None:
    await actions.publish(work.db, work.actor, session, now=work.now)


# Closing is written with all that came of the session: see `closing`.
WRITE: dict[str, Callable[[Work, NegotiationSession, Any], Awaitable[None]]] = {
    "accepted": _accepted,
    "declined": _declined,
    "confirmed": _confirmed,
    "moved": _moved,
    "relocated": _relocated,
    "postponed": _postponed,
    "reinstated": _reinstated,
    "cancelled": _cancelled,
    "opened": _opened,
    "published": _published,
}


def references(steps: Sequence[Step], beside: tuple[str, ...]) -> Iterable[Reference]:
    """The sides that the steps name."""
    for place, step in enumerate(steps):
        here: Path = ("changes", place)
        if isinstance(step, Accepted | Declined):
            yield Reference((*here, "party"), "side", step.party, beside)
        if isinstance(step, Moved | Relocated | Reinstated):
            for number, one in enumerate(step.consents):
                path = (*here, "consents", number, "party")
                yield Reference(path, "side", one.party, beside)
