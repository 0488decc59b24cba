"""Stage: stationary quantities. Input: a model of few workers. Output: E x^2 on R0 or Rd, enclosed, or why not.

Each number is the right side of a claim: a closed form, a sum over occupancies, or an integral over the unit circle.
Where the time between updates says nothing of what is read (constant cycles staggered, fresh gradients, exponential
cycles of workers that wait for each other) the averages over time and over updates agree: R0 and Rd are one number.
"""

from __future__ import annotations

from typing import Literal

import sympy as sp

from derive import symbols as y
from derive.characteristic import update_equation
from derive.claims import CLAIMS
from derive.models.modes import ModeModel, OutsideDomainError, stages_of
from derive.rules.occupied import square_at
from derive.rules.staleness_classes import chance_at
from numeric.enclosed.circle import half_circle_integral
from numeric.enclosed.class_sums import added_over_occupancies
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import spectrum

BY_UPDATE = (
    "recursion.stationary-variance.fixed-staleness",
    "momentum.stationary-variance.fixed-staleness",
    "synchronous.stationary-variance.any-law",
    "k-async.stationary-variance.exponential",
    "threshold.fresh-variance.any-law",
)
IN_TIME = (  # of several about one model the last one says why not
    "finite-workers.second-moment.erlang",
    "finite-workers.second-moment.exponential",
    "finite-workers.second-moment-with-momentum.exponential",
    "finite-workers.second-moment-with-dropout.exponential",
    *BY_UPDATE,
    "finite-workers.second-moment-with-threshold.exponential",
)
_BY_HEAVY_BALL = BY_UPDATE[1]


def exact_variance(model: ModeModel, rung: Literal["R0", "Rd"]) -> Enclosure:
    """E x^2 of finitely many workers, over time on R0 and at updates on Rd (kind: enclosure).

    Raises ``ValueError`` with the reason where it is not closed, has too many unknowns, or does not exist.

    Example: ``exact_variance(RecursionModel(Constant(1), Synchronous(4), LinearModel(Constant(1), Asynchronous(4),
    sp.Rational(1, 2), sp.Integer(1), sp.Integer(1))), "Rd").contains(sp.Rational(1, 12))``.
    """
    refused = ""
    for claim in (CLAIMS[one] for one in (IN_TIME if rung == "R0" else BY_UPDATE)):
        if not model.is_about(claim):
            continue
        try:
            return _number(model, claim.id)
        except OutsideDomainError as problem:
            refused = str(problem)
    raise ValueError(f"rung = {rung}: {refused or _why_open(model, rung)}")


def _number(model: ModeModel, claim: str) -> Enclosure:
    if claim == _BY_HEAVY_BALL:
        return _of_heavy_ball(model)
    stated = model.claimed(claim)
    if stated.has(square_at, chance_at):
        return added_over_occupancies(stated, model)
    return evaluate(stated, arrays=model.law.arrays)


def _of_heavy_ball(model: ModeModel) -> Enclosure:
    """The integral over the circle, which says nothing where the mean is not stable."""
    step, staleness, momentum = (model.values[name] for name in (y.step, y.staleness, y.momentum))
    roots = spectrum(update_equation(step, int(staleness), momentum))
    radius = roots.spectral_radius
    if not roots.certified or roots.unstable_count != 0 or radius is None or not radius.upper < 1:
        raise OutsideDomainError("the mean is not proven stable: there is no stationary state")
    stated = model.claimed(_BY_HEAVY_BALL)
    (integral,) = stated.atoms(sp.Integral)
    if tuple(integral.limits[0]) != (y.angle, 0, sp.pi):
        raise ArithmeticError(f"not over half the circle: {integral}")
    number = sp.Dummy("J", positive=True)
    return evaluate(stated.xreplace({integral: number}), {number: half_circle_integral(integral.function)})


def _why_open(model: ModeModel, rung: str) -> str:
    """Why no claim states E x^2 for this law and scheme."""
    names = model.scheme_names - {model.scheme.rule}
    told = " with ".join((f"{model.law.name} cycles, {model.scheme.rule}", *sorted(names)))
    if rung == "Rd":
        return f"no recursion of its own for {told}: the staleness of an update depends on those before"
    if names & {"age-drop", "age-abandon"}:
        return f"moments do not close for {told}: what comes next depends on every worker's age"
    if "event-trigger" in names:
        return f"moments do not close for {told}: whether a gradient is sent depends on its size"
    if stages_of(model.law) is not None or model.law.name == "constant":
        return f"no claim closes the moments of {told}"
    return f"moments do not close for {told}: cycles without stages remember how long they have lasted"
