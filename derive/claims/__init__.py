"""Stage: claims. Input: derivations. Output: the registry of every claim by its permanent id.

A new claim is one row in the file of its subject (CONTRIBUTING, recipe 3).
"""

from __future__ import annotations

from derive.claims import arrivals, delay, laws, noise
from derive.claims.record import Claim

CLAIMS: dict[str, Claim] = {claim.id: claim for subject in (arrivals, delay, noise, laws) for claim in subject.CLAIMS}

__all__ = ["CLAIMS", "Claim"]
