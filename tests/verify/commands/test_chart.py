"""The command `chart`: JSON, words, files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

import staleproof

STUDY = """[equation]
damping = 1.2
delay = { law = "constant", value = 1 }
[chart]
x = { parameter = "damping", low = 0.05, high = 3 }
y = { parameter = "delay.value", low = 0.05, high = 3 }
"""


@pytest.fixture
def study(tmp_path: Path) -> str:
    (tmp_path / "s.toml").write_text(STUDY)
    return str(tmp_path / "s.toml")


def test_json_holds_cells_areas_counts_and_the_budget(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert staleproof.main(["chart", study, "--json", "--quiet", "--undecided", "0.1"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert found["x"] == {"parameter": "damping", "low": "3602879701896397/72057594037927936", "high": "3"}
    mean = found["mean"]
    area = sum(2.0 ** -(across + up) for one in mean["cells"].values() for _, across, _, up in one)
    assert area == pytest.approx(1)
    assert mean["undecided_share"] <= 0.1
    assert mean["area"]["stable"]["kind"] == "exact"
    assert mean["stable_area"]["kind"] == "enclosure"
    assert {tuple(anchor["unstable"]) for anchor in mean["counted"]} >= {(0,), (2,)}
    assert found["mean_square"] is None
    assert "noise that does not depend on the parameter" in found["why_no_mean_square"]
    assert found["point"]["status"] == "stable"
    assert found["budget"]["evaluations"] == 1_000_000


def test_figures_are_the_same_bytes_twice_and_follow_the_screen(study: str, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert staleproof.main(["chart", study, "--quiet", "--undecided", "0.1", "--out", str(tmp_path / folder)]) == 0
    for name in ("chart.svg", "chart.pdf", "chart.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    svg = (tmp_path / "one" / "chart.svg").read_text("utf-8")
    assert ElementTree.fromstring(svg).get("aria-label", "").startswith("A rectangle of damping")
    assert "prefers-color-scheme:dark" in svg
    assert "currentColor" in svg


def test_words_say_shares_and_progress_goes_to_standard_error(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert staleproof.main(["chart", study, "--evaluations", "3000"]) == 0
    out, err = capsys.readouterr()
    assert "evaluations spent" in out
    assert "this study (1.2, 1)" in out
    assert "proving the chart of s" in err


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("[chart]", "[run]\nseed = 1\n[chart]"), ""),
        (('parameter = "damping"', 'parameter = "dmping"'), "s.toml: chart.x.parameter = 'dmping': no number that"),
        ((STUDY[STUDY.index("[chart]") :], ""), "s.toml: chart = (missing): required; allowed: [chart] with x and y"),
        (
            ('"constant", value = 1 }', '"lognormal", mu = 0, sigma = 1 }'),
            "s.toml: chart.y.parameter = 'delay.value': no number that may vary;",
        ),
    ],
)
def test_refusals_are_one_line(
    study: str, capsys: pytest.CaptureFixture[str], change: tuple[str, str], line: str
) -> None:
    Path(study).write_text(STUDY.replace(*change))
    code = staleproof.main(["chart", study, "--quiet", "--evaluations", "300"])
    err = capsys.readouterr().err
    assert code == (2 if line else 0)
    assert line in err
    assert err.count("\n") == (1 if line else 0)


def test_a_transform_without_enclosed_derivatives_is_refused(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    law = STUDY.replace('"constant", value = 1 }', '"lognormal", mu = 0, sigma = 1 }')
    Path(study).write_text(law.replace("delay.value", "delay.sigma"))
    assert staleproof.main(["chart", study, "--quiet"]) == 2
    assert "no derivative of the law's transform in one of these can be enclosed" in capsys.readouterr().err
