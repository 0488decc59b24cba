"""Stage: notation. Input: a table of letters by the names of quantities. Output: a context in which formulas bear them.

    [notation]
    learning_rate = "alpha"
    mean_delay = "tau_c"
    F = "G"

A quantity has its name in code, a function its own letter; a^* follows a. What is printed changes, the
expression and its hash do not. A letter that already means something else is refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from derive.formulas.names import ACCENTS, GREEK
from derive.symbols import FUNCTIONS, NOTATION

ALLOWED = 'a letter or Greek name with _index and ^mark, as "alpha", "lambda_1" or "x^*", that means nothing else'
_OWN = {name: str(entry.symbol) for name, entry in NOTATION.items()} | {letter: letter for letter in FUNCTIONS}
_FOLLOWERS = {
    "workers": ("fastest_workers",),
    "staleness": ("staleness_mean", "staleness_variance", "P_K"),
    "damping_coefficient": (
        *("critical_damping", "stability_limit", "safe_damping", "greatest_damping", "greatest_critical_damping"),
    ),
    "decay_rate": ("critical_decay", "least_decay", "greatest_critical_decay", "decay_ratio"),
    "curvature": ("least_curvature", "greatest_curvature", "mean_curvature", "curvature_ratio", "excess_risk"),
    "mean_delay": ("delay_elasticity",),
    "noise_intensity": ("noise_elasticity",),
    "step": ("step_limit", "fastest_step", "step_noise", "mean_square_step"),
    "frequency": ("crossing_frequency",),
    "laplace_variable": ("characteristic_root",),
    "branch": ("characteristic_root",),
    "generating_variable": ("double_root",),
}
_FIXED = {
    "e": "Euler's number",
    "i": "the imaginary unit",
    "d": "the differential",
    "pi": "the number",
    "W": "Lambert's function",
}
_SCRIPT = r"[A-Za-z0-9]{1,8}"
_LETTER = re.compile(
    rf"(?:[A-Za-z]|{'|'.join(sorted(GREEK, key=len, reverse=True))})(?:{'|'.join(ACCENTS)})?"
    rf"(?:_{_SCRIPT})?(?:\^(?:\*|{_SCRIPT}))?"
)
_LETTERS: ContextVar[Mapping[str, str]] = ContextVar("letters", default={})  # noqa: B039  (never changed in place)


class NotationError(ValueError):
    """A letter is refused; ``name`` and ``letter`` say which, ``wrong`` why, ``allowed`` what."""

    def __init__(self, name: str, letter: object, wrong: str, allowed: str = ALLOWED) -> None:
        self.name, self.letter, self.wrong, self.allowed = name, letter, wrong, allowed
        super().__init__(f"{name} = {letter!r}: {wrong}; allowed: {allowed}")


def _nearest(name: str) -> str:
    """The quantity whose letter was given for its name, else the nearest names."""
    own = [one for one, entry in NOTATION.items() if str(entry.symbol) == name]
    near = own or difflib.get_close_matches(name, NOTATION, n=3, cutoff=0.4)
    return ", ".join(near) or "a name of the notation, as learning_rate (GLOSSARY.md has them all)"


@contextmanager
def written_with(letters: Mapping[str, str]) -> Iterator[None]:
    """Print formulas with other letters inside the block: the quantity's name in code to its letter.

    Raises ``NotationError`` as ``checked_letters`` does.
    """
    checked_letters(letters)
    token = _LETTERS.set(_with_followers(letters))
    try:
        yield
    finally:
        _LETTERS.reset(token)


def _with_followers(letters: Mapping[str, str]) -> dict[str, str]:
    """Own letters and those that stand for them; a^* follows a unless it has a letter of its own."""
    told = {_OWN[name]: letter for name, letter in letters.items()}
    for name, letter in letters.items():
        base = re.compile(rf"(?<![A-Za-z]){re.escape(_OWN[name])}(?=bar|[^A-Za-z]|$)")
        for follower in _FOLLOWERS.get(name, ()):
            barred = re.sub("[A-Za-z]+", r"\g<0>bar", letter, count=1)  # the bar is above the letter, not its index
            built = base.sub(letter, _OWN[follower])
            told.setdefault(_OWN[follower], built.replace(f"{letter}bar", barred))
    return told


def printed_letter(letter: str) -> str:
    """The letter that stands for a symbol's own one here and now.

    Example: ``printed_letter("eta") == "eta"``.
    """
    return _LETTERS.get().get(letter, letter)


def printed_function(letter: str) -> str:
    """The letter that stands for a function's own one here and now; a symbol of the same letter keeps its own.

    Example: ``printed_function("L") == "L"``.
    """
    return printed_letter(letter) if letter in FUNCTIONS else letter


def checked_letters(letters: Mapping[str, object]) -> dict[str, str]:
    """The table if every name is known, every letter can be printed, and none means two things.

    Raises ``NotationError`` naming the first that is wrong.

    Example: ``checked_letters({"learning_rate": "alpha"}) == {"learning_rate": "alpha"}``.
    """
    told: dict[str, str] = {}
    for name, letter in letters.items():
        if name not in _OWN:
            raise NotationError(name, letter, "no quantity of the notation", _nearest(name))
        if not isinstance(letter, str) or not _LETTER.fullmatch(letter):
            raise NotationError(name, letter, "not a letter that can be printed")
        told[name] = letter
    meanings = {**_FIXED, **{letter: meaning for letter, (meaning, _) in FUNCTIONS.items() if letter not in told}}
    meanings |= {str(entry.symbol): other for other, entry in NOTATION.items() if other not in told}
    for name, letter in told.items():
        if letter in meanings:
            raise NotationError(name, letter, f"this letter means {meanings[letter]}")
        meanings[letter] = name
    return told
