"""PURE: how hard a plan is looked for, and how far that is."""

from dataclasses import dataclass

from negotiations.planning.groupings import Grouping


@dataclass(frozen=True, slots=True)
class Options:
    """`iterations` of the search and `nodes` of the solver end the work; `prove` asks for proofs.

    None for `iterations` takes as many as the problem's size suggests. `explain` asks which rules
    cannot hold together where not every session found a place, by rules grouped so.
    """

    seed: int = 1
    iterations: int | None = None
    prove: bool = True
    nodes: int = 1_000
    explain: Grouping | None = "city"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: `bound` is None while there is none."""

    phase: str
    iteration: int
    iterations: int
    unplaced: int
    cost: int
    bound: float | None
