"""Stage: predictions. Input: a claim and a model. Output: the number of a claim that is no closed expression.

Moments come out of a claimed transform, an integral over frequencies out of the noise gain, an overlap out of its
claimed terms. Each evaluates the claim's own right side: a wrong claim gives a wrong number, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from derive.claims import CLAIMS
from derive.derivations.staleness import overlap_series
from derive.law import Law, LawError
from derive.laws import Constant, Empirical
from derive.models.modes import ModeModel, put_in
from derive.rules.laws import transform_of
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.renewal import between, overlap_of_atoms, overlap_of_series
from numeric.enclosed.renewal_lattice import overlap_of_cdf, overlap_of_masses
from numeric.enclosure import Enclosure, Unevaluable, evaluate, evaluate_complex
from numeric.values import Exact

Predicted = Exact | Enclosure
Transform = Callable[[sp.Expr], sp.Expr]
DELAY = "delay.law.any-law"
NEAR_ZERO = sp.Rational(1, 10**40)  # of a bound or a mean: where quadrature begins
_FREQUENCIES = (sp.Rational(1, 3), sp.Rational(7, 5), sp.Integer(4))  # at which an integrand is looked at, in 1/s


def claim_of_law(subject: str, name: str) -> str:
    """The id of a claim about the law that a study calls ``name``.

    Example: ``claim_of_law("cdf", "inverse_gaussian") == "law.cdf.inverse-gaussian"``.
    """
    return f"law.{subject}.{name.replace('_', '-')}"


def over_frequencies(
    expression: sp.Expr, transform: Transform, equation: CharacteristicEquation, gain: Enclosure
) -> Enclosure:
    """A claim that holds one integral over frequencies, its integrand a multiple of 1/|H|^2 (kind: enclosure).

    ``transform`` is what the claim calls L; ``gain`` encloses I, with int_0^oo dw/|H|^2 = pi I. Raises
    ``ArithmeticError`` for another integrand or range.
    """
    (integral,) = expression.atoms(sp.Integral)
    first, *others = (_multiple(integral.function, transform, equation, at) for at in _FREQUENCIES)
    limits = (y.frequency, sp.Integer(0), sp.oo)
    if not all(first.overlaps(other) for other in others) or tuple(integral.limits[0]) != limits:
        raise ArithmeticError(f"not a multiple of 1/|H|^2 over all frequencies: {integral}")
    outside = expression.xreplace({integral: sp.pi * y.second_moment_gain})
    return evaluate(outside, {y.second_moment_gain: gain * first}, equation.arrays)


def _multiple(integrand: sp.Expr, transform: Transform, equation: CharacteristicEquation, at: sp.Rational) -> Enclosure:
    """The integrand at frequency ``at`` times |H|^2 there; L(i w) and L(-i w) are each other's conjugates."""
    here, arrays, turn = {y.frequency: at}, equation.arrays, sp.I * y.frequency
    delay = evaluate_complex(transform(turn), here, arrays)
    across, along = sp.Dummy("re", real=True), sp.Dummy("im", real=True)
    named = integrand.replace(transform_of, lambda s: across + sp.I * sp.cancel(s / turn) * along)
    height = evaluate_complex(equation.function.subs(equation.variable, turn), here, arrays)
    value = evaluate_complex(named, {**here, across: delay.re, along: delay.im}, arrays).re
    return value * (height.re * height.re + height.im * height.im)


def delay_moments(model: ModeModel) -> tuple[tuple[str, Predicted], ...]:
    """Mean (s) and variance (s^2) of the delay at an update, each with its claim (kind: exact where it is rational).

    Without the variance where it is infinite.

    They are derivatives of the claimed transform at 0, where the law enters by its moments alone,
    L(s) = 1 - m1 s + m2 s^2/2 - ..., so that no law needs a closed transform; m2 is the claimed second moment of
    the law where there is one.
    """
    second, spread = y.delay_moment[2], claim_of_law("second-moment", model.law.name)
    series = sp.Lambda(y.s, 1 - model.law.mean * y.s + second * y.s**2 / 2)
    transform = CLAIMS[DELAY].expression.replace(transform_of, series)
    mean, square = ((-1) ** order * sp.diff(transform, y.s, order).subs(y.s, 0) for order in (1, 2))
    if model.law.moment(2) == sp.oo:
        return ((DELAY, _number(mean)),)
    claimed = spread in CLAIMS and model.is_about(CLAIMS[spread])  # not of three phases, say
    known = _claimed_moment(spread, model) if claimed else model.law.moment(2)
    variance = (square - mean**2).subs(second, known)
    return (DELAY, _number(mean)), (spread if claimed else DELAY, _number(variance))


def _claimed_moment(claim: str, model: ModeModel) -> sp.Expr:
    """The claimed second moment of the model's law; a sum over its data is added up exactly."""
    count = sp.Integer(len(getattr(model.law, "values", ())))
    stated = put_in(CLAIMS[claim], {**model.values, y.atom_count: count})
    claimed = model.law.put_parts_in(stated)
    for total in claimed.atoms(sp.Sum):
        ((index, low, high),) = total.limits
        data = model.law.arrays[y.atoms]
        terms = (total.function.subs(index, j).subs(y.atoms[j], data[j]) for j in range(int(low), int(high) + 1))
        claimed = claimed.xreplace({total: sp.Add(*terms)})
    return claimed


def with_integrals(expression: sp.Expr, arrays: Mapping[sp.IndexedBase, tuple[sp.Rational, ...]]) -> Enclosure:
    """The number of a claim about a law that may hold integrals over a bounded duration (kind: enclosure).

    The integrands stay between 0 and 1: no more than what lies below the start is left out. Raises ``ValueError`` where
    an integrand has kinks.
    """
    enclosed: dict[sp.Symbol, Enclosure] = {}
    for integral in expression.atoms(sp.Integral):
        ((variable, zero, end),) = integral.limits
        if zero != 0:
            raise ValueError(f"not from 0 on: {integral}")
        start = end * NEAR_ZERO
        name = sp.Dummy("integral", positive=True)
        inside = integral_over_density(integral.function, sp.Integer(1), variable, (start, end))
        enclosed[name] = inside + between(Fraction(0), Fraction(int(start.p), int(start.q)))
        expression = expression.xreplace({integral: name})
    return evaluate(expression, enclosed, arrays)


def _number(value: sp.Expr) -> Predicted:
    simple = sp.simplify(value)
    return Exact(simple) if simple.is_Rational else evaluate(simple)


def renewal_overlap(law: Law) -> Predicted | None:
    """G of a law whose overlap can be enclosed; None otherwise."""
    if isinstance(law, Constant):
        return Exact(sp.Integer(0))
    if isinstance(law, Empirical):
        return _of_atoms(law)
    series = overlap_series(law)
    if series is None:
        return _of_cdf(law)
    term = CLAIMS["staleness.overlap-term.gamma"].expression.subs(y.shape, getattr(law, "shape", sp.Integer(1)))
    return _of_series(term, series.index, series.tail)


_of_series = lru_cache(maxsize=64)(overlap_of_series)


@lru_cache(maxsize=16)
def _of_atoms(law: Empirical) -> Enclosure:
    return overlap_of_atoms(law.values)


@lru_cache(maxsize=64)
def _of_cdf(law: Law) -> Enclosure | None:
    """G of a law of finitely many values, or with a distribution function and four moments."""
    masses, moments = law.masses, (law.moment(2), law.moment(4))
    try:
        if masses is not None:
            return overlap_of_masses(masses)
        finite = all(moment.is_finite for moment in moments)
        return overlap_of_cdf(law.cdf(y.t), y.t, law.mean, moments, law.arrays) if finite else None
    except (LawError, Unevaluable):
        return None
