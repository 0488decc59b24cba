"""Stage: linear models of schemes. Input: a law, a scheme, the optimizer with momentum, one mode. Output: what follows.

law + scheme -> what is applied (derive/applied.py) -> damping, noise, characteristic equation, its claims
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from derive import symbols as y
from derive.applied import Applied, UnmodelledError, applied_gradients, put_law_in
from derive.characteristic import CharacteristicEquation, momentum_equation, transform_equation
from derive.claims import CLAIMS, Claim
from derive.exact import Number, exact
from derive.formulas.shown import ShownAsLatex
from derive.law import Law
from derive.models import LinearModel, NoLinearModelError, families_of, linear_model
from derive.scheme import Scheme
from derive.schemes import Asynchronous

_NAMES = {"uplink_capacity": "shared-uplink"}
_FILTERS = {"staleness-threshold", "staleness-discount"}
_WITH_MOMENTUM = ((), ("dropout",))


@dataclass(frozen=True)
class SchemeModel(ShownAsLatex):
    """One mode of any modelled scheme, linearised at the optimum; all numbers are exact expressions."""

    law: Law
    scheme: Scheme
    plain: LinearModel  # the same workers and mode without the scheme's modifier
    momentum: sp.Expr
    modes: int

    def latex(self) -> str:
        """The characteristic equation with its numbers."""
        return self.characteristic_equation.latex()

    @cached_property
    def applied(self) -> Applied:
        """What of the gradients moves the mode."""
        return applied_gradients(self.law, self.scheme, self.plain.values, self.modes)

    @property
    def damping_coefficient(self) -> sp.Expr:
        """a, in 1/s: the gain of H's feedback at s = 0."""
        return self.applied.values[y.damping]

    @property
    def noise_intensity(self) -> sp.Expr:
        """q, parameter^2/s."""
        return self.applied.values[y.noise_intensity]

    @property
    def applied_fraction(self) -> sp.Expr:
        """The share of gradients that are applied, or their mean weight; 1 where all are."""
        return self.applied.values.get(y.applied_fraction, sp.Integer(1))

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) of the delay of what is applied, normalised: L(0) = 1."""
        weight = self.applied.transform.subs(y.s, 0)
        return self.applied.transform.subs(y.s, s) / weight

    def delay_moment(self, n: int) -> sp.Expr:
        """E[tau^n] of what is applied, seconds^n: (-1)^n times the n-th derivative of L at 0."""
        return (-1) ** n * sp.diff(self.laplace_transform(y.s), y.s, n).subs(y.s, 0)

    @property
    def characteristic_equation(self) -> CharacteristicEquation:
        """s + a L(s) = 0, or with momentum s (s + Lambda (1 - beta)) + eta h Lambda (s + Lambda) L(s) = 0."""
        transform = self.laplace_transform(y.s)
        without = transform_equation(self.damping_coefficient, transform, self.applied.abscissa, self.law.arrays)
        if self.momentum == 0:
            return without
        values = self.applied.values | {y.momentum: self.momentum}
        function = put_law_in("momentum.characteristic-function.any-law", values, self.law)
        return momentum_equation(function, transform, without)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that speak of this scheme and law, and of no other."""
        return tuple(claim for claim in CLAIMS.values() if self.is_about(claim))

    def is_about(self, claim: Claim) -> bool:
        """Whether the claim holds for this law and scheme."""
        if claim.id.startswith("law."):
            return claim.law == self.law.name
        active = {_NAMES.get(name, name.replace("_", "-")) for name in self.scheme.active}
        names = active | ({"momentum"} if self.momentum != 0 else set()) or {self.scheme.rule}
        traits = {"filter"} if names & _FILTERS else set()
        fits = claim.scheme in names | traits and names - {claim.scheme} <= set(claim.also)
        return fits and claim.law in families_of(self.law)


def scheme_model(
    law: Law,
    scheme: Scheme,
    *,
    learning_rate: Number,
    curvature: Number,
    gradient_noise: Number = 1,
    momentum: Number = 0,
    modes: int = 1,
) -> SchemeModel:
    """The linear model of one mode of a scheme with at most one modifier, or with momentum in [0, 1).

    Arguments as of ``linear_model``; ``modes`` >= 1 counts the modes whose joint norm an event trigger measures. With a
    shared uplink ``law`` is that of the computation. Kind of result: exact expressions. Raises ``NoLinearModelError``
    with the reason for what can only be simulated, ``ValueError`` for values out of range.

    Example: ``scheme_model(Exponential(1), Asynchronous(4, dropout="1/2"), learning_rate="1/2",
    curvature=1).damping_coefficient == 1``.
    """
    given = {"learning_rate": learning_rate, "curvature": curvature, "gradient_noise": gradient_noise}
    plain = linear_model(law, Asynchronous(scheme.workers), **given)
    beta = exact(momentum)
    if beta.is_number and not 0 <= beta < 1:
        raise ValueError(f"momentum = {momentum}: out of range; allowed: a number in [0, 1)")
    if beta != 0 and (scheme.rule != "asynchronous" or scheme.active not in _WITH_MOMENTUM):
        raise NoLinearModelError(
            "momentum: simulation only with this scheme, whose updates no longer come at the rate of its gradients"
        )
    model = SchemeModel(law, scheme, plain, beta, modes)
    try:
        model.applied  # noqa: B018  (asked for its refusal)
    except UnmodelledError as problem:
        words = " with ".join((scheme.rule, *scheme.active))
        raise NoLinearModelError(f"scheme = {words}: simulation only: {problem}") from None
    return model
