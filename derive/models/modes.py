"""Stage: linear models. Input: claims and a model's numbers. Output: what every model of one mode can say of itself.

Three models say it: of plain asynchronous workers (derive/models/linear.py), of schemes whose mean obeys a delay
equation (derive/models/schemes.py), and of schemes that live on the recursion (derive/models/recursion.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from derive.claims import CLAIMS, Claim
from derive.formulas.shown import ShownAsLatex
from derive.law import Law
from derive.laws import Gamma, Uniform
from derive.scheme import Scheme

LARGEST_EXACT_SHAPE = 100

_NAMES = {"uplink_capacity": "shared-uplink"}
_FAMILIES = {"asynchronous", "filter", "fresh"}  # schemes whose claims may hold where only those of ``also`` are named


class OutsideDomainError(ValueError):
    """A closed form was asked for outside its domain, where it would return a plausible wrong number."""


class NoLinearModelError(ValueError):
    """The theory does not cover a scheme; it can only be simulated."""


class ModeModel(ShownAsLatex, ABC):
    """One mode of a law and a scheme, linearised at the optimum; all numbers are exact expressions."""

    law: Law
    scheme: Scheme

    @property
    @abstractmethod
    def values(self) -> dict[sp.Symbol, sp.Expr]:
        """The notation table's symbols with this model's numbers, as far as they are numbers known exactly."""

    @property
    @abstractmethod
    def characteristic_equation(self) -> CharacteristicEquation:
        """H = 0, ready for numeric.spectrum."""

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) = E[exp(-s tau)] of the delay of what is applied: the cycle's own, unless the scheme says otherwise."""
        return self.law.laplace_transform(s)

    @property
    def characteristic_claim(self) -> str:
        """The id of the claim that says what H is."""
        return "delay.characteristic-function.any-law"

    @property
    def noise_equation(self) -> CharacteristicEquation:
        """H as s + G(s), in which the white noise of the gradients is the whole drive: its gain makes the variance."""
        return self.characteristic_equation

    @property
    def scheme_names(self) -> set[str]:
        """The names under which claims speak of this scheme: its modifiers, or else its rule."""
        active = set(self.scheme.active)
        if "age_threshold" in active:  # dropped or abandoned: two schemes, each with claims of its own
            active = active - {"age_threshold", "age_action"} | {f"age_{self.scheme.age_action}"}
        return {_NAMES.get(name, name.replace("_", "-")) for name in active} or {self.scheme.rule}

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that speak of this law and scheme."""
        return tuple(claim for claim in CLAIMS.values() if self.is_about(claim))

    def is_about(self, claim: Claim) -> bool:
        """Whether the claim holds for this law and scheme."""
        if claim.id.startswith("law."):
            return claim.law == self.law.name and self.law.values_in_claims is not None
        names = self.scheme_names
        present = claim.scheme in names or claim.scheme in _FAMILIES
        return present and names <= {claim.scheme, *claim.also} and claim.law in families_of(self.law)

    def claimed(self, claim_id: str) -> sp.Expr:
        """The claim's right side with this model's numbers put in; ``OutsideDomainError`` where it does not hold."""
        claim, values = CLAIMS[claim_id], self.values
        if not self.is_about(claim):
            raise OutsideDomainError(f"{claim_id} holds for the law {claim.law}, not for {self.law.name}")
        for symbol in sorted(claim.expression.free_symbols | claim.derived.domain.free_symbols, key=str):
            if _contradicts(symbol, values.get(symbol, symbol)):
                raise OutsideDomainError(f"{claim_id} needs a finite {symbol} in its range, not {values[symbol]}")
        domain = claim.derived.domain
        domain = domain.subs({name: values[name] for name in domain.free_symbols if name in values})
        if domain == sp.false or (domain != sp.true and not domain.free_symbols and not bool(sp.simplify(domain))):
            raise OutsideDomainError(f"{claim_id} holds where {claim.derived.domain}, which is not so here")
        return self._put_in(claim)

    def latex(self) -> str:
        """The characteristic equation as LaTeX, with its numbers."""
        return self.characteristic_equation.latex()

    def _put_in(self, claim: Claim) -> sp.Expr:
        values = dict(self.values)
        if _would_explode(claim.expression, values):
            del values[y.shape]  # stays a symbol: whoever wants the number encloses it
        return self.law.put_parts_in(put_in(claim, values))


def put_in(claim: Claim, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The claim's right side with numbers for symbols, all at once."""
    return with_numbers(claim.expression, values)


def with_numbers(expression: sp.Basic, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """An expression with numbers for those of the symbols that it holds, all at once."""
    held = expression.free_symbols
    return expression.subs({name: value for name, value in values.items() if name in held}, simultaneous=True)


def families_of(law: Law) -> set[str]:
    """The names under which claims speak of this law: itself, its family, and the general case."""
    names = {"any", law.name}
    if isinstance(law, Gamma) and law.shape.is_Integer:
        names |= {"erlang", f"erlang-{law.shape}"} | ({"exponential"} if law.shape == 1 else set())
    if law.name == "exponential":
        names |= {"erlang", "gamma"}
    if isinstance(law, Uniform) and law.low == 0:
        names |= {"uniform-from-zero"}
    if law.name == "constant":
        names |= {"fixed-staleness"}
    if law.ageing in ("memoryless", "new longer than used"):
        names |= {"new-longer-than-used"}
    return names


def stages_of(law: Law) -> sp.Expr | None:
    """The shape of a gamma law, 1 of an exponential one; None of any other."""
    return {"exponential": sp.Integer(1), "gamma": getattr(law, "shape", None)}.get(law.name)


def _would_explode(expression: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> bool:
    """Whether an exact power such as (k/(k+1))^(k+1) would have more digits than anyone can use."""
    shape = values.get(y.shape)
    if shape is None or not shape.is_number or abs(shape) <= LARGEST_EXACT_SHAPE:
        return False
    return any(power.exp.has(y.shape) for power in expression.atoms(sp.Pow))


def _contradicts(symbol: sp.Symbol, value: sp.Expr) -> bool:
    """Whether a number breaks what the symbol's assumptions say (a claim was derived under them)."""
    if symbol.is_positive:
        return value.is_positive is False or value.is_real is False
    return bool(symbol.is_nonnegative) and value.is_nonnegative is False
