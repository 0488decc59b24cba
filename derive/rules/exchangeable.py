"""Stage: rules for finitely many workers with momentum or losses. Input: one update. Output: exact mean and variance.

With exponential cycles a worker i comes at the rate mu, whatever came before: v <- beta v - eps r_i + xi, x <- x + v,
r_i <- x, or with a lost gradient r_i <- x alone. The moments of v, x and the reads r close by exchangeability.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule
from derive.rules.characteristic import characteristic_of

_VELOCITY, _PLACE, _SHOT = sp.symbols("v x xi", cls=sp.Dummy)
_READS = sp.symbols("r_a r_b r_c", cls=sp.Dummy)
_NUMBERS = (
    (sp.Rational(1, 5), sp.Rational(1, 3), sp.Rational(2, 7)),
    (sp.Rational(1, 9), sp.Rational(3, 5), sp.S.Half),
)
Patterns = dict[tuple[int, int, tuple[int, ...]], sp.Dummy]


@dataclass(frozen=True)
class Updates:
    """What an update does beyond plain steps: keep a velocity, lose gradients, or both."""

    momentum: bool
    losses: bool

    @property
    def share(self) -> sp.Expr:
        """beta, 0 without momentum."""
        return y.momentum if self.momentum else sp.Integer(0)

    @property
    def lost(self) -> sp.Expr:
        """p_d, 0 where nothing is lost."""
        return y.dropout if self.losses else sp.Integer(0)

    @property
    def needs(self) -> tuple[Assumption, ...]:
        """What the moments need."""
        basic = (assumptions.EXPONENTIAL, assumptions.EXCHANGEABLE, assumptions.QUADRATIC, assumptions.NOISE)
        kept = (assumptions.MOMENTUM,) if self.momentum else ()
        return (*basic, *kept, *((assumptions.LOSSES,) if self.losses else ()))

    def change(self, monomial: sp.Expr, read: sp.Expr) -> sp.Expr:
        """E[monomial after the update of the worker that read ``read``] - monomial, over the loss alone."""
        velocity = self.share * _VELOCITY - y.step * read + _SHOT
        place = _PLACE + velocity
        kept = monomial.subs({_VELOCITY: velocity, _PLACE: place, read: place}, simultaneous=True)
        return (1 - self.lost) * kept + self.lost * monomial.subs(read, _PLACE) - monomial


def _named(expression: sp.Expr, names: Patterns) -> sp.Expr:
    """Monomials by the names of their moments, reads without regard to whose they are."""
    poly, total = sp.Poly(sp.expand(expression), _VELOCITY, _PLACE, _SHOT, *_READS), sp.Integer(0)
    for (fast, place, shots, *reads), factor in poly.terms():
        if shots % 2 == 0:
            pattern = (fast, place, tuple(sorted((count for count in reads if count), reverse=True)))
            moment = names.setdefault(pattern, sp.Dummy(str(pattern))) if any(map(bool, pattern)) else 1
            total += factor * (y.step_noise if shots else 1) * moment
    return total


def _closed(updates: Updates, order: int) -> tuple[Patterns, list[sp.Expr]]:
    """The moments of an order and their changes per mean cycle: two workers by name, the other M - 2 alike."""
    first, second, other = _READS
    seeds = [_VELOCITY, _PLACE, first]
    if order == 2:
        seeds = [one * two for one, two in combinations_with_replacement(seeds, 2)] + [first * second]
    if not updates.momentum:
        seeds = [seed for seed in seeds if not seed.has(_VELOCITY)]
    names: Patterns = {}
    for seed in seeds:
        _named(seed, names)
    alike = ((1, first), (1, second), (y.workers - 2, other))
    rows = [_named(sum(count * updates.change(seed, read) for count, read in alike), names) for seed in seeds]
    return names, rows


def _one_by_one(updates: Updates, workers: int) -> sp.Matrix:
    """How the means of v, x, r_1 .. r_M change per mean cycle, every worker by name."""
    total = sp.zeros(workers + 2)
    for who in range(workers):
        mean = _kept(updates, workers, who) * (1 - updates.lost) + _lost(workers, who) * updates.lost
        total += mean - sp.eye(workers + 2)
    return total


def _kept(updates: Updates, workers: int, who: int) -> sp.Matrix:
    moved = sp.eye(workers + 2)
    moved[0, 0], moved[0, 2 + who] = updates.share, -y.step
    moved[1, 0], moved[1, 2 + who] = updates.share, -y.step
    moved[2 + who, :] = moved[1, :]
    return moved


def _lost(workers: int, who: int) -> sp.Matrix:
    moved = sp.eye(workers + 2)
    moved[2 + who, :] = moved[1, :]
    return moved


def variance_by_name(updates: Updates, workers: int, values: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """E x^2 from all second moments of v, x and M reads, every worker by name, for unit step noise (kind: exact).

    ``values``: numbers for the step, and for momentum and dropout where they play a part.

    Example: ``variance_by_name(Updates(False, False), 2, {y.step: sp.S.Half}) == 2``.
    """
    size = workers + 2
    pairs = {pair: row for row, pair in enumerate(combinations_with_replacement(range(size), 2))}
    matrix, right = sp.zeros(len(pairs)), sp.zeros(len(pairs), 1)
    lost = updates.lost.subs(values)
    for who in range(workers):
        hit = {0, 1, 2 + who}
        for map_, chance in ((_kept(updates, workers, who).subs(values), 1 - lost), (_lost(workers, who), lost)):
            for (i, j), row in pairs.items():
                for k in range(size):
                    for m in range(size):
                        matrix[row, pairs[min(k, m), max(k, m)]] += chance * map_[i, k] * map_[j, m]
        for (i, j), row in pairs.items():
            matrix[row, row] -= 1
            right[row] -= (1 - lost) * int(i in hit and j in hit)
    if not updates.momentum:
        return _without_velocity(matrix, right, pairs)
    return _solved(matrix, right)[pairs[1, 1]]


def _without_velocity(matrix: sp.Matrix, right: sp.Matrix, pairs: dict[tuple[int, int], int]) -> sp.Expr:
    kept = [row for (i, _), row in pairs.items() if i > 0]
    return _solved(matrix.extract(kept, kept), right.extract(kept, [0]))[kept.index(pairs[1, 1])]


def _solved(matrix: sp.Matrix, right: sp.Matrix) -> sp.Matrix:
    domain = sp.polys.matrices.DomainMatrix
    left = domain.from_Matrix(matrix).to_field()
    return left.lu_solve(domain.from_Matrix(right).convert_to(left.domain)).to_Matrix()


@dataclass(frozen=True)
class ExchangeableMean(Rule):
    """H(s) = det(s - J) of the means of v, x and what one worker read; s counts per second.

    The second route writes two and three workers out by name. What one worker read beside another fades on its own, at
    the rate mu (1 + (1 - p_d) eps), so that their determinant has M - 1 such factors beside H(s).
    """

    updates: Updates
    label: ClassVar[str] = "close the means by exchangeability"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """What the moments need."""
        return self.updates.needs

    def apply(self, *inputs: Equation) -> Equation:
        """A determinant of the closed equations."""
        names, rows = _closed(self.updates, 1)
        jacobian = sp.Matrix(rows).jacobian(sp.Matrix(list(names.values()))) * y.worker_rate
        kept, braked = sp.symbols("q f", positive=True, cls=sp.Dummy)  # 1 - p_d, 1 - beta
        polynomial = (y.s * sp.eye(len(names)) - jacobian).det().subs({y.dropout: 1 - kept, y.momentum: 1 - braked})
        collected = sp.collect(sp.expand(polynomial), y.s, sp.factor)
        return Equation(characteristic_of(y.s), collected.subs({kept: 1 - y.dropout, braked: 1 - y.momentum}))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Every worker by name."""
        for workers in (2, 3):
            whole = _one_by_one(self.updates, workers) * y.worker_rate
            if not self.updates.momentum:
                whole = whole[1:, 1:]
            found = (y.s * sp.eye(whole.rows) - whole).det(method="berkowitz")
            apart = y.s + y.worker_rate * (1 + (1 - self.updates.lost) * y.step)
            yield sp.expand(found - output.right.subs(y.workers, workers) * apart ** (workers - 1))


@dataclass(frozen=True)
class ExchangeableVariance(Rule):
    """E x^2 in the stationary state, from the closed second moments of v, x and the reads of two workers.

    The second route solves all second moments of two and of three workers by name, at exact numbers.
    """

    updates: Updates
    label: ClassVar[str] = "close the second moments by exchangeability, and solve"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """What the moments need, and that they settle."""
        return (*self.updates.needs, assumptions.STABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """A linear system."""
        names, rows = _closed(self.updates, 2)
        (found,) = sp.linsolve(rows, *names.values())
        value = dict(zip(names, found, strict=True))[0, 2, ()]
        return Equation(y.variance, sp.factor(value))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """At two settings of step, momentum and dropout."""
        for workers in (2, 3):
            for step, share, lost in _NUMBERS:
                at: dict[sp.Symbol, sp.Expr] = {y.step: step, y.momentum: share, y.dropout: lost}
                claimed = output.right.subs({**at, y.workers: workers})
                yield sp.cancel(claimed / y.step_noise - variance_by_name(self.updates, workers, at)) * y.step_noise
