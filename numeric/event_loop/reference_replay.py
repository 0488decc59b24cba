"""Stage: replayed compute times, slowly. Input: a system. Output: each worker's way to walk through its trace.

Written apart from numeric/event_loop/replay.py, to be held against what that prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import sympy as sp

from numeric.event_loop.reference_draws import Draw, recipe_reader
from numeric.event_loop.system import System


@dataclass
class ReplayingWorker:
    """A worker that knows which of the recorded ``values`` was its last one: a call is its next cycle in seconds.

    Without recorded values its compute times are draws that depend on nothing.
    """

    links: tuple[list[Draw], list[Draw]]  # before and behind the computation
    draw: Draw
    values: tuple[float, ...] = ()
    last: int | None = None

    def __call__(self, rng: np.random.Generator) -> float:
        """The next cycle, of the value recorded behind the last one; behind the last of all comes the first."""
        if self.last is None or not self.values:
            return self.alone(rng)
        return self._around(lambda _: self._at((self.last_row + 1) % len(self.values)), rng)

    def alone(self, rng: np.random.Generator) -> float:
        """A cycle that depends on nothing: any of the recorded values."""
        if not self.values:
            return self._around(self.draw, rng)
        return self._around(lambda rng: self._at(int(rng.random() * len(self.values))), rng)

    @property
    def last_row(self) -> int:
        """Which value was the last one, where there was one."""
        assert self.last is not None
        return self.last

    def _at(self, place: int) -> float:
        self.last = place
        return self.values[place]

    def _around(self, compute: Draw, rng: np.random.Generator) -> float:
        down, up = self.links
        times = [link(rng) for link in down]
        return reduce(add, [*times, compute(rng), *(link(rng) for link in up)])


def replaying_workers(system: System) -> list[ReplayingWorker]:
    """The workers of a system of which some replay recorded compute times, in the order of the indices."""
    found = []
    for one in system.classes:
        links = tuple([] if link is None else [recipe_reader(link)] for link in (one.downlink, one.uplink))
        values = tuple(int(value.p) / int(value.q) for value in map(sp.Rational, one.draw.table)) if one.replay else ()
        found += [ReplayingWorker((links[0], links[1]), recipe_reader(one.draw), values) for _ in range(one.count)]
    return found
