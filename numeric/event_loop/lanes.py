"""Stage: lanes in lock step. Input: a plain system, replicas' generators. Output: what each replica did, bit for bit.

Eight replicas in the lanes of one vector, up to four such groups in turn, compiled by the machine's C compiler. It is
another way to run the same loop, for much work at once: where there is no compiler, the system is not plain, its draws
branch, or a lane ends in any way but well, replicas run one by one.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numeric.event_loop.compiled import Replica, compiled_source, measured_replica, printed_loop
from numeric.event_loop.cycles import print_cycle
from numeric.event_loop.features import CHUNK, DIVERGED, LARGEST_SCAN, Features
from numeric.event_loop.lane_draws import lane_draw
from numeric.event_loop.lane_source import GROUPS, Rows, lane_source
from numeric.event_loop.lane_streams import LANES, STREAM_ROWS
from numeric.event_loop.system import System
from numeric.running.c_compiler import c_library

TOGETHER = LANES * GROUPS  # replicas that one call advances at most
_START = "@njit(nogil=True)\ndef first_cycles("

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LaneLoop:
    """A compiled loop over lanes, and how a replica begins."""

    system: System
    rows: Rows
    function: Callable[..., None]
    first_cycles: Callable[..., tuple[Array, Array]]

    def replicas(self, rngs: list[np.random.Generator], updates: int, burn_in: int) -> list[Replica] | None:
        """What ``event_loop(system).replica`` returns for each of up to ``TOGETHER`` generators, bit for bit.

        None where a lane diverged or its law drew what is no duration: who runs them one by one learns what happened.
        """
        run = _Run(self, rngs)
        return run.outcome(updates, burn_in) if run.begun and run.through(updates, burn_in) else None


def lane_loop(system: System, prelude: str = "") -> LaneLoop | None:
    """The loop that advances replicas of a system in lock step; None where there is none.

    ``prelude`` stands before the C source. Only the averages are measured.

    Example: ``lane_loop(System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,), dropout=0.5)) is None``.
    """
    return _compiled(system, prelude)


@lru_cache(maxsize=64)
def _compiled(system: System, prelude: str) -> LaneLoop | None:
    features = Features.of(system)
    if not features.is_plain or features.objective or system.workers > LARGEST_SCAN:
        return None
    draw = print_cycle(system)
    statements = lane_draw(draw)
    if statements is None:
        return None
    rows = Rows(system.workers, features.modes)
    found = c_library(prelude + lane_source(rows, features.noisy, statements, len(draw.parameters)))
    if found is None:
        return None
    function = found[1].run
    function.restype = None
    # The same text with its start kept beside it: the loop of this module is never compiled.
    text = printed_loop(system, "averages").replace(_START, _START.replace("True", "True, cache=True"))
    return LaneLoop(system, rows, function, compiled_source(text).first_cycles)


class _Run:
    """Replicas under way: one row of ``state`` a number, one column a lane; lanes without a replica repeat the last."""

    def __init__(self, loop: LaneLoop, rngs: list[np.random.Generator]) -> None:
        self.loop, self.replicas = loop, len(rngs)
        self.groups = -(-len(rngs) // LANES)
        rows, system, draw = loop.rows, loop.system, print_cycle(loop.system)
        self.state = _aligned((self.groups, rows.count, LANES))
        self.integers = self.state.view(np.int64)
        self.table = np.array(draw.table, np.float64)
        parameters = tuple(map(float, draw.parameters))
        self.number = np.array((*system.curvature, *system.gradient_noise, *parameters), np.float64)
        for lane in range(self.groups * LANES):
            if lane < len(rngs):
                rng = rngs[lane]
                first, cycle = loop.first_cycles(rng, system.workers, self.table, *parameters)
                stream = rng.bit_generator.state["state"]["state"]
            column = self.state[lane // LANES, :, lane % LANES]
            column[:STREAM_ROWS] = np.asarray(stream, np.uint64).view(np.float64)
            column[rows.arrival : rows.cycle], column[rows.cycle : rows.pulled] = first, cycle
            column[rows.lowest] = np.inf
            column[rows.x : rows.sums] = system.initial
            column[rows.read :] = np.repeat(system.initial, system.workers)
        self.histogram = np.zeros((self.groups * LANES, 4 * CHUNK), np.int64)
        arrivals = self.rows(rows.arrival, rows.cycle)
        self.begun = bool(np.isfinite(arrivals).all() and (arrivals >= 0).all())

    def rows(self, first: int, end: int, kind: str = "f8") -> NDArray[Any]:
        """A copy of rows of every lane that has a replica, one replica after the other."""
        table = self.state[:, first:end].view(kind)
        return table.swapaxes(1, 2).reshape(-1, end - first)[: self.replicas].copy()

    def through(self, updates: int, burn_in: int) -> bool:
        """Make all updates, in the chunks of the event loop; False as soon as a lane does not end well."""
        rows, done, chunk = self.loop.rows, 0, max(CHUNK, self.loop.system.workers)
        sums = slice(rows.sums, rows.arrival)
        self.totals = np.zeros((self.replicas, rows.arrival - rows.sums))
        self.begin_time, self.begin_books = np.zeros(self.replicas), np.zeros(self.replicas, np.int64)
        while done < updates:
            if done == burn_in:
                self._measure()
            end = min(updates, done + chunk, burn_in if done < burn_in else updates)
            self._grow(end)
            self.state[:, sums] = 0.0
            self._advance(done, end)
            self.totals += self.rows(rows.sums, rows.arrival)
            if not self._well():
                return False
            done = end
        return True

    def _measure(self) -> None:
        """From here on everything counts."""
        rows = self.loop.rows
        self.totals[:] = 0.0
        self.histogram = np.zeros_like(self.histogram)  # pages that nobody touches cost nothing
        self.begin_time = self.rows(rows.time, rows.time + 1)[:, 0]
        self.begin_books = self.rows(rows.pulled, rows.read, "i8").sum(axis=1)
        self.state[:, rows.origin] = self.state[:, rows.cycle]

    def _grow(self, end: int) -> None:
        """No staleness before ``end`` can exceed what the oldest version held makes possible."""
        rows, room = self.loop.rows, self.histogram.shape[1]
        longest = end - int(self.integers[:, rows.pulled : rows.read].min())
        if longest > room:
            self.histogram = np.pad(self.histogram, ((0, 0), (0, 2 * longest - room)))

    def _advance(self, done: int, end: int) -> None:
        arrays = (self.number, self.table, self.state, self.histogram)
        self.loop.function(
            *(ctypes.c_int64(number) for number in (self.groups, done, end)),
            ctypes.c_double(self.loop.system.learning_rate),
            *(ctypes.c_void_p(array.ctypes.data) for array in arrays),
            ctypes.c_int64(self.histogram.shape[1]),
        )

    def _well(self) -> bool:
        rows = self.loop.rows
        lowest, furthest, strange = (self.rows(row, row + 1) for row in (rows.lowest, rows.furthest, rows.strange))
        x = self.rows(rows.x, rows.sums)
        bounded = (furthest >= -DIVERGED).all() and (np.abs(x) <= DIVERGED).all()
        return bool(bounded and (lowest >= 0).all() and (strange == 0).all())

    def outcome(self, updates: int, burn_in: int) -> list[Replica]:
        """What every replica did, held to the event loop's invariants."""
        rows = self.loop.rows
        time, lowest, origin = (self.rows(row, row + 1)[:, 0].tolist() for row in (rows.time, rows.lowest, rows.origin))
        books = self.rows(rows.pulled, rows.read, "i8").sum(axis=1)
        return [
            measured_replica(
                (
                    *(self.totals[k], self.histogram[k], origin[k], updates, float(self.begin_time[k]), time[k]),
                    *(int(self.begin_books[k]), int(books[k]), lowest[k], False),
                ),
                rows.modes,
                burn_in,
            )
            for k in range(self.replicas)
        ]


def _aligned(shape: tuple[int, ...]) -> Array:
    """Zeros that begin where a vector may."""
    size = int(np.prod(shape))
    room = np.zeros(size + LANES)
    first = -room.ctypes.data % (8 * LANES) // 8
    return room[first : first + size].reshape(shape)
