"""A right and a subtly wrong simulator of asynchronous SGD: ``python examples/check_simulator.py``.

Four workers with exponential cycles, one mode of the loss. The wrong one lets a worker read the parameter *before* its
own update is applied, an off-by-one that no plot shows. Both are held against the exact second moment.
"""

from __future__ import annotations

import numpy as np

from verify import check_simulator

UPDATES, BURN_IN = 3000, 300


def simulator(reads_after_update):
    def sample(seed, replicas, workers, step, step_noise):
        rng = np.random.default_rng(seed)
        x, squares, every = np.zeros(replicas), np.zeros(replicas), np.arange(replicas)
        read = np.zeros((workers, replicas))
        for update in range(UPDATES + BURN_IN):
            worker = rng.integers(workers, size=replicas)  # memoryless cycles: any worker may be the next
            before = x
            x = x - step * read[worker, every] + rng.normal(0, np.sqrt(step_noise), replicas)
            read[worker, every] = x if reads_after_update else before
            squares += x * x if update >= BURN_IN else 0
        return squares / UPDATES

    return sample


def main():
    settings = [
        {"workers": 4, "step": "0.2", "step_noise": "0.01"},
        {"workers": 8, "step": "0.1", "step_noise": "0.01"},
    ]
    outcomes = []
    for name, right in (("right", True), ("reads too early", False)):
        found = check_simulator(simulator(right), "finite-workers.second-moment.exponential", settings=settings)
        outcomes.append(found.outcome)
        for verdict in found.verdicts:
            numbers = f"{float(verdict.predicted):.5f} predicted, {float(verdict.observed):.5f} sampled"
            print(f"{name}, {verdict.case}: {numbers}")
            print(f"    {verdict.outcome}; smallest bias noticed {100 * verdict.smallest_bias_noticed:.1f} %")
    assert outcomes == ["pass", "refuted"]


if __name__ == "__main__":
    main()
