"""Stage: layout. Input: a box. Output: how wide it is when printed: what decides where a long line is broken.

The unit is a digit of ten points. Letters have the widths of TeX's italic ones, signs their spaces, and what stands in
a script or inside a fraction's fraction is smaller. TeX sets 598 lines of the claims at most 2.2 digits otherwise.
"""

from __future__ import annotations

from derive.formulas.boxes import (
    Accent,
    Box,
    Cases,
    Fenced,
    Fraction,
    Grid,
    Root,
    Row,
    Script,
    Stack,
    Word,
    is_tall,
)

_ITALIC = {  # tenths of a point
    30: "l,.;:!'′", 36: "ijtI", 45: "bceqrszδζξτ", 50: "afgopyvβγεηθκνρJ", 56: "dhkuxαλπσ", 62: "nSμχωφψΓ",
    70: "wLZΛ", 76: "ACEGOQRTΠΨΘ", 80: "BDFPXYUVΔ", 88: "mHKN", 100: "∞", 108: "MW",
}  # fmt: skip
_WIDTHS = {letter: tenths / 50 for tenths, letters in _ITALIC.items() for letter in letters}
_LARGE = {"∑": 3.2, "∏": 2.9, "∫": 2.2}
_SIZES = (1.0, 1.0, 0.78, 0.62)  # of display, text, script and what is smaller
_DISPLAY, _SCRIPT, _SMALLEST = 0, 2, 3
_TALL, _PLAIN = 3.0, 1.56  # a pair of brackets


def width(box: Box, style: int = _DISPLAY) -> float:
    """How many digits wide the box is; ``style`` 0 of a display, 1 of what is above a bar, 2 of scripts.

    Example: ``width(Word("=", "=", "relation")) > 2``.
    """
    inner = min(style + 1, _SMALLEST)
    match box:
        case Word():
            return _SIZES[style] * _word(box, style)
        case Row(items):
            return sum(_placed(items, at, style) for at in range(len(items)))
        case Fraction(top, bottom) | Stack(top, bottom):
            return max(width(top, inner), width(bottom, inner)) + 0.48
        case Script():
            return _script(box, style)
        case Root(body, _):
            return width(body, style) + 1.7 * _SIZES[style]
        case Fenced("(", Stack(), _):
            return width(box.body, style) + 3.0
        case Fenced(_, body, _):
            return width(body, style) + _SIZES[style] * (_TALL if is_tall(body) else _PLAIN)
        case Accent(base, _, _):
            return width(base, style)
        case Grid(rows):
            columns = zip(*rows, strict=True)
            return sum(max(width(cell, max(style, 1)) for cell in column) + 2 for column in columns) + 1
        case Cases(rows):
            return max(width(value, 1) + width(condition, 1) + 4 for value, condition in rows)


def _placed(items: tuple[Box, ...], at: int, style: int) -> float:
    """The width of one box of a row; a sign with nothing before it has no spaces."""
    item = items[at]
    first = at == 0 or (isinstance(items[at - 1], Word) and items[at - 1].kind == "relation")  # type: ignore[union-attr]
    if first and isinstance(item, Word) and item.kind == "operator":
        return width(item, max(style, _SCRIPT)) / _SIZES[max(style, _SCRIPT)] * _SIZES[style]
    return width(item, style)


def _word(word: Word, style: int) -> float:
    """The width at full size: signs with the spaces around them, which scripts do without."""
    spaced = style < _SCRIPT
    match word.kind:
        case "times" | "apply":
            return 0.0
        case "operator" if word.text in (",", ";"):
            return 0.9 if spaced else 0.56
        case "operator":
            return {"·": 0.56, "/": 1.0, "!": 0.56}.get(word.text, 1.56) + 0.88 * (spaced and word.text not in "/!")
        case "relation":
            return 1.56 + 1.12 * spaced
        case "large":
            return _LARGE.get(word.text, 0.95 * len(word.text) + 0.33)
        case "upright" | "text" if len(word.text) > 1:
            return sum(_WIDTHS.get(letter, 1.0) for letter in word.text) + 0.6 * spaced
        case "number":
            return float(len(word.text))
    return sum(_WIDTHS.get(letter, 1.0) for letter in word.text)


def _script(box: Script, style: int) -> float:
    """A base with what is lowered and raised beside it, or above and below a large sign."""
    marks = [width(mark, _SCRIPT if style < _SCRIPT else _SMALLEST) for mark in (box.below, box.above) if mark]
    base = width(box.base, style)
    if isinstance(box.base, Word) and box.base.kind == "large" and box.base.text != "∫" and style == _DISPLAY:
        return max(base, *marks) + 0.33
    return base + max(marks) + 0.1
