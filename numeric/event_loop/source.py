"""Stage: the event loop's source. Input: a printed draw and the loop's features. Output: Python text for Numba.

Law, start, number of modes, noise, recording and the way of finding the next arrival are fixed here, so that
the compiled loop has no branch on any of them. One arrival of worker i at time t is, in every mode,

    x <- x - learning_rate (curvature x_read_i + gradient_noise N(0, 1))

or, of an objective, the gradient that numeric/event_loop/gradients.py prints, after which worker i pulls x and draws
its next cycle. The random numbers are consumed in this order: the start, then for each arrival those of the gradient,
one normal for every noisy mode, and the draws of the recipe.
"""

from __future__ import annotations

from numeric.event_loop.correlation import correlated
from numeric.event_loop.draw_printer import PrintedDraw
from numeric.event_loop.features import (
    CHUNK,
    RECORDS,
    START_DRAWS,
    STILL,
    Features,
    Sums,
    each,
    indent,
    records,
    shifted,
    within_bounds,
)
from numeric.event_loop.gradients import gradient_lines
from numeric.event_loop.looks import after_an_update, of_an_applied_gradient, with_looks
from numeric.event_loop.replay import replayed
from numeric.event_loop.scheme_source import scheme_loop, scheme_path_loop
from numeric.event_loop.search import TREE_RENEWAL, head, select, state


def loop_source(draw: PrintedDraw, features: Features) -> str:
    """The module that simulates one replica: functions ``draw_cycle``, ``first_cycles`` and ``run``."""
    names = "".join(f", p{k}" for k in range(len(draw.parameters)))
    parameters = (*(f"p{k}" for k in range(len(draw.parameters))), *features.options)
    unpack = "; ".join(f"{name} = parameters[{k}]" for k, name in enumerate(parameters)) or "pass"
    loops = (_loop, _path_loop) if features.is_plain else (scheme_loop, scheme_path_loop)
    loop = with_looks(loops[features.recording == "path"](features), features)
    text = _HEAD + _START[features.start] + loop
    if features.abandons:
        text = text.replace("workers, table", "workers, age_threshold, table")
    text = _classed(text) if features.classed else text
    text = correlated(text, features.correlated) if features.correlated else text
    return (
        (replayed(text) if features.replays else text)
        .replace("#DRAW", indent(1, *draw.lines))
        .replace("#NEXT", indent(1, *draw.following))
        .replace("RESULT", draw.result)
        .replace("LENGTH", "min(length, age_threshold)" if features.abandons else "length")
        .replace("OTHER", "min(other, age_threshold)" if features.abandons else "other")
        .replace("UNPACK", unpack)
        .replace(", PARAMETERS", names)
    )


def _classed(text: str) -> str:
    """Cycles drawn for worker i; a staggered start's mean cycle is taken over all of them."""
    stepped = f"for k in range({START_DRAWS}):\n        i = k * workers // {START_DRAWS}\n        total += draw"
    text = text.replace(f"for _ in range({START_DRAWS}):\n        total += draw", stepped)
    return text.replace("draw_cycle(rng, ", "draw_cycle(rng, i, ")


def _update(features: Features) -> list[str]:
    if features.objective:
        return [*gradient_lines(features.objective, features.modes), *each(features, "x@ -= learning_rate * g@")]
    noise = [f" + s{mode} * rng.standard_normal()" if noisy else "" for mode, noisy in enumerate(features.noisy)]
    return [f"x{mode} -= learning_rate * (h{mode} * read{mode}[i]{term})" for mode, term in enumerate(noise)]


def _renew(features: Features, depth: int) -> str:
    read = indent(depth, *each(features, "read@[i] = x@"), "duration = draw_cycle(rng, table, PARAMETERS)")
    renewal = indent(depth, "arrival[i] = time + duration")
    return read + "\n" + renewal + ("" if features.scan else shifted(TREE_RENEWAL, depth))


def _loop(features: Features) -> str:
    sums = Sums(features)
    before = each(features, "time1_@ += x@ * interval; time2_@ += x@ * x@ * interval")
    after = each(features, "event1_@ += x@; event2_@ += x@ * x@")
    after += after_an_update(features)
    looked, finite = within_bounds(features)
    delays, record = of_an_applied_gradient(features, "cycle[i]"), records(features, "version")
    return (
        f"{head(features, 'updates, burn_in' + (RECORDS if record else ''))}"
        f"{state(features)}\n    totals = np.zeros({sums.count})\n{sums.made()}{_CHUNK_HEAD}"
        f"{indent(2, *sums.cleared(), 'for version in range(done, end):')}\n{select(features, 3)}"
        f"{indent(3, 'interval = soonest - time', 'time = soonest', 'lowest = min(lowest, interval)', *before)}\n"
        f"{indent(3, 'age = cycle[i] - origin; age1 += age; age2 += age * age', *delays, *_update(features), *after)}\n"
        f"{indent(3, 'staleness = version - pulled[i]', 'histogram[staleness] += 1', *record)}\n"
        f"{indent(3, *looked, f'if not ({finite}):', '    end = version + 1', '    diverged = True', '    break')}\n"
        f"{_renew(features, 3)}\n{indent(3, 'cycle[i] = duration', 'pulled[i] = version + 1')}\n"
        f"{indent(2, *sums.added())}\n{_CHUNK_FOOT}"
    )


def _path_loop(features: Features) -> str:
    record = indent(3, *each(features, "path[@, reached] = x@"))
    return (
        f"{head(features, 'times')}{state(features)}\n"
        f"    path = np.empty(({features.modes}, len(times)))\n    reached = 0; still = 0\n"
        f"    while True:\n{select(features, 2)}"
        f"        still = 0 if soonest > time else still + 1\n        time = soonest\n"
        f"        while reached < len(times) and times[reached] < time:\n{record}\n"
        f"            reached += 1\n        if reached == len(times):\n            return path\n"
        f"{indent(2, *_update(features))}\n{_renew(features, 2)}\n{_PATH_CHECK}"
    )


_HEAD = '''"""Written by staleproof (numeric/event_loop/source.py): an event loop for one law and its features."""

import math

import numpy as np
from numba import njit


@njit(nogil=True)
def draw_cycle(rng, table, PARAMETERS):
#DRAW
    return RESULT


@njit(nogil=True)
def first_cycles(rng, workers, table, PARAMETERS):
    cycle = np.empty(workers)
'''
# A worker is met in a cycle of length y with probability proportional to y P(T = y), and anywhere within it. This is
# the law that a chain keeps which passes from y to a fresh draw z with probability min(1, z/y); no mean is needed.
_START: dict[str, str] = {
    "together": """    for i in range(workers):
        cycle[i] = draw_cycle(rng, table, PARAMETERS)
    return cycle.copy(), cycle
""",
    "staggered": f"""    total = 0.0
    for _ in range({START_DRAWS}):
        total += draw_cycle(rng, table, PARAMETERS)
    for i in range(workers):
        cycle[i] = (i + 1) / workers * (total / {START_DRAWS})
    return cycle.copy(), cycle
""",
    "stationary": f"""    first = np.empty(workers)
    for i in range(workers):
        length = 0.0
        for _ in range({START_DRAWS}):
            other = draw_cycle(rng, table, PARAMETERS)
            if rng.random() * LENGTH < OTHER:
                length = other
        cycle[i] = length
        first[i] = rng.random() * LENGTH
    return first, cycle
""",
}
# No staleness before `end` can exceed end - pulled.min(): the histogram is made long enough beforehand.
_CHUNK_HEAD = f"""    histogram = np.zeros({CHUNK}, np.int64)
    chunk = max({CHUNK}, workers)
    done = 0; lowest = np.inf; diverged = False
    begin_time = 0.0; begin_pulled = 0; origin = cycle[0]
    while done < updates and not diverged:
        if done == burn_in:
            totals[:] = 0.0; histogram[:] = 0
            begin_time = time; begin_pulled = pulled.sum(); origin = cycle[0]
        end = min(updates, done + chunk)
        if done < burn_in:
            end = min(end, burn_in)
        longest = end - pulled.min()
        if longest > len(histogram):
            grown = np.zeros(2 * longest, np.int64)
            grown[: len(histogram)] = histogram
            histogram = grown
"""
# Without this a path whose clock does not advance would never end.
_PATH_CHECK = f"""        if not (time >= 0.0 and 0.0 <= duration < np.inf and still <= {STILL}):
            raise OverflowError("the law drew a negative, infinite or NaN duration, or almost only zeros")
"""
# A duration that is not finite would silently retire its worker.
_CHUNK_FOOT = """        done = end
    if not np.isfinite(arrival[:workers]).all():
        lowest = np.nan
    return totals, histogram, origin, done, begin_time, time, begin_pulled, pulled.sum(), lowest, diverged
"""
