"""Stage: rules about second moments in time. Input: shots, moments. Output: Volterra's equation, transforms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import density_of
from derive.rules.modelling import _normal, gaussian_mean, mean_path
from derive.rules.workers import SECOND

fundamental_of = sp.Function("r")
second_moment_of = sp.Function("V")
transform_of_second = sp.Function("Vhat")
_NAMES = (y.arrival_rate, y.learning_rate, y.curvature, y.gradient_noise, y.worker_rate, y.initial)
_SYSTEMS = tuple(dict(zip(_NAMES, numbers, strict=True)) for numbers in ((2, 3, 5, 7, 11, 13), (3, 2, 7, 5, 13, 17)))
_ORDER = 4  # powers of t to which one stage's moments are held against the equation; what is read is even below t^3


@dataclass(frozen=True)
class CampbellPath(Rule):
    """V(t) = m(t)^2 + Lambda eta^2 int_0^t r(t - u)^2 (sigma^2 + h^2 E V(u - tau)) du, V = x0^2 before 0.

    Shots are uncorrelated given the past, so their second moments add through r. The second route solves the moment
    equations of one exponential stage, of x, w = E x(t - tau) and E x(t - tau)^2, as powers of t.
    """

    label: ClassVar[str] = "Campbell's theorem for the shots since time 0"
    requires: ClassVar = (assumptions.POISSON, assumptions.QUADRATIC, assumptions.NOISE, assumptions.HISTORY)

    def apply(self, *inputs: Equation) -> Equation:
        """Second moments add."""
        read = sp.Integral(second_moment_of(y.u - y.delay) * density_of(y.delay), (y.delay, 0, sp.oo))
        square = y.gradient_noise**2 + y.curvature**2 * read
        added = sp.Integral(fundamental_of(y.t - y.u) ** 2 * square, (y.u, 0, y.t))
        return Equation(second_moment_of(y.t), mean_path(y.t) ** 2 + y.arrival_rate * y.learning_rate**2 * added)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Coefficients of powers of t on both sides, for two systems."""
        for values in _SYSTEMS:
            path, kernel, second = _of_one_stage(values)
            read, right = _read_by_one_stage(second, values), output.right
            for node in output.right.atoms(sp.Integral):
                everywhere = node.limits[0] == (y.delay, 0, sp.oo)
                if node.has(density_of) and not node.has(fundamental_of) and everywhere:
                    inside = sp.expand(node.function.subs(density_of(y.delay), 1))
                    seen = inside.replace(second_moment_of, lambda at, read=read: read.subs(y.t, at + y.delay))
                    right = right.xreplace({node: seen})
            right = right.replace(mean_path, lambda at, path=path: path.subs(y.t, at))
            right = right.replace(fundamental_of, lambda at, kernel=kernel: kernel.subs(y.t, at)).subs(values)
            difference = sp.expand(sp.expand(right).doit() - second)
            yield from (sp.expand(difference.coeff(y.t, power)) for power in range(_ORDER + 1))


def _of_one_stage(values: dict[sp.Symbol, int]) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """m, r and V of one exponential stage as powers of t, from their moment equations."""
    mu, x0, shot = y.worker_rate, y.initial, y.arrival_rate * y.learning_rate**2
    damping = y.arrival_rate * y.learning_rate * y.curvature
    pair = sp.Matrix([[0, -damping], [mu, -mu]]).subs(values)
    moments = sp.Matrix(
        [[0, -2 * damping, 0, shot * y.curvature**2], [mu, -mu, -damping, 0], [0, 2 * mu, -2 * mu, 0], [mu, 0, 0, -mu]]
    )
    drive = sp.Matrix([shot * y.gradient_noise**2, 0, 0, 0])
    history = _powers(pair, sp.zeros(2, 1), sp.Matrix([x0, x0]).subs(values))
    response = _powers(pair, sp.zeros(2, 1), sp.Matrix([1, 0]))
    second = _powers(moments.subs(values), drive.subs(values), (x0**2 * sp.ones(4, 1)).subs(values))
    return history, response, second


def _powers(matrix: sp.Matrix, drive: sp.Matrix, start: sp.Matrix) -> sp.Expr:
    total, term = start, start
    for power in range(1, _ORDER + 1):
        term = (matrix * term + (drive if power == 1 else sp.zeros(*drive.shape))) / power
        total += term * y.t**power
    return sp.expand(total[0])


def _read_by_one_stage(second: sp.Expr, values: dict[sp.Symbol, int]) -> sp.Expr:
    """E V(t - tau) as powers of t: Q' = mu (V - Q), Q(0) = x0^2."""
    start = sp.Integer(values[y.initial] ** 2)
    read = start
    for _ in range(_ORDER):
        slope = values[y.worker_rate] * (second - read)
        read = start + sp.integrate(sp.expand(slope), (y.t, 0, y.t))
    return sp.Add(*(sp.expand(read).coeff(y.t, power) * y.t**power for power in range(_ORDER + 1)))


@dataclass(frozen=True)
class ExcessRisk(Rule):
    """R = h V/2: what a quadratic objective lies above its optimum in the mean, at a mean of 0.

    The second route averages h x^2/2 over a normal parameter of this variance.
    """

    label: ClassVar[str] = "average the quadratic objective"
    requires: ClassVar = (assumptions.QUADRATIC,)

    def apply(self, *inputs: Equation) -> Equation:
        """Half the curvature times the second moment."""
        return Equation(y.excess_risk, y.curvature * inputs[0].right / 2)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The mean over the normal density."""
        spread = sp.Dummy("s", positive=True)
        risk = gaussian_mean(y.curvature * (spread * _normal) ** 2 / 2)
        yield sp.simplify(risk.subs(spread**2, inputs[0].right) - output.right)


@dataclass(frozen=True)
class MomentTransform(Rule):
    """Vhat(s) = int e^{-st} E x^2 dt of moments v' = A v + b, all of them x0^2 at time 0: (s - A)^-1 (v0 + b/s).

    The second route solves the last three equations for the other moments at the claimed one; the first must then hold.
    """

    label: ClassVar[str] = "transform the moment equations"
    requires: ClassVar = (assumptions.HISTORY,)

    def apply(self, *inputs: Equation) -> Equation:
        """Solve the linear system."""
        names, rows = _transformed(inputs[0])
        above, below = sp.fraction(sp.cancel(sp.solve(rows, names, dict=True)[0][names[0]]))
        whole = sp.expand(above)
        start, noise = (whole.coeff(one, power) * one**power for one, power in ((y.initial, 2), (y.step_noise, 1)))
        return Equation(transform_of_second(y.s), (_by_powers(start) + _by_powers(noise)) / _by_powers(below))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The first equation, of three and of five workers; as all is linear in x0^2 and s2, one of them at a time."""
        names, rows = _transformed(inputs[0])
        for workers, rate, start, noise in ((3, 3, 2, 0), (3, 2, 0, 3), (5, 2, 3, 0), (5, 3, 0, 2)):
            at = {y.workers: workers, y.worker_rate: rate, y.initial: start, y.step_noise: noise}
            claimed = sp.cancel(output.right.subs(at))
            first, *others = (row.subs(at).subs(names[0], claimed) for row in rows)
            rest = sp.solve(others, names[1:], dict=True)[0]
            yield sp.cancel(sp.together(first.subs(rest)))


def _transformed(equations: Equation) -> tuple[tuple[sp.Symbol, ...], list[sp.Expr]]:
    """Names for the transforms of the four moments, and (s - A) v - v0 - b/s."""
    matrix, drive = _linear(equations)
    names = sp.symbols(f"v_0:{len(SECOND)}", cls=sp.Dummy)
    start = sp.Matrix([y.initial**2] * len(SECOND)) + drive / y.s
    return names, list((y.s * sp.eye(len(SECOND)) - matrix) * sp.Matrix(names) - start)


def _by_powers(part: sp.Expr) -> sp.Expr:
    """A polynomial as its common factors times one that is ordered by powers of s, each with a factored coefficient."""
    content, factors = sp.factor_list(part)
    longest = max(factors, key=lambda one: len(sp.Add.make_args(one[0])))
    rest = content * sp.Mul(*(base**power for base, power in factors if (base, power) != longest))
    ordered = sp.Poly(longest[0], y.s)
    sign = 1 if ordered.LC().could_extract_minus_sign() is False else -1
    terms = (_positive(sign * value) * y.s ** powers[0] for powers, value in ordered.terms())
    return sign * rest * sp.Add(*terms) ** longest[1]


def _positive(coefficient: sp.Expr) -> sp.Expr:
    """The coefficient factored, a minus sign taken into its longest sum."""
    number, factors = sp.factor_list(coefficient)
    longest = max(factors, key=lambda one: len(sp.Add.make_args(one[0])), default=None)
    if not number.is_negative or longest is None or not isinstance(longest[0], sp.Add) or longest[1] != 1:
        return sp.factor(coefficient)
    return -number * sp.Mul(*(base**power for base, power in factors if base != longest[0]), -longest[0])


def _linear(equations: Equation) -> tuple[sp.Matrix, sp.Matrix]:
    """A and b of the moment equations."""
    matrix = sp.Matrix(equations.right).jacobian(sp.Matrix(SECOND))
    return matrix, sp.Matrix(equations.right).subs(dict.fromkeys(SECOND, 0))
