"""Stage: telling. Input: a sentence with plain formulas in it. Output: the sentence as HTML, its formulas as formulas.

    set s = i omega               ->  set <i>s</i> = <i>i</i> <i>ω</i>
    the noise eta^2 sigma^2 M/theta  ->  the noise <i>η</i><sup>2</sup> <i>σ</i><sup>2</sup> <i>M</i>/<i>θ</i>

Letters in running text need no MathML: italics, Greek letters and raised and lowered parts are plain HTML.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from derive.formulas.names import GREEK
from derive.formulas.notation import printed_letter
from verify.telling.sentences import ATOM, runs

_SIGNS = {">=": "≥", "<=": "≤", "<-": "←", "-": "\u2212"}
_POWER = r"\^(?:\{[^{}]*\}|\([^()]*\)|\w+|[*+])"
_NAMES = sorted(set(GREEK) - {"gamma"}, key=len, reverse=True)  # the gamma law keeps its name
_IN_WORDS = re.compile(rf"{_POWER}|(?<![A-Za-z])(?:{'|'.join(_NAMES)})(?![a-z])")
_IN_FORMULA = re.compile(rf"{_POWER}|(?<![A-Za-z]){ATOM.pattern}|>=|<=|<-|-(?!th\b)")
_KEPT = "\u2060"  # a space inside braces, which does not end a run


def prose(sentence: str) -> Markup:
    """The sentence as HTML.

    Example: ``prose("set s = i omega") == "set <i>s</i> = <i>i</i> <i>ω</i>"``.
    """
    kept = re.sub(r"\^\{[^{}]*\}", lambda found: found[0].replace(" ", _KEPT), sentence)
    told = (_set(words, _IN_FORMULA if formula else _IN_WORDS) for formula, words in runs(kept))
    return Markup(" ").join(told).replace(_KEPT, " ")


def _set(words: str, pieces: re.Pattern[str]) -> Markup:
    told, end = Markup(""), 0
    for found in pieces.finditer(words):
        told += escape(words[end : found.start()]) + _piece(found[0])
        end = found.end()
    return told + escape(words[end:])


def _piece(text: str) -> Markup:
    if text.startswith("^"):
        return Markup("<sup>{}</sup>").format(_set(text[1:].strip("{}"), _IN_FORMULA))
    if text in _SIGNS:
        return escape(_SIGNS[text])
    head, _, below = text.partition("_")
    if head == "exp":
        return escape(text)
    head, _, other = printed_letter(text if below else head).partition("_")
    letter = Markup("<i>{}</i>").format(GREEK.get(head, head))
    return letter + Markup("<sub>{}</sub>").format(GREEK.get(other, other)) if other else letter
