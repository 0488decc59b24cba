"""Stage: transients. Input: models of several modes on rung R1. Output: when their risk is small, and for good.

R(t) = sum over modes of h V(t)/2. Up to a horizon every V is enclosed by lines (numeric/enclosed/second_moment.py),
and so is R; beyond it R is at most the sum of the modes' bounds (numeric/enclosed/level_crossing.py). Both questions
ask the same: R stays below a level from T on just where the largest R from T on is below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp

from derive.exact import Number, exact
from derive.models.linear import LinearModel
from numeric.enclosed.law_lattice import Floats
from numeric.enclosed.level_crossing import Beyond, beyond_horizon, last_above
from numeric.enclosed.renewal import between
from numeric.enclosed.second_moment import SecondMoment, within_digits
from numeric.enclosure import Enclosure, Unevaluable

_LONGEST = 4096  # mean delays
_DIGITS, _FINER = 4, 6
_WIDE = 0.01  # relative, of an answer that is worth more digits
_ROUNDING = 1e-12  # of the doubles of a sum, relative
_ENOUGH = 1e-3  # relative, of the largest risk


def time_below(models: Sequence[LinearModel], level: Number, starts: Sequence[Number]) -> Enclosure | None:
    """The last time (s) at which the risk of all modes together exceeds ``level`` > 0, 0 if it never does.

    ``models``: plain asynchronous workers, one a mode; each mode held x = its start until time 0. Kind: an enclosure;
    None where the risk has no limit or one above the level. Raises ``Unevaluable`` where nothing is proven.

    Example: ``time_below((LinearModel(Constant(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(1),
    sp.Integer(1)),), "1/100", (1,)) is None``.
    """
    wanted = float(exact(level))
    modes = _modes(models, starts)
    if modes is None or sum(mode.floor.lower for mode in modes) > wanted:
        return None
    if not sum(mode.floor.upper for mode in modes) < wanted:
        raise Unevaluable(f"the target {level} is too close to the stationary excess risk")
    for horizon in _horizons(models):
        total = _Total.of(modes, starts, horizon)
        if total.beyond < wanted * (1 - _ROUNDING):
            early = last_above(total.times, total.lower, wanted * (1 + _ROUNDING))
            late = last_above(total.times, total.upper, wanted * (1 - _ROUNDING))
            return between(Fraction(early), Fraction(late))
    raise Unevaluable(f"the risk is not proven to stay below {level}")


def risk_from(models: Sequence[LinearModel], time: Number, starts: Sequence[Number]) -> Enclosure | None:
    """The largest risk of all modes together at any time from ``time`` >= 0 (s) on, the stationary one included.

    Arguments as of ``time_below``. Kind: an enclosure; None where the risk has no limit. Raises ``Unevaluable`` where
    nothing is proven.

    Example: ``risk_from((LinearModel(Constant(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(1),
    sp.S.Zero),), 0, (2,)).contains(2)``.
    """
    first = float(exact(time))
    modes = _modes(models, starts)
    if modes is None:
        return None
    for digits in (_DIGITS, _FINER):
        lower, upper = _from(modes, first, starts, digits)
        if upper - lower < _WIDE * upper:
            break
    return between(Fraction(max(0.0, lower * (1 - _ROUNDING))), Fraction(upper * (1 + _ROUNDING)))


def _from(modes: tuple[_Mode, ...], first: float, starts: Sequence[Number], digits: int) -> tuple[float, float]:
    """Bounds on the largest risk from ``first`` seconds on, on horizons that double until they are near."""
    floor, best = sum(mode.floor.lower for mode in modes), None
    for horizon in _horizons([mode.model for mode in modes], first):
        total = _Total.of(modes, starts, horizon, digits)
        late = total.times >= first
        lower = max(floor, float(total.lower[late].max()), float(np.interp(first, total.times, total.lower)))
        upper = max(total.beyond, float(total.upper[late].max()), float(np.interp(first, total.times, total.upper)))
        if best is None or upper - lower < best[1] - best[0]:
            best = (lower, upper)
        elif upper - lower > 2 * (best[1] - best[0]):
            break  # a longer horizon is known less well
        if best[1] - best[0] < _ENOUGH * best[1]:
            break
    assert best is not None
    return best


@dataclass(frozen=True)
class _Mode:
    """One mode: its model, half its curvature, what bounds it beyond a horizon, and its stationary risk."""

    model: LinearModel
    half: float
    beyond: Beyond
    floor: Enclosure


def _modes(models: Sequence[LinearModel], starts: Sequence[Number]) -> tuple[_Mode, ...] | None:
    """Every mode, None where one has no stationary risk."""
    found = []
    for model, start in zip(models, starts, strict=True):
        known = beyond_horizon(model, exact(start))
        if isinstance(known, str):
            return None
        beyond, floor = known
        found.append(_Mode(model, float(model.curvature / 2), beyond, floor))
    return tuple(found)


def _horizons(models: Sequence[LinearModel], after: float = 0.0) -> list[Fraction]:
    """Ever longer ones, the first at least twice ``after`` seconds."""
    theta = Fraction(sp.nsimplify(sp.N(models[0].law.mean, 30), rational=True))
    first = max(8 * theta, Fraction(2 * after))
    count = max(1, int(_LONGEST * theta / first).bit_length())
    return [first * 2**number for number in range(count)]


@dataclass(frozen=True)
class _Total:
    """R between ``lower`` and ``upper`` at ``times`` and on the lines between them, at most ``beyond`` after those."""

    times: Floats
    lower: Floats
    upper: Floats
    beyond: float

    @classmethod
    def of(cls, modes: tuple[_Mode, ...], starts: Sequence[Number], horizon: Fraction, digits: int = 4) -> _Total:
        """The sum over modes on all of their times: a line between points of one lattice stays one on finer ones."""
        paths: list[SecondMoment] = [
            within_digits(mode.model, exact(start), horizon, digits) for mode, start in zip(modes, starts, strict=True)
        ]
        last = min(float(path.times[-1]) for path in paths)
        times = np.unique(np.concatenate([path.times[path.times <= last] for path in paths] + [np.array([last])]))
        pairs = list(zip(modes, paths, strict=True))
        middle = sum((mode.half * np.interp(times, path.times, path.values) for mode, path in pairs), np.zeros(1))
        error = sum(mode.half * path.error for mode, path in pairs)
        # Beyond the shortest path: what is left of the longer ones, and what bounds each after its end.
        beyond = sum(mode.half * max(mode.beyond.ceiling(path), _after(path, last)) for mode, path in pairs)
        return cls(times, middle - error, middle + error, beyond * (1 + _ROUNDING))


def _after(path: SecondMoment, time: float) -> float:
    return float(path.values[path.times >= time].max()) + path.error
