"""Stage: claims. Input: a derivation. Output: the record of one claim; it knows no tolerance, no seed, no evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import sympy as sp

from derive import assumptions
from derive.derivation import Derivation
from derive.fingerprint import fingerprint
from derive.formulas.latex import latex
from derive.formulas.shown import ShownAsLatex
from derive.symbols import NOTATION

Relation = Literal["equality", "bound", "asymptotic"]
Rung = Literal["R0", "R1", "R2", "R3", "Rd", "law"]


@dataclass(frozen=True)
class Claim(ShownAsLatex):
    """One statement of the theory: permanent id, sentence, relation, rung, and the derivation that proves it.

    ``quantity`` is the canonical name of the results' JSON ("" where the claim is no number); ``law`` says for
    which cycle law it holds ("any", or a law's name, or "erlang" for integer shapes). ``scheme`` names the rule or
    modifier it is about ("any", "cycles" for always-busy workers, "filter" for any staleness filter), ``also`` those
    under which it stays true.
    """

    id: str
    statement: str
    relation: Relation
    rung: Rung
    derivation: Callable[..., Derivation]
    quantity: str = ""
    law: str = "any"
    average: str = ""
    scheme: str = "asynchronous"
    also: tuple[str, ...] = ()
    supports: str = ""  # letter of the source paper's qualitative claim that this one makes quantitative

    @property
    def derived(self) -> Derivation:
        """The derivation from all assumptions it may use."""
        return self.derivation(given=assumptions.ALL)

    @property
    def expression(self) -> sp.Expr:
        """The right side the derivation ends in."""
        return self.derived.result.right

    @property
    def arguments(self) -> dict[str, sp.Symbol]:
        """The free symbols by their names in code, in the order of the notation table."""
        free = self.expression.free_symbols
        return {name: entry.symbol for name, entry in NOTATION.items() if entry.symbol in free}

    @property
    def conditions(self) -> tuple[str, ...]:
        """Assumptions used, and the domain."""
        return self.derived.conditions

    def latex(self) -> str:
        """The equation with its domain."""
        domain = self.derived.domain
        condition = "" if domain == sp.true else rf" \qquad \text{{for }} {latex(domain)}"
        return self.derived.result.latex() + condition

    @property
    def hash(self) -> str:
        """The fingerprint of right side and domain, which every form of the claim bears."""
        return fingerprint(self.expression, self.derived.domain)

    @property
    def source(self) -> str:
        """Who states the formula, and which claim of the source paper it makes quantitative; "" for this project."""
        paper = f"makes claim {self.supports} of Yu2025 quantitative" if self.supports else ""
        return "; ".join(part for part in (self.derived.source, paper) if part)
