"""Stage: proofs about triggered transmissions. Input: predictions of a mode. Output: verdicts on what each carries."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from numeric.enclosure import evaluate
from verify.agreement import judge_agreement, judge_certified_bound
from verify.predicting.predictions import ModePredictions
from verify.second_routes.triggers import LEAST, MODES, quadratures
from verify.verdict import Verdict


def transmission_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Gain over share, both certified quadratures of the normal density: of three modes; of one, against its bound."""
    if mode.mode != 0:
        return
    claim, bound = "trigger.gain-per-transmission.event-trigger", "trigger.least-gain-per-transmission.event-trigger"
    gain, share = quadratures(MODES)
    claimed = evaluate(CLAIMS[claim].expression.subs({y.trigger: LEAST, y.modes: sp.Integer(MODES)}))
    words = f"trigger {LEAST} of the norm of three modes: damping of a gradient that is sent, quadratures"
    yield judge_agreement(claim, case, words, claimed, gain / share)
    gain, share = quadratures(1)
    claimed = evaluate(CLAIMS[bound].expression.subs(y.trigger, LEAST))
    words = f"trigger {LEAST} of one mode: damping of a gradient that is sent, quadratures"
    yield judge_certified_bound(bound, case, words, claimed, gain / share, direction="at least")
