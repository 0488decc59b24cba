"""Stage: the report's record. Input: studies, predictions, simulations, verdicts. Output: what the telling renders.

The page recomputes nothing: every number it shows stands in one of these records.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from derive.derivation import Derivation, Equation
from derive.formulas.latex import latex_equation
from derive.formulas.shown import ShownAsLatex, aligned, worded
from verify.verdict import Value, Verdict


@dataclass(frozen=True)
class Formula(ShownAsLatex):
    """A closed form as printed: its claim, the equation in symbols, conditions, and this study's value if any."""

    name: str
    macro: str
    left: sp.Expr
    right: sp.Expr
    conditions: tuple[str, ...]
    claim: str
    source: str
    value: Value | None
    title: str = ""  # of its derivation
    relation: str = ""  # equality, bound or asymptotic
    hash: str = ""  # of expression and domain: the same on its kernel, ball, source code and prediction

    def latex(self) -> str:
        """The equation in symbols."""
        return latex_equation(self.left, self.right)


@dataclass(frozen=True)
class Curve:
    """One line or set of points of a figure; ``errors`` are standard errors of y, same length, or empty."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    errors: tuple[float, ...] = ()
    style: str = "line"  # line, points, bars, step; reference: a line to compare with, which takes no colour


@dataclass(frozen=True)
class Area:
    """A filled part of a figure: ``polygons`` with holes turned the other way; ``kind`` says how it looks."""

    label: str
    kind: str  # stable, mean-square, unstable, undecided, outside
    polygons: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True)
class Heights:
    """Numbers over a grid (rows of ``values``, NaN: none), of which a figure draws the lines at ``levels``."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    levels: tuple[float, ...]
    kind: str = "contours"  # contours with their levels written on, or one boundary


@dataclass(frozen=True)
class Figure:
    """A figure as data: what is drawn, its axes, and the sentence a reader who cannot see it gets."""

    name: str
    title: str
    caption: str
    alt: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    x_scale: str = "linear"
    y_scale: str = "linear"
    regions: tuple[
        tuple[str, float, float, float, float], ...
    ] = ()  # label, x0, x1, y0, y1: shaded boxes (may be infinite)
    markers: tuple[tuple[str, float, float], ...] = ()  # label, x, y: annotated points
    areas: tuple[Area, ...] = ()
    heights: tuple[Heights, ...] = ()
    ticks: tuple[str, ...] = ()  # names at 0, 1, 2, ... of the horizontal axis instead of numbers
    command: str = ""  # what makes it alone; "" where the report does


@dataclass(frozen=True)
class Case(ShownAsLatex):
    """One case of a study (a study without a sweep has one): its label, its law in words, formulas and quantities."""

    label: str
    description: str
    formulas: tuple[Formula, ...]
    quantities: tuple[tuple[str, str, Value], ...]  # canonical name, rung, value
    simulation_only: str = ""  # why there is no model and nothing is predicted; "" where there is one

    def latex(self) -> str:
        """The quantities with their rungs and values."""
        return worded((f"{name} ({rung})" if rung else name, value.latex()) for name, rung, value in self.quantities)


@dataclass(frozen=True)
class PaperClaim:
    """A claim of the source paper that the study speaks to, and what was found.

    ``checks`` are those of results that make it quantitative, ``passed`` so many of them passed.
    """

    letter: str
    statement: str
    found: str
    checks: int
    passed: int


SCHEME = "scheme"  # stands for the rung of a line about a scheme that is not plain


@dataclass(frozen=True)
class ModelLine:
    """One line of the model as the page states it: its rung, words, and equations as they were derived."""

    rung: str
    words: str
    equations: tuple[Equation, ...]


@dataclass(frozen=True)
class SystemDrawing:
    """The system as it is drawn: ``workers`` (title, compute, uplink, downlink: "" for none), and the server's lines.

    ``waits``: whether workers wait for each other, so that a cycle does not start at once.
    """

    workers: tuple[tuple[str, str, str, str], ...]
    server: tuple[str, ...]
    capacity: str = ""  # of a shared uplink
    waits: bool = False


@dataclass(frozen=True)
class Report(ShownAsLatex):
    """Everything a report tells."""

    name: str
    title: str
    question: str
    study: dict[str, Any]
    cases: tuple[Case, ...]
    verdicts: tuple[Verdict, ...]
    findings: tuple[str, ...]
    figures: tuple[Figure, ...]
    derivations: tuple[Derivation, ...]
    false_alarm_rate: float  # over the whole run, which may judge several studies
    provenance: dict[str, Any] = field(default_factory=dict)
    model: tuple[ModelLine, ...] = ()
    checks_in_run: int = 0  # statistical checks that share the false-alarm rate, those of other studies included
    not_drawn: tuple[tuple[str, str], ...] = ()  # figures that could not be drawn: title, reason
    system: SystemDrawing | None = None
    paper_claims: tuple[PaperClaim, ...] = ()

    @property
    def passed(self) -> bool:
        """True when every verdict is as expected."""
        return all(verdict.outcome == "pass" for verdict in self.verdicts)

    def latex(self) -> str:
        """The verdicts, one below the other."""
        return aligned(f"& {verdict.latex()}" for verdict in self.verdicts)


def case_in_words(label: str) -> str:
    """A case's label as a reader wants it: no underscore, no quotes, no brackets around a single number.

    Example: ``case_in_words("age_threshold = 2, curvature = ['3/2']") == "age threshold = 2, curvature = 3/2"``.
    """
    return re.sub(r"= \[([^\[\],]*)\]", r"= \1", label.replace("_", " ").replace("'", ""))
