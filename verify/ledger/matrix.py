"""Stage: the ledger. Input: claims and their evidence. Output: the matrix of both with power, and one claim in full.

The rows stand in verify/ledger/evidence.py, the power of each in verify/ledger/power.json. A claim with fewer than two
kinds of evidence is shown as such.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from typing import Any

from derive.claims import CLAIMS, Claim
from derive.formulas.latex import latex_equation
from derive.symbols import NOTATION
from verify.implementations.certified_points import is_checkable
from verify.implementations.checking import claim_of
from verify.ledger.evidence import WANTED, Leg, legs_of
from verify.ledger.power import in_words, published_power
from verify.telling.sources import bibtex, cited

_HASH = 12


def evidence(claim: Claim) -> list[dict[str, Any]]:
    """The kinds of evidence of a claim: the check that provides each, and its power in the default studies."""
    about = claim.id if claim.id in CLAIMS else claim.id.rpartition(".")[0]  # of a claim with a law put in: its own
    return [_leg(leg) for leg in legs_of(about)]


def _leg(leg: Leg) -> dict[str, Any]:
    power = published_power().get(leg.claim, {}).get(leg.kind)
    return {
        "kind": leg.kind,
        "check": f"{leg.check.__module__}.{leg.check.__name__}",
        "power": in_words(power),
        **(power or {"study": None}),
    }


def list_claims() -> list[dict[str, Any]]:
    """Every claim with its statement, rung, relation and evidence, in the registry's order."""
    listed = []
    for claim in CLAIMS.values():
        legs = evidence(claim)
        kinds = list(dict.fromkeys(leg["kind"] for leg in legs))
        listed.append(
            {
                "claim": claim.id,
                "statement": claim.statement,
                "relation": claim.relation,
                "rung": claim.rung,
                "evidence": kinds,
                "power": {kind: next(leg["power"] for leg in legs if leg["kind"] == kind) for kind in kinds},
                "legs": len(kinds),
                "one_legged": len(kinds) < WANTED,
            }
        )
    return listed


def explain_claim(claim_id: str) -> dict[str, Any]:
    """One claim: statement, formula, conditions, source, evidence with power, how to cite it, and a stub."""
    claim = claim_of(claim_id, "ID")
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
        "cite": _citations(claim),
        "stub": _stub(claim),
    }


def formula_hash(claim: Claim) -> str:
    """The first digits of the SHA-256 of a claim's id and equation: another formula under this id has another hash."""
    result = claim.derived.result
    return sha256(f"{claim.id}: {result.left} = {result.right}".encode()).hexdigest()[:_HASH]


def _citations(claim: Claim) -> list[str]:
    """BibTeX of the literature that states the result, and of the result as it stands here."""
    release, digest = version("staleproof"), formula_hash(claim)
    own = (
        f"@software{{staleproof:{claim.id},\n"
        f"  title = {{staleproof, claim {claim.id}}},\n"
        f"  version = {{{release}}},\n"
        f"  note = {{{claim.statement} Formula {digest}}}\n}}"
    )
    return [*bibtex(claim.source), own]


def _stub(claim: Claim) -> str:
    """A function to fill in, with the claim's argument names, and the command that checks it if one can."""
    name = claim.id.replace(".", "_").replace("-", "_")
    meant = {entry.symbol: f"{entry.meaning} ({entry.unit})" for entry in NOTATION.values()}
    told = "".join(f"\n    {each}: {meant[symbol]}" for each, symbol in claim.arguments.items())
    command = f"\n\n# staleproof check MODULE:{name} --claim {claim.id}\n" if is_checkable(claim) else ""
    return (
        f"def {name}({', '.join(claim.arguments)}):\n"
        f'    """{claim.statement}\n{told}\n\n    Arguments may be NumPy arrays, which broadcast.\n    """\n'
        f"    raise NotImplementedError\n{command}"
    )
