"""Stage: telling. Input: a sentence with plain formulas in it. Output: the sentence as LaTeX, its formulas as formulas.

    solve H(-r) = 0 for the damping  ->  solve $H(-r) = 0$ for the damping
    the n_B-th of M to finish        ->  the $n_{B}$-th of $M$ to finish

A formula is a run of words made of single letters, Greek names, digits and signs; "a", "A" and "I" alone are words.
"""

from __future__ import annotations

import re
from itertools import groupby

from derive.formulas.latex import escaped, tex
from derive.formulas.names import GREEK, name_box
from derive.formulas.notation import printed_letter

_NAMES = (*GREEK, "exp")
_LETTER = rf"(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))}|[A-Za-z])(?![a-z])"
ATOM = re.compile(rf"{_LETTER}(?:_(?:\w+))?")
_PART = re.compile(rf"\(*(?:{_LETTER}(?:_\w+)?|\d+)'*(?:[\^/(){{}}'+*-]+|{_LETTER}(?:_\w+)?|\d+|'+)*")
_OPERATORS = {"=": "=", "-": "-", "+": "+", "<-": r"\leftarrow", ">=": r"\ge", "<=": r"\le", "<": "<", ">": ">"}
_WORDS = ("a", "A", "I", "gamma")  # the gamma law keeps its name
_END = re.compile(r"[,.;:]*$")
_RUNG = re.compile(r"\(?R[0123d]\)?")
_POWER = re.compile(r"\^(\w+|[*+])")


def sentence_tex(sentence: str) -> str:
    """The sentence as LaTeX.

    Example: ``sentence_tex("set s = i omega") == r"set $s = \\mathrm{i} \\omega$"``.
    """
    return " ".join(_formula(words) if formula else _plain(words) for formula, words in runs(sentence))


def runs(sentence: str) -> tuple[tuple[bool, str], ...]:
    """The sentence cut into runs: whether each is a formula, and its words.

    Example: ``runs("set s = i omega") == ((False, "set"), (True, "s = i omega"))``.
    """
    tokens = sentence.split()
    kinds = [_kind(tokens, at) for at in range(len(tokens))]
    grouped = groupby(zip(kinds, tokens, strict=True), key=lambda pair: pair[0])
    return tuple((formula, " ".join(token for _, token in run)) for (formula, _), run in grouped)


def sentence_case(words: str) -> str:
    """The words with a capital first letter, unless a formula begins them.

    Example: ``sentence_case("n_B gradients") == "n_B gradients"``.
    """
    return words if _kind(words.split(), 0)[0] else words[:1].upper() + words[1:]


def _kind(tokens: list[str], at: int) -> tuple[bool, int]:
    """Whether the token belongs to a formula, and which: a comma ends one."""
    ended = sum(token[-1] in ",.;:" for token in tokens[:at])
    token = tokens[at]
    if token in _OPERATORS:
        return True, ended
    bare = _bare(token)
    near = any(one in _OPERATORS for one in tokens[max(at - 1, 0) : at + 2])
    if _RUNG.fullmatch(bare):
        return False, ended
    if bare in _WORDS or (bare == "x" and not near and token[-1] not in ",.;:"):
        return near and bare != "gamma", ended
    if bare.isdigit():
        return near, ended
    if bare == "beta" and tokens[at + 1 : at + 2] and tokens[at + 1].startswith("function"):
        return False, ended  # the beta function keeps its name, as the gamma law does
    return _PART.fullmatch(bare.removeprefix("-")) is not None, ended


def _bare(token: str) -> str:
    """The token without what ends a sentence, an opening bracket that is not its own, and "-th"."""
    return _END.sub("", token).removesuffix("-th")


def _formula(run: str) -> str:
    """A run of tokens between dollar signs; what ends it stays outside."""
    end = _END.search(run)
    assert end is not None
    body = run[: end.start()]
    after = end[0]
    if body.endswith("-th"):
        body, after = body.removesuffix("-th"), "-th" + after
    before = ""
    while body.count("(") > body.count(")") and body.startswith("("):
        before, body = before + "(", body[1:]
    while body.count(")") > body.count("(") and body.endswith(")"):
        after, body = ")" + after, body[:-1]
    return f"{before}${_markup(body)}${after}"


def _markup(body: str) -> str:
    body = re.sub(r"\bexp\(([^()]*)\)", r"e^{\1}", body)
    body = re.sub(r"\bE(?=\()", "\\\\mathbb{E}", body)
    pieces = re.split(rf"(\\mathbb\{{E\}}|{ATOM.pattern})", body)
    set_in = "".join(_atom(piece) if at % 2 else piece for at, piece in enumerate(pieces))
    for sign, command in _OPERATORS.items():
        set_in = set_in.replace(f" {sign} ", f" {command} ")
    return re.sub(r" {2,}", " ", _POWER.sub(r"^{\1}", set_in))


def _atom(piece: str) -> str:
    if piece.startswith("\\") or piece == "e":
        return piece
    return r"\mathrm{i}" if piece == "i" else tex(name_box(printed_letter(piece)))


def _plain(words: str) -> str:
    """Words, "x" between them as a times sign and a power of a bracket raised."""
    raised = escaped(re.sub(r"(^| )x( |$)", r"\1times\2", words)).replace(r"\textasciicircum{}", "^")
    return re.sub(r"\^(\w+|[*+])", r"\\textsuperscript{\1}", raised)
