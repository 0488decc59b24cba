"""Stage: layout. Input: the box of a product. Output: the boxes of its factors, and products of boxes again."""

from __future__ import annotations

from derive.formulas.boxes import DOT, INVISIBLE_TIMES, MINUS, PLUS, Box, Row, Script, Word, row
from derive.formulas.slashes import DIFFERENTIAL


def factors(box: Box) -> list[Box]:
    """The factors of a product, none of which reaches as far to the right as a sum or an integral; else the whole."""
    items = box.items if isinstance(box, Row) else (box,)
    fixed = any(is_large(item) for item in items) or {PLUS, MINUS, DIFFERENTIAL} & set(items)
    return [box] if fixed else parted(items)


def parted(items: tuple[Box, ...]) -> list[Box]:
    """The items cut at every multiplication, which is left out."""
    parts: list[list[Box]] = [[]]
    for item in items:
        if item in (INVISIBLE_TIMES, DOT):
            parts.append([])
        else:
            parts[-1].append(item)
    return [row(*part) for part in parts]


def multiplied(parts: list[Box]) -> Box:
    """The product of the parts, as one writes it."""
    return row(*spread(parts))


def spread(parts: list[Box]) -> list[Box]:
    """The parts with multiplications between them."""
    joined: list[Box] = []
    for part in parts:
        joined += [INVISIBLE_TIMES, part] if joined else [part]
    return joined


def is_large(box: Box) -> bool:
    """Whether the box is the sign of a sum or an integral, with its limits."""
    return isinstance(box, Script) and isinstance(box.base, Word) and box.base.kind == "large"
