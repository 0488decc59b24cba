"""Stage: rules of calculus. Input: equations. Output: integrals, derivatives and rewritten forms of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.antiderivatives import antiderivative_of, at_end, pieces
from derive.rules.names import misnamed_average, name_at
from derive.rules.powers import tidy


@dataclass(frozen=True)
class Integrate(Rule):
    """left = integral of the input's right side times ``weight`` over ``variable`` in (lower, upper).

    The second route differentiates an antiderivative found separately and takes its limits.
    """

    left: sp.Expr
    weight: sp.Expr
    variable: sp.Symbol
    lower: sp.Expr
    upper: sp.Expr
    support: tuple[sp.Expr, sp.Expr] = (sp.S.Zero, sp.S.Infinity)  # of the law: its ends stand for 0 and oo
    above: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()  # symbols larger than a number: else the integral is infinite
    label: ClassVar[str] = "integrate against the law"

    def apply(self, *inputs: Equation) -> Equation:
        """Integrate with SymPy's definite algorithms; ``ValueError`` when they give up."""
        value = self._positive(self.lower, self.upper, *inputs)
        if value.has(sp.Integral):
            raise ValueError(f"SymPy finds no closed form of the integral of {inputs[0].right * self.weight}")
        return Equation(self.left, value)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """d/dv of the antiderivative minus the integrand, and its increment minus the output; then the name."""
        if inputs[0].left == sp.Function("f")(self.variable):
            lower = sp.S.Zero if self.lower == self.support[0] else self.lower
            upper = sp.S.Infinity if self.upper == self.support[1] else self.upper
            yield from misnamed_average(self.left, self.weight.subs(self.variable, y.u), lower, upper)
        dummies, back = self._dummies(inputs[0])
        integrand = (inputs[0].right * self.weight).subs(dummies)
        variable = sp.Dummy("v", positive=True)
        integrand = integrand.subs(self.variable, variable)
        total = sp.Integer(0)
        for piece, *span in pieces(integrand, variable, self.lower.subs(dummies), self.upper.subs(dummies)):
            antiderivative = antiderivative_of(piece, variable)
            if not piece.has(sp.Piecewise):
                yield sp.simplify(sp.diff(antiderivative, variable) / piece - 1).subs(back)
            else:
                yield sp.simplify(sp.diff(antiderivative, variable) - piece).subs(back)
            ends = [at_end(antiderivative, variable, end) for end in span]
            total += ends[1] - ends[0]
        yield total.subs(back) - output.right

    def _dummies(self, given: Equation) -> tuple[dict[sp.Symbol, sp.Expr], dict[sp.Symbol, sp.Expr]]:
        """Expressions in positive names for symbols not known to be positive, or large enough; and back."""
        names = (given.right * self.weight).free_symbols | self.upper.free_symbols
        free = {name: sp.S.Zero for name in names if name != self.variable and not name.is_positive}
        least = free | dict(self.above)
        excess = {name: sp.Dummy(str(name), positive=True) for name in least}
        there = {name: low + excess[name] for name, low in least.items()}
        return there, {excess[name]: name - low for name, low in least.items()}

    def _positive(self, lower: sp.Expr, upper: sp.Expr, *inputs: Equation) -> sp.Expr:
        dummies, back = self._dummies(inputs[0])
        variable = sp.Dummy("v", positive=True)
        integrand = (inputs[0].right * self.weight).subs(dummies).subs(self.variable, variable)
        integral = sp.Integral(integrand, (variable, lower.subs(dummies), upper.subs(dummies)))
        value = integral.doit(conds="none", heurisch=False)  # the heuristic may search for half a minute: last
        return tidy(integral.doit(conds="none") if value.has(sp.Integral) else value).subs(back)


@dataclass(frozen=True)
class DifferentiateAt(Rule):
    """left = factor * d^order/d variable^order of the input's right side at ``variable = point``.

    The second route reads the same number off the Taylor series.
    """

    left: sp.Expr
    variable: sp.Symbol
    point: sp.Expr
    order: int
    factor: sp.Expr = sp.S.One
    label: ClassVar[str] = "differentiate"

    def apply(self, *inputs: Equation) -> Equation:
        """Differentiate, then put the point in."""
        derivative = sp.diff(inputs[0].right, self.variable, self.order)
        return Equation(self.left, sp.simplify(self.factor * derivative.subs(self.variable, self.point).doit()))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """order! times the Taylor coefficient minus the output; for moments of a law also their name."""
        if self.point == 0 and inputs[0].left == sp.Function("L")(self.variable):
            signed = self.factor * (-1) ** self.order  # the derivatives at 0 are signed moments
            yield from misnamed_average(self.left, signed * y.u**self.order, sp.Integer(0), sp.oo)
        shift = sp.Dummy("epsilon", positive=True)
        local = sp.hyperexpand(_three_atoms(inputs[0].right)).subs(self.variable, self.point + shift)
        series = sp.series(local, shift, 0, self.order + 1).removeO()
        coefficient = sp.expand(series).coeff(shift, self.order)
        yield self.factor * sp.factorial(self.order) * coefficient - _three_atoms(output.right)


def _three_atoms(expression: sp.Expr) -> sp.Expr:
    """A sum over the data array, written out for three atoms: SymPy expands no series of an indexed sum."""
    return expression.subs(y.atom_count, 3).doit() if expression.has(sp.Sum) else expression


@dataclass(frozen=True)
class Rewrite(Rule):
    """The same right side in another form, made by the SymPy function ``how``; the difference must vanish."""

    how: Callable[[sp.Expr], sp.Expr]
    label: ClassVar[str] = "rewrite"

    def apply(self, *inputs: Equation) -> Equation:
        """Rewrite the right side."""
        return Equation(inputs[0].left, self.how(inputs[0].right))

    def named(self, *inputs: Equation) -> sp.Basic:
        """Another form has the same name."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """New form minus old form."""
        yield output.right - inputs[0].right


@dataclass(frozen=True)
class Solve(Rule):
    """Solve input ``left = right`` for ``unknown``; ``choose`` picks one of several roots.

    The second route puts the solution back into the equation.
    """

    unknown: sp.Expr
    choose: Callable[[sp.Expr], bool] | None = None
    label: ClassVar[str] = "solve"

    def apply(self, *inputs: Equation) -> Equation:
        """Solve with SymPy; ``ValueError`` unless exactly one solution is chosen."""
        free = sp.Dummy("unknown")  # without assumptions, which would make SymPy drop solutions
        solutions = sp.solve((inputs[0].left - inputs[0].right).subs(self.unknown, free), free)
        chosen = [root for root in solutions if self.choose is None or self.choose(root)]
        if len(chosen) != 1:
            raise ValueError(f"{len(chosen)} solutions for {self.unknown} in {inputs[0]}")
        return Equation(self.unknown, sp.factor(sp.simplify(chosen[0])))

    def named(self, *inputs: Equation) -> sp.Basic:
        """The unknown."""
        return self.unknown

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """left - right at the solution."""
        yield (inputs[0].left - inputs[0].right).subs(self.unknown, output.right)


@dataclass(frozen=True)
class Insert(Rule):
    """Put the right sides of the further inputs in for their left sides in the first input.

    The second route undoes it: it compares with the first input applied as a function of those left sides.
    """

    label: ClassVar[str] = "insert"

    def apply(self, *inputs: Equation) -> Equation:
        """Substitute, all at once."""
        pairs = [(other.left, other.right) for other in inputs[1:]]
        return Equation(inputs[0].left, inputs[0].right.subs(pairs, simultaneous=True))

    def named(self, *inputs: Equation) -> sp.Basic:
        """Nothing but the right side changes."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The first input as a function of the left sides, at the right sides, minus the output."""
        names = [sp.Dummy(f"x{i}") for i in range(len(inputs) - 1)]
        body = inputs[0].right.xreplace({other.left: name for other, name in zip(inputs[1:], names, strict=True)})
        yield sp.Lambda(tuple(names), body)(*(other.right for other in inputs[1:])) - output.right


@dataclass(frozen=True)
class Specialise(Rule):
    """Give symbols of the input special values: right side at ``values``, with a new left side.

    The second route evaluates through ``sp.Lambda`` instead of ``subs``.
    """

    left: sp.Expr
    values: tuple[tuple[sp.Expr, sp.Expr], ...]
    label: ClassVar[str] = "specialise"

    def apply(self, *inputs: Equation) -> Equation:
        """Put the values in and evaluate."""
        return Equation(self.left, inputs[0].right.subs(dict(self.values), simultaneous=True).doit())

    def named(self, *inputs: Equation) -> sp.Basic:
        """The left side at the same values, or the name that this has."""
        return name_at(inputs[0].left, self.values, self.left)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The value through a Lambda minus the output."""
        names = tuple(sp.Dummy(f"x{i}") for i in range(len(self.values)))
        body = inputs[0].right.xreplace({old: name for (old, _), name in zip(self.values, names, strict=True)})
        yield sp.Lambda(names, body)(*(new for _, new in self.values)).doit() - output.right


@dataclass(frozen=True)
class Equate(Rule):
    """Two inputs' right sides set equal: an equation to be solved next."""

    label: ClassVar[str] = "set equal"

    def apply(self, *inputs: Equation) -> Equation:
        """first = second."""
        return Equation(inputs[0].right, inputs[1].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Both sides against the inputs."""
        yield output.left - inputs[0].right
        yield output.right - inputs[1].right
