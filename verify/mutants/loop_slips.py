"""Stage: slips of the event loop. Input: a printed loop. Output: the same with one slip of the pen in it.

Each is a change of the text, or another assignment of random streams to replicas. verify/mutants/loop_mutants.py
judges them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from numeric.event_loop.compiled import generator
from numeric.event_loop.draw_printer import PrintedDraw
from numeric.event_loop.features import Features
from numeric.event_loop.source import loop_source

Stream = Callable[[int, int], np.random.Generator]

# Texts of the printed loop of one noisy mode.
_READ = "h0 * read0[i]"
_NOISE = "s0 * rng.standard_normal()"
_PULL = "read0[i] = x0"
_DRAW = "duration = CYCLE"  # as the loop of each law calls it
_AGE = "age = cycle[i] - origin;"
_TIME = "time1_0 += x0 * interval; time2_0 += x0 * x0 * interval"
_EVENT = "event1_0 += x0; event2_0 += x0 * x0"
_COMPARISONS = ("t < soonest", "t < t1", "t < t2", "t < t3", "t1 < soonest", "t3 < t2", "t2 < soonest")
_SWAPPED = (("time1_0", "event1_0"), ("time2_0", "event2_0"), ("event1_0", "time1_0"), ("event2_0", "time2_0"))


class MisfitError(Exception):
    """A slip's text does not stand in the printed loop just once; no ``ValueError``, which a wrong loop may raise."""


@dataclass(frozen=True)
class LoopMutant:
    """One slip: what it is, the (old, new) texts, or another random ``stream`` of a seed and a replica.

    ``equivalent`` says why the judge cannot notice it, where the slip changes no law by 1 %; then the reference must.
    ``in_paths``: whether the loop that records a path, which counts no versions, gets the slip too. ``scene`` names the
    scene of verify/mutants/scheme_scenes.py it is looked at in; none stands for the plain scheme.
    """

    what: str
    changes: tuple[tuple[str, str], ...] = ()
    equivalent: str = ""
    stream: Stream = field(default=generator)
    in_paths: bool = True
    scene: str = ""

    def source(self, draw: PrintedDraw, features: Features) -> str:
        """The printed loop with this slip; ``MisfitError`` unless each of its texts stands there exactly once.

        The loop that records a path has neither averages nor versions, that of a mode without noise draws none: texts
        about them stay away there.
        """
        text = loop_source(draw, features)
        quiet = not any(features.noisy)
        cycle = f"draw_cycle({', '.join(['rng', 'table', *(f'p{k}' for k in range(len(draw.parameters)))])})"
        for old, new in self.changes if self.in_paths or features.recording != "path" else ():
            may_miss = features.recording == "path" or (quiet and "s0" in old)
            if text.count(old.replace("CYCLE", cycle)) not in ({0, 1} if may_miss else {1}):
                raise MisfitError(f"the slip {self.what!r} no longer applies: {old!r} stands in the loop not just once")
            text = text.replace(old.replace("CYCLE", cycle), new.replace("CYCLE", cycle))
        return text


LOOP_MUTANTS = (
    LoopMutant("gradient at the current parameter, not at the pulled one", (("h0 * read0[i]", "h0 * x0"),)),
    LoopMutant(
        "parameter pulled one update late",
        (("read0[i] = x0", "read0[i] = before"), ("x0 -= ", "before = x0; x0 -= ")),
    ),
    LoopMutant("another worker's parameter read", (("h0 * read0[i]", "h0 * read0[(i + 1) % workers]"),)),
    LoopMutant(
        "workers served in turn, not by their rates",
        (
            (_READ, "h0 * read0[version % workers]"),
            (_PULL, _PULL.replace("[i]", "[version % workers]")),
            ("version - pulled[i]", "version - pulled[version % workers]"),
            ("pulled[i] = version + 1", "pulled[version % workers] = version + 1"),
        ),
        in_paths=False,
    ),
    LoopMutant("version counted before the update is made", (("pulled[i] = version + 1", "pulled[i] = version"),)),
    LoopMutant("staleness counts the gradient's own update", (("version - pulled[i]", "version + 1 - pulled[i]"),)),
    LoopMutant(
        "both versions counted wrong, so that their books balance",
        (
            ("version - pulled[i]", "version + 1 - pulled[i]"),
            ("pulled[i] = version + 1", "pulled[i] = version + 1; skipped += 1"),
            ("begin_pulled = 0;", "begin_pulled = 0; skipped = 0;"),
            ("begin_pulled = pulled.sum()", "begin_pulled = pulled.sum() + skipped"),
            ("begin_pulled, pulled.sum(),", "begin_pulled, pulled.sum() + skipped,"),
        ),
    ),
    LoopMutant("every interval weighs alike in the time average", ((_TIME, _TIME.replace("interval", "1.0")),)),
    LoopMutant(
        "time and event average swapped",
        tuple((f"totals[{k}] += {old}", f"totals[{k}] += {new}") for k, (old, new) in enumerate(_SWAPPED)),
    ),
    LoopMutant(
        "the time average weighs the value after the interval",
        ((_TIME, "pass"), (_EVENT, f"{_EVENT}; {_TIME}")),
        "it changes the averages of these laws by less than 0.3 %: exponential intervals have no memory",
    ),
    LoopMutant("burn-in's clock not subtracted", (("begin_time = time;", "begin_time = 0.0;"),)),
    LoopMutant("burn-in's sums not cleared", (("totals[:] = 0.0; histogram", "histogram"),)),
    LoopMutant("burn-in's staleness not cleared", (("; histogram[:] = 0", ""),)),
    LoopMutant(
        "only the last chunk is summed",
        tuple((f"totals[{k}] += {name}", f"totals[{k}] = {name}") for k, (name, _) in enumerate(_SWAPPED)),
    ),
    LoopMutant("cycle of a worker never renewed in its record", (("cycle[i] = duration", "pass"),)),
    LoopMutant("noise scaled by 1.02", ((_NOISE, f"1.02 * {_NOISE}"),)),
    LoopMutant("one worker's gradients without noise", ((_NOISE, f"(i != 3) * {_NOISE}"),)),
    LoopMutant(
        "one normal serves two gradients",
        (
            (_NOISE, "s0 * fresh"),
            (_AGE, f"fresh = rng.standard_normal() if version % 2 == 0 else fresh; {_AGE}"),
            ("diverged = False\n", "diverged = False; fresh = 0.0\n"),
        ),
        in_paths=False,
    ),
    LoopMutant(
        "noise and duration made of one draw",
        (
            (_DRAW, "pass"),
            (_AGE, f"{_DRAW}; {_AGE}"),
            (_NOISE, "s0 * (duration - 1.0)"),  # the mean cycle is 1, and so is its s.d. where it is exponential
        ),
        in_paths=False,
    ),
    LoopMutant("every replica has the same stream", stream=lambda seed, replica: generator(seed, 0)),
    LoopMutant("every two replicas share a stream", stream=lambda seed, replica: generator(seed, replica // 2)),
    LoopMutant(
        "of simultaneous arrivals the worker with the higher index comes first",
        tuple((f"less = {one}", f"less = {one.replace('<', '<=')}") for one in _COMPARISONS),
        "stationary phases are continuous: no two arrivals are simultaneous",
    ),
    LoopMutant(
        "next cycle drawn before the gradient's noise",
        ((_DRAW, "pass"), (_AGE, f"{_DRAW}; {_AGE}")),
        "independent draws have the same law in any order",
        in_paths=False,
    ),
)
