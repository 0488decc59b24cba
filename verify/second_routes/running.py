"""Stage: proofs of a case. Input: predictions of every mode. Output: verdicts by algebra and by certified agreement.

Each compares a closed form with a second route that has not seen it; verify/ledger/evidence.py says which check
provides which evidence, and every check there is run here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify.ledger.evidence import proof_checks
from verify.predicting.predictions import ModePredictions
from verify.second_routes.ahead import Prove, identity
from verify.verdict import Verdict


def identities(claim_ids: Sequence[str], prove: Prove = identity) -> Iterator[Verdict]:
    """Every derivation checked step by step, and every step made wrong on purpose refused.

    The last are proven first: a process that is ahead of this one (verify/second_routes/ahead.py) has begun with the
    first. The verdicts come in the order of the claims.
    """
    found = {claim_id: prove(claim_id) for claim_id in reversed(claim_ids)}
    yield from (found[claim_id] for claim_id in claim_ids)


def agreements(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The second routes that apply to this mode's law and scheme, each check of the ledger run once."""
    for check in proof_checks(mode.model.is_about):
        yield from check(mode, case)
