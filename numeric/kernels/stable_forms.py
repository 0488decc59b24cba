"""Stage: stable forms. Input: an expression. Output: the same function, in operations that keep a double's digits.

    (A/B)^E = exp(E log(1 + (A - B)/B))           e^A erfc(y) = e^(A - y^2) erfcx(y)
    sqrt(Q) - C = (Q - C^2)/(sqrt(Q) + C)         cos A - cos B = -2 sin((A + B)/2) sin((A - B)/2)

What would overflow or cancel is written otherwise; nothing else changes, and the hash stays that of the expression.
Some forms hold only on one side: those are functions of their own, which choose at every point.
"""

from __future__ import annotations

import sympy as sp
from sympy.codegen.rewriting import expm1_opt, log1p_opt, optimize
from sympy.core.function import AppliedUndef

UNSUPPORTED = {
    sp.Integral: "an integral; use numeric.enclosed.quadrature",
    sp.Derivative: "a derivative that could not be carried out",
    sp.Subs: "a substitution that could not be carried out",
    AppliedUndef: "an unknown function",
    sp.Product: "a product over an index",
    sp.MatrixBase: "a matrix",
    sp.MatrixExpr: "a matrix",
}


class NotCompilableError(ValueError):
    """The expression holds something that no kernel evaluates; the message names it."""


class regularised_gamma(sp.Function):  # noqa: N801  (written like SymPy's functions)
    """lowergamma(a, x)/gamma(a), which neither overflows nor cancels."""

    is_extended_real = True
    is_nonnegative = True


class regularised_upper_gamma(regularised_gamma):  # noqa: N801
    """uppergamma(a, x)/gamma(a)."""


class mirrored_erfc(sp.Function):  # noqa: N801
    """erfc(-x), which SymPy would write as 2 - erfc(x): for large x nothing would be left."""

    is_extended_real = True
    is_nonnegative = True


class scaled_erfc(regularised_gamma):  # noqa: N801
    """e^(y^2) erfc(y), which falls like 1/y where erfc(y) is no double any more."""


class beta_excess(regularised_gamma):  # noqa: N801
    """2 I(a, b + 1) - (1 + a/b) I(a, b), I the regularised incomplete beta function at 1/2, for a >= b."""


class log_ratio(sp.Function):  # noqa: N801
    """log(1 + g) for a ratio 1 + g that is given, too: by g where that is small, else by the ratio."""

    def _eval_is_extended_real(self) -> bool | None:
        return True if self.args[1].is_extended_positive else None


class log1p_modulus(sp.Function):  # noqa: N801
    """log|1 + x| for real x."""

    is_extended_real = True


class root_difference(sp.Function):  # noqa: N801
    """T - C for C > 0 with T^2 - C^2 given: by it over T + C where T has a positive real part."""

    def _eval_is_extended_real(self) -> bool | None:
        return True if all(part.is_extended_real for part in self.args) else None


def stable_form(expression: sp.Expr) -> sp.Expr:
    """The same function in a form that doubles evaluate without needless overflow or cancellation."""
    if isinstance(expression, sp.Derivative | sp.Subs) or expression.has(sp.Derivative, sp.Subs):
        expression = expression.doit()
    for kind, reason in UNSUPPORTED.items():
        if isinstance(expression, kind) or expression.has(kind):
            raise NotCompilableError(f"{expression} holds {reason}; allowed: one closed scalar expression")
    expression = expression.replace(sp.lowergamma, lambda a, x: sp.gamma(a) * regularised_gamma(a, x))
    expression = expression.replace(sp.uppergamma, lambda a, x: sp.gamma(a) * regularised_upper_gamma(a, x))
    expression = expression.replace(
        sp.betainc, lambda a, b, low, high: sp.beta(a, b) * sp.betainc_regularized(a, b, low, high)
    )
    for kind, (rule, where) in RULES.items():
        if expression.has(kind):
            expression = expression.replace(where, rule)
    expression = sp.powsimp(expression, combine="base")
    return optimize(expression.replace(sp.Pow, _near_one), (expm1_opt, log1p_opt))


def _mirrored(*terms: sp.Expr) -> sp.Expr:
    """2 c - c erfc(x) as c erfc(-x)."""
    for term in terms:
        size, tail = term.as_coeff_Mul()
        if isinstance(tail, sp.erfc) and -2 * size in terms:
            rest = [other for other in terms if other not in (term, -2 * size)]
            return sp.Add(*rest, -size * mirrored_erfc(tail.args[0]))
    return sp.Add(*terms)


def _beta_excess(*terms: sp.Expr) -> sp.Expr:
    """2 I_1/2(a, b + 1) - (1 + a/b) I_1/2(a, b), whose terms cancel where both are small."""
    halves = {one.args[:2]: one for term in terms for one in term.atoms(sp.betainc_regularized) if _to_half(one)}
    for (a, b), one in halves.items():
        other = halves.get((a, b + 1))
        if len(terms) == 2 and other is not None and sp.simplify(sp.Add(*terms) - 2 * other + (1 + a / b) * one) == 0:
            return beta_excess(a, b)
    return sp.Add(*terms)


def _to_half(node: sp.Expr) -> bool:
    return node.args[2:] == (sp.S.Zero, sp.S.Half)


def _near_one(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """(A/B)^E as exp(E log(1 + (A - B)/B)) where A - B is simpler: a large E would magnify the rounding of A/B."""
    above, below = sp.fraction(sp.together(base))
    if exponent.is_number or below.is_number:
        return sp.Pow(base, exponent)
    for angle in [node for node in below.atoms(sp.cos) if above == 1]:
        above = sp.sin(angle.args[0] / 2) ** 2 * 2 + angle  # 1 - cos x = 2 sin^2(x/2), without cancellation
    gap = sp.expand(above - below)
    if gap.count_ops() > below.count_ops() + 3:
        return sp.Pow(base, exponent)
    return sp.exp(exponent * log_ratio(gap / below, above / below))


def _exponentials(*factors: sp.Expr) -> sp.Expr:
    """e^A e^B as e^(A + B), and e^A erfc(y) by the scaled function: neither factor need be a double."""
    powers = [factor.args[0] for factor in factors if isinstance(factor, sp.exp)]
    tails = [factor for factor in factors if isinstance(factor, sp.erfc) and _inside(factor.args[0]).is_nonnegative]
    if not powers or len(powers) + len(tails[:1]) < 2:
        return sp.Mul(*factors)
    rest = [factor for factor in factors if not isinstance(factor, sp.exp) and factor not in tails[:1]]
    if not tails:
        return sp.Mul(*rest, sp.exp(sp.together(sum(powers))))
    y = tails[0].args[0]
    return sp.Mul(*rest, sp.exp(sp.factor(sp.expand(sum(powers) - y**2))), scaled_erfc(y))


def _cosines(*terms: sp.Expr) -> sp.Expr:
    """c cos A - c cos B as a product of sines."""
    parts = [(term, *term.as_independent(sp.cos)) for term in terms if term.has(sp.cos)]
    for term, size, one in parts:
        for other, minus, two in parts:
            if (
                isinstance(one, sp.cos)
                and isinstance(two, sp.cos)
                and size == -minus
                and not size.could_extract_minus_sign()
            ):
                half, apart = (sp.factor((one.args[0] + sign * two.args[0]) / 2) for sign in (1, -1))
                rest = [left for left in terms if left not in (term, other)]
                return sp.Add(*rest, -2 * size * sp.sin(half) * sp.sin(apart))
    return sp.Add(*terms)


def _roots(*terms: sp.Expr) -> sp.Expr:
    """T - C, T with a square root, where T^2 - C^2 is a product without differences."""
    for term in terms if len(terms) == 2 else ():
        other = -(terms[0] if term is terms[1] else terms[1])
        root = any(isinstance(factor, sp.Pow) and factor.exp == sp.S.Half for factor in sp.Mul.make_args(term))
        if root and other.is_positive and not term.is_number:
            gap = sp.factor(sp.expand(term**2 - other**2))
            sums = [part for part in sp.Mul.make_args(gap) if part.is_Add]
            if all(one.is_nonnegative for part in sums for one in part.args):
                return root_difference(term, other, gap)
    return sp.Add(*terms)


def _modulus(argument: sp.Expr) -> sp.Expr:
    """log|x - 1| by log(1 - x) next to 0."""
    inner = argument.args[0] if isinstance(argument, sp.Abs) and is_real(argument.args[0]) else sp.S.Zero
    for sign in (1, -1):
        rest = sign * inner - 1
        if inner.is_Add and not rest.is_Add:
            return log1p_modulus(rest)
    return sp.log(argument)


RULES = {  # what an expression must hold -> (the rule, where it applies)
    sp.erfc: (_mirrored, sp.Add),
    sp.betainc_regularized: (_beta_excess, sp.Add),
    sp.exp: (_exponentials, sp.Mul),
    sp.cos: (_cosines, sp.Add),
    sp.Pow: (_roots, sp.Add),
    sp.log: (_modulus, sp.log),
}


def is_real(expression: sp.Basic) -> bool:
    """Whether SymPy's assumptions prove every finite value real; a sum is as real as its terms."""
    terms = expression.replace(sp.Sum, lambda function, *_: function) if expression.has(sp.Sum) else expression
    return bool(_inside(terms).is_extended_real)


def _inside(terms: sp.Basic) -> sp.Basic:
    """With symbols >= 0 taken as > 0: at a pole on the edge of a range there is no finite value to speak of."""
    edges = [name for name in terms.free_symbols if name.is_Symbol and name.is_nonnegative and name.is_positive is None]
    return terms.subs({name: sp.Dummy(positive=True) for name in edges if not name.is_integer})
