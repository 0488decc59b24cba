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
)
from derive.formulas.boxes import EQUALS as _EQUALS
from derive.formulas.factors import factors, is_large, multiplied, parted, spread
from derive.formulas.layout import formula_box, sides
from derive.formulas.widths import width

COLUMN = 44.0  # of a two-column page, in digits of its text, the equation's number put aside
PAGE = 70.0  # of a page with one column
QUAD = 2.0  # by which further lines are set in
NARROWEST = 16.0  # no part is broken into lines shorter than that
_DIVIDED_BY = Word("/", r"\Big/", "operator")
_BRACKETS = ((Word("[", r"\Big["), Word("]", r"\Big]")), (Word("(", r"\Big("), Word(")", r"\Big)")))


def equation_lines(left: Any, right: Any, widest: float = COLUMN) -> list[Box]:
    """``left = right`` on as many lines as needed for a column ``widest`` digits wide.

    The first line starts with the left side and the equals sign; the others continue the right side. A left side that
    fills most of the column has lines of its own, and the equals sign begins what follows.
    """
    left, right = sides(left, right)
    head = row(formula_box(left), _EQUALS)
    body = formula_box(right)
    if width(head) + width(body) <= widest:
        return [row(head, body)]
    if width(head) > widest / 2:
        first, *others = _broken(body, widest - QUAD - width(_EQUALS), 0)
        return [*_broken(formula_box(left), widest, 0, -QUAD), row(_EQUALS, first), *others]
    first, *others = _broken(body, widest - width(head) - QUAD, 0, -QUAD)
    return [row(head, first), *others]


def printed_width(left: Any, lines: list[Box]) -> float:
    """How wide the lines of an equation are in print, the others set in to the right of the equals sign."""
    first, *others = lines
    indent = QUAD if _EQUALS not in _items(first) else width(row(formula_box(left), _EQUALS)) + QUAD
    return max(width(first), *(indent + width(line) for line in others), 0.0)


def fits(left: Any, right: Any, widest: float = COLUMN) -> bool:
    """Whether the equation can be broken so that a column ``widest`` digits wide holds it in the size of the text.

    Example: ``fits(y.damping, y.curvature)``.
    """
    return printed_width(left, equation_lines(left, right, widest)) <= widest + 1


def _items(box: Box) -> tuple[Box, ...]:
    return box.items if isinstance(box, Row) else (box,)


def _broken(box: Box, room: float, depth: int, taken: float = 0.0) -> list[Box]:
    """The box on lines no wider than the room, as far as its structure allows; of the first some is ``taken``."""
    if width(box) <= room - taken:
        return [box]
    if isinstance(box, Fraction):
        return _fraction(box, max(room - taken, NARROWEST), depth)
    first, *others = _pieces(box)
    if others:
        lines = [line for piece in others for line in _broken(piece, room, depth)]
        return _filled([*_broken(first, room, depth, taken), *lines], room, taken)
    return _product(box, max(room - taken, NARROWEST), depth)


def _fraction(box: Fraction, room: float, depth: int) -> list[Box]:
    summed = len(_pieces(box.top)) > 1
    if width(box.bottom) <= 0.4 * room:
        if summed:
            return _bracketed([Fraction(number("1"), box.bottom)], box.top, [], (room, depth))
        lead, rest = _led(box.top)
        head = Fraction(lead, box.bottom)
        if isinstance(rest, Fenced):
            return _bracketed([head], rest.body, [], (room, depth))
        first, *others = _broken(rest, room, depth, width(head))
        return [row(head, first), *others]
    if width(box.top) + 4 <= room:
        top = [round_brackets(box.top) if summed else box.top]
    else:
        top = _bracketed([], box.top, [], (room, depth)) if summed else _broken(box.top, room, depth)
    if (power := _reciprocal(box.bottom)) is not None and width(power) <= room:
        return [*top, row(CROSS, power)]
    bottom = _bracketed([], box.bottom, [], (room, depth))
    *above, last = top
    return [*above, row(last, _DIVIDED_BY), *bottom]


def _led(top: Box) -> tuple[Box, Box]:
    """The product above a bar as what stays above it, and its widest bracket, which follows: q [...] e^x over a."""
    parts = factors(top)
    wide = [width(factor) if _opens(factor) else 0.0 for factor in parts]
    at = wide.index(max(wide))
    if len(parts) < 2 or not wide[at]:
        return number("1"), top
    return multiplied([*parts[:at], *parts[at + 1 :]]), parts[at]


def _reciprocal(box: Box) -> Box | None:
    """The power of a modulus or of a bracket with its sign changed: |x|^2 as |x|^-2; None for anything else."""
    if not isinstance(box, Script) or not isinstance(box.base, Fenced) or not isinstance(box.above, Word):
        return None
    return Script(box.base, box.below, row(MINUS, box.above))


def _product(box: Box, room: float, depth: int) -> list[Box]:
    """Break between factors where each fits on a line, else inside the widest bracket or fraction; or leave it."""
    items = box.items if isinstance(box, Row) else (box,)
    if items[0] in (PLUS, MINUS):
        first, *others = _product(row(*items[1:]), room - width(items[0]), depth)
        return [row(items[0], first), *others]
    if (told := _between(items, room)) is not None:
        return told
    parts = factors(box)
    if len(parts) > 1:  # the widest bracket last, so that nothing trails behind it
        wide = [width(factor) if _opens(factor) else 0.0 for factor in parts]
        widest = wide.index(max(wide))
        if not isinstance(parts[widest], Fraction):
            parts.append(parts.pop(widest))
        items = tuple(spread(parts))
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


def _between(items: tuple[Box, ...], room: float) -> list[Box] | None:
    """The factors on two or three lines, each of which they fill; None where that cannot be."""
    large = next((at for at, item in enumerate(items) if at and is_large(item)), len(items))
    head = [*parted(items[: large - 1]), row(*items[large:])] if large < len(items) else parted(items)
    lines: list[list[Box]] = [[]]
    for factor in head:
        if lines[-1] and width(multiplied([*lines[-1], factor])) > room - 2.4 * bool(lines[1:]):
            lines.append([])
        lines[-1].append(factor)
    told = [multiplied(line) for line in lines]
    fits = all(width(line) <= room for line in told) and width(told[0]) >= NARROWEST / 2
    return [told[0], *(row(CROSS, line) for line in told[1:])] if fits and 1 < len(told) <= 3 else None


def _opens(box: Box) -> bool:
    """Whether a line may be broken inside the box."""
    if isinstance(box, Fraction):
        return True
    fenced = box.base if isinstance(box, Script) else box
    return isinstance(fenced, Fenced) and fenced.opening == "(" and width(fenced) >= NARROWEST


def _bracketed(
    before: list[Box], body: Box, after: list[Box], place: tuple[float, int], close: Box | None = None
) -> list[Box]:
    room, depth = place
    opening, closing = _BRACKETS[depth % 2]
    begins = width(_pieces(body)[0])
    lead = sum(map(width, before))
    if lead >= NARROWEST / 2 and lead + begins > room >= begins + 4 and _multiplies(before[-1]):
        kept = before[:-1] if before[-1] == INVISIBLE_TIMES else before
        return [row(*kept), *_bracketed([CROSS], body, after, place, close)]
    first, *others = _broken(body, room - 2, depth + 1, lead + 1)
    *lines, last = [row(*before, opening, first), *others]
    return [*lines, *_continued(row(last, close or closing), after, room)]


def _multiplies(box: Box) -> bool:
    """Whether what follows the box is a factor."""
    return isinstance(box, Fraction) or box == INVISIBLE_TIMES


def _continued(last: Box, after: list[Box], room: float) -> list[Box]:
    """A line and the factors after it, on a line of their own where there is no room."""
    if after and after[0] == INVISIBLE_TIMES and width(last) + sum(map(width, after)) > room:
        return [last, row(CROSS, *after[1:])]
    return [row(last, *after)]


def _filled(pieces: list[Box], room: float, taken: float) -> list[Box]:
    """The pieces on lines, each line as full as the room allows."""
    lines: list[list[Box]] = [[]]
    used = taken
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
