"""Stage: telling. Input: an advice as its JSON, its figure. Output: advice.html and advice.json.

The page renders the stored record and recomputes nothing. It loads nothing and runs no script.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sympy as sp
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from numeric.enclosure import Enclosure
from verify.report import Figure, case_in_words
from verify.telling.figures import render
from verify.telling.numbers import decimal, plain
from verify.telling.page import number_html
from verify.telling.paper import written
from verify.telling.sentences import sentence_case

_TEMPLATES = Path(__file__).parent / "templates"
_SHOWN = 12  # rows of the ranking
_GOALS = {
    "decay_rate": "Which {} makes the slowest mode's mean decay fastest?",
    "training_time": "Which {} brings the excess risk below {} soonest, for good?",
    "excess_risk": "Which {} leaves the least excess risk from {} s on?",
}
_PARTS = {"refused": "refused", "unproven": "not proven", "not_covered": "outside the theory"}

Record = Mapping[str, Any]


def write_advice(record: Record, figure: Figure | None, folder: Path, name: str = "advice") -> dict[str, Path]:
    """Write the JSON and the page into ``folder``, made if it is missing; ``OSError`` where it cannot be."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    return {
        "json": written(folder / f"{name}.json", text),
        "page": written(folder / f"{name}.html", page(record, figure)),
    }


def page(record: Record, figure: Figure | None) -> str:
    """The whole page as text."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    words = {"words": lambda name: name.replace("_", " "), "case": case_in_words, "sentence": sentence_case}
    environment.filters.update(words, number=number, inline=inline)
    style = Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8"))
    style += Markup((_TEMPLATES / "check.css").read_text(encoding="utf-8"))
    rows = [(title, _choice(record, record[title]), _reached(record[title])) for title in ("given", "advised")]
    ranking = [(_choice(record, one), _reached(one), one.get("cost")) for one in record.get("ranking", ())]
    return environment.get_template("advice.html.j2").render(
        record=record, style=style, rows=rows, ranking=ranking[:_SHOWN], ranked=len(ranking),
        question=_question(record), unit=record.get("unit", "1/s"), proof=_proof(record), margins=_margins(record),
        drawn=None if figure is None else (figure, Markup(render(figure))),
    )  # fmt: skip


def number(record: Record | None) -> Markup:
    """A number of the record as people read it; what is None reads "none proven".

    Example: ``"none proven" in number(None)``.
    """
    if record is None:
        return Markup('<span class="absent">none proven</span>')
    if record["kind"] == "enclosure":
        return number_html(Enclosure.from_json(record))
    return Markup('<span class="number exact"><span class="digits">{}</span></span>').format(decimal(record["value"]))


def inline(record: Record) -> str:
    """An enclosure within a sentence: its digits alone, none of them unknown.

    Example: ``inline(Enclosure.of(2).to_json()).startswith("2")``.
    """
    return plain(Enclosure.from_json(record))


def _question(record: Record) -> str:
    goal = [decimal(value["value"]) for value in record.get("goal", {}).values()]
    setting = "number of workers" if record["setting"] == "workers" else record["setting"].replace("_", " ")
    return _GOALS[record["objective"]].format(setting, *goal)


def _choice(record: Record, one: Record) -> str:
    """The value of a choice in a few words."""
    if "choice" in one:
        chosen = (value for value in one["choice"].values() if value)
        parts = [value if isinstance(value, str) else decimal(value["value"]) for value in chosen]
        return " of ".join(parts) or "none"
    if "workers_of_class" in one:
        return " + ".join(count["value"] for count in one["workers_of_class"])
    return decimal(str(one[record["setting"]]["value"]))


def _reached(one: Record) -> Record | None:
    found: Record | None = one["reached"] if "reached" in one else one["decay_rate"]
    return found


def _proof(record: Record) -> list[str]:
    """What is proven, sentence by sentence."""
    proof = record["proof"]
    if "subsets" in proof:
        return [f"All {proof['subsets']} choices of workers were tried, each rate is an enclosure."]
    if "searched" in proof:
        ends = " to ".join(decimal(one["value"]) for one in proof["searched"])
        if not record["certified"]:
            return [f"Not proven to be the best of {ends}: {proof['reason'] or 'evaluations spent'}."]
        return [
            f"From {ends} no other value is faster by more than {decimal(str(proof['tolerance']))} of the rate: the "
            f"range is covered by {proof['pieces']} pieces, each proven slower or not allowed."
        ]
    told = [f"{proof['tried']} values were tried, each an enclosure."]
    if proof["range"] is not None:
        told += _range(record)
    elif not proof["complete"]:
        told.append("They are a grid, closer around the best: nothing is proven between them.")
    elif record["certified"]:
        told.append(f"None is better than the advised one by more than {decimal(proof['tolerance'])} of it: proven.")
    for name, words in _PARTS.items():
        if proof[name]:
            reasons = sorted({one["why"] for one in proof[name]})
            told.append(f"{len(proof[name])} are {words}: {'; '.join(reasons)}.")
    return told


def _range(record: Record) -> list[str]:
    """What is proven of a whole range of learning rates."""
    proof = record["proof"]
    low, high = (decimal(one["value"]) for one in proof["range"]["searched"])
    none = f"from {low} to {high} no other value is better by more than {decimal(proof['tolerance'])} of the best one"
    if record["certified"]:
        pieces = proof["range"]["pieces"]
        return [f"Proven: {none}. The range is covered by {pieces} pieces, each proven worse or not allowed."]
    pieces = ", ".join(f"{float(sp.Rational(a)):.6g} to {float(sp.Rational(b)):.6g}" for a, b in _few(proof))
    return [f"Not proven that {none}: {pieces} are left over."]


def _few(proof: Record) -> list[list[str]]:
    """The first of the pieces left over."""
    found: list[list[str]] = proof["range"]["undecided"]
    return found[:4]


def _margins(record: Record) -> list[tuple[str, Record | None, Record | None]]:
    margins = record.get("margins")
    if not margins:
        return []
    titles = (("in the mean", "mean"), ("in mean square (R1)", "mean_square"))
    limits = [(title, margins[key]) for title, key in titles]
    return [(title, limit and limit["limit"], limit and limit["factor"]) for title, limit in limits]
