"""Stage: replicas. Input: a simulation. Output: which of its replicas are one and the same, against their independence.

Every interval rests on independent replicas. Two that share a random stream are no accident of chance: their averages
agree to the last bit, which independent ones of continuous noise never do.
"""

from __future__ import annotations

from numeric.simulation.tasks import Simulation


class RepeatedReplicaError(ArithmeticError):
    """Two replicas are one: no interval of theirs means anything."""


def refuse_repeats(run: Simulation) -> None:
    """Raise ``RepeatedReplicaError`` naming the first two replicas that shared their random stream."""
    for first, second in repeated_replicas(run)[:1]:
        raise RepeatedReplicaError(f"replicas {first} and {second} agree to the last bit: they share a random stream")


def repeated_replicas(run: Simulation) -> tuple[tuple[int, int], ...]:
    """Pairs of replicas whose every stationary average is the same double: they shared their random stream.

    Empty for a run without noise or one that diverged, whose replicas may rightly be the same.
    """
    averages = [entry.samples for entry in run.quantities if entry.quantity == "stationary_variance"]
    seen: dict[tuple[float, ...], int] = {}
    pairs = []
    for replica, values in enumerate(zip(*averages, strict=True)):
        if any(values):
            first = seen.setdefault(values, replica)
            pairs += [(first, replica)] if first != replica else []
    return tuple(pairs)
