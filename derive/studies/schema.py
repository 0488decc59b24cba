"""Stage: the schema of a study. Input: a raw TOML table. Output: the keys it may hold, or one refusal in one line.

An unknown key is refused with the nearest known one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from derive.formulas.notation import ALLOWED
from derive.scheme import RANGES, keys
from derive.schemes import SCHEMES
from derive.source_paper import PAPER_CLAIMS
from derive.symbols import FUNCTIONS, NOTATION

WIDTH = 80


class WrittenFloat(float):
    """A double together with the decimal that denoted it in the file."""

    text: str

    def __new__(cls, text: str) -> WrittenFloat:
        value = super().__new__(cls, text)
        value.text = text
        return value


class StudyError(ValueError):
    """A study is refused: ``FILE: KEY = VALUE: what is wrong; allowed: ...``, always one line."""

    def __init__(self, file: str, key: str, value: Any, wrong: str, allowed: str) -> None:
        self.file, self.key, self.value, self.wrong, self.allowed = file, key, value, wrong, allowed
        super().__init__(f"{one_line(file)}: {one_line(key)} = {show(value)}: {one_line(wrong)}; allowed: {allowed}")

    def __reduce__(self) -> tuple[type[StudyError], tuple[Any, ...]]:
        """Go from one process to another by its parts."""
        return StudyError, (self.file, self.key, self.value, self.wrong, self.allowed)


class Verbatim(str):
    """A text that a refusal shows without quotation marks: a number as the file wrote it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Missing:
    """Stands for the value of a key that is not in the file."""

    def __repr__(self) -> str:
        return "(missing)"


MISSING = Missing()


@dataclass(frozen=True)
class Key:
    """One row of the table of keys: what may stand there."""

    allowed: str


LAW = 'a law, as { law = "gamma", shape = 4, mean = 1 }'
CLASS_KEYS = ("count", "compute", "uplink", "downlink", "replay")
CORRELATION_KEYS = ("cycles", "common")
SECTIONS: Mapping[str, Mapping[str, Key]] = {
    "workers": {
        "count": Key("integer 1 to 1000000"),
        "compute": Key(LAW),
        "uplink": Key(LAW),
        "downlink": Key(LAW),
        "replay": Key("true or false; true with a compute time of the law empirical, in its recorded order"),
        "correlation": Key("{ cycles, common }: autocorrelation and correlation of compute times, numbers in [0, 1)"),
        "class": Key("[[workers.class]] with count, compute, uplink, downlink, replay"),
    },
    "scheme": {
        "rule": Key(", ".join(f'"{rule}"' for rule in SCHEMES)),
        **{name: Key(RANGES[name].words) for scheme in SCHEMES.values() for name in keys(scheme)},
    },
    "optimizer": {"learning_rate": Key("finite number > 0"), "momentum": Key("number in [0, 1)")},
    "objective": {
        "curvature": Key("non-empty list of finite numbers"),
        "gradient_noise": Key("number >= 0, or one per curvature"),
        "dataset": Key('"breast_cancer" or "digits"'),
        "model": Key('"logistic" (of two classes) or "softmax"'),
        "ridge": Key("number > 0"),
        "batch_size": Key("integer 1 to 1000000"),
        "components": Key("integer 1 to the number of features"),
    },
    "run": {
        "seed": Key("integer >= 0"),
        "replicas": Key("integer 1 to 1000000"),
        "updates": Key("integer 1 to 1000000000000"),
        "burn_in": Key("integer >= 0 and < run.updates"),
        "start": Key('"stationary", "together" or "staggered"'),
        "initial": Key("finite number, or one per curvature"),
        "precision": Key("number in (0, 1)"),
    },
    "chart": {name: Key("{ parameter, low, high }: a number of the study and its ends") for name in ("x", "y")},
    "equation": {
        "damping": Key("finite number"),
        "friction": Key("finite number"),
        "delay": Key(LAW),
        "step": Key("finite number"),
        "momentum": Key("number in [0, 1)"),
        "staleness": Key(
            "a law of counts: constant with an integer value, poisson, geometric, uniform_integer or empirical"
        ),
    },
    "notation": {name: Key(ALLOWED) for name in (*NOTATION, *FUNCTIONS)},
}
TEXT_KEYS = ("title", "question")
PAPER_KEY = "paper_claims"
_TOP = (*SECTIONS, *TEXT_KEYS, PAPER_KEY, "sweep")


def one_line(text: str) -> str:
    """``text`` with everything that could break or hide in a line escaped."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def show(value: Any, width: int = WIDTH) -> str:
    """``value`` as it was written, on one line of at most ``width`` characters.

    Example: ``show({"law": "gamma", "shape": 4}) == "{ law = 'gamma', shape = 4 }"``.
    """
    text = one_line(_text(value, 3))
    return text if len(text) <= width else text[: width - 3] + "..."


def _text(value: Any, depth: int) -> str:
    if isinstance(value, WrittenFloat):
        return value.text
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 512 else hex(value)
    if isinstance(value, Mapping):
        if depth == 0:
            return "{...}"
        rows = (f"{key} = {_text(item, depth - 1)}" for key, item in list(value.items())[:WIDTH])
        return f"{{ {', '.join(rows)} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_text(item, depth - 1) for item in value[:WIDTH])}]" if depth else "[...]"
    return repr(value)


def nearest(word: str, known: Iterable[str]) -> str:
    """What may stand in place of ``word``: the nearest known one first, if one is near."""
    words = list(known)
    close = difflib.get_close_matches(one_line(word)[:WIDTH], words, n=1, cutoff=0.5)
    rest = ", ".join(words)
    return f"{close[0]} (nearest) of {rest}" if close and len(words) > 1 else rest


def check_keys(file: str, raw: Mapping[str, Any]) -> None:
    """Refuse the first key of ``raw`` that is unknown, or no table where one is needed."""
    for name, body in raw.items():
        if name in TEXT_KEYS:
            if not isinstance(body, str):
                raise StudyError(file, name, body, "not a text", "a text")
        elif name == PAPER_KEY:
            if not isinstance(body, list) or not all(isinstance(one, str) and one in PAPER_CLAIMS for one in body):
                raise StudyError(file, name, body, "not claims of the source paper", "a list of letters from A to I")
        elif name == "sweep":
            if not isinstance(body, dict) or not body:
                raise StudyError(file, name, body, "not a table of lists", "any key of the study with a list of values")
        elif name not in SECTIONS:
            raise StudyError(file, name, body, "unknown key", nearest(name, _TOP))
        elif not isinstance(body, dict):
            raise StudyError(file, name, body, "not a table", f"[{name}] with {', '.join(SECTIONS[name])}")
        else:
            _check_section(file, name, body)


def _check_section(file: str, section: str, body: Mapping[str, Any]) -> None:
    if section == "notation":
        return  # names and letters are checked together (derive/formulas/notation.py)
    known = SECTIONS[section]
    for name, value in body.items():
        key = f"{section}.{name}"
        if name not in known:
            raise StudyError(file, key, value, "unknown key", nearest(name, known))


def written(raw: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Every number and text of ``raw`` as it was written, by dotted key; items of a list by ``key[0]``.

    Example: ``written({"optimizer": {"learning_rate": WrittenFloat("2e-2")}}) == {"optimizer.learning_rate": "2e-2"}``.
    """
    found: dict[str, str] = {}
    for key, value in raw.items():
        found |= _written_value(f"{prefix}{key}", value)
    return found


def _written_value(key: str, value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return written(value, f"{key}.")
    if isinstance(value, list | tuple):
        return {
            name: text for i, item in enumerate(value) for name, text in _written_value(f"{key}[{i}]", item).items()
        }
    return {key: value if isinstance(value, str) else _text(value, 1)}
