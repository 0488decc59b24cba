"""Stage: the source of the SDDE's loop. Input: the kind of its delay and what is wanted. Output: Python text for Numba.

Rung R2 by the Euler-Maruyama recursion, whose delayed value is read from the path itself:

    x[n + 1] = x[n] - gain delayed[n] + kick N(0, 1)

The random numbers are consumed in this order: for each step the draws of its delay, where one is drawn, then a normal.
"""

from __future__ import annotations

from typing import Literal

from numeric.event_loop.draw_printer import PrintedDraw
from numeric.event_loop.features import DIVERGED, indent, shift

Kind = Literal["constant", "averaged", "drawn"]

BLOCK = 4096  # steps between two looks at the size of x; partial sums keep rounding small
TOGETHER = 64  # steps whose distant past is averaged side by side


def sdde_source(kind: Kind, draw: PrintedDraw, *, noisy: bool, lagged: bool) -> str:
    """The module of one kind of delay: ``run`` measures averages, ``path`` follows given increments of W.

    ``draw`` is that of a delay in seconds, read where it is drawn; ``lagged``: whether products at lags are wanted.
    """
    unpack = "; ".join(f"p{k} = parameters[{k}]" for k in range(len(draw.parameters))) or "pass"
    drawn = [*draw.lines, f"duration = {draw.result}"] if kind == "drawn" else []
    delayed = [*drawn, *_DELAYED[kind]]
    noise = " + kick * rng.standard_normal()" if noisy else ""
    # All of a path is kept where a delay may reach back to its beginning.
    room, forget = ("steps", ["base += end - done"]) if kind == "drawn" else ("block", _FORGET)
    return (
        (_HEAD + (_MEAN if kind == "averaged" else "") + _RUN + _PATH)
        .replace("#RUN_STEP", indent(3, *delayed, f"x = x - gain * delayed{noise}"))
        .replace("#PATH_STEP", indent(2, *delayed, "x = x - gain * delayed + kick * increments[n - memory]"))
        .replace("#PRODUCTS", indent(2, *(_PRODUCTS if lagged else ["pass"])))
        .replace("#FORGET", indent(2, *forget))
        .replace("ROOM", room)
        .replace("STATE", _NEAR if kind == "averaged" else "pass")
        .replace("UNPACK", unpack)
    )


_DELAYED: dict[str, list[str]] = {
    "constant": ["delayed = past[n - delay]"],
    "averaged": [
        f"k = (n - base) % {TOGETHER}",
        "if k == 0:",
        "    distant_past(near, weights, past, n, reach)",
        f"for j in range(k, {TOGETHER}):",
        "    near[j] += weights[j - k] * x",
        "delayed = near[k]",
    ],
    "drawn": [
        "sane = sane and 0.0 <= duration < np.inf",
        "back = duration * steps_per_second + 0.5",
        "delayed = past[n - int(back)] if back < n + 1 else initial",
    ],
}
_PRODUCTS = [
    "for j in range(len(lags)):",
    "    total = 0.0; lag = lags[j]",
    "    for n in range(base, base + end - done):",
    "        total += past[n] * past[n - lag]",
    "    products[j] += total",
]
_NEAR = f"near = np.zeros({TOGETHER}); reach = len(weights) - {TOGETHER} - 1"
_FORGET = ["for n in range(memory):", *shift(["past[n] = past[n + end - done]"])]
_SIGNATURE = "rng, gain, kick, initial, delay, weights, steps_per_second, parameters, table, memory"
_HEAD = '''"""Written by staleproof (numeric/simulation/sdde_source.py): an SDDE with one kind of delay."""

import math

import numpy as np
from numba import njit
'''
# Every mean is summed from the longest lag on, one step at a time; only different steps' sums run side by side.
_MEAN = f"""

@njit(nogil=True)
def distant_past(near, weights, past, n, reach):
    near[:] = 0.0
    for m in range(n - reach, n):
        x = past[m]; ahead = weights[n - m : n - m + {TOGETHER}]
        for j in range({TOGETHER}):
            near[j] += ahead[j] * x
"""
_RUN = f"""

@njit(nogil=True, cache=True)
def run({_SIGNATURE}, steps, burn_in, lags):
    UNPACK
    block = max({BLOCK}, memory)
    past = np.full(memory + ROOM, initial)
    totals = np.zeros(2); products = np.zeros(len(lags))
    x = initial; base = memory; done = 0; sane = True; diverged = False
    STATE
    while done < steps and not diverged:
        if done == burn_in:
            totals[:] = 0.0; products[:] = 0.0
        end = min(steps, done + block)
        if done < burn_in:
            end = min(end, burn_in)
        first = second = 0.0
        for n in range(base, base + end - done):
            past[n] = x
            first += x; second += x * x
#RUN_STEP
        totals[0] += first; totals[1] += second
        if not abs(x) <= {DIVERGED}:
            diverged = True
            n = base
            while n < base + end - done and abs(past[n]) <= {DIVERGED}:
                n += 1
            done += n - base
            break
#PRODUCTS
#FORGET
        done = end
    return totals, products, done, diverged, sane
"""
_PATH = f"""

@njit(nogil=True, cache=True)
def path({_SIGNATURE}, increments):
    UNPACK
    past = np.full(memory + len(increments) + 1, initial)
    x = initial; base = memory; sane = True
    STATE
    for n in range(memory, memory + len(increments)):
        past[n] = x
#PATH_STEP
    past[memory + len(increments)] = x
    return past[memory:], sane
"""
