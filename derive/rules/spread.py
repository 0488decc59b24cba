"""Stage: rules about any law. Input: H, a(r). Output: a(r) by the mean excess, the slowest law, where roots lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of

mean_excess = sp.Function("Pi")


@dataclass(frozen=True)
class ByMeanExcess(Rule):
    """a = r/(1 + r theta + r^2 int_0^oo e^{r u} Pi(u) du), Pi(u) = E(tau - u)^+: falling in Pi at every u.

    tau is more spread than another delay of its mean (convex order) iff its Pi is nowhere smaller: then a(r) is nowhere
    larger, so that the critical damping is no larger, and the decay rate at a smaller damping no smaller. ``apply``
    expands e^{r v} with the remainder of Taylor's theorem, int_0^v r^2 e^{r u} (v - u) du; the second route carries the
    integral out for an atom at v, of which every law is a mixture, and for exponential and two-stage delays.
    """

    label: ClassVar[str] = "expand the exponential moment with its remainder"
    requires: ClassVar = (assumptions.EXPONENTIAL_MOMENT,)

    def apply(self, *inputs: Equation) -> Equation:
        """Taylor's terms of order 0 and 1 average to 1 + r theta, the second derivative stands in the remainder."""
        wave = sp.exp(y.decay * y.u)
        known = wave.subs(y.u, 0) + sp.diff(wave, y.u).subs(y.u, 0) * y.mean_delay
        rest = sp.diff(wave, y.u, 2) / y.decay**2
        moment = known + y.decay**2 * sp.Integral(rest * mean_excess(y.u), (y.u, 0, sp.oo))
        return Equation(inputs[0].left, inputs[0].right.replace(transform_of, lambda _: moment))

    def named(self, *inputs: Equation) -> sp.Basic:
        """The damping of the input."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One over both sides."""
        (integral,) = output.right.atoms(sp.Integral)
        _, begin, upper = integral.limits[0]
        value = sp.Dummy("J")
        claimed = 1 / output.right.xreplace({integral: value})
        for transform, excess, end in _examples():
            stated = 1 / inputs[0].right.replace(transform_of, transform)
            weight = integral.function.subs(mean_excess(y.u), excess)
            antiderivative = sp.integrate(sp.expand(weight), y.u)
            last = end if upper == sp.oo else upper
            found = (antiderivative.subs(y.u, last) if last is not None else 0) - antiderivative.subs(y.u, begin)
            yield sp.simplify((stated - claimed.subs(value, found)).subs(y.decay, _RATE / y.mean_delay))


_RATE = sp.Rational(1, 3)  # of a decay rate, over the mean: all examples have a moment there


def _examples() -> Iterable[tuple[sp.Lambda, sp.Expr, sp.Expr | None]]:
    """Transform, mean excess, and where that ends: an atom at the mean, one stage, two stages."""
    mean, stage = y.mean_delay, y.mean_delay / 2
    yield sp.Lambda(y.s, sp.exp(-y.s * mean)), mean - y.u, mean
    yield sp.Lambda(y.s, 1 / (1 + y.s * mean)), mean * sp.exp(-y.u / mean), None
    yield sp.Lambda(y.s, 1 / (1 + y.s * stage) ** 2), (mean + y.u) * sp.exp(-y.u / stage), None


@dataclass(frozen=True)
class LeastExcess(Rule):
    """a <= r e^{-r theta}: no delay of mean theta has Pi(u) < (theta - u)^+, that of the constant delay (Jensen).

    The second route is Jensen's inequality itself, e^{r tau} >= e^{r theta} (1 + r (tau - theta)), by the tangent.
    """

    label: ClassVar[str] = "bound the mean excess from below by that of the constant delay"
    requires: ClassVar = (assumptions.DURATION, assumptions.EXPONENTIAL_MOMENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Carry the integral out up to theta."""
        (integral,) = inputs[0].right.atoms(sp.Integral)
        least = integral.function.subs(mean_excess(y.u), y.mean_delay - y.u)
        value = sp.integrate(sp.expand(least), (y.u, 0, y.mean_delay))
        return Equation(y.greatest_damping, sp.simplify(inputs[0].right.xreplace({integral: value})))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """r/a is the mean of the tangent at theta, which lies below the convex e^{r u}."""
        wave = sp.exp(y.decay * y.u)
        slope = sp.diff(wave, y.u).subs(y.u, y.mean_delay)
        tangent = wave.subs(y.u, y.mean_delay) + slope * (y.u - y.mean_delay)
        yield y.decay / output.right - tangent.subs(y.u, y.mean_delay)  # its mean is its value at the mean
        bend = sp.diff(wave - tangent, y.u, 2)
        yield sp.Integer(0) if bend.is_positive else bend


@dataclass(frozen=True)
class ModulusByRealPart(Rule):
    """|s| <= a L(Re s) for every root: |s| = a |L(s)|, and |E e^{-s tau}| <= E |e^{-s tau}|.

    As L falls, all roots with Re s >= x lie in the disc of radius a L(x) about 0. The second route is one atom, where
    both are equal, and two, where the squares differ by 2 p (1 - p) e^{-x (u + v)} (1 - cos(y (u - v))) >= 0.
    """

    label: ClassVar[str] = "take moduli inside the average"
    requires: ClassVar = (assumptions.DURATION,)

    def apply(self, *inputs: Equation) -> Equation:
        """H = 0 solved for s, and the transform at the real part."""
        (root,) = sp.solve(inputs[0].right.replace(transform_of, lambda _: _VALUE), y.s)
        return Equation(y.largest_modulus, sp.Abs(root).subs(_VALUE, transform_of(y.re_part)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Squares of a |L(s)| and of the bound."""
        share, u, v = sp.symbols("p u v", positive=True, cls=sp.Dummy)
        for atoms in ({u: sp.Integer(1)}, {u: share, v: 1 - share}):
            moved = inputs[0].right.replace(transform_of, _average(atoms)) - y.s
            place = y.re_part + sp.I * y.im_part
            size = sp.expand(moved.subs(y.s, place) * moved.subs(y.s, sp.conjugate(place)))
            bound = output.right.replace(transform_of, _average(atoms))
            if len(atoms) == 1:  # squares know no sign
                yield sp.Integer(0) if bound.is_positive else sp.Integer(1)
            apart = 0 if len(atoms) == 1 else 1 - sp.cos(y.im_part * (u - v))
            spare = 2 * y.damping**2 * share * (1 - share) * sp.exp(-y.re_part * (u + v)) * apart
            yield sp.expand(sp.expand((bound**2 - spare).rewrite(sp.exp)) - size, power_exp=True)


_VALUE = sp.Dummy("L", positive=True)


def _average(atoms: dict[sp.Symbol, sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    """The transform of a law of these atoms, with these probabilities."""
    return lambda at: sp.Add(*(chance * sp.exp(-at * place) for place, chance in atoms.items()))


@dataclass(frozen=True)
class SlowestRate(Rule):
    """r_min = -W_0(-a theta)/theta solves a = r e^{-r theta}, its smaller solution; the second route puts it back.

    a(r) of any law of the mean lies below, so that it reaches a at no smaller r.
    """

    label: ClassVar[str] = "solve by the Lambert W function"

    def apply(self, *inputs: Equation) -> Equation:
        """-r theta e^{-r theta} = -a theta."""
        argument = sp.simplify(-y.mean_delay * inputs[0].right / y.decay * sp.exp(y.decay * y.mean_delay)) * y.damping
        return Equation(y.least_decay, -sp.LambertW(argument) / y.mean_delay)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The bound at that rate, minus a; and the smaller one of the two rates."""
        yield inputs[0].right.subs(y.decay, output.right) - y.damping
        half = {y.damping: sp.Rational(1, 5), y.mean_delay: 1}
        yield sp.Integer(0) if output.right.subs(half).evalf() < 1 else sp.Integer(1)
