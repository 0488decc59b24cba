"""Stage: layout. Input: the boxes of an exponent, an index, or a part of a fraction. Output: slashes for bars.

A fraction inside a fraction or an exponent is hard to read; an author writes ``e^{-t/theta}`` and ``sin(pi/2k)``.
"""

from __future__ import annotations

from dataclasses import replace

from derive.formulas.boxes import (
    APPLY,
    INVISIBLE_TIMES,
    MINUS,
    PLUS,
    Box,
    Fenced,
    Fraction,
    Root,
    Row,
    Script,
    Word,
    number,
    round_brackets,
    row,
)
from derive.formulas.widths import width

DIFFERENTIAL = Word("d", r"\mathrm{d}", "upright")
_SLASH = Word("/", "/")
WIDEST = 14.0
WIDEST_BELOW_ONE = 20.0  # of 1/(...)
WIDEST_EXPONENT = 40.0


def slashed(box: Box, widest: float = WIDEST) -> Box:
    """The box with every short fraction in it written with a slash; brackets where the reading needs them.

    A fraction that a product continues keeps its bar, and so does a long one.
    """
    match box:
        case Row(items):
            followed = [*items[1:], None]
            kept = [
                item if isinstance(item, Fraction) and following == INVISIBLE_TIMES else slashed(item, widest)
                for item, following in zip(items, followed, strict=True)
            ]
            return row(*kept)
        case Fenced():
            return replace(box, body=slashed(box.body, widest))
        case Root():
            return replace(box, body=slashed(box.body, widest))
        case Script():
            return replace(box, base=slashed(box.base, widest))
        case Fraction(top, bottom) if width(box) <= (max(widest, WIDEST_BELOW_ONE) if top == number("1") else widest):
            return row(_above(slashed(top)), _SLASH, _below(slashed(bottom)))
        case _:
            return box


def _above(box: Box) -> Box:
    """A sum takes brackets."""
    return round_brackets(box) if isinstance(box, Row) and {PLUS, MINUS} & set(box.items) else box


def _below(box: Box) -> Box:
    """A product or a sum takes brackets; a function of its argument and a differential do not."""
    if not isinstance(box, Row) or (len(box.items) == 3 and box.items[1] == APPLY) or box.items[0] == DIFFERENTIAL:
        return box
    return round_brackets(box)
