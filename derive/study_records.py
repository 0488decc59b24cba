"""Stage: the records of a study. Input: exact values. Output: what the rest of the project reads of a study.

Field names equal the keys of the TOML file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import sympy as sp

from derive.law import Law

Start = Literal["stationary", "together", "staggered"]


@dataclass(frozen=True)
class Workers:
    """``count`` workers, always busy, each cycle an independent draw of ``compute`` (seconds)."""

    count: int
    compute: Law


@dataclass(frozen=True)
class Scheme:
    """The rule by which the server updates."""

    rule: str = "asynchronous"


@dataclass(frozen=True)
class Optimizer:
    """``learning_rate`` > 0, in 1/curvature; ``momentum`` in [0, 1)."""

    learning_rate: sp.Rational
    momentum: sp.Rational = sp.S.Zero


@dataclass(frozen=True)
class Objective:
    """One ``curvature`` and one s.d. of a gradient's noise (>= 0) per mode."""

    curvature: tuple[sp.Rational, ...]
    gradient_noise: tuple[sp.Rational, ...]


@dataclass(frozen=True)
class Run:
    """How to simulate; ``updates`` counts gradient arrivals per replica, burn-in included."""

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
    """z - 1 + step z^-staleness, or with momentum (z - 1)(z - momentum)/z + step z^-staleness."""

    step: sp.Rational
    staleness: int
    momentum: sp.Rational = sp.S.Zero


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
    written: Mapping[str, str] = field(default_factory=dict, compare=False)


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
