"""Stage: identities. Input: recorded steps of derivations. Output: for each, whether its residuals vanish.

A residual that SymPy brings to zero is proven symbolically. Any other is enclosed in balls at random exact points
of its domain: one ball without zero refutes it; narrow balls around zero everywhere pass it; a wide ball proves
nothing and the step fails with that reason (verify/points.py chooses the points).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import sympy as sp

from derive.derivation import Derivation, Step
from derive.formulas.shown import ShownAsLatex, text_latex
from numeric.enclosure import Unevaluable, acb, arb, compile_ball, precision
from numeric.values import Exact
from verify.kept_checks import keep_check, key_of, known_check
from verify.points import EmptyDomainError, PointSource
from verify.verdict import Verdict

POINTS = 8
"""Random exact points at which balls must hold zero."""

RELATIVE_RADIUS = 1e-40
"""Widest radius accepted, relative to the sizes of the terms that cancel."""

_BITS = (224, 512, 2048)
_MOST_OPERATIONS = 400

CheckedBy = Literal["symbolic", "enclosure"]


@dataclass(frozen=True)
class StepCheck(ShownAsLatex):
    """Whether one step's residuals vanish, by which means, what stood in the way if not; ``kept``: found earlier."""

    number: int
    checked_by: CheckedBy
    passed: bool
    detail: str
    kept: bool = field(default=False, compare=False)  # by an earlier process of the same sources, not by this run

    def latex(self) -> str:
        """The step's number, whether it holds and by which means, in words."""
        held = "holds" if self.passed else "does not hold"
        return text_latex(f"step {self.number} {held} ({self.checked_by}): {self.detail}".removesuffix(": "))


@cache
def check_step(step: Step, seed: int = 0, domain: sp.Basic = sp.true) -> StepCheck:
    """Check that every residual of ``step`` vanishes on ``domain``, and that its left side names the right one.

    ``seed`` >= 0 chooses the points; ``domain`` is a SymPy Boolean in the step's symbols. Result: symbolic proof, or
    balls of relative radius below ``RELATIVE_RADIUS`` around zero at ``POINTS`` points. A rule without a residual
    fails: it offers no second route. What an earlier process found of the same step with the same sources is not
    sought again (verify/kept_checks.py).

    Example: ``check_step(arrival_rate().steps[0]).passed``.
    """
    key = key_of(step, seed, domain)
    known = known_check(key)
    if known is not None:
        return StepCheck(step.number, **known)
    check = check_step_afresh(step, seed, domain)
    keep_check(key, {"checked_by": check.checked_by, "passed": check.passed, "detail": check.detail})
    return check


def check_step_afresh(step: Step, seed: int = 0, domain: sp.Basic = sp.true) -> StepCheck:
    """As ``check_step``, whatever was found before.

    Example: ``check_step_afresh(arrival_rate().steps[0]) == check_step(arrival_rate().steps[0])``.
    """
    for residual in step.misnamed():
        used, reason = check_residual(residual, domain, seed)
        if reason:
            return StepCheck(step.number, used, False, f"the left side is another's name: {reason}")
    means: CheckedBy | None = None
    for residual in step.rule.residuals(step.output, *step.inputs):  # one by one: the first refutes most wrong steps
        used, reason = check_residual(residual, domain, seed)
        if reason:
            return StepCheck(step.number, used, False, reason)
        means = "enclosure" if "enclosure" in (means, used) else used
    if means is None:
        return StepCheck(step.number, "symbolic", False, "the rule offers no second route")
    how = "zero by algebra" if means == "symbolic" else f"zero in balls at {POINTS} random exact points"
    return StepCheck(step.number, means, True, how)


def check_derivation(derivation: Derivation, seed: int = 0) -> tuple[StepCheck, ...]:
    """Check every step of a derivation on its domain."""
    return tuple(check_step(step, seed, derivation.domain) for step in derivation.steps)


def identity_verdict(claim: str, case: str, statement: str, derivation: Derivation, seed: int = 0) -> Verdict:
    """Judge a derivation: every step must check, and every step made wrong on purpose must be refused.

    Result: a verdict of evidence "symbolic identity" that counts steps: "pass"; "refuted" if a ball excludes zero;
    "unproven" if a step could not be checked or a wrong step was let through.

    Example: ``identity_verdict("arrivals.rate.any-law", "", "", arrival_rate()).outcome == "pass"``.
    """
    checks = check_derivation(derivation, seed)
    failed = [check for check in checks if not check.passed]
    let_through = [
        step.number for step in derivation.steps if check_step(step.perturbed(), seed, derivation.domain).passed
    ]
    control = f"failed as it must: all {len(checks)} perturbed steps were refused"
    if let_through or not checks:
        control = f"NOT REFUSED: perturbed steps {let_through} of {len(checks)}"
    outcome: Literal["pass", "refuted", "unproven"] = "pass"
    if failed or let_through or not checks:
        outcome = "refuted" if any("excludes zero" in check.detail for check in failed) else "unproven"
    return Verdict(
        claim,
        case,
        statement,
        "equal",
        Exact(sp.Integer(len(checks))),
        Exact(sp.Integer(len(checks) - len(failed))),
        "symbolic identity",
        outcome,
        None,
        control,
        "; ".join(f"step {check.number}: {check.detail}" for check in failed),
    )


def check_residual(residual: sp.Expr, domain: sp.Basic = sp.true, seed: int = 0) -> tuple[CheckedBy, str]:
    """How one residual was decided, and the reason if it was not found to vanish (empty if it was)."""
    residual = _carried_out(residual)
    if residual == 0:
        return "symbolic", ""
    if residual.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        return "symbolic", f"the residual is not finite: {_short(residual)}"
    try:
        points = PointSource(residual, domain, seed)
    except EmptyDomainError as error:
        return "enclosure", str(error)
    # One point first: it refutes a wrong step in milliseconds, on which algebra would search in vain.
    reason = _at_points(points, 1)
    if "excludes zero" in reason:
        return "enclosure", reason
    if any(form == 0 for form in _forms(residual)):
        return "symbolic", ""
    return "enclosure", reason or _at_points(points, POINTS - 1)


def _carried_out(residual: sp.Expr) -> sp.Expr:
    residual = sp.sympify(residual)
    unevaluated = (sp.Derivative, sp.Subs, sp.Integral, sp.Sum, sp.Limit)
    # Only the integrals that school rules reach: SymPy's full search knows no end, and is the rule's business.
    return residual.doit(manual=True) if residual != 0 and residual.has(*unevaluated) else residual


def _forms(residual: sp.Expr) -> Iterator[sp.Expr]:
    """The residual rewritten by ever dearer means; bounded by its size instead of a clock, so runs repeat."""
    yield sp.expand(residual)
    size = residual.count_ops()
    if size > _MOST_OPERATIONS:
        return
    numerator = sp.fraction(sp.together(residual))[0]
    yield sp.expand(numerator)
    dear: list[Callable[[sp.Expr], sp.Expr]] = [lambda e: sp.expand(sp.powsimp(sp.expand(e), force=False))]
    if residual.has(sp.LambertW):
        dear.append(_without_lambert)
    if residual.has(sp.Function) and size <= _MOST_OPERATIONS // 4:
        dear.append(lambda e: sp.expand(sp.fraction(sp.together(e.rewrite(sp.exp)))[0]))
    if size <= _MOST_OPERATIONS // 8:
        dear.append(sp.simplify)
    for how in dear:
        yield how(numerator)


def _without_lambert(expression: sp.Expr) -> sp.Expr:
    """exp(W(x)) = x/W(x), the definition of W, put in."""
    expanded = sp.expand(expression, power_exp=True)
    for node in expanded.atoms(sp.LambertW):
        expanded = expanded.subs(sp.exp(node), node.args[0] / node).subs(sp.exp(-node), node / node.args[0])
    return sp.expand(sp.fraction(sp.together(expanded))[0])


def _at_points(points: PointSource, count: int) -> str:
    """Hold the residual against balls at ``count`` further points; the reason of the first failure."""
    tried = 0
    for expression, values in points:
        if expression.has(sp.Integral, sp.Limit, sp.Derivative, sp.Subs):
            return f"nothing carries this out: {_short(expression)}"
        try:
            reason = _at_point(expression, values)
        except (Unevaluable, ZeroDivisionError) as error:
            # A pole: the point is outside the domain of the expression. Too many of them end in EmptyDomainError.
            points.refuse(str(error))
            continue
        if reason:
            return reason
        tried += 1
        if tried == count:
            return ""
    return f"found only {tried} of {count} points: {points.reason}"


def _at_point(expression: sp.Expr, values: dict[sp.Symbol, tuple[sp.Rational, sp.Rational]]) -> str:
    program = compile_ball(expression, tuple(values))
    for bits in _BITS:
        with precision(bits):
            ball = program(*(acb(_real(x), _real(y)) for x, y in values.values()))
            if not ball.is_finite():
                if bits == _BITS[-1]:
                    raise Unevaluable(f"no finite ball of {_short(expression)}")
                continue
            if not ball.contains(0):
                where = ", ".join(f"{name} = {x}{f' + {y} I' if y else ''}" for name, (x, y) in values.items())
                return f"a ball excludes zero: {abs(ball).str(5)} at {where or 'this constant'}"
            wanted = arb(RELATIVE_RADIUS) * _size(expression, values)
            if abs(ball).upper() < wanted:
                return ""
    return f"the balls are too wide to prove it: {_short(expression)}"


def _size(expression: sp.Expr, values: dict[sp.Symbol, tuple[sp.Rational, sp.Rational]]) -> Any:
    """The size of the terms that cancel: sums add the sizes of their terms, products multiply them."""
    if expression.is_Add:
        return sum((_size(term, values) for term in expression.args), start=arb(0))
    if expression.is_Mul:
        product = arb(1)
        for factor in expression.args:
            product *= _size(factor, values)
        return product
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        return _size(expression.base, values) ** int(expression.exp)
    size = abs(compile_ball(expression, tuple(values))(*(acb(_real(x), _real(y)) for x, y in values.values()))).mid()
    return size if size > 1e-30 else arb(1)


def _real(number: sp.Rational) -> Any:
    return arb(int(number.p)) / int(number.q)


def _short(expression: sp.Expr) -> str:
    text = str(expression)
    return text if len(text) <= 80 else f"{text[:77]}..."
