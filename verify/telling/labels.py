"""Stage: telling. Input: a drawn figure and its annotated points. Output: the points, labelled where there is room.

A label takes the first place around its point at which it covers no other label, no data point and no edge.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.transforms import Bbox

from verify.report import Figure

_PLACES = (
    (7, 7, "left", "bottom"),
    (-7, 7, "right", "bottom"),
    (7, -7, "left", "top"),
    (-7, -7, "right", "top"),
    (0, 11, "center", "bottom"),
    (0, -11, "center", "top"),
    (14, 20, "left", "bottom"),
    (-14, 20, "right", "bottom"),
    (14, -20, "left", "top"),
    (-14, -20, "right", "top"),
    (14, 36, "left", "bottom"),
    (-14, 36, "right", "bottom"),
)


def place_labels(canvas: Any, axes: Any, figure: Figure, ink: str) -> None:
    """Mark the figure's annotated points and write each label in a free place beside it."""
    if not figure.markers:
        return
    for _, x, y in figure.markers:
        axes.plot([x], [y], marker="o", color=ink, markersize=4.5, linestyle="none", zorder=4)
    canvas.draw_without_rendering()
    taken = [_around(axes, x, y) for _, x, y in figure.markers]
    obstacles = _data_points(axes, figure)
    for label, x, y in figure.markers:
        taken.append(_written(axes, (label, x, y), taken, obstacles, ink))


def _written(axes: Any, marker: tuple[str, float, float], taken: list[Bbox], points: Any, ink: str) -> Bbox:
    """Write one label at the place with the fewest collisions; return its box."""
    label, x, y = marker
    best: tuple[float, Any, Bbox] | None = None
    for dx, dy, horizontal, vertical in _PLACES:
        text = axes.annotate(
            label, (x, y), xytext=(dx, dy), textcoords="offset points", ha=horizontal, va=vertical, color=ink, zorder=5,
            arrowprops={"arrowstyle": "-", "color": ink, "lw": 0.6} if abs(dy) > 15 else None,
        )  # fmt: skip
        box = Bbox(text.get_window_extent().padded(1.5))
        cost = 100.0 * sum(_overlap(box, other) for other in taken) + sum(box.contains(*point) for point in points)
        cost += 0.0 if _inside(box, axes.bbox) else 500.0
        if best is None or cost < best[0]:
            if best is not None:
                best[1].remove()
            best = (cost, text, box)
        else:
            text.remove()
        if best[0] == 0:
            break
    assert best is not None
    return best[2]


def _around(axes: Any, x: float, y: float) -> Bbox:
    px, py = axes.transData.transform((x, y))
    return Bbox([[px - 4, py - 4], [px + 4, py + 4]])


def _data_points(axes: Any, figure: Figure) -> list[tuple[float, float]]:
    """Every curve as points close together, in pixels."""
    found = []
    for curve in figure.curves:
        pixels = [tuple(axes.transData.transform(point)) for point in zip(curve.x, curve.y, strict=True)]
        found += pixels
        if curve.style in ("line", "step", "reference"):
            for (x0, y0), (x1, y1) in pairwise(pixels):
                if not np.isfinite((x0, y0, x1, y1)).all():  # a curve has gaps where there is no value
                    continue
                parts = min(40, int(max(abs(x1 - x0), abs(y1 - y0)) // 3))
                found += [(x0 + (x1 - x0) * i / parts, y0 + (y1 - y0) * i / parts) for i in range(1, parts)]
    return found


def _overlap(first: Bbox, second: Bbox) -> bool:
    return bool(first.x0 < second.x1 and second.x0 < first.x1 and first.y0 < second.y1 and second.y0 < first.y1)


def _inside(box: Bbox, frame: Any) -> bool:
    return bool(box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1)
