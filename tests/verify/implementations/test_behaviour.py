"""What else an implementation does: broadcasting, dtypes, its arguments, and numbers outside the domain."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from derive.claims import CLAIMS
from verify.implementations.behaviour import behaviour
from verify.implementations.calling import PythonFunction
from verify.implementations.certified_points import CertifiedClaim
from verify.implementations.claim_domains import ClaimDomain
from verify.implementations.domain_search import survey
from verify.implementations.record import Finding

RATE = CLAIMS["arrivals.rate.any-law"]
VARIANCE = CLAIMS["delay.stationary-variance.constant"]


def found(function: Callable[..., Any], claim: Any = RATE) -> dict[str, Finding]:
    domain, certified = ClaimDomain(claim), CertifiedClaim(claim)
    implementation = PythonFunction(function, certified.names, limit=0.5)
    return {one.question: one for one in behaviour(implementation, certified, domain, survey(domain, 16), 64.0)}


def rate(workers: Any, mean_delay: Any) -> Any:
    return workers / mean_delay


def test_a_good_function_passes_every_question() -> None:
    assert {one.outcome for one in found(rate).values()} == {"pass", "note"}


def test_values_of_pairs_in_the_wrong_order_are_no_broadcasting() -> None:
    def transposed(workers: Any, mean_delay: Any) -> Any:
        value = workers / mean_delay
        return value if np.ndim(value) < 2 else value[::-1]

    assert found(transposed)["broadcasting"].outcome == "refuted"


def test_single_precision_must_be_right_in_its_own_ulps() -> None:
    def rough(workers: Any, mean_delay: Any) -> Any:
        value = workers / mean_delay
        return value * np.float32(1.001) if np.asarray(mean_delay).dtype == np.float32 else value

    assert found(rough)["float32"].outcome == "refuted"
    assert "float32" in found(rough)["float32"].question

    def strict(workers: Any, mean_delay: Any) -> Any:
        if np.asarray(mean_delay).dtype != np.float64:
            raise TypeError("float64 only")
        return workers / mean_delay

    refused = found(strict)
    assert refused["float32"] == Finding("float32", "raises TypeError: float64 only", "note")


def test_integer_division_is_noticed() -> None:
    def floored(workers: Any, mean_delay: Any) -> Any:
        is_whole = np.asarray(mean_delay).dtype.kind == "i"
        return 7 * workers // (3 * mean_delay) if is_whole else workers / mean_delay

    assert found(floored)["integer arrays"].outcome == "refuted"


def test_what_is_said_outside_the_domain_is_told_and_not_judged() -> None:
    def variance(mean_delay: Any, damping_coefficient: Any, noise_intensity: Any) -> Any:
        x = mean_delay * damping_coefficient
        return noise_intensity * (1 + np.sin(x)) / (2 * damping_coefficient * np.cos(x))

    told = found(variance, VARIANCE)
    beyond = next(one for question, one in told.items() if "1 % beyond" in question)
    assert "as if it were inside" in beyond.found
    assert beyond.outcome == "note"

    def careful(**given: Any) -> Any:
        value = variance(**given)
        return np.where(given["mean_delay"] * given["damping_coefficient"] < math.pi / 2, value, np.nan)

    assert (
        "answers nan" in next(one for question, one in found(careful, VARIANCE).items() if "beyond" in question).found
    )


def test_a_function_that_hangs_outside_the_domain_is_told() -> None:
    def stuck(workers: Any, mean_delay: Any) -> Any:
        while np.any(np.isinf(np.asarray(mean_delay, dtype=float))):
            pass
        return workers / mean_delay

    assert found(stuck)["outside: mean_delay = infinity"].found == "no answer within 0.5 s"
