"""Roots with their conjugates, and the region right of all of them."""

import math

import pytest

from verify.drawing.roots import roots_figure


def test_the_region_right_of_the_rightmost_root_is_shown_as_proven(judged) -> None:
    figure = roots_figure(judged(sweep={"workers": {"count": [4, 8]}}))
    ((label, left, right, *_),) = figure.regions
    assert label == "no root, proven"
    # M = 4: (s theta)^2 + s theta + .2 = 0, of which the larger root is -(1 - sqrt(.2))/2
    assert left == pytest.approx(-(1 - math.sqrt(0.2)) / 2)
    assert right == math.inf
    assert all(x <= left + 1e-12 for curve in figure.curves[:-1] for x in curve.x)
    assert "A winding number proves" in figure.caption
