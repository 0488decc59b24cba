"""Stage: search. Input: a characteristic equation and what is wanted. Output: a proven spectrum, or ``Unproved``.

Zeros are found, a line is laid in a gap left of the wanted ones, and the proof decides. What it says to be missing is
looked for where its contour saw H turn; where nothing new turns up, with more bits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from typing import Any

from derive.characteristic import CharacteristicEquation
from numeric.balls.polynomials import count_right_of, exact_roots, numerator, worth_isolating
from numeric.enclosure import Ball, Enclosure, acb, compile_ball, precision
from numeric.roots.answers import first_of, right_of, root_of, unstable_count
from numeric.roots.bisecting import unknown_zeros
from numeric.roots.candidates import abscissa_ball, chained, gather, mirrored, seeds, spread
from numeric.roots.enclosing import cluster, distinct, enclose, widened
from numeric.roots.function import analytic
from numeric.roots.lines import LineLayer, shown_abscissa
from numeric.roots.proof import Candidate, Proof, Unproven, prove, region_right_of
from numeric.roots.real_axis import sign_changes
from numeric.roots.records import CLUSTERED, SHORT, Root, Spectrum, precise_enough
from numeric.roots.winding import Budget, Unproved

_MOST_BITS = 2048
_SAFETY = 32
_MOST_HINTS = 200
_CLUSTER_BITS = 256
_CLUSTERS = (2, 3)  # roots in a ball that precision does not resolve
_MOST_CLUSTERS = 4
_PLENTY = 16  # times as many roots as are wanted: some of them exist where H does
_SHOWN = 3  # zeros that are named where nothing is proven
_SPARE = 1  # zeros of a chain beyond those asked for
_LONGEST_CHAIN = 100_000
_BISECTED = 256  # bits from which on zeros that Newton's iteration does not reach are looked for by halving
_FOR_BISECTION = 0.25  # of the budget


@dataclass
class RootSearch:
    """The state of one search: zeros found so far, the line, the precision."""

    equation: CharacteristicEquation
    limit: Any
    wanted: int
    digits: int
    budget: Budget
    found: list[Ball] = field(default_factory=list)
    bits: int = 64
    ended: str | None = None
    last_failure: str = "nothing proven"

    def __post_init__(self) -> None:
        self._layer = LineLayer(self.equation, self.limit)

    def run(self) -> Spectrum:
        """Search and prove in turn until the proof succeeds, precision is exhausted or the budget is spent."""
        self.bits = max(64, int(self.digits * 3.33) + _SAFETY)
        self._want_what_exists()
        with precision(64):
            gather(analytic(self.equation), seeds(self.equation), self.found)
            if self.limit is not None or self.wanted > 1:
                for zero in [zero for zero in self.found if zero.imag.is_zero()][:1]:
                    gather(analytic(self.equation), mirrored(self.equation, zero), self.found)
            self._follow_chain()
        while self.bits <= _MOST_BITS:
            self.budget.spend()
            line = self._layer.line(self.found, self.wanted)
            outcome = self._attempt(line)
            if isinstance(outcome, Proof):
                done = self._finish(outcome, line)
                if done is not None:
                    return done
        return self._clustered()

    def known(self) -> str:
        """What is known where nothing is proven: zeros found from the right, in few digits."""
        shown = ", ".join(zero.str(5, radius=False) for zero in self.found[:_SHOWN])
        rest = f" and {len(self.found) - _SHOWN} more" if len(self.found) > _SHOWN else ""
        return f"found, but not proven to be all: {shown}{rest}" if shown else "no root was found"

    def _follow_chain(self) -> None:
        """The zeros that a delay makes, as far as they are asked for."""
        if self.limit is None:
            chained(self.equation, self.found, self.wanted // 2 + _SPARE, lambda zero: True)
            return
        line = float(compile_ball(self.limit, ())().real)

        def wanted(zero: complex) -> bool:
            self.budget.spend()
            return zero.real > line

        chained(self.equation, self.found, _LONGEST_CHAIN, wanted)

    def _want_what_exists(self) -> None:
        """A rational H has finitely many roots: who asks for more gets all of them, and the reason."""
        if self.limit is not None or self.wanted == 1:
            return
        polynomial = numerator(self.equation.function, self.equation.variable)
        if polynomial is None or polynomial.degree() > _PLENTY * self.wanted:
            return
        with precision(_CLUSTER_BITS):
            abscissa = abscissa_ball(analytic(self.equation))
            total = count_right_of(self.equation.function, self.equation.variable, abscissa)
        if total is not None and 0 < total < self.wanted:
            where = f"with Re s > {shown_abscissa(self.equation, abscissa)}" if abscissa.is_finite() else "at all"
            self.ended = f"{self.wanted} roots were asked for; H is rational and has only {total} {where}, all listed"
            self.wanted = total

    def _attempt(self, line: Any) -> Proof | Unproven:
        candidates = self._candidates(line)
        outcome = prove(self.equation, candidates, line, self.bits, self.budget)
        if isinstance(outcome, Unproven):
            self.last_failure = outcome.reason
            self._learn(outcome, sum(item.weight for item in candidates), line)
        return outcome

    def _clustered(self) -> Spectrum:
        """The last resort: prove that a tiny ball holds two roots that precision did not separate."""
        self.bits = _CLUSTER_BITS
        failure = f"{self.last_failure}; precision exhausted at {_MOST_BITS} bits"
        for zero, size in product(self.found[:_MOST_CLUSTERS], _CLUSTERS):
            with precision(self.bits):
                line = (zero.real - abs(zero) / 64).mid()
                near = [enclose(self.equation, one, self.bits) for one in self.found if one.real > line]
                candidates = distinct([cluster(zero, size), *(item for item in near if item)])
            outcome = prove(self.equation, candidates, line, self.bits, self.budget)
            done = self._finish(outcome, line) if isinstance(outcome, Proof) else None
            if done is not None:
                return done
        raise Unproved(failure)

    def _learn(self, outcome: Unproven, known: int, line: Any) -> None:
        """Look for what was missed; where nothing new turns up, work with more bits."""
        if outcome.count is None:
            self._layer.jitter += 1
            if self._layer.jitter % 3 == 0:
                self.bits *= 2
            return
        before = len(self.found)
        if outcome.count > known:
            with precision(self.bits):
                whole = analytic(self.equation)
                hints = spread(outcome.hints, _MOST_HINTS)
                wanted = outcome.count
                # Where real parts hardly differ along a chain, the contour passes its zeros without turning.
                chained(self.equation, self.found, min(wanted // 2, _MOST_HINTS) + _SPARE, lambda zero: True)
                gather(whole, hints, self.found, enough=lambda: self._enough(line, wanted))
                box = region_right_of(self.equation, line)
                if box is not None and (wanted - known) % 2:  # pairs come in twos
                    gather(whole, sign_changes(whole, line, box.right, self.found), self.found, deflate=True)
                if len(self.found) == before:
                    near = [zero * (1 + acb(1, 1) / (1 << k)) for zero in self.found[:8] for k in (4, 12, 24)]
                    gather(whole, [*near, *hints], self.found, deflate=True)
                if len(self.found) == before and box is not None and self.bits >= _BISECTED:
                    share = self.budget.share(_FOR_BISECTION)
                    gather(whole, unknown_zeros(whole, box, self.found, wanted - known, share), self.found)
        if len(self.found) == before:
            self.bits *= 2
            self._refresh()

    def _enough(self, line: Any, wanted: int) -> bool:
        self.budget.spend()
        return wanted <= sum(1 if zero.imag.is_zero() else 2 for zero in self.found if zero.real > line)

    def _refresh(self) -> None:
        with precision(self.bits):
            old, self.found = self.found, []
            gather(analytic(self.equation), old, self.found)

    def _candidates(self, line: Any) -> list[Candidate]:
        inside = [zero for zero in self.found if zero.real > line]
        made = [enclose(self.equation, zero, self.bits) for zero in inside]
        if all(made):
            return distinct([item for item in made if item])
        return distinct([item for item in self._isolated(line) or made if item])

    def _isolated(self, line: Any) -> list[Candidate | None]:
        """The roots of a rational function, where some are multiple or all are few enough to be isolated."""
        function, variable = self.equation.function, self.equation.variable
        with precision(self.bits):
            if not worth_isolating(function, variable):
                return []
            inside = [(root, m) for root, m in exact_roots(function, variable) or () if root.real > line]
            upper = [(root, m) for root, m in inside if not root.imag < 0]
            # How much room a simple root needs depends on how near the next one is.
            near = [enclose(self.equation, root.mid(), self.bits) if m == 1 else None for root, m in upper]
            return [item or widened(root, m) for item, (root, m) in zip(near, upper, strict=True)]

    def _finish(self, proof: Proof, line: Any) -> Spectrum | None:
        """The record of a proof; None if digits or signs are still missing and more bits may bring them."""
        roots = [root_of(self.equation, item) for item in proof.roots]
        roots.sort(key=lambda root: (-float(root.re), float(root.im)))
        if self.limit is None and not self._layer.remark and sum(root.counted for root in roots) < self.wanted:
            self._layer.settled = True
            self._keep_proven(proof, line)
            return None  # the line was not low enough yet
        chosen, vague = first_of(roots, self.wanted) if self.limit is None else right_of(roots, self.limit, self.bits)
        short = [root for root in chosen if not precise_enough(root, self.digits)] or vague
        if short and not proof.clusters and self.bits * 2 <= _MOST_BITS:
            self.bits *= 2
            self._keep_proven(proof, line)
            return None
        unstable, extended, reason = unstable_count(self.equation, roots, line, proof, self.budget)
        abscissa = Enclosure(reduce(lambda x, y: x.max(y), (r.re.ball for r in roots))) if roots else None
        reason = self._remark(proof, vague, short, chosen) or reason
        return Spectrum(tuple(chosen), abscissa, unstable, extended, reason)

    def _keep_proven(self, proof: Proof, line: Any) -> None:
        """Found right of the line is what is proven there, no zero twice, each where Newton's iteration leads to it."""
        proven = [item.ball.mid() for item in proof.roots]
        self.found = [*proven, *(zero for zero in self.found if not zero.real > line)]
        self.found.sort(key=lambda zero: -float(zero.real))

    def _remark(self, proof: Proof, vague: list[Root], short: list[Root], chosen: list[Root]) -> str | None:
        if self.ended and sum(root.counted for root in chosen) == self.wanted:
            return self.ended
        if remark := self._layer.remark:
            slow = ": a stable mean, whose decay is slower than any exponential" if "Re s >= 0 " in remark else ""
            return remark if chosen else remark.replace("only what is listed", f"there is no root{slow}")
        if proof.clusters:
            return CLUSTERED
        return "whether a root lies on the line asked for is undecided" if vague else SHORT if short else None
