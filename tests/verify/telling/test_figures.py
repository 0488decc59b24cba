"""Figures: the same bytes for the same data, no colours of their own on the page, nothing clashing."""

import math
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import combinations

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from verify.report import Curve
from verify.telling.figures import _PRINT, _SCREEN, PALETTE, drawn, render, save_pdf
from verify.telling.writing import figure_data


def test_svg_is_deterministic_and_well_formed(report):
    for figure in report.figures:
        svg = render(figure)
        assert svg == render(figure)
        ElementTree.fromstring(svg)


def test_pdf_is_deterministic_embeds_its_fonts_and_is_one_column_wide(report, tmp_path):
    for figure in report.figures:
        save_pdf(figure, tmp_path / "a.pdf")
        save_pdf(figure, tmp_path / "b.pdf")
        content = (tmp_path / "a.pdf").read_bytes()
        assert content == (tmp_path / "b.pdf").read_bytes()
        assert b"/FontFile2" in content
        assert b"/MediaBox [ 0 0 252 " in content


def test_identifiers_of_two_figures_do_not_clash_and_every_reference_has_its_target(report):
    seen: set[str] = set()
    for figure in report.figures:
        svg = render(figure)
        identifiers = re.findall(r' id="([^"]+)"', svg)
        assert not seen & set(identifiers)
        seen |= set(identifiers)
        assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg)) <= set(identifiers)


def test_colours_are_variables_of_the_page(report):
    svg = render(report.figures[0])
    bare = re.sub(r"var\([^)]*\)", "", svg)
    assert not any(colour in bare for colour in PALETTE)
    assert "currentColor" in svg
    assert "<style" not in svg


def test_alternative_text_is_there_and_escaped(report):
    label = ElementTree.fromstring(render(report.figures[0])).get("aria-label")
    assert label == report.figures[0].alt


def test_every_value_stands_in_the_data_beside_the_figure(report):
    for figure in report.figures:
        lines = figure_data(figure).splitlines()
        assert len(lines) == 1 + sum(len(curve.x) for curve in figure.curves)


@pytest.mark.parametrize(("settings", "width"), [(_SCREEN, 5.9), (_PRINT, 3.5)])
def test_no_two_texts_overlap_and_the_legend_covers_no_data(report, settings, width):
    for figure in report.figures:
        with matplotlib.rc_context(settings):
            canvas = drawn(figure, width=width, height=2.8, make=FigureCanvasAgg)
            canvas.canvas.draw()
            axes = canvas.axes[0]
            texts = [*axes.texts, axes.xaxis.label, axes.yaxis.label, *axes.get_xticklabels(), *axes.get_yticklabels()]
            texts += [text for legend in canvas.legends for text in legend.get_texts()]
            shown = [text for text in texts if text.get_text() and text.get_visible()]
            boxes = {f"{text.get_text()} {index}": text.get_window_extent() for index, text in enumerate(shown)}
        inside = {name: box for name, box in boxes.items() if box.overlaps(canvas.bbox)}
        clashes = [(a, b) for a, b in combinations(inside, 2) if _deep(inside[a], inside[b])]
        assert not clashes
        for legend in canvas.legends:
            assert not _deep(legend.get_window_extent(), axes.bbox)
            assert legend.get_window_extent().x1 <= canvas.bbox.x1 + 1


def _deep(first, second):
    """Overlap by more than a pixel both ways."""
    wide = min(first.x1, second.x1) - max(first.x0, second.x0)
    high = min(first.y1, second.y1) - max(first.y0, second.y0)
    return wide > 1 and high > 1


def test_a_figure_without_markers_or_regions_renders(report):
    plain = replace(report.figures[0], markers=(), regions=(), y_scale="linear")
    assert render(plain).startswith("<svg")


def test_a_curve_with_a_gap_renders(report):
    figure = next(one for one in report.figures if one.curves[0].style == "line" and len(one.curves[0].y) > 2)
    first, *others = figure.curves
    gap = replace(first, y=(first.y[0], math.nan, *first.y[2:]))
    markers = (("here", first.x[0], first.y[0]),)
    assert render(replace(figure, curves=(gap, *others), markers=markers)).startswith("<svg")


def test_a_reference_takes_no_colour_from_the_cases(report):
    figure = next(one for one in report.figures if one.curves[0].style == "line")
    bare = replace(figure, curves=figure.curves[:1], markers=(), regions=())
    line = Curve("what it is held to", (0.0, 1.0), (1.0, 1.0), (), "reference")
    assert PALETTE[0] in render(bare)
    for curves in ((line, *bare.curves), (*bare.curves, line)):
        told = render(replace(bare, curves=curves))
        assert PALETTE[0] in told
        assert PALETTE[1] not in told
        assert line.label in told
