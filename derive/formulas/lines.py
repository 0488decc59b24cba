"""Stage: layout. Input: an equation. Output: its boxes on as many lines as a column needs, broken by structure.

A sum is broken before a sign; a product inside its widest bracket; a fraction becomes 1/B times a broken bracket, or
a slash between broken parts.
"""

from __future__ import annotations

from typing import Any

from derive.formulas.boxes import (
    APPLY,
    CROSS,
    INVISIBLE_TIMES,
    MINUS,
    PLUS,
    Box,
    Fenced,
    Fraction,
    Row,
    Script,
    Word,
    number,
    round_brackets,
    row,
    width,
)
from derive.formulas.boxes import EQUALS as _EQUALS
from derive.formulas.layout import formula_box, sides

COLUMN = 43.0  # of a two-column page, in digits of ten points, the equation's number put aside
NARROWEST = 16.0  # no part is broken into lines shorter than that
_DIVIDED_BY = Word("/", r"\Big/", "operator")
_BRACKETS = ((Word("[", r"\Big["), Word("]", r"\Big]")), (Word("(", r"\Big("), Word(")", r"\Big)")))


def equation_lines(left: Any, right: Any, widest: float = COLUMN) -> list[Box]:
    """``left = right`` on as many lines as needed for a column ``widest`` digits wide.

    The first line starts with the left side and the equals sign; the others continue the right side.
    """
    left, right = sides(left, right)
    head = row(formula_box(left), _EQUALS)
    body = formula_box(right)
    if width(head) + width(body) <= widest:
        return [row(head, body)]
    if width(head) > widest / 2:
        return [head, *_broken(body, widest - 2, 0)]
    first, *others = _broken(body, widest - width(head), 0)
    return [row(head, first), *others]


def _broken(box: Box, room: float, depth: int) -> list[Box]:
    """The box on lines no wider than the room, as far as its structure allows."""
    if width(box) <= room:
        return [box]
    if isinstance(box, Fraction):
        return _fraction(box, room, depth)
    pieces = _pieces(box)
    if len(pieces) > 1:
        return _filled([line for piece in pieces for line in _broken(piece, room, depth)], room)
    return _product(box, room, depth)


def _fraction(box: Fraction, room: float, depth: int) -> list[Box]:
    summed = len(_pieces(box.top)) > 1
    if width(box.bottom) <= 0.4 * room:
        head = Fraction(number("1"), box.bottom)
        if summed:
            return _bracketed([head], box.top, [], (room, depth))
        first, *others = _broken(box.top, max(room - width(head), NARROWEST), depth)
        return [row(head, first), *others]
    if width(box.top) + 4 <= room:
        top = [round_brackets(box.top) if summed else box.top]
    else:
        top = _bracketed([], box.top, [], (room, depth)) if summed else _broken(box.top, room, depth)
    bottom = _bracketed([], box.bottom, [], (room, depth))
    *above, last = top
    return [*above, row(last, _DIVIDED_BY), *bottom]


def _product(box: Box, room: float, depth: int) -> list[Box]:
    """Break inside the widest bracket or fraction; as it is where there is none."""
    items = box.items if isinstance(box, Row) else (box,)
    large = next(
        (at for at, item in enumerate(items) if at and _is_large(item) and items[at - 1] == INVISIBLE_TIMES), 0
    )
    parts = [row(*items[: large - 1]), row(CROSS, *items[large:])] if large else []
    if parts and max(map(width, parts)) <= room:
        return parts
    applied = (None, *items)  # the argument of a function stays whole
    wide = [width(item) if _opens(item) and applied[at] != APPLY else 0.0 for at, item in enumerate(items)]
    place = wide.index(max(wide))
    before, inner, after = list(items[:place]), items[place], list(items[place + 1 :])
    if not wide[place]:
        return [box]
    if isinstance(inner, Fraction):
        first, *others = _fraction(inner, room, depth)
        *lines, last = [row(*before, first), *others]
        return [*lines, *_continued(last, after, room)]
    if isinstance(inner, Script):
        assert isinstance(inner.base, Fenced)
        power = Script(_BRACKETS[depth % 2][1], inner.below, inner.above)
        return _bracketed(before, inner.base.body, after, (room, depth), power)
    assert isinstance(inner, Fenced)
    return _bracketed(before, inner.body, after, (room, depth))


def _is_large(box: Box) -> bool:
    """Whether the box is the sign of a sum or an integral, with its limits."""
    return isinstance(box, Script) and isinstance(box.base, Word) and box.base.kind == "large"


def _opens(box: Box) -> bool:
    """Whether a line may be broken inside the box."""
    if isinstance(box, Script):
        return isinstance(box.base, Fenced) and box.base.opening == "("
    return isinstance(box, Fraction) or (isinstance(box, Fenced) and box.opening == "(")


def _bracketed(
    before: list[Box], body: Box, after: list[Box], place: tuple[float, int], close: Box | None = None
) -> list[Box]:
    room, depth = place
    opening, closing = _BRACKETS[depth % 2]
    left = max(room - sum(map(width, before)) - 3, NARROWEST)
    first, *others = _broken(body, left, depth + 1)
    *lines, last = [row(*before, opening, first), *others]
    return [*lines, *_continued(row(last, close or closing), after, room)]


def _continued(last: Box, after: list[Box], room: float) -> list[Box]:
    """A line and the factors after it, on a line of their own where there is no room."""
    if after and width(last) + sum(map(width, after)) > room:
        rest = after[1:] if after[0] == INVISIBLE_TIMES else after
        return [last, row(CROSS, *rest)]
    return [row(last, *after)]


def _filled(pieces: list[Box], room: float) -> list[Box]:
    """The pieces on lines, each line as full as the room allows."""
    lines: list[list[Box]] = [[]]
    used = 0.0
    for piece in pieces:
        if lines[-1] and used + width(piece) > room:
            lines.append([])
            used = 0.0
        lines[-1].append(piece)
        used += width(piece)
    return [row(*line) for line in lines]


def _pieces(body: Box) -> list[Box]:
    """The box cut before every plus and minus sign that stands between two terms."""
    pieces: list[list[Box]] = [[]]
    for item in body.items if isinstance(body, Row) else (body,):
        if item in (PLUS, MINUS) and pieces[-1]:
            pieces.append([])
        pieces[-1].append(item)
    return [row(*piece) for piece in pieces]
