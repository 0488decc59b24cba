"""Stage: quadrature. Input: H = s + G(s), G a sum of c s^-p e^(-d s). Output: the integral beyond a frequency.

With x = G(iw)/(iw), |x| <= q = b/W beyond W (b the modulus bound on the axis), by orders in x and its conjugate

    int_W^inf dw/|H(iw)|^2 = int_W^inf (1/w^2) sum_(m + n < N) (-x)^m (-x*)^n dw + rest,

    |rest| <= (1/W) q^N (N + 1 - N q)/(1 - q)^2.

Every product of terms is c w^-p e^(-i d w), whose integral is c W^(1 - p) E_p(i d W): W need not grow with the digits,
though G of a constant delay does not decay along the axis and swings ever faster on a panel.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import sympy as sp

from numeric.enclosure import acb, arb, compile_ball, fmpq
from numeric.roots.function import Analytic

Terms: TypeAlias = dict[tuple[int, sp.Rational], Any]  # c of w^-p e^(-i d w) by (p, d)
NEAR = 8  # times the bound on |G|: where the expansion begins
MOST_TERMS = 4  # of G: the products of many atoms are too many


def terms_on_axis(whole: Analytic) -> Terms | None:
    """G(iw)/(iw) as a sum of c w^-p e^(-i d w) with rational delays d >= 0; None where it is none, or a long one."""
    s = whole.variable
    if whole.arrays or whole.function.has(sp.Sum):
        return None
    found: Terms = {}
    feedback = (whole.function - s).replace(_is_mean_exponential, _written_out)
    for term in sp.Add.make_args(sp.powsimp(sp.expand(feedback / s))):
        one = _term(term, s)
        if one is None:
            return None
        power, delay, factor = one
        key = (power, delay)
        found[key] = found.get(key, acb(0)) + factor * acb(0, -1) ** power
    return found if len(found) <= MOST_TERMS else None


def _is_mean_exponential(node: sp.Basic) -> bool:
    """Whether a node is 1F1(1; 2; z), the mean of e^(u z) over 0 < u < 1."""
    return isinstance(node, sp.hyper) and (tuple(node.ap), tuple(node.bq)) == ((1,), (2,))


def _written_out(node: sp.hyper) -> sp.Expr:
    return (sp.exp(node.argument) - 1) / node.argument


def _term(term: sp.Expr, s: sp.Symbol) -> tuple[int, sp.Rational, Any] | None:
    """p, d and c of c s^-p e^(-d s)."""
    factor, moving = term.as_independent(s, as_Add=False)
    power, delay = sp.Integer(0), sp.Integer(0)
    for part in sp.Mul.make_args(moving):
        base, exponent = part.as_base_exp()
        if base == s:
            power -= exponent
        elif isinstance(part, sp.exp):
            delay -= part.exp / s
        else:
            return None
    if not (power.is_Integer and power > 0 and delay.is_Rational and delay >= 0 and factor.is_number):
        return None
    return int(power), delay, compile_ball(factor, [s])(acb(0))


def oscillating_tail(terms: Terms, bound: Any, edge: Any, wanted: Any) -> Any:
    """int_W^inf dw/|H(iw)|^2 for W = ``edge`` > ``bound`` >= |G(iw)|, to ``wanted`` where the precision allows it.

    Example: ``bool(oscillating_tail({}, arb(0), arb(8), arb(1) / 9) == arb(1) / 8)``.
    """
    share, order = (bound / edge).upper(), 1
    while not (rest := _rest(share, order) / edge) < wanted:
        order += 1
    lowered: Terms = {key: -factor for key, factor in terms.items()}
    powers: list[Terms] = [{(0, sp.Integer(0)): acb(1)}]
    for _ in range(1, order):
        powers.append(_product(powers[-1], lowered))
    mirrored = [{(p, -d): factor.conjugate() for (p, d), factor in one.items()} for one in powers]
    total: Terms = {}
    for m in range(order):
        for n in range(order - m):
            for key, factor in _product(powers[m], mirrored[n]).items():
                total[key] = total.get(key, acb(0)) + factor
    beyond = sum(((factor * _beyond(p + 2, d, edge)).real for (p, d), factor in total.items()), arb(0))
    return beyond + arb(0, rest.upper())


def _rest(share: Any, order: int) -> Any:
    """The sum of (k + 1) q^k over k >= N."""
    return (share**order * (order + 1 - order * share) / (1 - share) ** 2).upper()


def _product(one: Terms, other: Terms) -> Terms:
    found: Terms = {}
    for (p, d), factor in one.items():
        for (more, later), weight in other.items():
            key = (p + more, d + later)
            found[key] = found.get(key, acb(0)) + factor * weight
    return found


def _beyond(power: int, delay: sp.Rational, edge: Any) -> Any:
    """int_W^inf w^-p e^(-i d w) dw."""
    if delay == 0:
        return acb(edge ** (1 - power) / (power - 1))
    turned = acb(0, arb(fmpq(int(delay.p), int(delay.q))) * edge)
    return edge ** (1 - power) * turned.expint(power)
