"""Stage: layout. Input: nothing. Output: the boxes a formula is made of, before they become MathML or LaTeX.

Both alphabets are written from the same boxes, so that the page and the paper read alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["identifier", "upright", "number", "operator", "relation", "large", "text", "times", "apply"]


@dataclass(frozen=True)
class Word:
    """One glyph or name: ``text`` as Unicode, ``latex`` as a TeX command."""

    text: str
    latex: str
    kind: Kind = "identifier"


@dataclass(frozen=True)
class Row:
    """Boxes side by side."""

    items: tuple[Box, ...]


@dataclass(frozen=True)
class Fraction:
    """``top`` over ``bottom``."""

    top: Box
    bottom: Box


@dataclass(frozen=True)
class Script:
    """A base with a subscript, a superscript or both; on a large operator these are its limits."""

    base: Box
    below: Box | None = None
    above: Box | None = None


@dataclass(frozen=True)
class Root:
    """A square root, or an n-th root where ``index`` is given."""

    body: Box
    index: Box | None = None


@dataclass(frozen=True)
class Fenced:
    """A body between two delimiters that grow with it; an empty delimiter prints nothing."""

    opening: str
    body: Box
    closing: str


@dataclass(frozen=True)
class Accent:
    """A base with a mark above it; ``latex`` is the accent's command."""

    base: Box
    mark: str
    latex: str


@dataclass(frozen=True)
class Cases:
    """Rows of (value, condition) behind one brace."""

    rows: tuple[tuple[Box, Box], ...]


@dataclass(frozen=True)
class Stack:
    """``top`` over ``bottom`` without a bar (the inside of a binomial coefficient)."""

    top: Box
    bottom: Box


@dataclass(frozen=True)
class Grid:
    """A matrix in round brackets."""

    rows: tuple[tuple[Box, ...], ...]


Box = Word | Row | Fraction | Script | Root | Fenced | Accent | Cases | Stack | Grid

INVISIBLE_TIMES = Word("\u2062", " ", "times")
DOT = Word("·", r"\cdot", "operator")
CROSS = Word("×", r"\times", "operator")
APPLY = Word("\u2061", "", "apply")
COMMA = Word(",", ",", "operator")
SEMICOLON = Word(";", ";", "operator")
PLUS = Word("+", "+", "operator")
MINUS = Word("\u2212", "-", "operator")
EQUALS = Word("=", "=", "relation")


def row(*items: Box) -> Box:
    """The boxes side by side, nested rows flattened."""
    flat: list[Box] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Row) else (item,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def items_of(box: Box) -> tuple[Box, ...]:
    """What stands side by side in the box, itself where it is one."""
    return box.items if isinstance(box, Row) else (box,)


def joined(items: list[Box], separator: Box = COMMA) -> Box:
    """The boxes with a separator between neighbours."""
    spread: list[Box] = []
    for item in items:
        spread += [separator, item] if spread else [item]
    return row(*spread)


def round_brackets(body: Box) -> Box:
    """The body in round brackets."""
    return Fenced("(", body, ")")


def number(text: str) -> Box:
    """Digits, and nothing but digits."""
    return Word(text, text, "number")


def upright(text: str, latex: str | None = None) -> Word:
    """A name of several letters, as ``sin``."""
    return Word(text, latex or rf"\operatorname{{{text}}}", "upright")


def text(words: str) -> Word:
    """Words of a sentence, with spaces around them."""
    return Word(words, rf"\text{{ {words} }}", "text")


def is_tall(box: Box) -> bool:
    """Whether brackets around the box must grow: it holds a fraction, cases or a large operator."""
    match box:
        case Fraction() | Stack() | Cases() | Grid():
            return True
        case Row(items):
            return any(map(is_tall, items))
        case Script(base, below, above):
            large = isinstance(base, Word) and base.kind == "large"
            return large or is_tall(base) or any(is_tall(mark) for mark in (below, above) if mark is not None)
        case Root(body, _) | Fenced(_, body, _):
            return is_tall(body)
        case Accent(base, _, _):
            return is_tall(base)
        case Word():
            return False
