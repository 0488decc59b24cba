"""Stage: layout. Input: an equation too long or wide for a few lines. Output: the same, repeated parts named.

    d = (M t/theta - floor(...)) e^(-M t/theta) ...  ->  d = (y_1 - y_2) e^(-y_1) ..., where y_1 = M t/theta, ...

What an author writes once and refers to. Names stand for values, so the equation and its hash do not change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import sympy as sp

from derive.formulas.layout import formula_box
from derive.formulas.lines import COLUMN, equation_lines, fits
from derive.formulas.widths import width
from derive.symbols import part_names

FEW_LINES = 3
MANY_LINES = 4  # beyond, sums that fill a line bear names, too
_LEAST_SAVING = 14.0  # digits of print that a name must save
_BOUND = (sp.Sum, sp.Product, sp.Integral, sp.Derivative, sp.Subs, sp.Limit)


def named(left: Any, right: Any, widest: float = COLUMN) -> tuple[Any, tuple[tuple[Any, Any], ...]]:
    """The right side with names for its repeated parts, and what each name stands for; as it is where it is short.

    Example: ``named(y.damping, y.curvature) == (y.curvature, ())``.
    """
    given: dict[Any, Any] = {}
    if len(equation_lines(left, right, widest)) <= FEW_LINES and fits(left, right, widest):
        return right, ()
    for name in part_names:
        part = _dearest([right, *given.values()])
        if part is None and len(equation_lines(left, right, widest)) > MANY_LINES:
            part = next(_long_sums(right, widest, outermost=True), None)
        if part is None:
            break
        right, *others = (_put(whole, part, name) for whole in (right, *given.values()))
        given = {**dict(zip(given, others, strict=True)), name: part}
    return _renumbered(right, given)


def _dearest(wholes: list[Any]) -> Any | None:
    """The repeated part whose name would save most; None where no name is worth its definition."""
    found = Counter(part for whole in wholes for part in _parts(whole))
    savings = {part: (count - 1) * width(formula_box(part)) for part, count in found.items() if count > 1}
    worth = [part for part, saving in savings.items() if saving >= _LEAST_SAVING]
    return max(worth, key=lambda part: (savings[part], sp.default_sort_key(part)), default=None)


def _parts(whole: Any) -> Iterator[Any]:
    """Every part that a name could stand for, each time it appears: of two signs the positive one."""
    if isinstance(whole, _BOUND):
        return
    plain = isinstance(whole, sp.Pow) and whole.base.is_Symbol and whole.exp.is_number
    if isinstance(whole, sp.Expr) and whole.free_symbols and not whole.is_Atom and not plain:
        yield _positive(whole)
    for part in whole.args:
        yield from _parts(part)


def _long_sums(whole: Any, widest: float, outermost: bool = False) -> Iterator[Any]:
    """The sums inside the whole that are wider than a column, from the outside in."""
    if isinstance(whole, _BOUND):
        return
    if not outermost and isinstance(whole, sp.Add) and width(formula_box(whole)) > widest:
        yield whole
    for part in whole.args:
        yield from _long_sums(part, widest)


def _positive(part: Any) -> Any:
    """The part without its minus sign; of one over a root, the root."""
    if isinstance(part, sp.Pow) and part.exp == -sp.S.Half:
        return 1 / part
    return -part if isinstance(part, sp.Mul) and part.could_extract_minus_sign() else part


def _put(whole: Any, part: Any, name: Any) -> Any:
    powers = {1 / part: 1 / name} if isinstance(part, sp.Pow) else {}
    return whole.xreplace({part: name, -part: -name, **powers})


def _renumbered(right: Any, given: dict[Any, Any]) -> tuple[Any, tuple[tuple[Any, Any], ...]]:
    """Names in an order in which each stands for what is known by then."""
    order: list[Any] = []
    while len(order) < len(given):
        known = [one for one in given if one not in order and not given[one].free_symbols & (set(given) - set(order))]
        order += known[:1]
    fresh = dict(zip(order, part_names, strict=False))
    return right.xreplace(fresh), tuple((fresh[one], given[one].xreplace(fresh)) for one in order)
