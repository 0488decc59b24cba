"""Stage: rules of the update-indexed recursion. Input: a fixed staleness. Output: H(z), step limit, variance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.characteristic import characteristic_of
from derive.rules.powers import tidy

parameter = sp.Function("x")
autocovariance = sp.Function("c")


@dataclass(frozen=True)
class StateRecursion(Rule):
    """x(j+1) = x(j) - epsilon x(j-K): one update with the gradient read K updates before (mean path).

    The second route applies it to a path that does not move the reads: with x(i) = 1 the change must be -epsilon.
    """

    label: ClassVar[str] = "write one update"
    requires: ClassVar = (assumptions.QUADRATIC, assumptions.FIXED_STALENESS)

    def apply(self, *inputs: Equation) -> Equation:
        """State it."""
        return Equation(parameter(y.j + 1), parameter(y.j) - y.step * parameter(y.j - y.staleness))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """On the paths x = 1 and x(i) = i."""
        yield output.right.replace(parameter, lambda _: sp.Integer(1)) - (1 - y.step)
        yield sp.expand(output.right.replace(parameter, lambda at: at) - y.j + y.step * (y.j - y.staleness))


@dataclass(frozen=True)
class InsertPower(Rule):
    """H(z) = z^{K-j} (z^{j+1} - right side at x(j) = z^j): z^j solves the recursion iff H(z) = 0.

    The second route does it for K = 0, 1, 2, 5 with powers written out.
    """

    label: ClassVar[str] = "insert z^j"

    def apply(self, *inputs: Equation) -> Equation:
        """Powers cancel."""
        moved = sp.expand((y.z ** (y.j + 1) - inputs[0].right.replace(parameter, lambda at: y.z**at)) * y.z**-y.j)
        cleared = sp.powsimp(sp.expand(moved * y.z**y.staleness))
        return Equation(characteristic_of(y.z), sp.collect(cleared, y.z))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Concrete K at j = 7."""
        for staleness in (0, 1, 2, 5):
            at = {y.staleness: staleness, y.j: 7}
            explicit = y.z**8 - inputs[0].right.subs(at).replace(parameter, lambda i: y.z**i)
            yield sp.simplify(explicit / y.z ** (7 - staleness) - output.right.subs(at))


@dataclass(frozen=True)
class CrossUnitCircle(Rule):
    """epsilon at which a root sits at e^{i phi}: epsilon = z^K (1 - z), real and positive at phase 0.

    z^K (1 - z) = 2 sin(phi/2) e^{i(K phi + phi/2 - pi/2)}; the second route puts root and step into H.
    """

    label: ClassVar[str] = "set z = e^{i phi} and split modulus and phase"
    requires: ClassVar = (assumptions.FIXED_STALENESS,)

    def apply(self, *inputs: Equation) -> Equation:
        """Phase 0 first, then the modulus there."""
        phase = y.staleness * y.angle + y.angle / 2 - sp.pi / 2
        angle = sp.solve(phase, y.angle)[0]
        return Equation(y.step_limit, 2 * sp.sin(sp.factor(angle) / 2))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H(e^{i phi}) with phi = 2 arcsin(epsilon/2)."""
        root = sp.exp(2 * sp.I * sp.asin(output.right / 2))
        yield inputs[0].right.subs({y.z: root, y.step: output.right}, simultaneous=True)


@dataclass(frozen=True)
class DoubleRoot(Rule):
    """z* with H(z*) = H'(z*) = 0: the step epsilon = z^K (1 - z) is largest there; put back for K = 1 .. 4."""

    left: sp.Expr
    of: str  # "root" or "step"
    label: ClassVar[str] = "solve H = H' = 0"

    def apply(self, *inputs: Equation) -> Equation:
        """Maximise log epsilon over 0 < z < 1."""
        real = sp.Dummy("z", positive=True)
        size = sp.log(real) * y.staleness + sp.log(1 - real)
        root = sp.factor(sp.solve(sp.together(sp.diff(size, real)), real)[0])
        step = tidy(root**y.staleness) * sp.factor(1 - root)
        return Equation(self.left, root if self.of == "root" else step)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The resultant of H and H' in z vanishes at the step; H' at the root."""
        for staleness in (1, 2, 3, 4):
            at_staleness = inputs[0].right.subs(y.staleness, staleness)
            value = output.right.subs(y.staleness, staleness)
            slope = sp.diff(at_staleness, y.z)
            if self.of == "root":
                yield slope.subs(y.z, value)
            else:
                yield sp.resultant(at_staleness, slope, y.z).subs(y.step, value)


@dataclass(frozen=True)
class RecursionCovariance(Rule):
    """c(j) = E x(i) x(i+j) for 0 <= j <= K: c(j+1) - c(j) = -epsilon c(K-j), 2 epsilon c(K) - epsilon^2 c(0) = s2.

    With epsilon = 2 sin(w/2) the solution is A cos(pi/4 + w (j - (2K+1)/4)), and the second
    equation (the variance neither grows nor shrinks) gives A. The second route puts it back into both.
    """

    label: ClassVar[str] = "solve for the autocovariance"
    requires: ClassVar = (assumptions.FIXED_STALENESS, assumptions.NOISE, assumptions.STABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """One linear equation for A."""
        shape = sp.cos(self._phase(y.j))
        step = 2 * sp.sin(y.half_angle / 2)
        balance = 2 * step * shape.subs(y.j, y.staleness) - step**2 * shape.subs(y.j, 0)
        return Equation(autocovariance(y.j), y.step_noise * shape / balance)

    @staticmethod
    def _phase(index: sp.Expr) -> sp.Expr:
        return sp.pi / 4 + y.half_angle * (index - (2 * y.staleness + 1) / 4)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Both equations, for every j and K."""
        step = 2 * sp.sin(y.half_angle / 2)
        covariance = sp.Lambda(y.j, output.right)
        yield covariance(y.j + 1) - covariance(y.j) + step * covariance(y.staleness - y.j)
        yield 2 * step * covariance(y.staleness) - step**2 * covariance(0) - y.step_noise


@dataclass(frozen=True)
class StaggeredWorkers(Rule):
    """a = M epsilon/theta at K = M - 1: constant cycles of M workers, one after the other, are the recursion itself.

    Inputs: a step of the recursion, and a = eta h M/theta, whose eta h is that step. The second route writes H(z) out
    for M = 2, 3, 5: its roots e^{i phi} with phi = 2 arcsin(epsilon/2) at the stability limit, its discriminant at the
    double root.
    """

    left: sp.Expr  # stability_limit or critical_damping
    label: ClassVar[str] = "let M staggered workers make the updates"
    requires: ClassVar = (assumptions.CONSTANT, assumptions.BUSY, assumptions.FIXED_STALENESS)

    def apply(self, *inputs: Equation) -> Equation:
        """The damping coefficient with that step for eta h."""
        step = sp.simplify(inputs[0].right.subs(y.staleness, y.workers - 1))
        damping = inputs[1].right.subs(y.curvature, step / y.learning_rate)
        return Equation(self.left, damping if damping.has(sp.sin) else tidy(damping))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """z^(M-1) (z - 1) + a theta/M: at its root on the circle, or its discriminant."""
        for workers in (2, 3, 5):
            step = (output.right * y.mean_delay / y.workers).subs(y.workers, workers)
            function = y.z ** (workers - 1) * (y.z - 1) + step
            if self.left == y.critical_damping:
                yield sp.simplify(sp.discriminant(function, y.z))
            else:
                yield function.subs(y.z, sp.exp(2 * sp.I * sp.asin(step / 2)))
