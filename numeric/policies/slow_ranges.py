"""Stage: policies. Input: H with one open setting, an edge left of the axis. Output: proof that a range is too slow.

A setting is slower than a rate r where some root lies right of the edge Re s = -r (of an update-indexed equation
outside |z| = exp(-r)). Moved by the edge, H(s - r) asks the question of a stability chart, whether a root is unstable,
and is answered in the same two ways for a whole range: one root stays beyond the edge (numeric/charts/lasting_roots.py)
or none crosses it (numeric/charts/crossings.py), and at one exact setting a certified spectrum finds one beyond.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.charts.cells import Axis
from numeric.charts.crossings import Box, Effort, OpenEquation
from numeric.charts.lasting_roots import LastingRoots
from numeric.enclosure import Ball, acb, arb, fmpq
from numeric.roots.characteristic import Root, spectrum

UNUSED = Axis(sp.Dummy("unused"), 0, 1)  # a chart has two sides


def moved_to(edge: sp.Rational, equation: CharacteristicEquation) -> CharacteristicEquation:
    """The equation whose stability asks whether the given one has a root beyond ``edge``.

    ``edge`` < 0 (1/s) is an abscissa, or of an update-indexed equation a modulus in (0, 1).

    Example: ``moved_to(sp.Rational(-1, 2), delay_equation(1, Constant(1))).function.subs(y.s, 0) ==
    sp.exp(sp.Rational(1, 2)) - sp.Rational(1, 2)``.
    """
    s, plane = equation.variable, equation.plane
    if plane == "update-indexed":
        inside = equation.abscissa_of_convergence / edge
        bound = equation.modulus_bound / edge
        return CharacteristicEquation(equation.function.subs(s, edge * s), s, bound, inside, plane, equation.arrays)
    bound = equation.modulus_bound.subs(s, s + edge) - edge
    abscissa = equation.abscissa_of_convergence - edge
    return CharacteristicEquation(equation.function.subs(s, s + edge), s, bound, abscissa, plane, equation.arrays)


def box_between(low: Fraction, high: Fraction) -> Box:
    """Every setting from ``low`` to ``high``, rounded outward."""
    ends = (arb(fmpq(end.numerator, end.denominator)) for end in (low, high))
    return Box(next(ends).union(next(ends)), arb(0))


def rational(value: Fraction) -> sp.Rational:
    """The same number for SymPy."""
    return sp.Rational(value.numerator, value.denominator)


class SlowRange:
    """Proofs that one equation has a root beyond ``edge`` for every setting of a range.

    ``symbol`` is the open setting in ``equation``.
    """

    def __init__(self, equation: CharacteristicEquation, symbol: sp.Symbol, edge: sp.Rational, effort: Effort) -> None:
        self._equation, self._symbol, self._edge = equation, symbol, edge
        opened = OpenEquation(moved_to(edge, equation), (Axis(symbol, 0, 1), UNUSED), effort)
        self._opened, self._lasting = opened, LastingRoots(opened)

    def proven(self, low: Fraction, high: Fraction) -> bool:
        """Whether a root is proven to lie beyond the edge for every setting from ``low`` to ``high``."""
        box = box_between(low, high)
        if self._lasting.proven(box):
            return True
        root = self.beyond((low + high) / 2)
        if root is None:
            return False
        self._lasting.begin_at(self._moved(root))
        return self._lasting.proven(box) or self._opened.crossing(box) is None

    def beyond(self, setting: Fraction) -> Root | None:
        """The first root that is proven to lie beyond the edge at one exact setting; None where none is."""
        found = spectrum(self._equation.at({self._symbol: rational(setting)}), right_of=self._edge)
        if not found.certified or not found.roots:
            return None
        size = found.roots[0].re if found.plane == "continuous" else found.roots[0].modulus
        return found.roots[0] if (size - self._edge).is_positive() else None

    def _moved(self, root: Root) -> Ball:
        where = acb(root.re.ball.mid(), root.im.ball.mid())
        edge = arb(fmpq(int(self._edge.p), int(self._edge.q)))
        return (where - edge if self._equation.plane == "continuous" else (where / edge).log()).mid()
