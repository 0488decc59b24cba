"""Stage: the records of a study. Input: exact values. Output: what the rest of the project reads of a study.

Field names equal the keys of the TOML file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import sympy as sp

from derive.integer_laws import IntegerLaw
from derive.law import Law
from derive.scheme import Scheme

Start = Literal["stationary", "together", "staggered"]


class NoCycleLawError(ValueError):
    """The workers' cycle time has no law that could be named; ``key``, ``value`` and ``wrong`` say why."""

    def __init__(self, key: str, value: Any, wrong: str) -> None:
        super().__init__(f"{key} = {value}: {wrong}")
        self.key, self.value, self.wrong = key, value, wrong


@dataclass(frozen=True)
class WorkerClass:
    """``count`` workers that are alike: each cycle is one draw of ``downlink``, ``compute``, ``uplink`` (seconds).

    The draws are independent; a link that is None takes no time. With ``replay`` the measured values of ``compute``
    come in their recorded order instead, around and around, for each worker from a place of its own.
    """

    count: int
    compute: Law
    uplink: Law | None = None
    downlink: Law | None = None
    replay: bool = False

    @property
    def cycle_law(self) -> Law:
        """The law of the cycle time, links included; ``NoCycleLawError`` where it is not to be had."""
        if self.replay:
            raise NoCycleLawError("workers.replay", "true", "cycles in a recorded order are not independent")
        for name in ("uplink", "downlink"):
            if (link := getattr(self, name)) is not None:
                raise NoCycleLawError(f"workers.{name}", link, "the law of a cycle with links is not available yet")
        return self.compute


@dataclass(frozen=True)
class Correlation:
    """How compute times depend on each other: a discrete autoregression (Jacobs and Lewis, 1978), of any law.

    ``cycles`` in [0, 1): the autocorrelation of a worker's successive compute times, at lag n its n-th power;
    ``common`` in [0, 1): the correlation of two workers' new compute times within one round of their class.
    """

    cycles: sp.Rational = sp.S.Zero
    common: sp.Rational = sp.S.Zero


@dataclass(frozen=True)
class Workers:
    """The workers of a study, in ``classes`` of workers that are alike; all are always busy.

    Cycles are independent unless compute times have a ``correlation``.
    """

    classes: tuple[WorkerClass, ...]
    correlation: Correlation | None = None

    @classmethod
    def alike(cls, count: int, compute: Law, *, uplink: Law | None = None, downlink: Law | None = None) -> Workers:
        """One class of ``count`` workers.

        Example: ``Workers.alike(4, Exponential(1)).count == 4``.
        """
        return cls((WorkerClass(count, compute, uplink, downlink),))

    @property
    def count(self) -> int:
        """How many workers there are in all."""
        return sum(one.count for one in self.classes)

    @property
    def cycle_law(self) -> Law:
        """The law of every worker's independent cycle times; ``NoCycleLawError`` where there is none."""
        for name in ("cycles", "common"):
            if self.correlation is not None and (value := getattr(self.correlation, name)) != 0:
                raise NoCycleLawError(f"workers.correlation.{name}", value, "cycles are not independent")
        laws = {one.cycle_law for one in self.classes}
        if len(laws) > 1:
            raise NoCycleLawError("workers.class", f"{len(laws)} laws", "the workers have no common law")
        return laws.pop()


@dataclass(frozen=True)
class Optimizer:
    """``learning_rate`` > 0, in 1/curvature; ``momentum`` in [0, 1)."""

    learning_rate: sp.Rational
    momentum: sp.Rational = sp.S.Zero


@dataclass(frozen=True)
class Data:
    """A regression on a ``dataset``: ``model``, ``ridge`` > 0, gradients over ``batch_size`` rows drawn at random.

    ``components``: principal components that stand for the features, None for the features themselves.
    """

    dataset: str
    model: str
    ridge: sp.Rational
    batch_size: int = 1
    components: int | None = None


@dataclass(frozen=True)
class Objective:
    """One ``curvature`` and one s.d. of a gradient's noise (>= 0) per mode.

    Of a regression on ``data`` they are those at its optimum, empty as long as nobody has looked.
    """

    curvature: tuple[sp.Rational, ...] = ()
    gradient_noise: tuple[sp.Rational, ...] = ()
    data: Data | None = None


@dataclass(frozen=True)
class Run:
    """How to simulate; ``updates`` counts gradient arrivals per replica, burn-in included.

    With ``precision``, a relative standard error, ``replicas`` are those of the first look, and more follow as planned.
    """

    seed: int = 1
    replicas: int = 64
    updates: int = 100_000
    burn_in: int | None = None
    start: Start = "stationary"
    initial: tuple[sp.Rational, ...] = (sp.S.Zero,)
    precision: sp.Rational | None = None


@dataclass(frozen=True)
class DelayEquation:
    """s + damping L(s), or s^2 + friction s + damping L(s); damping in 1/s (1/s^2 with friction)."""

    damping: sp.Rational
    delay: Law
    friction: sp.Rational | None = None


@dataclass(frozen=True)
class UpdateEquation:
    """z - 1 + step E z^-K, or with momentum (z - 1)(z - momentum)/z + step E z^-K; K the staleness, fixed or drawn."""

    step: sp.Rational
    staleness: int | IntegerLaw
    momentum: sp.Rational = sp.S.Zero


@dataclass(frozen=True)
class ChartAxis:
    """One side of a chart: the ``parameter`` by name, its range ``low`` < ``high``, its place ``path`` in the file."""

    parameter: str
    low: sp.Rational
    high: sp.Rational
    path: tuple[str | int, ...]

    @property
    def in_law(self) -> bool:
        """Whether it is a parameter of a law, whose conditions may hold in a part of the chart alone."""
        return any(step in ("delay", "staleness", "compute", "uplink", "downlink") for step in self.path)


@dataclass(frozen=True)
class Study:
    """One study: a system (then ``equation`` is None) or one equation (then the system's records are None).

    ``written`` keeps every value as the file wrote it, by dotted key, for display.
    """

    name: str
    path: str
    workers: Workers | None
    scheme: Scheme | None
    optimizer: Optimizer | None
    objective: Objective | None
    run: Run
    equation: DelayEquation | UpdateEquation | None
    title: str = ""
    question: str = ""
    chart: tuple[ChartAxis, ChartAxis] | None = None
    written: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.workers is not None and (self.scheme is None or self.scheme.workers != self.workers.count):
            raise ValueError(f"scheme = {self.scheme}: not a scheme of {self.workers.count} workers")

    def with_workers(self, workers: Workers) -> Study:
        """The same study with other workers; the scheme is resized to their number."""
        assert self.scheme is not None
        return replace(self, workers=workers, scheme=replace(self.scheme, workers=sp.Integer(workers.count)))


@dataclass(frozen=True)
class Case:
    """One combination of a sweep; ``label`` is empty where there is no sweep."""

    label: str
    study: Study


@dataclass(frozen=True)
class StudyFile:
    """What one TOML file says."""

    name: str
    title: str
    question: str
    cases: tuple[Case, ...]
    notation: tuple[tuple[str, str], ...] = ()  # quantities by their names, and the letters they are printed with
    paper_claims: tuple[str, ...] = ()  # letters of the source paper's claims that it speaks to
