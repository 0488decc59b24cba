"""Stage: policies. Input: characteristic equations with one open setting, a range. Output: the fastest setting, proven.

The decay rate is that of the slowest equation. Branch and bound: certified spectra at single settings find a good one,
of rate r; then the whole range is covered with pieces on which one equation is proven slower than r (1 + tolerance),
or the setting inadmissible. A piece whose middle turns out to be faster makes the search begin again from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.charts.crossings import BITS, Effort
from numeric.enclosure import Enclosure, evaluate, precision
from numeric.policies.records import FastestSetting
from numeric.policies.slow_ranges import SlowRange, rational
from numeric.roots.characteristic import spectrum

Admissible = Callable[[Fraction, Fraction], bool | None]  # of every setting of a piece: all, none, or not known
THOUSANDTH = sp.Rational(1, 1000)
_ROUNDS, _STARTS = 12, 25
_DEEPEST = 52  # halvings of the range
_SPAN = 2**12  # the first look goes down to this part of the range


def fastest_setting(
    equations: Sequence[CharacteristicEquation],
    symbol: sp.Symbol,
    low: sp.Rational,
    high: sp.Rational,
    *,
    admissible: Admissible | None = None,
    tolerance: sp.Rational = THOUSANDTH,
    whole: bool = False,
    closed: bool = False,
    evaluations: int = 400_000,
) -> FastestSetting | None:
    """The value of ``symbol`` in [low, high], low >= 0, at which the slowest of ``equations`` decays fastest.

    ``admissible`` says of a piece whether its settings are allowed. ``tolerance``, relative: how much faster another
    setting may at most be. ``whole``: whole numbers alone are settings;
    ``closed``: ``low`` itself is one. ``evaluations`` of H bound the work. Kind:
    enclosure; None where no setting tried is both allowed and stable.

    Example: ``fastest_setting([delay_equation(y.damping, Constant(1))], y.damping, sp.Integer(0),
    sp.Integer(2)).best_rate.contains(1)``.
    """
    ends = Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q))
    search = _Search(tuple(equations), symbol, ends, admissible or (lambda _low, _high: True), whole)
    if closed:
        search.look(ends[0])
    search.look_around()
    if search.best is None:
        return None
    return search.proven(Fraction(int(tolerance.p), int(tolerance.q)), evaluations)


@dataclass
class _Search:
    """The best setting so far, and all that were tried with the spectral abscissa (modulus) of the slowest equation."""

    equations: tuple[CharacteristicEquation, ...]
    symbol: sp.Symbol
    ends: tuple[Fraction, Fraction]
    admissible: Admissible
    whole: bool
    best: Fraction | None = None
    tried: dict[Fraction, Enclosure | None] = field(default_factory=dict)

    @property
    def continuous(self) -> bool:
        return self.equations[0].plane == "continuous"

    def look_around(self) -> None:
        """Try settings in geometric progression over the range, then around the best, closer and closer."""
        low, high = self.ends
        first = max(low, high / _SPAN)
        ratio = float(high / first) ** (1 / (_STARTS - 1))
        for number in range(_STARTS):
            self.look(self._near(float(first) * ratio**number))
        self.look_closer(float(ratio) - 1)

    def look_closer(self, width: float) -> None:
        """Try settings around the best, whose distance starts at ``width``, relative, and is halved."""
        for turn in range(_ROUNDS if self.best is not None else 0):
            assert self.best is not None
            for share in (-1.0, -0.5, 0.5, 1.0):
                self.look(self._near(float(self.best) * (1 + share * width / 2**turn)))

    def look(self, setting: Fraction) -> bool:
        """Whether this setting, not tried before, is the best so far: stable, faster, and allowed, all proven."""
        if setting in self.tried:
            return False
        found, best = self._dominant(setting), self.tried.get(self.best) if self.best is not None else None
        self.tried[setting] = found
        if found is None or not (found if self.continuous else found - 1).is_negative():
            return False
        if (best is None or found.upper < best.upper) and self.admissible(setting, setting):
            self.best = setting
        return self.best == setting

    def fastest(self) -> float:
        """The spectral abscissa (modulus) of the best setting, rounded up."""
        found = None if self.best is None else self.tried[self.best]
        return 0.0 if found is None else float(found.upper)

    def proven(self, tolerance: Fraction, evaluations: int) -> FastestSetting:
        """Cover the range with pieces that are proven slower or inadmissible."""
        with precision(BITS):
            while True:
                assert self.best is not None
                edge = self._edge(tolerance)
                if edge is None:
                    return FastestSetting(rational(self.best), self._rate(self.best), None, reason=_BEYOND)
                cover = _Cover(self, edge, evaluations)
                if not cover.improved():
                    break
                self.look_closer(0.01)
        self._write_shorter(tolerance)
        reached = self._rate(self.best)
        best = None if cover.undecided else Enclosure(reached.ball.union(_rate_of(edge, self.continuous).ball))
        return FastestSetting(rational(self.best), reached, best, cover.pieces, tuple(cover.undecided))

    def _write_shorter(self, tolerance: Fraction) -> None:
        """Let the best be the shortest decimal whose rate is within half the tolerance of it."""
        assert self.best is not None
        enough = self._rate(self.best).lower * float(1 - tolerance / 2)
        for digits in range(2, 9):
            wish = Fraction(f"{float(self.best):.{digits}g}")
            if self.whole or not self.ends[0] <= wish <= self.ends[1]:
                continue
            self.look(wish)
            if self.tried[wish] is not None and self._rate(wish).lower >= enough and self.admissible(wish, wish):
                self.best = wish
                return

    def _edge(self, tolerance: Fraction) -> sp.Rational | None:
        """The abscissa (modulus) that is to be excluded; None where the transform ends before it."""
        assert self.best is not None
        found = self.tried[self.best]
        assert found is not None
        aim = found * (1 + tolerance) if self.continuous else found + found * Enclosure(found.ball.log()) * tolerance
        edge = rational(Fraction(float(aim.lower)))
        ends = (equation.abscissa_of_convergence for equation in self.equations)
        return edge if all(bool(end < edge) for end in ends) else None

    def _dominant(self, setting: Fraction) -> Enclosure | None:
        """The spectral abscissa (modulus) of the slowest equation, or a bound on it; None where nothing is proven."""
        worst: Enclosure | None = None
        for equation in self.equations:
            at = equation.at({self.symbol: rational(setting)})
            found = spectrum(at)
            one = found.dominant
            if one is None and found.certified and at.abscissa_of_convergence < 0:
                one = evaluate(at.abscissa_of_convergence)  # no root is right of it
            if one is None:
                return None
            worst = one if worst is None or one.upper > worst.upper else worst
        return worst

    def _rate(self, setting: Fraction) -> Enclosure:
        found = self.tried[setting]
        assert found is not None
        return -found if self.continuous else Enclosure(-found.ball.log())

    def _near(self, wish: float) -> Fraction:
        near = Fraction(round(wish)) if self.whole else Fraction(f"{wish:.9g}")
        return min(max(near, self.ends[0]), self.ends[1])


_BEYOND = "the transform ends before the rate that would have to be excluded"


def _rate_of(edge: sp.Rational, continuous: bool) -> Enclosure:
    return Enclosure.of(-edge) if continuous else Enclosure(-Enclosure.of(edge).ball.log())


class _Cover:
    """The range from left to right in pieces, each proven slower than the edge by one equation, or inadmissible."""

    def __init__(self, search: _Search, edge: sp.Rational, evaluations: int) -> None:
        self._search, self._edge, self._evaluations, self._effort = search, edge, evaluations, Effort()
        self._slow = [SlowRange(one, search.symbol, edge, self._effort) for one in search.equations]
        self.pieces, self.undecided = 0, []  # type: int, list[tuple[Fraction, Fraction]]

    def improved(self) -> bool:
        """Whether a setting faster than the edge turned up; if not, the range is covered but for what is undecided."""
        low, high = self._search.ends
        shortest = (high - low) / 2**_DEEPEST
        waiting = [(low, high)]
        while waiting:
            low, high = waiting.pop()
            if self._settled(low, high):
                self.pieces += 1
                continue
            middle = (low + high) / 2
            setting = Fraction(round(middle)) if self._search.whole else middle
            if self._search.look(setting) and self._search.fastest() < float(self._edge):
                return True
            if high - low < shortest or self._effort.evaluations > self._evaluations:
                self.undecided.append((low, high))
            else:
                waiting += [(middle, high), (low, middle)]
        self.undecided = _merged(self.undecided)
        return False

    def _settled(self, low: Fraction, high: Fraction) -> bool:
        if self._search.whole and floor(high) - ceil(low) < 1:
            whole = ceil(low)
            return whole > high or whole in self._search.tried
        for number, one in enumerate(self._slow):
            if one.proven(low, high):
                self._slow.insert(0, self._slow.pop(number))
                return True
        return self._search.admissible(low, high) is False


def _merged(pieces: Sequence[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction]]:
    """Pieces in order, those that touch as one."""
    starts = [low for low, _ in pieces[:1]] + [now[0] for before, now in pairwise(pieces) if before[1] != now[0]]
    ends = [before[1] for before, now in pairwise(pieces) if before[1] != now[0]] + [high for _, high in pieces[-1:]]
    return list(zip(starts, ends, strict=True))
