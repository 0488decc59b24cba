"""Stage: rules about drawn batches. Input: exponential workers that idle until their update. Output: their variance.

    A = E x^2, B = E x r, C = E r^2, D = E r r',  r and r' what two of the workers have read

An update spends a fair draw of n_B of the M gradients by their mean; who was drawn reads anew. These four close.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

_SIZES = ((2, 1), (3, 2), (3, 3), (4, 2))  # workers, gradients an update
_STEPS = (sp.Rational(1, 5), sp.Rational(2, 7))


@dataclass(frozen=True)
class VarianceOfDraws(Rule):
    """V = E x^2 of x' = x - epsilon mean(r) + noise over drawn gradients, each of those workers' reads r' = x'.

    What the update was drawn from forgets when it comes, so averages over time and over updates agree. The second route
    names up to four workers, lists every draw, and solves all second moments at exact numbers.
    """

    label: ClassVar[str] = "close the second moments over a fair draw, and solve"
    requires: ClassVar = (
        *(assumptions.EXPONENTIAL, assumptions.FIRST_FINISHED, assumptions.IDLE, assumptions.EXCHANGEABLE),
        *(assumptions.QUADRATIC, assumptions.NOISE, assumptions.STABLE),
    )

    def apply(self, *inputs: Equation) -> Equation:
        """Four linear equations."""
        square, crossed, read, pair = names = sp.symbols("A B C D", cls=sp.Dummy)
        size, count, step = y.batch, y.workers, y.step
        one = size / count  # the chance that a worker is drawn; of two workers: both, one of them, none
        both = one * (size - 1) / (count - 1)
        none = (1 - one) * (count - size - 1) / (count - 1)
        noise = (y.learning_rate * y.gradient_noise) ** 2 / size
        after = square - 2 * step * crossed + step**2 * (read + (size - 1) * pair) / size + noise
        kept = crossed - step * pair  # x' times a read that was not drawn
        rows = (
            after - square,
            one * after + (1 - one) * kept - crossed,
            one * after + (1 - one) * read - read,
            both * after + (1 - both - none) * kept + none * pair - pair,
        )
        (found,) = sp.linsolve(rows, names)
        return Equation(y.variance, _in_print(found[0]))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Every worker by name, at two steps, with a noise of its own size."""
        rate, noise = sp.Rational(2, 3), sp.Rational(5, 4)
        for count, size in _SIZES:
            for step in _STEPS:
                at = {y.workers: count, y.batch: size, y.step: step, y.learning_rate: rate, y.gradient_noise: noise}
                named = (rate * noise) ** 2 * variance_of_named_draws(count, size, step)
                yield sp.cancel(output.right.subs(at) - named)


def _in_print(expression: sp.Expr) -> sp.Expr:
    """Numerator and denominator by powers of the step, positive where it is small."""
    above, below = sp.fraction(sp.factor(expression))
    factors = [sp.collect(sp.expand(one), y.step, sp.factor) for one in sp.Mul.make_args(below)]
    inside = {y.step: 0, y.workers: 5, y.batch: 2}
    signs = [-1 if one.has(y.step) and one != y.step and one.subs(inside).is_negative else 1 for one in factors]
    flipped = (sp.collect(sp.expand(sign * one), y.step, sp.factor) for sign, one in zip(signs, factors, strict=True))
    tidy = sp.Mul(*(sp.collect(sp.expand(one), y.step, sp.factor) for one in sp.Mul.make_args(above)))
    return sp.prod(signs) * tidy / sp.Mul(*flipped)


def variance_of_named_draws(count: int, size: int, step: sp.Rational) -> sp.Rational:
    """E x^2 for gradient noise of variance 1 in units of the parameter, from all second moments of x and every read.

    Example: ``variance_of_named_draws(1, 1, sp.S.Half) == sp.Rational(4, 3)``.
    """
    draws, width = list(combinations(range(1, count + 1), size)), count + 1
    total, right = sp.zeros(width**2), sp.zeros(width**2, 1)
    for drawn in draws:
        moved, noise = sp.eye(width), sp.zeros(width, 1)
        moved[0, :] = sp.Matrix([[1, *(-step / size if i in drawn else 0 for i in range(1, width))]])
        noise[0] = 1
        for who in drawn:
            moved[who, :], noise[who] = moved[0, :], 1
        total += sp.kronecker_product(moved, moved) / len(draws)
        right -= sp.kronecker_product(noise, noise) / (size * len(draws))
    matrix = sp.polys.matrices.DomainMatrix.from_Matrix(total - sp.eye(width**2)).convert_to(sp.QQ)
    column = sp.polys.matrices.DomainMatrix.from_Matrix(right).convert_to(sp.QQ)
    return matrix.lu_solve(column).to_Matrix()[0]
