"""Stage: layout. Input: the names of symbols and functions. Output: boxes with Greek letters, scripts and bars.

``sigma_epsilon^2`` is a base with a subscript and a superscript; braces group, as in ``T_{M:M}``; a trailing
number is a subscript; a trailing ``bar``, ``hat`` or ``tilde`` is an accent.
"""

from __future__ import annotations

import re

from derive.formulas.boxes import Accent, Box, Script, Word, joined, number, row

_GREEK = re.findall(
    r"\S+",
    "alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ omicron ο "
    "pi π ell ℓ rho ρ sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω "
    "Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω",
)
GREEK = dict(zip(_GREEK[::2], _GREEK[1::2], strict=True))
_VARIANTS = {"epsilon": r"\varepsilon", "phi": r"\varphi", "omicron": "o"}
ACCENTS = {"bar": ("\u203e", r"\overline"), "hat": ("^", r"\hat"), "tilde": ("~", r"\tilde")}
_SCRIPT = re.compile(r"([_^])(\{[^{}]*\}|[^_^{}]+)")
_PARTS = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d\s]")
_MARKED = re.compile(r"\\(bar|hat|tilde)\{(.+)\}|(.+?)(bar|hat|tilde)")


def name_box(name: str) -> Box:
    """The printed form of a symbol's or function's name.

    Example: ``name_box("tau").text == "τ"``.
    """
    name = name.lstrip("_") or name
    head = re.split(r"[_^]", name, maxsplit=1)[0]
    scripts = _SCRIPT.findall(name[len(head) :])
    trailing = re.fullmatch(r"([A-Za-z]+)(\d+)", head)
    if trailing:
        head, scripts = trailing[1], [("_", trailing[2]), *scripts]
    below = [_group(part) for mark, part in scripts if mark == "_"]
    above = [_group(part) for mark, part in scripts if mark == "^"]
    base = _base(head)
    if not scripts:
        return base
    return Script(base, joined(below) if below else None, joined(above) if above else None)


def has_superscript(name: str) -> bool:
    """Whether the printed name already carries a superscript."""
    return "^" in name


def _base(head: str) -> Box:
    marked = _MARKED.fullmatch(head)
    if marked and head not in GREEK and head not in ACCENTS:
        kind = marked[1] or marked[4]
        return Accent(_base(marked[2] or marked[3]), *ACCENTS[kind])
    head = head.lstrip("\\")
    if head in GREEK:
        return Word(GREEK[head], _VARIANTS.get(head, f"\\{head}"))
    if len(head) == 1:
        return Word(head, _escaped(head))
    return Word(head, rf"\mathrm{{{_escaped(head)}}}", "upright")


def _group(part: str) -> Box:
    pieces: list[Box] = []
    for piece in _PARTS.findall(part.strip("{}")):
        if piece.isdigit():
            pieces.append(number(piece))
        elif piece.isalpha():
            pieces.append(_base(piece))
        else:
            pieces.append(Word({"-": "\u2212", "*": "∗"}.get(piece, piece), _escaped(piece)))
    return row(*pieces)


def _escaped(letters: str) -> str:
    return re.sub(r"([#$%&_{}])", r"\\\1", letters)
