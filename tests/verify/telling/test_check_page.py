"""The page of a check is one self-contained file that says what the record says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import lambertw

from derive.claims import CLAIMS
from verify.implementations.checking import check_implementation
from verify.implementations.record import AccuracyMap, ImplementationCheck, Profile
from verify.implementations.simulator_checks import check_simulator
from verify.telling.accuracy_figure import class_of, legend, map_svg
from verify.telling.check_page import page, ulps, write_check


@cache
def refuted() -> ImplementationCheck:
    def roots(mean_delay: Any, damping_coefficient: Any, branch: Any) -> Any:
        return lambertw(-damping_coefficient * mean_delay, branch) / mean_delay

    return check_implementation(roots, "delay.roots.constant", examples=2)


@cache
def written_page() -> str:
    return page(refuted(), CLAIMS["delay.roots.constant"].derived.result)


def test_the_page_loads_nothing_and_runs_no_script() -> None:
    assert "<script" not in written_page()
    assert not re.search(r"""(?:src|href)=["'](?!#)""", written_page())
    assert written_page().count("<h1") == 1


def test_the_page_shows_the_points_of_the_record() -> None:
    found = refuted()
    assert found.worst is not None
    assert all(text in written_page() for _, text in found.worst.at)
    assert "Refuted" in written_page()
    assert "Outside the domain" in written_page()


def test_a_page_without_findings_says_so() -> None:
    made = check_implementation(lambda workers: workers - 1, "staleness.mean.any-law", examples=2)
    text = page(made, CLAIMS[made.claim].derived.result)
    assert "Nothing found wrong" in text
    assert "no error above 64 ulps" in text.lower()


def test_names_that_look_like_markup_stay_text() -> None:
    made = check_implementation(lambda workers: 1 / 0, "staleness.mean.any-law", examples=1)
    hostile = ImplementationCheck(**{**vars(made), "target": "<script>alert(1)</script>", "reason": "<b>"})
    text = page(hostile, CLAIMS[made.claim].derived.result)
    assert "<script" not in text
    assert "<b>" not in text


def test_a_simulators_page_states_the_power() -> None:
    made = check_simulator(
        lambda seed, replicas, workers: np.random.default_rng(seed).normal(workers - 1, 0.1, replicas),
        "staleness.mean.any-law",
    )
    text = page(made, CLAIMS[made.claim].derived.result)
    assert "Smallest bias noticed" in text
    assert "failed as it must" in text


def test_both_files_are_written(tmp_path: Path) -> None:
    paths = write_check(refuted(), CLAIMS["delay.roots.constant"].derived.result, tmp_path / "new")
    assert sorted(path.name for path in paths.values()) == ["check.html", "check.json"]
    with pytest.raises(OSError, match=r"check\.json|new"):
        write_check(refuted(), CLAIMS["delay.roots.constant"].derived.result, paths["json"])


def test_cells_are_drawn_in_runs_of_their_class() -> None:
    rows = ((0.5, 0.6, 9.0), (None, "outside", 1e9))
    edge = Profile("e", "b", (1.0, 10.0), (1.0, 10.0))
    drawn = AccuracyMap("a", "b", (1.0, 10.0, 100.0), (1.0, 10.0), rows, (), (edge,))
    svg = map_svg(drawn, 64, (1.0, 1.0))
    assert re.findall(r'<rect class="(\w+)" x', svg) == ["fine", "fair", "none", "outside", "bad"]
    assert 'class="worst"' in svg
    assert "<polyline" in svg
    assert {class_of(cell, 64) for row in rows for cell in row} <= {name for name, _ in legend(64)}


def test_errors_read_like_numbers() -> None:
    assert [str(ulps(size)) for size in (None, 0.0, 0.456, 64.0, 1.5e7)] == [
        "no number", "0", "0.46", "64", "1.5 × 10<sup>7</sup>",
    ]  # fmt: skip
