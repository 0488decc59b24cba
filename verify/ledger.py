"""Stage: the ledger. Input: the claims. Output: which kinds of evidence each has, and one claim explained.

A claim's symbolic leg is its derivation; the other legs are the routes of verify/proofs.py and the checks of
verify/sampling_checks.py that name it. A claim with fewer than two legs is shown as such.
"""

from __future__ import annotations

from typing import Any

from derive.claims import CLAIMS, Claim
from verify.telling.latex import latex_equation
from verify.telling.sources import cited

# Which claims the report's second routes and simulations speak of, by the prefix of their ids.
CERTIFIED = (
    "delay.roots.erlang",
    "recursion.",
    "finite-workers.gap-to-shots.exponential",
    "delay.roots.constant",
    "delay.roots.exponential",
    "delay.stationary-variance.constant",
    "delay.stationary-variance.exponential",
    "delay.stationary-variance.erlang-4",
    "delay.stability-limit.",
    "delay.critical-damping.",
    "delay.decay-rate.any-law",
    "workers.fastest-count.",
    "finite-workers.gap-to-sdde.exponential",
)
SIMULATED = (
    "law.second-moment.",
    "delay.law.any-law",
    "damping.coefficient.asynchronous",
    "arrivals.rate.any-law",
    "staleness.mean.any-law",
    "staleness.variance.any-law",
    "delay.stationary-variance.",
    "shots.stationary-variance.any-law",
    "delay.characteristic-function.any-law",
    "recursion.stability-limit.fixed-staleness",
    "recursion.stationary-variance.fixed-staleness",
    "finite-workers.mean.exponential",
    "finite-workers.second-moment.exponential",
)


def evidence(claim: Claim) -> list[str]:
    """The kinds of evidence a report run collects for the claim."""
    legs = ["symbolic identity"]
    if claim.id.startswith(CERTIFIED):
        legs.append("certified agreement")
    if claim.id.startswith(SIMULATED):
        legs.append("Monte Carlo")
    return legs


def list_claims() -> list[dict[str, Any]]:
    """Every claim with its statement, rung, relation and evidence, in the registry's order."""
    return [
        {
            "claim": claim.id,
            "statement": claim.statement,
            "relation": claim.relation,
            "rung": claim.rung,
            "evidence": evidence(claim),
            "legs": len(evidence(claim)),
        }
        for claim in CLAIMS.values()
    ]


def explain_claim(claim_id: str) -> dict[str, Any]:
    """One claim: statement, formula, conditions, source, evidence, and a stub to validate an implementation."""
    claim = CLAIMS[claim_id]
    result = claim.derived.result
    return {
        "claim": claim.id,
        "statement": claim.statement,
        "relation": claim.relation,
        "rung": claim.rung,
        "expression": f"{result.left} = {result.right}",
        "latex": latex_equation(result.left, result.right),
        "arguments": {name: str(symbol) for name, symbol in claim.arguments.items()},
        "conditions": list(claim.conditions),
        "source": cited(claim.source) if claim.source else "derived in this project",
        "evidence": evidence(claim),
        "stub": _stub(claim),
    }


def _stub(claim: Claim) -> str:
    """A function to fill in, with the claim's argument names."""
    name = claim.id.replace(".", "_").replace("-", "_")
    arguments = ", ".join(claim.arguments)
    return f'def {name}({arguments}):\n    """{claim.statement}"""\n    raise NotImplementedError\n'
