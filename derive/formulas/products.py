"""Stage: layout. Input: a SymPy product. Output: its sign, its factors above and below the bar, as one writes them.

    e^a e^b -> e^(a+b)     sqrt(2)/2 -> 1/sqrt(2)     (K/(K+1))^K/(K+1) -> K^K/(K+1)^(K+1)     -(p-1) -> 1-p

The value never changes, only where factors stand.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive.formulas.order import counts_only
from derive.formulas.radicals import half_angled, rooted


def split_product(expr: Any) -> tuple[bool, list[Any], list[Any]]:
    """Sign, factors above and factors below the bar; a symbol's power with a symbolic exponent stays above.

    Example: ``split_product(-y.damping / 2) == (True, [y.damping], [2])``.
    """
    tops: list[Any] = []
    bottoms: list[Any] = []
    negative = False
    given = _quotients([part for one in sp.Mul.make_args(expr) for part in _constants_first(one)])
    parted = [part for one in given for part in _without_bars(half_angled(one), alone=len(given) == 1)]
    factors = _opened(_with_one_exponential(parted))
    for factor in factors:
        if isinstance(factor, sp.Rational):
            negative ^= bool(factor < 0)
            tops += [sp.Integer(abs(factor.p))] if abs(factor.p) != 1 else []
            bottoms += [sp.Integer(factor.q)] if factor.q != 1 else []
        elif isinstance(factor, sp.Pow) and factor.exp.is_Rational and factor.exp.is_negative:
            bottoms.append(sp.Pow(factor.base, -factor.exp, evaluate=factor.exp == -1))
        elif isinstance(factor, sp.exp) and factor.exp.is_Rational and factor.exp.is_negative:
            bottoms.append(sp.exp(-factor.exp))
        elif _is_reciprocal(factor) and len(factors) > 1:
            bottoms.append(sp.Pow(1 / factor.base, factor.exp))
        elif _is_turned_quotient(factor):
            tops.append(sp.Pow(1 / factor.base, -factor.exp))
        elif _sinks(factor) and len(factors) > 1:
            bottoms.append(sp.Pow(factor.base, -factor.exp))
        elif factor.is_number and factor.could_extract_minus_sign() and not isinstance(factor, sp.Add):
            negative = not negative
            tops.append(-factor)
        else:
            tops.append(factor)
    tops, bottoms = rooted(_absorbed(tops), _merged(bottoms))
    return _signed(negative, tops, bottoms)


def constant_first(expr: Any) -> tuple[Any, Any] | None:
    """What does not depend on the running variable, and the sum or integral of the rest; None where all of it does.

    Factorials stay inside, where they belong to a binomial coefficient.

    Example: ``constant_first(sp.Sum(y.damping / y.j, (y.j, 1, 3)))[0] == y.damping``.
    """
    constant, rest = expr.function.as_independent(*expr.variables, as_Add=False)
    if constant == 1 or rest == 1 or constant.has(sp.factorial) or constant.could_extract_minus_sign():
        return None
    return constant, expr.func(rest, *expr.limits)


def _quotients(factors: list[Any]) -> list[Any]:
    """u^n t^-n as (u/t)^n, for letters and a symbolic n."""
    lettered = [one for one in factors if isinstance(one, sp.Pow) and isinstance(one.base, sp.Symbol)]
    for one in lettered:
        other = next((two for two in lettered if two.exp == -one.exp and not one.exp.is_number), None)
        if other is not None and not one.exp.could_extract_minus_sign():
            rest = [factor for factor in factors if factor not in (one, other)]
            return [*rest, sp.Pow(one.base / other.base, one.exp, evaluate=False)]
    return factors


def _constants_first(factor: Any) -> tuple[Any, ...]:
    taken = constant_first(factor) if isinstance(factor, (sp.Sum, sp.Integral)) else None
    return (factor,) if taken is None else (*sp.Mul.make_args(taken[0]), taken[1])


def _without_bars(factor: Any, alone: bool) -> tuple[Any, ...]:
    """|1/x|^2 as 1/|x|^2, and beside other factors |x/y| as |x|/|y|."""
    base, exponent = factor.as_base_exp()
    if not isinstance(base, sp.Abs):
        return (factor,)
    above, below = sp.fraction(base.args[0])
    if below == 1 or (above != 1 and (alone or exponent != 1)):
        return (factor,)
    parted = sp.Pow(sp.Abs(below), -exponent)
    return (parted,) if above == 1 else (sp.Abs(above), parted)


def _is_turned_quotient(factor: Any) -> bool:
    """Whether the factor is (A/B)^-n with a symbolic n: (B/A)^n."""
    if not isinstance(factor, sp.Pow) or factor.exp.is_number or not factor.exp.could_extract_minus_sign():
        return False
    return bool(all(part != 1 for part in sp.fraction(factor.base)))


def _with_one_exponential(factors: list[Any]) -> list[Any]:
    """Several exponentials as one, its exponent over one bar."""
    powers = [factor for factor in factors if isinstance(factor, sp.exp) and not factor.exp.is_number]
    if len(powers) < 2:
        return factors
    whole = sp.exp(sp.factor_terms(sp.together(sum(factor.exp for factor in powers))))
    return [*(factor for factor in factors if factor not in powers), whole]


def _opened(factors: list[Any]) -> list[Any]:
    """(A/B)^n beside a power of B as A^n and B^-n, which then share a bar."""
    below = {factor.base for factor in factors if isinstance(factor, sp.Pow) and factor.exp.is_negative}
    opened: list[Any] = []
    for factor in factors:
        above, under = sp.fraction(factor.base) if isinstance(factor, sp.Pow) else (factor, sp.S.One)
        if under in below and above != 1 and not factor.exp.is_number:
            opened += [sp.Pow(above, factor.exp), sp.Pow(sp.Pow(under, -1), factor.exp, evaluate=False)]
        else:
            opened.append(factor)
    return opened


def _signed(negative: bool, tops: list[Any], bottoms: list[Any]) -> tuple[bool, list[Any], list[Any]]:
    """Signs moved into sums that read better turned round: mostly negative ones, then one that takes the minus."""
    factors = [*tops, *bottoms]
    turned: set[int] = set()
    for place, factor in enumerate(factors):
        if _reads_turned(factor):
            turned.add(place)
    if negative ^ bool(len(turned) % 2):
        willing = [
            place for place, one in enumerate(factors) if place not in turned and _may_turn(one, paired=bool(turned))
        ]
        if willing:
            turned.add(willing[-1])
        elif not negative and not any(_negative_terms(factors[place]) == len(factors[place].args) for place in turned):
            return negative, tops, bottoms  # turning would only put a minus in front
    negative ^= bool(len(turned) % 2)
    factors = [-factor if place in turned else factor for place, factor in enumerate(factors)]
    return negative, factors[: len(tops)], factors[len(tops) :]


def _negative_terms(factor: Any) -> int:
    return sum(bool(term.could_extract_minus_sign()) for term in factor.args)


def _reads_turned(factor: Any) -> bool:
    """Whether most terms of a sum are negative, or the running variable is: u - t."""
    if not isinstance(factor, sp.Add):
        return False
    if 2 * _negative_terms(factor) > len(factor.args):
        return True
    if counts_only(factor) and len(factor.args) == 2 and factor.as_coeff_Add()[0] > 0:
        return bool(_negative_terms(factor))  # 1 - M
    plain = len(factor.args) == 2 and factor.as_coeff_Add()[0] == 0
    return plain and any(term.could_extract_minus_sign() and str(-term) in "tsz" for term in factor.args)


def _may_turn(factor: Any, paired: bool) -> bool:
    """Whether a sum can take a minus sign: it has a negative term, and it is no count such as M - 1.

    A difference of two symbols takes one only beside a sum that was turned (``paired``).
    """
    if not isinstance(factor, sp.Add) or counts_only(factor):
        return False
    if not paired and all(isinstance(term.as_coeff_Mul()[1], sp.Symbol) for term in factor.args):
        return False
    return bool(_negative_terms(factor)) and not any(str(term) in "sz" for term in factor.args)


def _merged(factors: list[Any]) -> list[Any]:
    """Equal bases with a symbolic exponent put together: cos x cos^k x is cos^(k+1) x."""
    powers: dict[Any, Any] = {}
    for factor in factors:
        base, exponent = (factor.base, factor.exp) if isinstance(factor, sp.Pow) else (factor, sp.S.One)
        powers[base] = powers.get(base, sp.S.Zero) + exponent
    if len(powers) == len(factors):
        return factors
    return [base if exponent == 1 else sp.Pow(base, exponent, evaluate=False) for base, exponent in powers.items()]


def _absorbed(factors: list[Any]) -> list[Any]:
    """M t (M t)^j as (M t)^(j + 1)."""
    for power in factors:
        if isinstance(power, sp.Pow) and not power.exp.is_number:
            parts = sp.Mul.make_args(power.base)
            if all(part in factors for part in parts):
                rest = [one for one in factors if one not in parts and one != power]
                return [*rest, sp.Pow(power.base, power.exp + 1, evaluate=False)]
    return factors


def _is_reciprocal(factor: Any) -> bool:
    """Whether the factor is (1/base)^n with a symbolic n."""
    return bool(isinstance(factor, sp.Pow) and not factor.exp.is_number and sp.fraction(factor.base)[0] == 1)


def _sinks(factor: Any) -> bool:
    """Whether ``base^-n`` with a symbolic n reads better below the bar: cos, sums and the like, not z^-K or e^-x."""
    if not isinstance(factor, sp.Pow):
        return False
    summed = isinstance(factor.exp, sp.Add) and not factor.exp.is_number
    if summed and all(term.could_extract_minus_sign() for term in factor.exp.args):
        return True  # u^(-alpha - 1)
    if isinstance(factor.base, (type(sp.E), sp.Rational)) or str(factor.base) in "sz":
        return False
    if isinstance(factor.exp, sp.Add) and factor.exp.as_coeff_Add()[0] == 0 and len(factor.exp.args) == 2:
        return False  # (1 - F)^(n - j)
    return bool(not factor.exp.is_number and factor.exp.could_extract_minus_sign())
