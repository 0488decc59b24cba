"""Stage: the event loop's state and search. Input: its features. Output: Python text that finds the next arrival.

A scan of all workers is the fastest for few of them, a tournament tree for many; both name the lower index of
simultaneous arrivals.
"""

from __future__ import annotations

from numeric.event_loop.features import Features, each, indent, shifted
from numeric.event_loop.gradients import objective_parameters, objective_state

SIGNATURE = "rng, workers, learning_rate, curvature, noise, initial, parameters, table"
STATE = """    UNPACK
    first, cycle = first_cycles(rng, workers, table, PARAMETERS)
    pulled = np.zeros(workers, np.int64)
    time = 0.0
"""
# Four scans of consecutive quarters: four independent chains, and the lower index wins a tie without a test.
SCAN_STATE = """
    quarter = (workers + 3) // 4
    half = 2 * quarter
    last = 3 * quarter
    arrival = np.full(4 * quarter, np.inf)
    arrival[:workers] = first"""
SCAN = """soonest = arrival[0]; i = 0
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
TREE_STATE = """
    arrival = first.copy()
    leaves = 1
    while leaves < workers:
        leaves *= 2
    node_time = np.full(2 * leaves, np.inf)
    node_worker = np.arange(-leaves, leaves)
    node_time[leaves : leaves + workers] = first
    for node in range(leaves - 1, 0, -1):
        child = 2 * node + 1 if node_time[2 * node + 1] < node_time[2 * node] else 2 * node
        node_time[node] = node_time[child]; node_worker[node] = node_worker[child]
    first_time = node_time[1]; first_worker = node_worker[1]"""
TREE_RENEWAL = """
first_time = arrival[i]; first_worker = i
node = leaves + i
while node > 1:
    node_time[node] = first_time; node_worker[node] = first_worker
    t = node_time[node ^ 1]; k = node_worker[node ^ 1]
    less = (t < first_time) | ((t == first_time) & (k < first_worker))
    first_worker = k if less else first_worker; first_time = t if less else first_time
    node >>= 1"""


def head(features: Features, inputs: str) -> str:
    """The first lines of the function ``run``; what calls a user's function is not kept, for that may change."""
    kept = "" if features.objective[:1] == ("user",) else ", cache=True"
    taken = ", ".join((SIGNATURE, *objective_parameters(features.objective), inputs))
    return f"\n\n@njit(nogil=True{kept})\ndef run({taken}):\n"


def state(features: Features) -> str:
    """What every loop keeps: the modes, what each worker holds, and when its gradient arrives."""
    modes = each(features, "x@ = initial[@]; h@ = curvature[@]; s@ = noise[@]; read@ = np.full(workers, x@)")
    if features.objective:
        arrays = f"x = initial.copy(); read = np.empty((workers, {features.modes})); read[:] = x"
        modes = [arrays, *objective_state(features.objective, features.modes)]
    return STATE + indent(1, *modes) + (SCAN_STATE if features.scan else TREE_STATE)


def select(features: Features, depth: int) -> str:
    """The next arrival: ``soonest`` in seconds, of worker ``i``."""
    return shifted(SCAN if features.scan else "soonest = first_time; i = first_worker", depth) + "\n"


def resettled(features: Features) -> list[str]:
    """What must follow a change of ``arrival[i]``."""
    return [] if features.scan else TREE_RENEWAL.strip("\n").splitlines()
