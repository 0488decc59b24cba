"""Stage: the system. Input: plain numbers and draw recipes. Output: what the event loop simulates, checked.

The numbers of a scheme, its rule's name and its modifiers are all that the simulation knows of schemes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, Literal

import numpy as np
import sympy as sp

from derive.draws import DrawRecipe, standard_uniform, table
from numeric.event_loop.objectives import Gradient, Objective, UserGradient

Start = Literal["stationary", "together", "staggered"]
AgeAction = Literal["drop", "abandon"]
Rule = Literal["asynchronous", "synchronous", "k-sync", "k-batch-sync", "k-async", "k-batch-async"]

RULES = ("asynchronous", "synchronous", "k-sync", "k-batch-sync", "k-async", "k-batch-async")
CANCELLING = ("k-sync", "k-batch-sync")  # an update cancels the cycles that are under way
ROUNDS = ("synchronous", *CANCELLING)  # an update restarts every worker
IDLING = ("synchronous", "k-sync", "k-async")  # a worker whose gradient waits begins no further cycle
EXACT_INTEGERS = 2**53  # whole numbers up to this are doubles


@dataclass(frozen=True)
class WorkerClass:
    """``count`` >= 1 workers that are alike; a cycle is a draw of ``downlink``, ``draw`` (compute) and ``uplink``.

    Each in seconds; a link that is None takes no time. With ``replay`` the table behind ``draw``, a uniformly chosen
    row of it, is walked through row by row and around, by each worker from a row of its own. Errors: ``ValueError``.

    Example: ``WorkerClass(2, DrawRecipe(standard_exponential)).count == 2``.
    """

    count: int
    draw: DrawRecipe
    uplink: DrawRecipe | None = None
    downlink: DrawRecipe | None = None
    replay: bool = False

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count = {self.count}; allowed: at least 1")
        if self.replay and self.draw.expression != table[sp.floor(len(self.draw.table) * standard_uniform)]:
            raise ValueError(f"replay = {self.replay}; allowed: with a draw of any row of its table")

    @property
    def legs(self) -> tuple[DrawRecipe, ...]:
        """The draws of one cycle, in their order in time."""
        return tuple(leg for leg in (self.downlink, self.draw, self.uplink) if leg is not None)


@dataclass(frozen=True)
class Correlation:
    """How compute times depend on each other: a discrete autoregression, of any law.

    ``cycles`` in [0, 1): autocorrelation of a worker's successive compute times, at lag n its n-th power; ``common`` in
    [0, 1): correlation of two workers' new compute times of one round. Errors: ``ValueError``.

    Example: ``Correlation(common=0.25).shares == 0.5``.
    """

    cycles: float = 0.0
    common: float = 0.0

    def __post_init__(self) -> None:
        for name in ("cycles", "common"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} = {getattr(self, name)}; allowed: number in [0, 1)")

    @property
    def shares(self) -> float:
        """The probability that a new compute time is the round's."""
        return math.sqrt(self.common)


@dataclass(frozen=True)
class System:
    """Distributed SGD on a diagonal quadratic objective, or on another ``objective`` (rung R0).

    ``workers`` >= 1; ``draw`` one cycle in seconds; ``learning_rate`` > 0; one ``curvature`` (any sign),
    ``gradient_noise`` (s.d., >= 0) and ``initial`` parameter per mode, all finite; ``start``: phases of the
    first cycles, "stationary" (met at any point of cycles long under way), "together" (all pull at 0) or "staggered"
    (evenly spaced). An update applies the mean
    of ``batch`` gradients as ``rule`` says. A gradient of staleness above ``staleness_threshold`` is dropped, others
    weigh ``staleness_discount``^staleness; ``dropout`` is the probability of losing one; one with
    sqrt(sum_i (g_i/sigma_i)^2) < ``event_trigger`` is not sent (all are where a sigma_i is 0); with ``momentum`` b,
    v <- b v - eta g and x <- x + v; one older than ``age_threshold`` seconds is dropped on arrival, or abandoned by its
    worker at that age (``age_action``); all share a first-come-first-served uplink of ``uplink_capacity``
    exponential transmissions a second. ``classes`` of workers with laws and links of their own, in the order of the
    indices, stand for all ``workers``; then ``draw`` is that of the first class. With an ``objective``, ``curvature``
    and ``gradient_noise`` are empty, and a mode is a coordinate of it. With a ``correlation`` compute times depend on
    each other, along a worker's cycles and within a class. Errors: ``ValueError``.

    Example: ``System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,)).initial == (0.0,)``.
    """

    workers: int
    draw: DrawRecipe
    learning_rate: float
    curvature: tuple[float, ...]
    gradient_noise: tuple[float, ...]
    start: Start = "stationary"
    initial: tuple[float, ...] = ()
    _: KW_ONLY
    rule: Rule = "asynchronous"
    batch: int | None = None
    staleness_threshold: int | None = None
    staleness_discount: float = 1.0
    dropout: float = 0.0
    event_trigger: float = 0.0
    momentum: float = 0.0
    age_threshold: float | None = None
    age_action: AgeAction = "drop"
    uplink_capacity: float | None = None
    classes: tuple[WorkerClass, ...] = ()
    objective: Objective | None = None
    correlation: Correlation | None = None

    def __post_init__(self) -> None:
        if not self.initial:
            object.__setattr__(self, "initial", (0.0,) * self.modes)
        if self.workers < 1:
            raise ValueError(f"workers = {self.workers}; allowed: at least 1")
        quadratic = 0 if self.objective is not None else self.modes
        if not quadratic == len(self.curvature) == len(self.gradient_noise) or not 1 <= self.modes == len(self.initial):
            raise ValueError("curvature, gradient_noise and initial need one number per mode, at least one mode")
        numbers = (self.learning_rate, *self.curvature, *self.gradient_noise, *self.initial)
        if not all(map(math.isfinite, numbers)) or self.learning_rate <= 0 or min(self.gradient_noise, default=0) < 0:
            raise ValueError(f"{numbers}: allowed: finite numbers, learning_rate > 0, gradient_noise >= 0")
        if self.start not in ("stationary", "together", "staggered"):
            raise ValueError(f"start = {self.start}; allowed: stationary, together, staggered")
        counted = sum(one.count for one in self.classes)
        if self.classes and (counted != self.workers or self.draw != self.classes[0].draw):
            raise ValueError(f"classes = {self.classes}; allowed: {self.workers} workers, the first drawn as draw says")
        if self.replays and self.correlation is not None:
            raise ValueError(f"correlation = {self.correlation}; allowed: without replay")
        if self.objective is not None and self.event_trigger != 0:
            raise ValueError(f"event_trigger = {self.event_trigger}; allowed: with one gradient_noise a curvature")
        _check_rule(self)
        for name, holds, allowed in _RANGES:
            value = getattr(self, name)
            if value is not None and not holds(value):
                raise ValueError(f"{name} = {value}; allowed: {allowed}")

    @property
    def modes(self) -> int:
        """How many coordinates x has."""
        return len(self.curvature) if self.objective is None else self.objective.modes

    @property
    def replays(self) -> bool:
        """Whether compute times of some workers come in a recorded order."""
        return any(one.replay for one in self.classes)

    @property
    def gathered(self) -> int:
        """How many gradients make one update: ``batch``, all workers under "synchronous", else 1."""
        return self.workers if self.rule == "synchronous" else 1 if self.batch is None else self.batch

    @property
    def modifiers(self) -> dict[str, float]:
        """The modifiers in force, momentum among them, by name.

        Example: ``System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,), dropout=0.1).modifiers
        == {"dropout": 0.1}``.
        """
        neutral = {"staleness_discount": 1.0, "dropout": 0.0, "event_trigger": 0.0, "momentum": 0.0}
        values = {name: getattr(self, name) for name, *_ in _RANGES}
        return {name: float(value) for name, value in values.items() if value not in (None, neutral.get(name))}

    @property
    def scheme_numbers(self) -> dict[str, float]:
        """The numbers of the scheme as the event loop takes them; empty for a plain system."""
        return self.modifiers | ({} if self.rule == "asynchronous" else {"gathered": float(self.gathered)})


def with_gradient(system: System, gradient: Gradient) -> System:
    """The system with a user's gradient in place of its objective; its first value must be an array of doubles.

    Errors: ``ValueError``.

    Example: ``with_gradient(System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,)), lambda x, rng: 2 * x
    ).modes == 1``.
    """
    found = np.asarray(gradient(np.array(system.initial), np.random.default_rng(0)))
    if found.shape != (system.modes,) or found.dtype != np.float64:
        raise ValueError(f"gradient: {found.dtype} of {found.shape}; allowed: {system.modes} doubles, one a coordinate")
    return replace(system, curvature=(), gradient_noise=(), objective=UserGradient(gradient, system.modes))


_RANGES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("staleness_threshold", lambda value: value == int(value) and 0 <= value <= EXACT_INTEGERS, "integer >= 0"),
    ("staleness_discount", lambda value: 0 < value <= 1, "number in (0, 1]"),
    ("dropout", lambda value: 0 <= value < 1, "probability in [0, 1)"),
    ("event_trigger", lambda value: 0 <= value < math.inf, "finite number >= 0"),
    ("momentum", lambda value: 0 <= value < 1, "number in [0, 1)"),
    ("age_threshold", lambda value: 0 < value < math.inf, "positive seconds"),
    ("uplink_capacity", lambda value: 0 < value < math.inf, "gradients per second, > 0"),
)


def _check_rule(system: System) -> None:
    if system.rule not in RULES:
        raise ValueError(f"rule = {system.rule}; allowed: {', '.join(RULES)}")
    if system.rule.startswith("k-") != (system.batch is not None) or not 1 <= system.gathered <= system.workers:
        raise ValueError(f"batch = {system.batch}; allowed: with a k- rule and only there, 1 to {system.workers}")
    if system.age_action not in ("drop", "abandon"):
        raise ValueError(f"age_action = {system.age_action}; allowed: drop, abandon")
    if system.age_action == "abandon" and (system.age_threshold is None or system.uplink_capacity is not None):
        raise ValueError("age_action = abandon; allowed: with an age_threshold and without an uplink_capacity")
    lossy = {"dropout", "event_trigger", "age_threshold"} & system.modifiers.keys()
    if system.rule in ("synchronous", "k-sync") and lossy:
        raise ValueError(f"{min(lossy)}; allowed: not under {system.rule}, which would wait for it forever")
    if system.rule in CANCELLING and system.uplink_capacity is not None:
        raise ValueError(f"uplink_capacity = {system.uplink_capacity}; allowed: not under {system.rule}")
    if system.rule == "k-batch-sync" and system.age_threshold is not None:
        raise ValueError(f"age_threshold = {system.age_threshold}; allowed: not under {system.rule}")
