"""Stage: rules about names. Input: the left side of an equation. Output: what it stands for, told without the equation.

A rule that is told a left side could be told a wrong one. Names with a definition are held against it; names of
averages over a law are held against the same average for the exponential law of mean 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy as sp
from sympy.core.function import AppliedUndef

from derive import symbols as y

# What a name stands for: values of functions that earlier steps speak of.
DEFINITIONS: dict[sp.Expr, frozenset[sp.Expr]] = {
    y.variance: frozenset({sp.Function("C")(0), sp.Function("c")(0)}),  # a covariance at lag 0
    y.damping: frozenset({sp.Function("H")(0)}),  # the feedback at s = 0
}

# Averages over the law of a duration, for the exponential law of mean 1.
_UNIT_EXPONENTIAL = {
    "L": lambda at: 1 / (1 + at),
    "F": lambda at: 1 - sp.exp(-at),
    "f": lambda at: sp.exp(-at),
}


def name_at(left: sp.Expr, values: tuple[tuple[sp.Expr, sp.Expr], ...], told: sp.Expr) -> sp.Expr:
    """The name of the value of ``left`` at ``values``: ``told`` where that is its definition or has none.

    Example: ``name_at(sp.Function("C")(y.t), ((y.t, sp.Integer(0)),), y.variance) == y.variance``.
    """
    if told == 0 and isinstance(left, AppliedUndef):
        return told  # not a name but a condition: the function is set to zero there, to be solved next
    special = left.subs(dict(values), simultaneous=True)
    known = DEFINITIONS.get(told)
    fresh = known is None and isinstance(special, AppliedUndef) and special != left
    return told if special == told or fresh or (known is not None and special in known) else special


def misnamed_average(left: sp.Expr, weight: sp.Expr, lower: sp.Expr, upper: sp.Expr) -> Iterator[sp.Expr]:
    """The name's value minus the integral of ``weight`` over (lower, upper), for the exponential law of mean 1.

    ``weight`` is an expression in ``y.u``. Nothing where the name is no average of a law that is known here.

    Example: ``list(misnamed_average(y.mean_delay, y.u, sp.Integer(0), sp.oo)) == [0]``.
    """
    value = of_unit_exponential(left)
    if value is not None:
        yield sp.simplify(value - _average(weight, lower, upper))


def of_unit_exponential(left: sp.Expr) -> sp.Expr | None:
    """The value of a name for the exponential law of mean 1; none if it is not the name of an average.

    Example: ``of_unit_exponential(y.delay_moment[3]) == 6``.
    """
    value = left
    for node in left.atoms(AppliedUndef):
        if str(node.func) not in _UNIT_EXPONENTIAL:
            return None
        value = value.subs(node, _UNIT_EXPONENTIAL[str(node.func)](*node.args))
    moments = [node for node in left.atoms(sp.Indexed) if node.base == y.delay_moment]
    value = value.subs({node: sp.factorial(node.indices[0]) for node in moments}).subs(y.mean_delay, 1)
    return None if value.has(sp.Indexed) or value.free_symbols - {y.s, y.t, y.u} else value


@cache
def _average(weight: sp.Expr, lower: sp.Expr, upper: sp.Expr) -> sp.Expr:
    positive = {name: sp.Dummy(str(name), positive=True) for name in (weight.free_symbols | upper.free_symbols) - {y.u}}
    back = {dummy: name for name, dummy in positive.items()}
    variable = sp.Dummy("v", positive=True)
    integrand = weight.subs(positive).subs(y.u, variable) * sp.exp(-variable)
    return sp.integrate(integrand, (variable, lower, upper.subs(positive)), conds="none").subs(back)
