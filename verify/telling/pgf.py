"""Stage: telling. Input: a Figure's data. Output: the figure as PGF, whose text is set by the paper in its own fonts.

Widths are those of the usual venues. Matplotlib asks a TeX engine how wide a text is; here its own fonts answer, so
that no engine is needed, and TeX sets the text at the places so found: only its widths differ a little.
"""

from __future__ import annotations

import io
from typing import Any

import matplotlib
from matplotlib.backends import backend_agg, backend_pgf
from matplotlib.backends.backend_agg import FigureCanvasAgg

from derive.formulas.latex import escaped
from verify.report import Figure
from verify.telling.figures import HEIGHTS, print_settings
from verify.telling.figures import drawn as drawn_figure

_Pgf: Any = backend_pgf.RendererPgf  # untyped
_Agg: Any = backend_agg.RendererAgg
WIDTHS = {"column": 3.5, "article": 5.5, "text": 7.16}  # inches: a column and the text of IEEE, the text of article
_HEAD = r"""% \usepackage{pgf} in the preamble, then \input this file: %(name)s, %(width)s in wide
\begingroup%%
\makeatletter%%
\providecommand{\mathdefault}[1]{#1}%%
\begin{pgfpicture}%%
\pgfpathrectangle{\pgfpointorigin}{\pgfqpoint{%(width)sin}{%(height)sin}}%%
\pgfusepath{use as bounding box, clip}%%
"""
_TAIL = r"""\end{pgfpicture}%
\makeatother%
\endgroup%
"""


def pgf(figure: Figure, width: str = "column") -> str:
    """The figure as a PGF picture of one of the ``WIDTHS``, the same text for the same data.

    Example: ``"pgfpicture" in pgf(figure)``.
    """
    inches = WIDTHS[width]
    settings: Any = {**print_settings(), "pgf.rcfonts": False, "axes.unicode_minus": False}
    with matplotlib.rc_context(settings):
        canvas = drawn_figure(figure, width=inches, height=HEIGHTS[width], make=FigureCanvasAgg)
        lines = io.StringIO()
        renderer: Any = _Renderer
        canvas.draw(renderer(canvas, lines))
    size = {"name": figure.name, "width": f"{inches:g}", "height": f"{canvas.get_figheight():.4f}"}
    return _HEAD.replace("% \\use", "%% \\use") % size + lines.getvalue() + _TAIL


class _Renderer(_Pgf):
    """Matplotlib's, but for how texts are measured and written."""

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        measured = _Agg(8, 8, self.dpi).get_text_width_height_descent(s, prop, ismath)
        return measured[0], measured[1], measured[2]

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        _Pgf.draw_text(self, gc, x, y, _tex(s), prop, angle, ismath, mtext)


def _tex(text: str) -> str:
    """A label as TeX; what is mathematics already stays."""
    return text if "$" in text else str(escaped(text))
