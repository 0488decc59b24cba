"""verify: verdicts on claims by algebra, by certified agreement and by simulation, and the reports that tell them.

Names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "ErrorBudget": ("verify.statistics.gates", "ErrorBudget"),
    "Verdict": ("verify.verdict", "Verdict"),
    "assert_implements": ("verify.implementations.checking", "assert_implements"),
    "check_certificate": ("verify.certificates.checking", "check_certificate"),
    "check_implementation": ("verify.implementations.checking", "check_implementation"),
    "check_law": ("verify.implementations.law_checks", "check_law"),
    "check_simulator": ("verify.implementations.simulator_checks", "check_simulator"),
    "check_derivation": ("verify.identities", "check_derivation"),
    "judge_agreement": ("verify.agreement", "judge_agreement"),
    "judge_equal": ("verify.statistics.gates", "judge_equal"),
    "judge_equivalent": ("verify.statistics.gates", "judge_equivalent"),
    "predict": ("verify.predicting.predictions", "ModePredictions"),
    "simulate_study": ("verify.sampling.simulating", "simulate_study"),
    "report_study": ("verify.reporting", "report_study"),
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'verify' has no attribute {name!r}")
    home, inner = _HOMES[name]
    return getattr(import_module(home), inner)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
