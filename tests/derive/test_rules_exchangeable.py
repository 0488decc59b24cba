"""Finitely many workers with momentum or losses: special cases, known limits, wrong outputs found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation, MissingAssumptionError
from derive.derivations import finite_workers
from derive.rules.exchangeable import Updates
from verify.identities import check_step

M, eps, beta, lost, s2 = y.workers, y.step, y.momentum, y.dropout, y.step_noise
MOMENTUM, DROPOUT = Updates(momentum=True, losses=False), Updates(momentum=False, losses=True)
PLAIN = CLAIMS["finite-workers.second-moment.exponential"].expression


@pytest.mark.parametrize(("update", "symbol"), [("momentum", beta), ("dropout", lost)])
def test_without_it_workers_are_plain(update: str, symbol: sp.Symbol) -> None:
    variance = CLAIMS[f"finite-workers.second-moment-with-{update}.exponential"].expression
    assert sp.simplify(variance.subs(symbol, 0) - PLAIN) == 0
    mean = CLAIMS[f"finite-workers.mean-with-{update}.exponential"].expression.subs(symbol, 0)
    plain = CLAIMS["finite-workers.mean.exponential"].expression
    assert sp.rem(sp.expand(mean), sp.expand(plain), y.s) == 0


def test_one_worker_with_momentum_is_the_heavy_ball_of_fresh_gradients() -> None:
    """K = 0: V = s2 (1 + b)/((1 - b) eps (2 (1 + b) - eps)), over time as at updates: cycles forget."""
    variance = CLAIMS["finite-workers.second-moment-with-momentum.exponential"].expression.subs(M, 1)
    assert sp.simplify(variance - s2 * (1 + beta) / ((1 - beta) * eps * (2 * (1 + beta) - eps))) == 0


def test_many_workers_with_losses_near_the_delay_equation() -> None:
    """q (1 + a theta)/(2 a) with a theta = eps M (1 - p_d) and q theta = s2 M (1 - p_d)."""
    variance = CLAIMS["finite-workers.second-moment-with-dropout.exponential"].expression
    damping = sp.Symbol("a", positive=True)
    put = variance.subs(eps, damping / (M * (1 - lost))) / (M * (1 - lost))
    assert sp.simplify(sp.limit(put, M, sp.oo) - s2 * (1 + damping) / (2 * damping)) == 0


def test_the_domain_ends_where_the_variance_becomes_infinite() -> None:
    domain = CLAIMS["finite-workers.second-moment-with-momentum.exponential"].derived.domain
    at = {M: 16, beta: sp.S.Half}
    assert domain.subs({**at, eps: sp.Rational(1, 50)}) == sp.true
    assert domain.subs({**at, eps: 1}) == sp.false


def test_the_exact_decay_rate_nears_that_of_the_delay_equation() -> None:
    """M = 1000, a theta = 1/5: 1 - a theta/(M sqrt(1 - 4 a theta)) against the roots themselves."""
    step = sp.Rational(1, 5000)
    exact = (1 + step - sp.sqrt((1 + step) ** 2 - sp.Rational(4, 5))) / (1 - sp.sqrt(sp.Rational(1, 5)))
    claimed = CLAIMS["finite-workers.decay-gap.exponential"].expression
    put = claimed.subs({y.damping: sp.Rational(1, 5), y.mean_delay: 1, M: 1000})
    assert float(put - 1) == pytest.approx(-1 / (5000 * 0.2**0.5))
    assert abs(float(exact - put)) < 1e-6


def test_momentum_is_an_assumption() -> None:
    from derive import assumptions

    with pytest.raises(MissingAssumptionError, match="momentum"):
        finite_workers.updated_mean(MOMENTUM, assumptions.ALL - {assumptions.MOMENTUM})


@pytest.mark.parametrize("change", ["plain", "other update", "noise", "worker", "rate"])
def test_wrong_outputs_are_refused(change: str) -> None:
    variance = finite_workers.updated_variance(MOMENTUM).steps[0]
    mean = finite_workers.updated_mean(DROPOUT).steps[0]
    wrong = {
        "plain": (variance, PLAIN),
        "other update": (variance, finite_workers.updated_variance(DROPOUT).result.right.subs(lost, beta)),
        "noise": (variance, variance.output.right + s2),
        "worker": (mean, mean.output.right.subs(M, M + 1)),
        "rate": (mean, mean.output.right.subs(lost, 1 - lost)),
    }
    step, right = wrong[change]
    assert check_step(step).passed
    assert not check_step(replace(step, output=Equation(step.output.left, right))).passed
