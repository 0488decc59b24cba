"""Stage: models of a study. Input: a study of workers. Output: one linear model a mode, or why there is none.

The only way from a study to a linear model, because a model that left out a part of the study would answer for another
system. What it does not cover can still be simulated, and the refusal says so.
"""

from __future__ import annotations

from typing import Any

from derive.models.applied import why_unmodelled
from derive.models.modes import ModeModel, NoLinearModelError
from derive.models.schemes import mode_model
from derive.studies.records import NoCycleLawError, Study
from derive.studies.schema import MISSING, StudyError, Verbatim


def linear_model_of(study: Study, mode: int = 0) -> ModeModel:
    """The linear model of one mode (0, 1, ...) of a study of workers, its numbers exact.

    Raises ``StudyError`` where the theory does not cover the study, or where it is one of an equation.

    Example: ``linear_model_of(load_study("reports/studies/textbook.toml").cases[0].study).scheme.workers == 16``.
    """
    _refuse_uncovered(study)
    assert study.workers is not None
    assert study.scheme is not None
    assert study.optimizer is not None
    assert study.objective is not None
    try:
        return mode_model(
            study.workers.cycle_law,
            study.scheme,
            learning_rate=study.optimizer.learning_rate,
            curvature=study.objective.curvature[mode],
            gradient_noise=study.objective.gradient_noise[mode],
            momentum=study.optimizer.momentum,
            modes=len(study.objective.curvature),
        )
    except NoLinearModelError as problem:
        reason = str(problem).rpartition("simulation only: ")[2]
        if study.optimizer.momentum != 0:
            raise _simulation_only(study, "optimizer.momentum", study.optimizer.momentum, "momentum", reason) from None
        raise _simulation_only(study, *_scheme_in_words(study), reason) from None


def refuse_without_model(study: Study) -> None:
    """Raise ``StudyError`` with the key that the linear theory does not cover; return where it covers the study."""
    linear_model_of(study)


def why_simulation_only(study: Study) -> str:
    """Why a study of workers can only be simulated, or "" where it has a linear model.

    Raises ``StudyError`` for a study of an equation.

    Example: ``why_simulation_only(load_study("reports/studies/textbook.toml").cases[0].study) == ""``.
    """
    try:
        refuse_without_model(study)
    except StudyError as problem:
        _, found, reason = problem.wrong.partition("simulation only: ")
        if not found:
            raise
        return reason
    return ""


def _refuse_uncovered(study: Study) -> None:
    """Refuse what needs no model to be refused."""
    if study.workers is None or study.scheme is None or study.optimizer is None:
        raise StudyError(study.path, "workers", MISSING, "an equation has no workers to derive from", "[workers]")
    if study.objective is not None and not study.objective.curvature:
        raise refusal(study, "objective.dataset", MISSING, "its curvatures are not known yet", "a linearised study")
    if not study.scheme.has_linear_model:
        raise _simulation_only(study, *_scheme_in_words(study), why_unmodelled(study.scheme))
    try:
        study.workers.cycle_law  # noqa: B018  (asked for its refusal)
    except NoCycleLawError as problem:
        raise _simulation_only(study, problem.key, problem.value, f"these workers: {problem.wrong}") from None


def _scheme_in_words(study: Study) -> tuple[str, Any, str]:
    """The key and the value that stand for the scheme, and the whole of it in words."""
    assert study.scheme is not None
    name = next(iter(study.scheme.active), "rule")
    words = " with ".join((f"the rule {study.scheme.rule}", *study.scheme.active))
    return f"scheme.{name}", getattr(study.scheme, name), words


def refusal(study: Study, key: str, value: Any, wrong: str, allowed: str) -> StudyError:
    """The refusal of a study that was read before, its value shown as the file wrote it, or else as it is.

    Example: ``refusal(load_study("reports/studies/textbook.toml").cases[0].study, "run.seed", 1, "odd", "2").key
    == "run.seed"``.
    """
    return StudyError(study.path, key, Verbatim(study.written.get(key, value)), wrong, allowed)


def _simulation_only(study: Study, key: str, value: Any, what: str, reason: str = "") -> StudyError:
    wrong = f"simulation only: no linear model for {what}" + (f" ({reason})" if reason else "")
    return refusal(study, key, value, wrong, "staleproof simulate or report, or leave it out")
