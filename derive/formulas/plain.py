"""Stage: formulas. Input: SymPy expressions. Output: one line of plain text, for terminals, comments and tables.

V = q (1 + sin(a θ))/(2 a cos(a θ))
"""

from __future__ import annotations

import re
from typing import Any

from derive.formulas import boxes
from derive.formulas.boxes import Box
from derive.formulas.layout import equation_box, formula_box

_SPACED = ("relation", "text")


def plain(expression: Any) -> str:
    """Return a SymPy expression as one line of Unicode text.

    Example: ``plain(y.damping / 2) == "a/2"``.
    """
    return _tidy(_text(formula_box(expression)))


def plain_equation(left: Any, right: Any) -> str:
    """Return ``left = right`` as one line of Unicode text.

    Example: ``plain_equation(y.damping, y.curvature * y.learning_rate) == "a = η h"``.
    """
    return _tidy(_text(equation_box(left, right)))


def _tidy(text: str) -> str:
    spaced = re.sub(r"[ \u2009]+", " ", text).strip()
    return spaced.replace("( ", "(").replace(" )", ")").replace("∗", "*")


def _text(box: Box) -> str:
    match box:
        case boxes.Word(text, _, kind):
            return _word(text, kind)
        case boxes.Row(items):
            return "".join(_negated(items, place, _text(item)) for place, item in enumerate(items))
        case boxes.Fraction(top, bottom):
            return f"{_bracketed(top)}/{_bracketed(bottom, below=True)}"
        case boxes.Stack(top, bottom):
            return f"{_text(top)}, {_text(bottom)}"
        case boxes.Script(base, below, above):
            return _text(base) + _mark("_", below) + _mark("^", above) + (" " if _is_large(base) else "")
        case boxes.Root(body, index):
            return f"{'' if index is None else _text(index)}√{_grouped(body)}"
        case boxes.Fenced("(", boxes.Stack() as stack, ")"):
            return f"binomial({_text(stack)})"
        case boxes.Fenced(opening, body, closing):
            return f"{opening}{_tidy(_text(body))}{closing}"
        case boxes.Accent(base, mark, _):
            return _text(base) + {"\u203e": "\u0304", "^": "\u0302", "~": "\u0303"}[mark]
        case boxes.Grid(rows):
            return f"[{'; '.join(', '.join(_tidy(_text(cell)) for cell in cells) for cells in rows)}]"
        case boxes.Cases(rows):
            return "{" + "; ".join(_tidy(f"{_text(value)} {_text(condition)}") for value, condition in rows) + "}"


def _word(text: str, kind: str) -> str:
    if kind == "times":
        return " "
    if kind == "apply":
        return ""
    if kind in _SPACED or (kind == "operator" and text not in (",", ";", "!") and text.strip("′")):
        return f" {text} "
    return f"{text} " if text in (",", ";") else text


def _negated(items: tuple[Box, ...], place: int, text: str) -> str:
    """A minus sign that negates what follows stands close to it."""
    before = items[place - 1] if place else None
    opens = before is None or (isinstance(before, boxes.Word) and before.kind == "relation")
    if items[place] == boxes.MINUS and opens:
        return boxes.MINUS.text
    name = isinstance(before, boxes.Word) and before.kind == "apply"
    return f" {text}" if name and not isinstance(items[place], boxes.Fenced) else text


def _mark(sign: str, mark: Box | None) -> str:
    if mark is None:
        return ""
    text = _tidy(_text(mark))
    if not text.strip("′"):
        return text
    return f"{sign}{_grouped(mark)}"


def _grouped(box: Box) -> str:
    """In brackets unless it is one word or has brackets of its own."""
    text = _tidy(_text(box))
    return text if len(text) == 1 or text.isalnum() or isinstance(box, boxes.Fenced) else f"({text})"


def _bracketed(box: Box, below: bool = False) -> str:
    text = _tidy(_text(box))
    if not isinstance(box, boxes.Row):
        return f"({text})" if isinstance(box, boxes.Fraction) else text
    summed = {boxes.PLUS, boxes.MINUS} & set(box.items)
    applied = len(box.items) == 3 and box.items[1] == boxes.APPLY
    return f"({text})" if summed or (below and not applied) else text


def _is_large(box: Box) -> bool:
    return isinstance(box, boxes.Word) and box.kind == "large"
