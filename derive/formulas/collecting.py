"""Stage: layout. Input: a SymPy sum. Output: the same sum, with the factor that two of its terms share written once.

    s - Lambda beta + Lambda -> s + Lambda (1 - beta)     k + lambda theta + s theta -> k + theta (s + lambda)

An author writes so where the others of at least three terms know nothing of that factor. The value never changes.
"""

from __future__ import annotations

from typing import Any

import sympy as sp


def collected(expr: Any) -> Any:
    """The sum with a factor taken out of the two terms that alone hold it, where what is left is short.

    Example: ``collected(y.s + y.curvature - y.curvature * y.momentum) == y.s + y.curvature * (1 - y.momentum)``.
    """
    terms = list(expr.args)
    if len(terms) < 3:
        return expr
    found = [pair for factor in _candidates(terms) if (pair := _shared(terms, factor)) is not None]
    if not found:
        return expr
    factor, bracket, rest = min(
        found,
        key=lambda one: (not one[1].as_coeff_Add()[0], -len(sp.Mul.make_args(one[0])), sp.default_sort_key(one[0])),
    )
    return sp.Add(*rest, factor * bracket)


def signed(term: Any) -> tuple[bool, Any]:
    """Whether a term of a sum is subtracted, and what then: p (M - 1) is added, (-K/2 - 1/4) w subtracted.

    Example: ``signed(-y.damping) == (True, y.damping)``.
    """
    term = sp.sympify(term)
    if isinstance(term, sp.Add):
        return False, term
    sums = [factor for factor in term.args if isinstance(factor, sp.Add)] if isinstance(term, sp.Mul) else []
    if len(sums) == 1 and not any(factor.is_number for factor in term.args):
        minus = [one.as_coeff_Mul()[0].is_negative for one in sums[0].args]
        if all(minus):
            return True, term.xreplace({sums[0]: -sums[0]})
        if len(minus) == 2:
            return False, term
    negative = bool(term.could_extract_minus_sign())
    return negative, -term if negative else term


def with_one_bar(exponent: Any) -> Any:
    """A sum of fractions over one letter as one fraction: sqrt(x)/n - y/n is (sqrt(x) - y)/n.

    Example: ``with_one_bar(y.s / y.shape - 1 / y.shape) == (y.s - 1) / y.shape``.
    """
    if not isinstance(exponent, sp.Add):
        return exponent
    below = [sp.fraction(term)[1] for term in exponent.args]
    shared = [one for one in below if one.free_symbols and below.count(one) > 1]
    return sp.together(exponent) if shared else exponent


def _candidates(terms: list[Any]) -> list[Any]:
    """Products of letters and their powers, and of brackets, that are factors of two terms."""
    pairs = [(one, two) for at, one in enumerate(terms) for two in terms[at + 1 :]]
    shared = (
        [factor for factor in sp.Mul.make_args(one) if factor in sp.Mul.make_args(two) and _is_shared(factor)]
        for one, two in pairs
    )
    return list(dict.fromkeys(sp.Mul(*factors) for factors in shared if factors))


def _is_shared(factor: Any) -> bool:
    base, exponent = factor.as_base_exp()
    if not isinstance(base, (sp.Symbol, sp.Add)) or not exponent.is_Integer:
        return False
    return bool(exponent > 0) or isinstance(base, sp.Add)


def _shared(terms: list[Any], factor: Any) -> tuple[Any, Any, list[Any]] | None:
    """The factor, what it multiplies and the other terms; None where others know its letters or much is left."""
    wanted = set(sp.Mul.make_args(factor))
    holding = [term for term in terms if wanted <= set(sp.Mul.make_args(term))]
    if len(holding) != 2:
        return None
    rest = [term for term in terms if term not in holding]
    left = [term / factor for term in holding]
    letters = set().union(*(one.free_symbols for one in wanted if isinstance(one.as_base_exp()[0], sp.Symbol)))
    known = set().union(*(other.free_symbols for other in rest))  # a polynomial in s stays one
    powers = {one for one in known if one.name in ("s", "z")}
    if any(one.free_symbols & letters or not _is_short(one) or one.free_symbols & powers for one in left):
        return None
    return None if letters & known else (factor, sp.Add(*left), rest)


def _is_short(cofactor: Any) -> bool:
    number, letter = cofactor.as_coeff_Mul()
    return bool(abs(number) == 1 and (letter == 1 or isinstance(letter, sp.Symbol)))
