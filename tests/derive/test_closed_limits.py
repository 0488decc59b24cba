"""The table of closed limits in ARCHITECTURE.md, row by row against the registries of laws and claims."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sympy as sp

from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import (
    LAWS,
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    IndependentSum,
    InverseGaussian,
    LogNormal,
    Mixture,
    OrderStatistic,
    Pareto,
    PhaseType,
    ShiftedExponential,
    Truncated,
    Uniform,
    Weibull,
)
from derive.models.modes import families_of

PAGE = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (\w+) \| ?(.*?) ?\|$", re.MULTILINE)
TABLE = {law: (limit, critical, why) for law, limit, critical, why in ROW.findall(PAGE)}
EXAMPLES: dict[str, Law] = {
    law.name: law
    for law in (
        *(Constant(1), Exponential(1), Gamma(2, 1), ShiftedExponential(1, 1), Uniform(1, 2), InverseGaussian(1, 2)),
        *(Hyperexponential(["1/2", "1/2"], [1, 3]), PhaseType([1, 0], [[-2, 2], [0, -3]]), Empirical([1, 2])),
        *(Weibull(2, 1), LogNormal(0, 1), Pareto(3, 1), Mixture([("1/2", Constant(1)), ("1/2", Gamma(2, 1))])),
        *(IndependentSum([Constant(1), Gamma(2, 1)]), Truncated(Gamma(2, 1), 2), OrderStatistic(Gamma(2, 1), 2, 3)),
    )
}


def claimed(law: Law, quantity: str) -> bool:
    families = (family.replace("_", "-") for family in families_of(law))
    return any(f"delay.{quantity}.{family}" in CLAIMS for family in families)


def test_the_table_has_one_row_a_law_in_any_order() -> None:
    assert set(TABLE) == set(LAWS) == set(EXAMPLES)
    assert len(ROW.findall(PAGE)) == len(LAWS)


@pytest.mark.parametrize("name", LAWS)
def test_a_limit_is_told_closed_where_it_is_claimed(name: str) -> None:
    law, (limit, critical, why) = EXAMPLES[name], TABLE[name]
    mixed = name in ("exponential", "hyperexponential")
    assert limit == ("none" if mixed else "closed" if claimed(law, "stability-limit") else "certified")
    heavy = sp.sympify(law.abscissa_of_convergence) == 0
    assert critical == ("none" if heavy else "closed" if claimed(law, "critical-damping") else "certified")
    assert why or (limit, critical) == ("closed", "closed")


def test_mixtures_of_exponentials_have_the_claim_that_none_crosses() -> None:
    assert "delay.response-real-part.hyperexponential" in CLAIMS
    assert not claimed(EXAMPLES["hyperexponential"], "stability-limit")
    assert not claimed(EXAMPLES["lognormal"], "critical-damping")
