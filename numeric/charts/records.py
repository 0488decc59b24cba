"""Stage: proven charts. Input: decided cells. Output: the record of a chart, its areas and its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from derive.exact import Number
from numeric.charts.cells import Axis, Cell, joined
from numeric.charts.subdivision import UNDECIDED, Spending
from numeric.enclosure import Enclosure, arb, fmpq
from numeric.values import Exact, ShownAsLatex, worded

STATUSES = ("stable", "unstable", UNDECIDED, "outside")


@dataclass(frozen=True)
class Anchor:
    """The exact point at which the roots of a group of clear cells were counted, one count an equation."""

    x: sp.Rational
    y: sp.Rational
    unstable: tuple[int | None, ...]
    cells: int

    def to_json(self) -> dict[str, Any]:
        """The point as exact text, the counts, and for how many cells they speak."""
        return {"x": str(self.x), "y": str(self.y), "unstable": list(self.unstable), "cells": self.cells}


@dataclass(frozen=True)
class Layer:
    """One question answered over the rectangle: the cells by status, the work it took and why that ended."""

    cells: Mapping[str, tuple[Cell, ...]]
    evaluations: int
    ended: str

    @classmethod
    def of(cls, decided: Mapping[str, list[Cell]], spending: Spending) -> Layer:
        """The layer of decided cells, joined to fewer where they make up larger ones."""
        cells = {status: joined(decided.get(status, ())) for status in STATUSES}
        return cls(cells, spending.evaluations, spending.ended)

    def share(self, status: str) -> Fraction:
        """The share of the rectangle with this status, exactly."""
        return sum((cell.share for cell in self.cells[status]), Fraction(0))

    def status_at(self, across: Fraction, up: Fraction) -> str:
        """What is proven at a point, given in shares; where cells of two statuses meet it is undecided."""
        found = {status for status, cells in self.cells.items() if any(cell.holds(across, up) for cell in cells)}
        return found.pop() if len(found) == 1 else UNDECIDED if found else "outside"

    def to_json(self, area: sp.Rational) -> dict[str, Any]:
        """Cells as [column, across, row, up], areas (``area`` is the rectangle's), and the work done."""
        shares = {status: self.share(status) for status in STATUSES}
        areas = {status: Exact(area * _rational(share)).to_json() for status, share in shares.items()}
        low = area * _rational(shares["stable"])
        high = low + area * _rational(shares[UNDECIDED])
        return {
            "area": areas,
            "stable_area": Enclosure(arb(fmpq(low.p, low.q)).union(arb(fmpq(high.p, high.q)))).to_json(),
            "undecided_share": float(shares[UNDECIDED]),
            "cells": {status: [_numbers(cell) for cell in self.cells[status]] for status in STATUSES},
            "evaluations": self.evaluations,
            "ended": self.ended,
        }


@dataclass(frozen=True)
class StabilityChart(ShownAsLatex):
    """A proven chart: stability of the mean over two parameters, with the points where roots were counted."""

    x: Axis
    y: Axis
    mean: Layer
    anchors: tuple[Anchor, ...]
    mean_square: Layer | None = None

    @property
    def undecided_share(self) -> Fraction:
        """The share of the rectangle that the budget left undecided."""
        return self.mean.share(UNDECIDED)

    def status_at(self, x: Number, y: Number) -> str:
        """ "stable", "unstable", "undecided" or "outside" at a point of the chart."""
        return self.mean.status_at(self.x.share_of(x), self.y.share_of(y))

    @property
    def area(self) -> sp.Rational:
        """The rectangle's area, in the product of both units."""
        return (self.x.high - self.x.low) * (self.y.high - self.y.low)

    def latex(self) -> str:
        """The shares of the rectangle, of the mean and, where it was asked for, of the mean square."""
        layers = {"mean": self.mean, "mean square": self.mean_square}
        return worded(
            (f"{name}, {status}", rf"{100 * float(layer.share(status)):.3g} \%")
            for name, layer in layers.items()
            if layer is not None
            for status in STATUSES
        )

    def to_json(self) -> dict[str, Any]:
        """Both axes, both layers, and the points at which roots were counted."""
        axes = {
            name: {"parameter": axis.name, "low": str(axis.low), "high": str(axis.high)}
            for name, axis in (("x", self.x), ("y", self.y))
        }
        second = None if self.mean_square is None else self.mean_square.to_json(self.area)
        counted = [anchor.to_json() for anchor in self.anchors]
        return {**axes, "mean": {**self.mean.to_json(self.area), "counted": counted}, "mean_square": second}


def _numbers(cell: Cell) -> list[int]:
    return [cell.column, cell.across, cell.row, cell.up]


def _rational(share: Fraction) -> sp.Rational:
    return sp.Rational(share.numerator, share.denominator)
