"""Stage: telling. Input: a Figure's data. Output: deterministic SVG for the page and PDF for the paper.

The SVG carries no colours of its own: strokes and letters are CSS variables and ``currentColor``, so a figure follows
light and dark. Every curve differs from the others in line style and marker as well as in colour.
"""

from __future__ import annotations

import io
import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from verify.report import Curve, Figure
from verify.telling.areas import draw_areas, draw_heights
from verify.telling.labels import place_labels

# Okabe and Ito's palette, darkened so that every line has a contrast of at least 3:1 on white.
PALETTE = ("#0072b2", "#c2500a", "#00805d", "#a8487f", "#866800", "#4b4b9f")
_BRIGHT = ("#5fb4ea", "#f4945a", "#45c9a2", "#e395c2", "#d9b84a", "#a9a9f2")  # the same on a dark page (page.css)
_DASHES = ((0, ()), (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (3, 1.5)), (0, (8, 3)))
_REFERENCE = (0, (8, 3, 1.5, 3))
_MARKERS = ("o", "s", "^", "D", "v", "P")
_HATCHES = ("////", "....", "\\\\\\\\", "xxxx")
_INK, _GRID = "#010101", "#c9c9c8"
_COMMON: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "staleproof",
    "pdf.fonttype": 42,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _GRID,
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
}
_SCREEN: Any = {**_COMMON, "font.size": 11.5, "font.family": ["DejaVu Sans"]}
_PRINT: Any = {**_COMMON, "font.size": 8, "font.family": ["STIXGeneral", "DejaVu Sans"], "lines.linewidth": 1.1}

HEIGHTS = {"column": 2.6, "article": 3.4, "text": 3.6}  # inches, without the legend


def render(figure: Figure) -> str:
    """Return the figure as one inline ``<svg>`` element, the same bytes for the same data.

    Identifiers carry the figure's name as a prefix, so that several figures share a page.

    Example: ``render(figure).startswith("<svg")``.
    """
    with matplotlib.rc_context(_SCREEN):
        canvas = drawn(figure, width=5.9, height=4.0, make=FigureCanvasSVG)
        buffer = io.StringIO()
        canvas.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return _inlined(buffer.getvalue(), figure)


def standalone(figure: Figure) -> str:
    """Return the figure as an SVG file of its own, black on white; on a dark screen white on black.

    Example: ``standalone(figure).startswith("<svg")``.
    """
    inner = render(figure)
    dark = "".join(f"--series-{number}:{colour};" for number, colour in enumerate(_BRIGHT, start=1))
    style = (
        "<style>svg{font-family:'DejaVu Sans',sans-serif;color:#010101;background:#fff}"
        f"@media (prefers-color-scheme:dark){{svg{{color:#f0f0ee;background:#16181a;--grid:#44484c;{dark}}}}}</style>"
    )
    head, _, body = inner.partition(">")
    return f"{head}>{style}{body}\n"


def save_pdf(figure: Figure, path: Path) -> None:
    """Write the figure as a PDF one column (3.5 inches) wide with embedded fonts, the same bytes for the same data.

    Raises ``OSError`` when the path cannot be written.
    """
    with matplotlib.rc_context(_PRINT):
        canvas = drawn(figure, width=3.5, height=HEIGHTS["column"], make=FigureCanvasPdf)
        canvas.savefig(path, format="pdf", metadata={"CreationDate": None, "ModDate": None})


def print_settings() -> dict[str, Any]:
    """What figures on paper have in common: small letters, thin lines."""
    return dict(_PRINT)


def drawn(figure: Figure, width: float, height: float, make: Any) -> Canvas:
    """The figure on a canvas that ``make`` makes, ``width`` and ``height`` in inches, a legend above it."""
    entries = len(figure.curves) + len(figure.regions) + len(figure.areas) + len(figure.heights)
    rows = math.ceil(entries / 2) if entries > 1 else 0
    canvas = Canvas(figsize=(width, height + 0.021 * rows * matplotlib.rcParams["font.size"]), layout="constrained")
    make(canvas)
    axes = canvas.add_subplot()
    axes.set_xscale(figure.x_scale)
    axes.set_yscale(figure.y_scale)
    areas = draw_areas(axes, figure, PALETTE, _INK)
    handles = [*areas, *_curves(axes, figure), *_regions(axes, figure), *draw_heights(axes, figure, PALETTE, _INK)]
    axes.set_xlabel(figure.x_label)
    axes.set_ylabel(figure.y_label)
    if figure.ticks:
        axes.set_xticks(range(len(figure.ticks)), figure.ticks)
        axes.grid(visible=False, axis="x")
    elif _counts(figure):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if entries > 1:
        _legend(canvas, handles, "small" if figure.areas else None)
    place_labels(canvas, axes, figure, ink=_INK)
    return canvas


def _legend(canvas: Canvas, handles: list[Any], size: str | None) -> None:
    """A legend above the axes, with as many columns as fit the figure's width."""
    for columns in (3, 2, 1):
        legend = canvas.legend(
            handles=handles, loc="outside upper left", ncols=columns, borderaxespad=0.3, fontsize=size
        )
        if legend.get_window_extent().width <= 0.97 * canvas.bbox.width or columns == 1:
            return
        legend.remove()


def _counts(figure: Figure) -> bool:
    """Whether the horizontal axis counts something: whole numbers alone, and not just 0 and 1."""
    places = {float(x) for curve in figure.curves if curve.style != "reference" for x in curve.x}
    return figure.x_scale == "linear" and len(places) > 1 and max(places) > 1 and all(x.is_integer() for x in places)


def _curves(axes: Any, figure: Figure) -> list[Any]:
    """Draw the curves and return the legend's handles; labels that agree up to the first comma share a colour."""
    found = [curve for curve in figure.curves if curve.style != "reference"]
    heads = list(dict.fromkeys(curve.label.partition(",")[0] for curve in found))
    bars = [curve for curve in figure.curves if curve.style == "bars"]
    handles = []
    for curve in figure.curves:
        if curve.style == "reference":
            handles.append(_line(axes, curve, _REFERENCE, {"color": _INK, "label": curve.label, "linewidth": 0.9}))
            continue
        index = found.index(curve)
        look = {"color": PALETTE[heads.index(curve.label.partition(",")[0]) % len(PALETTE)], "label": curve.label}
        if curve.style == "bars":
            handles.append(_bars(axes, curve, bars.index(curve), len(bars), look))
        elif curve.style == "points":
            handles.append(_points(axes, curve, _MARKERS[index % len(_MARKERS)], look))
        else:
            handles.append(_line(axes, curve, _DASHES[index % len(_DASHES)], look))
    if bars and min(min(curve.y) for curve in bars) >= 0 and figure.y_scale == "linear":
        axes.set_ylim(bottom=0)
    return handles


def _points(axes: Any, curve: Curve, marker: str, look: dict[str, str]) -> Any:
    return axes.errorbar(
        curve.x, curve.y, yerr=curve.errors or None, linestyle="none", marker=marker, capsize=2.5, elinewidth=0.9,
        markerfacecolor="none", markeredgewidth=1.2, zorder=3, **look,
    )  # fmt: skip


def _line(axes: Any, curve: Curve, dashes: Any, look: dict[str, Any]) -> Any:
    shape = "steps-mid" if curve.style == "step" else "default"
    (line,) = axes.plot(curve.x, curve.y, linestyle=dashes, drawstyle=shape, **look)
    if curve.errors:
        low = [y - error for y, error in zip(curve.y, curve.errors, strict=True)]
        high = [y + error for y, error in zip(curve.y, curve.errors, strict=True)]
        axes.fill_between(curve.x, low, high, color=look["color"], alpha=0.18, linewidth=0)
    return line


def _bars(axes: Any, curve: Curve, place: int, total: int, look: dict[str, str]) -> Any:
    gaps = [after - before for before, after in pairwise(sorted(curve.x)) if after > before]
    pitch = 0.82 * (min(gaps) if gaps else 1.0)
    width = pitch / total
    centres = [x - pitch / 2 + (place + 0.5) * width for x in curve.x]
    return axes.bar(
        centres, curve.y, width=width, yerr=curve.errors or None, alpha=0.6, edgecolor=look["color"], linewidth=0.5,
        hatch=_HATCHES[place - 1] if place else None, error_kw={"elinewidth": 0.9, "ecolor": _INK}, **look,
    )  # fmt: skip


def _regions(axes: Any, figure: Figure) -> list[Patch]:
    """Shaded boxes clipped to the data's axes, told apart by hatching; returns their samples for the legend."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    samples = []
    for index, (label, x0, x1, y0, y1) in enumerate(figure.regions):
        corner = max(x0, left), max(y0, bottom)
        size = min(x1, right) - corner[0], min(y1, top) - corner[1]
        look, hatch = PALETTE[-1 - index % len(PALETTE)], _HATCHES[index % len(_HATCHES)]
        if min(size) > 0:
            axes.add_patch(Rectangle(corner, *size, facecolor=look, alpha=0.10, linewidth=0, zorder=0))
            axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=look, alpha=0.4, lw=0, hatch=hatch, zorder=0))
        samples.append(Patch(facecolor="none", edgecolor=look, alpha=0.6, hatch=hatch, label=label))
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    return samples


def _inlined(svg: str, figure: Figure) -> str:
    """The bare element: prefixed identifiers, CSS colours, inherited fonts, the alternative text."""
    prefix = re.sub(r"[^a-z0-9]+", "-", figure.name.lower())
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r'id="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    svg = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{prefix}-\1"', svg)
    for index, colour in enumerate(PALETTE, start=1):
        svg = svg.replace(colour, f"var(--series-{index}, {colour})")
    svg = svg.replace(_INK, "currentColor").replace(_GRID, f"var(--grid, {_GRID})")
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.S)
    svg = svg.replace("; font-family: 'DejaVu Sans'", "")
    box = re.search(r'viewBox="([^"]+)"', svg)
    label = figure.alt.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    head = f'<svg class="figure" role="img" aria-label="{label}" viewBox="{box[1] if box else ""}"'
    body = svg[svg.index(">", svg.index("<svg")) + 1 :]
    return f'{head} xmlns="http://www.w3.org/2000/svg">{body}'.strip()
