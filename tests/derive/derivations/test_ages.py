"""Age thresholds: two laws worked by hand, memoryless workers who give up in vain, and wrong results refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import ages
from derive.laws import Exponential, Uniform
from derive.models.ages import put_ages_in
from derive.rules.laws import cdf_of, density_of
from verify.identities import check_step

A, M, theta = y.age_threshold, y.workers, y.mean_delay


def aged(quantity: str, action: str, law: object, oldest: int = 1) -> sp.Expr:
    stated = CLAIMS[f"age-threshold.{quantity}.age-{action}"].expression.subs({A: oldest, theta: 1}, simultaneous=True)
    return sp.simplify(put_ages_in(stated, law, sp.Integer(oldest)))  # type: ignore[arg-type]


def test_uniform_cycles_of_which_half_are_too_old() -> None:
    """Cycles on (0, 2) and the age 1: half are applied, of mean delay 1/2; a try lasts 3/4."""
    law, gain = Uniform(0, 2), y.learning_rate * y.curvature * M
    assert sp.simplify(aged("damping-coefficient", "drop", law) - gain / 2) == 0
    assert sp.simplify(aged("damping-coefficient", "abandon", law) - gain * sp.Rational(2, 3)) == 0
    assert sp.simplify(aged("staleness-mean", "drop", law) - (M - 1) / 4) == 0
    assert sp.simplify(aged("staleness-mean", "abandon", law) - (M - 1) / 3) == 0
    assert sp.N(aged("delay", "drop", law).subs(y.s, 2)) == pytest.approx(float((1 - sp.exp(-2)) / 2))


def test_giving_up_changes_nothing_for_memoryless_workers_but_their_delay() -> None:
    assert sp.simplify(aged("arrival-rate", "abandon", Exponential(1)) - M) == 0
    assert aged("staleness-mean", "abandon", Exponential(1)).subs(M, 2).evalf() == pytest.approx(
        float(1 - 1 / (sp.E - 1))
    )


def test_an_integral_of_another_kind_is_left_alone() -> None:
    other = sp.Integral(y.u**2 * density_of(y.u), (y.u, 0, 1))
    assert put_ages_in(other, Uniform(0, 2), sp.Integer(1)).has(sp.Integral)
    assert put_ages_in(y.s, Uniform(0, 2), sp.Integer(1)) == y.s


@pytest.mark.parametrize("change", ["not conditioned", "beyond", "all cycles", "square", "every worker"])
def test_wrong_results_are_refused(change: str) -> None:
    delay, counted = ages.aged_delay("drop").steps[-1], ages.aged_staleness("abandon").steps[-1]
    wrong = {
        "not conditioned": (delay, delay.inputs[0].right),
        "beyond": (delay, delay.inputs[0].right / (1 - cdf_of(A))),
        "all cycles": (counted, counted.inputs[0].right * theta),
        "square": (counted, counted.output.right.subs(density_of(y.u), y.u * density_of(y.u))),
        "every worker": (counted, counted.output.right.subs(M, M + 1)),
    }
    step, right = wrong[change]
    assert right != step.output.right
    assert check_step(step).passed
    assert not check_step(replace(step, output=Equation(step.output.left, right))).passed
