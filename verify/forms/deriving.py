"""Stage: derive. Input: a study's case. Output: closed forms with conditions, their numbers, and the steps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sympy as sp

from derive.claims import CLAIMS, Claim
from derive.derivation import Derivation
from derive.formulas.latex import latex_equation
from derive.models.linear import OutsideDomainError
from derive.studies.models import refuse_without_model
from derive.studies.records import Case, StudyFile
from derive.studies.schema import StudyError
from numeric.source.code import source_of
from numeric.source.languages import LANGUAGES
from verify.forms.closed_forms import closed_form, macro_name, told_form
from verify.forms.equation_forms import derive_equation, equation_claims, equation_formulas
from verify.identities import check_derivation
from verify.predicting.predictions import ModePredictions
from verify.report import SCHEME, Formula, ModelLine, Report
from verify.report import Case as ToldCase
from verify.study_text import law_in_words, written_study
from verify.telling.record import KEPT_STEPS, PROOFS, STEP_CHECKS

__all__ = [
    "derivations", "derive_study", "derived_report", "formulas", "macro_name", "model_lines",
    "modes_of", "steps_proven", "study_source", "told_case", "told_without_model",
]  # fmt: skip


def derive_study(case: Case) -> dict[str, Any]:
    """The closed forms that speak of a case, as the JSON of ``derive``.

    Raises ``StudyError`` for a study without linear model, or an equation without closed form.
    """
    if case.study.equation is not None:
        return derive_equation(case.study)
    modes = modes_of(case)
    results: dict[str, list[dict[str, Any]]] = {}
    for mode in modes:
        for formula in formulas(mode):
            name = CLAIMS[formula.claim].quantity or formula.claim
            results.setdefault(name, []).append(told_form(formula, mode.mode))
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
    value = None
    if claim.quantity:
        try:
            value = mode.number(claim)
        except OutsideDomainError:
            value = None
    return closed_form(claim, value)


def study_source(study_file: StudyFile, language: str | None) -> dict[str, Any] | None:
    """The closed forms about any case as one file of source code, as JSON; None where no language is asked for.

    Raises ``StudyError`` for an unknown language, or for a study that the theory does not cover.
    """
    if language is None:
        return None
    if language.lower() not in LANGUAGES:
        raise StudyError("command line", "--code", language, "unknown language", ", ".join(LANGUAGES))
    told = [formula for case in study_file.cases for formula in _told_formulas(case)]
    claims = {formula.claim: CLAIMS[formula.claim] for formula in told}
    source = source_of(claims.values(), language.lower())
    return {
        "language": source.language,
        "file": f"closed_forms.{source.suffix}",
        "text": source.text,
        "functions": [asdict(function) for function in source.functions],
        "left_out": [{"claim": claim, "reason": reason} for claim, reason in source.left_out],
    }


def _told_formulas(case: Case) -> list[Formula]:
    """The closed forms of every mode of a case, or of its equation."""
    if case.study.equation is not None:
        return list(equation_formulas(case.study))
    return [formula for mode in modes_of(case) for formula in formulas(mode)]


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


def steps_proven(chosen: tuple[Derivation, ...]) -> dict[str, Any]:
    """How each step was checked ("" where the check failed), and which an earlier run of the same sources checked.

    ``STEP_CHECKS`` and ``PROOFS[KEPT_STEPS]`` are by the derivation's title; the latter leaves out who has none.
    """
    checked = {one.title: tuple(check_derivation(one)) for one in chosen}
    kept = {title: [check.number for check in checks if check.kept] for title, checks in checked.items()}
    steps, earlier = sum(map(len, checked.values())), sum(map(len, kept.values()))
    return {
        PROOFS: {
            "steps_checked_in_this_run": steps - earlier,
            "steps_checked_by_an_earlier_run": earlier,
            KEPT_STEPS: {title: numbers for title, numbers in kept.items() if numbers},
        },
        STEP_CHECKS: {
            title: [check.checked_by if check.passed else "" for check in checks] for title, checks in checked.items()
        },
    }


def told_case(label: str, modes: tuple[ModePredictions, ...]) -> ToldCase:
    """A case as the report tells it, before anything was simulated."""
    quantities = tuple(
        (prediction.quantity, prediction.rung, prediction.value) for mode in modes for prediction in mode.all
    )
    return ToldCase(label, law_in_words(modes[0].study.written), formulas(modes[0]), quantities)


def told_without_model(case: Case, reason: str) -> ToldCase:
    """A case that can only be simulated, with the ``reason``, before anything was."""
    return ToldCase(case.label, law_in_words(case.study.written), (), (), reason)


def model_lines(modes: tuple[ModePredictions, ...]) -> tuple[ModelLine, ...]:
    """The mean equation, the characteristic equation and the coefficients, as derived, of every scheme of the modes.

    The equations of plain workers stand only where there are plain workers: of another scheme they would be wrong.
    """
    lines = _plain_lines() if any(mode.is_plain for mode in modes) else ()
    others = {words_of(mode): mode for mode in reversed(modes) if not mode.is_plain}
    return (*lines, *(line for words, mode in reversed(others.items()) for line in _scheme_lines(words, mode)))


def _plain_lines() -> tuple[ModelLine, ...]:
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


def words_of(mode: ModePredictions) -> str:
    """The scheme of a mode in words: its rule, modifiers in force, momentum.

    Example: ``words_of(ModePredictions(load_study("reports/studies/textbook.toml").cases[0].study, 0)) ==
    "asynchronous"``.
    """
    scheme, optimizer = mode.study.scheme, mode.study.optimizer
    assert scheme is not None
    assert optimizer is not None
    momentum = ("momentum",) if optimizer.momentum != 0 else ()
    return " with ".join((scheme.rule, *(name.replace("_", " ") for name in (*scheme.active, *momentum))))


def _scheme_lines(words: str, mode: ModePredictions) -> tuple[ModelLine, ...]:
    """H of a scheme by the claim that says it, then what the claims say of its damping, noise and updates."""
    told = ("damping_coefficient", "noise_intensity", "arrival_rate", "time_per_update", "stationary_variance")
    own = [claim for claim in mode.model.claims if claim.quantity in told and not claim.id.startswith("delay.")]
    characteristic = CLAIMS[mode.model.characteristic_claim].derived.result
    return (
        ModelLine(SCHEME, f"{words.capitalize()}: where the mean is stable.", (characteristic,)),
        *(ModelLine(SCHEME, claim.statement, (claim.derived.result,)) for claim in own),
    )


def derived_report(study_file: StudyFile) -> Report:
    """The report's derivations and formulas alone, for ``derive --latex``."""
    systems = [(case.label, modes_of(case)) for case in study_file.cases if case.study.equation is None]
    every = tuple(mode for _, modes in systems for mode in modes)
    equations = [case for case in study_file.cases if case.study.equation is not None]
    claims = {claim.id: claim for case in equations for claim in equation_claims(case.study)}
    chosen = (*derivations(every), *(claim.derived for claim in claims.values()))
    told = [ToldCase(case.label, "an equation", equation_formulas(case.study), ()) for case in equations]
    return Report(
        name=study_file.name,
        title=study_file.title or study_file.name,
        question=study_file.question,
        study=written_study(study_file),
        cases=(*(told_case(label, modes) for label, modes in systems), *told),
        verdicts=(),
        findings=(),
        figures=(),
        derivations=chosen,
        false_alarm_rate=0.0,
        provenance=steps_proven(chosen),
        model=model_lines(every) if every else (),
    )
