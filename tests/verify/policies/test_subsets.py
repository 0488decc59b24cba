"""Subsets of unlike workers: every one tried, held against workers taken one by one."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from derive.laws import Exponential, Gamma
from derive.studies.records import Study, WorkerClass, Workers
from derive.studies.schema import StudyError
from derive.studies.study import load_study
from numeric.roots.characteristic import spectrum
from verify.policies.subsets import best_subset, of_classes

ROOT = Path(__file__).parents[3]
FAST, SLOW = Exponential(1), Gamma(3, 6)


def unlike(eta: str, *classes: tuple[int, Exponential | Gamma]) -> Study:
    study = load_study(str(ROOT / "reports/studies/textbook.toml")).cases[0].study
    workers = Workers(tuple(WorkerClass(count, law) for count, law in classes))
    assert study.optimizer is not None
    from dataclasses import replace

    return replace(study.with_workers(workers), optimizer=replace(study.optimizer, learning_rate=sp.Rational(eta)))


def by_hand(eta: sp.Rational, laws: tuple[Exponential | Gamma, ...]) -> float:
    """s + eta h sum_i L_i(s)/theta_i, h = 2: each worker's own feedback, no mixture."""
    feedback = eta * 2 * sum(law.laplace_transform(y.s) / law.mean for law in laws)
    bound = eta * 2 * sum(law.laplace_transform(y.s) / law.mean for law in laws)
    abscissa = max(law.abscissa_of_convergence for law in laws)
    rate = spectrum(CharacteristicEquation(y.s + feedback, y.s, bound, abscissa)).decay_rate
    return float("-inf") if rate is None else float(rate)


@pytest.mark.parametrize("eta", ["1/20", "1/9"])
def test_the_best_subset_is_that_of_all_workers_one_by_one(eta: str) -> None:
    found = best_subset(unlike(eta, (2, FAST), (2, SLOW)))
    workers = (FAST, FAST, SLOW, SLOW)
    rates = {
        chosen: by_hand(sp.Rational(eta), tuple(workers[i] for i in chosen))
        for size in range(1, 5)
        for chosen in combinations(range(4), size)
    }
    best = max(rates, key=lambda chosen: rates[chosen])
    assert found.best[0] == (sum(i < 2 for i in best), sum(i >= 2 for i in best))
    assert float(found.best[1]) == pytest.approx(rates[best], rel=1e-9)
    assert found.tried == 8
    assert found.certified


def test_slow_workers_are_left_out_where_they_only_add_staleness() -> None:
    found = best_subset(unlike("1/8", (1, FAST), (4, Gamma(16, 9))))
    assert found.best[0][1] < 4
    assert found.gain is not None
    assert (found.gain - 1).is_positive()


def test_alike_workers_count_once() -> None:
    assert of_classes(unlike("1/10", (3, FAST), (1, SLOW)), (2, 0)).workers == Workers.alike(2, FAST)


def test_too_many_choices_are_refused() -> None:
    with pytest.raises(StudyError) as refused:
        best_subset(unlike("1/10", (100, FAST), (100, SLOW)))
    assert refused.value.key == "workers.class"
