"""Stage: densities that are sums of c u^p exp(-r u). Input: such terms {(r, p): c}. Output: what follows from them.

Mixtures, sums and order statistics of exponential and Erlang laws stay in this class, with exact coefficients.
"""

from __future__ import annotations

import sympy as sp

from derive.law import Terms

Collected = dict[tuple[sp.Expr, sp.Expr], sp.Expr]
ZERO, ONE = sp.Integer(0), sp.Integer(1)


def _collect(terms: list[tuple[sp.Expr, sp.Expr, sp.Expr]]) -> Collected:
    found: Collected = {}
    for rate, power, coefficient in terms:
        found[rate, power] = found.get((rate, power), ZERO) + coefficient
    return {key: value for key, value in found.items() if value != 0}


def transform_of_terms(terms: Terms, s: sp.Expr) -> sp.Expr:
    """int_0^oo exp(-s u) f(u) du = sum of c Gamma(p + 1)/(s + r)^(p + 1)."""
    return sp.Add(*(c * sp.gamma(p + 1) / (s + r) ** (p + 1) for (r, p), c in terms.items()))


def moment_of_terms(terms: Terms, n: int) -> sp.Expr:
    """int_0^oo u^n f(u) du = sum of c Gamma(p + n + 1)/r^(p + n + 1)."""
    return sp.Add(*(c * sp.gamma(p + n + 1) / r ** (p + n + 1) for (r, p), c in terms.items()))


def cdf_of_terms(terms: Terms, u: sp.Expr) -> sp.Expr:
    """int_0^u f = sum of c r^-(p + 1) gamma(p + 1, r u), the lower incomplete gamma function written out."""
    integrated = (c * sp.lowergamma(p + 1, r * u) / r ** (p + 1) for (r, p), c in terms.items())
    return sp.expand_func(sp.Add(*integrated))


def survival_terms(terms: Terms) -> Collected:
    """1 - F as such terms, for integer powers p: int_u^oo v^p e^-rv dv = sum_j p!/j! u^j e^-ru / r^(p - j + 1)."""
    parts = []
    for (r, p), c in terms.items():
        for j in range(int(p) + 1):
            share = sp.factorial(p) / sp.factorial(j) / r ** (p - j + 1)
            parts.append((r, sp.Integer(j), c * share))
    return _collect(parts)


def times(one: Terms, other: Terms) -> Collected:
    """The product of two such functions at every point."""
    pairs = ((x, a, y, b) for (x, a) in one for (y, b) in other)
    return _collect([(x + y, a + b, one[x, a] * other[y, b]) for x, a, y, b in pairs])


def minus(one: Terms, other: Terms) -> Collected:
    """The difference of two such functions at every point."""
    return _collect([(*key, c) for key, c in one.items()] + [(*key, -c) for key, c in other.items()])


def convolved(one: Terms, other: Terms) -> Collected:
    """The density of the sum of two independent durations, for integer powers, by partial fractions."""
    parts: list[tuple[sp.Expr, sp.Expr, sp.Expr]] = []
    for (r, p), c in one.items():
        for (v, q), d in other.items():
            scale = c * d * sp.factorial(p) * sp.factorial(q)
            if r == v:
                parts.append((r, p + q + 1, scale / sp.factorial(p + q + 1)))
            else:
                parts += _fractions((r, int(p) + 1), (v, int(q) + 1), scale)
                parts += _fractions((v, int(q) + 1), (r, int(p) + 1), scale)
    return _collect(parts)


def _fractions(
    pole: tuple[sp.Expr, int], other: tuple[sp.Expr, int], scale: sp.Expr
) -> list[tuple[sp.Expr, sp.Expr, sp.Expr]]:
    """The terms of 1/((s + r)^m (s + v)^n) at the pole -r, as u^(k - 1) exp(-r u)/(k - 1)!."""
    (r, m), (v, n) = pole, other
    found = []
    for k in range(1, m + 1):
        sign = (-1) ** (m - k)
        residue = sign * sp.binomial(m - k + n - 1, n - 1) / (v - r) ** (n + m - k)
        found.append((r, sp.Integer(k - 1), scale * residue / sp.factorial(k - 1)))
    return found
