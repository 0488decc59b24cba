"""Models of schemes: transforms by quadrature, claims of this scheme alone, reasons where there is no model."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.laws import Constant, Empirical, Exponential, Gamma, InverseGaussian, Pareto
from derive.models.linear import NoLinearModelError
from derive.models.schemes import SchemeModel, scheme_model
from derive.scheme import Scheme
from derive.schemes import Asynchronous, KAsync, KBatchAsync, KSync
from numeric.roots.characteristic import spectrum

SCHEMES = [
    Asynchronous(8),
    Asynchronous(8, staleness_threshold=3),
    Asynchronous(8, staleness_discount="9/10"),
    Asynchronous(8, age_threshold=2),
    Asynchronous(8, age_threshold=2, age_action="abandon"),
    Asynchronous(8, dropout="1/4"),
    Asynchronous(8, event_trigger=1),
    Asynchronous(8, uplink_capacity=4),
    KBatchAsync(8, batch=3),
]


def model(scheme: Scheme, law: Any = None, **changed: Any) -> SchemeModel:
    return scheme_model(law or Gamma(2, 1), scheme, **{"learning_rate": "1/20", "curvature": 1, **changed})


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_every_scheme_has_proven_roots_that_are_roots(scheme: Scheme) -> None:
    one = model(scheme)
    found = spectrum(one.characteristic_equation)
    assert found.certified
    assert found.unstable_count == 0
    root = complex(*(float(part) for part in (found.roots[0].re, found.roots[0].im)))
    value = complex(one.characteristic_equation.function.subs(y.s, root).n())
    assert abs(value) < 1e-9
    assert float(one.laplace_transform(sp.Integer(0)).n()) == pytest.approx(1)


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_the_claims_are_those_of_this_scheme(scheme: Scheme) -> None:
    told = [claim for claim in model(scheme).claims if not claim.id.startswith("law.")]
    own = {claim.scheme for claim in told if scheme.is_plain or claim.scheme != "asynchronous"}
    names = {
        "k-batch-async",
        f"age-{scheme.age_action}",
        *(name.replace("_", "-") for name in scheme.active),
        "shared-uplink",
    }
    assert all(names & set(claim.also) for claim in told if claim.scheme == "asynchronous" and not scheme.is_plain)
    expected = {  # what is weighed, dropped or lost is a weighted shot: the claims about those are filters' claims
        "staleness_threshold": {"staleness-threshold", "filter"},
        "staleness_discount": {"staleness-discount", "filter"},
        "age_threshold": {f"age-{scheme.age_action}", "filter"},
        "dropout": {"dropout", "filter"},
        "event_trigger": {"event-trigger"},
        "uplink_capacity": {"shared-uplink", "filter"},
    }
    assert own == (expected[scheme.active[0]] if scheme.active else {scheme.rule})


def test_the_delay_of_what_a_threshold_applies_is_younger() -> None:
    """Exponential, M = 32, S = 10: E[T; K <= S] by quadrature over the Poisson count."""
    one = model(Asynchronous(32, staleness_threshold=10), Exponential(1))
    share = float(one.applied_fraction.n())
    assert share == pytest.approx(0.4984, abs=5e-5)
    rate = 31 * share

    def kept(u: Any) -> Any:
        return mpmath.gammainc(11, rate * u, regularized=True) * mpmath.exp(-u)

    total = mpmath.quad(kept, [0, 0.5, 1, 3, 20])
    mean = mpmath.quad(lambda u: u * kept(u), [0, 0.5, 1, 3, 20]) / total
    assert float(total) == pytest.approx(share, rel=1e-8)
    assert float(one.delay_moment(1).n()) == pytest.approx(float(mean), rel=1e-8)
    assert float(one.damping_coefficient.n()) == pytest.approx(32 / 20 * share)


def test_momentum_moves_the_roots_as_the_equation_says() -> None:
    """Constant delay, beta = 0 against beta = 1/2: the mean is faster, a ~ doubles."""
    still = model(Asynchronous(4), Constant(1), learning_rate="1/100")
    moved = model(Asynchronous(4), Constant(1), learning_rate="1/100", momentum="1/2")
    rates = [spectrum(one.characteristic_equation).spectral_abscissa for one in (still, moved)]
    assert all(rate is not None for rate in rates)
    slow, fast = (-float(rate) for rate in rates)  # type: ignore[arg-type]
    assert 1.9 < fast / slow < 2.4
    told = {claim.scheme for claim in moved.claims if not claim.id.startswith("law.")}
    assert told == {"momentum", "asynchronous"}
    assert all("momentum" in (claim.scheme, *claim.also) for claim in moved.claims if not claim.id.startswith("law."))


@pytest.mark.parametrize(
    ("scheme", "law", "reason"),
    [
        (KAsync(8, batch=2), Gamma(2, 1), "how long they have run"),
        (KSync(8, batch=2), Gamma(2, 1), "live on the recursion"),
        (KBatchAsync(8, batch=2, age_threshold=2), Gamma(2, 1), "which gradients fill a batch"),
        (Asynchronous(8, age_threshold=2), InverseGaussian(1, 2), "up to a bound has no closed form"),
        (Asynchronous(8, age_threshold=2), Empirical([1, 3]), "other data"),
        (Asynchronous(8, dropout="1/4", event_trigger=1), Gamma(2, 1), "several modifiers"),
        (Asynchronous(8, staleness_threshold=3), Empirical([1, 2]), "measured times"),
        (Asynchronous(8, staleness_threshold=1000), Constant(1), "too many terms"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_can_only_be_simulated_says_why(scheme: Scheme, law: Any, reason: str) -> None:
    with pytest.raises(NoLinearModelError, match=reason):
        model(scheme, law)


def test_momentum_out_of_range_or_with_a_filter_is_refused() -> None:
    with pytest.raises(ValueError, match="out of range"):
        model(Asynchronous(4), momentum=1)
    with pytest.raises(NoLinearModelError, match="simulation only"):
        model(Asynchronous(4, staleness_threshold=3), momentum="1/2")


def test_a_threshold_on_heavy_tails_is_left_to_the_simulation() -> None:
    with pytest.raises(NoLinearModelError, match="heavy tails"):
        model(Asynchronous(8, staleness_threshold=3), Pareto(3, 1))
    assert model(Asynchronous(8, dropout="1/4"), Pareto(3, 1)).damping_coefficient > 0
