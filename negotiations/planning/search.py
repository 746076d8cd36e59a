"""PURE: a first plan by price-guided greedy, made better by taking out and putting back.

Ruin and recreate (Schrimpf et al. 2000) with a little annealing: a track that pays more than it
would alone, and some of those who sit where it would like to be, are placed anew. Seeded, and ended
by a number of iterations. Imports numpy.
"""

import math
import random
from collections.abc import Callable

import numpy as np

from negotiations.planning.draft import Draft, Kept
from negotiations.planning.grid import Floats

HOT, COLD = 0.8, 0.06  # wishes: what a worse plan may cost more at the beginning and the end
RUINED = (2, 3, 4, 5, 6)  # how many tracks are taken out at once
NOISE = -1.0
PRICES = (0.0, 0.5, 1.0, NOISE)  # how much the prices count beside the wishes
NOISES = (0.5, 1.0, 3.0)  # wishes: how much chance may count instead
CURIOUS, CHANCE = 0.85, 1.5  # how often, and by how many wishes, it would like to be elsewhere
SEEKING = 0.7  # how often a track without a place goes first, while there is one


def greedy(draft: Draft, guide: Floats) -> None:
    """Place every track, those with the fewest possible starts first."""
    starts = draft.starts
    scarce = np.array(
        [starts.allowed[each].sum(axis=1).min(initial=0) if each else 0 for each in draft.sessions]
    )
    for track in np.argsort(scarce, kind="stable").tolist():
        draft.place(track, guide)


class Search:
    """Makes a draft better; `best` is the best that it was."""

    def __init__(self, draft: Draft, guide: Floats, seed: int) -> None:
        self.draft = draft
        self.guides = {price: guide * price if price else None for price in PRICES}
        self.draw = random.Random(seed)
        self.best = draft.keep()
        self.noise = np.random.default_rng(seed)
        self.alone = draft.alone()
        self.track_of = draft.starts.track_of.tolist()
        self.done = 0

    def repair(self, iterations: int) -> None:
        """Look for places for those who have none, whatever it costs, for so many iterations."""
        draft = self.draft
        while draft.unplaced and iterations > 0:
            iterations -= 1
            self._step(math.inf)
        self._note()

    def run(self, iterations: int, on: Callable[[int, Kept], bool] = lambda _, __: True) -> bool:
        """So many iterations; False if `on(iteration, best)` ended it early."""
        cooling = (COLD / HOT) ** (1 / max(1, iterations))
        heat = HOT
        for _ in range(iterations):
            if not on(self.done, self.best):
                return False
            self.done += 1
            heat *= cooling
            self._step(heat)
            self._note()
        return True

    def _note(self) -> None:
        draft = self.draft
        if (draft.unplaced, draft.cost) < (self.best.unplaced, self.best.cost):
            self.best = draft.keep()

    def _step(self, heat: float) -> None:
        draft = self.draft
        unplaced, cost = draft.unplaced, draft.cost
        out = self._ruined()
        was = {track: draft.take_out(track) for track in out}
        guide = self._guide()
        for track in out:
            draft.place(track, guide)
        if not self._kept(draft.unplaced - unplaced, draft.cost - cost, heat):
            for track in out:
                draft.take_out(track)
            for track in out:
                draft.put(track, was[track])

    def _guide(self) -> Floats | None:
        """What counts beside the wishes this time: nothing, prices, or chance."""
        price = self.draw.choice(PRICES)
        if price == NOISE:
            chance = self._chance(self.draw.choice(NOISES))
            return np.broadcast_to(chance, self.draft.base.shape)
        return self.guides[price]

    def _chance(self, most: float) -> Floats:
        """Per slot some wishes by chance."""
        found: Floats = most * self.noise.random(size=(self.draft.base.shape[1],))
        return found

    def _kept(self, lacking: int, dearer: int, heat: float) -> bool:
        """Whether the new plan takes the place of the old one."""
        if lacking or dearer <= 0:
            return lacking < 0 or (lacking == 0 and dearer <= 0)
        return self.draw.random() < math.exp(-dearer / heat)

    def _ruined(self) -> list[int]:
        """The track that is placed first, and those that give way."""
        first = self._unhappy()
        near = self._in_the_way(first)
        self.draw.shuffle(near)
        count = self.draw.choice(RUINED)
        while len(near) < count - 1 and len(near) < len(self.alone) - 1:
            near.append(self.draw.randrange(len(self.alone)))
        return list(dict.fromkeys([first, *near[: count - 1]]))

    def _unhappy(self) -> int:
        """One without a place, or of some drawn the one that loses most against being alone."""
        draft = self.draft
        if draft.unplaced and self.draw.random() < SEEKING:
            return self.draw.choice([one for one, each in enumerate(draft.lacking) if each])
        drawn = [self.draw.randrange(len(draft.sessions)) for _ in range(4)]
        return max(drawn, key=lambda one: self._regret(one) + self.draw.random())

    def _regret(self, track: int) -> float:
        draft = self.draft
        return draft.costs[track] + draft.lacking[track] * draft.penalty - self.alone[track][0]

    def _in_the_way(self, track: int) -> list[int]:
        """Those who sit where it would be if it were alone, with the teams that do least there."""
        draft = self.draft
        found: set[int] = set()
        wanted = self.alone[track][1]
        if self.draw.random() < CURIOUS:
            wanted = draft.would(track, self._chance(CHANCE))
        for one, start in zip(draft.sessions[track], wanted, strict=False):
            if start != draft.seats[one][0]:
                rows = draft.in_the_way(one, start)
                few = min(map(len, rows), default=0)
                found.update(self.track_of[each] for row in rows if len(row) == few for each in row)
        found.discard(track)
        return sorted(found)
