"""Stage: rules about one worker among many. Input: H of the mean. Output: how much slower few workers' mean decays.

Whoever reads has just updated: its own arrivals before that come with the renewal density u(v), not at the rate
1/theta. At m = e^(-r t) it reads less than the mean, by the share eps L(-r) D:

    D = 1 + int_0^oo R(v) e^(r v) (u(v) - 1/theta) dv,   R the fundamental solution, 1/H its transform
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

_POINTS = (sp.Rational(1, 4), sp.Rational(1, 3), sp.Rational(3, 5))  # r theta


@dataclass(frozen=True)
class OwnRenewals(Rule):
    """rho_r = 1 - r theta D/(M H'(-r)) through 1/M, for cycles of n >= 2 stages, from H of gamma delays.

    u(v) - 1/theta is a sum of exponentials, one for each pole w of L/(1 - L) but 0, so that D adds its residues over
    H(-r - w). The second route tags two workers: parameter and reads, given the stages of both, differ by 1/M from
    those of independent workers, by a linear system that knows no renewal density and no fundamental solution.
    """

    stages: int
    label: ClassVar[str] = "let a worker read what it has just changed"
    requires: ClassVar = (assumptions.STAGES, assumptions.STATIONARY, assumptions.EXCHANGEABLE, assumptions.SIMPLE_ROOT)

    def apply(self, *inputs: Equation) -> Equation:
        """Residues at the poles of the renewal density's transform; a = r/L(-r)."""
        stated = inputs[0].right.subs(y.shape, self.stages)
        transform = (stated - y.s) / y.damping
        function = stated.subs(y.damping, y.decay / transform.subs(y.s, -y.decay))
        poles = sp.roots(sp.Poly(sp.numer(sp.together(1 - transform)), y.s))
        own = sp.Integer(1)
        for pole in poles:
            if pole != 0:
                residue = 1 / sp.diff(1 / transform, y.s).subs(y.s, pole)
                own += residue / function.subs(y.s, -y.decay - pole)
        slope = sp.diff(function, y.s).subs(y.s, -y.decay)
        loss = sp.cancel(sp.together(sp.expand_complex(sp.together(y.decay * y.mean_delay * own / slope))))
        return Equation(y.decay_ratio, 1 - _positive(sp.factor(loss)) / y.workers)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The loss by tagged workers, who count in mean cycles: five of them, of a mean of 3/7."""
        mean, workers = sp.Rational(3, 7), sp.Integer(5)
        for rate in _POINTS:
            if rate < sp.Rational(self.stages, self.stages + 1):
                claimed = output.right.subs({y.decay: rate / mean, y.mean_delay: mean, y.workers: workers})
                yield sp.nsimplify(claimed - 1 - _by_tagged_workers(self.stages, rate) / (rate * workers))


def _positive(loss: sp.Expr) -> sp.Expr:
    """Every factor positive at a small decay rate."""
    parts = []
    for side in sp.fraction(loss):
        factors = sp.Mul.make_args(side)
        flipped = [sp.expand(-one) if one.is_Add and one.subs(y.decay, 0).is_negative else one for one in factors]
        parts.append(((-1) ** sum(a != b for a, b in zip(factors, flipped, strict=True)), sp.Mul(*flipped)))
    (sign, above), (other, below) = parts
    return sign * other * above / below


def _by_tagged_workers(stages: int, rate: sp.Rational) -> sp.Expr:
    """M (exact decay rate - r): E[x; stage of one], E[r_j; stages of two] beside those of independent workers."""
    n, damping = sp.Integer(stages), rate * (1 - rate / stages) ** stages
    places = range(stages)
    reads = [sp.Dummy(f"r_{q}") for q in places]  # of a worker in that stage, of order 1
    more = [sp.Dummy(f"R_{q}") for q in places]  # of order 1/M
    seen = [sp.Dummy(f"X_{p}") for p in places]
    pairs = [[sp.Dummy(f"Y_{p}_{q}") for q in places] for p in places]
    shift = sp.Dummy("delta")
    first = [-rate * reads[0] - (1 - n * reads[0])]
    first += [-rate * reads[q] - n * (reads[q - 1] - reads[q]) for q in places[1:]]
    ((*found,),) = sp.linsolve(first, reads)
    last = found[-1]
    rows = [-shift + damping * n * more[-1]]  # -(r + delta/M) = -a n (r_n + R_n/M), E x = 1
    rows.append(-rate * more[0] - shift * found[0] - n * (seen[-1] - damping * last - more[0]))
    rows += [-rate * more[q] - shift * found[q] - n * (more[q - 1] - more[q]) for q in places[1:]]
    for p in places:
        own = n * (seen[p - 1] - seen[p]) - (n * damping * last if p == 0 else 0) + damping * last
        rows.append(-rate * seen[p] - own + n * damping * pairs[p][-1])
        for q in places:
            gained = seen[p] if q == 0 else n * pairs[p][q - 1]
            rows.append(-rate * pairs[p][q] - n * (pairs[p - 1][q] - pairs[p][q]) - gained + n * pairs[p][q])
    rows += [sp.Add(*seen), *(sp.Add(*(row[q] for row in pairs)) for q in places)]  # whatever the stage of the other
    unknown = [shift, *more, *seen, *(one for row in pairs for one in row)]
    (solution,) = sp.linsolve(rows, unknown)
    return solution[0]
