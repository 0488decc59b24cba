"""Stage: transients. Input: a damping, a delay of a constant and gamma stages. Output: the mean path, by steps.

    m(t)/x0 = sum over j >= 0 of (-a)^j E (t - S_(j-1))_+^j / j!,   S_i the sum of i delays

from the expansion of 1/H in the delayed feedback. Where a delay is a constant d and a gamma duration of shape k and
rate nu, with i = j - 1 and x = t - i d > 0, the average over j! is x^j (nu x)^(ik)/Gamma(ik + j + 1)
1F1(ik; ik + j + 1; -nu x). What is left out after j is at most (|a| t)^(j+1)/(j+1)! / (1 - |a| t/(j + 2)).
"""

from __future__ import annotations

import math
from typing import Any

import sympy as sp

from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, ShiftedExponential
from numeric.enclosure import arb, compile_ball, precision

LONGEST = 400  # |a| t: the terms grow to e^(|a| t) before they cancel


def stages(delay: Law) -> tuple[sp.Expr, sp.Expr, sp.Expr] | None:
    """(d, k, nu) of a delay that is a constant d and a gamma duration of shape k, rate nu; None of other laws.

    Example: ``stages(ShiftedExponential(1, 2)) == (1, 1, sp.S.Half)``.
    """
    if isinstance(delay, Constant):
        return delay.mean, sp.Integer(0), sp.Integer(1)
    if isinstance(delay, Exponential):
        return sp.Integer(0), sp.Integer(1), 1 / delay.mean
    if isinstance(delay, Gamma):
        return sp.Integer(0), delay.shape, delay.shape / delay.mean
    if isinstance(delay, ShiftedExponential):
        return delay.shift, sp.Integer(1), 1 / delay.tail_mean
    return None


def path_by_steps(damping: sp.Expr, delay: Law, time: sp.Expr, digits: int) -> Any | None:
    """m(t)/x0 at ``time`` > 0 s as a real ball of ``digits`` absolute digits; None where the sum is not to be had.

    Example: ``path_by_steps(sp.Integer(1), Constant(1), sp.Integer(2), 9).contains(-0.5)``.
    """
    parts, growth = stages(delay), float(abs(damping) * time)
    if parts is None or growth > LONGEST:
        return None
    with precision(int(64 + 3.4 * digits + 3 * growth)):
        a, t, shift, shape, rate = (compile_ball(sp.sympify(one), ())().real for one in (damping, time, *parts))
        total, most, tolerance = arb(1), abs(a) * t, arb(10) ** -(digits + 1)
        j, bound = 1, most
        while not (j > 2 * growth and bound < tolerance):
            left = t - (j - 1) * shift
            if left < 0:
                return total
            at_edge = arb(0, ((abs(a) * abs(left)) ** j).upper())  # the average is at most x^j
            total += _term(j, -a, left, (j - 1) * shape, rate) if left > 0 else at_edge
            j, bound = j + 1, bound * most / (j + 1)
        return total + arb(0, (2 * bound).upper())


def _term(j: int, gain: Any, left: Any, shape: Any, rate: Any) -> Any:
    """(-a)^j E (x - S)_+^j/j! for a gamma duration S of this shape, after the constant parts have passed."""
    if shape.is_zero():
        return (gain * left) ** j / math.factorial(j)
    below = shape + j + 1
    return (gain * left) ** j * (rate * left) ** shape / below.gamma() * (-rate * left).hypgeom_1f1(shape, below)
