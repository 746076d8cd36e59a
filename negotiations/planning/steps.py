"""PURE: a mixed integer program in plain arrays, whose main columns say when sessions start.

A session's step variables are 1 if it starts at a slot or before. Imports numpy.
"""

from dataclasses import dataclass, field

import numpy as np

from negotiations.planning.grid import Floats

Row = tuple[float, float, dict[int, float]]  # at least, at most, coefficient per column


@dataclass(slots=True)
class Program:
    """Columns 0 to 1 (`whole` ones are integers) or from 0 on; make `cost` . x + `constant` least.

    `steps` says of each session which slots it may start at and the column of each but the last.
    """

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    constant: float = 0.0
    steps: list[tuple[list[int], list[int]]] = field(default_factory=list)
    possible: bool = True

    def column(self, upper: float, *, whole: bool) -> int:
        self.cost.append(0.0)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(
        self, least: float, most: float, entries: dict[int, float], constant: float = 0
    ) -> None:
        """least <= entries . x + constant <= most."""
        if entries:
            self.rows.append((least - constant, most - constant, entries))
        elif not least <= constant <= most:
            self.possible = False

    def until(self, session: int, slot: int) -> tuple[int | None, float]:
        """The column that says whether a session starts at a slot or before, or else its value."""
        slots, columns = self.steps[session]
        place = int(np.searchsorted(slots, slot, side="right")) - 1
        if place < 0:
            return None, 0.0
        return (columns[place], 0.0) if place < len(columns) else (None, 1.0)

    def starts(self, values: Floats) -> list[int]:
        """The start of each session in a solution."""
        return [
            slots[sum(values[column] < 0.5 for column in columns)] for slots, columns in self.steps
        ]
