"""Stage: layout. Input: SymPy expressions. Output: the order of terms and factors, and what needs brackets."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

# Before and after all other letters: "eta h M", "M lambda", "s tau", as the field writes products.
_EARLY = ("eta", "sigma", *"hknjmKMNqa", "epsilon", "lambda", "Lambda", "mu")
_LATE = ("omega", *"rszw", "phi", "theta", "tau", "tauhat", "u", "v", "t")
_ANGLES = ("w", "phi")  # after brackets: (K + 1/2) w
_COUNTS = frozenset((*"MKNnkjmS", "ell", "n_B", "n_r", "d_s"))
_BIG = (sp.Integral, sp.Sum, sp.Product, sp.Limit)
_MAIN_VARIABLES = ("s", "z")
_STAGE_VARIABLES = ("v",)  # a polynomial in them has symbolic degrees


def strength(expr: Any) -> int:
    """How tightly the printed form holds together: 0 relation, 1 sum, 2 large operator, 3 product, 4 power, 5 atom."""
    if isinstance(expr, (sp.core.relational.Relational, sp.logic.boolalg.BooleanFunction)):
        return 0
    if isinstance(expr, sp.Add) or (isinstance(expr, sp.Expr) and _starts_with_minus(expr)):
        return 1
    if isinstance(expr, (*_BIG, sp.Piecewise)) or (isinstance(expr, sp.Derivative) and not is_primed(expr)):
        return 2
    if isinstance(expr, (sp.Mul, sp.Subs, sp.Float)) or (isinstance(expr, sp.Rational) and expr.q != 1):
        return 3
    if isinstance(expr, sp.Pow) and expr.exp.is_Rational:
        return 3 if expr.exp.is_negative else 5 if expr.exp.p == 1 and expr.exp.q <= 4 else 4
    if isinstance(expr, (sp.Pow, sp.exp, sp.factorial)):
        return 4
    return 5


def _starts_with_minus(expr: Any) -> bool:
    if expr.is_number and expr.is_Atom:
        return bool(expr.is_extended_negative)
    coefficient = expr.as_coeff_Mul()[0] if isinstance(expr, sp.Mul) else sp.S.One
    return bool(coefficient.is_extended_negative)


def is_primed(expr: Any) -> bool:
    """Whether a derivative reads as f'(t): an unknown function of one argument, up to the third order or symbolic."""
    if not isinstance(expr, sp.Derivative):
        return False
    inner, *variables = expr.args
    if not isinstance(inner, AppliedUndef) or len(inner.args) != 1 or len(variables) != 1:
        return False
    return bool(variables[0][0] == inner.args[0])


def factor_key(factor: Any) -> tuple[Any, ...]:
    """Numbers, constants, letters in the field's order, brackets, exponentials, functions, large operators."""
    base = factor.base if isinstance(factor, sp.Pow) and not isinstance(factor, sp.exp) else factor
    label = base.base.label if isinstance(base, sp.Indexed) else base
    name = label.name if isinstance(label, sp.Symbol) else ""
    letter = name.partition("_")[0]
    rank: float
    if factor.is_Rational or isinstance(factor, sp.Float):
        rank = 0
    elif isinstance(factor, sp.exp):
        rank = 6
    elif isinstance(factor, sp.binomial) or (
        isinstance(factor, sp.Pow) and isinstance(base, sp.Rational) and not factor.exp.is_number
    ):
        rank = 1
    elif isinstance(base, AppliedUndef) and isinstance(factor, sp.Pow):
        rank = 3.5  # F^j (1 - F)^(M - j)
    elif factor.is_number and isinstance(base, (sp.Rational, sp.NumberSymbol, sp.core.numbers.ImaginaryUnit)):
        rank = 2 if base == sp.I else 1
    elif name:
        rank = 5 if name in _ANGLES else 3
    elif isinstance(base, (sp.Add, sp.Mul)):
        rank = 4
    elif isinstance(factor, (*_BIG, sp.Derivative, sp.Subs, sp.Piecewise)) and not _primed(factor):
        rank = 8
    else:
        rank = 7
    place = _EARLY.index(letter) if letter in _EARLY else 100 + _LATE.index(letter) if letter in _LATE else 50
    symbolic_exponent = bool(isinstance(factor, sp.Pow) and not factor.exp.is_number)
    return rank, symbolic_exponent, place, sp.default_sort_key(factor)


def is_large(factor: Any) -> bool:
    """Whether the factor reaches to the right as far as it can: a sum, an integral, a list of cases."""
    return isinstance(factor, (*_BIG, sp.Piecewise))


def _primed(factor: Any) -> bool:
    return isinstance(factor, sp.Derivative) and is_primed(factor)


def ordered_terms(expr: Any) -> list[Any]:
    """The terms of a sum as the field writes them.

    Falling powers of s or z; counts before numbers (``M - 1``), numbers before parameters (``1 + M epsilon``, rising
    degree); then brackets, then functions; a positive term in front.
    """
    return list(_ordered(expr))


@cache
def _ordered(expr: Any) -> tuple[Any, ...]:
    if (rising := _series(expr)) is not None:
        return tuple(rising)
    number = expr.as_coeff_Add()[0]
    counting = counts_only(expr) and not sp.fraction(sp.together(expr))[1].free_symbols
    monic = _monic(expr)
    leads = bool(number > 0) if number.is_real and not counting and not monic else False
    variables = (*_MAIN_VARIABLES, *_STAGE_VARIABLES) if monic else ()
    terms = sorted(expr.as_ordered_terms(), key=lambda term: _term_key(term, leads, variables))
    if terms[0].could_extract_minus_sign():
        positive = next((term for term in terms if not term.could_extract_minus_sign()), None)
        if positive is not None:
            terms.remove(positive)
            terms.insert(0, positive)
    return tuple(terms)


def _series(expr: Any) -> list[Any] | None:
    """The terms of a power series by rising powers, a + m_1 a^2 + (...) a^3; None where it is none."""
    if len(expr.args) <= 2:
        return None
    for symbol in sorted(expr.free_symbols, key=str):
        if symbol.name in _MAIN_VARIABLES or not all(symbol in term.free_symbols for term in expr.args):
            continue
        powers = [term.as_coeff_exponent(symbol)[1] for term in expr.args]
        if all(power.is_Integer and power > 0 for power in powers) and len(set(powers)) == len(powers):
            return [term for _, term in sorted(zip(powers, expr.args, strict=True), key=lambda pair: int(pair[0]))]
    return None


def counts_only(expr: Any) -> bool:
    """Whether every symbol of the expression counts something, and there is one: M - 1."""
    return bool(expr.free_symbols) and {str(symbol) for symbol in expr.free_symbols} <= _COUNTS


def trails(factor: Any, below: list[Any]) -> bool:
    """Whether a factor stands after the fraction: a power of a bracketed fraction, f^(j)(x) over factorials."""
    if isinstance(factor, sp.Pow) and not isinstance(factor, sp.exp) and not factor.exp.is_number:
        return sp.fraction(factor.base)[1] != 1
    derived = isinstance(factor, (sp.Derivative, sp.Subs, AppliedUndef, sp.erfc))
    counted = [one.is_Integer or isinstance(one, sp.factorial) for one in below]
    return derived and (all(counted) or any(isinstance(one, sp.factorial) for one in below))


def _monic(expr: Any) -> bool:
    """Whether the sum has a bare power of s or z, as in ``z - 1`` or ``s^2 + 1``, or one to a symbolic exponent."""
    powers = [term.as_base_exp()[0] for term in expr.args]
    powers += [factor.base for term in expr.args for factor in term.args if _is_symbolic_power(factor)]
    return any(isinstance(base, sp.Symbol) and base.name in _MAIN_VARIABLES for base in powers) or _in_stages(expr)


def _in_stages(expr: Any) -> bool:
    return any(
        _is_symbolic_power(one) and one.base.name in _STAGE_VARIABLES
        for one in expr.atoms(sp.Pow)
        if isinstance(one.base, sp.Symbol)
    )


def _is_symbolic_power(factor: Any) -> bool:
    return isinstance(factor, sp.Pow) and not factor.exp.is_number


def _term_key(term: Any, number_leads: bool, variables: tuple[str, ...]) -> tuple[Any, ...]:
    transcendental = not term.is_number and term.has(sp.exp, sp.Function, sp.Integral, sp.Sum, sp.Derivative)
    reaching = any(isinstance(factor, _BIG) for factor in sp.Mul.make_args(term))
    factors = [factor.as_base_exp() for factor in sp.Mul.make_args(term)]
    bracketed = any(isinstance(base, sp.Add) for base, _ in factors)
    if number_leads:
        total = sum(float(exponent) for base, exponent in factors if exponent.is_number and not base.is_number)
        return reaching, transcendental, not term.is_number, bracketed, total
    degrees = []
    for name in variables:
        found = [exponent for base, exponent in factors if isinstance(base, sp.Symbol) and base.name == name]
        degrees.append(-_degree(found[0]) if found else 0.0)
    return reaching, transcendental, *degrees, bracketed, term.is_number


def _degree(exponent: Any) -> float:
    if exponent.is_number:
        return float(exponent)
    constant = float(exponent.as_coeff_Add()[0])
    return constant + (-100.0 if exponent.could_extract_minus_sign() else 100.0)
