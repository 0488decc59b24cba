"""Staleness and delay from the counts of the other workers: two laws where both are known, and wrong powers refused."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation
from derive.derivations.staleness import joint_transform_of_counts
from derive.rules.cycle_counts import one_counted
from derive.rules.laws import density_of
from verify.identities import check_step
from verify.second_routes.cycle_counts import transform_by_first_steps


def test_exponential_cycles_have_geometric_staleness() -> None:
    """P(K = j) = (1/M) (1 - 1/M)^j, and the delay is exponential of the same mean."""
    joint = joint_transform_of_counts().result.right.replace(density_of, lambda u: sp.exp(-u))
    joint = joint.replace(one_counted, lambda z, u: sp.exp(-u * (1 - z)))
    workers, z = 5, sp.Rational(2, 3)
    geometric = sp.Rational(1, workers) / (1 - z * (1 - sp.Rational(1, workers)))
    assert joint.subs({y.workers: workers, y.z: z, y.s: 0}).doit() == geometric
    assert joint.subs({y.workers: workers, y.z: 1, y.s: 2}).doit() == sp.Rational(1, 3)


def test_constant_cycles_are_binomial_within_one_cycle_and_sure_over_a_whole_one() -> None:
    """All M - 1 others arrive once in a whole cycle: E z^K = z^(M-1)."""
    joint = joint_transform_of_counts().result.right
    inside = next(iter(joint.atoms(sp.Integral))).function / (density_of(y.u) * sp.exp(-y.s * y.u))
    counted = inside.replace(one_counted, lambda z, u: 1 - u + u * z).subs(y.workers, 4)
    assert sp.expand(counted.subs(y.u, 1)) == y.z**3
    assert sp.expand(counted.subs(y.u, sp.Rational(1, 2))).coeff(y.z, 2) == sp.Rational(3, 8)


def test_wrong_powers_are_refused() -> None:
    first, second = joint_transform_of_counts().steps
    for wrong in (y.workers, y.workers - 2):
        slipped = replace(first, output=Equation(first.output.left, one_counted(y.z, y.u) ** wrong))
        assert not check_step(slipped).passed
    late = replace(second, output=Equation(second.output.left, second.output.right.subs(y.s, 2 * y.s)))
    assert not check_step(late).passed


def test_first_steps_know_the_mean() -> None:
    """d/dz at 1 is M - 1 = 2 for every number of stages."""
    step = sp.Rational(1, 10**6)
    for stages in (1, 2):
        slope = (1 - transform_by_first_steps(stages, 1 - step, sp.Rational(0))) / step
        assert abs(slope - 2) < 1e-5
