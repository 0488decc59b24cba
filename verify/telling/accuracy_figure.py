"""Stage: telling. Input: an accuracy map's cells. Output: one inline SVG, its colours CSS variables.

Few classes instead of a scale, so that a reader needs no legend of shades; each differs from its neighbours by its
lightness, and the two that matter most by a hatching as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from verify.implementations.record import AccuracyMap

WIDTH, HEIGHT = 560.0, 330.0
_LEFT, _TOP, _RIGHT, _BOTTOM = 74.0, 10.0, 24.0, 50.0
CLASSES = ("outside", "fine", "fair", "loose", "bad", "none")


def class_of(cell: float | str | None, limit: float) -> str:
    """The class of a cell: outside the domain, up to 1 ulp, up to the limit, to 1000 times it, beyond, no number.

    Example: ``class_of(0.5, 64) == "fine" and class_of(None, 64) == "none"``.
    """
    if cell is None:
        return "none"
    if isinstance(cell, str):
        return "outside"
    return "fine" if cell <= 1 else "fair" if cell <= limit else "loose" if cell <= 1000 * limit else "bad"


def legend(limit: float) -> tuple[tuple[str, str], ...]:
    """Each class with its words, in the order of the map's figure.

    Example: ``legend(64)[0] == ("fine", "up to 1 ulp")``.
    """
    words = ("up to 1 ulp", f"up to {limit:g} ulps, allowed", f"up to {1000 * limit:g} ulps", "more", "no number")
    return (*zip(CLASSES[1:], words, strict=True), ("outside", "outside the domain"))


def map_svg(drawn: AccuracyMap, limit: float, worst: tuple[float, float] | None = None) -> str:
    """The map as an ``<svg>`` element; ``worst`` marks one point of the plane.

    Example: ``map_svg(AccuracyMap("a", "b", (1.0, 2.0), (1.0, 2.0), ((0.5, 0.5), (0.5, "outside")), ()), 64)[:4] ==
    "<svg"``.
    """
    parts = [
        *_cells(drawn, limit),
        *_edges(drawn),
        *_axis(drawn.x, drawn.across, True),
        *_axis(drawn.y, drawn.up, False),
    ]
    if worst is not None:
        parts += _cross(_place(drawn.x, worst[0], True), _place(drawn.y, worst[1], False))
    label = escape(f"Error of the implementation over {drawn.across} and {drawn.up}, in classes of ulps.", quote=True)
    head = f'<svg class="map" role="img" aria-label="{label}" viewBox="0 0 {WIDTH:g} {HEIGHT:g}"'
    hatch = (
        '<defs><pattern id="map-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="bad-ground" width="5" height="5"/>'
        '<path class="bad-line" d="M0 0V5"/></pattern></defs>'
    )
    return f'{head} xmlns="http://www.w3.org/2000/svg">{hatch}{"".join(parts)}</svg>'


def _cells(drawn: AccuracyMap, limit: float) -> Iterator[str]:
    """One rectangle a run of cells of one class in a row."""
    across, up = _borders(drawn.x, True), _borders(drawn.y, False)
    for row, cells in enumerate(drawn.rows):
        start = 0
        for at in range(1, len(cells) + 1):
            kind = class_of(cells[start], limit)
            if at < len(cells) and class_of(cells[at], limit) == kind:
                continue
            x, width = across[start], across[at] - across[start]
            y, height = up[row + 1], up[row] - up[row + 1]
            yield f'<rect class="{kind}" x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"/>'
            start = at


def _edges(drawn: AccuracyMap) -> Iterator[str]:
    """Each edge as a line, where it runs inside the plane."""
    for edge in drawn.edges:
        pairs = [(x, y) for x, y in zip(edge.x, edge.errors, strict=True) if y and drawn.y[0] <= y <= drawn.y[-1]]
        path = " ".join(f"{_place(drawn.x, x, True):.1f},{_place(drawn.y, y, False):.1f}" for x, y in pairs if y)
        if len(pairs) > 1:
            yield f'<polyline class="edge" points="{path}"><title>{escape(edge.label)}</title></polyline>'


def _borders(values: Sequence[float], across: bool) -> list[float]:
    """The borders of the cells in pixels, as many as cells and one."""
    low, high = (_LEFT, WIDTH - _RIGHT) if across else (HEIGHT - _BOTTOM, _TOP)
    return [low + (high - low) * n / len(values) for n in range(len(values) + 1)]


def _is_counted(values: Sequence[float]) -> bool:
    return all(value.is_integer() for value in values)


def _place(values: Sequence[float], value: float, across: bool) -> float:
    """Where a value lies in pixels, cells being equally wide: linear for counts, else by powers."""
    borders = _borders(values, across)
    if len(values) < 2:
        return (borders[0] + borders[-1]) / 2
    if _is_counted(values):
        share = (value - values[0]) / (values[-1] - values[0])
    else:
        share = math.log(max(value, 1e-300) / values[0]) / math.log(values[-1] / values[0])
    cell = (share * (len(values) - 1) + 0.5) / len(values)
    return borders[0] + (borders[-1] - borders[0]) * min(1.0, max(0.0, cell))


def _ticks(values: Sequence[float]) -> list[tuple[float, str]]:
    if _is_counted(values):
        step = max(1, math.ceil(len(values) / 8))
        return [(value, f"{value:g}") for value in values[::step]]
    exponents = range(math.ceil(math.log10(values[0]) - 1e-9), math.floor(math.log10(values[-1]) + 1e-9) + 1)
    return [(10.0**n, f"{10.0**n:g}") for n in exponents]


def _axis(values: Sequence[float], name: str, across: bool) -> Iterator[str]:
    shown = escape(name.replace("_", " "))
    for value, text in _ticks(values):
        at = _place(values, value, across)
        if across:
            y = HEIGHT - _BOTTOM
            yield f'<path class="tick" d="M{at:.1f} {y:.1f}v5"/>'
            yield f'<text x="{at:.1f}" y="{y + 19:.1f}" class="mid">{text}</text>'
        else:
            yield f'<path class="tick" d="M{_LEFT:.1f} {at:.1f}h-5"/>'
            yield f'<text x="{_LEFT - 9:.1f}" y="{at + 4:.1f}" class="end">{text}</text>'
    if across:
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        yield f'<text x="{middle:.1f}" y="{HEIGHT - 8:.1f}" class="mid name">{shown}</text>'
    else:
        middle = (HEIGHT - _BOTTOM + _TOP) / 2
        yield f'<text transform="translate(15 {middle:.1f}) rotate(-90)" class="mid name">{shown}</text>'


def _cross(x: float, y: float) -> list[str]:
    return [
        f'<circle class="worst-ground" cx="{x:.1f}" cy="{y:.1f}" r="7"/>',
        f'<circle class="worst" cx="{x:.1f}" cy="{y:.1f}" r="7"/>',
    ]
