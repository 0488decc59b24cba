"""Stage: telling. Input: a Report. Output: report.html, one self-contained page.

The page renders stored records and recomputes nothing. It holds inline SVG, MathML and its style sheet; no script, and
nothing is loaded from elsewhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import sympy as sp
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from derive.derivation import Assumption, Derivation
from derive.formulas.mathml import mathml, mathml_display
from derive.formulas.plain import plain
from verify.report import Report, case_in_words
from verify.telling.figures import render
from verify.telling.model_statement import model_statements
from verify.telling.numbers import percent, probability, shown
from verify.telling.paper import macros, written
from verify.telling.prose import prose
from verify.telling.record import (
    KEPT_STEPS,
    PROOFS,
    STEP_CHECKS,
    formula_groups,
    quantity_rows,
    source_texts,
    step_checks,
    step_inputs,
)
from verify.telling.sentences import sentence_case
from verify.telling.sources import cited, used_sources
from verify.telling.system_drawing import system_svg
from verify.telling.tables import case_labels, file_name
from verify.verdict import Value, Verdict

_TEMPLATES = Path(__file__).parent / "templates"
_CHECKS = {"symbolic": "symbolically, to zero", "enclosure": "in certified balls at random exact points"}
_RUNGS = {
    "R0": "the system itself",
    "R1": "Poisson shot model",
    "R2": "stochastic delay equation",
    "R3": "mean delay equation",
    "Rd": "update-indexed recursion",
}


def write_page(report: Report, folder: Path) -> Path:
    """Write report.html into ``folder`` and return its path; raises ``OSError`` when it cannot be written.

    Example: ``write_page(report, folder).name == "report.html"``.
    """
    return written(folder / "report.html", page(report))


def page(report: Report) -> str:
    """The whole page as text.

    Example: ``page(report).startswith("<!doctype html>")``.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "number": number_html,
        "math": lambda expression: Markup(mathml(expression)),
        "percent": lambda size: raised(percent(size)),
        "sentence": lambda words: prose(sentence_case(words)),
        "unbroken": unbroken,
        "words": lambda name: name.replace("_", " "),
        "case": case_in_words,
        "cited": cited,
        "breakable": breakable,
        "prose": prose,
    }
    environment.filters.update(filters)
    style = Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8"))
    return environment.get_template("report.html.j2").render(report=report, style=style, **_view(report))


def _view(report: Report) -> dict[str, Any]:
    return {
        "statements": [(item.rung, item.words, Markup(item.equation)) for item in model_statements(report)],
        "power": _power(report),
        "drawing": system_svg(report.system) if report.system else "",
        "figures": [(figure, Markup(render(figure)), file_name(figure.name)) for figure in report.figures],
        "formulas": _formulas(report),
        "assumptions": _assumptions(report),
        "quantities": quantity_rows(report),
        "rungs": {rung: _RUNGS[rung] for _, rung, _ in quantity_rows(report) if rung in _RUNGS},
        "claims": _claims(report),
        "derivations": [_derivation(report, derivation) for derivation in report.derivations],
        "checked": all(all(step_checks(report, derivation)) for derivation in report.derivations),
        "provenance": flattened(_told_provenance(report.provenance)),
        "study": flattened(report.study),
        "sources": used_sources(source_texts(report)),
        "workers": str(report.study.get("workers", {}).get("count", "M")),
        "command": report.provenance.get("command") or f"staleproof report reports/studies/{report.name}.toml",
    }


def number_html(value: Value | None) -> Markup:
    """A number as HTML: its sign (=, ∈, ≈), a short closed form if it has one, its digits, its kind as a note."""
    if value is None:
        return Markup('<span class="absent">not in this case</span>')
    result = shown(value)
    parts = [Markup('<span class="sign">{}</span>').format(result.sign)]
    if result.expression is not None and int(sp.count_ops(result.expression)) <= 12:
        parts.append(Markup(mathml(result.expression)))
        parts += [Markup('<span class="sign">≈</span>')] if result.text else []
    parts += [Markup('<span class="digits">{}</span>').format(raised(result.text))] if result.text else []
    title = Markup('<span class="kind">{}</span>').format(result.note)
    return Markup('<span class="number {}">{}{}</span>').format(result.kind, Markup(" ").join(parts), title)


def raised(text: str) -> Markup:
    """Text with its superscript digits as superscripts, which every font has."""
    plain = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789")
    return Markup(re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: f"<sup>{power[0].translate(plain)}</sup>", str(escape(text))))


def unbroken(text: str) -> str:
    """A sentence in which no line ends before a percent sign or within a mean and its standard error."""
    return text.replace(" %", "\u00a0%").replace(" ± ", "\u00a0±\u00a0")


def breakable(identifier: str) -> Markup:
    """An identifier that may break after dots, hyphens and underscores."""
    return Markup(re.sub(r"([.\-_/])", r"\1<wbr>", str(escape(identifier))))


def _told_provenance(provenance: dict[str, Any]) -> dict[str, Any]:
    """The provenance without its lists of steps, which report.json holds."""
    told = {key: value for key, value in provenance.items() if key != STEP_CHECKS}
    proofs = {key: value for key, value in told.get(PROOFS, {}).items() if key != KEPT_STEPS}
    return told | {PROOFS: proofs} if proofs else told


def flattened(record: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Nested tables as rows (dotted key, text)."""
    rows: list[tuple[str, str]] = []
    for key, value in record.items():
        if isinstance(value, dict):
            rows += flattened(value, f"{prefix}{key}.")
        else:
            rows.append(
                (f"{prefix}{key}", ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value))
            )
    return rows


def _power(report: Report) -> dict[str, Any]:
    """What the verdict's sentence needs, counted from the stored verdicts."""
    verdicts = report.verdicts
    sampled = [verdict for verdict in verdicts if verdict.evidence == "Monte Carlo"]
    noticed = [verdict.smallest_bias_noticed for verdict in sampled if verdict.smallest_bias_noticed is not None]
    counts = {
        name: sum(v.outcome == name for v in verdicts) for name in ("pass", "refuted", "inconclusive", "unproven")
    }
    return {
        "total": len(verdicts),
        "sampled": len(sampled),
        "proved": len(verdicts) - len(sampled),
        "rate": raised(probability(report.false_alarm_rate)),
        "in_run": max(report.checks_in_run, len(sampled)),
        "bias": raised(percent(max(noticed))) if noticed else "",
        "others": [(name, count) for name, count in counts.items() if name != "pass" and count],
        "passed": counts["pass"],
        "controls": all("failed as it must" in verdict.negative_control for verdict in sampled),
    }


def _conditions(report: Report, sentences: tuple[str, ...]) -> tuple[list[str], list[Markup]]:
    """The names of the assumptions among the conditions, and the other conditions, inequalities as mathematics."""
    names = {item.statement: item.id for item in _assumptions(report)}
    domains: dict[str, Any] = {}
    for derivation in report.derivations:
        domains[plain(derivation.domain)] = derivation.domain
        domains.update((plain(part), part) for part in getattr(derivation.domain, "args", ()))
    assumed = [names[sentence] for sentence in sentences if sentence in names]
    others = [sentence for sentence in sentences if sentence not in names]
    return assumed, [Markup(mathml(domains[text])) if text in domains else escape(text) for text in others]


def _assumptions(report: Report) -> list[Assumption]:
    """Every assumption that some derivation used, by name."""
    used = {item for derivation in report.derivations for item in derivation.used}
    return sorted(used, key=lambda item: item.id)


def _formulas(report: Report) -> list[dict[str, Any]]:
    named = {(formula.name, formula.left, formula.right): macro for macro, formula, _ in macros(report)}
    return [
        {
            "formula": group.formula,
            "equation": Markup(mathml_display(group.formula.left, group.formula.right)),
            "values": group.values,
            "conditions": _conditions(report, group.formula.conditions),
            "cases": group.cases if len(group.cases) < len(report.cases) else (),
            "macro": named[group.formula.name, group.formula.left, group.formula.right],
        }
        for group in formula_groups(report)
    ]


def _claims(report: Report) -> list[tuple[str, list[Verdict]]]:
    return [(label, [verdict for verdict in report.verdicts if verdict.case == label]) for label in case_labels(report)]


def _derivation(report: Report, derivation: Derivation) -> dict[str, Any]:
    steps = []
    for step, check in zip(derivation.steps, step_checks(report, derivation), strict=True):
        inputs = step_inputs(derivation, step)
        steps.append(
            {
                "number": step.number,
                "rule": prose(sentence_case(step.rule.label)),
                "inputs": inputs if inputs != (step.number - 1,) else (),
                "requires": [need.id for need in step.rule.requires],
                "equation": Markup(mathml_display(step.output.left, step.output.right)),
                "check": _CHECKS.get(check, check),
            }
        )
    return {
        "title": derivation.title,
        "domain": None if derivation.domain == sp.true else derivation.domain,
        "source": derivation.source,
        "steps": steps,
    }
