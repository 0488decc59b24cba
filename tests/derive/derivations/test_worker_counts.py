"""Worker counts: known laws by hand, the bounds kept and met, and wrong outputs found."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Derivation, Equation
from derive.derivations import worker_counts
from derive.laws import Exponential, Gamma, Hyperexponential, ShiftedExponential
from derive.rules.laws import transform_of
from verify.identities import check_step

NUMBERS = {y.learning_rate: sp.Rational(1, 100), y.curvature: 2, y.mean_delay: 3}
STEP = sp.Rational(1, 50)


def count(claim: str, **more: object) -> sp.Expr:
    names = CLAIMS[claim].arguments
    return CLAIMS[claim].expression.subs({**NUMBERS, **{names[key]: value for key, value in more.items()}})


@pytest.mark.parametrize(
    "law", [Exponential(3), Gamma(4, 3), ShiftedExponential(1, 2), Hyperexponential(["1/4", "3/4"], [9, 1])], ids=str
)
def test_every_law_is_critical_below_the_greatest_count_rate_and_speedup(law: object) -> None:
    """r/E e^{r tau} maximised by golden section."""
    r = y.decay
    damping = sp.lambdify(r, r / law.laplace_transform(-r))  # type: ignore[attr-defined]
    edge = -float(law.abscissa_of_convergence)  # type: ignore[attr-defined]
    best = max((damping(edge * i / 10_000), edge * i / 10_000) for i in range(1, 10_000))
    stated = CLAIMS["workers.fastest-count.any-law"].expression.subs({**NUMBERS, y.critical_decay: best[1]})
    found = float(stated.replace(transform_of, law.laplace_transform))  # type: ignore[attr-defined]
    assert found == pytest.approx(best[0] * 3 / float(STEP), rel=1e-9)
    assert found < float(count("workers.greatest-fastest-count.any-law"))
    assert best[1] < float(count("delay.greatest-critical-decay.any-law"))
    assert 1 < best[1] / best[0] < float(CLAIMS["delay.greatest-speedup.any-law"].expression)


def test_exponential_cycles_are_critical_at_a_quarter() -> None:
    stated = CLAIMS["workers.fastest-count.any-law"].expression.subs({**NUMBERS, y.critical_decay: sp.Rational(1, 6)})
    assert stated.replace(transform_of, lambda at: 1 / (1 + 3 * at)) == 1 / (4 * STEP)
    assert count("workers.saturated-decay-rate.exponential") == sp.Rational(1, 6)


def test_two_curvatures_far_apart_meet_at_the_stability_limit_and_alike_ones_at_critical_damping() -> None:
    claim = "workers.overtaking-count.constant"
    near, far = (float(count(claim, curvature_ratio=one)) for one in (1 + sp.Rational(1, 10**6), 10**6))
    assert near == pytest.approx(float(count("workers.greatest-fastest-count.any-law")), rel=1e-5)
    assert far * 10**6 == pytest.approx(float(count("workers.stable-count.constant")), rel=1e-5)


def test_both_modes_decay_alike_by_lambert() -> None:
    """Curvatures 2 and 6: Re W_0(-a theta) at both dampings."""
    workers = mpmath.mpf(sp.N(count("workers.overtaking-count.constant", curvature_ratio=3), 20))
    rate = mpmath.mpf(sp.N(count("workers.overtaking-decay-rate.constant", curvature_ratio=3), 20))
    for ratio in (1, 3):
        damping = workers * ratio * mpmath.mpf(1) / 50
        assert float(mpmath.re(mpmath.lambertw(-damping))) == pytest.approx(-float(rate) * 3, rel=1e-10)


def test_counts_of_stability_by_hand() -> None:
    assert count("workers.safe-count.any-law") == 25 * sp.pi
    assert count("staleness.safe-mean.any-law") == 25 * sp.pi - 1
    assert float(count("workers.stable-count.gamma", shape=2)) == pytest.approx(4 / float(STEP))
    uniform = CLAIMS["workers.stable-count.any-law"].expression.subs({**NUMBERS, y.crossing_frequency: sp.pi / 6})
    put = uniform.replace(transform_of, lambda at: (1 - sp.exp(-6 * at)) / (6 * at))
    assert sp.simplify(put - sp.pi**2 / 4 / STEP) == 0


@pytest.mark.parametrize(
    ("derivation", "label", "wrong"),
    [
        (worker_counts.greatest_fastest_workers(), "bound the exp", y.decay * sp.exp(-y.decay * y.mean_delay / 2)),
        (worker_counts.greatest_fastest_workers(), "bound the exponential", y.decay / (1 + y.decay * y.mean_delay)),
        (worker_counts.greatest_critical_decay(), "weigh long delays", 2 / y.mean_delay),
        (worker_counts.greatest_speedup(), "bound e^x", sp.Integer(3)),
        (worker_counts.overtaking_workers(), "ask for a real", -y.frequency / sp.tan(y.frequency * y.mean_delay)),
        (worker_counts.overtaking_workers(), "divide the dampings", sp.cos(y.frequency * y.mean_delay)),
        (worker_counts.saturated_decay(), "average the two", 1 / y.mean_delay),
        (worker_counts.crossing_workers(), "solve H(s) = 0", y.crossing_frequency / transform_of(y.crossing_frequency)),
    ],
)  # fmt: skip
def test_a_wrong_step_is_found(derivation: Derivation, label: str, wrong: sp.Expr) -> None:
    step = next(one for one in derivation.steps if one.rule.label.startswith(label))
    assert check_step(step, domain=derivation.domain).passed
    assert not check_step(replace(step, output=Equation(step.output.left, wrong)), domain=derivation.domain).passed
