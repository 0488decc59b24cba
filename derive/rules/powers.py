"""Stage: rules of calculus. Input: a positive product of powers. Output: the same, every base collected once."""

from __future__ import annotations

import sympy as sp


def tidy(expression: sp.Expr) -> sp.Expr:
    """Collect a positive product of powers through its logarithm, so that (k/(k + s theta))^k reads as such."""
    logarithm = sp.expand(sp.expand_log(sp.log(sp.factor(sp.together(expression))), force=True))
    bases: dict[sp.Expr, sp.Expr] = {}
    factor = sp.Integer(1)
    for term in sp.Add.make_args(logarithm):
        exponent, logs = term.as_independent(sp.log)
        if not isinstance(logs, sp.log):
            factor *= sp.exp(term)
        elif exponent.is_number:
            factor *= logs.args[0] ** exponent
        else:
            sign = -1 if exponent.could_extract_minus_sign() else 1
            bases[sign * exponent] = bases.get(sign * exponent, sp.Integer(1)) * logs.args[0] ** sign
    powers = []
    for exponent, base in bases.items():
        reduced = sp.factor(sp.cancel(base))
        absorbed = sp.factor(sp.cancel(factor / reduced))
        if sp.count_ops(absorbed) < sp.count_ops(factor):  # b c b^k = c b^(k+1)
            factor, exponent = absorbed, exponent + 1
        powers.append(reduced**exponent)
    return sp.powsimp(sp.Mul(factor, *powers))
