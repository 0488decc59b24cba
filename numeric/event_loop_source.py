"""Stage: the event loop's source. Input: a printed draw and the loop's features. Output: Python text for Numba.

Law, start, number of modes, noise, recording and the way of finding the next arrival are fixed here, so that
the compiled loop has no branch on any of them. One arrival of worker i at time t is, in every mode,

    x <- x - learning_rate (curvature x_read_i + gradient_noise N(0, 1))

after which worker i pulls x and draws its next cycle. The random numbers are consumed in this order: the
start, then for each arrival one normal for every noisy mode and the draws of the recipe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numeric.draw_printer import PrintedDraw

Start = Literal["stationary", "together", "staggered"]
Recording = Literal["averages", "events", "path"]

START_DRAWS = 64  # cycles from which a stationary phase, or a staggered start's mean cycle, is taken
LARGEST_SCAN = 64  # workers; above it a tournament tree finds the next arrival faster than a scan
DIVERGED = 1e150  # |x| beyond this is recorded as unstable: its square is still a finite double
STILL = 1 << 22  # simultaneous arrivals in a row after which a path gives up
CHUNK = 8192  # updates between two looks at the histogram's size; partial sums keep rounding small


@dataclass(frozen=True)
class Features:
    """What is fixed when the loop is printed: noise per mode, the start, the search, what is recorded."""

    noisy: tuple[bool, ...]
    start: Start
    scan: bool
    recording: Recording


def loop_source(draw: PrintedDraw, features: Features) -> str:
    """The module that simulates one replica: functions ``draw_cycle``, ``first_arrivals`` and ``run``."""
    names = "".join(f", p{k}" for k in range(len(draw.parameters)))
    loop = _path_loop(features) if features.recording == "path" else _loop(features)
    return (
        (_HEAD + _START[features.start] + loop)
        .replace("#DRAW", _indent(1, *draw.lines))
        .replace("RESULT", draw.result)
        .replace("UNPACK", "; ".join(f"p{k} = parameters[{k}]" for k in range(len(draw.parameters))) or "pass")
        .replace(", PARAMETERS", names)
    )


def _indent(depth: int, *lines: str) -> str:
    return "\n".join("    " * depth + line for line in lines)


def _each(features: Features, text: str) -> list[str]:
    """One copy of ``text`` for every mode, the mode's number in place of @."""
    return [text.replace("@", str(mode)) for mode in range(len(features.noisy))]


def _state(features: Features) -> str:
    modes = _each(features, "x@ = initial[@]; h@ = curvature[@]; s@ = noise[@]; read@ = np.full(workers, x@)")
    return _STATE + _indent(1, *modes) + (_SCAN_STATE if features.scan else _TREE_STATE)


def _update(features: Features) -> list[str]:
    noise = [f" + s{mode} * rng.standard_normal()" if noisy else "" for mode, noisy in enumerate(features.noisy)]
    return [f"x{mode} -= learning_rate * (h{mode} * read{mode}[i]{term})" for mode, term in enumerate(noise)]


def _renew(features: Features, depth: int) -> str:
    read = _indent(depth, *_each(features, "read@[i] = x@"), "duration = draw_cycle(rng, table, PARAMETERS)")
    renewal = _indent(depth, "arrival[i] = time + duration")
    return read + "\n" + renewal + ("" if features.scan else _shift(_TREE_RENEWAL, depth))


def _shift(text: str, depth: int) -> str:
    return "\n".join("    " * depth + line if line else "" for line in text.splitlines())


def _select(features: Features, depth: int) -> str:
    return _shift(_SCAN if features.scan else "soonest = first_time; i = first_worker", depth) + "\n"


def _loop(features: Features) -> str:
    sums = [f"{kind}{power}_@" for kind in ("time", "event") for power in (1, 2)]
    each = [name for text in sums for name in _each(features, text)] + ["age1", "age2"]
    zero = " = ".join(each) + " = 0.0"
    before = _each(features, "time1_@ += x@ * interval; time2_@ += x@ * x@ * interval")
    after = _each(features, "event1_@ += x@; event2_@ += x@ * x@")
    finite = " and ".join(_each(features, f"abs(x@) <= {DIVERGED}"))
    record = [_EVENT_RECORD, *_each(features, "record_x[@, version] = x@")] if features.recording == "events" else []
    return (
        f"{_RUN.replace('INPUTS', 'updates, burn_in' + (_RECORDS if record else ''))}"
        f"{_state(features)}\n    totals = np.zeros({len(each)})\n{_CHUNK_HEAD}"
        f"{_indent(2, zero)}\n{_indent(2, 'for version in range(done, end):')}\n{_select(features, 3)}"
        f"{_indent(3, 'interval = soonest - time', 'time = soonest', 'lowest = min(lowest, interval)', *before)}\n"
        f"{_indent(3, 'age = cycle[i] - origin; age1 += age; age2 += age * age', *_update(features), *after)}\n"
        f"{_indent(3, 'staleness = version - pulled[i]', 'histogram[staleness] += 1', *record)}\n"
        f"{_indent(3, f'if not ({finite}):', '    end = version + 1', '    diverged = True', '    break')}\n"
        f"{_renew(features, 3)}\n{_indent(3, 'cycle[i] = duration', 'pulled[i] = version + 1')}\n"
        f"{_indent(2, *(f'totals[{k}] += {name}' for k, name in enumerate(each)))}\n{_CHUNK_FOOT}"
    )


def _path_loop(features: Features) -> str:
    record = _indent(3, *_each(features, "path[@, reached] = x@"))
    return (
        f"{_RUN.replace('INPUTS', 'times')}{_state(features)}\n"
        f"    path = np.empty(({len(features.noisy)}, len(times)))\n    reached = 0; still = 0\n"
        f"    while True:\n{_select(features, 2)}"
        f"        still = 0 if soonest > time else still + 1\n        time = soonest\n"
        f"        while reached < len(times) and times[reached] < time:\n{record}\n"
        f"            reached += 1\n        if reached == len(times):\n            return path\n"
        f"{_indent(2, *_update(features))}\n{_renew(features, 2)}\n{_PATH_CHECK}"
    )


_HEAD = '''"""Written by staleproof (numeric/event_loop_source.py): an event loop for one law and its features."""

import math

import numpy as np
from numba import njit


@njit(nogil=True)
def draw_cycle(rng, table, PARAMETERS):
#DRAW
    return RESULT


@njit(nogil=True)
def first_arrivals(rng, workers, table, PARAMETERS):
    arrival = np.empty(workers)
'''
_START: dict[str, str] = {
    "together": """    for i in range(workers):
        arrival[i] = draw_cycle(rng, table, PARAMETERS)
    return arrival
""",
    "staggered": f"""    total = 0.0
    for _ in range({START_DRAWS}):
        total += draw_cycle(rng, table, PARAMETERS)
    for i in range(workers):
        arrival[i] = (i + 1) / workers * (total / {START_DRAWS})
    return arrival
""",
    "stationary": f"""    ends = np.empty({START_DRAWS})
    for i in range(workers):
        total = 0.0
        for k in range({START_DRAWS}):
            total += draw_cycle(rng, table, PARAMETERS)
            ends[k] = total
        point = rng.random() * total
        k = 0
        while ends[k] <= point and k < {START_DRAWS - 1}:
            k += 1
        arrival[i] = ends[k] - point
    return arrival
""",
}
_SIGNATURE = "rng, workers, learning_rate, curvature, noise, initial, parameters, table"
_RUN = f"\n\n@njit(nogil=True, cache=True)\ndef run({_SIGNATURE}, INPUTS):\n"
_STATE = """    UNPACK
    cycle = first_arrivals(rng, workers, table, PARAMETERS)
    pulled = np.zeros(workers, np.int64)
    time = 0.0
"""
# Four scans of consecutive quarters: four independent chains, and the lower index wins a tie without a test.
_SCAN_STATE = """
    quarter = (workers + 3) // 4
    half = 2 * quarter
    last = 3 * quarter
    arrival = np.full(4 * quarter, np.inf)
    arrival[:workers] = cycle"""
_SCAN = """soonest = arrival[0]; i = 0
t1 = arrival[quarter]; i1 = quarter
t2 = arrival[half]; i2 = half
t3 = arrival[last]; i3 = last
for k in range(1, quarter):
    t = arrival[k]; less = t < soonest
    i = k if less else i; soonest = t if less else soonest
    t = arrival[k + quarter]; less = t < t1
    i1 = k + quarter if less else i1; t1 = t if less else t1
    t = arrival[k + half]; less = t < t2
    i2 = k + half if less else i2; t2 = t if less else t2
    t = arrival[k + last]; less = t < t3
    i3 = k + last if less else i3; t3 = t if less else t3
less = t1 < soonest
i = i1 if less else i; soonest = t1 if less else soonest
less = t3 < t2
i2 = i3 if less else i2; t2 = t3 if less else t2
less = t2 < soonest
i = i2 if less else i; soonest = t2 if less else soonest
"""
# A tournament: node n holds the winner of 2n and 2n + 1; the root's winner is kept in first_time and first_worker.
_TREE_STATE = """
    arrival = cycle.copy()
    leaves = 1
    while leaves < workers:
        leaves *= 2
    node_time = np.full(2 * leaves, np.inf)
    node_worker = np.arange(-leaves, leaves)
    node_time[leaves : leaves + workers] = cycle
    for node in range(leaves - 1, 0, -1):
        child = 2 * node + 1 if node_time[2 * node + 1] < node_time[2 * node] else 2 * node
        node_time[node] = node_time[child]; node_worker[node] = node_worker[child]
    first_time = node_time[1]; first_worker = node_worker[1]"""
_TREE_RENEWAL = """
first_time = arrival[i]; first_worker = i
node = leaves + i
while node > 1:
    node_time[node] = first_time; node_worker[node] = first_worker
    t = node_time[node ^ 1]; k = node_worker[node ^ 1]
    less = (t < first_time) | ((t == first_time) & (k < first_worker))
    first_worker = k if less else first_worker; first_time = t if less else first_time
    node >>= 1"""
_RECORDS = ", record_time, record_worker, record_staleness, record_x"
_EVENT_RECORD = "record_time[version] = time; record_worker[version] = i; record_staleness[version] = staleness"
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
