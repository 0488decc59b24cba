"""Rules about transients: paths known by hand, and wrong ones found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule, Step
from derive.rules.characteristic import characteristic_of
from derive.rules.laws import cdf_of, transform_of
from derive.rules.modelling import mean_path
from derive.rules.transients import (
    InvertQuadratic,
    LateMean,
    MethodOfSteps,
    SimpleResidue,
    SlowestTerm,
    TransformFromHistory,
    transform_of_mean,
)
from verify.identities import check_step

a, theta, t, s, x0, root, r = y.damping, y.mean_delay, y.t, y.s, y.initial, y.root, y.decay
L = transform_of
X = transform_of_mean(s)
ANY = Equation(characteristic_of(s), s + a * L(s))
CONSTANT = Equation(characteristic_of(s), s + a * sp.exp(-s * theta))
EXPONENTIAL = Equation(X, x0 * (1 + (s - a) * theta) / (s + s**2 * theta + a))
OF_ANY = Equation(X, x0 / s * (1 - a / (s + a * L(s))))
OF_CONSTANT = Equation(X, x0 / s * (1 - a / (s + a * sp.exp(-s * theta))))
RESIDUE = Equation(y.amplitude, -x0 * a / (root * (1 - root * sp.diff(L(root), root) / L(root))))
LAPLACE = sp.Subs(sp.Derivative(L(s), s), s, -r)
LASTS = sp.log(sp.Abs(x0) * a / (r * y.level * sp.Abs(1 + r * LAPLACE / L(-r)))) / r
SPREAD = sp.sqrt(1 - 4 * a * theta)
WAVES = sp.cosh(SPREAD * t / (2 * theta)), sp.sinh(SPREAD * t / (2 * theta)) / SPREAD
TWO = x0 * sp.exp(-t / (2 * theta)) * (WAVES[0] + (1 - 2 * a * theta) * WAVES[1])

TURN = sp.sqrt(4 * a * theta - 1)
CIRCLES = sp.cos(TURN * t / (2 * theta)), sp.sin(TURN * t / (2 * theta)) / TURN
ROUND = x0 * sp.exp(-t / (2 * theta)) * (CIRCLES[0] + (1 - 2 * a * theta) * CIRCLES[1])


def steps(first: int, lag: sp.Expr) -> sp.Expr:
    """The sum over the intervals, with the first index and the lag as they should be or not."""
    term = (-a) ** y.j * (t - (y.j - 1) * lag) ** y.j / sp.factorial(y.j)
    return x0 * sp.Sum(term, (y.j, first, sp.floor(t / theta) + 1))


CASES: list[tuple[Rule, tuple[Equation, ...], sp.Expr, tuple[sp.Expr, ...]]] = [
    (
        TransformFromHistory(),
        (ANY,),
        OF_ANY.right,
        (x0 / (s + a * L(s)), x0 / s * (1 + a / (s + a * L(s))), x0 / s * (1 - a * L(s) / (s + a * L(s)))),
    ),
    (TransformFromHistory(), (CONSTANT,), OF_CONSTANT.right, (x0 / (s + a * sp.exp(-s * theta)),)),
    (
        SimpleResidue(),
        (CONSTANT, OF_CONSTANT),
        -x0 * a / (root * (1 + root * theta)),
        (x0 * a / (root * (1 + root * theta)), -x0 * a / (1 + root * theta), -x0 * a / (root * (1 - root * theta))),
    ),
    (SimpleResidue(), (ANY, OF_ANY), RESIDUE.right, (-x0 * a / (root * (1 - root * sp.diff(L(root), root))),)),
    (
        MethodOfSteps(),
        (OF_CONSTANT,),
        steps(0, theta),
        (steps(1, theta), steps(0, 2 * theta), steps(0, theta).subs(a, -a)),
    ),
    (
        InvertQuadratic(oscillates=True),
        (EXPONENTIAL,),
        ROUND,
        (ROUND.subs(a, 2 * a), ROUND.replace(sp.cos, sp.sin)),
    ),
    (
        InvertQuadratic(oscillates=False),
        (EXPONENTIAL,),
        TWO,
        (TWO.subs(a, 2 * a), TWO + x0 * WAVES[1], TWO * sp.exp(-t), TWO.subs(t, 2 * t)),
    ),
    (LateMean(), (OF_ANY,), -x0 * (1 - cdf_of(t)), (x0 * (1 - cdf_of(t)), -x0 * (1 - cdf_of(t)) * theta * a)),
    (
        SlowestTerm(),
        (RESIDUE, OF_ANY),
        LASTS,
        (LASTS * 2, LASTS + 1 / r, LASTS.subs(x0, 2 * x0), LASTS.subs(LAPLACE, -LAPLACE)),
    ),
]


def lefts(rule: Rule) -> sp.Expr:
    names = {TransformFromHistory: X, SimpleResidue: y.amplitude, SlowestTerm: y.training_time}
    return names.get(type(rule), mean_path(t))


@pytest.mark.parametrize(
    ("rule", "inputs", "right", "wrong"), CASES, ids=[str(type(case[0]).__name__) for case in CASES]
)
def test_a_rule_gives_what_is_known_and_refuses_what_is_wrong(
    rule: Rule, inputs: tuple[Equation, ...], right: sp.Expr, wrong: tuple[sp.Expr, ...]
) -> None:
    found = rule.apply(*inputs)
    assert found.left == lefts(rule)
    step = Step(1, rule, inputs, found)
    assert check_step(step).passed
    assert check_step(replace(step, output=Equation(found.left, right))).passed
    for other in wrong:
        assert not check_step(replace(step, output=Equation(found.left, other))).passed, other
