"""Stage: stationary quantities. Input: a law, a count of workers, or a model. Output: variance and limit, enclosed.

With the noise gain I of s + a L(s), R2 has V = q I, and R1 has V = q I/(1 - lambda), lambda = eta^2 h^2 Lambda I. For
M workers lambda = a^2 theta I(a)/M: the mode is stable in mean square while this is below 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.law import Law
from derive.models.linear import LinearModel
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import spectrum
from numeric.roots.thresholds import bisect


def stationary_variance(model: LinearModel, rung: Literal["R1", "R2"] = "R1", digits: int = 8) -> Enclosure:
    """E x^2 of plain asynchronous workers in the stationary state, on ``rung`` R1 or R2, over time (kind: enclosure).

    ``digits`` of the noise gain. Raises ``ValueError`` for another rung, and where the mean is not proven stable, or
    on R1 the mode in mean square: there the formula would answer with a wrong number.

    Example: ``stationary_variance(LinearModel(Exponential(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(1),
    sp.Integer(1)), "R2").contains(sp.Rational(9, 100))``.
    """
    if rung not in ("R1", "R2"):
        raise ValueError(f"rung = {rung}; allowed: R1, R2")
    gain = noise_gain(model.characteristic_equation, digits)
    smooth = evaluate(model.noise_intensity * y.second_moment_gain, {y.second_moment_gain: gain})
    if rung == "R2":
        return smooth
    shots = (model.learning_rate * model.curvature) ** 2 * model.arrival_rate
    kept = 1 - evaluate(shots * y.second_moment_gain, {y.second_moment_gain: gain})
    if not kept.is_positive():
        raise ValueError(f"not proven stable in mean square: 1 - eta^2 h^2 Lambda I is {kept}")
    return smooth / kept


def stationary_risk(models: Sequence[LinearModel], rung: Literal["R1", "R2"] = "R1", digits: int = 8) -> Enclosure:
    """The stationary excess risk of all modes together, sum of h V/2 over a spectrum of curvatures h (kind: enclosure).

    ``models``: one a mode, of any law; ``rung`` and ``digits`` as of ``stationary_variance``. Raises ``ValueError`` for
    no models, for another rung, and where a mode has no stationary variance.

    Example: ``stationary_risk([LinearModel(Exponential(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(h),
    sp.Integer(1)) for h in (1, 3)], "R2").contains(sp.Rational(13, 100))``.
    """
    if not models:
        raise ValueError("models = none; allowed: one or more modes")
    risks = [stationary_variance(one, rung, digits) * (one.curvature / 2) for one in models]
    return sum(risks[1:], start=risks[0])


def mean_square_limit(law: Law, workers: int, relative_width: float = 1e-4) -> Enclosure | None:
    """The damping (1/s) at which ``workers`` M >= 1 lose stability in mean square on R1; None if none up to 2^40/theta.

    Kind: enclosure, proven by a margin a^2 theta I/M below 1 at its lower end, and at its upper end above 1 or a mean
    that is not stable.

    Example: ``mean_square_limit(Exponential(1), 2, 1e-2).contains(sp.sqrt(17) / 2 - sp.S.Half)``.
    """

    def lost(damping: sp.Expr) -> bool | None:
        equation = delay_equation(damping, law)
        found = spectrum(equation)
        if not found.certified or found.unstable_count is None:
            return None
        if found.unstable_count:
            return True
        try:
            gain = noise_gain(equation, 7)
        except ValueError:  # on the limit of stability itself
            return None
        margin = 1 - evaluate(damping**2 * law.mean / workers * y.second_moment_gain, {y.second_moment_gain: gain})
        return False if margin.is_positive() else True if margin.is_negative() else None

    return bisect(lost, sp.nsimplify(sp.N(1 / law.mean, 6), rational=True) / 7, relative_width)
