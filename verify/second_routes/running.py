"""Stage: proofs of a case. Input: predictions of every mode. Output: verdicts by algebra and by certified agreement.

Each compares a closed form with a second route that has not seen it; verify/ledger/evidence.py says which check
provides which evidence, and every check there is run here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.claims import CLAIMS
from verify.identities import identity_verdict
from verify.ledger.evidence import proof_checks
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict


def identities(claim_ids: Iterable[str]) -> Iterator[Verdict]:
    """Every derivation checked step by step, and every step made wrong on purpose refused."""
    for claim_id in claim_ids:
        claim = CLAIMS[claim_id]
        yield identity_verdict(claim_id, "", claim.statement, claim.derived)


def agreements(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The second routes that apply to this mode's law and scheme, each check of the ledger run once."""
    for check in proof_checks(mode.model.is_about):
        yield from check(mode, case)
