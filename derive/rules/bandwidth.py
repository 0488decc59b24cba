"""Stage: rules about limited bandwidth. Input: the throughput of a shared uplink. Output: its ceiling and its knee."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.filters import written_out
from derive.rules.uplink import SIZES


def _passed(equation: Equation, workers: int) -> sp.Expr:
    """The throughput of a few workers, its sum written out."""
    return sp.cancel(sp.together(written_out(equation.right.subs(y.workers, workers))))


def _broken(excess: sp.Expr) -> sp.Expr:
    """0 for a quotient of polynomials in positive symbols without a negative coefficient, else the quotient."""
    symbols = sorted(excess.free_symbols, key=str)
    parts = sp.fraction(sp.cancel(sp.together(excess)))
    signs = [one >= 0 for part in parts for one in (sp.Poly(part, *symbols).coeffs() if symbols else [part])]
    return sp.Integer(0) if all(signs) else excess


@dataclass(frozen=True)
class CeilingOfThroughput(Rule):
    """Lambda < nu, approached with many workers: p_q(0, M) <= nu theta_C/(nu theta_C + M).

    ``apply`` keeps two terms of the sum in p_q(0, M) and takes the limit. The second route looks at the signs of
    nu - Lambda up to four workers, and at computations that take no time, where the uplink is never idle.
    """

    label: ClassVar[str] = "let the uplink never be idle"
    requires: ClassVar = (assumptions.UPLINK,)

    def apply(self, *inputs: Equation) -> Equation:
        """The limit of many workers of the bound."""
        (whole,) = inputs[0].right.atoms(sp.Sum)
        kept = sum((whole.function.subs(y.j, n) for n in (0, 1)), start=sp.Integer(0))
        bound = sp.simplify(sp.gammasimp(inputs[0].right.subs(whole, kept).doit()))
        return Equation(inputs[0].left, sp.limit(bound, y.workers, sp.oo))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Signs and the limit of fast computations, one to four workers."""
        for workers in SIZES:
            passed = _passed(inputs[0], workers)
            yield _broken(output.right - passed)
            yield passed.subs(y.compute_time, 0) - output.right


@dataclass(frozen=True)
class SaturationCount(Rule):
    """M = nu/Lambda(1) = 1 + nu theta_C: as many workers as could fill the uplink if none ever waited.

    Lambda(M) is below M Lambda(1), as a worker alone never waits, and below nu (second input): both meet there.
    The second route looks at both signs up to four workers, and puts the count back.
    """

    label: ClassVar[str] = "let both bounds on the throughput meet"
    requires: ClassVar = (assumptions.UPLINK,)

    def apply(self, *inputs: Equation) -> Equation:
        """Solve M Lambda(1) = nu."""
        return Equation(y.workers, sp.expand(sp.cancel(inputs[1].right / _passed(inputs[0], 1))))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The ray at the count, minus the ceiling; the ray and the ceiling less the throughput."""
        alone = _passed(inputs[0], 1)
        yield sp.cancel(output.right * alone - inputs[1].right)
        for workers in SIZES:
            passed = _passed(inputs[0], workers)
            yield _broken(workers * alone - passed)
            yield _broken(inputs[1].right - passed)
