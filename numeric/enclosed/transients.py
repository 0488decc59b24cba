"""Stage: transients. Input: a delay equation s + G(s), times. Output: the mean path from constant history, enclosed.

With m = x0 until time 0 its transform is (x0/s)(1 - G(0)/H(s)). Along a line Re s = c that misses every root and 0,

    m(t)/x0 = [c > 0] - sum over the roots right of c of Res(e^(st) G(0)/(s H)) - the line's part, at most K e^(ct)

The roots and their number are proven. A rational H has finitely many, and needs no line. A delay without exponential
moment allows only c > 0, about 1/t.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from derive.exact import Number, exact
from derive.law import Law
from numeric.balls.polynomials import exact_roots
from numeric.enclosed.inverse_transform import Line
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.quadrature import is_plain_feedback
from numeric.enclosed.steps import path_by_steps
from numeric.enclosure import Ball, Enclosure, acb, arb, compile_ball, precision
from numeric.roots.candidates import abscissa_ball
from numeric.roots.characteristic import spectrum
from numeric.roots.function import Analytic, analytic

_COUNTED = (24, 12, 6, 2)  # roots that the series is long, where there are as many and they are proven in time
_SECONDS = 5.0
_BITS = 128
_EARLIEST = sp.Rational(1, 10**40)  # s, where quadrature begins

Poles = tuple[tuple[Ball, int], ...]


def mean_path(
    equation: CharacteristicEquation,
    times: Sequence[Number],
    *,
    start: Number = 1,
    digits: int = 8,
    delay: Law | None = None,
) -> tuple[Enclosure, ...]:
    """E x(t) for H(s) = s + G(s) when every worker held x = ``start`` until time 0 (kind: enclosures, one a time).

    ``times`` >= 0 in seconds and ``start`` are exact; ``digits`` wanted below ``start``. A ball may come out wider,
    never wrong. ``delay``: the law whose transform G is a multiple of. It makes balls narrower: of stages by the method
    of steps, of a law without exponential moment by its distribution function. Raises ``ValueError`` for an equation
    of another form, a negative time, or unproven roots.

    Example: ``mean_path(delay_equation(1, Constant(1)), [sp.S.Half])[0].contains(sp.S.Half)``.
    """
    x0, moments = exact(start), [exact(time) for time in times]
    if not is_plain_feedback(equation):
        raise ValueError(f"not of the form s + G(s): {equation.function}")
    if any(time.is_nonnegative is not True for time in moments):
        raise ValueError(f"times = {times}; allowed: numbers >= 0")
    with precision(_BITS):
        scale, whole = compile_ball(x0, ())().real, analytic(equation)
        if whole.value(acb(0)).is_zero():  # nothing moves
            return tuple(Enclosure(scale) for _ in moments)
        path = _Path(equation, whole, delay)
        return tuple(Enclosure(scale * (path.ratio(time, digits) if time > 0 else arb(1))) for time in moments)


@dataclass(frozen=True)
class _Path:
    """m(t)/x0 of one equation, by the route that suits the time."""

    equation: CharacteristicEquation
    whole: Analytic
    delay: Law | None

    @cached_property
    def series(self) -> _Series:
        """That of every time, unless the delay has no exponential moment."""
        return _rational(self.equation, self.whole) or _with_line(self.equation, self.whole)

    def ratio(self, time: sp.Expr, digits: int) -> Any:
        """m(t)/x0 at a time > 0."""
        stepped = None
        if self.delay is not None:
            gain = self.equation.function.subs(self.equation.variable, 0)
            stepped = path_by_steps(gain, self.delay, time, digits)
        if stepped is not None:
            return stepped
        at = compile_ball(time, ())().real
        heavy = abscissa_ball(self.whole) == 0
        series = _right_of_axis(self.equation, self.whole, time, self.delay) if heavy else self.series
        return series.at(at, arb(10) ** -digits)


@dataclass(frozen=True)
class _Series:
    """Roots, the upper ones of pairs, with multiplicities; and the line that they all lie right of, if there is one."""

    whole: Analytic
    poles: Poles
    line: Line | None = None

    def at(self, time: Any, tolerance: Any) -> Any:
        """m(t)/x0."""
        total = sum((self._residue(number, time) for number in range(len(self.poles))), start=arb(0))
        if self.line is None:
            return total
        if self.line.at > 0:
            total += 1
        bound = self.line.constant * (self.line.at * time).exp()
        return total + arb(0, bound.upper()) if bound < tolerance else total - self.line.part(time, tolerance)

    def _residue(self, number: int, time: Any) -> Any:
        """Of the transform at a root, or at both of a pair; at a multiple one around it."""
        s, multiplicity = self.poles[number]
        gain = self.whole.value(acb(0)).real
        share = self._around(number, time) if multiplicity > 1 else (s * time).exp() / (s * self.whole.pair(s)[1])
        return -gain * share.real * (1 if s.imag.mid() == 0 else 2)

    def _around(self, number: int, time: Any) -> Ball:
        """(1/2 pi i) int e^(st)/(s H) around a root, whatever its multiplicity."""
        middle = self.poles[number][0].mid()
        others = [pole.mid() for other, (pole, _) in enumerate(self.poles) if other != number]
        apart = [abs(middle - other) for other in (*others, *(other.conjugate() for other in others), acb(0))]
        if self.line is not None:
            apart.append(middle.real - self.line.at)
        if middle.imag != 0:
            apart.append(middle.imag)
        half = (min(apart, key=float) / 3).mid()
        integrand = lambda s, _: (s * time).exp() / (s * self.whole.value(s))  # noqa: E731
        corners = [middle + acb(x, y) * half for x, y in ((1, -1), (1, 1), (-1, 1), (-1, -1), (1, -1))]
        total = sum((acb.integral(integrand, one, other) for one, other in pairwise(corners)), start=acb(0))
        return total / acb(0, 2 * arb.pi())


def _rational(equation: CharacteristicEquation, whole: Analytic) -> _Series | None:
    """Every root of a rational H."""
    roots = exact_roots(equation.function, equation.variable)
    if roots is None:
        return None
    return _Series(whole, tuple((root, count) for root, count in roots if not root.imag < 0))


def _with_line(equation: CharacteristicEquation, whole: Analytic) -> _Series:
    """The first roots from the right, and a line in the gap left of them."""
    abscissa = abscissa_ball(whole)
    tried = (spectrum(equation, count=count, budget_seconds=_SECONDS) for count in _COUNTED)
    found = next((one for one in tried if one.certified), spectrum(equation))
    if not found.certified:
        raise ValueError(f"the roots are not proven: {found.reason}")
    reals = [root.re.ball.mid() for root in found.roots]
    if len(set(reals)) > 1 and not found.reason:
        before = next(one for one in reversed(reals) if one != reals[-1])
        return _beside(equation, whole, ((reals[-1] + before) / 2).mid())
    last = reals[-1] if reals else arb(0)
    beyond = abscissa if abscissa.is_finite() else last - whole.bound(acb(0)).real
    return _beside(equation, whole, ((last + beyond) / 2).mid())


def _right_of_axis(equation: CharacteristicEquation, whole: Analytic, time: sp.Expr, delay: Law | None) -> _Series:
    """A line right of 0 for one time: e^(ct) does no harm there."""
    early = None if delay is None else _early(delay, time)
    return _beside(equation, whole, (1 / compile_ball(time, ())().real).mid(), early)


def _beside(
    equation: CharacteristicEquation, whole: Analytic, at: Any, early: Callable[[Any], Any] | None = None
) -> _Series:
    """The roots right of the line, proven."""
    number = at.fmpq()
    proven = spectrum(equation, right_of=sp.Rational(int(number.p), int(number.q)), digits=30)
    if not proven.certified:
        raise ValueError(f"the roots right of {at.str(6)} are not proven: {proven.reason}")
    poles = tuple((acb(root.re.ball, root.im.ball), root.multiplicity) for root in proven.roots)
    return _Series(whole, poles, Line(whole, at, early))


def _early(delay: Law, time: sp.Expr) -> Callable[[Any], Any]:
    """E (t - tau)^2/2 over the delays below ``time``: the integral of (t - u) F(u)."""
    ends = (time * _EARLIEST, sp.Rational(time) if time.is_Rational else time)
    value = integral_over_density(delay.cdf(y.u), time - y.u, y.u, ends, 20)
    left_out = arb(0, 1) * compile_ball(time**2 * _EARLIEST, ())().real  # F is at most 1
    return lambda _: value.ball + left_out
