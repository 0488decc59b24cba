"""Stage: telling. Input: a SystemDrawing. Output: workers, links and server as one inline SVG with its text in words.

Lines are broken by their number of letters, generously counted, so that no text leaves its box in any usual font.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from verify.report import SystemDrawing

_TEMPLATES = Path(__file__).parent / "templates"
LETTERS = {"workers": 24, "link": 21, "server": 24}  # that fit a line of each box
LINE, PAD = 19, 14  # pixels of a line of text, and around it
_GAP = 30


@dataclass(frozen=True)
class Box:
    """A box with the lines in it, from ``top`` to ``bottom``, ``titles`` first."""

    top: int
    bottom: int
    titles: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def middle(self) -> int:
        """Half its height."""
        return (self.top + self.bottom) // 2


@dataclass(frozen=True)
class Group(Box):
    """Workers that are alike, with what is written on their links."""

    uplink: tuple[str, ...]
    downlink: tuple[str, ...]


def system_svg(drawing: SystemDrawing) -> Markup:
    """The drawing as one figure element.

    Example: ``"<svg" in system_svg(SystemDrawing((("4 workers", "exponential (mean 1)", "", ""),), ("server",)))``.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    groups, height = _groups(drawing)
    lines = tuple(line for text in drawing.server for line in _broken(text, "server"))
    tall = max(height, (len(lines) + 1) * LINE + 2 * PAD)
    server = Box(0, tall, ("server",), lines)
    shift = (tall - height) // 2
    template = environment.get_template("parts.html.j2")
    return Markup(template.render(groups=groups, shift=shift, server=server, height=tall, words=in_words(drawing)))


def in_words(drawing: SystemDrawing) -> str:
    """What the drawing shows, for who cannot see it.

    Example: ``"4 workers" in in_words(SystemDrawing((("4 workers", "constant (value 1)", "", ""),), ("updates",)))``.
    """
    groups = "; ".join(
        f"{title}, compute time {compute}" + (f", uplink {up}" if up else "") + (f", downlink {down}" if down else "")
        for title, compute, up, down in drawing.workers
    )
    shared = f" Uplink {drawing.capacity}." if drawing.capacity else ""
    return f"{groups}, linked to one server.{shared} The server: {'; '.join(drawing.server)}."


def _groups(drawing: SystemDrawing) -> tuple[tuple[Group, ...], int]:
    found: list[Group] = []
    top = 0
    for title, compute, up, down in drawing.workers:
        titles = _broken(title, "workers")
        lines = (*_broken("compute time " + compute, "workers"), *(() if drawing.waits else ("busy all the time",)))
        uplink = _broken(" ".join(filter(None, ("push", up and f"{up}", drawing.capacity))), "link")
        downlink = _broken(" ".join(filter(None, ("pull", down))), "link")
        tall = max((len(titles) + len(lines)) * LINE, (len(uplink) + len(downlink)) * LINE + 24) + 2 * PAD
        found.append(Group(top, top + tall, titles, lines, uplink, downlink))
        top += tall + _GAP
    return tuple(found), top - _GAP


def _broken(text: str, box: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, LETTERS[box], break_long_words=True))
