"""Stage: layout. Input: an equation. Output: its boxes on as many lines as a column needs, broken by structure.

A sum is broken before a sign; a product inside its widest bracket; a fraction becomes 1/B times a broken bracket, or
a slash between broken parts.
"""

from __future__ import annotations

from typing import Any

from derive.formulas.boxes import (
    APPLY,
    CROSS,
    DOT,
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
from derive.formulas.slashes import DIFFERENTIAL

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
    factors = _factors(top)
    wide = [width(factor) if _opens(factor) else 0.0 for factor in factors]
    at = wide.index(max(wide))
    if len(factors) < 2 or not wide[at]:
        return number("1"), top
    return _multiplied([*factors[:at], *factors[at + 1 :]]), factors[at]


def _reciprocal(box: Box) -> Box | None:
    """The power of a modulus or of a bracket with its sign changed: |x|^2 as |x|^-2; None for anything else."""
    if not isinstance(box, Script) or not isinstance(box.base, Fenced) or not isinstance(box.above, Word):
        return None
    return Script(box.base, box.below, row(MINUS, box.above))


def _factors(box: Box) -> list[Box]:
    """The factors of a product, none of which reaches as far to the right as a sum or an integral; else the whole."""
    items = box.items if isinstance(box, Row) else (box,)
    fixed = any(_is_large(item) for item in items) or {PLUS, MINUS, DIFFERENTIAL} & set(items)
    return [box] if fixed else _parted(items)


def _parted(items: tuple[Box, ...]) -> list[Box]:
    """The items cut at every multiplication, which is left out."""
    parts: list[list[Box]] = [[]]
    for item in items:
        if item in (INVISIBLE_TIMES, DOT):
            parts.append([])
        else:
            parts[-1].append(item)
    return [row(*part) for part in parts]


def _multiplied(factors: list[Box]) -> Box:
    return row(*_spread(factors))


def _spread(factors: list[Box]) -> list[Box]:
    spread: list[Box] = []
    for factor in factors:
        spread += [INVISIBLE_TIMES, factor] if spread else [factor]
    return spread


def _product(box: Box, room: float, depth: int) -> list[Box]:
    """Break between factors where each fits on a line, else inside the widest bracket or fraction; or leave it."""
    items = box.items if isinstance(box, Row) else (box,)
    if items[0] in (PLUS, MINUS):
        first, *others = _product(row(*items[1:]), room - width(items[0]), depth)
        return [row(items[0], first), *others]
    if (parts := _between(items, room)) is not None:
        return parts
    factors = _factors(box)
    if len(factors) > 1:  # the widest bracket last, so that nothing trails behind it
        wide = [width(factor) if _opens(factor) else 0.0 for factor in factors]
        widest = wide.index(max(wide))
        if not isinstance(factors[widest], Fraction):
            factors.append(factors.pop(widest))
        items = tuple(_spread(factors))
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
    large = next((at for at, item in enumerate(items) if at and _is_large(item)), len(items))
    head = [*_parted(items[: large - 1]), row(*items[large:])] if large < len(items) else _parted(items)
    lines: list[list[Box]] = [[]]
    for factor in head:
        if lines[-1] and width(_multiplied([*lines[-1], factor])) > room - 2.4 * bool(lines[1:]):
            lines.append([])
        lines[-1].append(factor)
    told = [_multiplied(line) for line in lines]
    fits = all(width(line) <= room for line in told) and width(told[0]) >= NARROWEST / 2
    return [told[0], *(row(CROSS, line) for line in told[1:])] if fits and 1 < len(told) <= 3 else None


def _is_large(box: Box) -> bool:
    """Whether the box is the sign of a sum or an integral, with its limits."""
    return isinstance(box, Script) and isinstance(box.base, Word) and box.base.kind == "large"


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
