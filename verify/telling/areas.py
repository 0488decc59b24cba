"""Stage: telling. Input: a figure's areas and heights. Output: filled outlines and lines of equal height on its axes.

An area is one path, so that no seam shows between the cells it was made of. Unstable areas are hatched, because colour
alone is not for every eye; the undecided layer is the darkest, because it is what a reader must not take for proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from verify.report import Area, Figure, Heights

_LOOKS: dict[str, tuple[int | None, float, str]] = {  # colour of the palette (None: ink), opacity, hatching
    "stable": (0, 0.13, ""),
    "mean-square": (0, 0.22, ""),
    "unstable": (1, 0.20, "////"),
    "undecided": (None, 0.75, ""),
    "half-decided": (3, 0.55, ""),
    "outside": (None, 0.06, "xxxx"),
}


def draw_areas(axes: Any, figure: Figure, palette: Sequence[str], ink: str) -> list[Any]:
    """Fill every area; returns samples for the legend."""
    samples = []
    for area in figure.areas:
        place, opacity, hatch = _LOOKS[area.kind]
        colour = ink if place is None else palette[place]
        look: dict[str, Any] = {"facecolor": colour, "alpha": opacity, "linewidth": 0}
        if area.polygons:
            path = _path(area)
            axes.add_patch(PathPatch(path, zorder=0.5, **look))
            if hatch:
                axes.add_patch(
                    PathPatch(path, fill=False, edgecolor=colour, alpha=0.35, linewidth=0, hatch=hatch, zorder=0.6)
                )
        samples.append(
            Patch(hatch=hatch, edgecolor=colour, **{**look, "alpha": min(1.0, opacity + 0.1)}, label=area.label)
        )
    if figure.areas:
        axes.grid(False)
        axes.autoscale_view()
        axes.margins(0)
    return samples


def _path(area: Area) -> Path:
    parts = [Path(np.array([*polygon, polygon[0]]), closed=True) for polygon in area.polygons]
    return Path.make_compound_path(*parts)


def draw_heights(axes: Any, figure: Figure, palette: Sequence[str], ink: str) -> list[Any]:
    """Draw lines of equal height: numbered contours, or the boundary at one level; returns samples for the legend."""
    samples = []
    for heights in figure.heights:
        boundary = heights.kind == "boundary"
        look = {"colors": [palette[2] if boundary else ink], "linewidths": 1.1 if boundary else 0.7}
        dashes = ["solid"] if boundary else [(0, (4, 2))]
        drawn = axes.contour(
            heights.x, heights.y, np.ma.masked_invalid(np.array(heights.values)), levels=list(heights.levels),
            linestyles=dashes, zorder=2.5 if boundary else 1.5, **look,
        )  # fmt: skip
        if not boundary:
            axes.clabel(drawn, fmt="%g", fontsize="small", inline_spacing=3)
        samples.append(_sample(heights, palette[2] if boundary else ink, dashes[0], look["linewidths"]))
    return samples


def _sample(heights: Heights, colour: str, dashes: Any, width: Any) -> Line2D:
    return Line2D([], [], color=colour, linestyle=dashes, linewidth=width, label=heights.label)
