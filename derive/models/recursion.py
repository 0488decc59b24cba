"""Stage: linear models of schemes on the recursion. Input: a law, a scheme, one mode. Output: what its claims say.

Where workers wait for each other the mean of a mode obeys a recursion per update (rung Rd): the synchronous family,
whose gradients are fresh, with any cycles; K-async with exponential ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, update_equation
from derive.claims import CLAIMS, Claim
from derive.law import Law
from derive.models.applied import put_law_in, why_unmodelled
from derive.models.linear import LinearModel
from derive.models.modes import ModeModel, NoLinearModelError, OutsideDomainError, families_of
from derive.scheme import Scheme

FRESH = ("synchronous", "k-sync", "k-batch-sync")
IDLE = "k-async"
RULES = (*FRESH, IDLE)


@dataclass(frozen=True)
class RecursionModel(ModeModel):
    """One mode of a scheme whose workers wait for each other; all numbers are exact expressions."""

    law: Law
    scheme: Scheme
    plain: LinearModel  # the same workers and mode, asynchronous

    @cached_property
    def values(self) -> dict[sp.Symbol, sp.Expr]:
        """Numbers of the recursion; the time per update only where a claim gives it for this law."""
        known = {
            symbol: self.plain.values[symbol]
            for symbol in (y.workers, y.mean_delay, y.worker_rate, y.learning_rate, y.curvature, y.gradient_noise)
        }
        known |= self.law.values_in_claims or {}
        known[y.step] = self.plain.values[y.step]
        known[y.batch] = getattr(self.scheme, "batch", self.scheme.workers)
        for claim in CLAIMS.values():
            if claim.quantity == "time_per_update" and self.is_about(claim):
                known[y.update_time] = put_law_in(claim.id, known, self.law)
        return known

    @property
    def characteristic_claim(self) -> str:
        """H(z) of K-async is claimed; fresh gradients have z - 1 + eta h, whose limit is claimed."""
        idle = self.scheme.rule == IDLE
        return "k-async.characteristic-function.exponential" if idle else "synchronous.stability-limit.any-law"

    @property
    def characteristic_equation(self) -> CharacteristicEquation:
        """z - 1 + eta h = 0, or the quadratic of K-async: monic, so that |z| is at most 1 + its coefficients' sum."""
        fresh = update_equation(self.values[y.step], 0)
        if self.scheme.rule != IDLE:
            return fresh
        polynomial = sp.Poly(sp.expand(self.claimed(self.characteristic_claim)), y.z)
        bound = sum((sp.Abs(one) for one in polynomial.all_coeffs()), start=sp.Integer(0))
        return CharacteristicEquation(polynomial.as_expr(), y.z, bound, fresh.abscissa_of_convergence, "update-indexed")

    def _put_in(self, claim: Claim) -> sp.Expr:
        put_in = put_law_in(claim.id, self.values, self.law)
        if put_in.has(y.update_time):
            raise OutsideDomainError(f"{claim.id} needs the time per update, which no claim gives for {self.law.name}")
        return put_in


def recursion_model(law: Law, scheme: Scheme, plain: LinearModel) -> RecursionModel:
    """The model of a scheme of ``RULES`` without modifiers; ``plain`` is the asynchronous model of the same mode.

    Raises ``NoLinearModelError`` with the reason for what can only be simulated.

    Example: ``recursion_model(Exponential(1), KSync(4, batch=2), LinearModel(Exponential(1), Asynchronous(4),
    sp.Rational(1, 2), sp.Integer(1), sp.Integer(1))).values[y.update_time] == sp.Rational(7, 12)``.
    """
    words = " with ".join((scheme.rule, *scheme.active))
    if scheme.rule not in RULES or scheme.active:
        raise NoLinearModelError(f"scheme = {words}: simulation only: {why_unmodelled(scheme)}")
    if scheme.rule == IDLE and "exponential" not in families_of(law):
        raise NoLinearModelError(f"scheme = {words}: simulation only: {why_unmodelled(scheme)}")
    if not getattr(scheme, "batch", scheme.workers).is_number:
        raise NoLinearModelError(f"scheme = {words}: needs numbers of workers and gradients")
    return RecursionModel(law, scheme, plain)
