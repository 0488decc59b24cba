"""Stage: derivatives. Input: an expression and a variable. Output: its derivative, made for ball programs.

SymPy's own derivative sorts and simplifies every product on the way. A program needs neither: it computes equal nodes
once. So sums, products, powers and exponentials are differentiated here, node by node and each node once, and only
what else an expression holds is left to SymPy.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp


def slope(expression: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """The derivative, equal to ``sp.diff(expression, variable)`` but neither sorted nor simplified.

    Example: ``slope(y.s * sp.exp(-2 * y.s), y.s).doit().equals(sp.diff(y.s * sp.exp(-2 * y.s), y.s))``.
    """
    return _Slopes(variable).of(expression)


class _Slopes:
    """The derivatives of the nodes met so far."""

    def __init__(self, variable: sp.Symbol) -> None:
        self.variable = variable
        self.known: dict[sp.Basic, sp.Expr] = {variable: sp.S.One}

    def of(self, node: sp.Expr) -> sp.Expr:
        """The derivative of a node."""
        found = self.known.get(node)
        if found is None:
            found = self.known[node] = self._made(node)
        return found

    def _made(self, node: sp.Expr) -> sp.Expr:
        if not node.args:
            return sp.S.Zero
        if isinstance(node, sp.Add):
            return _sum([self.of(term) for term in node.args])
        if isinstance(node, sp.Mul):
            return self._of_product(node.args)
        if isinstance(node, sp.Pow) and node.exp.is_Rational:
            inner = self.of(node.base)
            return _product([node.exp, sp.Pow(node.base, node.exp - 1), inner]) if inner != 0 else inner
        if isinstance(node, sp.exp):
            inner = self.of(node.args[0])
            return _product([node, inner]) if inner != 0 else inner
        return sp.diff(node, self.variable)

    def _of_product(self, factors: Sequence[sp.Expr]) -> sp.Expr:
        slopes = [self.of(factor) for factor in factors]
        return _sum(
            [_product([*factors[:k], inner, *factors[k + 1 :]]) for k, inner in enumerate(slopes) if inner != 0]
        )


def _sum(terms: Sequence[sp.Expr]) -> sp.Expr:
    left = [part for term in terms for part in sp.Add.make_args(term) if part != 0]
    return sp.Add(*left, evaluate=False) if len(left) > 1 else left[0] if left else sp.S.Zero


def _product(factors: Sequence[sp.Expr]) -> sp.Expr:
    """The product with its rational factors made one, which comes first."""
    number, others = sp.S.One, list[sp.Expr]()
    for factor in (part for one in factors for part in sp.Mul.make_args(one)):
        if factor.is_Rational:
            number *= factor
        else:
            others.append(factor)
    parts = [number, *others] if number != 1 or not others else others
    return sp.Mul(*parts, evaluate=False) if len(parts) > 1 else parts[0]
