"""Stage: the event loops under a scheme. Input: the loop's features. Output: Python text for Numba.

They find the next event as the plain loop does; what happens then is printed by numeric/event_loop/scheme.py.
"""

from __future__ import annotations

from numeric.event_loop.features import CHUNK, RECORDS, STILL, Features, Sums, each, indent
from numeric.event_loop.scheme import arrival, books, scheme_state
from numeric.event_loop.search import head, select, state


def scheme_loop(features: Features) -> str:
    """The function ``run`` that measures averages, and keeps the event list where one is wanted."""
    sums = Sums(features)
    before = each(features, "time1_@ += x@ * interval; time2_@ += x@ * x@ * interval")
    inputs = "updates, burn_in" + (RECORDS if features.recording == "events" else "")
    return (
        f"{_begun(features, inputs)}    totals = np.zeros({sums.count})\n{sums.made()}{_CHUNK_HEAD}"
        f"{indent(2, *sums.cleared(), 'while n < end:')}\n{select(features, 3)}"
        f"{indent(3, 'interval = soonest - time', 'time = soonest', 'lowest = min(lowest, interval)', *before)}\n"
        f"{indent(3, *arrival(features))}\n"
        f"{indent(2, *sums.added())}\n{_CHUNK_FOOT}"
    ).replace("BOOKS", books(features))


def scheme_path_loop(features: Features) -> str:
    """The function ``run`` that reads the parameter at given times."""
    record = indent(3, *each(features, "path[@, reached] = x@"))
    return (
        f"{_begun(features, 'times')}    path = np.empty(({features.modes}, len(times)))\n"
        f"    reached = 0; still = 0\n    while True:\n{select(features, 2)}"
        f"        still = 0 if soonest > time else still + 1\n        time = soonest\n"
        f"        while reached < len(times) and times[reached] < time:\n{record}\n"
        f"            reached += 1\n        if reached == len(times):\n            return path\n"
        f"{_PATH_CHECK}{indent(2, *arrival(features))}\n"
    )


def _begun(features: Features, inputs: str) -> str:
    text = head(features, inputs) + state(features) + "\n" + scheme_state(features) + "\n"
    if not features.abandons:
        return text
    start, first, rest = text.partition("    pulled = ")
    limited = "first = np.minimum(first, age_threshold); cycle = np.minimum(cycle, age_threshold)"
    return f"{start}    overdue = cycle > age_threshold; {limited}\n{first}{rest}"


# No staleness before `end` can exceed the version at `end` less pulled.min(): every arrival makes at most one version.
_CHUNK_HEAD = f"""    histogram = np.zeros({CHUNK}, np.int64)
    chunk = max({CHUNK}, workers)
    done = 0; n = 0; lowest = np.inf; diverged = False
    begin_time = 0.0; begin_books = 0; begin_version = 0; begin_waiting = 0; origin = cycle[0]
    while done < updates and not diverged:
        if done == burn_in:
            totals[:] = 0.0; histogram[:] = 0; fates[:] = 0; origin = cycle[0]
            begin_time = time; begin_books = BOOKS; begin_version = version; begin_waiting = filled
        end = min(updates, done + chunk)
        if done < burn_in:
            end = min(end, burn_in)
        longest = version + end - done - pulled.min()
        if longest > len(histogram):
            grown = np.zeros(2 * longest, np.int64)
            grown[: len(histogram)] = histogram
            histogram = grown
"""
# Without this a path whose clock does not advance would never end.
_PATH_CHECK = f"""        if not (time >= 0.0 and sane and still <= {STILL}):
            raise OverflowError("the law drew a negative, infinite or NaN duration, or almost only zeros")
"""
_CHUNK_FOOT = """        done = end
    if not sane:
        lowest = np.nan
    return (
        totals, histogram, origin, done, begin_time, time, begin_books, BOOKS, lowest, diverged,
        fates, version - begin_version, filled - begin_waiting,
    )
"""
