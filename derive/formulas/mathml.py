"""Stage: telling. Input: SymPy expressions. Output: well-formed MathML for the page.

SymPy's own MathML is not well-formed for what the theory prints; this printer writes MathML Core from the layout's
boxes, with invisible multiplication and function application marked for screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from derive.formulas import boxes
from derive.formulas.boxes import Box
from derive.formulas.layout import equation_box, formula_box
from derive.formulas.naming import named

_THIN = boxes.Word("\u2009", r"\,", "text")
NAMESPACE = "http://www.w3.org/1998/Math/MathML"


def mathml(expression: Any, display: bool = False) -> str:
    """Return the MathML of a SymPy expression (kind: exact).

    ``display`` sets it as a block with large operators, otherwise it runs in the line of text.

    Example: ``"<mi>τ</mi>" in mathml(sp.Symbol("tau"))``.
    """
    return wrapped(formula_box(expression), display)


def mathml_equation(left: Any, right: Any, display: bool = False) -> str:
    """Return the MathML of ``left = right``.

    Example: ``"<mo>=</mo>" in mathml_equation(y.damping, y.learning_rate * y.curvature)``.
    """
    return wrapped(equation_box(left, right), display)


def mathml_display(left: Any, right: Any) -> str:
    """Return the MathML of ``left = right`` as a block; below a long one, what its names of repeated parts are.

    Example: ``mathml_display(y.damping, y.curvature) == mathml_equation(y.damping, y.curvature, display=True)``.
    """
    short, names = named(left, right)
    blocks = [mathml_equation(left, short, display=True)]
    if names:
        blocks += ['<p class="where">where</p>', *(mathml_equation(*pair, display=True) for pair in names)]
    return "".join(blocks)


def wrapped(box: Box, display: bool = False) -> str:
    """The ``<math>`` element around a box."""
    block = ' display="block"' if display else ""
    return f'<math xmlns="{NAMESPACE}"{block}>{_markup(box)}</math>'


def _tag(name: str, *children: str, **attributes: str) -> str:
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>"


def _markup(box: Box) -> str:
    match box:
        case boxes.Word():
            return _word(box)
        case boxes.Row(items):
            return _tag("mrow", *_row(_spaced(items)))
        case boxes.Fraction(top, bottom):
            return _tag("mfrac", _markup(top), _markup(bottom))
        case boxes.Stack(top, bottom):
            return _tag("mfrac", _markup(top), _markup(bottom), linethickness="0")
        case boxes.Script():
            return _script(box)
        case boxes.Root(body, None):
            return _tag("msqrt", _markup(body))
        case boxes.Root(body, index):
            return _tag("mroot", _markup(body), _markup(index))  # type: ignore[arg-type]
        case boxes.Fenced(opening, body, closing):
            grows = boxes.is_tall(body) or not opening
            return _tag("mrow", _fence(opening, "prefix", grows), _markup(body), _fence(closing, "postfix", grows))
        case boxes.Accent(base, "\u203e", _):  # as an accent the bar would touch a capital's top in Chromium
            return _tag("mover", _markup(base), _tag("mo", "\u203e", stretchy="false"))
        case boxes.Accent(base, mark, _):
            return _tag("mover", _markup(base), _tag("mo", escape(mark), stretchy="false"), accent="true")
        case boxes.Grid(rows):
            lines = [_tag("mtr", *(_tag("mtd", _markup(cell)) for cell in cells)) for cells in rows]
            return _tag("mrow", _fence("(", "prefix"), _tag("mtable", *lines), _fence(")", "postfix"))
        case boxes.Cases(rows):
            return _cases(rows)


def _row(items: list[Box]) -> list[str]:
    """The items' markup; a minus sign that negates what follows is set close to it."""
    written = []
    for before, item in zip([None, *items[:-1]], items, strict=True):
        negates = item == boxes.MINUS and (
            before is None or (isinstance(before, boxes.Word) and before.kind == "relation")
        )
        written.append(_tag("mo", boxes.MINUS.text, form="prefix", rspace="0") if negates else _markup(item))
    return written


def _spaced(items: tuple[Box, ...]) -> list[Box]:
    """The row with thin spaces where TeX sets them: before a named function, and after it where no bracket follows."""
    spaced: list[Box] = []
    for item, following in zip(items, (*items[1:], None), strict=True):
        spaced.append(item)
        if item == boxes.INVISIBLE_TIMES and _is_name(following):
            spaced.append(_THIN)
        if item == boxes.APPLY and len(spaced) > 1 and _is_name(spaced[-2]) and not isinstance(following, boxes.Fenced):
            spaced.append(_THIN)
        if isinstance(following, boxes.Word) and following.kind == "times" and _is_name(item):
            spaced.append(_THIN)
    return spaced


def _is_name(box: Box | None) -> bool:
    base = box.base if isinstance(box, boxes.Script) else box
    return isinstance(base, boxes.Word) and base.kind == "upright" and len(base.text) > 1


def _word(word: boxes.Word) -> str:
    letters = escape(word.text)
    match word.kind:
        case "number":
            return _tag("mn", letters)
        case "operator" | "relation" | "times" | "apply":
            return _tag("mo", letters, lspace="0", rspace="0") if word.text == "!" else _tag("mo", letters)
        case "large" if word.text == "lim":
            return _tag("mo", letters, movablelimits="false")
        case "large":
            return _tag("mo", letters, largeop="true")
        case "text":
            return _tag("mtext", f"\u00a0{letters}\u00a0" if letters.strip() else letters)
        case "upright" if len(word.text) == 1:
            return _tag("mi", letters, mathvariant="normal")
        case _:
            return _tag("mi", letters)


def _fence(delimiter: str, form: str, grows: bool = True) -> str:
    """A bracket; one that need not grow keeps its plain glyph, which sits closer to what it holds."""
    if not delimiter:
        return ""
    return _tag("mo", escape(delimiter), form=form, stretchy=str(grows).lower(), lspace="0", rspace="0")


def _script(box: boxes.Script) -> str:
    large = isinstance(box.base, boxes.Word) and box.base.kind == "large" and box.base.text != "∫"
    both, lower, upper = ("munderover", "munder", "mover") if large else ("msubsup", "msub", "msup")
    base = _markup(box.base)
    if box.below is not None and box.above is not None:
        return _tag(both, base, _markup(box.below), _markup(box.above))
    if box.below is not None:
        return _tag(lower, base, _markup(box.below))
    return _tag(upper, base, _markup(box.above)) if box.above is not None else base


def _cases(rows: Sequence[tuple[Box, Box]]) -> str:
    lines = [
        _tag(
            "mtr",
            _tag("mtd", _markup(value), style="text-align:left"),
            _tag("mtd", _markup(condition), style="text-align:left"),
        )
        for value, condition in rows
    ]
    return _tag("mrow", _fence("{", "prefix"), _tag("mtable", *lines))
