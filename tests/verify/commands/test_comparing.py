"""Two results: proven differences, significant ones, and those that chance explains; the false-alarm rate is kept."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import sympy as sp

from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact
from verify.commands.comparing import Comparison, compare, judge_pair
from verify.verdict import Value

THIRD = sp.Rational(1, 3)
TINY = sp.Rational(1, 10**30)


def result(*values: Value, **further: Any) -> dict[str, Any]:
    rows = [{"claim": f"a.b{k}", "predicted": value.to_json()} for k, value in enumerate(values)]
    return {"verdicts": rows, **further}


@pytest.mark.parametrize(
    ("before", "after", "judged"),
    [
        (Exact(THIRD), Exact(THIRD + TINY), "changed"),
        (Exact(sp.sqrt(8)), Exact(2 * sp.sqrt(2)), "within error"),
        (Exact(sp.sin(1) ** 2 + sp.cos(1) ** 2), Exact(sp.Integer(1)), "within error"),
        (Enclosure.of(THIRD), Exact(THIRD), "within error"),
        (Enclosure.of(THIRD), Enclosure.of(THIRD + TINY), "changed"),
        (Enclosure.of(THIRD, 40), Enclosure.of(THIRD + TINY), "within error"),
        (Exact(sp.oo), Exact(sp.oo), "within error"),
        (Exact(sp.oo), Exact(THIRD), "changed"),
        (Exact(sp.oo), Estimate(1.0, 0.1, 64), "changed"),
        (Estimate(1.0, 0.1, 64), Estimate(1.3, 0.1, 64), "within error"),
        (Estimate(1.0, 0.1, 64), Estimate(1.7, 0.1, 64), "changed"),
        (Estimate(1.0, 0.1, 3), Estimate(1.7, 0.1, 3), "within error"),
        (Estimate(1.0, 0.0, 64), Estimate(1.0 + 1e-15, 0.0, 64), "changed"),
        (Estimate(0.3, 0.01, 64), Exact(THIRD), "within error"),
        (Estimate(0.2, 0.01, 64), Enclosure.of(THIRD), "changed"),
    ],
)
def test_pairs_are_judged_by_their_kinds(before: Value, after: Value, judged: str) -> None:
    assert judge_pair(before, after, 1e-3)[0] == judged
    assert judge_pair(after, before, 1e-3)[0] == judged


def test_what_matters_is_significant_and_what_only_tells_is_not() -> None:
    before = result(Exact(THIRD), unstable=False, note="old", study={"seed": 1}, hash="a")
    after = result(Exact(THIRD), unstable=True, note="new", study={"seed": 2}, hash="b")
    made = compare(before, after)
    assert {one.place for one in made.significant} == {"unstable", "hash"}
    assert {one.part for one in made.differences} == {"outcome", "formula", "words", "asked"}


def test_rows_that_are_gone_are_significant_and_new_ones_are_not() -> None:
    one, two = result(Exact(THIRD)), result(Exact(THIRD), Exact(sp.pi))
    assert not compare(one, two).significant
    assert [gone.judged for gone in compare(two, one).significant] == ["gone"]


def test_the_joint_level_is_shared_by_all_pairs_of_estimates() -> None:
    """One pair 3.6 standard errors apart is significant at 1e-3 alone, and not among a hundred."""
    near, far = Estimate(0.0, 1.0, 10**6), Estimate(3.6 * math.sqrt(2), 1.0, 10**6)
    assert compare(result(near), result(far)).significant
    others = [Estimate(0.0, 1.0, 10**6)] * 99
    made = compare(result(near, *others), result(far, *others))
    assert not made.significant
    assert made.estimates == 100


def test_the_smallest_change_noticed_is_noticed_in_nine_of_ten() -> None:
    """Planted changes of just that size, in two samples of 40 replicas each."""
    random = np.random.default_rng(5)
    truth = Estimate(10.0, 0.1, 40)
    noticed = compare(result(truth), result(truth), false_alarm_rate=0.01).noticed
    assert noticed is not None
    caught = 0
    for _ in range(400):
        samples = random.normal(10.0, 0.1 * math.sqrt(40), (2, 40))
        samples[1] += 10 * noticed
        one, other = (Estimate(float(s.mean()), float(s.std(ddof=1) / math.sqrt(40)), 40) for s in samples)
        caught += judge_pair(one, other, 0.01)[0] == "changed"
    assert 0.84 < caught / 400 < 0.96


@pytest.mark.parametrize("spread", [(1.0, 1.0), (1.0, 5.0)])
def test_equal_truths_are_called_different_as_rarely_as_declared(spread: tuple[float, float]) -> None:
    """4000 pairs of 16 and 24 replicas at level 0.02: at most 80 expected, four standard deviations allowed."""
    random = np.random.default_rng(11)
    alarms = 0
    for _ in range(4000):
        pair = []
        for scale, count in zip(spread, (16, 24), strict=True):
            samples = random.normal(1.0, scale, count)
            pair.append(Estimate(float(samples.mean()), float(samples.std(ddof=1) / math.sqrt(count)), count))
        alarms += judge_pair(pair[0], pair[1], 0.02)[0] == "changed"
    assert 80 - 4 * 9 < alarms < 80 + 4 * 9


def test_a_comparison_survives_json() -> None:
    made = compare(result(Estimate(1.0, 0.1, 9)), result(Estimate(9.0, 0.1, 9), Exact(THIRD)), ("old", "new"))
    record = json.loads(json.dumps(made.to_json(), allow_nan=False))
    assert record["significant"]
    assert Comparison.from_json(record) == made
    with pytest.raises(ValueError, match="schema"):
        Comparison.from_json({**record, "schema": "another"})


@pytest.mark.parametrize("rate", [0.0, 1.0, math.nan, -1.0])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        compare({}, {}, false_alarm_rate=rate)
