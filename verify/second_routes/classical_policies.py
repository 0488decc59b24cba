"""Stage: proofs about classical policies. Input: predictions of a mode. Output: verdicts on weights and learning rates.

Weights are averaged over the probabilities of a staleness one by one; a divided learning rate is given to workers,
whose certified decay rate is compared with that at the claimed damping, and with 1/theta.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.laws import Constant
from derive.models.linear import linear_model
from derive.schemes import Asynchronous
from numeric.enclosed.renewal import between
from numeric.enclosure import evaluate
from numeric.roots.characteristic import spectrum
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

WORKERS = 8
STEP = sp.Rational(1, 5)  # learning rate x curvature before it is divided
MOST = 600  # geometric stalenesses added up, and a quarter of Poisson ones; beyond lie (7/8)^600 and 7^150/150!
_REST = Fraction(1, 10**30)


def weight_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """1/(1 + K) over a geometric staleness (exponential cycles) and over a Poisson one (constant cycles)."""
    if mode.mode != 0:
        return
    others, chance = WORKERS - 1, sp.Rational(1, WORKERS)
    put = {y.other_rate: others, y.mean_delay: 1}
    geometric, poisson, term = sp.Integer(0), sp.Integer(0), sp.Integer(1)
    for count in range(MOST // 4):
        poisson += term / (1 + count)
        term *= sp.Rational(others, count + 1)
    geometric = sum((chance * (1 - chance) ** count / (1 + count) for count in range(MOST)), start=geometric)
    for name, total in (("exponential", evaluate(geometric)), ("constant", evaluate(poisson * sp.exp(-others)))):
        claim = f"policy.mean-weight.{name}"
        words = f"weights 1/(1 + K) averaged over the stalenesses of {WORKERS} workers ({name}), one by one"
        yield judge_agreement(
            claim, case, words, evaluate(CLAIMS[claim].expression.subs(put)), total + between(-_REST, _REST)
        )


def divided_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Eight workers with an eighth of the learning rate: their certified rate, at the claimed damping and by itself."""
    if mode.mode != 0:
        return
    law = Constant(1)
    divided = linear_model(law, Asynchronous(WORKERS), learning_rate=STEP / WORKERS, curvature=1)
    found = spectrum(divided.characteristic_equation, digits=20).decay_rate
    claim, share = "policy.damping-coefficient.asynchronous", "policy.share-of-best.constant"
    put = {y.learning_rate: STEP, y.curvature: sp.Integer(1), y.mean_delay: sp.Integer(1)}
    claimed = spectrum(delay_equation(CLAIMS[claim].expression.subs(put), law), digits=20).decay_rate
    if found is None or claimed is None:
        return
    words = f"decay rate of {WORKERS} workers with a learning rate over their mean staleness and one"
    yield judge_agreement(claim, case, words, claimed, found)
    words = f"certified decay rate of {WORKERS} such workers, over 1/theta"
    yield judge_agreement(share, case, words, evaluate(CLAIMS[share].expression.subs(put)), found)
