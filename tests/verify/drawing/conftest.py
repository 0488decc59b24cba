"""Small judged cases that every test of the drawing looks at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from derive.studies.study import study_from_table
from numeric.values import Estimate
from verify.drawing.observed import Observed
from verify.predicting.predictions import ModePredictions
from verify.sampling.simulating import simulate_study

TABLE: dict[str, Any] = {
    "workers": {"count": 8, "compute": {"law": "exponential", "mean": 2}},
    "optimizer": {"learning_rate": "1/20"},
    "objective": {"curvature": [1]},
    "run": {"replicas": 16, "updates": 8000, "burn_in": 1000},
}


@pytest.fixture(scope="session")
def judged() -> Callable[..., tuple[Observed, ...]]:
    """Every case of the small study with other sections put in, simulated, with a made-up decay rate."""

    def made(rate: Estimate | None = None, **sections: Any) -> tuple[Observed, ...]:
        table = {**TABLE, **sections}
        swept = table.get("sweep", {}).get("workers", {})
        table["workers"] = {key: value for key, value in table["workers"].items() if key not in swept}
        cases = study_from_table(table).cases
        return tuple(
            Observed(case.label, ModePredictions(case.study, 0), simulate_study(case.study), rate) for case in cases
        )

    return made
