"""Stage: real parts. Input: an expression in its stable form, a domain. Output: recorded lines of real operations.

    expression -> real and imaginary part (numeric/kernels/complex_lines.py)        domain -> inside or not

What each node becomes is said in numeric/kernels/real_nodes.py. Where rounding could decide, a point counts as outside
the domain, as in numeric/kernels/source.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.relational import Equality, Relational, Unequality

from numeric.kernels.complex_lines import ComplexLines, Parts
from numeric.kernels.lines import Line
from numeric.kernels.source import is_undecided_near
from numeric.kernels.stable_forms import NotCompilableError

__all__ = ["ROUNDINGS", "RealParts"]

EPSILON = 2.0**-52
ROUNDINGS = 8  # units in the last place within which an inequality counts as undecided


@dataclass(frozen=True)
class RealParts(ComplexLines):
    """Records expressions of the symbols that are ``known``, by a rule for each kind of node.

    In real arithmetic a root or logarithm of a negative number is NaN; if ``is_complex``, its principal value.
    """

    known: dict[sp.Basic, Parts]
    rules: Mapping[Any, Callable[[Any, Any], Parts]]
    is_complex: bool

    def parts(self, node: sp.Basic) -> Parts:
        """The value of a node, recorded when it is met first; raises ``NotCompilableError`` for what C lacks."""
        if node not in self.known:
            method = next((self.rules[kind] for kind in type(node).__mro__ if kind in self.rules), None)
            if method is None:
                raise NotCompilableError(f"{node} has no form in C; allowed: target='numpy'")
            self.known[node] = method(self, node)
        return self.known[node]

    def real(self, node: sp.Basic) -> Line:
        """The value of a node that must be real."""
        found = self.parts(node)
        if found.im is not None:
            raise NotCompilableError(f"{node} may be complex: no form in C; allowed: target='numpy'")
        return found.re

    def condition(self, node: sp.Basic) -> Line:
        """Whether a condition holds."""
        if isinstance(node, sp.And | sp.Or):
            found, *rest = (self.condition(part) for part in node.args)
            for other in rest:
                found = found & other if isinstance(node, sp.And) else found | other
            return found
        if isinstance(node, sp.Not):
            return ~self.condition(node.args[0])
        if node in (sp.true, sp.false):
            return self.lines.number(0) <= (0 if node == sp.true else -1)
        if not isinstance(node, Relational):
            raise NotCompilableError(f"{node} is no comparison: no form in C; allowed: target='numpy'")
        sign = {Equality: "==", Unequality: "!="}.get(type(node), node.rel_op)
        return self.lines.record(sign, self.real(node.lhs), self.real(node.rhs))

    def inside(self, domain: sp.Basic) -> Line:
        """Whether the symbols keep their assumptions and the domain holds beyond rounding."""
        found = self.lines.number(0) <= 0
        for symbol, parts in list(self.known.items()):
            for part in parts:
                found = found if part is None else found & (self.lines.absolute(part) < float("inf"))
            if symbol.is_nonnegative:
                found = found & (parts.re > 0 if symbol.is_positive else parts.re >= 0)
            if symbol.is_nonpositive:
                found = found & (parts.re < 0 if symbol.is_negative else parts.re <= 0)
            if symbol.is_integer:
                found = found & self.lines.record("==", parts.re, self.lines.call("rint", parts.re))
        return found & self.certain(domain)

    def certain(self, node: sp.Basic) -> Line:
        """Whether a condition holds, inequalities beyond the rounding of both sides."""
        if isinstance(node, sp.And | sp.Or):
            found, *rest = (self.certain(part) for part in node.args)
            for other in rest:
                found = found & other if isinstance(node, sp.And) else found | other
            return found
        if not is_undecided_near(node):
            return self.condition(node)
        size = sum(sp.Abs(term) for side in node.args for term in sp.Add.make_args(side))
        return self.real(node.gts - node.lts) > ROUNDINGS * EPSILON * self.real(size)

    def cut(self, node: sp.Basic) -> Parts:
        """The argument of a function with a branch cut below 0."""
        found = self.parts(node)
        wide = found.im is None and self.is_complex and not node.is_extended_nonnegative
        return Parts(found.re, self.lines.number(0.0)) if wide else found
