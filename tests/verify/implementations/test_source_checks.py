"""Source code at work: where a compiler is at hand, every value lies in its enclosure, and a wrong one is noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from derive.claims import CLAIMS
from numeric.source.code import SourceFile, source_of
from numeric.source.languages import LANGUAGES
from verify.implementations import source_checks
from verify.implementations.source_checks import check_source, expectations
from verify.implementations.source_runs import RUNNERS, program_of, run_source

CHOSEN = (
    "delay.stationary-variance.constant", "delay.roots.constant", "delay.stability-limit.gamma", "law.cdf.gamma",
    "law.cdf.inverse-gaussian", "law.transform.uniform", "staleness.overlap-term.gamma",
    "trigger.gain-of-norm.event-trigger",
    "uplink.arrival-rate.shared-uplink", "threshold.applied-fraction.exponential", "law.transform.gamma",
    "transients.mean-path.constant", "law.transform.weibull", "law.transform.lognormal",
)  # fmt: skip
POINTS = 12


def chosen(language: str, claims: tuple[str, ...] = CHOSEN) -> SourceFile:
    return source_of([CLAIMS[claim] for claim in claims], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_lies_in_its_enclosure(language: str) -> None:
    if program_of(language) is None:
        pytest.skip(f"not installed: {' or '.join(RUNNERS[language].programs)}")
    misses, compared = check_source(chosen(language), POINTS)
    assert misses == []
    assert compared > POINTS * len(CHOSEN)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("(1.0 + sin(", "(1.0000001 + sin("), ("return nan", "return 0.0"), ("cos(damping", "sin(damping")],
)
def test_a_wrong_coefficient_and_a_missing_guard_are_noticed(right: str, wrong: str) -> None:
    source = chosen("python", CHOSEN[:1])
    assert right in source.text
    misses, _ = check_source(replace(source, text=source.text.replace(right, wrong)), POINTS)
    assert misses


def test_a_wrong_coefficient_in_c_is_noticed() -> None:
    if program_of("c") is None:
        pytest.skip("not installed: gcc or cc or clang")
    source = chosen("c", CHOSEN[:1])
    misses, _ = check_source(replace(source, text=source.text.replace("(1.0 + sin(", "(1.000001 + sin(")), POINTS)
    assert {miss.function for miss in misses} == {"delay_stationary_variance_constant"}
    assert len(misses) >= POINTS


def test_a_small_quotient_of_large_factors_does_not_overflow(tmp_path: Path) -> None:
    source = chosen("python", ("arrivals.count-probability.erlang",))
    point = (0.05083020833046964, 6.0, 4.725561258144694, 8.0)
    (value,) = run_source(source, [(0, point)], tmp_path)
    assert value == pytest.approx(9.75274004177614e-168, rel=1e-11)


def test_points_lie_on_both_sides_of_the_edge_of_the_domain() -> None:
    inside, outside = expectations("delay.stationary-variance.constant", POINTS, 1)
    assert len(inside) == POINTS
    assert all(point[0] * point[1] > 1.57 for point in outside)
    assert outside


def test_a_function_that_no_point_tests_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_checks, "expectations", lambda *_: ((), ()))
    with pytest.raises(RuntimeError, match="no point of its domain was found"):
        check_source(chosen("python", CHOSEN[:1]), POINTS)


def test_a_file_that_does_not_compile_says_so(tmp_path: Path) -> None:
    source = chosen("python", CHOSEN[:1])
    with pytest.raises(RuntimeError, match="'return' outside function"):
        run_source(replace(source, text=source.text + "return"), [(0, (1.0, 1.0, 1.0))], tmp_path)
