"""Stage: roots of the update-indexed equation that no polynomial has. Input: H(z). Output: its largest, proven.

With z = 1/w a staleness of any size gives G(w) = w H(1/w), which is entire in w where E w^K is (Poisson staleness). The
roots of H outside |z| = 1/r are the zeros of G within r of 0, which the turns of G along a circle count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import product
from typing import Any

import sympy as sp

from derive.characteristic import CharacteristicEquation
from derive.exact import Number, exact
from numeric.enclosure import Ball, Enclosure, acb, arb, compile_ball, precision
from numeric.roots.candidates import gather, mirrored, seeds, spread
from numeric.roots.enclosing import cluster, distinct, enclose
from numeric.roots.function import analytic
from numeric.roots.proof import Candidate, Proof, Unproven, prove_in_disc
from numeric.roots.records import CLUSTERED, SHORT, Root, Spectrum, precise_enough
from numeric.roots.seeds import chain
from numeric.roots.winding import Budget, Unproved

_MOST_BITS, CLUSTER_BITS = 2048, 256
_MOST_HINTS, MOST_CLUSTERS = 200, 4  # points and zeros tried
CLUSTERS = (2, 3)  # roots in a ball that precision does not resolve
_ANGLES, _HALVED = 8, 24
_LONGEST_CHAIN = 100_000
_LOOKING = 512  # bits beyond which what was found is only refined
_BESIDE = 2.0**-12  # at this relative distance from a zero of G' a zero is nearly double
_GAP = 0.25  # by which the logarithm of a radius exceeds that of the last wanted zero's modulus


def reciprocal(equation: CharacteristicEquation) -> CharacteristicEquation | None:
    """G(w) = w^n H(1/w), n the degree of H in z, where that is entire and 1 at 0; None for other equations.

    Example: ``reciprocal(CharacteristicEquation(y.z - 1 + sp.exp(1 / y.z - 1), y.z, sp.Integer(3), sp.Integer(0),
    "update-indexed")).function.subs(y.z, 0) == 1``.
    """
    w = equation.variable
    terms = sp.Add.make_args(sp.expand_mul(equation.function))
    degree = max(1, *(int(sp.degree(term, w)) for term in terms if term.is_polynomial(w)))
    function = sp.Add(*(w**degree * term.subs(w, 1 / w) for term in terms))
    poles = any(
        power.base.has(w) and not power.exp.is_nonnegative for power in function.atoms(sp.Pow) if power.base != sp.E
    )
    if equation.abscissa_of_convergence != 0 or poles or function.atoms(sp.log) or function.subs(w, 0) != 1:
        return None
    return CharacteristicEquation(function, w, equation.modulus_bound, -sp.oo, arrays=equation.arrays)


@dataclass
class DiscSearch:
    """The zeros of G found so far, from the smallest on, and the circle and precision of the next proof."""

    equation: CharacteristicEquation
    limit: Any  # the moduli of z asked for are larger; None
    wanted: int
    digits: int
    budget: Budget
    found: list[Ball] = field(default_factory=list)
    bits: int = 64
    widened: int = 0

    def run(self) -> Spectrum:
        """Search and prove in turn; ``Unproved`` when precision or budget are spent."""
        self.bits = max(64, int(self.digits * 3.33) + 32)
        self._look(self._starts())
        if self.limit is not None or self.wanted > 1:
            self._look([start for zero in self.found[:2] for start in mirrored(self.equation, zero)])
        failure = "nothing proven"
        while self.bits <= _MOST_BITS:
            self.budget.spend()
            with precision(self.bits):
                line = self._line()
                inside = [zero for zero in self.found if abs(zero) < line.exp()]
                made = [enclose(self.equation, zero, self.bits) for zero in inside]
            candidates = distinct([item for item in made if item])
            outcome = prove_in_disc(self.equation, candidates, (line,), self.bits, self.budget)
            if isinstance(outcome, Proof):
                done = self._finish(outcome, candidates, line)
                if done is not None:
                    return done
                continue
            failure = outcome.reason
            self._learn(outcome)
        return self._clustered(f"{failure}; precision exhausted at {_MOST_BITS} bits")

    def _clustered(self, failure: str) -> Spectrum:
        """The last resort: prove that a tiny ball holds roots that precision did not separate."""
        self.bits = CLUSTER_BITS
        for zero, size in product(self.found[:MOST_CLUSTERS], CLUSTERS):
            with precision(self.bits):
                line = (abs(zero).log() + arb(2) ** -4 / (1 + abs(self._turning()))).mid()
                near = [enclose(self.equation, one, self.bits) for one in self.found if abs(one) < line.exp()]
                candidates = distinct([cluster(zero, size), *(item for item in near if item)])
            outcome = prove_in_disc(self.equation, candidates, (line,), self.bits, self.budget)
            done = self._finish(outcome, candidates, line) if isinstance(outcome, Proof) else None
            if done is not None:
                return replace(done, reason=done.reason or CLUSTERED)
        raise Unproved(failure)

    def _starts(self) -> list[Ball]:
        """Around 0 at the scales of G there, around 1 at those there, and on the unit circle."""
        w = self.equation.variable
        moved = replace(self.equation, function=self.equation.function.subs(w, 1 + w))
        with precision(64):
            circle = [(acb(0, arb.pi()) * k / _ANGLES).exp() for k in range(_ANGLES + 1)]
            starts = [*seeds(self.equation), *(1 + start for start in seeds(moved)), *circle]
        return [*starts, *self._chained()]

    def _beside_one(self) -> list[Ball]:
        """Points on the unit circle whose angles halve again and again: near critical damping a pair lies beside 1."""
        return [(acb(0, arb.pi()) * arb(2) ** -power).exp() for power in range(1, _HALVED)]

    def _turning(self) -> Any:
        """How fast G turns along a circle: the degree of its highest power."""
        return max(
            (int(power.exp) for power in self.equation.function.atoms(sp.Pow) if power.exp.is_Integer), default=1
        )

    def _chained(self) -> Iterator[Ball]:
        """The zeros of the chain in the logarithm of w, as far as they are asked for."""
        w = self.equation.variable
        most = _LONGEST_CHAIN if self.limit is not None else self.wanted // 2 + 1
        for zero in chain(self.equation.function.subs(w, sp.exp(w)), w, most):
            self.budget.spend()
            if zero.imag > math.pi or (self.limit is not None and zero.real > -float(self.limit.log())):
                break
            yield acb(zero).exp()

    def _look(self, starts: Sequence[Ball], deflate: bool = False) -> None:
        with precision(self.bits):
            gather(analytic(self.equation), starts, self.found, deflate, self.budget.spend)
            self.found.sort(key=lambda zero: float(abs(zero)))

    def _learn(self, outcome: Unproven) -> None:
        """Look where G turned; where nothing new turns up, another circle and more bits."""
        before = len(self.found)
        if outcome.hints and self.bits <= _LOOKING:
            hints = spread(outcome.hints, _MOST_HINTS)
            self._look(hints)
            if len(self.found) == before:
                self._look([*self._beside_one(), *hints], deflate=True)
        if len(self.found) == before:
            self.widened += 1
            self.bits += self.bits // 2
            self._look(list(self.found))

    def _line(self) -> Any:
        """The logarithm of a radius, exact: in the gap behind the wanted zeros, or of the modulus asked for."""
        if self.limit is not None:
            return (-self.limit.log() + arb(2) ** -30 * (1 + self.widened)).mid()
        sizes = [abs(zero).log() for zero in self.found]
        total, nudge = 0, arb(1 + self.widened % 8) / 8
        for number, zero in enumerate(self.found):
            total += 1 if zero.imag.is_zero() else 2
            if total < self.wanted:
                continue
            scale = self._scale(zero)
            most = min(_GAP, scale if scale * self._turning() > _BESIDE else 1 / self._turning())
            gap = min([most, *(float(other - sizes[number]) / 2 for other in sizes[number + 1 : number + 2])])
            if gap > most / 2**12:  # else the next one is as large
                return (sizes[number] + gap * nudge).mid()
        return ((sizes[-1] if sizes else arb(0)) + _GAP * (1 + self.widened) / self._turning()).mid()

    def _scale(self, zero: Ball) -> float:
        """|G'/G''| over the modulus: how far away, relative to it, other zeros may be expected."""
        pair, step = analytic(self.equation).pair, zero * arb(2) ** -40
        slope, moved = pair(zero)[1], pair(zero + step)[1]
        return float((abs(slope * step) / abs(moved - slope) / abs(zero)).mid())

    def _finish(self, proof: Proof, candidates: list[Candidate], line: Any) -> Spectrum | None:
        """The record of a proof; None if roots or digits are missing that a larger circle or more bits may bring."""
        with precision(self.bits):
            roots = [self._root(item) for item in proof.roots]
        roots.sort(key=lambda root: (-float(root.modulus), float(root.im)))
        if self.limit is None and sum(root.counted for root in roots) < self.wanted:
            self.widened += 1
            return None
        chosen = self._chosen(roots)
        short = not all(precise_enough(root, self.digits) for root in chosen)
        if short and self.bits * 2 <= _MOST_BITS:
            self.bits *= 2
            return None
        unstable, extended, reason = self._unstable(roots, line, proof, candidates)
        largest = Enclosure(reduce(lambda x, y: x.max(y), (root.modulus.ball for root in roots))) if roots else None
        reason = SHORT if short and not proof.clusters else reason
        return Spectrum(tuple(chosen), largest, unstable, extended, reason, "update-indexed")

    def _root(self, item: Candidate) -> Root:
        z = 1 / item.ball
        imaginary = arb(0) if item.on_axis else -z.imag  # the upper one of a pair
        return Root(Enclosure(z.real), Enclosure(imaginary), item.multiplicity)

    def _chosen(self, roots: list[Root]) -> list[Root]:
        if self.limit is not None:
            return [root for root in roots if not root.modulus.ball <= self.limit]
        total, chosen = 0, []
        for root in roots:
            if total < self.wanted:
                chosen.append(root)
                total += root.counted
        return chosen

    def _unstable(
        self, roots: list[Root], line: Any, proof: Proof, candidates: list[Candidate]
    ) -> tuple[int | None, Proof, str | None]:
        """How many roots have |z| > 1: from their moduli, or counted within the unit circle of w."""
        if not line < 0:
            if any(root.modulus.ball.overlaps(arb(1)) for root in roots):
                return None, proof, "whether a root lies on the unit circle is undecided"
            return sum(root.counted for root in roots if root.modulus.ball > 1), proof, None
        outcome = prove_in_disc(self.equation, candidates, (line, arb(0)), self.bits, self.budget)
        if isinstance(outcome, Unproven):
            return None, proof, f"unstable roots not counted: {outcome.reason}"
        return outcome.winding_numbers[1], outcome, None


def disc_spectrum(
    equation: CharacteristicEquation,
    *,
    right_of: Number | None = None,
    count: int | None = None,
    digits: int | None = None,
    budget: Budget,
) -> Spectrum:
    """The roots of largest modulus of an update-indexed H that is no polynomial (kind: enclosures with a proof).

    Arguments as of ``numeric.roots.characteristic.spectrum``. The regions of the proof are squares around the circles
    in the plane of w = 1/z. What has no entire G is answered uncertified, with the reason.

    Example: ``disc_spectrum(CharacteristicEquation(y.z - 1 + sp.exp(1 / y.z) / 99, y.z, sp.Integer(3), sp.Integer(0),
    "update-indexed"), budget=Budget(20)).unstable_count == 0``.
    """
    entire = reciprocal(equation)
    if entire is None:
        reason = "H is neither a polynomial with rational coefficients nor entire in 1/z"
        return Spectrum((), None, None, None, reason, "update-indexed")
    limit = None if right_of is None else compile_ball(exact(right_of), ())().real
    search = DiscSearch(entire, limit, count or 1, digits or 15, budget)
    try:
        return search.run()
    except Unproved as failure:
        return Spectrum((), None, None, None, str(failure), "update-indexed")
