"""Stage: claims about one law. Input: a claim for any law, and a law's name. Output: the claim for that law.

What is put in are the law's own claims: its transform for L, its distribution function for F, the slope of that for f.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

import sympy as sp
from sympy.core.function import AppliedUndef

from derive import symbols as y
from derive.claims import CLAIMS
from derive.claims.record import Claim
from derive.derivation import Assumption, Derivation, Equation, Rule
from derive.rules.laws import cdf_of, density_of, transform_of

_KNOWN = {transform_of: "transform", cdf_of: "cdf", density_of: "cdf"}


@dataclass(frozen=True)
class PutFunctionsIn(Rule):
    """The first input with the functions of one variable that the other inputs define: L(s) = ..., F(t) = ...

    The second route evaluates the functions where they stand, node by node.
    """

    label: ClassVar[str] = "put the law in"

    def apply(self, *inputs: Equation) -> Equation:
        """Replace the functions by what they are, wherever they are taken."""
        right = inputs[0].right
        for function, value in _functions(inputs[1:]).items():
            right = right.replace(function, value)
        return Equation(inputs[0].left, right)

    def named(self, *inputs: Equation) -> sp.Basic:
        """Nothing but the right side changes."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The output minus the first input, its functions taken one application after the other."""
        known = _functions(inputs[1:])
        nodes = [node for node in inputs[0].right.atoms(AppliedUndef) if node.func in known]
        yield output.right - inputs[0].right.xreplace({node: known[node.func](*node.args) for node in nodes})


def claim_named(claim_id: str) -> Claim:
    """The claim of an id, or of the id of a claim for any law followed by a law's name.

    Raises ``KeyError`` where there is none, and ``ValueError`` as ``with_law``.

    Example: ``claim_named("dropout.delay.any-law.gamma").law == "gamma"``.
    """
    if claim_id in CLAIMS:
        return CLAIMS[claim_id]
    general, _, law = claim_id.rpartition(".")
    return with_law(CLAIMS[general], law)


def with_law(claim: Claim, law: str) -> Claim:
    """A claim that holds for any law, for one that is named; its id ends in that name.

    Arguments: a registered claim; the name in the id of a claim ``law.transform.NAME``. Result: a claim whose right
    side takes the law's parameters as well, exact. Raises ``ValueError`` with the reason for a claim that takes no
    law, or takes more of it than the law's claims say.

    Example: ``with_law(CLAIMS["dropout.delay.any-law"], "exponential").expression
    == CLAIMS["law.transform.exponential"].expression``.
    """
    taken = {node.func for node in claim.expression.atoms(AppliedUndef)}
    if not taken:
        raise ValueError("takes no law")
    unknown = sorted(str(one) for one in taken if one not in _KNOWN)
    if unknown:
        raise ValueError(f"takes {unknown[0]}, which the claims about one law do not say")
    parts = sorted({f"law.{_KNOWN[one]}.{law}" for one in taken})
    missing = [part for part in parts if part not in CLAIMS]
    if missing:
        raise ValueError(f"there is no claim {missing[0]}")
    if y.mean_delay in claim.arguments.values() and all(
        y.mean_delay not in CLAIMS[p].arguments.values() for p in parts
    ):
        raise ValueError(f"takes the mean {y.mean_delay}, which is no parameter of this law")

    def derivation(given: frozenset[Assumption]) -> Derivation:
        chain = claim.derivation(given=given)
        last, domain = [len(chain.steps)], [chain.domain, *_averages(claim.expression)]
        for part in parts:
            other = CLAIMS[part].derivation(given=given)
            chain = chain.join(other)
            last.append(len(chain.steps))
            domain += _where_taken(claim.expression, other.domain)
        return chain.then(PutFunctionsIn(), *last).concluded(claim.derived.title, sp.And(*domain), claim.derived.source)

    return replace(claim, id=f"{claim.id}.{law}", derivation=derivation, law=law)


def _averages(expression: sp.Expr) -> list[sp.Basic]:
    """|z|, delta, p <= 1: beyond, what are averages over a law need not exist, though their closed forms go on."""
    shares = (y.z, y.staleness_discount, y.applied_fraction)
    return [sp.Abs(one) <= 1 for one in shares if one in expression.free_symbols]


def _where_taken(expression: sp.Expr, domain: sp.Basic) -> list[sp.Basic]:
    """A law's conditions on its parameters, and those on a time wherever the expression takes the law at one."""
    conditions: list[sp.Basic] = []
    places = [node.args[0] for node in expression.atoms(cdf_of, density_of)]
    for part in sp.And.make_args(domain):
        conditions += [part.subs(y.t, place) for place in places] if part.has(y.t) else [part]
    return conditions


def _functions(laws: Iterable[Equation]) -> dict[type, sp.Lambda]:
    found: dict[type, sp.Lambda] = {one.left.func: sp.Lambda(one.left.args, one.right) for one in laws}
    if cdf_of in found:
        u = sp.Dummy("u", nonnegative=True)
        found[density_of] = sp.Lambda(u, sp.diff(found[cdf_of](u), u))
    return found
