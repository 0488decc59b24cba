"""Stage: spectra of a study. Input: a study. Output: its characteristic equations and certified roots."""

from __future__ import annotations

from typing import Any

from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.exact import Number
from derive.studies.models import linear_model_of, refuse_without_model
from derive.studies.records import DelayEquation, Study, UpdateEquation
from numeric.roots.characteristic import spectrum


def characteristic_equations(study: Study) -> tuple[CharacteristicEquation, ...]:
    """H of the study's equation, or one H per mode of its system (rung R3).

    Raises ``StudyError`` for a system that the linear theory does not cover.
    """
    equation = study.equation
    if isinstance(equation, DelayEquation):
        return (delay_equation(equation.damping, equation.delay, equation.friction),)
    if isinstance(equation, UpdateEquation):
        return (update_equation(equation.step, equation.staleness, equation.momentum),)
    refuse_without_model(study)
    assert study.objective is not None
    return tuple(linear_model_of(study, mode).characteristic_equation for mode in range(len(study.objective.curvature)))


def study_spectra(
    study: Study, *, right_of: Number | None = None, count: int | None = None, digits: int | None = None
) -> dict[str, Any]:
    """The certified roots as INTERFACE's JSON (kind: enclosures); {"modes": [...]} where there are several modes."""
    spectra = [
        spectrum(equation, right_of=right_of, count=count, digits=digits).to_json()
        for equation in characteristic_equations(study)
    ]
    if len(spectra) == 1:
        return spectra[0]
    return {"modes": [{"mode": mode, **one} for mode, one in enumerate(spectra)]}
