"""Stage: rules about classes of staleness. Input: exponential workers, a threshold. Output: closed moments, exact.

    p(chi), A_ij(chi) = E[x_i x_j; chi],  x_i the parameter i updates ago, chi_p workers of staleness p = 0 .. S

All workers of one staleness have read the same parameter, and what staler ones have read is never applied. So the
moments of the S + 1 latest parameters close, given how many workers are of which staleness.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, TypeAlias

import sympy as sp
from sympy.core.function import AppliedUndef

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.occupied import square_at

Recent: TypeAlias = tuple[int, ...]  # (i, j) with i <= j: the moment of x_i and x_j; () is the probability
Counts: TypeAlias = tuple[int, ...]  # how many workers are of staleness 0 .. S
chance_at = sp.Function("P_chi")
_EVERY = (y.j, 1, sp.binomial(y.workers + y.staleness_threshold, y.staleness_threshold + 1))


def recent_moments(last: int) -> tuple[Recent, ...]:
    """The probability and the moments of one occupancy at the threshold ``last``, in the order of the equations.

    Example: ``recent_moments(1) == ((), (0, 0), (0, 1), (1, 1))``.
    """
    return ((), *itertools.combinations_with_replacement(range(last + 1), 2))


def recent_function(kind: Recent) -> type[sp.Function]:
    """p or A_ij as a function of the occupancy."""
    return sp.Function("A_" + "".join(map(str, kind))) if kind else sp.Function("p_chi")


def staleness_counts(last: int) -> tuple[sp.Expr, ...]:
    """chi_0 .. chi_S."""
    return tuple(y.occupancy[p] for p in range(last + 1))


def classes(workers: int, last: int) -> Iterator[Counts]:
    """Every occupancy that can be: somebody made the latest update, so chi_0 >= 1; the rest are stale.

    Example: ``list(classes(2, 1)) == [(1, 0), (1, 1), (2, 0)]``.
    """
    for counts in itertools.product(range(1, workers + 1), *[range(workers)] * last):
        if sum(counts) <= workers:
            yield counts


@dataclass(frozen=True)
class ClassRow(Rule):
    """d/dt of one moment of M exponential workers that drop what is staler than S.

    A worker of staleness k <= S updates at the rate chi_k/theta: x_0 <- x_0 - eps x_k + xi, x_i <- x_(i-1); it is of
    staleness 0 then, the others are staler by one, and those of staleness S become stale, however many they were: a
    sum. A stale worker's gradient is dropped; it reads, of staleness 0. So ``updated`` occupancies, chi_0 = 1, follow
    on updates, those of chi_0 >= 2 on drops. The second route writes two and three workers out by name.
    """

    last: int
    kind: Recent
    updated: bool
    label: ClassVar[str] = "close the moments by the classes of staleness"
    requires: ClassVar = (
        assumptions.EXPONENTIAL,
        assumptions.BUSY,
        assumptions.EXCHANGEABLE,
        assumptions.THRESHOLD,
        assumptions.QUADRATIC,
        assumptions.NOISE,
    )

    @property
    def here(self) -> tuple[sp.Expr, ...]:
        """The occupancy of the row."""
        counts = staleness_counts(self.last)
        return (sp.Integer(1), *counts[1:]) if self.updated else counts

    def apply(self, *inputs: Equation) -> Equation:
        """What flows in, less what every arrival takes out."""
        here, moment = self.here, recent_function(self.kind)
        if self.updated:
            flow = sp.Add(*(self._update(k) for k in range(self.last + 1)))
        else:
            flow = (y.workers - sp.Add(*here) + 1) * moment(here[0] - 1, *here[1:])
        change = (flow - y.workers * moment(*here)) / y.mean_delay
        return Equation(sp.Derivative(moment(*here), y.t, evaluate=False), change)

    def _update(self, applied: int) -> sp.Expr:
        """The update of a worker of that staleness, summed over how many others it makes stale."""
        before = [count + int(k == applied) for k, count in enumerate(self.here[1:])] + [y.j]
        most = y.workers - sp.Add(*before[:-1])
        return sp.Sum(before[applied] * _after(self.kind, applied, tuple(before)), (y.j, 0, most))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The change with the workers by name, minus the row, at every occupancy."""
        for count in (2, 3) if self.last < 2 else (2,):
            explicit = _by_name(count, self.last)
            for counts in classes(count, self.last):
                if (counts[0] == 1) == self.updated:
                    at = {y.workers: count, **dict(zip(staleness_counts(self.last), counts, strict=True))}
                    row = possible_only(output.right.subs(at, simultaneous=True).doit())
                    yield sp.expand(explicit[counts, self.kind] / y.mean_delay - row)


def _after(kind: Recent, applied: int, before: tuple[sp.Expr, ...]) -> sp.Expr:
    """E[x_i x_j just after the update; the occupancy ``before`` it]."""

    def at(*which: int) -> sp.Expr:
        return recent_function(tuple(sorted(which)))(*before)

    if not kind:
        return at()
    first, second = kind
    if first > 0:
        return at(first - 1, second - 1)
    if second > 0:
        return at(0, second - 1) - y.step * at(applied, second - 1)
    squared = at(0, 0) - 2 * y.step * at(0, applied) + y.step**2 * at(applied, applied)
    return squared + y.step_noise * at()


def possible_only(row: sp.Expr) -> sp.Expr:
    """A row at numbers: moments of occupancies that cannot be are 0."""
    return row.xreplace(
        {node: sp.Integer(0) for node in row.atoms(AppliedUndef) if min(node.args) < 0 or not node.args[0]}
    )


@cache
def _by_name(count: int, last: int) -> dict[tuple[Counts, Recent], sp.Expr]:
    """The change of every moment in units of 1/theta, each worker with a staleness of its own; last + 1 is stale."""
    names = sp.symbols(f"x_0:{last + 1} xi", cls=sp.Dummy)
    change = {(counts, kind): sp.Integer(0) for counts in classes(count, last) for kind in recent_moments(last)}
    for before, who in itertools.product(itertools.product(range(last + 2), repeat=count), range(count)):
        if min(before) > 0:
            continue
        after, moved = tuple(before), dict[sp.Symbol, sp.Expr]()
        if before[who] <= last:
            after = tuple(min(age + 1, last + 1) for age in before)
            moved = {names[0]: names[0] - y.step * names[before[who]] + names[-1]}
            moved |= {names[i]: names[i - 1] for i in range(1, last + 1)}
        after = (*after[:who], 0, *after[who + 1 :])
        for kind in recent_moments(last):
            monomial = sp.Mul(*(names[i] for i in kind))
            change[_counts(after, last), kind] += _expected(monomial.subs(moved, simultaneous=True), before, names)
            change[_counts(before, last), kind] -= _expected(monomial, before, names)
    return change


def _counts(ages: tuple[int, ...], last: int) -> Counts:
    return tuple(ages.count(p) for p in range(last + 1))


def _expected(monomial: sp.Expr, ages: tuple[int, ...], names: tuple[sp.Symbol, ...]) -> sp.Expr:
    """E[monomial; these stalenesses]: workers that change names change nothing, so each order has an equal share."""
    last = len(names) - 2
    counts = _counts(ages, last)
    ways = sp.factorial(len(ages)) / sp.prod(map(sp.factorial, (*counts, len(ages) - sum(counts))))
    total = sp.Integer(0)
    for (*powers, shots), factor in sp.Poly(sp.expand(monomial), *names).terms():
        kind = tuple(i for i, power in enumerate(powers) for _ in range(power))
        if shots % 2 == 0:
            total += factor * (y.step_noise if shots else 1) * recent_function(kind)(*counts) / ways
    return total


@dataclass(frozen=True)
class SumOverClasses(Rule):
    """V = sum_j V_chi(j), or p = sum_j P_chi(j) (chi_0(j) + .. + chi_S(j))/M, over the occupancies, by their numbers.

    There are binomial(M + S, S + 1) of them. The second route follows the workers by name: probabilities of the
    occupancies, put in for their second moments, add up to 1, and gradients that are applied are counted one by one.
    """

    share: bool
    label: ClassVar[str] = "add over the occupancies"

    def apply(self, *inputs: Equation) -> Equation:
        """Law of total expectation."""
        if not self.share:
            return Equation(y.variance, sp.Sum(square_at(y.j), _EVERY))
        fresh = sp.Sum(y.occupancy[y.staleness, y.j], (y.staleness, 0, y.staleness_threshold))
        return Equation(y.applied_fraction, sp.Sum(fresh * chance_at(y.j), _EVERY) / y.workers)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One to three workers, thresholds 0 and 1."""
        for workers, last in itertools.product((1, 2, 3), (0, 1)):
            chances, share = _stationary(workers, last)
            put = [chances[counts] for counts in classes(workers, last)]
            try:
                found = added_over_classes(output.right, workers, last, put)
            except ArithmeticError:
                found = sp.zoo
            yield found - (share if self.share else 1)


def added_over_classes(right: sp.Expr, workers: int, last: int, numbers: Iterable[sp.Expr]) -> sp.Expr:
    """A right side whose sum runs over the occupancies, carried out with ``numbers`` for V_chi(j), or P_chi(j).

    Raises ``ArithmeticError`` where it runs over more or fewer occupancies than there are.
    """
    given, every = list(numbers), list(classes(workers, last))
    (total,) = (one for one in right.atoms(sp.Sum) if one.has(square_at, chance_at))
    at = {y.workers: workers, y.staleness_threshold: last}
    ((index, first, end),) = (tuple(part.subs(at) for part in limits) for limits in total.limits)
    if (first, end) != (1, len(every)) or len(given) != len(every):
        raise ArithmeticError(f"a sum from {first} to {end}, not over the {len(every)} occupancies")
    found = sp.Integer(0)
    for number, (value, counts) in enumerate(zip(given, every, strict=True), 1):
        term = total.function.subs(at, simultaneous=True).subs(index, number).doit()
        seen = {sp.Indexed(y.occupancy, place, number): sp.Integer(count) for place, count in enumerate(counts)}
        if strangers := term.atoms(sp.Indexed) - set(seen):
            raise ArithmeticError(f"no counts of an occupancy: {strangers}")
        found += term.xreplace({**seen, square_at(number): value, chance_at(number): value})
    return right.xreplace({total: found}).subs(at, simultaneous=True)


@cache
def _stationary(workers: int, last: int) -> tuple[dict[Counts, sp.Expr], sp.Expr]:
    """Probabilities of the occupancies and the share applied, from the chain of the workers' stalenesses by name."""
    states = [ages for ages in itertools.product(range(last + 2), repeat=workers) if min(ages) == 0]
    flow, applied = sp.zeros(len(states)), sp.zeros(1, len(states))
    for column, ages in enumerate(states):
        for who in range(workers):
            kept = ages[who] > last
            after = list(ages) if kept else [min(age + 1, last + 1) for age in ages]
            after[who] = 0
            flow[states.index(tuple(after)), column] += sp.Rational(1, workers)
            applied[column] += sp.Rational(int(not kept), workers)
    (found,) = (flow - sp.eye(len(states))).nullspace()
    found /= sum(found)
    chances = {counts: sp.Integer(0) for counts in classes(workers, last)}
    for ages, chance in zip(states, found, strict=True):
        chances[_counts(ages, last)] += chance
    return chances, (applied * found)[0]
