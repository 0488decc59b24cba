"""Stage: slips of the event loops under schemes. Input: a printed loop. Output: the same with one slip in it.

Each names the scene of verify/mutants/scheme_scenes.py in which its text stands in the loop just once, and in which it
shows.
"""

from __future__ import annotations

from verify.mutants.loop_slips import LoopMutant

_NO_NUMBER = "no claim gives a number of the simulated loop itself under this scheme"
_COUNTED = "passed += staleness"

SCHEME_SLIPS = (
    LoopMutant(
        "version counted before the drop",
        ((_COUNTED, f"{_COUNTED}; version += 1"),),
        scene="threshold",
    ),
    LoopMutant(
        "a gradient of exactly the threshold's staleness dropped",
        (("staleness > staleness_threshold", "staleness >= staleness_threshold"),),
        scene="threshold",
    ),
    LoopMutant(
        "a lost gradient counted as a version",
        ((_COUNTED, f"{_COUNTED}; version += 1"),),
        scene="dropout",
    ),
    LoopMutant(
        "gradients kept and lost exchanged",
        (("rng.random() < dropout", "rng.random() >= dropout"),),
        scene="dropout",
    ),
    LoopMutant(
        "the age of another worker's gradient decides",
        (("cycle[i] > age_threshold", "cycle[(i + 1) % workers] > age_threshold"),),
        scene="age, dropped",
    ),
    LoopMutant(
        "a gradient that should be abandoned is applied",
        (("if overdue[i]:", "if False:"),),
        scene="age, abandoned",
    ),
    LoopMutant(
        "the trigger's norm not in units of the noise",
        (("(g0 / s0) * (g0 / s0)", "g0 * g0"),),
        scene="trigger",
    ),
    LoopMutant("a batch summed, not averaged", (("(sum0 / batch)", "sum0"),), scene="synchronous"),
    LoopMutant("the last gradient of a batch alone counts", (("sum0 += g0", "sum0 = g0"),), scene="synchronous"),
    LoopMutant(
        "a batch is one gradient larger",
        (("batch = int(gathered);", "batch = int(gathered) + 1;"),),
        scene="k-batch-async",
    ),
    LoopMutant(
        "a worker whose gradient waits begins its next cycle at once",
        (("arrival[i] = np.inf", "arrival[i] = time + draw_cycle(rng, table)"),),
        scene="k-async",
    ),
    LoopMutant(
        "a transmission begins while the uplink is busy",
        (("free = max(free, time) +", "free = time +"),),
        scene="uplink",
    ),
    LoopMutant(
        "workers weighted alike instead of by their rates",
        (("duration = draw_cycle(rng, i, ", "duration = draw_cycle(rng, version % workers, "),),
        in_paths=False,
        scene="unlike workers",
    ),
    LoopMutant(
        "delay averaged over the workers, not over the gradients",
        (("age = cycle[i] - origin", "age = cycle[version % workers] - origin"),),
        in_paths=False,
        scene="unlike workers",
    ),
    LoopMutant(
        "momentum weighs the gradient, too",
        (("momentum * v0 - learning_rate", "momentum * v0 - (1.0 - momentum) * learning_rate"),),
        _NO_NUMBER,
        scene="momentum",
    ),
    LoopMutant(
        "the discount counts a version too many",
        (("float(staleness)", "float(staleness + 1)"),),
        _NO_NUMBER,
        scene="discount",
    ),
)
