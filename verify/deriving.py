"""Stage: derive. Input: a study's case. Output: closed forms with conditions, their numbers, and the steps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sympy as sp

from derive.claims import CLAIMS, Claim
from derive.derivation import Derivation
from derive.formulas.latex import latex_equation
from derive.formulas.mathml import mathml_equation
from derive.formulas.plain import plain_equation
from derive.models import OutsideDomainError
from derive.study_models import refuse_without_model
from derive.study_records import Case, StudyFile
from derive.study_schema import StudyError
from numeric.source_code import source_of
from numeric.source_languages import LANGUAGES
from verify.identities import check_derivation
from verify.predictions import ModePredictions
from verify.report import Case as ToldCase
from verify.report import Formula, ModelLine, Report
from verify.study_text import law_in_words, written_study
from verify.telling.record import STEP_CHECKS


def derive_study(case: Case) -> dict[str, Any]:
    """The closed forms that speak of a case, as INTERFACE's JSON of ``derive``.

    Raises ``StudyError`` for a study of an equation, which has no workers to derive from, or without linear model.
    """
    modes = modes_of(case)
    results: dict[str, list[dict[str, Any]]] = {}
    for mode in modes:
        for formula in formulas(mode):
            claim = CLAIMS[formula.claim]
            entry = {
                "mode": mode.mode,
                "rung": claim.rung,
                "expression": f"{formula.left} = {formula.right}",
                "latex": latex_equation(formula.left, formula.right),
                "text": plain_equation(formula.left, formula.right),
                "mathml": mathml_equation(formula.left, formula.right),
                "srepr": sp.srepr(sp.Tuple(formula.left, formula.right)),
                "value": None if formula.value is None else formula.value.to_json(),
                "conditions": list(formula.conditions),
                "claim": formula.claim,
                "hash": formula.hash,
            }
            results.setdefault(claim.quantity or claim.id, []).append(entry)
    steps = [step for derivation in derivations(modes) for step in _steps(derivation)]
    return {"results": results, "derivation": steps}


def modes_of(case: Case) -> tuple[ModePredictions, ...]:
    """Predictions of every mode of a case; ``StudyError`` where the theory does not cover it."""
    study = case.study
    refuse_without_model(study)
    assert study.objective is not None
    return tuple(ModePredictions(study, mode) for mode in range(len(study.objective.curvature)))


def formulas(mode: ModePredictions) -> tuple[Formula, ...]:
    """Every closed form about this mode's law, with the mode's number where it has one."""
    return tuple(_formula(mode, claim) for claim in mode.model.claims)


def _formula(mode: ModePredictions, claim: Claim) -> Formula:
    result = claim.derived.result
    value = None
    if claim.quantity:
        try:
            value = mode.number(claim)
        except OutsideDomainError:
            value = None
    return Formula(
        f"{claim.quantity}, rung {claim.rung}" if claim.quantity else claim.derived.title,
        macro_name(claim.id),
        result.left,
        result.right,
        claim.conditions,
        claim.id,
        claim.source,
        value,
        claim.derived.title,
        claim.relation,
        claim.hash,
    )


def study_source(study_file: StudyFile, language: str | None) -> dict[str, Any] | None:
    """The closed forms about any case as one file of source code, as JSON; None where no language is asked for.

    Raises ``StudyError`` for an unknown language, or for a study that the theory does not cover.
    """
    if language is None:
        return None
    if language.lower() not in LANGUAGES:
        raise StudyError("command line", "--code", language, "unknown language", ", ".join(LANGUAGES))
    modes = [mode for case in study_file.cases for mode in modes_of(case)]
    claims = {formula.claim: CLAIMS[formula.claim] for mode in modes for formula in formulas(mode)}
    source = source_of(claims.values(), language.lower())
    return {
        "language": source.language,
        "file": f"closed_forms.{source.suffix}",
        "text": source.text,
        "functions": [asdict(function) for function in source.functions],
        "left_out": [{"claim": claim, "reason": reason} for claim, reason in source.left_out],
    }


_DIGIT_NAMES = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_DIGITS = {str(digit): name for digit, name in enumerate(_DIGIT_NAMES)}


def macro_name(claim_id: str) -> str:
    """A LaTeX macro's name, letters only: ``delay.roots.erlang-4`` becomes ``DelayRootsErlangFour``."""
    words = claim_id.replace(".", "-").split("-")
    return "".join("".join(_DIGITS.get(letter, letter) for letter in word.capitalize()) for word in words)


def derivations(modes: tuple[ModePredictions, ...]) -> tuple[Derivation, ...]:
    """The derivations of every claim about these modes, each once."""
    found: dict[str, Derivation] = {}
    for mode in modes:
        for claim in mode.model.claims:
            found.setdefault(claim.derived.title, claim.derived)
    return tuple(found.values())


def _steps(derivation: Derivation) -> list[dict[str, Any]]:
    checks = check_derivation(derivation)
    return [
        {
            "derivation": derivation.title,
            "step": step.number,
            "assumes": [need.id for need in step.rule.requires],
            "rule": step.rule.label,
            "equation": latex_equation(step.output.left, step.output.right),
            "checked_by": check.checked_by if check.passed else None,
        }
        for step, check in zip(derivation.steps, checks, strict=True)
    ]


def step_checks(chosen: tuple[Derivation, ...]) -> dict[str, list[str]]:
    """How every step of every derivation was checked, by the derivation's title; "" where the check failed."""
    return {
        derivation.title: [check.checked_by if check.passed else "" for check in check_derivation(derivation)]
        for derivation in chosen
    }


def told_case(label: str, modes: tuple[ModePredictions, ...]) -> ToldCase:
    """A case as the report tells it, before anything was simulated."""
    quantities = tuple(
        (prediction.quantity, prediction.rung, prediction.value) for mode in modes for prediction in mode.all
    )
    return ToldCase(label, law_in_words(modes[0].study.written), formulas(modes[0]), quantities)


def model_lines(modes: tuple[ModePredictions, ...]) -> tuple[ModelLine, ...]:
    """The mean equation, the characteristic equation and the coefficients of the asynchronous rule, as derived.

    Empty unless every mode is one of plain asynchronous workers: of another scheme the lines would be wrong.
    """
    if not all(mode.model.scheme.is_plain for mode in modes):
        return ()
    characteristic = CLAIMS["delay.characteristic-function.any-law"].derived
    mean = next(step.output for step in characteristic.steps if isinstance(step.output.left, sp.Derivative))
    names = ("damping.coefficient.asynchronous", "arrivals.rate.any-law", "noise.intensity.asynchronous")
    return (
        ModelLine("R3", "The mean of a mode with curvature h.", (mean,)),
        ModelLine("roots", "A mode decays when every root of H has a negative real part.", (characteristic.result,)),
        ModelLine(
            "where",
            "Damping coefficient, gradient arrivals and noise intensity.",
            tuple(CLAIMS[name].derived.result for name in names),
        ),
    )


def derived_report(study_file: StudyFile) -> Report:
    """The report's derivations and formulas alone, for ``derive --latex``."""
    cases = [(case.label, modes_of(case)) for case in study_file.cases]
    every = tuple(mode for _, modes in cases for mode in modes)
    chosen = derivations(every)
    return Report(
        name=study_file.name,
        title=study_file.title or study_file.name,
        question=study_file.question,
        study=written_study(study_file),
        cases=tuple(told_case(label, modes) for label, modes in cases),
        verdicts=(),
        findings=(),
        figures=(),
        derivations=chosen,
        false_alarm_rate=0.0,
        provenance={STEP_CHECKS: step_checks(chosen)},
        model=model_lines(every),
    )
