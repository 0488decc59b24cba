"""Stage: telling. Input: the report's derived model. Output: its equations as the page states them, rung by rung.

The update and the stochastic equation are what is assumed; the others stand in the report as they were derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation
from derive.formulas.boxes import EQUALS, INVISIBLE_TIMES, MINUS, PLUS, Box, Root, Word, round_brackets, row
from derive.formulas.layout import Layout
from derive.formulas.mathml import wrapped
from verify.report import SCHEME, Report


@dataclass(frozen=True)
class Statement:
    """One rung of the ladder: its name, what it says in words, its equation as MathML."""

    rung: str
    words: str
    equation: str


def model_statements(report: Report) -> tuple[Statement, ...]:
    """What is assumed, rung by rung, then what was derived of it; empty where the report states no derived model.

    Example: ``model_statements(report)[0].rung == "R0"``.
    """
    if not report.model:
        return ()
    assumed: tuple[Statement, ...] = (
        Statement("R0", "One update: the gradient is noisy, and read at the age τ.", _equation(_update())),
        Statement(
            "R2", "Many workers, small steps: a stochastic delay differential equation.", _equation(_diffusion())
        ),
    )
    if all(line.rung == SCHEME for line in report.model):
        assumed = ()  # the update of plain workers is none of these schemes'
    derived = (Statement(line.rung, line.words, _equation(_line(line.equations))) for line in report.model)
    return (*assumed, *derived)


def _equation(box: Box) -> str:
    return wrapped(box, display=True)


def _box(expression: Any) -> Box:
    box: Box = Layout().doprint(expression)
    return box


def _product(*factors: Box) -> Box:
    spread = [item for factor in factors for item in (factor, INVISIBLE_TIMES)]
    return row(*spread[:-1])


_X = sp.Function("x")
_D = Word("d", r"\mathrm{d}", "upright")
_GETS = Word("←", r"\leftarrow", "relation")
_GAP = Word("\u2003", r"\quad", "text")


def _update() -> Box:
    noise = _product(_box(y.gradient_noise), Word("ξ", r"\xi"))
    gradient = round_brackets(row(_box(y.curvature * _X(y.t - y.delay)), PLUS, noise))
    x = Word("x", "x")
    return row(x, _GETS, x, MINUS, _product(_box(y.learning_rate), gradient))


def _diffusion() -> Box:
    average = _box(sp.Function("E")(_X(y.t - y.delay)))
    drift = _product(_box(y.damping), average, row(_D, _box(y.t)))
    noise = _product(Root(_box(y.noise_intensity)), row(_D, Word("W", "W")))
    return row(row(_D, Word("x", "x")), EQUALS, MINUS, drift, PLUS, noise)


def _line(equations: tuple[Equation, ...]) -> Box:
    """Equations side by side."""
    parts: list[Box] = []
    for equation in equations:
        parts.extend((row(_box(equation.left), EQUALS, _box(equation.right)), Word(",", ",", "operator"), _GAP))
    return row(*parts[:-2])
