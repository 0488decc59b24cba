"""Small observed cases that every test of the findings looks at."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from derive.studies.study import study_from_table
from numeric.values import Estimate
from verify.drawing.observed import Observed
from verify.predicting.predictions import ModePredictions
from verify.sampling.simulating import simulate_study

LAWS: dict[str, dict[str, Any]] = {
    "constant": {"law": "constant", "value": 1},
    "exponential": {"law": "exponential", "mean": 1},
    "gamma": {"law": "gamma", "shape": 4, "mean": 1},
    "": {"law": "empirical", "values": ["1/2", 1, "3/2", 2]},
}


@cache
def observed(label: str, learning_rate: str = "1/20") -> Observed:
    """Eight workers with the law of that label; the decay rate is made up, .75 for exponential cycles, else .25."""
    table = {
        "workers": {"count": 8, "compute": LAWS[label]},
        "optimizer": {"learning_rate": learning_rate},
        "objective": {"curvature": [1]},
        "run": {"replicas": 4, "updates": 4000, "burn_in": 1000},
    }
    study = study_from_table(table).cases[0].study
    rate = Estimate(0.25 + 0.5 * (label == "exponential"), 0.01, 8)
    return Observed(label, ModePredictions(study, 0), simulate_study(study), rate)


@pytest.fixture(scope="session")
def case() -> Callable[..., Observed]:
    return observed
