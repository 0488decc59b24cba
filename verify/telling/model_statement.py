"""Stage: telling. Input: the study's scheme. Output: the model's equations as the page states them, rung by rung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from derive import symbols as y
from verify.telling.boxes import EQUALS, INVISIBLE_TIMES, MINUS, PLUS, Box, Root, Word, round_brackets, row
from verify.telling.layout import Layout
from verify.telling.mathml import wrapped


@dataclass(frozen=True)
class Statement:
    """One rung of the ladder: its name, what it says in words, its equation as MathML."""

    rung: str
    words: str
    equation: str


def model_statements(study: dict[str, Any]) -> tuple[Statement, ...]:
    """The asynchronous model from the update rule to its characteristic equation; empty for other schemes.

    Example: ``model_statements({})[0].rung == "R0"``.
    """
    rule = study.get("scheme", {}).get("rule", "asynchronous") if isinstance(study.get("scheme", {}), dict) else ""
    if rule != "asynchronous":
        return ()
    return (
        Statement("R0", "One update: the gradient is noisy, and read at the age τ.", _equation(_update())),
        Statement(
            "R2", "Many workers, small steps: a stochastic delay differential equation.", _equation(_diffusion())
        ),
        Statement("R3", "The mean of a mode with curvature h.", _equation(_mean())),
        Statement("roots", "A mode decays when every root s has a negative real part.", _equation(_characteristic())),
        Statement("where", "Damping coefficient, gradient arrivals and noise intensity.", _equation(_coefficients())),
    )


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


def _mean() -> Box:
    mean, density = sp.Function("xbar"), sp.Function("f")
    right = -y.damping * sp.Integral(mean(y.t - y.u) * density(y.u), (y.u, 0, sp.oo))
    return row(_box(sp.Derivative(mean(y.t), y.t)), EQUALS, _box(right))


def _characteristic() -> Box:
    function = row(_box(sp.Function("H")(y.s)), EQUALS, _box(y.s + y.damping * sp.Function("L")(y.s)))
    transform = row(_box(sp.Function("L")(y.s)), EQUALS, _box(sp.Function("E")(sp.exp(-y.s * y.delay))))
    return row(function, EQUALS, _box(sp.Integer(0)), Word(",", ",", "operator"), _GAP, transform)


def _coefficients() -> Box:
    comma = Word(",", ",", "operator")
    damping = row(_box(y.damping), EQUALS, _box(y.learning_rate * y.curvature * y.arrival_rate))
    arrivals = row(_box(y.arrival_rate), EQUALS, _box(y.workers / y.mean_delay))
    intensity = _box(y.learning_rate**2 * y.gradient_noise**2 * y.arrival_rate)
    return row(damping, comma, _GAP, arrivals, comma, _GAP, row(_box(y.noise_intensity), EQUALS, intensity))
