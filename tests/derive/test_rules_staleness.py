"""Rules about staleness: known counts, and wrong probabilities and variances found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule, Step
from derive.rules.laws import transform_of
from derive.rules.staleness import (
    AverageCountVariance,
    EquilibriumCountVariance,
    FactorialMoment,
    ReadCoefficient,
    TotalVariance,
    VarianceOfCount,
    count_variance,
    factorial_moment,
    renewal_integral,
)
from verify.identities import check_step

lam, t, theta, others, c2 = y.other_rate, y.t, y.mean_delay, y.workers - 1, y.cycle_variation
JOINT = Equation(sp.Function("Psi")(y.z, y.s), transform_of(y.s + lam * (1 - y.z)))
FIRST = Equation(factorial_moment[1], lam * y.delay_moment[1])
SECOND = Equation(factorial_moment[2], lam**2 * y.delay_moment[2])
COUNT = Equation(count_variance(t), t / theta + 2 * renewal_integral(t) / theta - (t / theta) ** 2)
WITHIN = Equation(y.mean_count_variance, 2 * y.overlap - c2)
CASES: list[tuple[Rule, tuple[Equation, ...], sp.Expr, tuple[sp.Expr, ...]]] = [
    (FactorialMoment(1), (JOINT,), FIRST.right, (-FIRST.right, lam, SECOND.right)),
    (FactorialMoment(2), (JOINT,), SECOND.right, (lam * y.delay_moment[2], SECOND.right + FIRST.right)),
    (
        VarianceOfCount(),
        (SECOND, FIRST),
        SECOND.right + FIRST.right - FIRST.right**2,
        (SECOND.right - FIRST.right**2, SECOND.right + FIRST.right, SECOND.right + FIRST.right - FIRST.right),
    ),
    (
        EquilibriumCountVariance(),
        (),
        COUNT.right,
        (t / theta, COUNT.right - t / theta, t / theta + renewal_integral(t) / theta - (t / theta) ** 2),
    ),
    (AverageCountVariance(), (COUNT,), WITHIN.right, (y.overlap - c2, 2 * y.overlap + c2, 2 * y.overlap, y.overlap)),
    (
        TotalVariance(),
        (WITHIN,),
        others * WITHIN.right + others**2 * c2,
        (others * WITHIN.right, others * WITHIN.right + others * c2, y.workers * WITHIN.right + others**2 * c2),
    ),
]


@pytest.mark.parametrize(
    ("rule", "inputs", "right", "wrong"), CASES, ids=[f"{type(case[0]).__name__}-{case[2]}" for case in CASES]
)
def test_the_rule_finds_the_known_result_and_its_check_finds_others(
    rule: Rule, inputs: tuple[Equation, ...], right: sp.Expr, wrong: tuple[sp.Expr, ...]
) -> None:
    made = Step(1, rule, inputs, rule.apply(*inputs))
    assert sp.expand(made.output.right - right) == 0
    assert check_step(made).passed, check_step(made).detail
    for other in wrong:
        assert not check_step(replace(made, output=Equation(made.output.left, other))).passed, other


def test_the_coefficients_are_probabilities() -> None:
    """Exponential cycles: they sum to 1, with mean lambda theta."""
    read = ReadCoefficient()
    made = Step(1, read, (JOINT,), read.apply(JOINT))
    assert check_step(made).passed

    def probability(count: int) -> sp.Expr:
        at_law = made.output.right.subs(y.j, count).replace(transform_of, lambda s: 1 / (1 + s))
        return sp.simplify(at_law.doit().subs(lam, 3))

    values = [probability(count) for count in range(12)]
    assert values == [sp.Rational(1, 4) * sp.Rational(3, 4) ** count for count in range(12)]
    shifted = made.output.right.subs(y.j, y.j + 1)
    unsigned = made.output.right.subs((-lam) ** y.j, lam**y.j)
    for other in (shifted, unsigned):
        assert other != made.output.right
        assert not check_step(replace(made, output=Equation(made.output.left, other))).passed


def test_binomial_counts_have_the_variance_of_their_factorial_moments() -> None:
    """Binomial(3, p): f_1 = 3 p, f_2 = 6 p^2, variance 3 p (1 - p)."""
    p = sp.Dummy("p", positive=True)
    found = VarianceOfCount().apply(Equation(factorial_moment[2], 6 * p**2), Equation(factorial_moment[1], 3 * p))
    assert sp.expand(found.right - 3 * p * (1 - p)) == 0
