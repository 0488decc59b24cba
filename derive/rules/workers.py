"""Stage: rules for finitely many workers. Input: one update. Output: closed moment equations, exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

_shot = sp.Dummy("xi", real=True)
FIRST, SECOND = y.moment_names[:2], y.moment_names[2:]


def canonical(monomial: sp.Expr, parameter: sp.Symbol, reads: tuple[sp.Symbol, ...]) -> sp.Expr:
    """The moment of a monomial in x and the reads r_i, named by its pattern; the workers are exchangeable.

    E x, E r -> X, R; E x^2, E x r, E r^2, E r r' -> A, B, C, D; the shot's mean is 0 and its variance s2.
    """
    poly = sp.Poly(monomial, parameter, _shot, *reads)
    total = sp.Integer(0)
    for (power, shots, *others), factor in poly.terms():
        noise = {0: sp.Integer(1), 2: y.step_noise}.get(shots, sp.Integer(0))
        total += factor * noise * _pattern(power, sorted(others, reverse=True))
    return total


def _pattern(power: int, reads: list[int]) -> sp.Expr:
    used = tuple(count for count in reads if count)
    names = {
        (0, ()): sp.Integer(1),
        (1, ()): FIRST[0],
        (0, (1,)): FIRST[1],
        (2, ()): SECOND[0],
        (1, (1,)): SECOND[1],
        (0, (2,)): SECOND[2],
        (0, (1, 1)): SECOND[3],
    }
    return names[power, used]


def _generator(monomial: sp.Expr, parameter: sp.Symbol, reads: tuple[sp.Symbol, ...], updating: sp.Symbol) -> sp.Expr:
    """E[monomial after worker ``updating``'s update - monomial], by name of the moments."""
    after = parameter - y.step * updating + _shot
    moved = monomial.subs({parameter: after, updating: after}, simultaneous=True)
    return canonical(sp.expand(moved - monomial), parameter, reads)


@dataclass(frozen=True)
class ExchangeableMoments(Rule):
    """d/dt of the moments of x and the reads: every worker updates at rate mu, x <- x - eps r_i + xi, r_i <- x.

    ``apply`` names two workers and counts the other M - 2 by exchangeability; the second route writes three
    and four workers out one by one.
    """

    order: int
    label: ClassVar[str] = "close the moments by exchangeability"
    requires: ClassVar = (assumptions.EXPONENTIAL, assumptions.EXCHANGEABLE, assumptions.QUADRATIC, assumptions.NOISE)

    def _monomials(self, parameter: sp.Symbol, reads: tuple[sp.Symbol, ...]) -> tuple[sp.Expr, ...]:
        if self.order == 1:
            return (parameter, reads[0])
        return (parameter**2, parameter * reads[0], reads[0] ** 2, reads[0] * reads[1])

    def apply(self, *inputs: Equation) -> Equation:
        """Workers a, b by name, one c for all the others."""
        parameter, *reads = sp.symbols("x r_a r_b r_c", cls=sp.Dummy)
        named = tuple(reads)
        rows = []
        for monomial in self._monomials(parameter, named):
            parts = [_generator(monomial, parameter, named, read) for read in named]
            rows.append(y.worker_rate * (parts[0] + parts[1] + (y.workers - 2) * parts[2]))
        names = FIRST if self.order == 1 else SECOND
        left = sp.ImmutableMatrix([sp.Derivative(name, y.t, evaluate=False) for name in names])
        return Equation(left, sp.ImmutableMatrix([sp.expand(row) for row in rows]))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """All workers by name, for M = 3 and 4."""
        return chain.from_iterable(self._explicit(output, count) for count in (3, 4))

    def _explicit(self, output: Equation, count: int) -> Iterator[sp.Expr]:
        parameter, *reads = sp.symbols(f"x r_0:{count}", cls=sp.Dummy)
        named = tuple(reads)
        for row, monomial in enumerate(self._monomials(parameter, named)):
            every = sum((_generator(monomial, parameter, named, read) for read in named), start=sp.Integer(0))
            yield sp.expand(y.worker_rate * every - output.right[row].subs(y.workers, count))


@dataclass(frozen=True)
class StationaryMoment(Rule):
    """The first moment at which every derivative vanishes; the second route checks that the others exist with it."""

    label: ClassVar[str] = "solve for the stationary moments"
    requires: ClassVar = (assumptions.STABLE,)

    def apply(self, *inputs: Equation) -> Equation:
        """A linear system."""
        solution = sp.solve(list(inputs[0].right), SECOND, dict=True)[0]
        return Equation(y.variance, sp.factor(solution[SECOND[0]]))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Solve the last three equations for B, C, D at the claimed A; the first must then hold."""
        rows = [row.subs(SECOND[0], output.right) for row in inputs[0].right]
        rest = sp.solve(rows[1:], SECOND[1:], dict=True)[0]
        yield sp.simplify(rows[0].subs(rest))


@dataclass(frozen=True)
class MomentDeterminant(Rule):
    """H(s) = det(s - J) of the mean equations; the second route checks an eigenvector's equation at a root."""

    left: sp.Expr
    label: ClassVar[str] = "insert exp(s t) into the moment equations"

    def apply(self, *inputs: Equation) -> Equation:
        """The determinant, as a polynomial in s."""
        jacobian = inputs[0].right.jacobian(sp.Matrix(FIRST))
        determinant = sp.expand((y.s * sp.eye(2) - jacobian).det())
        return Equation(self.left, sp.collect(determinant, y.s, sp.factor))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Eliminate R from s X = .., s R = .. with X = 1: what remains is H(s) over a factor free of it."""
        first, second = (row.subs(FIRST[0], 1) for row in inputs[0].right)
        read = sp.solve(first - y.s, FIRST[1])[0]
        remainder = sp.together((y.s * FIRST[1] - second).subs(FIRST[1], read))
        scale = -sp.diff(first, FIRST[1])
        yield sp.simplify(remainder * scale + output.right)


@dataclass(frozen=True)
class SeriesInWorkers(Rule):
    """The input as a series in 1/M through the given order; the second route takes the limits of the coefficients."""

    order: int
    label: ClassVar[str] = "expand in 1/M"

    def apply(self, *inputs: Equation) -> Equation:
        """Taylor's formula at 1/M = 0."""
        small = sp.Dummy("e", positive=True)
        series = sp.series(inputs[0].right.subs(y.workers, 1 / small), small, 0, self.order + 1).removeO()
        return Equation(inputs[0].left, sp.collect(sp.expand(series), small, sp.factor).subs(small, 1 / y.workers))

    def named(self, *inputs: Equation) -> sp.Basic:
        """A series has the name of what it expands."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """M^order (input - output) -> 0."""
        gap = (inputs[0].right - output.right) * y.workers**self.order
        small = sp.Dummy("e", positive=True)
        yield sp.limit(sp.together(gap.subs(y.workers, 1 / small)), small, 0)


@dataclass(frozen=True)
class Ratio(Rule):
    """left = first input / second input; the second route multiplies back."""

    left: sp.Expr
    label: ClassVar[str] = "divide"

    def apply(self, *inputs: Equation) -> Equation:
        """Cancelled."""
        return Equation(self.left, sp.factor(sp.cancel(sp.together(inputs[0].right / inputs[1].right))))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """output * second - first."""
        yield sp.simplify(output.right * inputs[1].right - inputs[0].right)
