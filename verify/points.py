"""Stage: random exact points. Input: an expression and its domain. Output: the expression without arrays and unknown
functions, and exact values for its symbols.

Symbols get rationals that respect their assumptions and the domain: integers small, positive numbers spread over
three decades, others real or complex. Measured arrays get random positive values, and an unknown function (a
transform, a path) becomes a random sum of exponentials: what holds for every law holds for that one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

Point = dict[sp.Symbol, tuple[sp.Rational, sp.Rational]]

_MOST_TRIES = 1500
_MOST_REFUSED = 40


class EmptyDomainError(ValueError):
    """The domain holds no point that random search finds."""


class PointSource:
    """An iterator over exact points of one expression's domain, the same for the same seed.

    Yields the expression with integer symbols, arrays and unknown functions put in, and the values (real and
    imaginary part) of the symbols that remain. ``refuse`` says that a point was a pole; ``reason`` why it ended.
    """

    def __init__(self, expression: sp.Expr, domain: sp.Basic, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._expression, self._domain = _solved(expression, domain)
        self._refused = 0
        self.reason = ""
        names = self._expression.free_symbols | self._domain.free_symbols
        self._names = sorted((name for name in names if isinstance(name, sp.Symbol)), key=sp.default_sort_key)
        self._names = [name for name in self._names if not _labels_array(name, expression)]

    def refuse(self, reason: str) -> None:
        """Count a point at which the expression has no value."""
        self._refused += 1
        self.reason = reason

    def __iter__(self) -> Iterator[tuple[sp.Expr, Point]]:
        while self._refused < _MOST_REFUSED:
            point = self._point()
            if point is None:
                self.reason = f"no point of {self._domain} in {_MOST_TRIES} tries"
                return
            yield self._put_in(point)

    def _point(self) -> dict[sp.Symbol, sp.Expr] | None:
        for _ in range(_MOST_TRIES):
            point = {name: self._draw(name) for name in self._names}
            if self._domain.subs(point) == sp.true:
                return point
        return None

    def _draw(self, name: sp.Symbol) -> sp.Expr:
        if name.is_integer:
            low = 1 if name.is_positive else 0 if name.is_nonnegative else -3
            return sp.Integer(int(self._random.integers(low, 7)))
        magnitude = self._positive()
        if name.is_nonnegative:
            return magnitude
        if name.is_negative or name.is_nonpositive:
            return -magnitude
        if name.is_imaginary:
            return sp.I * magnitude
        if name.is_extended_real:
            return magnitude * int(self._random.choice((-1, 1)))
        # Complex: transforms converge to the right of the imaginary axis.
        return magnitude + sp.I * self._positive() * int(self._random.choice((-1, 0, 1)))

    def _positive(self) -> sp.Rational:
        size = 10 ** self._random.uniform(-1.7, 0.9)
        return sp.Rational(round(size * 997) + 1, 997)

    def _put_in(self, point: dict[sp.Symbol, sp.Expr]) -> tuple[sp.Expr, Point]:
        decides = self._expression.has(sp.Piecewise, sp.core.relational.Relational, sp.Sum, sp.Product)
        now = {name: value for name, value in point.items() if name.is_integer or decides}
        expression = self._known_functions(self._expression.subs(now))
        if expression.has(sp.Sum, sp.Product, sp.Integral, sp.Derivative, sp.Subs):
            expression = expression.doit(manual=True)
        elements = sorted(expression.atoms(sp.Indexed), key=sp.default_sort_key)
        expression = expression.xreplace({element: self._positive() for element in elements})
        left = {name: value for name, value in point.items() if name in expression.free_symbols}
        return expression, {name: value.as_real_imag() for name, value in left.items()}

    def _known_functions(self, expression: sp.Expr) -> sp.Expr:
        for kind in sorted({node.func for node in expression.atoms(AppliedUndef)}, key=str):
            weights = [self._positive() for _ in range(2)]
            rates = [[self._positive() for _ in range(6)] for _ in range(2)]
            expression = expression.replace(
                kind,
                lambda *args, weights=weights, rates=rates: sum(
                    weight * sp.exp(-sum(c * x for c, x in zip(rate, args, strict=False)))
                    for weight, rate in zip(weights, rates, strict=True)
                ),
            )
        return expression


def _labels_array(name: sp.Symbol, expression: sp.Expr) -> bool:
    return any(name == base.label for base in expression.atoms(sp.IndexedBase))


def _solved(expression: sp.Expr, domain: sp.Basic) -> tuple[sp.Expr, sp.Basic]:
    """Use up the domain's equations, which no random point would ever meet."""
    for equation in [part for part in sp.And.make_args(domain) if isinstance(part, sp.Eq)]:
        for name in sorted(equation.free_symbols, key=sp.default_sort_key):
            try:
                roots = sp.solve(equation, name)
            except NotImplementedError:
                continue
            if len(roots) == 1:
                return _solved(expression.subs(name, roots[0]), domain.subs(name, roots[0]))
        raise EmptyDomainError(f"no single solution of the domain's equation {equation}")
    return expression, domain
