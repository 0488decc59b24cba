"""Margins: where a growing learning rate loses stability."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import sympy as sp

from derive.schemes import Synchronous
from derive.studies.study import load_study
from verify.policies.margins import margins_of

STUDY = load_study(str(Path(__file__).parents[3] / "reports/studies/textbook.toml")).cases[1].study


def test_exponential_cycles_lose_only_the_mean_square() -> None:
    found = margins_of(STUDY)
    assert found.mean is None
    assert found.mean_square is not None
    eta = sp.Symbol("eta", positive=True)  # eta h (1 + M eta h)/2 = 1 with h = 2, M = 16
    limit = next(one for one in sp.solve(eta * (1 + 32 * eta) - 1, eta) if one > 0)
    assert found.mean_square.contains(sp.nsimplify(limit)) or abs(float(found.mean_square) / float(limit) - 1) < 1e-3


def test_fresh_gradients_are_stable_below_2_over_h() -> None:
    found = margins_of(replace(STUDY, scheme=Synchronous(16)))
    assert found.mean is not None
    assert abs(float(found.mean) - 1) < 1e-2
    assert found.mean_square is None
