"""Stage: rules about a shared uplink. Input: compute times, a capacity. Output: queue, throughput, delay.

The workers compute independently and pass one exponential server: the machine-repair network. p_q(n, M) is the
probability that n of M workers are at the uplink; theta_C the mean time of a computation, whose law does not matter
(insensitivity); nu the transmissions a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.filters import written_out
from derive.rules.laws import update_transform_of

queue_probability = sp.Function("p_q")
compute_transform = sp.Function("L_C")
SIZES = (1, 2, 3, 4)


def _weight(count: sp.Expr, workers: sp.Expr) -> sp.Expr:
    """M!/(M - n)! (1/(nu theta_C))^n: each arrival at rate (M - n)/theta_C, each departure at nu."""
    load = 1 / (y.capacity * y.compute_time)
    return sp.factorial(workers) / sp.factorial(workers - count) * load**count


@dataclass(frozen=True)
class QueueLaw(Rule):
    """p_q(n, M) = M!/(M - n)! (1/(nu theta_C))^n over its sum; the second route writes the balance of flows out."""

    label: ClassVar[str] = "balance the flows between neighbouring states"
    requires: ClassVar = (assumptions.UPLINK, assumptions.INDEPENDENT, assumptions.DURATION, assumptions.BUSY)

    def apply(self, *inputs: Equation) -> Equation:
        """The product of the ratios, normalised."""
        total = sp.Sum(_weight(y.j, y.workers), (y.j, 0, y.workers))
        return Equation(queue_probability(y.staleness, y.workers), _weight(y.staleness, y.workers) / total)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """(M - n)/theta_C p(n) = nu p(n + 1), and the sum 1."""
        for workers in SIZES:
            chances = [written_out(output.right.subs({y.staleness: n, y.workers: workers})) for n in range(workers + 1)]
            for n in range(workers):
                arriving = (workers - n) / y.compute_time * chances[n]
                yield sp.cancel(sp.together(arriving - y.capacity * chances[n + 1]))
            yield sp.cancel(sp.together(sum(chances, start=sp.Integer(0)))) - 1


@dataclass(frozen=True)
class Throughput(Rule):
    """Lambda = nu (1 - p_q(0, M)): a busy uplink passes nu gradients a second.

    The second route counts the computations that end: (M - n)/theta_C a second with n workers at the uplink.
    """

    label: ClassVar[str] = "count what a busy uplink passes"
    requires: ClassVar = (assumptions.UPLINK,)

    def apply(self, *inputs: Equation) -> Equation:
        """Share of busy time times capacity."""
        return Equation(y.arrival_rate, y.capacity * (1 - inputs[0].right.subs(y.staleness, 0)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Up to four workers."""
        for workers in SIZES:
            flow = sum(
                (
                    (workers - n) / y.compute_time * inputs[0].right.subs({y.staleness: n, y.workers: workers})
                    for n in range(workers + 1)
                ),
                start=sp.Integer(0),
            )
            yield sp.cancel(sp.together(written_out(flow - output.right.subs(y.workers, workers))))


@dataclass(frozen=True)
class DelayThroughUplink(Rule):
    """L_u(s) = L_C(s) sum_{n < M} p_q(n, M - 1) (nu/(nu + s))^{n+1}: an arriving gradient sees the others' queue.

    The second routes: the mean cycle must be M over the throughput (Little), for one to four workers; and for two
    workers with exponential computations the other worker's chain is solved step by step.
    """

    label: ClassVar[str] = "join the queue that the others leave"
    requires: ClassVar = (assumptions.UPLINK, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Arrival theorem: the stationary law of a network with one worker less."""
        others = y.workers - 1
        seen = inputs[0].right.subs(y.workers, others)
        (whole,) = seen.atoms(sp.Sum)
        weight = seen * whole / sp.factorial(others)
        norm = sp.Sum(whole.function / sp.factorial(others), *whole.limits)
        stage = y.capacity / (y.capacity + y.s)
        count = y.renewals - 1  # the queue's own sum runs over j
        total = sp.Sum(weight.subs(y.staleness, count) * stage**y.renewals, (y.renewals, 1, y.workers))
        return Equation(update_transform_of(y.s), compute_transform(y.s) * total / norm)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Little's law for the first moment, the solved chain for the whole transform."""
        for workers in SIZES:
            transform = written_out(output.right.subs(y.workers, workers)).replace(
                compute_transform, lambda at: sp.exp(-at * y.compute_time)
            )
            mean = -sp.diff(transform, y.s).subs(y.s, 0)
            idle = written_out(inputs[0].right.subs({y.staleness: 0, y.workers: workers}))
            yield sp.cancel(sp.together(mean * y.capacity * (1 - idle) - workers))
        pair = written_out(output.right.subs(y.workers, 2))
        exponential = pair.replace(compute_transform, lambda at: 1 / (1 + at * y.compute_time))
        yield sp.cancel(sp.together(exponential - _pair_of_workers()))


def _pair_of_workers() -> sp.Expr:
    """Two workers, exponential computations: the cycle of one from its departure, the other's state followed."""
    compute, uplink = 1 / y.compute_time, y.capacity
    chance = sp.Dummy("b")
    # While the first is served or queued, the other ends at the uplink iff its computation ends during a service.
    at_departure = compute / (compute + uplink)
    generator = sp.Matrix([[-compute, compute], [uplink, -uplink]])  # states: computing, at the uplink
    start = sp.Matrix([[1 - chance, chance]])
    ending = start * compute * (compute * sp.eye(2) - generator).inv()
    at_arrival = sp.simplify(ending[1].subs(chance, at_departure))
    stage = uplink / (uplink + y.s)
    # The other's state must not depend on how long the computation took: then its chance has not moved.
    moved = sp.simplify(at_arrival - at_departure)
    return compute / (compute + y.s) * ((1 - at_arrival) * stage + at_arrival * stage**2) + moved


@dataclass(frozen=True)
class LittleForCycles(Rule):
    """E[tau] = M/Lambda: each of M workers is always in one cycle (Little); carried out for up to four workers."""

    label: ClassVar[str] = "count the running cycles"
    requires: ClassVar = (assumptions.BUSY,)

    def apply(self, *inputs: Equation) -> Equation:
        """Workers over throughput."""
        return Equation(y.mean_delay, y.workers / inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """theta_C plus the mean time at the uplink: the mean number there over what passes."""
        for workers in SIZES:
            weights = [_weight(sp.Integer(n), sp.Integer(workers)) for n in range(workers + 1)]
            waiting = sum((n * weight for n, weight in enumerate(weights)), start=sp.Integer(0))
            passed = y.capacity * sum(weights[1:], start=sp.Integer(0))
            claimed = written_out(output.right.subs(y.workers, workers))
            yield sp.cancel(sp.together(y.compute_time + waiting / passed - claimed))
