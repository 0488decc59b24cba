"""Stage: layout. Input: an equation. Output: its boxes on as many lines as a column needs."""

from __future__ import annotations

from typing import Any

from derive.formulas.boxes import EQUALS, MINUS, PLUS, Box, Fraction, Row, Word, round_brackets, row, width
from derive.formulas.layout import Layout

_DIVIDED_BY = Word("/", r"\Big/", "operator")
_OPENING = Word("[", r"\Big[")
_CLOSING = Word("]", r"\Big]")


def equation_lines(left: Any, right: Any, widest: float = 62.0) -> list[Box]:
    """``left = right`` on as many lines as needed: a sum too wide for one line is broken before a sign.

    A fraction far too wide is written with a slash, its denominator broken like a sum. The first line starts with the
    left side and the equals sign; the others continue the right side.
    """
    printer = Layout()
    head = row(printer.doprint(left), EQUALS)
    body = printer.doprint(right)
    room = widest - width(head)
    if width(body) <= room:
        return [row(head, body)]
    if isinstance(body, Fraction) and width(body) > 1.2 * room:
        lines = _slashed(body, room)
    elif isinstance(body, Row):
        lines = _filled(_pieces(body), room)
    else:
        lines = [body]
    return [row(head, lines[0]), *lines[1:]]


def _slashed(body: Fraction, room: float) -> list[Box]:
    top = round_brackets(body.top) if len(_pieces(body.top)) > 1 else body.top
    first, *others = _pieces(body.bottom)
    pieces = [row(_OPENING, first), *others]
    pieces[-1] = row(pieces[-1], _CLOSING)
    return [row(top, _DIVIDED_BY), *_filled(pieces, room)]


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
