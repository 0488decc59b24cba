"""Stage: time per update. Input: a law of cycles, a scheme. Output: the mean time of an update, or bounds on it.

Exact where the order statistics of the law are closed or the rule asks for none, else what its claims bound. Every
number is put into the right side of a claim, or is the mean of an order statistic, which the claims name.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law, LawError
from derive.laws import Exponential, OrderStatistic
from derive.scheme import Scheme

AGED = "k-async.time-per-update-bound.new-longer-than-used"
RESTS = "k-batch-sync.least-time-per-update.new-longer-than-used"
AGEING = ("new longer than used", "memoryless")
SPREAD = "k-sync.time-per-update-bound.any-law"


@dataclass(frozen=True)
class UpdateTime:
    """Seconds from update to update, on average: ``exact`` or None, ``least``, ``longest``, and the claims used."""

    exact: sp.Expr | None
    least: sp.Expr
    longest: sp.Expr
    claims: tuple[str, ...]


def time_per_update(law: Law, scheme: Scheme) -> UpdateTime:
    """The mean time between two updates of a rule without modifiers, in seconds (kind: exact expressions).

    ``law`` is that of a cycle. Where it is not known exactly, least and longest differ; they are 0 and oo where no
    claim bounds it. Raises ``ValueError`` for a scheme with modifiers, whose updates come at another rate.

    Example: ``time_per_update(Exponential(6), KSync(workers=3, batch=2)).exact == 5``.
    """
    if scheme.active:
        raise ValueError(f"scheme = {scheme.rule} with {', '.join(scheme.active)}: allowed: a rule without modifiers")
    workers, batch = scheme.workers, getattr(scheme, "batch", sp.Integer(1))
    if scheme.rule in ("asynchronous", "k-batch-async"):
        return _exactly(_put("run-time.time-per-update.k-batch-async", law, workers, batch), "k-batch-async")
    if scheme.rule in ("synchronous", "k-sync"):
        size = workers if scheme.rule == "synchronous" else batch
        return _first_finished(law, workers, size, scheme.rule)
    if isinstance(law, Exponential):
        claim = f"{scheme.rule}.time-per-update.exponential"
        time = _put(claim, law, workers, batch)
        return UpdateTime(time, time, time, (claim,))
    if scheme.rule == "k-batch-sync":
        bound, aged = "k-batch-sync.time-per-update-bound.any-law", law.ageing in AGEING
        least = _put(RESTS, law, workers, batch) if aged else sp.Integer(0)
        return UpdateTime(None, least, _put(bound, law, workers, batch), (bound, RESTS) if aged else (bound,))
    return _idling(law, workers, batch)


def _first_finished(law: Law, workers: sp.Expr, size: sp.Expr, rule: str) -> UpdateTime:
    """E[X_{size:M}]: closed, or between 0 and the bound by the spread."""
    closed = f"k-sync.time-per-update.{law.name.replace('_', '-')}"
    if closed in CLAIMS:
        time = _put(closed, law, workers, size)
        return UpdateTime(time, time, time, (closed,))
    try:
        return _exactly(OrderStatistic(law, int(size), int(workers)).mean, rule)
    except LawError:
        return UpdateTime(None, sp.Integer(0), _put(SPREAD, law, workers, size), (SPREAD,))


def _idling(law: Law, workers: sp.Expr, batch: sp.Expr) -> UpdateTime:
    """K-async: never faster than busy workers; not slower than new ones where cycles are new longer than used."""
    name = "k-async.least-time-per-update.any-law"
    least = _put(name, law, workers, batch)
    if law.ageing not in AGEING:
        return UpdateTime(None, least, sp.oo, (name,))
    renewed = _first_finished(law, workers, batch, "k-sync")
    return UpdateTime(None, least, renewed.longest, (name, AGED, *(one for one in renewed.claims if one == SPREAD)))


def _exactly(time: sp.Expr, rule: str) -> UpdateTime:
    claim = f"run-time.time-per-update.{rule}"
    return UpdateTime(time, time, time, (claim,) if claim in CLAIMS else ())


def _put(claim: str, law: Law, workers: sp.Expr, batch: sp.Expr) -> sp.Expr:
    expression = CLAIMS[claim].expression
    put = {y.workers: workers, y.batch: batch, y.mean_delay: law.mean}
    put |= dict(law.values_in_claims or {})
    if y.cycle_variation in expression.free_symbols:
        put[y.cycle_variation] = law.squared_coefficient_of_variation
    return expression.subs(put, simultaneous=True).doit()
