"""Stage: delays on a grid. Input: a law and a step. Output: the probability of every whole number of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.law import Law
from numeric.enclosure import Enclosure, Unevaluable, acb, compile_ball, fmpq, precision

MOST_WEIGHTS = 20_000
TAIL = 2.0**-40  # probability of longer delays, given to the longest one
_BITS = 96
_WIDEST = 2.0**-50


def delay_weights(law: Law, step: float, tail: float = TAIL, *, centred: bool = False) -> tuple[float, ...]:
    """P(tau rounds to j steps) = F((j + 1/2) step) - F((j - 1/2) step), j = 0, 1, ... (kind: doubles).

    ``step`` > 0 seconds; delays beyond the last j, of probability at most ``tail``, count as j. The weights of a
    distributed delay of an SDDE, and the chances of its delays where they are drawn. ``centred``: those of tau - step/2
    instead, because a recursion holds what it reads for a whole step; its variance is then that of the SDDE but for a
    bias of the order of step^2, not of step. Raises ``ValueError`` for a law
    that needs more than 20 000 weights and for a step that is not positive; ``Unevaluable`` where F has no enclosure.

    Example: ``delay_weights(Constant(1), 0.5) == (0.0, 0.0, 1.0)``.
    """
    if not step > 0:
        raise ValueError(f"step = {step}; allowed: seconds > 0")
    if centred and law.masses is not None:
        return _shared(law.masses, step)
    half, share_up_to = Fraction(step) / 2, _distribution(law)
    reached, weights, ahead = Enclosure.of(0), list[float](), 2 if centred else 1
    while not reached.lower >= 1 - tail:
        if len(weights) == MOST_WEIGHTS:
            raise ValueError(f"step = {step}; allowed: steps of which {MOST_WEIGHTS} cover the law but for {tail}")
        found = share_up_to(half * (2 * len(weights) + ahead))
        weights.append(max(float(found - reached), 0.0))
        reached = found
    weights[-1] += float(1 - reached)
    return tuple(weights)


def _shared(masses: Mapping[sp.Expr, sp.Expr], step: float) -> tuple[float, ...]:
    """Every value, half a step earlier, shared by its two neighbours on the grid so that the mean stays."""
    places = [
        (max(Fraction(str(value)) / Fraction(step) - Fraction(1, 2), Fraction(0)), mass)
        for value, mass in masses.items()
    ]
    weights = [0.0] * (int(max(place for place, _ in places)) + 2)
    for place, mass in places:
        before, share = int(place), float(place - int(place))
        weights[before] += (1 - share) * float(mass)
        weights[before + 1] += share * float(mass)
    return tuple(weights)


def _distribution(law: Law) -> Callable[[Fraction], Enclosure]:
    """F, each of its pieces compiled once."""
    formula = law.cdf(y.u)
    pieces = formula.args if isinstance(formula, sp.Piecewise) else ((formula, sp.true),)
    programs = [(condition, compile_ball(piece, (y.u,), law.arrays)) for piece, condition in pieces]

    def share_up_to(u: Fraction) -> Enclosure:
        at = sp.Rational(u.numerator, u.denominator)
        program = next(one for condition, one in programs if condition.subs(y.u, at) == sp.true)
        with precision(_BITS):
            ball = program(acb(fmpq(u.numerator, u.denominator))).real
        if not ball.rad() < _WIDEST:
            raise Unevaluable(f"no narrow enclosure of the distribution function of {law.name} at {u}")
        return Enclosure(ball)

    return share_up_to
