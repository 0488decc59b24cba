"""Records of proofs: what a candidate stands for, and what is printed of a proof."""

from __future__ import annotations

from numeric.enclosure import acb, arb
from numeric.roots.evidence import Candidate, Proof
from numeric.roots.winding import Rectangle


def test_a_candidate_off_the_axis_stands_for_its_conjugate_too() -> None:
    pair, real = Candidate(acb(arb(-1), arb(2, 0.1))), Candidate(acb(arb(-1, 0.1)), 3)
    assert (pair.weight, pair.on_axis) == (2, False)
    assert (real.weight, real.on_axis) == (3, True)


def test_a_proof_prints_its_regions_counts_and_precision() -> None:
    proof = Proof((Rectangle(arb(-1), arb(2), arb(3)),), (2,), 64)
    assert proof.to_json() == {"region": [["-1.0000000000000000", "2.0000000000000000", "3.0000000000000000"]],
                               "winding_numbers": [2], "precision_bits": 64}  # fmt: skip
