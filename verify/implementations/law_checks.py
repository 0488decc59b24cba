"""Stage: checks of a law. Input: a law, the house's or a user's. Output: its parts held against each other and samples.

Transform, cdf, density, moments, abscissa, cut, ageing and draw of a law are stated or derived apart from one another.
What one of them gets wrong, another contradicts:

    moments    n! (-s)^-n (L(s) - sum_{j<n} m_j (-s)^j/j!) -> m_n as s -> 0
    cdf        L(s) = s int_0^oo e^(-s u) F(u) du,   F' = f
    plane      where L ends and where it is cut (verify/implementations/law_planes.py)
    draws      their mean, and their shares below nine durations, within five standard errors
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from derive import symbols as y
from derive.formulas.shown import ShownAsLatex, text_latex
from derive.law import Law, LawError
from verify.implementations.law_draws import Array, sample
from verify.implementations.law_planes import AGREEING, DIGITS, abscissa, bends_of, cut, judged, pieces_of, transform_of
from verify.implementations.record import Finding

DRAWS = 2**20
ERRORS = 5.0  # standard errors: a right law fails one of its ten gates once in 170 000 checks
AT = (0.05, 0.2, 0.4, 0.7, 1.0, 1.4, 1.9, 2.7, 4.0)  # durations over the mean
RATES = (0.4, 1.3)  # s times the mean
AGES = (0.1, 0.4, 0.9, 1.3, 2.1)  # over the mean
PARTS: dict[str, Callable[[Law], Any]] = {
    "Laplace transform": lambda law: law.laplace_transform(y.s),
    "abscissa of convergence": lambda law: law.abscissa_of_convergence,
    "branch cut": lambda law: law.branch_cut,
    "distribution function": lambda law: law.cdf(law.mean),
    "moments": lambda law: [law.moment(n) for n in range(4)],
    "central moments": lambda law: [law.central_moment(n) for n in range(4)],
    "squared coefficient of variation": lambda law: law.squared_coefficient_of_variation,
    "ageing": lambda law: law.ageing,
    "draw": lambda law: law.draw,
}


@dataclass(frozen=True)
class LawCheck(ShownAsLatex):
    """What was asked about a law and found; ``noticed`` is the smallest relative error of the mean of its draws that
    would have been found, None where its variance is infinite or zero."""

    law: str
    findings: tuple[Finding, ...]
    noticed: float | None

    @property
    def passed(self) -> bool:
        """Whether nothing was refuted."""
        return all(finding.outcome != "refuted" for finding in self.findings)

    def latex(self) -> str:
        """The law's name and what was refuted, in words."""
        return text_latex(f"{self.law}: {'every part agrees' if self.passed else self.reason}")

    @property
    def reason(self) -> str:
        """What was refuted, question by question."""
        return "; ".join(f"{one.question}: {one.found}" for one in self.findings if one.outcome == "refuted")


def check_law(law: Law, *, seed: int = 1, draws: int = DRAWS) -> LawCheck:
    """Hold every part of a law against the others and against ``draws`` samples (kind: proofs of nothing, findings).

    ``law`` is any ``Law``: of the registry, from a density or a transform, or a class of your own. Errors that its own
    parts raise are findings.

    Example: ``check_law(Exponential(2), draws=4096).passed``.
    """
    findings = [_asked(name, part, law) for name, part in PARTS.items()]
    if all(finding.outcome == "pass" for finding in findings):
        routes = (_moments, _distribution, _density, abscissa, cut, _ageing, _drawn)
        findings += [one for route in routes for one in _guarded(route, law, seed, draws)]
    return LawCheck(law.name, tuple(findings), _noticed(law, draws) if findings[-1].question == "draws" else None)


def _asked(name: str, part: Callable[[Law], Any], law: Law) -> Finding:
    try:
        part(law)
    except LawError as error:
        return Finding(name, str(error), "note" if name == "distribution function" else "refuted")
    except Exception as error:
        return Finding(name, f"raises {type(error).__name__}: {error}", "refuted")
    return Finding(name, "there is one", "pass")


def _guarded(route: Callable[..., Iterator[Finding]], law: Law, seed: int, draws: int) -> Iterator[Finding]:
    question = route.__name__.strip("_")
    try:
        yield from route(law, seed, draws) if route is _drawn else route(law)
    except Exception as error:
        yield Finding(question, f"raises {type(error).__name__}: {error}", "refuted")


def _moments(law: Law) -> Iterator[Finding]:
    transform, known, scale = transform_of(law), [mpmath.mpf(1)], mpmath.mpf(str(sp.N(law.mean, 30)))
    with mpmath.workdps(DIGITS):

        def left(at: Any, order: int) -> Any:
            terms = (moment * (-at) ** j / mpmath.factorial(j) for j, moment in enumerate(known))
            return (transform(at) - sum(terms)) * mpmath.factorial(order) / (-at) ** order

        for order in range(1, 4):
            near, nearer = (left(mpmath.mpf(at) / scale, order) for at in ("1e-7", "1e-14"))
            stated = law.moment(order)
            if stated == sp.oo:
                grows = nearer > 5 * near > 0
                yield Finding(f"moment {order}", "infinite", "pass" if grows else "refuted")
                return
            last = law.abscissa_of_convergence == 0 and (order == 3 or law.moment(order + 1) == sp.oo)
            yield judged(f"moment {order}", nearer, mpmath.mpmathify(sp.N(stated, 20)), 1e-3 if last else AGREEING)
            known.append(mpmath.mpmathify(sp.N(stated, DIGITS)))
    if law.moment(2) != sp.oo:
        yield judged("variance", sp.N(law.variance, 20), sp.N(law.moment(2) - law.mean**2, 20))


def _distribution(law: Law) -> Iterator[Finding]:
    transform, mean = transform_of(law), float(law.mean)
    for scaled in RATES:
        rate, integral = scaled / mean, mpmath.mpf(0)
        for low, high, cdf in pieces_of(law):
            ends = [low, high] if high is not None else [low, low + mean / 8, low + 3 * mean, mpmath.inf]
            nodes = [end if end == mpmath.inf else mpmath.mpf(float(end)) for end in ends]
            integral += mpmath.quad(lambda u, f=cdf, s=rate: s * mpmath.exp(-s * u) * f(u), nodes)
        yield judged(f"transform at s theta = {scaled}", transform(rate), integral)


def _density(law: Law) -> Iterator[Finding]:
    density = getattr(law, "density", None)
    if not callable(density):
        return
    for low, high, cdf in pieces_of(law):
        at = float(low + law.mean / 3 if high is None else (low + high) / 2)
        slope = mpmath.diff(cdf, at)
        yield judged(f"density at {at:.4g} s", mpmath.mpmathify(sp.N(density(sp.Rational(at)), 20)), slope, 1e-6)


def _ageing(law: Law) -> Iterator[Finding]:
    """P(tau > t + u) - P(tau > t) P(tau > u) on a grid: of the sign that was stated."""
    if law.ageing is None:
        return
    grid = [float(law.mean) * at for at in AGES]
    alive = {at: 1 - float(sp.N(law.cdf(sp.Rational(at)), 20)) for at in {*grid, *(t + u for t in grid for u in grid)}}
    gaps = [alive[t + u] - alive[t] * alive[u] for t in grid for u in grid]
    above, below = max(gaps) > AGREEING, min(gaps) < -AGREEING
    seen = {(False, False): "memoryless", (True, False): "new shorter than used", (False, True): "new longer than used"}
    found = seen.get((above, below), "neither")
    yield Finding("ageing", f"stated {law.ageing}, seen {found}", "pass" if found == law.ageing else "refuted")


def _drawn(law: Law, seed: int, draws: int) -> Iterator[Finding]:
    values = sample(law.draw, draws, seed)
    faults = list(_faults(law, values))
    yield Finding("draws", "; ".join(faults) or f"{draws} durations as stated", "refuted" if faults else "pass")


def _faults(law: Law, values: Array) -> Iterator[str]:
    if not (values >= 0).all():
        yield f"a duration of {values.min():.4g} s"
    mean = float(law.mean)
    if law.moment(2) != sp.oo:
        allowed = ERRORS * math.sqrt(max(float(law.variance), 0.0) / values.size) + 1e-12 * mean
        if not abs(values.mean() - mean) <= allowed:
            yield f"their mean is {values.mean():.6g} s, not {mean:.6g} s within {allowed:.2g} s"
    nudge = sp.Rational(1, 10**12) if bends_of(law) else 0  # a draw is a rounded atom
    for at in (point * mean for point in AT):
        share = float(sp.N(law.cdf(sp.Rational(at) + nudge), 20))
        found, allowed = float(np.mean(values <= at + 1e-12)), ERRORS * math.sqrt(share * (1 - share) / values.size)
        if not abs(found - share) <= allowed + 1e-9:
            yield f"a share {found:.6g} is at most {at:.4g} s, not {share:.6g} within {allowed:.2g}"


def _noticed(law: Law, draws: int) -> float | None:
    """Twice the allowed error of the mean: half of the errors that large would be seen twice over."""
    if law.moment(2) == sp.oo or law.variance == 0:
        return None
    return 2 * ERRORS * math.sqrt(float(law.squared_coefficient_of_variation) / draws)
