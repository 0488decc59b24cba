"""Stage: telling. Input: SymPy expressions. Output: LaTeX as an author would write it.

Needs amsmath and amssymb, nothing else. Written from the same boxes as the page's MathML.
"""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from derive.formulas import boxes
from derive.formulas.boxes import EQUALS, Box
from derive.formulas.layout import equation_box, formula_box
from derive.formulas.lines import COLUMN, PAGE, equation_lines, fits, printed_width
from derive.formulas.names import GREEK
from derive.formulas.naming import named
from derive.formulas.slashes import WIDEST_EXPONENT, slashed
from derive.formulas.widths import width

_DELIMITERS = {"⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "{": r"\{", "}": r"\}", "": "."}
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
FITTED = f"\\providecommand{{\\fitted}}[2]{{\\ifdim\\columnwidth<{PAGE + 7:.0f}\\fontcharwd\\font`0 #1\\else #2\\fi}}"
_UNICODE = {
    "±": r"$\pm$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "<": r"$<$",
    ">": r"$>$",
    "|": r"$|$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "\u2212": "$-$",
    "→": r"$\to$",
    "∞": r"$\infty$",
    "∈": r"$\in$",
    "≈": r"$\approx$",
    "–": "--",
    "—": "---",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "²": "$^2$",
    "³": "$^3$",
    "½": r"$\tfrac12$",
    "\u2009": r"\,",
    "\u202f": r"\,",
    "\u00a0": "~",
    "√": r"$\surd$",
}


def latex(expression: Any) -> str:
    """Return the LaTeX of a SymPy expression, without dollar signs.

    Example: ``latex(sp.LambertW(-sp.Symbol("a"), 1)) == "W_{1}(-a)"``.
    """
    return tex(formula_box(expression))


def latex_inline(expression: Any) -> str:
    """The LaTeX of an expression inside a sentence, where a fraction has a slash.

    Example: ``latex_inline(y.damping / 2) == "a/2"``.
    """
    return tex(slashed(formula_box(expression), WIDEST_EXPONENT))


def latex_equation(left: Any, right: Any) -> str:
    """Return ``left = right`` in LaTeX on one line.

    Example: ``latex_equation(sp.Symbol("a"), sp.Symbol("h")) == "a = h"``.
    """
    return tex(equation_box(left, right))


def latex_display(left: Any, right: Any, label: str = "", widest: float = COLUMN) -> str:
    """Return ``left = right`` as a display, broken by its structure where a column ``widest`` digits wide needs it.

    With a ``label`` the equation is numbered and can be referred to. Repeated parts of a long one bear names, which a
    second display says after "where".
    """
    right, names = named(left, right, widest)
    size, body = _split(left, right, widest)
    name, mark = ("equation", rf"\label{{{label}}}") if label else ("equation*", "")
    ends = r"}\ignorespaces" if size else ""
    display = f"{size}\\begin{{{name}}}{mark}\n{body}\n\\end{{{name}}}{ends}"
    return f"{display}\nwhere\n{_definitions(names, widest)}" if names else display


def latex_displays(left: Any, right: Any, label: str) -> str:
    """The display for a narrow column, and where it differs that for a page with one: TeX chooses by ``FITTED``.

    Example: ``latex_displays(y.damping, y.curvature, "eq") == latex_display(y.damping, y.curvature, "eq")``.
    """
    narrow, wide = latex_display(left, right, label), latex_display(left, right, label, PAGE)
    return narrow if narrow == wide else f"\\fitted{{%\n{narrow}%\n}}{{%\n{wide}%\n}}"


def latex_lines(left: Any, right: Any) -> tuple[str, str]:
    """``left = right`` on lines that a column holds, for a display of the author's own, and what its names stand for.

    Both are empty where one line holds the equation, the second where it needs no names.

    Example: ``latex_lines(y.damping, y.curvature) == ("", "")``.
    """
    short, names = named(left, right)
    body = _split(left, short, COLUMN)[1].strip()
    return (body, _definitions(names, COLUMN) if names else "") if names or "split" in body else ("", "")


def _split(left: Any, right: Any, widest: float) -> tuple[str, str]:
    """What makes the type smaller, and the equation on its lines; one of columns that is too wide row by row."""
    pairs = _rows(left, right) if not fits(left, right, widest) else [(left, right)]
    told = [(one, equation_lines(one, other, widest)) for one, other in pairs]
    size = _smaller(max(printed_width(one, lines) for one, lines in told) - widest)
    if len(told) == 1 and len(told[0][1]) == 1:
        return size, f"  {tex(told[0][1][0])}"
    lines = [line for _, parts in told for line in _marked(parts)]
    return size, "\\begin{split}\n  " + " \\\\\n  ".join(lines) + "\n\\end{split}"


def _rows(left: Any, right: Any) -> list[tuple[Any, Any]]:
    """The equations of an equation of columns, one a row."""
    if isinstance(left, sp.MatrixBase) and isinstance(right, sp.MatrixBase) and left.shape[1] == right.shape[1] == 1:
        return list(zip(left, right, strict=True))
    return [(left, right)]


def _marked(parts: list[Box]) -> list[str]:
    """The lines of one equation, aligned at what follows its first equals sign; others are set in."""
    first, *others = parts
    items = first.items if isinstance(first, boxes.Row) else (first,)
    if EQUALS in items:
        at = items.index(EQUALS)
        head, rest = tex(boxes.row(*items[:at])), tex(boxes.row(*items[at + 1 :])) if items[at + 1 :] else ""
        opening = f"{head} ={{}}& {rest}"
    else:
        opening = f"& {tex(first)}"
    return [opening, *(rf"&\quad {{}}{tex(line)}" for line in others)]


def _definitions(names: tuple[tuple[Any, Any], ...], widest: float) -> str:
    """What the names stand for, as many beside each other as a column holds."""
    lines: list[list[str]] = [[]]
    used = 0.0
    for name, value in names:
        size = width(equation_box(name, value)) + 4
        if lines[-1] and used + size > widest + 4:
            lines.append([])
            used = 0.0
        lines[-1].append(_split(name, value, widest)[1].strip())
        used += size
    body = " \\\\\n  ".join(r" \qquad ".join(line) for line in lines)
    return f"\\begin{{gather*}}\n  {body}\n\\end{{gather*}}"


def _smaller(excess: float) -> str:
    """A group with a smaller type size for a line that cannot be broken and is too wide for a column.

    The lines of the paragraph before it keep their distance, which TeX decides where the display begins.
    """
    sizes = ((1, ""), (6, "small"), (12, "footnotesize"), (20, "scriptsize"))
    command = next((command for limit, command in sizes if excess <= limit), "tiny")
    return rf"{{\dimen0=\baselineskip\{command}\baselineskip=\dimen0 " if command else ""


def escaped(sentence: str) -> str:
    """A sentence as LaTeX text: special characters escaped, Greek letters and signs in mathematics."""
    letters = {glyph: f"${command}$" for command, glyph in ((f"\\{name}", glyph) for name, glyph in GREEK.items())}
    letters["ο"] = "o"
    table = {**_UNICODE, **_SPECIAL, **letters}
    return "".join(table.get(char) or (f"\\{char}" if char in "#$%&_{}" else char) for char in sentence)


def tex(box: Box) -> str:
    """The LaTeX of a box, with single spaces."""
    return re.sub(r" {2,}", " ", _markup(box)).strip()


def _markup(box: Box) -> str:
    match box:
        case boxes.Word(_, command, kind):
            return f" {command} " if kind in ("relation", "operator") and command not in (",", ";", "!") else command
        case boxes.Row(items):
            return _joined([_markup(item) for item in items])
        case boxes.Fraction(top, bottom):
            return rf"\frac{{{tex(top)}}}{{{tex(bottom)}}}"
        case boxes.Stack(top, bottom):
            return rf"\genfrac{{}}{{}}{{0pt}}{{}}{{{tex(top)}}}{{{tex(bottom)}}}"
        case boxes.Script(base, below, above):
            gap = " " if isinstance(base, boxes.Word) and base.kind == "large" else ""
            return _base(base) + _mark("_", below) + _mark("^", above) + gap
        case boxes.Root(body, index):
            return rf"\sqrt{f'[{tex(index)}]' if index else ''}{{{tex(body)}}}"
        case boxes.Fenced("(", boxes.Stack(top, bottom), ")"):
            return rf"\binom{{{tex(top)}}}{{{tex(bottom)}}}"
        case boxes.Fenced():
            return _fenced(box)
        case boxes.Accent(base, _, command):
            return rf"{command}{{{tex(base)}}}"
        case boxes.Grid(rows):
            lines = r" \\ ".join(" & ".join(map(tex, cells)) for cells in rows)
            return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"
        case boxes.Cases(rows):
            lines = r" \\ ".join(f"{tex(value)} & {tex(condition)}" for value, condition in rows)
            return rf"\begin{{cases}} {lines} \end{{cases}}"


def _base(base: Box) -> str:
    plain = isinstance(base, (boxes.Word, boxes.Fenced, boxes.Accent))
    return _markup(base).strip() if plain else f"{{{tex(base)}}}"


def _mark(sign: str, mark: Box | None) -> str:
    if isinstance(mark, boxes.Word) and mark.text and not mark.text.strip("′"):
        return "'" * len(mark.text)
    return "" if mark is None else f"{sign}{{{tex(mark)}}}"


def _joined(parts: list[str]) -> str:
    """Parts side by side; a command that ends in a letter is kept apart from a letter that follows."""
    written = ""
    if parts[0] == f" {boxes.MINUS.latex} ":
        parts = [boxes.MINUS.latex, *parts[1:]]
    for part in parts:
        apart = re.search(r"\\[A-Za-z]+$", written) and part[:1].isalpha()
        written += f" {part}" if apart else part
    # A comma is followed by a space, so that lists of arguments read well in the source.
    return re.sub(r",(?=\S)", ", ", written)


def _fenced(box: boxes.Fenced) -> str:
    opening, closing = (_DELIMITERS.get(mark, mark) for mark in (box.opening, box.closing))
    if not box.opening:
        return rf"\left. {tex(box.body)} \right{closing}"
    if boxes.is_tall(box.body):
        return rf"\left{opening} {tex(box.body)} \right{closing}"
    gap = " " if opening[-1].isalpha() else ""
    return f"{opening}{gap}{tex(box.body)}{gap}{closing}"
