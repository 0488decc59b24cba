"""Stage: linear models of schemes. Input: a law, a scheme, the optimizer with momentum, one mode. Output: what follows.

law + scheme -> what is applied (derive/models/applied.py) -> damping, noise, characteristic equation, its claims
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import sympy as sp

from derive import symbols as y
from derive.characteristic import (
    CharacteristicEquation,
    divided_by_velocity,
    momentum_equation,
    transform_equation,
)
from derive.claims import CLAIMS, Claim
from derive.exact import Number, exact
from derive.law import Law
from derive.models.ages import put_ages_in
from derive.models.applied import Applied, UnmodelledError, applied_gradients
from derive.models.linear import LinearModel, linear_model
from derive.models.modes import ModeModel, NoLinearModelError, put_in
from derive.models.recursion import RULES, recursion_model
from derive.rules.filters import applied_transform_of, written_out
from derive.rules.laws import transform_of
from derive.rules.occupied import square_at
from derive.rules.staleness_classes import chance_at
from derive.rules.uplink import compute_transform
from derive.scheme import Scheme
from derive.schemes import Asynchronous

_WITH_MOMENTUM = ((), ("dropout",))


@dataclass(frozen=True)
class SchemeModel(ModeModel):
    """One mode of any modelled scheme, linearised at the optimum; all numbers are exact expressions."""

    law: Law
    scheme: Scheme
    plain: LinearModel  # the same workers and mode without the scheme's modifier
    momentum: sp.Expr
    modes: int

    @cached_property
    def applied(self) -> Applied:
        """What of the gradients moves the mode."""
        return applied_gradients(self.law, self.scheme, self.plain.values, self.modes)

    @cached_property
    def values(self) -> dict[sp.Symbol, sp.Expr]:
        """The notation table's symbols with this model's numbers, as far as they are numbers known exactly."""
        return self.applied.values | ({y.momentum: self.momentum} if self.momentum != 0 else {})

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
    def characteristic_claim(self) -> str:
        """The id of the claim that says what H is: one of this scheme's own, or that of any delay."""
        own = (one.id for one in self.claims if one.rung == "R3" and ".characteristic-function." in one.id)
        return next(own, super().characteristic_claim)

    @property
    def characteristic_equation(self) -> CharacteristicEquation:
        """s + a L(s) = 0, or with momentum s (s + Lambda (1 - beta)) + eta h Lambda (s + Lambda) L(s) = 0."""
        transform = self.laplace_transform(y.s)
        without = transform_equation(self.damping_coefficient, transform, self.applied.abscissa, self.law.arrays)
        if self.momentum == 0:
            return replace(without, function=self._put_in(CLAIMS[self.characteristic_claim]))  # at a saddle, too
        return self._of_this_law(self._momentum_equation(without))

    @property
    def noise_equation(self) -> CharacteristicEquation:
        """With momentum H(s)/(s + Lambda), in which the gradients' noise enters white; else H itself."""
        whole = self.characteristic_equation
        if self.momentum == 0:
            return whole
        opened = self._momentum_equation(whole)
        return self._of_this_law(divided_by_velocity(opened, self.values[y.arrival_rate], transform_of(y.s)))

    def _momentum_equation(self, known: CharacteristicEquation) -> CharacteristicEquation:
        """H with L(s) for any transform, in which it is linear; abscissa and data as ``known``."""
        opened = put_in(CLAIMS[self.characteristic_claim], self.values)
        return momentum_equation(opened, transform_of(y.s), known)

    def _of_this_law(self, equation: CharacteristicEquation) -> CharacteristicEquation:
        function, bound = (
            one.replace(transform_of, self.laplace_transform) for one in (equation.function, equation.modulus_bound)
        )
        return replace(equation, function=function, modulus_bound=bound)

    @property
    def scheme_names(self) -> set[str]:
        """The names under which claims speak of this scheme, momentum among them."""
        return super().scheme_names if self.momentum == 0 else {*self.scheme.active, "momentum"}

    def _put_in(self, claim: Claim) -> sp.Expr:
        """Numbers put in, sums written out; L of a claim about any delay is that of what is applied, L_W too."""
        if claim.id.startswith("law."):  # of the computation, where the uplink makes the cycle longer
            return self.plain.claimed(claim.id)
        stated = put_in(claim, self.values)
        if stated.has(square_at, chance_at):
            return stated  # a sum over occupancies, of which only whoever solves for them knows the terms
        written = written_out(stated, 10**6)
        if self.scheme.age_threshold is not None:
            written = put_ages_in(written, self.law, self.scheme.age_threshold)
        if written.has(sp.Integral):
            return written  # with L by its name: put under |.|^2 it would be multiplied out
        if claim.rung == "R3" and claim.scheme == "asynchronous":  # of any delay: here of what is applied
            return written.replace(transform_of, self.laplace_transform)
        written = written.replace(applied_transform_of, lambda s: self.applied.transform.subs(y.s, s))
        for name in (transform_of, compute_transform):
            written = written.replace(name, self.law.laplace_transform)
        return written.doit()


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


def mode_model(
    law: Law,
    scheme: Scheme,
    *,
    learning_rate: Number,
    curvature: Number,
    gradient_noise: Number = 1,
    momentum: Number = 0,
    modes: int = 1,
) -> ModeModel:
    """The model of one mode of any scheme that has one: plain, of a delay equation, or of the recursion.

    Arguments, kind of result and errors as of ``scheme_model``.

    Example: ``isinstance(mode_model(Exponential(1), Asynchronous(4), learning_rate="1/2", curvature=1), LinearModel)``.
    """
    given = {"learning_rate": learning_rate, "curvature": curvature, "gradient_noise": gradient_noise}
    if scheme.is_plain and momentum == 0:
        return linear_model(law, scheme, **given)
    if scheme.rule in RULES and momentum == 0:
        return recursion_model(law, scheme, linear_model(law, Asynchronous(scheme.workers), **given))
    return scheme_model(law, scheme, momentum=momentum, modes=modes, **given)
