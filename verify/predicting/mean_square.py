"""Stage: charts of a study. Input: a study, two of its numbers open. Output: what must be below 1 in mean square.

Poisson shots of any weight have one noise gain, shots with momentum three; drawn stalenesses and gradients a closed
limit. An event trigger is seen from far: there every gradient is sent, near the optimum its linear model holds alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from derive.claims import CLAIMS
from derive.integer_laws import Geometric
from derive.models.linear import LinearModel
from derive.models.modes import ModeModel, OutsideDomainError
from derive.models.recursion import IDLE, RecursionModel
from derive.models.schemes import SchemeModel
from derive.studies.models import linear_model_of
from derive.studies.records import Study, UpdateEquation
from numeric.charts.criteria import Gain, Gains
from numeric.enclosed.stationary import gain_weights
from verify.predicting.spectra import characteristic_equations

Criterion = tuple[CharacteristicEquation, sp.Expr, Gain]

LIMIT = "shots.mean-square-limit.any-law"
WEIGHTED = "weighted-shots.mean-square-limit.any-law"
VELOCITY = "momentum.mean-square-limit.any-law"
CORRELATION = "momentum.velocity-correlation.any-law"
IDLE_LIMIT = "k-async.mean-square-limit.exponential"
DRAWN_LIMIT = "recursion.mean-square-limit.geometric-staleness"
TRIGGER = "trigger.mean-square-limit.event-trigger"

_WORDS = {
    LIMIT: "with Poisson shots: (learning rate x curvature)^2 x arrival rate x noise gain < 1",
    WEIGHTED: "with Poisson shots of their weights: curvature^2 x noise intensity x noise gain / noise^2 < 1",
    VELOCITY: "with Poisson shots and momentum: (learning rate x curvature)^2 x arrival rate x noise gains < 1",
    IDLE_LIMIT: "with exponential cycles: the learning rate x curvature < its limit in mean square, exactly",
    TRIGGER: "far from the optimum, where every gradient is sent: bounded as without the trigger, with Poisson shots",
}
_ADDITIVE = "noise that does not depend on the parameter: the limits of mean and mean square agree"
_BATCH = (
    "no formula: the gradients of a batch read parameters between the same updates and wait for each other, so that"
    " what they add is correlated"
)


def criteria_of(opened: Study) -> list[Criterion]:
    """Per mode the equation, what must be below 1 in the noise gain, and that gain where a claim closes it.

    Empty where no claim gives a condition (``condition`` says why), or where ``seen_from_far`` is another study.
    """
    if (limit := _drawn_limit(opened)) is not None:
        assert isinstance(opened.equation, UpdateEquation)
        share = opened.equation.step / limit * y.second_moment_gain  # I = 1: the limit of the step is closed itself
        return [(characteristic_equations(opened)[0], share, sp.Integer(1))]
    return [one for model in _models(opened) for one in _of_model(model)]


def seen_from_far(opened: Study) -> Study | None:
    """The study without its event trigger, which far from the optimum sends every gradient; None without one."""
    if opened.scheme is None or "event_trigger" not in opened.scheme.active:
        return None
    return replace(opened, scheme=replace(opened.scheme, event_trigger=sp.S.Zero))


def condition(opened: Study) -> tuple[str, str]:
    """The rung of the condition in mean square, and in words what it is; "" and why there is none."""
    if _drawn_limit(opened) is not None:
        return "Rd", "with a staleness drawn anew at every update: step < its limit in mean square"
    if opened.equation is not None:
        return "", f"an equation alone has {_ADDITIVE}"
    if seen_from_far(opened) is not None:
        return CLAIMS[TRIGGER].rung, _WORDS[TRIGGER]
    model = next(_models(opened))
    claim = _claim_of(model)
    if claim is not None:
        return CLAIMS[claim].rung, _WORDS[claim]
    return "", f"fresh gradients have {_ADDITIVE}" if isinstance(model, RecursionModel) else _BATCH


def _models(opened: Study) -> Iterator[ModeModel]:
    """One model a mode, with the noise 1 where it is 0: no limit depends on it."""
    if opened.objective is None:
        return
    noise = tuple(one if one != 0 else sp.Integer(1) for one in opened.objective.gradient_noise)
    noisy = replace(opened, objective=replace(opened.objective, gradient_noise=noise))
    for mode in range(len(opened.objective.curvature)):
        yield linear_model_of(noisy, mode)


def _claim_of(model: ModeModel) -> str | None:
    if isinstance(model, LinearModel):
        return LIMIT
    if isinstance(model, RecursionModel):
        return IDLE_LIMIT if model.scheme.rule == IDLE else None
    if isinstance(model, SchemeModel) and model.momentum != 0:
        return VELOCITY
    return WEIGHTED if model.is_about(CLAIMS[WEIGHTED]) else None


def _of_model(model: ModeModel) -> Iterator[Criterion]:
    claim = _claim_of(model)
    if claim is None:
        return
    if claim == VELOCITY:
        assert isinstance(model, SchemeModel)
        yield from _with_velocity(model)
    elif claim == IDLE_LIMIT:
        yield model.characteristic_equation, model.claimed(claim) * y.second_moment_gain, sp.Integer(1)
    else:
        closed = _closed_gain(model) if isinstance(model, LinearModel) else None
        yield model.characteristic_equation, model.claimed(claim), closed


def _with_velocity(model: SchemeModel) -> Iterator[Criterion]:
    """The margin, and the squared correlation of the velocity over an update, without which no moments are.

    I_f <= I and |rho_v| < 1 leave J >= I - I_f + I_f/(1 + beta)^2 >= I/(1 + beta)^2 in the margin eta^2 h^2 Lambda J.
    """
    correlation = model.claimed(CORRELATION)
    margin = model.claimed(VELOCITY).subs(y.velocity_correlation, correlation)
    equation, rate = model.noise_equation, model.values[y.arrival_rate]
    gains = Gains(gain_weights(rate), model.values[y.step] ** 2 * rate / (1 + model.momentum) ** 2)
    yield from ((equation, one, gains) for one in (margin, correlation**2))  # whose gains both share


def _drawn_limit(study: Study) -> sp.Expr | None:
    """The mean-square limit of the step, where a staleness is drawn anew at every update and a claim closes it."""
    equation = study.equation
    if not isinstance(equation, UpdateEquation) or not isinstance(equation.staleness, Geometric):
        return None
    if equation.momentum != 0:
        return None
    return CLAIMS[DRAWN_LIMIT].expression.subs(y.mean_staleness, equation.staleness.mean)


def _closed_gain(model: LinearModel) -> sp.Expr | None:
    try:
        return sp.simplify(model.stationary_variance / model.values[y.noise_intensity])
    except OutsideDomainError:
        return None
