"""Stage: evidence as data. Input: second routes of transients. Output: rows of evidence: kind, check, claims."""

from __future__ import annotations

from verify.ledger.scheme_evidence import Row
from verify.second_routes import scheme_transients, second_moments, transients
from verify.verdict import Evidence

_CERTIFIED: Evidence = "certified agreement"
_FINITE: Evidence = "exact finite M"

ROWS: tuple[Row, ...] = (
    (_CERTIFIED, transients.transform_agreement, ("transients.transform.any-law",)),
    (_CERTIFIED, transients.path_agreement, ("transients.mean-path.constant",)),
    (
        _CERTIFIED,
        transients.exponential_agreement,
        ("transients.mean-path.exponential", "transients.oscillating-path.exponential"),
    ),
    (
        _CERTIFIED,
        transients.residue_agreement,
        ("transients.residue.any-law", "transients.residue.constant", "transients.residue.gamma"),
    ),
    (_CERTIFIED, transients.training_agreement, ("transients.training-time.any-law",)),
    (_CERTIFIED, scheme_transients.velocity_transients, (scheme_transients.TRANSFORM, scheme_transients.RESIDUE)),
    (
        _CERTIFIED,
        scheme_transients.iterated_updates,
        (scheme_transients.PATH, scheme_transients.SQUARE, scheme_transients.TIME),
    ),
    (_CERTIFIED, transients.tail_agreement, ("transients.late-mean.pareto",)),
    (_CERTIFIED, second_moments.volterra_agreement, (second_moments.VOLTERRA,)),
    (_CERTIFIED, second_moments.risk_agreement, (second_moments.RISK,)),
    (_FINITE, second_moments.named_workers, (second_moments.IN_TIME,)),
)
