"""Stage: scenes of schemes. Input: small systems under one rule or modifier each. Output: verdicts on what is exact.

Exponential cycles make the claims about rates, shares, staleness and delays exact for finitely many workers (rung R0);
a trigger is looked at without curvature, where its share is. The slips of verify/mutants/scheme_slips.py are judged
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.draws import DrawRecipe, standard_exponential
from derive.laws import Exponential
from derive.models.schemes import scheme_model
from derive.rules.heterogeneous import worker_mean, worker_transform
from derive.rules.laws import cdf_of, transform_of
from derive.schemes import Asynchronous
from numeric.enclosure import Enclosure, evaluate
from numeric.event_loop.system import System, WorkerClass
from numeric.simulation.tasks import Average, Simulation, simulate
from numeric.values import Exact
from verify.statistics.gates import ErrorBudget, judge_equal
from verify.statistics.replicas import refuse_repeats
from verify.verdict import Verdict

REPLICAS, UPDATES, BURN_IN = 64, 60_000, 4_000
SEED = 1
RATE = "1/20"  # learning rate
FAST, SLOW = Exponential(1), Exponential(4)


@dataclass(frozen=True)
class Number:
    """What a claim says of one quantity of a scene."""

    claim: str
    quantity: str
    value: Exact | Enclosure
    average: Average | None = None


@dataclass(frozen=True)
class Scene:
    """A system of exponential cycles of mean 1 s and the numbers claimed of it."""

    name: str
    system: System
    numbers: tuple[Number, ...] = ()


def judge_scene(scene: Scene, level: float) -> tuple[Verdict, ...]:
    """Simulate a scene and hold every number claimed of it against the samples, each at the false-alarm rate ``level``.

    Raises ``RepeatedReplicaError`` where replicas are not independent, ``ArithmeticError`` where the loop's own books
    do not balance.

    Example: ``judge_scene(scenes()["momentum"], 1e-3) == ()``.
    """
    found = simulate(scene.system, seed=SEED, replicas=REPLICAS, updates=UPDATES, burn_in=BURN_IN)
    refuse_repeats(found)
    return tuple(_judged(scene, found, level))


def _judged(scene: Scene, found: Simulation, level: float) -> Iterator[Verdict]:
    for one in scene.numbers:
        mode = None if one.average is None else 0
        samples = found.measured(one.quantity, mode, one.average).samples
        yield judge_equal(one.claim, scene.name, one.quantity, one.value, samples, level)


def level_of(scene: Scene) -> float:
    """The share of the declared false-alarm rate that falls to each number of a scene, all scenes being one run."""
    return ErrorBudget(checks=sum(len(one.numbers) for one in scenes().values())).level(scene.name)


@cache
def scenes() -> dict[str, Scene]:
    """Every scene by name."""
    found = (*_filtered(), *_gathered(), *_delayed(), _unlike(), *_unclaimed())
    return {one.name: one for one in found}


def _filtered() -> Iterator[Scene]:
    """Gradients dropped for their staleness or their age, lost, or too small to be sent."""
    threshold = Asynchronous(32, staleness_threshold=10)
    share = scheme_model(FAST, threshold, learning_rate=RATE, curvature=1).applied_fraction
    applied = Number("threshold.applied-fraction.exponential", "applied_fraction", evaluate(share))
    kept = _staleness_of_kept(share, workers=32, threshold=10)
    below = Number("staleness.probability.poisson", "staleness_mean", kept)
    yield Scene("threshold", _system(32, staleness_threshold=10), (applied, below))
    lost = {"workers": 16, "dropout": sp.Rational(1, 4)}
    yield Scene("dropout", _system(16, dropout=0.25), (_number("dropout.staleness-mean.any-law", lost),))
    age = {"workers": 16, "age_threshold": sp.Rational(3, 2)}
    dropped = _number("age-threshold.applied-fraction.age-drop", age)
    yield Scene("age, dropped", _system(16, age_threshold=1.5), (dropped,))
    abandoned = _number("age-threshold.arrival-rate.age-abandon", age, "arrival_rate")
    yield Scene("age, abandoned", _system(16, age_threshold=1.5, age_action="abandon"), (abandoned,))
    sent = _number("trigger.applied-fraction.event-trigger", {"event_trigger": sp.Rational(4, 5), "modes": 1})
    yield Scene("trigger", _system(16, curvature=(0.0,), gradient_noise=(2.0,), event_trigger=0.8), (sent,))


def _gathered() -> Iterator[Scene]:
    """Updates that wait for several gradients."""
    four = {"workers": 4, "batch": 4, "learning_rate": sp.Rational(RATE), "curvature": 4, "gradient_noise": 1}
    variance = _number("synchronous.stationary-variance.any-law", four, average="event")
    yield Scene("synchronous", _system(4, curvature=(4.0,), rule="synchronous"), (variance,))
    batch = {"workers": 16, "batch": 4}
    for rule, time, staleness in (
        ("k-batch-async", "run-time.time-per-update.k-batch-async", "batch.staleness-mean.k-batch-async"),
        ("k-async", "k-async.time-per-update.exponential", "k-async.staleness-mean.any-law"),
    ):
        yield Scene(rule, _system(16, rule=rule, batch=4), (_number(time, batch), _number(staleness, batch)))


def _delayed() -> Iterator[Scene]:
    """One uplink that all workers share."""
    shared = {"workers": 8, "uplink_capacity": 4, "mean_compute": 1}
    rate, delay = (f"uplink.{what}.shared-uplink" for what in ("arrival-rate", "delay-mean"))
    numbers = (_number(rate, shared, "arrival_rate"), _number(delay, shared, "delay_mean"))
    yield Scene("uplink", _system(8, uplink_capacity=4.0), numbers)


def _unlike() -> Scene:
    """Eight workers of mean 1 s and eight of mean 4 s: gradients of mean age 8/5 s, not 5/2."""
    laws = [FAST] * 8 + [SLOW] * 8

    def claimed(name: str) -> sp.Expr:
        right = CLAIMS[name].expression.subs(y.workers, 16).doit()
        right = right.replace(worker_transform, lambda j, s: laws[int(j) - 1].laplace_transform(s))
        return right.replace(worker_mean, lambda j: laws[int(j) - 1].mean)

    delay = -sp.diff(claimed("delay.law.unlike-workers"), y.s).subs(y.s, 0)
    classes = (WorkerClass(8, FAST.draw), WorkerClass(8, SLOW.draw))
    numbers = (
        Number("arrivals.rate.unlike-workers", "arrival_rate", Exact(claimed("arrivals.rate.unlike-workers"))),
        Number("delay.law.unlike-workers", "delay_mean", Exact(sp.nsimplify(delay))),
    )
    return Scene("unlike workers", _system(16, classes=classes), numbers)


def _unclaimed() -> Iterator[Scene]:
    """Schemes of which no claim gives a number of the simulated loop itself: the reference alone sees them."""
    yield Scene("momentum", _system(4, momentum=0.5))
    yield Scene("discount", _system(16, staleness_discount=0.9))


def _system(workers: int, **changed: Any) -> System:
    settings = {"curvature": (1.0,), "gradient_noise": (1.0,), **changed}
    return System(workers, DrawRecipe(standard_exponential), float(sp.Rational(RATE)), **settings)


def _number(claim: str, given: Mapping[str, Any], quantity: str = "", average: Average | None = None) -> Number:
    """The claim's right side for exponential cycles of mean 1 s, with numbers named as in the notation put in."""
    values = {y.NOTATION[name].symbol: sp.sympify(value) for name, value in given.items()}
    right = CLAIMS[claim].expression.subs({**values, y.mean_delay: sp.S.One}, simultaneous=True)
    right = right.replace(cdf_of, lambda u: 1 - sp.exp(-u)).doit()
    value = Exact(right) if right.is_Rational else evaluate(right)
    return Number(claim, quantity or CLAIMS[claim].quantity, value, average)


def _staleness_of_kept(share: sp.Expr, workers: int, threshold: int) -> Enclosure:
    """E[K | K <= S], the others' updates being Poisson events of the rate that the applied share leaves."""
    p = sp.Dummy("p", positive=True)
    right = CLAIMS["staleness.probability.poisson"].expression.replace(transform_of, FAST.laplace_transform)
    rate = p * (workers - 1)
    chances = [sp.simplify(right.subs(y.j, j).doit()).subs(y.other_rate, rate) for j in range(threshold + 1)]
    mean = sum(j * chance for j, chance in enumerate(chances)) / sum(chances)
    return evaluate(mean.subs(p, share))
