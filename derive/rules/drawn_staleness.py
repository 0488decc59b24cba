"""Stage: rules of the recursion with a drawn staleness. Input: its law. Output: H(z) of the mean, where roots cross."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.characteristic import characteristic_of

_TERMS = 5


@dataclass(frozen=True)
class AverageOverPoisson(Rule):
    """H(z) = z - 1 + epsilon e^{Kbar (1/z - 1)}: z^j solves x(j+1) = x(j) - epsilon E x(j - K), K drawn anew each time.

    The second route adds the probabilities of K = 0 .. 5 up and compares powers of Kbar.
    """

    label: ClassVar[str] = "insert z^j, average over Poisson staleness"
    requires: ClassVar = (assumptions.QUADRATIC, assumptions.POISSON_STALENESS)

    def apply(self, *inputs: Equation) -> Equation:
        """The sum of the probabilities times z^-K is an exponential series."""
        mean, index = sp.Dummy("m", positive=True), sp.Dummy("n", integer=True, nonnegative=True)
        series = sp.summation((mean / y.z) ** index / sp.factorial(index), (index, 0, sp.oo))
        average = sp.powsimp(sp.exp(-mean) * series).subs(mean, y.mean_staleness)
        exponent = sp.factor_terms(sp.expand(average.exp))
        return Equation(characteristic_of(y.z), y.z - 1 + y.step * sp.exp(exponent))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Coefficients of Kbar^0 .. Kbar^5 of both, and what is left without a gradient."""
        small = y.mean_staleness
        chances = (small**count / sp.factorial(count) / y.z**count for count in range(_TERMS + 1))
        fading = sp.Add(*((-small) ** power / sp.factorial(power) for power in range(_TERMS + 1)))
        direct = sp.expand((y.z - 1) + y.step * fading * sp.Add(*chances))
        for power in range(_TERMS + 1):
            claimed = sp.diff(output.right, small, power).subs(small, 0) / sp.factorial(power)
            yield sp.expand(claimed - direct.coeff(small, power))
        yield sp.expand(output.right.subs(y.step, 0) - (y.z - 1))


def _on_circle(function: sp.Expr) -> sp.Expr:
    """The exponent of E z^-K in H at z = e^{i phi}."""
    (power,) = (node for node in function.atoms(sp.exp) if node.has(y.z))
    return sp.expand_complex(power.exp.subs(y.z, sp.cos(y.angle) + sp.I * sp.sin(y.angle)))


@dataclass(frozen=True)
class ModulusOnCircle(Rule):
    """epsilon_max = |1 - z|/|E z^-K| = 2 sin(phi/2) e^{Kbar (1 - cos phi)} at z = e^{i phi}, 0 < phi < pi.

    The second route puts root and step into H, with Kbar from the phase, and finds the step to grow with phi: its
    logarithmic slope is cot(phi/2)/2 + Kbar sin phi, so that the least angle with a root is met first.
    """

    label: ClassVar[str] = "compare moduli at z = e^{i phi}"

    def apply(self, *inputs: Equation) -> Equation:
        """From the real part of the exponent."""
        return Equation(
            y.step_limit, 2 * sp.sin(y.angle / 2) * sp.exp(-sp.simplify(sp.re(_on_circle(inputs[0].right))))
        )

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at the root; the slope."""
        mean = (sp.pi - y.angle) / (2 * sp.sin(y.angle))
        put = {y.z: sp.exp(sp.I * y.angle), y.step: output.right}
        yield inputs[0].right.subs(put, simultaneous=True).subs(y.mean_staleness, mean)
        slope = sp.diff(output.right, y.angle) / output.right
        yield slope - sp.cot(y.angle / 2) / 2 - y.mean_staleness * sp.sin(y.angle)


@dataclass(frozen=True)
class PhaseOnCircle(Rule):
    """pi/2 = phi/2 + Kbar sin phi where H(e^{i phi}) = 0: 1 - z has the phase (phi - pi)/2, E z^-K its exponent's.

    The second route puts the root into H with the Kbar that the output asks for, and the step from the modulus.
    """

    label: ClassVar[str] = "compare phases at z = e^{i phi}"

    def apply(self, *inputs: Equation) -> Equation:
        """From the imaginary part of the exponent."""
        return Equation(sp.pi / 2, y.angle / 2 - sp.simplify(sp.im(_on_circle(inputs[0].right))))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at the root."""
        (mean,) = sp.solve(output.right - output.left, y.mean_staleness)
        step = 2 * sp.sin(y.angle / 2) * sp.exp(mean * (1 - sp.cos(y.angle)))
        put = {y.z: sp.exp(sp.I * y.angle), y.step: step, y.mean_staleness: mean}
        yield inputs[0].right.subs(put, simultaneous=True)
