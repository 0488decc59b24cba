"""Stage: certified agreement. Input: balls around one quantity by independent routes. Output: verdicts, no chance.

Two balls that both contain the value overlap; two that are disjoint prove that one route is wrong. Overlap alone
proves little unless the balls are narrow, so a width is required and the provable distance is stated.
"""

from __future__ import annotations

import math
from typing import Literal

import sympy as sp

from derive.exact import exact
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Estimate, Exact
from verify.verdict import Evidence, Outcome, Value, Verdict

CONTROL_FACTOR = 2
"""The planted error of the negative control, in provable distances."""

Direction = Literal["at least", "at most"]


def enclosed(value: Value) -> Enclosure:
    """The ball around a value that is known exactly or enclosed (kind: enclosure).

    Raises ``TypeError`` for an ``Estimate``, which has no ball, and for a bare number, which has no kind;
    ``ValueError`` for a value that is not finite.

    Example: ``enclosed(Exact(sp.Rational(1, 3))).contains(sp.Rational(1, 3))``.
    """
    if isinstance(value, Estimate):
        raise TypeError(f"an estimate has no certain bounds: {value}")
    if not isinstance(value, Exact | Enclosure):
        raise TypeError(f"{value!r} does not say what kind of number it is; allowed: Exact, Enclosure")
    ball = evaluate(value.expression, digits=40) if isinstance(value, Exact) else value
    if not (math.isfinite(ball.lower) and math.isfinite(ball.upper)):
        raise ValueError(f"wanted a finite value, got {value}")
    return ball


def judge_agreement(
    claim: str,
    case: str,
    statement: str,
    predicted: Enclosure | Exact,
    observed: Enclosure | Exact,
    relative_width: float = 1e-8,
    evidence: Evidence = "certified agreement",
) -> Verdict:
    """Judge whether two independent routes to one number agree, with proof.

    ``predicted`` and ``observed`` share a unit; ``relative_width`` > 0 is the widest radius accepted of either,
    relative to the predicted value (absolute where that may be zero). Result: a verdict without error of chance:
    "refuted" if the balls are disjoint, "unproven" if one is too wide or the negative control is not refused.

    Example: ``judge_agreement("a.b", "", "", Exact(sp.pi), Enclosure.of(sp.pi)).outcome == "pass"``.
    """
    left, right = enclosed(predicted), enclosed(observed)
    scale = _scale(left)
    distance = float((_radius(left) + _radius(right)) / scale)
    widest = max(float(_radius(left) / scale), float(_radius(right) / scale))
    planted = exact(CONTROL_FACTOR * distance + 1e-30)
    refused = [sign for sign in (1, -1) if not (left + scale * planted * sign).overlaps(right)]
    outcome: Outcome = "pass"
    note = ""
    if not left.overlaps(right):
        outcome, note = "refuted", "the balls of the two routes are disjoint"
    elif widest > relative_width:
        outcome, note = "unproven", f"a ball is {widest:.1e} wide, wanted {relative_width:.1e}"
    elif len(refused) < 2:
        outcome, note = "unproven", "the negative control was not refused"
    control = "failed as it must" if len(refused) == 2 else "NOT refused"
    control += f": prediction wrong by ±{float(planted):.1e} {_unit(left)}"
    return Verdict(claim, case, statement, "equal", predicted, observed, evidence, outcome, distance, control, note)


def judge_certified_bound(
    claim: str,
    case: str,
    statement: str,
    bound: Enclosure | Exact,
    observed: Enclosure | Exact,
    *,
    direction: Direction,
    evidence: Evidence = "certified agreement",
) -> Verdict:
    """Judge an inequality by balls: ``observed`` is at least (at most) ``bound``, with proof.

    Both share a unit. Result: a verdict without error of chance: "pass" if every point of the observed ball keeps
    the bound, or both are exact and equal; "refuted" if every point breaks it; "unproven" otherwise.

    Example: ``judge_certified_bound("a", "", "", Exact(3), Exact(sp.pi), direction="at least").outcome == "pass"``.
    """
    if direction not in ("at least", "at most"):
        raise ValueError(f'direction = {direction!r}: allowed: "at least", "at most"')
    sign = 1 if direction == "at least" else -1
    low, high = enclosed(bound), enclosed(observed)
    margin = (high - low) * sign
    outcome: Outcome = "pass" if margin.is_positive() or _identical(bound, observed) else "unproven"
    outcome = "refuted" if margin.is_negative() else outcome
    distance = float((_radius(low) + _radius(high)) / _scale(low))
    # The control asks for a bound that the observation provably breaks: just beyond the observed ball.
    beyond = high + _scale(low) * exact(CONTROL_FACTOR * distance + 1e-30) * sign
    broken = ((high - beyond) * sign).is_negative()
    control = "failed as it must" if broken else "NOT refuted"
    control += f": bound moved to {float(beyond):.9g}, beyond the observation"
    note = "" if outcome != "unproven" else "the balls do not decide the inequality"
    if outcome == "pass" and not broken:
        outcome, note = "unproven", "the negative control was not refuted"
    return Verdict(claim, case, statement, direction, bound, observed, evidence, outcome, distance, control, note)


def _identical(left: Value, right: Value) -> bool:
    if not (isinstance(left, Exact) and isinstance(right, Exact)):
        return False
    return bool(sp.simplify(left.expression - right.expression) == 0)


def _radius(ball: Enclosure) -> sp.Rational:
    return sp.Rational(ball.radius)


def _scale(ball: Enclosure) -> sp.Rational:
    """|mid|, or one where the ball holds zero and nothing is relative."""
    return sp.Integer(1) if ball.contains(0) else abs(sp.Rational(ball.mid))


def _unit(ball: Enclosure) -> str:
    return "(absolute)" if ball.contains(0) else "(relative)"
