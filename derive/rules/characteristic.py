"""Stage: rules about characteristic equations. Input: H. Output: roots, crossings, double roots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule
from derive.rules.laws import transform_of
from derive.rules.powers import tidy

characteristic_of = sp.Function("H")


@dataclass(frozen=True)
class PutLawIn(Rule):
    """H(s) with the law's own transform in the place of L, if the delays are assumed to follow that law (``needs``)."""

    transform: sp.Expr
    needs: tuple[Assumption, ...]
    label: ClassVar[str] = "put the law in"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """The law's own assumption."""
        return self.needs

    def apply(self, *inputs: Equation) -> Equation:
        """Replace L(s)."""
        return Equation(inputs[0].left, inputs[0].right.subs(transform_of(y.s), self.transform))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Linear in L: the difference at L = 0 and at L = 1, and the slope times the transform."""
        at_zero = inputs[0].right.subs(transform_of(y.s), 0)
        slope = sp.diff(inputs[0].right.subs(transform_of(y.s), y.t), y.t)
        yield output.right - at_zero - slope * self.transform


@dataclass(frozen=True)
class LambertRoots(Rule):
    """s_l = W_l(-a theta)/theta solves s + a e^{-s theta} = 0: multiply by theta e^{s theta}.

    The second route puts the root into the characteristic function.
    """

    label: ClassVar[str] = "solve by the Lambert W function"
    requires: ClassVar = (assumptions.CONSTANT,)

    def apply(self, *inputs: Equation) -> Equation:
        """s theta e^{s theta} = -a theta."""
        scaled = sp.powsimp(sp.expand(inputs[0].right * y.mean_delay * sp.exp(y.s * y.mean_delay)))
        argument = y.s * y.mean_delay * sp.exp(y.s * y.mean_delay) - scaled
        return Equation(y.root, sp.LambertW(sp.simplify(argument), y.branch) / y.mean_delay)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at the root."""
        yield inputs[0].right.subs(y.s, output.right)


@dataclass(frozen=True)
class QuadraticRoots(Rule):
    """The two roots of H times its denominator, s_l = centre + (-1)^l half-distance, l = 0, 1.

    The second route puts each back into H, and multiplies the two factors s - s_l out: they must make the quadratic.
    """

    label: ClassVar[str] = "clear the denominator and solve the quadratic"

    def apply(self, *inputs: Equation) -> Equation:
        """Complete the square."""
        numerator = sp.numer(sp.together(inputs[0].right))
        quadratic, linear, constant = sp.Poly(numerator, y.s).all_coeffs()
        distance = sp.sqrt(sp.factor(linear**2 - 4 * quadratic * constant))
        return Equation(y.root, (-linear + (-1) ** y.branch * distance) / (2 * quadratic))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at both roots; and, as one root taken twice vanishes too, their sum and product in the quadratic."""
        roots = [output.right.subs(y.branch, sign) for sign in (0, 1)]
        for root in roots:
            yield sp.simplify(inputs[0].right.subs(y.s, root))
        numerator = sp.expand(sp.numer(sp.together(inputs[0].right)))
        product = numerator.coeff(y.s, 2) * (y.s - roots[0]) * (y.s - roots[1])
        yield sp.expand(product - numerator)


@dataclass(frozen=True)
class ShiftStages(Rule):
    """With v = 1 + s theta/n, H(s) = 0 becomes (n/theta)(v - 1) v^n + a = 0: a polynomial, never expanded.

    The second route puts v back and divides by v^n.
    """

    label: ClassVar[str] = "count stages in v = 1 + s theta/n"
    requires: ClassVar = (assumptions.STAGES,)

    def apply(self, *inputs: Equation) -> Equation:
        """Multiply by v^n and put s = (v - 1) n/theta in."""
        shifted = inputs[0].right.subs(y.s, (y.stage_variable - 1) * y.stages / y.mean_delay)
        return Equation(sp.Function("Q_n")(y.stage_variable), sp.simplify(shifted * y.stage_variable**y.stages))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Q_n(v)/v^n at v = 1 + s theta/n, minus H, for 1, 2, 5 stages."""
        shifted = 1 + y.s * y.mean_delay / y.stages
        difference = output.right.subs(y.stage_variable, shifted) / shifted**y.stages - inputs[0].right
        for count in (1, 2, 5):
            yield sp.simplify(difference.subs(y.stages, count))


@dataclass(frozen=True)
class CrossImaginaryAxis(Rule):
    """a at which a root sits at i omega, from modulus and phase: omega = a |L(i omega)|, arg L(i omega) = -pi/2.

    ``modulus`` and ``frequency`` state L(i omega) = modulus e^{-i phase} and the omega at which phase = pi/2, as
    functions of the law's parameters; the second route puts s = i omega, a into H.
    """

    frequency: sp.Expr
    left: sp.Expr
    label: ClassVar[str] = "set s = i omega and split modulus and phase"

    def apply(self, *inputs: Equation) -> Equation:
        """a = omega/|L(i omega)|."""
        transform = (inputs[0].right - y.s).subs(y.damping, 1)
        squared = tidy(transform.subs(y.s, sp.I * y.frequency) * transform.subs(y.s, -sp.I * y.frequency))
        at_crossing = sp.trigsimp(sp.powdenest(squared.subs(y.frequency, self.frequency), force=True))
        return Equation(self.left, _by_sine(self.frequency / sp.sqrt(at_crossing)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H(i omega) at the output's damping: real and imaginary part."""
        yield inputs[0].right.subs({y.damping: output.right, y.s: sp.I * self.frequency}, simultaneous=True)


def _by_sine(expression: sp.Expr) -> sp.Expr:
    """Positive powers of sine and cosine, for an argument between 0 and pi/2."""
    in_sines = expression.replace(sp.tan, lambda x: sp.sin(x) / sp.cos(x)).replace(sp.Abs, lambda x: x)
    return sp.powsimp(tidy(in_sines).replace(sp.Abs, lambda x: x)) if in_sines.has(sp.cos) else sp.simplify(in_sines)


@dataclass(frozen=True)
class PhaseFrequency(Rule):
    """The smallest omega > 0 at which arg L(i omega) = -pi/2; the second route evaluates L there: it must be -i|L|."""

    left: sp.Expr
    phase: sp.Expr
    label: ClassVar[str] = "set the phase of L(i omega) to -pi/2"

    def apply(self, *inputs: Equation) -> Equation:
        """Solve phase(omega) = pi/2."""
        solutions = sp.solve(self.phase - sp.pi / 2, y.frequency)
        if len(solutions) != 1:
            raise ValueError(f"{len(solutions)} frequencies with phase pi/2 of {self.phase}")
        return Equation(self.left, solutions[0])

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Real part of L(i omega), which must vanish, and the stated phase against L itself."""
        transform = (inputs[0].right - y.s).subs(y.damping, 1)
        at_axis = transform.subs(y.s, sp.I * y.frequency)
        yield sp.exp(-2 * sp.I * self.phase) * transform.subs(y.s, -sp.I * y.frequency) - at_axis
        yield self.phase.subs(y.frequency, output.right) - sp.pi / 2


@dataclass(frozen=True)
class DampingAsFunctionOfDecay(Rule):
    """a(r) = r/E[e^{r tau}], the damping at which s = -r is a root; the second route puts s = -r into H."""

    label: ClassVar[str] = "solve H(-r) = 0 for the damping"
    requires: ClassVar = (assumptions.EXPONENTIAL_MOMENT,)

    def apply(self, *inputs: Equation) -> Equation:
        """H is linear in a."""
        solutions = sp.solve(inputs[0].right.subs(y.s, -y.decay), y.damping)
        return Equation(y.damping, sp.simplify(solutions[0]))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H(-r) at the output's damping."""
        yield inputs[0].right.subs({y.s: -y.decay, y.damping: output.right}, simultaneous=True)


@dataclass(frozen=True)
class Maximise(Rule):
    """r* = the stationary point of a(r), a maximum; the second route looks at H'(-r*) = 0 and the sign of a''."""

    left: sp.Expr
    label: ClassVar[str] = "maximise over r"
    requires: ClassVar = (assumptions.EXPONENTIAL_MOMENT,)

    def apply(self, *inputs: Equation) -> Equation:
        """Solve (log a)' = 0."""
        slope = sp.simplify(sp.diff(sp.log(inputs[0].right), y.decay))
        solutions = [root for root in sp.solve(slope, y.decay) if root.is_positive]
        if len(solutions) != 1:
            raise ValueError(f"{len(solutions)} stationary points of {inputs[0].right}")
        return Equation(self.left, sp.factor(solutions[0]))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """(r - r*) must divide the slope: a'(r*) = 0; a'' must be negative there."""
        slope = sp.diff(inputs[0].right, y.decay)
        yield sp.simplify(slope.subs(y.decay, output.right))
        curvature = sp.simplify((sp.diff(slope, y.decay) / inputs[0].right).subs(y.decay, output.right))
        yield sp.Integer(0) if (-curvature).is_positive else curvature


@dataclass(frozen=True)
class AtMaximum(Rule):
    """a* = a(r*): inputs a(r) and r*; the second route solves H = H' = 0 for the double root."""

    left: sp.Expr
    label: ClassVar[str] = "evaluate at the maximum"

    def apply(self, *inputs: Equation) -> Equation:
        """Put r* in."""
        value = inputs[0].right.subs(y.decay, inputs[1].right)
        return Equation(self.left, sp.simplify(value) if value.has(sp.exp) else tidy(value))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H = s + (a/a(r)) ... : with L(-r) = r/a(r), both s + a L(s) and 1 + a L'(s) vanish at s = -r*, a = a*."""
        transform = (y.decay / inputs[0].right).subs(y.decay, -y.s)
        at_root = {y.s: -inputs[1].right}
        yield (y.s + output.right * transform).subs(at_root)
        yield (1 + output.right * sp.diff(transform, y.s)).subs(at_root)


@dataclass(frozen=True)
class LeastExponentialMoment(Rule):
    """min over all laws of r/a = E[e^{r tau}] is 1, since e^{r tau} >= 1 for r, tau >= 0; so r >= a.

    The second route minimises e^{r u} over u >= 0 by its derivative, and compares with the input at that atom.
    """

    label: ClassVar[str] = "bound the exponential moment by its least integrand"
    requires: ClassVar = (assumptions.DURATION, assumptions.EXPONENTIAL_MOMENT)

    def apply(self, *inputs: Equation) -> Equation:
        """The integrand's least value, at tau = 0."""
        least = sp.exp(y.decay * y.u).subs(y.u, 0)
        return Equation(y.least_speedup, least)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """r/a at the atom u = 0 minus the output; zero if the slope in u is positive."""
        at_atom = (y.decay / inputs[0].right).replace(transform_of, lambda at: sp.exp(-at * y.u))
        yield at_atom.subs(y.u, 0) - output.right
        slope = sp.diff(at_atom, y.u)
        yield sp.Integer(0) if slope.is_positive else slope
