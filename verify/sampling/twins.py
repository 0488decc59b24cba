"""Stage: twins. Input: a system. Output: pairs of systems whose simulations must agree, replica by replica.

One system in other units of time, parameter and learning rate is the same system; so is one whose threshold nothing
reaches, and one whose workers are counted as two classes that are alike. Factors are powers of two, so that no digit
is lost: with equal seeds the two runs agree but for rounding. No theory is needed, and no sample is compared with one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from derive.draws import DrawRecipe
from numeric.event_loop.system import EXACT_INTEGERS, System, WorkerClass
from numeric.running.resuming import Running
from numeric.simulation.tasks import Simulation, Task, simulate_all
from numeric.values import Estimate, Exact
from verify.sampling.planned import ROUNDING
from verify.verdict import Verdict

REPLICAS = 8
UPDATES = 10_000
SCALE = 2  # of the unit of time
TIMES: Mapping[str, int] = {  # the power of the unit of time in each quantity
    "arrival_rate": -1,
    "time_per_update": 1,
    "delay_mean": 1,
    "delay_variance": 2,
}
PARAMETERS: Mapping[str, int] = {  # of the parameter's, whose unit changes by SCALE^2, a gradient's by SCALE
    "stationary_mean": 2,
    "stationary_variance": 4,
    "excess_risk": 3,
}
OUT_OF_REACH: Mapping[str, Any] = {  # values of a modifier at which it takes no gradient and no random number
    "staleness_threshold": EXACT_INTEGERS,
    "age_threshold": 1e300,
    "staleness_discount": math.nextafter(1, 0),
    "event_trigger": 5e-324,
    "momentum": 5e-324,
}
NEUTRAL: Mapping[str, Any] = {
    "staleness_threshold": None,
    "age_threshold": None,
    "staleness_discount": 1.0,
    "event_trigger": 0.0,
    "momentum": 0.0,
}


@dataclass(frozen=True)
class Twin:
    """Two systems that are one: quantities of ``second`` are ``factors`` (1 if not named) times those of ``first``."""

    claim: str
    statement: str
    first: System
    second: System
    factors: Mapping[str, float]


def twins_of(system: System) -> tuple[Twin, ...]:
    """The system in other units, without what does nothing, and in two classes; the units come first."""
    return (*_units(system), *_out_of_reach(system), *_split(system))


def judge_twins(
    twins: tuple[Twin, ...], case: str, seed: int, updates: int = UPDATES, running: Running | None = None
) -> Iterator[Verdict]:
    """Simulate the twins with equal seeds and compare every replica of every quantity (kind: verdicts on doubles).

    The negative control of each is its first system against one whose seconds are twice as long.
    """
    tasks = [_task(system, seed, updates) for one in twins for system in (one.first, one.second)]
    *runs, other = simulate_all([*tasks, _task(_in_units(twins[0].first), seed, updates)], running)
    for number, one in enumerate(twins):
        first, second = runs[2 * number : 2 * number + 2]
        yield _judged(one, case, first, difference(first, second, one.factors), difference(first, other, {}))


def difference(first: Simulation, second: Simulation, factors: Mapping[str, float]) -> float:
    """The largest relative difference of a replica's quantity from ``factors`` times the other's; 1 if one diverged.

    Kind: a double, 0 where both are 0.
    """
    if first.unstable != second.unstable or len(first.quantities) != len(second.quantities):
        return 1.0
    largest = 0.0
    for one, other in zip(first.quantities, second.quantities, strict=True):
        factor = factors.get(one.quantity, 1.0)
        for here, there in zip(one.samples, other.samples, strict=True):
            size = max(abs(factor * here), abs(there))
            largest = max(largest, abs(factor * here - there) / size if size else 0.0)
    return largest


def _task(system: System, seed: int, updates: int) -> Task:
    return Task(system, seed, REPLICAS, updates, updates // 2)


def _judged(twin: Twin, case: str, first: Simulation, found: float, planted: float) -> Verdict:
    kept = "failed as it must" if planted > ROUNDING else "NOT REFUSED"
    agreed = found <= ROUNDING
    return Verdict(
        twin.claim,
        case,
        twin.statement,
        "equal",
        Exact(sp.S.Zero),
        Estimate(found, 0.0, len(first.quantities[0].samples)),
        "Monte Carlo",
        "refuted" if not agreed else "pass" if planted > ROUNDING else "inconclusive",
        ROUNDING,
        f"{kept}: seconds twice as long differ by {planted:.3g}",
        "the largest relative difference of any measured quantity of any replica, equal seeds",
    )


def _units(system: System) -> Iterator[Twin]:
    powers = {**TIMES, **PARAMETERS}
    factors = {quantity: float(SCALE) ** power for quantity, power in powers.items()}
    words = "the system in other units of time, parameter and learning rate is the same system"
    yield Twin("invariant.units", words, system, _in_units(system), factors)


def _in_units(system: System) -> System:
    """Seconds, learning rate and gradients in units half as large, the parameter in units a quarter as large."""

    def longer(recipe: DrawRecipe | None) -> DrawRecipe | None:
        if recipe is None:
            return None
        if isinstance(recipe.expression, sp.Indexed):  # a trace stays one that can be replayed
            return replace(recipe, table=tuple(SCALE * value for value in recipe.table))
        return replace(recipe, expression=SCALE * recipe.expression)

    changed: dict[str, Any] = {
        "draw": longer(system.draw),
        "classes": tuple(
            WorkerClass(one.count, *map(longer, (one.draw, one.uplink, one.downlink)), one.replay)  # type: ignore[arg-type, call-arg]
            for one in system.classes
        ),
        "learning_rate": SCALE * system.learning_rate,
        "curvature": tuple(h / SCALE for h in system.curvature),
        "gradient_noise": tuple(SCALE * sigma for sigma in system.gradient_noise),
        "initial": tuple(SCALE**2 * x for x in system.initial),
    }
    if system.age_threshold is not None:
        changed["age_threshold"] = SCALE * system.age_threshold
    if system.uplink_capacity is not None:
        changed["uplink_capacity"] = system.uplink_capacity / SCALE
    return replace(system, **changed)


def _out_of_reach(system: System) -> Iterator[Twin]:
    """Each modifier in force at a value that nothing reaches, and left out."""
    for name in system.modifiers:
        if name not in OUT_OF_REACH:
            continue
        left_out = {name: NEUTRAL[name], **({"age_action": "drop"} if name == "age_threshold" else {})}
        words = f"{name} at a value that does nothing is as good as none"
        raised, without = replace(system, **{name: OUT_OF_REACH[name]}), replace(system, **left_out)
        yield Twin(f"invariant.without.{name.replace('_', '-')}", words, without, raised, {})


def _split(system: System) -> Iterator[Twin]:
    """The first workers that are alike, counted as two classes."""
    classes = system.classes or (WorkerClass(system.workers, system.draw),)
    first, *others = classes
    if first.count < 2 or (system.correlation is not None and system.correlation.common > 0):
        return  # what a class has in common, its halves have not
    half = first.count // 2
    apart = (replace(first, count=half), replace(first, count=first.count - half), *others)
    words = "a class of workers split into two that are alike stays what it was"
    yield Twin("invariant.split-class", words, system, replace(system, classes=apart), {})
