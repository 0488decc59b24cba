"""Stage: spectra of a study. Input: a study. Output: its characteristic equations and certified roots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.exact import Number
from derive.studies.models import linear_model_of, refuse_without_model
from derive.studies.records import DelayEquation, Study, UpdateEquation
from numeric.roots.characteristic import Spectrum, spectrum


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


def proven_spectra(study: Study, **wanted: Any) -> tuple[tuple[CharacteristicEquation, Spectrum], ...]:
    """Each equation of a study with its spectrum; ``wanted`` as of ``numeric.spectrum``."""
    return tuple((equation, spectrum(equation, **wanted)) for equation in characteristic_equations(study))


def spectra_json(spectra: Sequence[Spectrum]) -> dict[str, Any]:
    """The JSON of the certified roots; {"modes": [...]} where there are several modes."""
    if len(spectra) == 1:
        return spectra[0].to_json()
    return {"modes": [{"mode": mode, **one.to_json()} for mode, one in enumerate(spectra)]}


def study_spectra(
    study: Study, *, right_of: Number | None = None, count: int | None = None, digits: int | None = None
) -> dict[str, Any]:
    """The certified roots as JSON (kind: enclosures)."""
    solved = proven_spectra(study, right_of=right_of, count=count, digits=digits)
    return spectra_json([found for _, found in solved])
