"""Stage: telling. Input: a Report. Output: the object of report.json, and small facts the page and the paper share."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from derive.derivation import Derivation, Step
from derive.formulas.latex import latex, latex_equation
from verify.report import Case, Formula, Report
from verify.verdict import Value

SCHEMA = "staleproof-report/1"
PROOFS = "proofs"  # provenance[PROOFS]: how many steps this run checked, how many an earlier one
KEPT_STEPS = (
    "kept_steps"  # provenance[PROOFS][KEPT_STEPS][derivation title] lists the steps that an earlier run checked
)
STEP_CHECKS = "step_checks"  # provenance[STEP_CHECKS][derivation title] lists how each step was checked


def report_json(report: Report) -> dict[str, Any]:
    """Return the object of report.json: study, cases, verdicts, findings, provenance.

    Example: ``report_json(report)["schema"] == "staleproof-report/1"``.
    """
    return {
        "schema": SCHEMA,
        "name": report.name,
        "title": report.title,
        "question": report.question,
        "paper_claims": [asdict(claim) for claim in report.paper_claims],
        "study": report.study,
        "passed": report.passed,
        "false_alarm_rate": report.false_alarm_rate,
        "checks_in_run": report.checks_in_run,
        "cases": [_case(case) for case in report.cases],
        "verdicts": [verdict.to_json() for verdict in report.verdicts],
        "findings": list(report.findings),
        "derivations": [_derivation(report, derivation) for derivation in report.derivations],
        "provenance": report.provenance,
    }


def _case(case: Case) -> dict[str, Any]:
    quantities = [{"name": name, "rung": rung, "value": value.to_json()} for name, rung, value in case.quantities]
    return {
        "label": case.label,
        "description": case.description,
        "formulas": [_formula(formula) for formula in case.formulas],
        "quantities": quantities,
        "simulation_only": case.simulation_only or None,
    }


def _formula(formula: Formula) -> dict[str, Any]:
    return {
        "name": formula.name,
        "expression": str(formula.right),
        "latex": latex_equation(formula.left, formula.right),
        "conditions": list(formula.conditions),
        "claim": formula.claim,
        "source": formula.source,
        "hash": formula.hash,
        "value": formula.value.to_json() if formula.value is not None else None,
    }


def _derivation(report: Report, derivation: Derivation) -> dict[str, Any]:
    checks = step_checks(report, derivation)
    steps = [
        {
            "step": step.number,
            "assumes": sorted(need.id for need in step.rule.requires),
            "rule": step.rule.label,
            "equation": f"{latex(step.output.left)} = {latex(step.output.right)}",
            "checked_by": check or None,
        }
        for step, check in zip(derivation.steps, checks, strict=True)
    ]
    return {"title": derivation.title, "source": derivation.source, "steps": steps}


def step_checks(report: Report, derivation: Derivation) -> tuple[str, ...]:
    """How each step was checked, as stored by whoever checked it; empty where nothing is stored."""
    stored = report.provenance.get(STEP_CHECKS, {}).get(derivation.title, ())
    return tuple(stored[at] if at < len(stored) else "" for at in range(len(derivation.steps)))


def step_inputs(derivation: Derivation, step: Step) -> tuple[int, ...]:
    """The numbers of the steps whose equations this step used."""
    earlier = derivation.steps[: step.number - 1]
    return tuple(
        next(other.number for other in reversed(earlier) if other.output == given)
        for given in step.inputs
        if any(other.output == given for other in earlier)
    )


@dataclass(frozen=True)
class FormulaGroup:
    """One closed form with its values in every case that shares it."""

    formula: Formula
    values: tuple[tuple[str, Value], ...]
    cases: tuple[str, ...]


def formula_groups(report: Report) -> tuple[FormulaGroup, ...]:
    """The formulas of all cases, equal ones told once, in the order of their first appearance."""
    groups: dict[tuple[Any, ...], list[tuple[str, Formula]]] = {}
    for case in report.cases:
        for formula in case.formulas:
            groups.setdefault((formula.name, formula.left, formula.right), []).append((case.label, formula))
    return tuple(
        FormulaGroup(
            members[0][1],
            tuple((label, formula.value) for label, formula in members if formula.value is not None),
            tuple(label for label, _ in members),
        )
        for members in groups.values()
    )


def quantity_rows(report: Report) -> tuple[tuple[str, str, tuple[Value | None, ...]], ...]:
    """(name, rung, one value per case) for every quantity of any case; None where a case lacks it."""
    keys = dict.fromkeys((name, rung) for case in report.cases for name, rung, _ in case.quantities)
    found = [{(name, rung): value for name, rung, value in case.quantities} for case in report.cases]
    return tuple((name, rung, tuple(values.get((name, rung)) for values in found)) for name, rung in keys)


def source_texts(report: Report) -> tuple[str, ...]:
    """Every text that may name a source."""
    formulas = [formula.source for case in report.cases for formula in case.formulas]
    derivations = [derivation.source for derivation in report.derivations]
    verdicts = [verdict.statement for verdict in report.verdicts]
    described = [case.description for case in report.cases]
    paper = ("Yu2025",) if report.paper_claims else ()
    return (
        *paper,
        report.question,
        *report.findings,
        *formulas,
        *derivations,
        *verdicts,
        *described,
        str(report.study),
    )
