"""Stage: rules of elasticities. Input: H, variances, training times. Output: relative changes per relative change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule
from derive.rules.laws import transform_of

_SCALE = sp.Dummy("c", positive=True)
_SMALL = sp.Dummy("epsilon", positive=True)


def _without_minus(quotient: sp.Expr) -> sp.Expr:
    """-x/(x - 1) as x/(1 - x)."""
    above, below = sp.fraction(quotient)
    if not above.could_extract_minus_sign():
        return quotient
    factors = [sp.expand(-one) if one.is_Add else one for one in sp.Mul.make_args(below)]
    return -above / sp.Mul(*factors)


@dataclass(frozen=True)
class ElasticityOfRoot(Rule):
    """d ln s/d ln c = G/(1 - G), G = s L'(s)/L(s): a simple root when every delay is taken c times, a held.

    ``apply`` differentiates H = s + a L(cs) implicitly and puts a = -s/L(s) in. The second route takes laws with closed
    roots: Lambert's W for the constant delay, the quadratic of exponential ones, each differentiated by theta.
    """

    label: ClassVar[str] = "scale every delay and differentiate H = 0"

    def apply(self, *inputs: Equation) -> Equation:
        """-c H_c/(s H_s) at c = 1."""
        scaled = inputs[0].right.subs(transform_of(y.s), transform_of(_SCALE * y.s))
        by_scale, by_root = (sp.diff(scaled, one).doit().subs(_SCALE, 1).doit() for one in (_SCALE, y.s))
        held = (-by_scale / (y.s * by_root)).subs(y.damping, -y.s / transform_of(y.s))
        return Equation(y.delay_elasticity, _without_minus(sp.simplify(held)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """theta/s ds/dtheta of closed roots at a theta below critical damping."""
        theta, a = y.mean_delay, y.damping
        lambert = sp.LambertW(-a * theta) / theta
        quadratic = (-1 + sp.sqrt(1 - 4 * a * theta)) / (2 * theta)
        at = sp.Dummy("s")
        for transform, root in ((sp.exp(-at * theta), lambert), (1 / (1 + at * theta), quadratic)):
            claimed = output.right.replace(transform_of, sp.Lambda(at, transform)).doit().subs(y.s, root)
            direct = theta * sp.diff(root, theta) / root
            yield (claimed - direct).subs({a: sp.Rational(1, 6) / theta}).subs(theta, sp.Rational(3, 2))


@dataclass(frozen=True)
class PutTransformIn(Rule):
    """The law's transform for L in an expression of L and L' at s, and s = -r (``needs`` the law's assumption).

    The second route puts L in as a series around -r, whose coefficients are Taylor's, and never differentiates.
    """

    transform: sp.Expr
    needs: tuple[Assumption, ...]
    label: ClassVar[str] = "put the law in at s = -r"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """The law's own assumption, and that L is finite at -r."""
        return (*self.needs, assumptions.EXPONENTIAL_MOMENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Replace and differentiate."""
        put = inputs[0].right.replace(transform_of, lambda at: self.transform.subs(y.s, at)).doit()
        return Equation(inputs[0].left, _without_minus(sp.factor(sp.simplify(put.subs(y.s, -y.decay)))))

    def named(self, *inputs: Equation) -> sp.Basic:
        """The elasticity, at a real root."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """L and L' from the first two coefficients of ln L(-r + epsilon)."""
        near = sp.expand_log(sp.log(self.transform.subs(y.s, _SMALL - y.decay)), force=True)
        series = sp.series(near, _SMALL, 0, 2).removeO()
        gain = -y.decay * sp.expand(series).coeff(_SMALL, 1)
        yield sp.simplify(output.right * (1 - gain) - gain)


@dataclass(frozen=True)
class Elasticity(Rule):
    """left = v f'(v)/f(v) of the input f; the second route reads f((1 + epsilon) v) off its Taylor series."""

    left: sp.Expr
    variable: sp.Symbol
    label: ClassVar[str] = "differentiate the logarithm by a logarithm"

    def apply(self, *inputs: Equation) -> Equation:
        """Differentiate."""
        value = inputs[0].right
        return Equation(self.left, sp.simplify(self.variable * sp.diff(value, self.variable) / value))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The first coefficient over the zeroth."""
        moved = inputs[0].right.subs(self.variable, self.variable * (1 + _SMALL))
        series = sp.series(moved, _SMALL, 0, 2).removeO()
        powers = [sp.expand(series).coeff(_SMALL, n) for n in (0, 1)]
        yield powers[1] - output.right * powers[0]


@dataclass(frozen=True)
class NoiseInTrainingTime(Rule):
    """d ln T/d ln q = rho_R/(2 (1 - rho_R) r T): the noise floor raises what the mean has to come down to.

    The second moment X to be reached leaves the mean path the level sqrt(X - V), V = rho_R X in proportion to q.
    ``apply`` differentiates T by V; the second route raises V by a small share in T itself.
    """

    label: ClassVar[str] = "take the noise floor off the level and differentiate"
    requires: ClassVar = (assumptions.STABLE,)

    def _time(self, inputs: tuple[Equation, ...], variance: sp.Expr, whole: sp.Expr) -> sp.Expr:
        return inputs[0].right.subs(y.level, sp.sqrt(whole - variance))

    def apply(self, *inputs: Equation) -> Equation:
        """V dT/dV over T."""
        whole = sp.Dummy("X", positive=True)
        slope = sp.diff(self._time(inputs, y.variance, whole), y.variance)
        share = sp.simplify((y.variance * slope).subs(y.variance, y.risk_share * whole))
        return Equation(y.noise_elasticity, _without_minus(sp.factor(share)) / y.training_time)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The first coefficient of T at (1 + epsilon) V, with X = 1."""
        moved = self._time(inputs, y.risk_share * (1 + _SMALL), sp.Integer(1))
        series = sp.expand_log(moved, force=True)
        first = sp.limit(sp.diff(series, _SMALL), _SMALL, 0)
        yield sp.simplify(output.right * y.training_time - first)


@dataclass(frozen=True)
class DelaysOverNoise(Rule):
    """|d ln T/d ln theta|/(d ln T/d ln q): at late times T is inverse to the decay rate, so that r's elasticity counts.

    Inputs: r's elasticity to the delays, T's to the noise. The second route multiplies by the latter.
    """

    label: ClassVar[str] = "divide the elasticities"
    requires: ClassVar = (assumptions.SIMPLE_ROOT,)

    def apply(self, *inputs: Equation) -> Equation:
        """The quotient."""
        return Equation(y.elasticity_ratio, inputs[0].right / inputs[1].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """output x second - first."""
        yield sp.simplify(output.right * inputs[1].right - inputs[0].right)
