"""Stage: rules about transients. Input: H and a constant history. Output: the mean path, residues, late times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import cdf_of, transform_of
from derive.rules.modelling import mean_path

transform_of_mean = sp.Function("xhat")
_HYPERBOLIC, _CIRCULAR = (sp.cosh, sp.sinh), (sp.cos, sp.sin)
_fall, _power = sp.symbols("rho b", cls=sp.Dummy, positive=True)


def feedback_gain(characteristic: sp.Expr) -> sp.Expr:
    """a of H(s) = s + a L(s), whether L is named or written out."""
    return (characteristic - y.s).replace(transform_of, lambda _: sp.Integer(1)).subs(y.s, 0)


def _of_one_stage(expression: sp.Expr) -> sp.Expr:
    """The expression for exponential delays, where it names the law's transform."""
    return expression.replace(transform_of, lambda at: y.worker_rate / (y.worker_rate + at))


@dataclass(frozen=True)
class TransformFromHistory(Rule):
    """xhat(s) = (x0/s)(1 - a/H(s)): what x falls short of x0 obeys the same equation from rest, driven by a x0.

    The second route transforms the equation of x itself, its delayed reads split into those after time 0 and those of
    the history, whose share P(tau > t) has the transform (1 - L)/s; and takes the delay away, x0/(s + a).
    """

    label: ClassVar[str] = "transform, from a constant history"
    requires: ClassVar = (assumptions.HISTORY,)

    def apply(self, *inputs: Equation) -> Equation:
        """The step response of the feedback, taken from x0."""
        driven = feedback_gain(inputs[0].right) * y.initial / y.s
        return Equation(transform_of_mean(y.s), sp.factor(y.initial / y.s - driven / inputs[0].right))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """s X - x0 + a (L X + x0 (1 - L)/s), and X without delay minus x0/(s + a)."""
        gain = feedback_gain(inputs[0].right)
        transform = (inputs[0].right - y.s) / gain
        read = transform * output.right + y.initial * (1 - transform) / y.s
        yield sp.simplify(y.s * output.right - y.initial + gain * read)
        if output.right.has(transform_of):
            undelayed = output.right.replace(transform_of, lambda _: sp.Integer(1))
            yield sp.simplify(undelayed - y.initial / (y.s + gain))


@dataclass(frozen=True)
class SimpleResidue(Rule):
    """c = -x0 a/(s H'(s)) at a simple root s_l of H, from H and xhat; there a L = -s, so H' = 1 - s (ln L)'.

    The second route differentiates 1/xhat, which vanishes at a pole, at the root -rho of the damping rho/L(-rho).
    """

    label: ClassVar[str] = "take the residue at a simple root"

    def apply(self, *inputs: Equation) -> Equation:
        """By the logarithmic slope of the feedback."""
        feedback = inputs[0].right - y.s
        logarithmic = sp.simplify(sp.diff(feedback, y.s) / feedback)
        slope = sp.factor(1 - y.s * logarithmic)
        residue = -y.initial * feedback_gain(inputs[0].right) / (y.s * slope)
        return Equation(y.amplitude, residue.subs(y.s, y.root))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """1/(1/xhat)' minus the output, of one exponential stage where the law is only named."""
        gain = feedback_gain(inputs[0].right)
        transform = _of_one_stage((inputs[0].right - y.s) / gain)
        root = {y.damping: _fall / transform.subs(y.s, -_fall)}
        steep = sp.diff(1 / sp.factor(_of_one_stage(inputs[1].right)), y.s).subs(y.s, -_fall).subs(root)
        claimed = _of_one_stage(output.right).doit().subs(y.root, -_fall).subs(root)
        yield sp.simplify(1 / steep - claimed)


@dataclass(frozen=True)
class MethodOfSteps(Rule):
    """m(t) = x0 sum_j (-a)^j (t - (j - 1) theta)^j / j!, over j up to the first beyond t/theta.

    ``apply`` expands 1/H in e^{-s theta} and inverts e^{-s j theta}/s^(j + 2) term by term. The second route puts the
    sum into m'(t) = -a m(t - theta) on the first four intervals, with m = x0 before, and looks for jumps between them.
    """

    label: ClassVar[str] = "expand in the delay and invert term by term"
    requires: ClassVar = (assumptions.CONSTANT, assumptions.HISTORY)

    def apply(self, *inputs: Equation) -> Equation:
        """The geometric series in the delayed feedback."""
        feedback = sp.simplify(y.initial / (y.initial / y.s - inputs[0].right) / y.s)  # H/a
        gain = 1 / sp.expand(feedback).coeff(y.s, 1)
        delayed = sp.expand(feedback * gain) - y.s
        late = -sp.expand_log(sp.log(delayed / gain), force=True) / y.s
        term = (-gain) ** y.j * (y.t - (y.j - 1) * late) ** y.j / sp.factorial(y.j)
        return Equation(mean_path(y.t), y.initial * sp.Sum(term, (y.j, 0, sp.floor(y.t / late) + 1)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The delay equation on four intervals, and the differences where they meet."""
        pieces = [y.initial, *(_on_interval(output.right, number) for number in range(4))]
        for number, (before, here) in enumerate(pairwise(pieces)):
            yield sp.expand(sp.diff(here, y.t) + y.damping * before.subs(y.t, y.t - y.mean_delay))
            yield sp.expand((here - before).subs(y.t, number * y.mean_delay))


def _on_interval(path: sp.Expr, number: int) -> sp.Expr:
    """The path where ``number`` whole delays have passed; of whole numbers that are no count of delays, none."""

    def whole(counted: sp.Expr) -> sp.Expr:
        early, late = (sp.floor(sp.cancel(counted.subs(y.t, (number + share) * y.mean_delay))) for share in _WITHIN)
        return early if early == late and early.is_Integer else sp.nan

    return path.replace(sp.floor, whole).doit()


_WITHIN = (sp.Rational(1, 100), sp.Rational(99, 100))  # of an interval


@dataclass(frozen=True)
class InvertQuadratic(Rule):
    """The mean path of one exponential stage: two exponentials about their mean rate, or one that ``oscillates``.

    The second route puts it into the differential equation that the denominator states, and reads its value and slope
    at 0 off xhat where s is large.
    """

    oscillates: bool
    label: ClassVar[str] = "invert the quadratic"

    def apply(self, *inputs: Equation) -> Equation:
        """Complete the square."""
        numerator, denominator = (sp.Poly(part, y.s) for part in sp.fraction(sp.cancel(sp.together(inputs[0].right))))
        lead, linear, constant = denominator.all_coeffs()
        first, second = (coefficient / lead for coefficient in numerator.all_coeffs())
        middle = sp.cancel(linear / lead / 2)
        square = sp.factor(sp.cancel(middle**2 - constant / lead))
        spread = sp.sqrt(sp.factor(-square) if self.oscillates else square)
        even, odd = _CIRCULAR if self.oscillates else _HYPERBOLIC
        slope = sp.factor(sp.cancel(second / first - middle)) / spread
        shape = even(spread * y.t) + slope * odd(spread * y.t)
        return Equation(mean_path(y.t), sp.cancel(first) * sp.exp(-middle * y.t) * shape)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The differential equation, and value and slope at 0."""
        denominator = sp.Poly(sp.fraction(sp.cancel(sp.together(inputs[0].right)))[1], y.s)
        terms = (factor * sp.diff(output.right, y.t, power) for (power,), factor in denominator.terms())
        left = sp.expand(sp.powsimp(sp.expand(sp.Add(*terms) * sp.exp(y.t / (2 * y.mean_delay)))))
        waves = left.atoms(*_CIRCULAR, *_HYPERBOLIC)
        for wave in waves:
            yield sp.simplify(left.coeff(wave))
        yield left.subs(dict.fromkeys(waves, 0))
        value = sp.limit(y.s * inputs[0].right, y.s, sp.oo)
        slope = sp.limit(y.s * (y.s * inputs[0].right - value), y.s, sp.oo)
        yield sp.simplify(output.right.subs(y.t, 0) - value)
        yield sp.simplify(sp.diff(output.right, y.t).subs(y.t, 0) - slope)


@dataclass(frozen=True)
class LateMean(Rule):
    """m(t) ~ -x0 P(tau > t): near s = 0 the only singular term of xhat is -x0 (1 - L)/s, the transform of the tail.

    The second route takes L = 1 - theta s + b s sigma, sigma a power of s between 0 and 1, and reads the
    coefficient of sigma at s = 0 off both sides.
    """

    label: ClassVar[str] = "read the tail off the singularity at 0"
    requires: ClassVar = (assumptions.HEAVY_TAIL, assumptions.STABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """The factor of L at s = 0, where H = a, times what (1 - L)/s is the transform of."""
        slope = sp.diff(inputs[0].right.subs(transform_of(y.s), _power), _power) * y.s
        weight = sp.limit(slope.subs(_power, 1), y.s, 0)
        return Equation(mean_path(y.t), -weight * (1 - cdf_of(y.t)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Coefficients of sigma on both sides."""
        sigma = sp.Dummy("sigma", positive=True)
        transform = 1 - y.mean_delay * y.s + _power * y.s * sigma

        def at_zero(side: sp.Expr) -> sp.Expr:
            return sp.limit(sp.diff(side, sigma).subs(sigma, 0), y.s, 0)

        tail = (1 - transform) / y.s
        claimed = output.right.replace(cdf_of, lambda _: 1 - tail)
        yield sp.simplify(at_zero(inputs[0].right.subs(transform_of(y.s), transform)) - at_zero(claimed))


@dataclass(frozen=True)
class SlowestTerm(Rule):
    """T = ln(|c_l|/x_eps)/r: late, the mean is the term of the rightmost root -r, which is real and simple.

    Inputs: the residue and xhat. The second route takes one exponential stage, whose roots -r and -(r + b) make two
    terms: with x_eps the mean at t, T - t must vanish as the faster term does.
    """

    label: ClassVar[str] = "set the slowest term to the level"
    requires: ClassVar = (assumptions.SIMPLE_ROOT,)

    def apply(self, *inputs: Equation) -> Equation:
        """Solve |c| e^{-r T} = x_eps."""
        slowest = sp.Abs(inputs[0].right.subs(y.root, -y.decay))
        return Equation(y.training_time, sp.log(slowest / y.level) / y.decay)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """T - t where the faster term, in proportion to the slower one, is 0."""
        faster = y.decay + _power
        rates = {y.worker_rate: y.decay + faster, y.damping: y.decay * faster / (y.decay + faster)}
        path = sp.factor(_of_one_stage(inputs[1].right).subs(rates))
        slow = sp.cancel(path * (y.s + y.decay)).subs(y.s, -y.decay)
        claimed = _of_one_stage(output.right).doit().subs(rates).subs(y.initial, sp.Abs(y.initial))
        at_level = claimed.subs(y.level, slow.subs(y.initial, sp.Abs(y.initial)) * sp.exp(-y.decay * y.t))
        yield sp.simplify(sp.expand_log(sp.simplify(at_level), force=True) - y.t)
