"""Areas and lines of equal height on a figure: one path an area, deterministic, labelled."""

from __future__ import annotations

from pathlib import Path

from verify.report import Area, Figure, Heights
from verify.telling.figures import render, save_pdf, standalone

SQUARE = (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), ((0.25, 0.25), (0.25, 0.75), (0.75, 0.75), (0.75, 0.25)))
SLOPE = tuple(tuple(float(x + y) for x in range(3)) for y in range(3))
FIGURE = Figure(
    "areas", "Areas", "A square with a hole.", "A square with a hole & lines.", "x", "y", (),
    markers=(("this study", 0.1, 0.1),),
    areas=(Area("stable", "stable", SQUARE), Area("unstable", "unstable", SQUARE[1:]), Area("none", "outside", ())),
    heights=(
        Heights("rate", (0.0, 0.5, 1.0), (0.0, 0.5, 1.0), SLOPE, (1.0, 2.0)),
        Heights("limit", (0.0, 0.5, 1.0), (0.0, 0.5, 1.0), SLOPE, (1.5,), "boundary"),
    ),
)  # fmt: skip


def test_each_area_is_in_the_legend_and_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    svg = render(FIGURE)
    assert svg == render(FIGURE)
    for label in ("stable", "unstable", "none", "rate", "limit", "this study"):
        assert f">{label}<" in svg
    for name in ("a.pdf", "b.pdf"):
        save_pdf(FIGURE, tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_an_svg_of_its_own_brings_its_colours() -> None:
    assert standalone(FIGURE).count("--series-1:") == 1
    assert "background:#fff" in standalone(FIGURE)
