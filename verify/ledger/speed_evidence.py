"""Stage: evidence as data. Input: second routes about speed. Output: rows of evidence: kind, check, claims."""

from __future__ import annotations

from verify.ledger.scheme_evidence import Row
from verify.second_routes import clocks, roots, zero_threshold
from verify.second_routes import speed_of_laws as speed
from verify.verdict import Evidence

_CERTIFIED: Evidence = "certified agreement"
_FINITE: Evidence = "exact finite M"

ROWS: tuple[Row, ...] = (
    (
        _CERTIFIED,
        roots.threshold_agreement,
        (
            "delay.critical-damping.shifted-exponential",
            "delay.critical-damping.inverse-gaussian",
            "delay.critical-damping.uniform-from-zero",
            "delay.stability-limit.inverse-gaussian",
        ),
    ),
    (_CERTIFIED, speed.shifted_agreement, (speed.SHIFT, speed.SHIFTED)),
    (_CERTIFIED, speed.mixture_agreement, (speed.BEYOND, speed.RESPONSE)),
    (_CERTIFIED, speed.spread_agreement, (speed.EXCESS, speed.LEAST)),
    (_CERTIFIED, speed.bound_agreement, (speed.BOUND,)),
    (_CERTIFIED, speed.risk_agreement, (speed.RISK,)),
    (_CERTIFIED, speed.even_spread, (speed.EVEN,)),
    (_CERTIFIED, speed.momentum_limit, (speed.MOMENTUM,)),
    (_CERTIFIED, speed.constant_momentum, (speed.SHARE, speed.STEP)),
    (_CERTIFIED, clocks.clock_agreement, (clocks.DRAWN, clocks.VELOCITY)),
    (_FINITE, zero_threshold.fresh_intervals, (zero_threshold.INTERVAL, zero_threshold.MEAN)),
    (_FINITE, zero_threshold.fresh_moments, (zero_threshold.VARIANCE,)),
)
