"""derive: closed forms of the delay theory of asynchronous SGD, each the end of machine-checked steps.

    law + scheme -> delay law -> linear model -> characteristic function -> claims

Names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Asynchronous": "derive.schemes",
    "CLAIMS": "derive.claims",
    "Claim": "derive.claims",
    "CharacteristicEquation": "derive.characteristic",
    "Constant": "derive.laws",
    "Derivation": "derive.derivation",
    "Empirical": "derive.laws",
    "Exponential": "derive.laws",
    "Gamma": "derive.laws",
    "IndependentSum": "derive.laws",
    "KAsync": "derive.schemes",
    "KBatchAsync": "derive.schemes",
    "KBatchSync": "derive.schemes",
    "KSync": "derive.schemes",
    "Geometric": "derive.integer_laws",
    "Hyperexponential": "derive.laws",
    "InverseGaussian": "derive.laws",
    "LAWS": "derive.laws",
    "Law": "derive.laws",
    "LinearModel": "derive.models.linear",
    "LogNormal": "derive.laws",
    "Mixture": "derive.laws",
    "OrderStatistic": "derive.laws",
    "OutsideDomainError": "derive.models.linear",
    "Pareto": "derive.laws",
    "PhaseType": "derive.laws",
    "Poisson": "derive.integer_laws",
    "SCHEMES": "derive.schemes",
    "ShiftedExponential": "derive.laws",
    "Study": "derive.studies.study",
    "StudyError": "derive.studies.study",
    "Synchronous": "derive.schemes",
    "Truncated": "derive.laws",
    "Uniform": "derive.laws",
    "Weibull": "derive.laws",
    "UniformInteger": "derive.integer_laws",
    "EmpiricalInteger": "derive.integer_laws",
    "delay_equation": "derive.characteristic",
    "linear_model": "derive.models.linear",
    "load_study": "derive.studies.study",
    "mode_model": "derive.models.schemes",
    "scheme_model": "derive.models.schemes",
    "update_equation": "derive.characteristic",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
