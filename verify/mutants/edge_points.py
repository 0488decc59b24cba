"""Stage: changes. Input: a domain. Output: exact points at its edges, where a wrong expression may show alone."""

from __future__ import annotations

import sympy as sp

from verify.points import PointSource

_DOUBLINGS = 24
_BISECTIONS = 20


class EdgeSource(PointSource):
    """Points of a domain where its symbols are extreme, every other one pushed against the domain's border."""

    _turn = 0

    def _positive(self) -> sp.Rational:
        size = 10 ** self._random.uniform(-4, 3)
        return sp.Rational(round(size * 10**6) + 1, 10**6)

    def _draw(self, name: sp.Symbol) -> sp.Expr:
        if name.is_integer and self._random.random() < 0.5:  # the smallest, or a large one
            low = super()._draw(name)
            return sp.Integer(int(self._random.integers(12, 32))) if low > 2 else low
        return super()._draw(name)

    def _point(self) -> dict[sp.Symbol, sp.Expr] | None:
        point = super()._point()
        self._turn += 1
        movable = [name for name in self._names if not name.is_integer and name.is_extended_real]
        if point is None or not movable or self._turn % 2:
            return point
        return self._pushed(point, movable[self._turn // 2 % len(movable)])

    def _pushed(self, point: dict[sp.Symbol, sp.Expr], name: sp.Symbol) -> dict[sp.Symbol, sp.Expr]:
        """The point with one symbol enlarged, or diminished, to just before it leaves the domain."""
        for factor in (sp.Integer(2), sp.Rational(1, 2)):
            inside = point[name]
            for _ in range(_DOUBLINGS):
                outside = inside * factor
                if self._domain.subs({**point, name: outside}) != sp.true:
                    return {**point, name: self._bisected(point, name, inside, outside)}
                inside = outside
        return point

    def _bisected(self, point: dict[sp.Symbol, sp.Expr], name: sp.Symbol, inside: sp.Expr, outside: sp.Expr) -> sp.Expr:
        for _ in range(_BISECTIONS):
            middle = (inside + outside) / 2
            if self._domain.subs({**point, name: middle}) == sp.true:
                inside = middle
            else:
                outside = middle
        return inside
