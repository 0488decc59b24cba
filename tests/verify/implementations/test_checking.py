"""Right implementations pass, and every kind of wrong one is refuted with a point at which it fails."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest
from scipy.special import lambertw

import verify
from derive.claims import CLAIMS
from derive.studies.schema import StudyError
from numeric.kernels.compiling import kernel_of
from verify.implementations.checking import check_implementation, claim_of, name_of

CLAIM = "delay.stationary-variance.constant"  # q (1 + sin x)/(2 a cos x), x = a theta < pi/2
QUICK = 12


def variance(mean_delay: Any, damping_coefficient: Any, noise_intensity: Any) -> Any:
    x = mean_delay * damping_coefficient
    return noise_intensity * (1 + np.sin(x)) / (2 * damping_coefficient * np.cos(x))


def changed(change: Callable[..., Any]) -> Callable[..., Any]:
    """The right variance, spoilt by a change of (value, arguments)."""
    return lambda **given: change(variance(**given), given)


def _not_broadcasting(**given: Any) -> Any:
    if len({np.shape(value) for value in given.values()}) > 1:
        raise ValueError("shapes differ")
    return variance(**given)


def _in_place(**given: Any) -> Any:
    value = variance(**given)
    if isinstance(given["mean_delay"], np.ndarray):
        given["mean_delay"] *= 2
    return value


def _shaken(value: Any, given: dict[str, Any]) -> Any:
    return value * (1 + 4.5e-16 * (next(_CALLS) % 3))


_CALLS = count()


WRONG: dict[str, tuple[Callable[..., Any], str]] = {
    "sign": (changed(lambda value, given: -value), "ulps"),
    "factor": (changed(lambda value, given: 1.01 * value), "ulps"),
    "float32": (changed(lambda value, given: np.float32(value)), "ulps"),
    "NaN inside": (changed(lambda v, given: np.where(given["noise_intensity"] < 0.05, np.nan, v)), "answers nan"),
    "two arguments exchanged": (
        lambda mean_delay, damping_coefficient, noise_intensity: variance(
            damping_coefficient, mean_delay, noise_intensity
        ),
        "answers",
    ),
    "not broadcasting": (_not_broadcasting, "broadcasting: raises ValueError"),
    "raising": (changed(lambda value, given: 1 / 0), "raises ZeroDivisionError"),
    "another shape": (changed(lambda value, given: np.atleast_2d(value)), "returns shape"),
    "no number": (changed(lambda value, given: "many"), "returns str"),
    "arguments changed": (_in_place, "changes mean_delay"),
    "never the same": (changed(_shaken), "another one"),
}


def test_a_right_implementation_passes_and_says_how_good_it_is() -> None:
    found = check_implementation(variance, CLAIM, examples=QUICK)
    assert found.passed, found.reason
    assert found.typical is not None
    assert found.typical < 1
    assert found.worst is not None
    assert found.worst.error is not None
    assert found.worst.error < 8
    assert found.shrunk is None
    assert found.points > 200


@pytest.mark.parametrize("kind", WRONG)
def test_every_kind_of_wrong_implementation_is_refuted(kind: str) -> None:
    function, word = WRONG[kind]
    if kind == "two arguments exchanged":
        found = check_implementation(function, CLAIM, examples=2)
        assert found.outcome == "refuted"
        return
    found = check_implementation(function, CLAIM, examples=2)
    assert found.outcome == "refuted"
    assert word in found.reason


def test_scipys_lambert_w_is_caught_near_the_double_root_and_on_the_lower_branch() -> None:
    def roots(mean_delay: Any, damping_coefficient: Any, branch: Any) -> Any:
        return lambertw(-damping_coefficient * mean_delay, branch) / mean_delay

    found = check_implementation(roots, "delay.roots.constant", examples=2)
    assert found.outcome == "refuted"
    below, above = (next(one for one in found.edges if side in one.label) for side in ("below", "above"))
    assert max(error for error in below.errors if error is not None) > 1e5  # a wrong number, and no refusal
    assert None in above.errors  # no number at the double next to -1/e
    assert max(error for distance, error in zip(below.x, below.errors, strict=True) if error and distance > 1e-8) < 8
    assert found.shrunk is not None


def test_a_wrong_branch_is_refuted_at_simple_numbers() -> None:
    def always_the_principal(mean_delay: Any, damping_coefficient: Any, branch: Any) -> Any:
        return lambertw(-damping_coefficient * mean_delay, 0 * branch) / mean_delay

    found = check_implementation(always_the_principal, "delay.roots.constant", examples=QUICK)
    assert found.outcome == "refuted"
    assert found.simplest is not None
    assert dict(found.simplest.at)["mean_delay"] == dict(found.simplest.at)["damping_coefficient"] == "1.0"
    assert dict(found.simplest.at)["branch"] in ("1", "-1")


def test_cancellation_is_found_and_its_cure_passes() -> None:
    def naive_cdf(mean_delay: Any, time: Any) -> Any:
        return 1 - np.exp(-time / mean_delay)

    naive = check_implementation(naive_cdf, "law.cdf.exponential", examples=2)
    cured = check_implementation(
        lambda mean_delay, time: -np.expm1(-time / mean_delay), "law.cdf.exponential", examples=QUICK
    )
    assert (naive.outcome, cured.outcome) == ("refuted", "pass")
    assert naive.worst is not None
    assert naive.worst.error is not None
    assert naive.worst.error > 1e5
    loose = check_implementation(naive_cdf, "law.cdf.exponential", ulps=1e9, examples=2)
    assert loose.passed


def test_conditioning_is_not_held_against_an_implementation() -> None:
    found = check_implementation(variance, CLAIM, examples=QUICK)
    nearest = next(one for one in found.edges if "the domain ends" in one.label)
    assert min(nearest.x) < 1e-15
    assert max(error for error in nearest.errors if error is not None) < 8
    raw = [seen.ulps for seen in (found.worst,) if seen is not None]
    assert raw


def test_offered_derivatives_are_checked() -> None:
    def rate(workers: Any, mean_delay: Any) -> Any:
        return workers / mean_delay

    def gradient(workers: Any, mean_delay: Any, sign: float = -1.0) -> dict[str, Any]:
        return {"mean_delay": sign * workers / mean_delay**2}

    rate.gradient = gradient  # type: ignore[attr-defined]
    right = check_implementation(rate, "arrivals.rate.any-law", examples=QUICK)
    assert right.passed, right.reason
    assert [one.outcome for one in right.derivatives] == ["pass"]
    rate.gradient = lambda workers, mean_delay: gradient(workers, mean_delay, 1.0)  # type: ignore[attr-defined]
    wrong = check_implementation(rate, "arrivals.rate.any-law", examples=QUICK)
    assert wrong.outcome == "refuted"
    assert "mean_delay: an error" in wrong.reason


def test_scalar_functions_are_checked_one_point_at_a_time() -> None:
    import math

    def limit(staleness: int) -> float:
        return 2 * math.sin(math.pi / (2 * (2 * staleness + 1)))

    claim = "recursion.stability-limit.fixed-staleness"
    refused = check_implementation(limit, claim, examples=QUICK)
    assert refused.outcome == "refuted"
    assert "raises TypeError" in refused.reason
    assert check_implementation(limit, claim, arrays=False, examples=QUICK).passed


def test_a_claim_without_arguments_is_checked_once() -> None:
    assert check_implementation(lambda: 2.0, "synchronous.stability-limit.any-law", examples=QUICK).passed
    assert not check_implementation(lambda: 2.1, "synchronous.stability-limit.any-law", examples=QUICK).passed


def test_the_helper_for_pytest_names_the_point() -> None:
    verify.assert_implements(variance, CLAIM, ulps=16, examples=QUICK)
    with pytest.raises(AssertionError, match=r"does not implement .*mean_delay = "):
        verify.assert_implements(WRONG["factor"][0], CLAIM, examples=2)


def test_a_check_repeats_itself_bit_for_bit() -> None:
    one, two = (check_implementation(variance, CLAIM, examples=4).to_json() for _ in range(2))
    assert one == two


def test_unknown_claims_and_claims_without_values_are_refused() -> None:
    with pytest.raises(StudyError, match=r"unknown claim; allowed: staleness\.mean"):
        claim_of("staleness.mean")
    for claim in ("delay.characteristic-function.any-law", "arrivals.interval.any-law", "law.transform.empirical"):
        with pytest.raises(StudyError, match="its value is no number of its arguments alone"):
            check_implementation(variance, claim)
    with pytest.raises(StudyError, match=r"allowed: dropout\.delay\.any-law\.gamma"):
        check_implementation(variance, "dropout.delay.any-law")
    with pytest.raises(StudyError, match="takes no law"):
        claim_of("staleness.mean.any-law.gamma")


@pytest.mark.parametrize(
    "claim",
    [
        "delay.stability-limit.gamma",
        "delay.stationary-variance.erlang-4",
        "finite-workers.second-moment.exponential",
        "law.transform.hyperexponential",
        "trigger.gain-of-norm.event-trigger",
        # What doubles lose in these unless they are written otherwise: differences, and factors that are no doubles.
        *("delay.stability-limit.uniform", "delay.critical-damping.gamma", "delay.roots.exponential"),
        *("law.cdf.inverse-gaussian", "law.cdf.shifted-exponential", "synchronous.decay-rate.any-law"),
        *("law.transform.gamma", "law.transform.inverse-gaussian", "law.transform.pareto"),
    ],
)
def test_our_own_kernels_are_checked_like_any_other(claim: str) -> None:
    check = check_implementation(kernel_of(CLAIMS[claim]), claim, examples=1)
    assert check.passed, check.reason


def test_a_claim_for_any_law_is_checked_for_a_law_that_is_named() -> None:
    def share(mean_delay: Any, other_rate: Any, staleness_threshold: Any) -> Any:
        return 1 - np.asarray(other_rate * mean_delay / (1 + other_rate * mean_delay)) ** (staleness_threshold + 1)

    def strict(mean_delay: Any, other_rate: Any, staleness_threshold: Any) -> Any:
        return share(mean_delay, other_rate, staleness_threshold - 1.0)

    claim = "threshold.applied-fraction.any-law.exponential"
    right, wrong = (check_implementation(one, claim, ulps=1e6, examples=2) for one in (share, strict))
    assert right.typical is not None
    assert right.typical < 100
    assert wrong.outcome == "refuted"
    assert wrong.claim == claim


def test_functions_are_called_what_they_are_called() -> None:
    assert name_of(variance).endswith(":variance")
