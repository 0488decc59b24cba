"""Stage: models of age thresholds. Input: claims, a law, an age. Output: the law put in, up to that age."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derive import symbols as y
from derive.law import Law
from derive.laws import Truncated
from derive.rules.laws import cdf_of, density_of

Transform = Callable[[sp.Expr], sp.Expr]


def put_ages_in(stated: sp.Expr, law: Law, oldest: sp.Expr, transform: Transform | None = None) -> sp.Expr:
    """A claim's right side with the law's distribution function for F, and its integrals up to the age in closed form.

    With the truncated law tau | tau <= A: int e^{-su} f = F(A) L_A(s), int u f = F(A) E_A, int (1 - F) = F(A) E_A +
    (1 - F(A)) A. ``transform`` stands for L_A where it is given. Raises ``LawError`` for a law without such a form.

    Example: ``put_ages_in(cdf_of(sp.Integer(1)), Uniform(0, 2), sp.Integer(1)) == sp.Rational(1, 2)``.
    """
    if not stated.has(cdf_of, density_of):
        return stated
    young = Truncated(law, oldest)
    share, ends = young.share, (y.u, sp.Integer(0), oldest)
    known = {
        sp.Integral(y.u * density_of(y.u), ends): share * young.mean,
        sp.Integral(1 - cdf_of(y.u), ends): share * young.mean + (1 - share) * oldest,
    }
    put = stated.xreplace(known)
    for integral in put.atoms(sp.Integral):
        kernel = integral.function / density_of(y.u)
        at = -sp.diff(sp.log(kernel), y.u) if integral.has(density_of) else sp.nan
        if kernel == sp.exp(-at * y.u) and tuple(integral.limits[0]) == ends:
            put = put.xreplace({integral: share * (transform or young.laplace_transform)(sp.expand(at))})
    return put.replace(cdf_of, law.cdf)
