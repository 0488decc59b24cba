"""Certified values at doubles, errors in ulps, and what conditioning takes away from them."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.claims import CLAIMS
from derive.studies.schema import StudyError
from verify.implementations.certified_points import DOUBLE, SINGLE, CertifiedClaim, refuse_uncheckable

RATE = CertifiedClaim(CLAIMS["arrivals.rate.any-law"])  # M/theta
ROOTS = CertifiedClaim(CLAIMS["delay.roots.constant"])
VARIANCE = CertifiedClaim(CLAIMS["delay.stationary-variance.constant"])


@given(st.integers(1, 10**6), st.floats(1e-3, 1e3))
def test_the_error_of_a_quotient_is_that_of_exact_arithmetic(workers: int, mean_delay: float) -> None:
    exact, computed = Fraction(workers) / Fraction(mean_delay), workers / mean_delay
    certified = RATE.at((workers, mean_delay))
    assert certified is not None
    ulps = abs(Fraction(computed) - exact) / Fraction(math.ulp(float(exact)))
    assert certified.ulps(computed) == pytest.approx(float(ulps), abs=1e-9)
    assert certified.ulps(computed) <= 0.5
    assert certified.ulps(math.nextafter(computed, math.inf)) > 0.4


def test_the_sensitivity_is_that_of_the_derivatives() -> None:
    certified = RATE.at((3, 2.0))
    assert certified is not None
    assert certified.sensitivity == pytest.approx(1.5)  # a whole number is exact, so only theta counts
    variance = VARIANCE.at((1.0, 1.5, 2.0))
    assert variance is not None
    a, q = 1.5, 2.0
    by_a = abs(q / (2 * a) * (1 / (1 - math.sin(a))) * a - variance.size)
    by_theta = q / (2 * a) * a / (1 - math.sin(a))
    assert variance.sensitivity == pytest.approx(by_a + by_theta + variance.size, rel=1e-9)


def test_the_sensitivity_of_a_small_rest_of_large_terms_is_its_own() -> None:
    # 1 - erfc(..)/2 + ..: of about 1 each, 1e-244 is left, which xi and t move by 559 and 561 times as much.
    rest = CertifiedClaim(CLAIMS["law.cdf.inverse-gaussian"]).at((0.06513598165269566, 0.11200911395398847, 0.0001))
    assert rest is not None
    assert rest.size == pytest.approx(7.9154e-245, rel=1e-4)
    assert rest.sensitivity / rest.size == pytest.approx(1.717 + 558.826 + 560.543, rel=1e-4)


def test_next_to_a_double_root_half_the_digits_are_nobodys_fault() -> None:
    below = math.exp(-1)  # the double next to 1/e
    certified = ROOTS.at((1.0, below * (1 - 2.0**-50), -1))
    assert certified is not None
    assert certified.sensitivity > 1e6 * certified.size
    wrong_in_the_eighth_digit = complex(certified.ball.real.mid()) * (1 + 1e-9)
    assert certified.ulps(wrong_in_the_eighth_digit) > 1e5
    assert certified.error(wrong_in_the_eighth_digit) < 1


def test_no_number_is_an_infinite_error_unless_no_digit_can_be_asked() -> None:
    certified = RATE.at((3, 2.0))
    assert certified is not None
    assert certified.error(math.nan) == certified.error(math.inf) == math.inf
    hopeless = VARIANCE.at((1.0, math.nextafter(math.pi / 2, 0), 1.0))
    assert hopeless is not None
    assert hopeless.error(math.nan) == 0
    assert hopeless.error(-1.0) > 1e-3  # while a wrong number stays wrong


def test_a_zero_is_met_exactly_or_not_at_all() -> None:
    certified = CertifiedClaim(CLAIMS["staleness.mean.any-law"]).at((1,))
    assert certified is not None
    assert (certified.error(0.0), certified.error(1e-300)) == (0.0, math.inf)


def test_values_that_doubles_cannot_hold_are_no_points() -> None:
    power = CertifiedClaim(CLAIMS["recursion.characteristic-function.fixed-staleness"])
    assert power.at((5000, 0.5, 3.0 + 0j)) is None
    assert VARIANCE.at((0.0, 0.0, 1.0)) is None


def test_single_precision_has_its_own_ulps_and_range() -> None:
    certified = RATE.at((1, 3.0))
    assert certified is not None
    assert certified.ulps(1 / 3 + 2.0**-25, SINGLE) == pytest.approx(1.0, rel=1e-6)
    large = RATE.at((1, 1e-40))
    assert large is not None
    assert large.within(DOUBLE)
    assert not large.within(SINGLE)


def test_derivatives_are_certified_values_too() -> None:
    slope = RATE.derivative("mean_delay").at((3, 2.0))
    assert slope is not None
    assert slope.error(-0.75) == 0


def test_sums_are_written_out_for_their_whole_numbers() -> None:
    total = CertifiedClaim(CLAIMS["synchronous.time-per-update.exponential"])
    certified = total.at((4, 1.0))
    assert certified is not None
    assert certified.ulps(25 / 12) <= 0.5


@pytest.mark.parametrize("claim", ["filter.transform.any-law", "law.transform.empirical", "arrivals.interval.any-law"])
def test_claims_without_values_are_refused(claim: str) -> None:
    with pytest.raises(StudyError, match="--claim"):
        refuse_uncheckable(CLAIMS[claim])
