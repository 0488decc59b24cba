"""What functions of source code take, and claims that give none."""

from __future__ import annotations

import math
from typing import Any

import pytest

from derive.claims import CLAIMS
from numeric.kernels.stable_forms import NotCompilableError
from numeric.source.arguments import source_arguments
from numeric.source.code import source_of

ALONE = CLAIMS["threshold.fresh-fraction.exponential"]  # at the threshold 0, which its value does not depend on


def test_a_letter_of_the_domain_alone_is_an_argument_and_is_guarded() -> None:
    assert set(source_arguments(ALONE)) > set(ALONE.arguments)
    scope: dict[str, Any] = {}
    exec(source_of([ALONE], "python").text, scope)
    function = scope["threshold_fresh_fraction_exponential"]
    names = list(source_arguments(ALONE))
    inside = [0.0 if name == "staleness_threshold" else 4.0 for name in names]
    outside = [1.0 if name == "staleness_threshold" else 4.0 for name in names]
    assert math.isfinite(function(*inside))
    assert math.isnan(function(*outside))


def test_what_no_program_is_given_is_named() -> None:
    for claim, part in (("delay.law.any-law", ": L"), ("law.transform.empirical", "lists.*tauhat")):
        with pytest.raises(NotCompilableError, match=part):
            source_arguments(CLAIMS[claim])
