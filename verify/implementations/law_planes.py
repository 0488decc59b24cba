"""Stage: checks of a law. Input: its transform and distribution function. Output: whether L ends and is cut as stated.

abscissa    finite: the slope of L grows as a power beside it;   -oo: L(-r) = 1 + r int_0^oo e^(r u) (1 - F(u)) du;
            0: -log P(tau > u) grows more slowly than u
cut         L jumps across the real axis left of its end, and nowhere where none is stated
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import mpmath
import sympy as sp
from sympy.core.relational import Relational

from derive import symbols as y
from derive.law import Law
from derive.standard_integrals import exponential_integral
from verify.implementations.record import Finding

DIGITS = 60
AGREEING = 1e-9  # relative, of two routes to one number
LEFT = sp.Rational(207, 100)  # how far left of its end L is looked at, over the mean
FAR = (100, 10_000)  # where a tail is looked at, over the mean
MOST_DIGITS = 20_000


def judged(question: str, found: Any, expected: Any, within: float = AGREEING) -> Finding:
    """Whether two routes to one number agree, as a finding (kind: numerical).

    Example: ``judged("mean", 2, 2).outcome == "pass"``.
    """
    off = abs(complex(found) - complex(expected)) / max(abs(complex(expected)), 1e-12)
    words = f"{mpmath.nstr(found, 10)}, by the other route {mpmath.nstr(expected, 10)}"
    return Finding(question, words, "pass" if off <= within else "refuted")


def transform_of(law: Law) -> Callable[[Any], Any]:
    """L(s) to 60 digits, with the data of a measured law put in (kind: numerical)."""
    expression = law.laplace_transform(y.s)
    for base, values in law.arrays.items():
        expression = expression.doit().subs({base[i]: value for i, value in enumerate(values)})

    def value(at: Any) -> Any:
        exact = sp.Float(mpmath.re(at), DIGITS) + sp.I * sp.Float(mpmath.im(at), DIGITS)
        return mpmath.mpmathify(sp.N(expression.subs(y.s, exact), DIGITS))

    return cache(value)


def bends_of(law: Law) -> tuple[sp.Expr, ...]:
    """Where the distribution function has jumps or kinks after 0: its atoms, or the ends of its pieces.

    Example: ``bends_of(Uniform(1, 3)) == (1, 3)``.
    """
    if law.masses is not None:
        return tuple(sorted(value for value in law.masses if value > 0))
    gaps = [one.lhs - one.rhs for one in sp.sympify(law.cdf(y.t)).atoms(Relational)]
    ends = {-gap.subs(y.t, 0) / sp.diff(gap, y.t) for gap in gaps if sp.diff(gap, y.t).is_number}
    return tuple(sorted(end for end in ends if 0 < end < sp.oo))


def pieces_of(law: Law) -> Iterator[tuple[sp.Expr, sp.Expr | None, Callable[[Any], Any]]]:
    """Every piece of F between two bends: its ends, None for no end, and F on it."""
    for low, high in itertools.pairwise([sp.Integer(0), *bends_of(law), None]):
        inside = low + law.mean if high is None else (low + high) / 2
        stated = law.cdf(inside) if law.masses is not None else law.cdf(y.t)
        piece = sp.sympify(stated).replace(
            lambda node: isinstance(node, sp.Piecewise),
            lambda node, inside=inside: next(value for value, one in node.args if one.subs(y.t, inside) == sp.true),
        )
        piece = piece.xreplace({root: root.evalf(40) for root in piece.atoms(sp.CRootOf)})
        yield low, high, sp.lambdify([y.t], piece, "mpmath")


def abscissa(law: Law) -> Iterator[Finding]:
    """L ends where it says: it is singular there, or finite everywhere, or the tail is heavier than exponential."""
    end = law.abscissa_of_convergence
    if end == -sp.oo:
        yield _unended(law)
    elif end == 0:
        yield _heavy(law)
    elif end.is_finite:
        yield _singular(law, end)


def _singular(law: Law, end: sp.Expr) -> Finding:
    transform = transform_of(law)
    with mpmath.workdps(DIGITS):
        edge = mpmath.mpmathify(sp.N(end, DIGITS))

        def slope(distance: float) -> Any:
            at, nudge = edge * (1 - mpmath.mpf(distance)), edge * mpmath.mpf(10) ** -40
            return (transform(at + nudge) - transform(at - nudge)) / (2 * nudge)

        near, nearer = slope(2.0**-30), slope(2.0**-32)
        singular = mpmath.im(nearer) == 0 and nearer < 1.5 * near < 0
    found = f"the slope of L beside it: {mpmath.nstr(nearer, 5)}"
    return Finding("abscissa of convergence", found, "pass" if singular else "refuted")


def _unended(law: Law) -> Finding:
    transform, mean = transform_of(law), float(law.mean)
    with mpmath.workdps(DIGITS // 2):
        rate, integral = mpmath.mpmathify(sp.N(LEFT / law.mean, DIGITS)), mpmath.mpf(0)
        for low, high, cdf in pieces_of(law):
            far = _end_of(cdf, rate, mpmath.mpf(float(low)), mean) if high is None else mpmath.mpmathify(high)
            nodes = mpmath.linspace(mpmath.mpmathify(low), far, 5)
            integral += mpmath.quad(lambda u, f=cdf: rate * mpmath.exp(rate * u) * (1 - f(u)), nodes)
        return judged(f"transform at s theta = -{float(LEFT)}", transform(-rate), 1 + integral)


def _end_of(cdf: Callable[[Any], Any], rate: Any, low: Any, mean: float) -> Any:
    """From where on e^(rate u) (1 - F(u)) is too little to count."""
    far = low + mean
    while far < low + 1000 * mean and mpmath.exp(rate * far) * (1 - cdf(far)) > mpmath.mpf(10) ** -25:
        far += mean
    return far


def _heavy(law: Law) -> Finding:
    """Beyond (0.99, 1): a Weibull law whose shape is within .002 of 1 is taken for exponential."""
    (*_, (_, _, cdf)) = pieces_of(law)
    near, far = (_hazard(cdf, mpmath.mpmathify(sp.N(law.mean, 30)) * at) for at in FAR)
    ratio = far / near
    found = f"-log P(tau > u)/u falls by the factor {mpmath.nstr(ratio, 5)} from 100 to 10 000 means"
    return Finding("abscissa of convergence", found, "pass" if ratio < 0.9 else "note" if ratio < 0.99 else "refuted")


def _hazard(cdf: Callable[[Any], Any], at: Any) -> Any:
    digits = DIGITS
    while digits < MOST_DIGITS:
        with mpmath.workdps(digits):
            survival = 1 - cdf(at)
            if survival > mpmath.mpf(10) ** (20 - digits):
                return -mpmath.log(survival) / at
        digits *= 4
    return mpmath.mpf(digits) * mpmath.log(10) / at  # a tail this thin counts as exponential at least


def cut(law: Law) -> Iterator[Finding]:
    """L jumps across the real axis left of the stated end of its cut; without a cut it does not."""
    stated, ends = law.branch_cut, law.abscissa_of_convergence
    if ends == 0 and not law.laplace_transform(y.s).has(exponential_integral):
        return  # an integral that ends at 0 is not continued past it
    edge = stated if stated is not None else sp.Max(ends, 0) if ends == -sp.oo else ends
    with mpmath.workdps(DIGITS):
        left = mpmath.mpmathify(sp.N(edge - LEFT / law.mean, DIGITS))
        value = transform_of(law)(mpmath.mpc(left, mpmath.mpf(10) ** -20))
        jump = 2 * abs(mpmath.im(value)) / abs(value)
    right = jump > AGREEING if stated is not None else jump < mpmath.mpf(10) ** -12
    found = f"at s theta = {mpmath.nstr(left * float(law.mean), 4)} L jumps by {mpmath.nstr(jump, 3)} of its size"
    yield Finding("branch cut", found, "pass" if right else "refuted")
