"""Rules about laws made of laws: two exponential parts by hand, wrong results of several kinds refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Derivation, Equation
from derive.derivations import composed
from derive.rules.composed import EVERY, Subject, base_cdf, part_moment, part_transform, part_weight, with_parts
from verify.identities import check_step

ENDS = (0, y.parts - 1)


def refused(derived: Derivation, *wrong: sp.Expr) -> None:
    step = derived.steps[-1]
    assert check_step(step, domain=derived.domain).passed
    for right in wrong:
        planted = replace(step, output=Equation(step.output.left, right))
        assert not check_step(planted, domain=derived.domain).passed, right


def test_two_exponential_parts_by_hand() -> None:
    """Rates 1 and 2: L = 2/((1 + s)(2 + s)), E tau^2 = 2 + 1/2 + 2 (1)(1/2) = 7/2."""
    rates = {1: sp.Integer(1), 2: sp.Integer(2)}
    functions = {
        part_transform: lambda j, at: rates[j] / (rates[j] + at),
        part_moment: lambda j, order: sp.factorial(order) / rates[j] ** order,
    }
    transform = with_parts(composed.sum_transform().result.right, 2, functions)
    assert sp.simplify(transform - 2 / ((1 + y.s) * (2 + y.s))) == 0
    assert with_parts(composed.sum_second_moment().result.right, 2, functions) == sp.Rational(7, 2)


def test_a_sum_is_neither_a_mean_nor_a_power() -> None:
    part, every = part_transform(y.j, y.s), EVERY
    refused(
        composed.sum_transform(),
        sp.Product(part, (y.j, *ENDS)),
        sp.Product(part_transform(y.j, 2 * y.s), every),
        sp.Sum(part, every),
        sp.Product(part, every) + y.s,
    )


def test_variances_add_and_second_moments_do_not() -> None:
    first, second = part_moment(y.j, 1), part_moment(y.j, 2)
    refused(
        composed.sum_second_moment(),
        sp.Sum(second, EVERY),
        sp.Sum(first, EVERY) ** 2 + sp.Sum(second, EVERY),
        sp.Sum(first, EVERY) ** 2 + sp.Sum(second + first**2, EVERY),
        sp.Sum(second - first**2, EVERY),
    )


@pytest.mark.parametrize("subject", ["transform", "distribution function", "second moment"])
def test_a_mixture_weighs_every_part_once(subject: Subject) -> None:
    derived = composed.mixture(subject)
    term = derived.result.right.function
    refused(
        derived,
        sp.Sum(term / part_weight(y.j), EVERY),
        sp.Sum(term * part_weight(y.j), EVERY),
        sp.Sum(term, (y.j, *ENDS)),
        sp.Sum(term / y.parts, EVERY),
    )


def test_a_bound_divides_by_what_it_keeps() -> None:
    below, kept = base_cdf(y.t), base_cdf(y.duration_bound)
    refused(composed.truncated_cdf(), below, below / (1 - kept), below / kept**2, kept / below)
    right = composed.truncated_transform().result.right
    refused(
        composed.truncated_transform(), right - sp.exp(-y.s * y.duration_bound), right / kept, right.subs(y.s, 2 * y.s)
    )


def test_the_kth_shortest_is_over_once_k_are() -> None:
    right = composed.order_statistic_cdf().result.right
    refused(
        composed.order_statistic_cdf(),
        1 - right,
        right.subs(y.rank, y.rank + 1),
        right.subs(y.compared, y.compared + 1),
        base_cdf(y.t) ** y.rank,
    )
