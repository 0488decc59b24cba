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
from numeric.enclosure import Ball, Enclosure, acb, arb, compile_ball, precision
from numeric.roots import candidates
from numeric.roots.answers import first_of, right_of, root_of, unstable_count
from numeric.roots.candidates import (
    abscissa_ball,
    chained,
    cluster,
    distinct,
    enclose,
    gather,
    mirrored,
    reach,
    seeds,
    spread,
    widened,
)
from numeric.roots.function import analytic
from numeric.roots.proof import Candidate, Proof, Unproven, prove, region_right_of
from numeric.roots.real_axis import sign_changes
from numeric.roots.records import CLUSTERED, Root, Spectrum, precise_enough
from numeric.roots.winding import Budget, Unproved

_MOST_BITS = 2048
_SAFETY = 32
_MOST_HINTS = 200
_CLUSTER_BITS = 256
_CLUSTERS = (2, 3)  # roots in a ball that precision does not resolve
_MOST_CLUSTERS = 4
_PLENTY = 16  # times as many roots as are wanted: some of them exist where H does
_TELLING = 2.0**-20  # of the scale of the zeros: nearer real parts leave no room for a line between them
_SPARE = 1  # zeros of a chain beyond those asked for
_LONGEST_CHAIN = 100_000


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
    lowered: int = 0
    floor: Any = None
    settled: bool = False
    jitter: int = 0
    remark: str | None = None
    ended: str | None = None
    last_failure: str = "nothing proven"

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
            line = self._line()
            outcome = self._attempt(line)
            if isinstance(outcome, Proof):
                done = self._finish(outcome, line)
                if done is not None:
                    return done
        return self._clustered()

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
            where = f"with Re s > {_short(self.equation, abscissa)}" if abscissa.is_finite() else "at all"
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
            self.jitter += 1
            if self.jitter % 3 == 0:
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

    def _line(self) -> Any:
        """An exact line left of the wanted roots, in the middle of a gap, right of the abscissa of convergence."""
        with precision(64):
            abscissa = abscissa_ball(analytic(self.equation))
            if self.limit is not None:
                line = compile_ball(self.limit, ())().real.lower()
                if self.jitter:  # the line asked for runs through a root
                    line = (line - (abs(line) + reach(self.equation)) * self.jitter * arb(2) ** -30).mid()
            else:
                line = self._below_wanted(abscissa)
            if not abscissa.is_finite():
                return line
            closest = candidates.closest_line(analytic(self.equation))
            if line > closest:
                return line
            right, proven = (">=", "") if closest == 0 else (">", f", proven right of {closest.str(8, radius=False)}")
            where = f"the half-plane of convergence Re s {right} {_short(self.equation, abscissa)}"
            self.remark = f"in {where} only what is listed{proven}"
            return closest

    def _below_wanted(self, abscissa: Any) -> Any:
        """The point between the last wanted zero and the next, or by the scale of the zeros where there is none."""
        total, scale = 0, self._scale()
        for index, zero in enumerate(self.found):
            total += 1 if zero.imag.is_zero() else 2
            if total < self.wanted:
                continue
            following = self.found[index + 1 : index + 2]
            gap = min([scale, *((zero.real - other.real) / 2 for other in following)], key=float)
            if gap > scale * _TELLING:  # else the next one belongs to the same cluster
                return max(
                    zero.real - gap * (1 + arb(self.jitter % 8) / 16), (zero.real + abscissa) / 2, key=float
                ).mid()
        return self._lowered_line(abscissa)

    def _scale(self) -> Any:
        return abs(self.found[0]) / 4 if self.found and self.found[0] != 0 else reach(self.equation) / 16

    def _lowered_line(self, abscissa: Any) -> Any:
        """A line lower than any proven so far, if what lies right of the last one is known; else that one again."""
        scale = self._scale()
        if self.floor is None or self.settled:
            self.lowered += 1
            start = self.floor if self.floor is not None else self.found[-1].real if self.found else arb(0)
            self.floor = (start - scale * arb(2) ** min(self.lowered, len(self.found) // 8 + 2)).mid()
            self.settled = False
        if abscissa.is_finite():
            self.floor = max(self.floor, abscissa + abs(abscissa) * arb(2) ** -self.lowered, key=float).mid()
            # A line that ran through a root is moved, or it would run through it for ever.
            return (abscissa + (self.floor - abscissa) * (1 - arb(self.jitter % 8) / 16)).mid()
        return (self.floor - scale * (self.jitter % 8) / 64).mid()

    def _finish(self, proof: Proof, line: Any) -> Spectrum | None:
        """The record of a proof; None if digits or signs are still missing and more bits may bring them."""
        roots = [root_of(self.equation, item) for item in proof.roots]
        roots.sort(key=lambda root: (-float(root.re), float(root.im)))
        if self.limit is None and not self.remark and sum(root.counted for root in roots) < self.wanted:
            self.settled = True
            # Found right of the line is what is proven there, and no zero twice.
            proven = [item.ball.mid() for item in proof.roots]
            self.found = [*proven, *(zero for zero in self.found if not zero.real > line)]
            self.found.sort(key=lambda zero: -float(zero.real))
            return None  # the line was not low enough yet
        chosen, vague = first_of(roots, self.wanted) if self.limit is None else right_of(roots, self.limit, self.bits)
        short = [root for root in chosen if not precise_enough(root, self.digits)] or vague
        if short and not proof.clusters and self.bits * 2 <= _MOST_BITS:
            self.bits *= 2
            return None
        unstable, extended, reason = unstable_count(self.equation, roots, line, proof, self.budget)
        abscissa = Enclosure(reduce(lambda x, y: x.max(y), (r.re.ball for r in roots))) if roots else None
        return Spectrum(tuple(chosen), abscissa, unstable, extended, self._remark(proof, vague, chosen) or reason)

    def _remark(self, proof: Proof, vague: list[Root], chosen: list[Root]) -> str | None:
        if self.ended and sum(root.counted for root in chosen) == self.wanted:
            return self.ended
        if self.remark:
            slow = ": a stable mean, whose decay is slower than any exponential" if "Re s >= 0 " in self.remark else ""
            return self.remark if chosen else self.remark.replace("only what is listed", f"there is no root{slow}")
        if proof.clusters:
            return CLUSTERED
        return "whether a root lies on the line asked for is undecided" if vague else None


def _short(equation: CharacteristicEquation, abscissa: Any) -> str:
    exact = str(equation.abscissa_of_convergence)
    return exact if len(exact) < 24 else str(abscissa.str(8, radius=False))
