"""Stage: densities that are sums of c u^p exp(-r u). Input: such terms {(r, p): c}. Output: what follows from them.

Mixtures, sums and order statistics of exponential and Erlang laws stay in this class, with exact coefficients, and so
do their truncations at ``end``: such a density holds on (0, end) and is 0 beyond.
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


def unit_transform(order: sp.Expr, x: sp.Expr) -> sp.Expr:
    """int_0^1 v^(order - 1) exp(-x v) dv = 1F1(order; order + 1; -x)/order, entire in x.

    It is Gamma(order) times Tricomi's entire incomplete gamma function: no pole to cancel where x = 0.
    """
    return 1 / order if x == 0 else sp.hyper((order,), (order + 1,), -x) / order


def transform_of_terms(terms: Terms, s: sp.Expr, end: sp.Expr = sp.oo) -> sp.Expr:
    """int_0^end exp(-s u) f(u) du: c Gamma(p + 1)/(s + r)^(p + 1) a term, entire in s where the end is finite."""
    if end == sp.oo:
        return sp.Add(*(c * sp.gamma(p + 1) / (s + r) ** (p + 1) for (r, p), c in terms.items()))
    return sp.Add(*(c * end ** (p + 1) * unit_transform(p + 1, (s + r) * end) for (r, p), c in terms.items()))


def moment_of_terms(terms: Terms, n: int, end: sp.Expr = sp.oo) -> sp.Expr:
    """int_0^end u^n f(u) du: c Gamma(p + n + 1)/r^(p + n + 1) a term, or its lower incomplete gamma function."""
    raised = {(r, p + n): c for (r, p), c in terms.items()}
    if end != sp.oo:
        return cdf_of_terms(raised, end)
    return sp.Add(*(c * sp.gamma(p + 1) / r ** (p + 1) for (r, p), c in raised.items()))


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


def raised(terms: Terms, exponent: int, most: int) -> Collected:
    """The power of such a function for an exponent >= 0; ``OverflowError`` where a product needs over ``most``."""
    power: Collected = {(ZERO, ZERO): ONE}
    for _ in range(exponent):
        power = bounded_times(power, terms, most)
    return power


def bounded_times(one: Terms, other: Terms, most: int) -> Collected:
    """The product, or ``OverflowError`` where it takes over ``most`` products of terms."""
    if len(one) * len(other) > most:
        raise OverflowError(f"{len(one) * len(other)} products of terms")
    return times(one, other)


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
