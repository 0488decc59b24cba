"""Stage: telling. Input: a Report. Output: derivation.tex, the appendix: every step once, numbered.

A step that an earlier derivation took already is not told again but referred to by its number.
"""

from __future__ import annotations

from derive.derivation import Derivation, Equation, Step
from derive.fingerprint import fingerprint
from derive.formulas.latex import FITTED, latex_displays
from verify.report import Report
from verify.telling.propositions import label, listed
from verify.telling.record import step_checks, step_inputs
from verify.telling.sentences import sentence_case, sentence_tex

_CHECKS = {"symbolic": "symbolically, to zero", "enclosure": "in certified balls at random exact points"}


def derivation_tex(report: Report) -> str:
    """derivation.tex: every derivation with its numbered steps. Refers to the labels of assumptions.tex."""
    told: dict[str, str] = {}
    parts = [_derivation(derivation, told) for derivation in report.derivations]  # first: it numbers the equations
    head = f"% Derivations: rule, assumptions, equation; each once, its label is its hash.\n{FITTED}\n"
    body = "\n".join(parts)
    return f"{head}\\begingroup\\emergencystretch=3em\n{_checked(report, told)}{body}\\par\\endgroup\n"


def equation_label(equation: Equation) -> str:
    """The label of an equation: the same wherever it appears.

    Example: ``equation_label(Equation(sp.S(1), sp.S(1))).startswith("eq:")``.
    """
    return f"eq:{fingerprint(equation.left, equation.right)[:12]}"


def _derivation(derivation: Derivation, told: dict[str, str]) -> str:
    own: set[str] = set()
    lines = [f"\\subsection{{{sentence_tex(sentence_case(derivation.title))}}}\\label{{app:{label(derivation.title)}}}"]
    for step in derivation.steps:
        printed = step.output.latex()
        if printed not in told:
            told[printed] = equation_label(step.output)
            own.add(printed)
            lines.append(_step(derivation, step, told))
        elif step is derivation.steps[-1] and printed not in own:
            lines.append(rf"The result is~\eqref{{{told[printed]}}}.")
    return "\n".join(lines) + "\n"


def _step(derivation: Derivation, step: Step, told: dict[str, str]) -> str:
    says = sentence_tex(sentence_case(step.rule.label))
    used = [derivation.steps[number - 1].output for number in step_inputs(derivation, step)]
    references = list(dict.fromkeys(rf"\eqref{{{told[one.latex()]}}}" for one in used))
    if references:
        *earlier, last = references
        says += f", from~{', '.join(earlier)} and~{last}" if earlier else f", from~{last}"
    if step.rule.requires:
        says += f", under {listed(step.rule.requires)}"
    return f"\\noindent {says}:\n{latex_displays(step.output.left, step.output.right, equation_label(step.output))}"


def _checked(report: Report, told: dict[str, str]) -> str:
    """How the steps were checked: one sentence for most of them, and the others by their numbers."""
    kinds: dict[str, list[str]] = {}
    for derivation in report.derivations:
        for step, check in zip(derivation.steps, step_checks(report, derivation), strict=True):
            kinds.setdefault(check, []).append(told[step.output.latex()])
    counted = {check: list(dict.fromkeys(labels)) for check, labels in kinds.items()}
    if set(counted) == {"symbolic"}:
        return "Every step was checked symbolically by a second route.\n"
    sentences = []
    for check, labels in counted.items():
        if check == "symbolic":
            sentences.append("The steps were checked symbolically by a second route, except as said here.")
            continue
        places = ", ".join(rf"\eqref{{{one}}}" for one in labels)
        way = f"Checked {_CHECKS[check]}" if check in _CHECKS else "Not checked"
        sentences.append(f"{way}: {places}.")
    return "\n".join(sorted(sentences, reverse=True)) + "\n"
