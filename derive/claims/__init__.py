"""Stage: claims. Input: derivations. Output: the registry of every claim by its permanent id.

A new claim is one row in the file of its subject (CONTRIBUTING, recipe 3).
"""

from __future__ import annotations

from derive.claims import (
    ages,
    arrivals,
    classical_policies,
    composed_laws,
    delay,
    filters,
    finite_workers,
    laws,
    noise,
    policies,
    recursion,
    run_time,
    schemes,
    speed,
    transients,
    weighted_shots,
)
from derive.claims.record import Claim

_SUBJECTS = (
    arrivals,
    delay,
    speed,
    noise,
    recursion,
    finite_workers,
    transients,
    filters,
    ages,
    schemes,
    run_time,
    weighted_shots,
    policies,
    classical_policies,
    laws,
    composed_laws,
)

CLAIMS: dict[str, Claim] = {claim.id: claim for subject in _SUBJECTS for claim in subject.CLAIMS}

__all__ = ["CLAIMS", "Claim"]
