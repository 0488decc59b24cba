"""Stage: rules about stages and their occupancy. Input: cycles of n stages. Output: closed second moments, exact.

    A(chi) = E[x^2; chi], B_p = E[x sum_{i in p} r_i; chi], C_p = E[sum_{i in p} r_i^2; chi],
    D_pq = E[sum_{i in p, j in q, i != j} r_i r_j; chi]

chi_p workers are in stage p; r_i is what worker i has read. Given the stages of all workers these moments close.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, TypeAlias

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

Kind: TypeAlias = tuple[
    int, ...
]  # the stages of the reads in a moment: () is x^2, (p,) x r, (p, q) r r'; (p, p, 0) r^2
Stages: TypeAlias = tuple[int, ...]  # of each worker, from 1
occupancy_law = sp.Function("p_chi")


def moment_kinds(stages: int) -> tuple[Kind, ...]:
    """The moments of one occupancy, in the order of the equations."""
    every = range(1, stages + 1)
    squares = [(p, p, 0) for p in every]
    return ((), *((p,) for p in every), *squares, *itertools.combinations_with_replacement(every, 2))


def moment_function(kind: Kind) -> type[sp.Function]:
    """A, B_p, C_p or D_pq as a function of the occupancy."""
    if not kind:
        return sp.Function("A")
    if len(kind) == 1:
        return sp.Function(f"B_{kind[0]}")
    return sp.Function(f"C_{kind[0]}") if len(kind) == 3 else sp.Function(f"D_{min(kind)}{max(kind)}")


def occupancy_symbols(stages: int) -> tuple[sp.Expr, ...]:
    """chi_1 .. chi_n."""
    return tuple(y.occupancy[p] for p in range(1, stages + 1))


@dataclass(frozen=True)
class OccupancyLaw(Rule):
    """p_chi = M!/(chi_1! ... chi_n!) n^-M: M workers, each in any of its n stages with equal probability.

    The second route is the balance of flows: into an occupancy of three workers as much as out of it.
    """

    stages: int
    label: ClassVar[str] = "count the ways to fill the stages"
    requires: ClassVar = (assumptions.STAGES, assumptions.STATIONARY, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """The multinomial law."""
        here = occupancy_symbols(self.stages)
        ways = sp.factorial(sum(here)) / sp.prod(map(sp.factorial, here))
        return Equation(occupancy_law(*here), ways * sp.Integer(self.stages) ** -sum(here))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Balance at every occupancy of three workers, and the sum over them all minus 1."""
        here, every = occupancy_symbols(self.stages), range(4)
        filled = [kappa for kappa in itertools.product(every, repeat=self.stages) if sum(kappa) == 3]

        def law(kappa: tuple[int, ...]) -> sp.Expr:
            at = dict(zip(here, kappa, strict=True))
            return sp.Integer(0) if min(kappa) < 0 else output.right.subs(at, simultaneous=True)

        for kappa in filled:
            flow = -3 * law(kappa)
            for p in range(self.stages):
                source = list(kappa)
                source[p], source[(p + 1) % self.stages] = kappa[p] + 1, source[(p + 1) % self.stages] - 1
                flow += source[p] * law(tuple(source))
            yield flow
        yield sum((law(kappa) for kappa in filled), start=sp.Integer(0)) - 1


@dataclass(frozen=True)
class OccupancyMoments(Rule):
    """d/dt of the second moments at each occupancy, for M workers whose cycles have n >= 2 exponential stages.

    A worker leaves its stage at rate n/theta; leaving the last one it updates, x <- x - eps r_i + xi, and reads.
    ``apply`` counts workers by their stages. The second route writes two and three workers out by name, with
    every combination of their stages.
    """

    stages: int
    label: ClassVar[str] = "close the moments by the occupancy of the stages"
    requires: ClassVar = (assumptions.STAGES, assumptions.EXCHANGEABLE, assumptions.QUADRATIC, assumptions.NOISE)

    def apply(self, *inputs: Equation) -> Equation:
        """One row per moment: what flows in from each neighbouring occupancy, less what flows out."""
        here = occupancy_symbols(self.stages)
        rows, left = [], []
        for kind in moment_kinds(self.stages):
            moment = moment_function(kind)(*here)
            moves = (self._moved(kind, p) for p in range(1, self.stages))
            change = sum(moves, start=sp.Integer(0)) + self._updated(kind) - sum(here) * moment
            rows.append(change * self.stages / y.mean_delay)
            left.append(sp.Derivative(moment, y.t, evaluate=False))
        return Equation(sp.ImmutableMatrix(left), sp.ImmutableMatrix(rows))

    def _before(self, source: int, target: int) -> tuple[sp.Expr, ...]:
        """The occupancy from which one worker goes from stage ``source`` to stage ``target``."""
        shift = {source: 1, target: -1}
        return tuple(kappa + shift.get(p, 0) for p, kappa in enumerate(occupancy_symbols(self.stages), 1))

    def _moved(self, kind: Kind, p: int) -> sp.Expr:
        """One worker of p to p + 1: sums over p lose it, sums over p + 1 gain it."""
        before = self._before(p, p + 1)
        reads = kind[:1] if len(kind) == 3 else kind
        total = (before[p - 1] - reads.count(p)) * moment_function(kind)(*before)
        for place, read in enumerate(reads):
            if read == p + 1:
                gained = (p, p, 0) if len(kind) == 3 else (*reads[:place], p, *reads[place + 1 :])
                total += moment_function(gained)(*before)
        return total

    def _updated(self, kind: Kind) -> sp.Expr:
        """One worker of the last stage updates, reads, and begins again in stage 1."""
        last, before = self.stages, self._before(self.stages, 1)

        def at(*which: int) -> sp.Expr:
            return moment_function(which)(*before)

        leaving = before[-1]
        square = leaving * (at() + y.step_noise * occupancy_law(*before)) - 2 * y.step * at(last)
        square += y.step**2 * at(last, last, 0)
        reads = kind[:2]
        if len(kind) in (0, 3):
            kept = (leaving - int(last in reads)) * at(*kind) if kind else sp.Integer(0)
            return kept + (square if not kind or kind[0] == 1 else 0)
        left_over = leaving - reads.count(last)
        if len(kind) == 1:
            return left_over * at(*kind) - y.step * at(last, kind[0]) + (square if kind[0] == 1 else 0)
        total = left_over * at(*kind)
        for place, read in enumerate(reads):
            if read == 1:  # the new read meets every other read of the other stage
                other = reads[1 - place]
                total += (leaving - int(other == last)) * at(other) - y.step * at(last, other)
        return total

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Two workers, and three where the stages are few, at every occupancy."""
        for number, kind in enumerate(moment_kinds(self.stages)):
            yield from self.row_residuals(kind, output.right[number])

    def row_residuals(self, kind: Kind, right: sp.Expr) -> Iterator[sp.Expr]:
        """The change of one moment with the workers by name, minus ``right``."""
        for count in (2, 3) if self.stages == 2 else (2,):
            for (occupied, of), explicit in self._explicit(count).items():
                if of == kind:
                    values = dict(zip(occupancy_symbols(self.stages), occupied, strict=True))
                    row = possible_only(right.subs(values, simultaneous=True), self.stages)
                    yield sp.expand(explicit * self.stages / y.mean_delay - row)

    @cache  # noqa: B019  (a frozen record of one number)
    def _explicit(self, count: int) -> dict[tuple[Stages, Kind], sp.Expr]:
        names = sp.symbols(f"x r_0:{count} xi", cls=sp.Dummy)
        kinds = moment_kinds(self.stages)
        change: dict[tuple[Stages, Kind], sp.Expr] = {}
        for before in itertools.product(range(1, self.stages + 1), repeat=count):
            for worker, kind in itertools.product(range(count), kinds):
                for stages, moved in self._event(before, worker, names):
                    flow = self._expected(_monomial(kind, stages, names).subs(moved, simultaneous=True), before, names)
                    key = (self._occupancy(stages), kind)
                    change[key] = change.get(key, sp.Integer(0)) + (flow if stages != before else -flow)
        return change

    def _event(
        self, before: Stages, worker: int, names: tuple[sp.Symbol, ...]
    ) -> tuple[tuple[Stages, dict[sp.Symbol, sp.Expr]], tuple[Stages, dict[sp.Symbol, sp.Expr]]]:
        """Where the worker's next stage leads, with what it makes of x and its read; and where it leads away from."""
        updates = before[worker] == self.stages
        after = (*before[:worker], 1 if updates else before[worker] + 1, *before[worker + 1 :])
        moved = names[0] - y.step * names[1 + worker] + names[-1]
        return (after, {names[0]: moved, names[1 + worker]: moved} if updates else {}), (before, {})

    def _occupancy(self, stages: Stages) -> tuple[int, ...]:
        return tuple(stages.count(p) for p in range(1, self.stages + 1))

    def _expected(self, monomial: sp.Expr, stages: Stages, names: tuple[sp.Symbol, ...]) -> sp.Expr:
        """E[monomial; these stages], each worker's share of the moments of the occupancy."""
        occupied = self._occupancy(stages)
        ways = sp.factorial(len(stages)) / sp.prod(map(sp.factorial, occupied))
        total = sp.Integer(0)
        for (_, *reads, shots), factor in sp.Poly(sp.expand(monomial), *names).terms():
            met = [stages[i] for i, times in enumerate(reads) if times]
            places = sp.prod(occupied[p - 1] for p in met)
            if shots == 2:
                total += factor * y.step_noise * occupancy_law(*occupied) / ways
            elif shots == 0:
                if len(met) == 2 and met[0] == met[1]:
                    places -= occupied[met[0] - 1]
                kind = (met[0], met[0], 0) if 2 in reads else tuple(met)
                total += factor * moment_function(kind)(*occupied) / (ways * places)
        return total


def _monomial(kind: Kind, stages: Stages, names: tuple[sp.Symbol, ...]) -> sp.Expr:
    """x^2, x sum r_i, sum r_i^2 or the sum of r_i r_j over ordered pairs, for workers in these stages."""
    x, *reads = names[:-1]
    inside = [[r for r, stage in zip(reads, stages, strict=True) if stage == p] for p in kind[:2]]
    if len(kind) == 3:
        return sp.Add(*(r**2 for r in inside[0]))
    if len(kind) == 2:
        return sp.Add(*(first * second for first in inside[0] for second in inside[1] if first != second))
    return x**2 if not kind else x * sp.Add(*inside[0])


def possible_only(row: sp.Expr, stages: int) -> sp.Expr:
    """A row at numbers: moments of occupancies that cannot be, or over stages that nobody is in, are 0."""
    zero = {}
    for kind in moment_kinds(stages):
        needed = Counter(kind[:1] if len(kind) == 3 else kind)
        for node in row.atoms(moment_function(kind)):
            if min(node.args) < 0 or any(node.args[p - 1] < times for p, times in needed.items()):
                zero[node] = sp.Integer(0)
    zero |= {node: sp.Integer(0) for node in row.atoms(occupancy_law) if min(node.args) < 0}
    return row.xreplace(zero)
