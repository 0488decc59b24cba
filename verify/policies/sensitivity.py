"""Stage: policies. Input: a given and an advised study. Output: how wrong an input may be before the given one wins.

If every curvature is c times what the study says, both settings move along their own decay rates; so they do if the
cycle has another law of the same mean. Another mean alone is another unit of time: with plain workers a theta = eta h M
is the same, and both rates are divided by the same factor (verify/policies/doubts.py has the exceptions).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derive.law import Law
from derive.laws import Constant, Exponential, Gamma
from derive.studies.records import Study, Workers
from derive.studies.schema import StudyError
from numeric.enclosure import Enclosure, Unevaluable
from verify.policies.goals import seconds_per_update
from verify.policies.settings import OpenSetting, slowest_rate
from verify.predicting.spectra import characteristic_equations

_STEP = sp.Rational(5, 4)  # factors are tried in these steps
FARTHEST = 16
_NARROWED = 8  # halvings between two of them
SHAPES = (sp.oo, sp.Integer(4), sp.Integer(1), sp.Rational(1, 2))  # of gamma laws: c2 = 0, 1/4, 1, 2


@dataclass(frozen=True)
class OtherLaw:
    """What both reach (decay rates in 1/s) if the cycle had this c2; None where none is certified."""

    squared_variation: sp.Rational
    advised: Enclosure | None
    given: Enclosure | None

    def to_json(self) -> dict[str, Any]:
        """The object of the JSON."""
        rates = {name: None if one is None else one.to_json() for name, one in vars(self).items() if name in _RATES}
        return {"squared_coefficient_of_variation": str(self.squared_variation), **rates}


_RATES = ("advised", "given")


@dataclass(frozen=True)
class Sensitivity:
    """Within which factors of every curvature the advised setting is stable and no slower than the given one.

    ``below`` and ``above`` enclose the factors at which that ends (None: not within a factor of 16); between steps of
    5/4 nothing is proven. ``laws`` tells what both reach under gamma laws of the same mean. ``mean_below`` and
    ``mean_above``: such factors of the mean of the cycles, where it ``mean_matters``: it may be the unit of time only.
    """

    below: Enclosure | None
    above: Enclosure | None
    laws: tuple[OtherLaw, ...]
    mean_below: Enclosure | None = None
    mean_above: Enclosure | None = None
    mean_matters: bool = False

    def to_json(self) -> dict[str, Any]:
        """The object of the JSON."""
        curvature = _told(self.below, self.above)
        mean = _told(self.mean_below, self.mean_above) if self.mean_matters else None
        laws = [one.to_json() for one in self.laws]
        return {"curvature_factor": curvature, "mean_factor": mean, "same_mean_laws": laws}


def _told(below: Enclosure | None, above: Enclosure | None) -> dict[str, Any]:
    ends = {"below": below, "above": above}
    return {name: None if one is None else one.to_json() for name, one in ends.items()}


def sensitivities(given: OpenSetting, advised: OpenSetting) -> Sensitivity:
    """How far curvature and variation may be off before the advice turns bad (kind: enclosures, tried in steps).

    Both studies with their learning rate open, by which a factor of every curvature acts on H.
    """
    assert given.study.workers is not None
    mean = given.study.workers.cycle_law.mean
    laws = []
    for shape in SHAPES:
        law = Constant(mean) if shape == sp.oo else Exponential(mean) if shape == 1 else Gamma(shape, mean)
        laws.append(OtherLaw(1 / shape, _with_law(advised.study, law), _with_law(given.study, law)))
    return Sensitivity(_turn(given, advised, 1 / _STEP), _turn(given, advised, _STEP), tuple(laws))


def _with_law(study: Study, law: Law) -> Enclosure | None:
    assert study.workers is not None
    other = study.with_workers(Workers.alike(study.workers.count, law))
    try:
        rate = slowest_rate(characteristic_equations(other))
        return None if rate is None else rate / seconds_per_update(other)
    except (StudyError, Unevaluable):  # the theory need not cover that law
        return None


def _turn(given: OpenSetting, advised: OpenSetting, step: sp.Rational) -> Enclosure | None:
    """The factor of every curvature, 1 times powers of ``step``, at which the advised setting stops being better."""

    def better(factor: sp.Rational) -> bool:
        ours, theirs = (one.rate(factor * one.given) for one in (advised, given))
        if ours is None or not ours.is_positive():
            return False
        return theirs is None or not (theirs - ours).is_positive()

    return turning_factor(better, step)


def turning_factor(
    better: Callable[[sp.Rational], bool], step: sp.Rational, halvings: int = _NARROWED
) -> Enclosure | None:
    """The factor, 1 times powers of ``step``, at which what is ``better`` at smaller ones is so no more (an enclosure).

    ``halvings`` of the last gap; between the factors tried nothing is known. None: still better at ``FARTHEST``.

    Example: ``turning_factor(lambda factor: factor < 3, sp.Integer(2)).contains(3)``.
    """
    good: sp.Rational = sp.Integer(1)
    if not better(good):
        return Enclosure.of(good)
    while better(bad := good * step):
        good = bad
        if max(good, 1 / good) > FARTHEST:
            return None
    for _ in range(halvings):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if better(middle) else (good, middle)
    return Enclosure(Enclosure.of(good).ball.union(Enclosure.of(bad).ball))
