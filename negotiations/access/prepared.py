"""Statements made once for everybody with the same rights, and given their values when asked.

To make a statement, and the key under which its SQL is kept, takes as long as to ask it.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from negotiations.access.actor import Actor

Shape = ParamSpec("Shape")
Made = TypeVar("Made")
MOST_MADE = 3000  # about 20 MB, of fifty people; the one that was made first gives way
_made: dict[Hashable, Any] = {}


def rights(actor: Actor) -> Hashable:
    """All of an actor that `visible` depends on."""
    return actor.seats, actor.person_id, actor.is_administrator


def prepared(
    make: Callable[Concatenate[Actor, Shape], Made],
) -> Callable[Concatenate[Actor, Shape], Made]:
    """Keeps what `make` makes, by the actor's rights and what else it is given.

    What is given decides how the statement looks, and is hashable; values that differ from one
    asking to the next are `bindparam`s, and come with `db.exec(..., params=...)`.
    """

    @wraps(make)
    def given(actor: Actor, *shape: Shape.args, **named: Shape.kwargs) -> Made:
        if actor.via == "tick":  # looks for one person after another, and for each once
            return make(actor, *shape, **named)
        asked = (make, rights(actor), shape, *named.items())
        if asked not in _made:
            if len(_made) >= MOST_MADE:
                del _made[next(iter(_made))]
            _made[asked] = make(actor, *shape, **named)
        found: Made = _made[asked]
        return found

    return cast(Callable[Concatenate[Actor, Shape], Made], given)
