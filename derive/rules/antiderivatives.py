"""Stage: rules of calculus. Input: an integrand. Output: antiderivatives of its smooth pieces, and their ends."""

from __future__ import annotations

from functools import cache

import sympy as sp


def pieces(
    integrand: sp.Expr, variable: sp.Symbol, lower: sp.Expr, upper: sp.Expr
) -> list[tuple[sp.Expr, sp.Expr, sp.Expr]]:
    """The smooth pieces of an integrand with the ends of each, where the ends are numbers; else it as a whole."""
    folded = sp.piecewise_fold(integrand)
    ends = sp.Tuple(lower, upper, *(where for _, where in folded.args)) if isinstance(folded, sp.Piecewise) else None
    if ends is None or ends.free_symbols - {variable}:
        return [(integrand, lower, upper)]
    pairs = folded.as_expr_set_pairs(sp.Interval(lower, upper))
    spans = [(piece, span) for piece, where in pairs for span in sp.Union.make_args(where)]
    return [(piece, span.start, span.end) for piece, span in spans if piece != 0 and isinstance(span, sp.Interval)]


@cache
def antiderivative_of(integrand: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """By Meijer G functions, which know gamma densities at once; else by all of SymPy's algorithms.

    Of a power they make a Meijer G function that SymPy can neither evaluate at an end nor take to a limit.
    """
    if not integrand.is_polynomial(variable):
        found = sp.integrate(integrand, variable, meijerg=True)
        if not found.has(sp.Integral, sp.meijerg):
            return _generic(found, variable)
    return _generic(sp.integrate(integrand, variable), variable)


def _generic(found: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """Of cases by parameters alone the first: v^(n - k + 1)/(n - k + 1), not the logarithm at k = n + 1."""
    return found.replace(
        lambda node: isinstance(node, sp.Piecewise) and not any(case.cond.has(variable) for case in node.args),
        lambda node: node.args[0].expr,
    )


def at_end(antiderivative: sp.Expr, variable: sp.Symbol, end: sp.Expr) -> sp.Expr:
    """An antiderivative at one end, by its limit where it cannot be put in."""
    value = antiderivative.subs(variable, end) if end.is_finite else sp.nan
    if value.is_finite:
        return value
    if end == sp.oo:
        # lowergamma(k, c v) -> gamma(k) as v -> oo for c > 0; SymPy's limit does not know it
        antiderivative = antiderivative.replace(
            lambda node: node.func is sp.lowergamma and node.args[1].has(variable), lambda node: sp.gamma(node.args[0])
        )
    return sp.limit(antiderivative, variable, end)
