"""Stage: predictions. Input: a study's case. Output: every claim that speaks of it, with the study's numbers put in.

Each value is exact where the arithmetic stays rational, else an enclosure. A claim outside its domain predicts
nothing and says why; nothing here has seen a simulation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, update_equation
from derive.claims import CLAIMS, Claim
from derive.formulas.shown import ShownAsLatex, aligned
from derive.laws import Constant
from derive.models.linear import LinearModel
from derive.models.modes import ModeModel, OutsideDomainError, put_in, stages_of
from derive.monotone_root import MonotoneRoot
from derive.rules.laws import transform_of
from derive.rules.occupied import square_at
from derive.rules.staleness_classes import chance_at
from derive.studies.models import linear_model_of
from derive.studies.records import Study
from numeric.enclosed.class_sums import added_over_occupancies
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import Spectrum, spectrum
from numeric.values import Exact
from verify.predicting.claimed_numbers import Predicted, over_frequencies, renewal_overlap
from verify.predicting.prediction import Prediction as Prediction
from verify.predicting.scheme_numbers import counted, delays


@dataclass(frozen=True)
class ModePredictions(ShownAsLatex):
    """What the theory says of one mode of a study."""

    study: Study
    mode: int

    @cached_property
    def model(self) -> ModeModel:
        """The linear model of this mode; ``StudyError`` where the theory does not cover the study."""
        return linear_model_of(self.study, self.mode)

    @property
    def is_plain(self) -> bool:
        """Whether the workers are plain asynchronous ones without momentum, as the exact results of M workers need."""
        return isinstance(self.model, LinearModel)

    @property
    def is_recursion(self) -> bool:
        """Whether the mean obeys a recursion per update (rung Rd), as where workers wait for each other."""
        return self.equation.plane == "update-indexed"

    @cached_property
    def equation(self) -> CharacteristicEquation:
        """The claimed H = 0 (rung R3, or Rd where workers wait), with the bound on its roots; at a saddle, too."""
        known = self.model.characteristic_equation
        if not self.is_plain:  # its function is the claim's own already
            return known
        stated = put_in(CLAIMS[self.model.characteristic_claim], self.model.values)
        return replace(known, function=stated.replace(transform_of, self.model.law.laplace_transform))

    @cached_property
    def noise_equation(self) -> CharacteristicEquation:
        """The equation whose noise gain makes the variance: H itself, or without the velocity of a momentum."""
        return self.equation if self.is_plain else self.model.noise_equation

    @cached_property
    def recursion_equation(self) -> CharacteristicEquation:
        """The claimed H(z) = 0 of the recursion with K = M - 1 (rung Rd)."""
        function = sp.expand(self.model.claimed("recursion.characteristic-function.fixed-staleness"))
        known = update_equation(self.model.values[y.step], int(self.model.values[y.staleness]))
        return replace(known, function=function)

    @cached_property
    def spectrum(self) -> Spectrum:
        """Certified roots of s + a L(s) (rung R3)."""
        return spectrum(self.equation)

    @cached_property
    def recursion(self) -> Spectrum:
        """Certified roots of the recursion with K = M - 1: exact for constant cycles."""
        return spectrum(self.recursion_equation)

    @property
    def mean_is_stable(self) -> bool:
        """Whether every root is proven to lie left of the axis (R3), for constant cycles inside the circle (R0)."""
        exact = self._exact_spectrum
        return exact.certified and exact.unstable_count == 0 and not self._on_the_limit(exact)

    @property
    def mean_is_unstable(self) -> bool:
        """Whether a root is proven to lie right of the axis (R3), for constant cycles outside the circle (R0)."""
        return self._exact_spectrum.certified and bool(self._exact_spectrum.unstable_count)

    @property
    def undecided(self) -> str | None:
        """Why neither stability nor instability of the mean could be proven; None where one was."""
        found = self._exact_spectrum
        return None if found.certified else found.reason or "no certificate"

    @property
    def _exact_spectrum(self) -> Spectrum:
        return self.recursion if self.is_fixed_staleness else self.spectrum

    @property
    def is_fixed_staleness(self) -> bool:
        """Whether the cycles are constant and the workers plain: the recursion with K = M - 1 is exact on R0."""
        return self.is_plain and isinstance(self.model.law, Constant)

    @staticmethod
    def _on_the_limit(found: Spectrum) -> bool:
        """Whether the rightmost root may lie on the axis or the circle itself: a flat mode, say."""
        if found.spectral_radius is not None:
            return not found.spectral_radius.upper < 1
        return found.spectral_abscissa is not None and not found.spectral_abscissa.is_negative()

    @cached_property
    def noise_gain(self) -> Enclosure | None:
        """I, the integral of the squared fundamental solution; None where the mean is not stable."""
        if not (self.spectrum.certified and self.spectrum.unstable_count == 0) or self._on_the_limit(self.spectrum):
            return None
        if self.is_recursion:
            return None
        closed = any(claim.rung == "R2" and claim.average and claim.law != "any" for claim in self.model.claims)
        stages = stages_of(self.model.law) if self.is_plain else None  # whose shots have a variance in closed form
        return noise_gain(self.noise_equation, 10 if closed or (stages and stages.is_Integer) else 6)

    def number(self, claim: Claim) -> Predicted:
        """The claim's right side at this mode's numbers; ``OutsideDomainError`` where it says nothing."""
        expression = self.model.claimed(claim.id)
        if expression.has(square_at, chance_at):
            return added_over_occupancies(expression, self.model)
        enclosed: dict[sp.Symbol, Enclosure] = {}
        if y.shape in expression.free_symbols:
            enclosed[y.shape] = Enclosure.of(self.model.values[y.shape])
        if y.overlap in expression.free_symbols:
            overlap = renewal_overlap(self.model.law)
            if overlap is None:
                raise OutsideDomainError(f"the renewal overlap of the law {self.model.law.name} is not to be had")
            if isinstance(overlap, Exact):
                expression = expression.subs(y.overlap, overlap.expression)
            else:
                enclosed[y.overlap] = overlap
        if y.second_moment_gain in expression.free_symbols:
            enclosed[y.second_moment_gain] = _needed(self.noise_gain, "a stable mean")
        if expression.has(sp.Integral):
            gain = _needed(self.noise_gain, "a stable mean")
            return over_frequencies(expression, self.model.laplace_transform, self.noise_equation, gain)
        # Logarithms of rationals would be put together into numbers of endless digits.
        value = expression if enclosed or expression.has(MonotoneRoot, sp.log) else sp.simplify(expression)
        if value.is_Rational:
            return Exact(value)
        return evaluate(value, enclosed, self.model.law.arrays)

    @cached_property
    def all(self) -> tuple[Prediction, ...]:
        """Every prediction that holds here, rung by rung."""
        told = (*delays(self.model), *counted(self.model))
        named = (Prediction(one, name, _rung(one), "event", value) for one, name, value in told)
        return (*named, *self._claimed(), *self._rates())

    def _claimed(self) -> list[Prediction]:
        found = []
        for claim in self.model.claims:
            if not claim.quantity or not self._applies(claim):
                continue
            try:
                value = self.number(claim)
            except OutsideDomainError:
                continue
            found.append(Prediction(claim.id, claim.quantity, claim.rung, claim.average, value))
        return found

    def _applies(self, claim: Claim) -> bool:
        if claim.quantity == "excess_risk":
            return self.noise_gain is not None and mean_square_margin(self).upper < 1
        if claim.quantity != "stationary_variance":
            return True
        closed = {other.id for other in self.model.claims if other.rung == "R2" and other.law != "any"}
        if claim.id == "delay.stationary-variance.any-law" and closed & {"delay.stationary-variance.constant"}:
            return self.mean_is_stable
        if claim.rung == "R1" and self.noise_gain is not None:
            return mean_square_margin(self).upper < 1
        return self.mean_is_stable or claim.rung == "R0"

    def _rates(self) -> list[Prediction]:
        found = []
        if self.spectrum.decay_rate is not None and not self.is_recursion:
            found.append(Prediction(self.model.characteristic_claim, "decay_rate", "R3", "", self.spectrum.decay_rate))
        if self.is_fixed_staleness and self.recursion.spectral_radius is not None:
            rate = _rate_of_radius(self.recursion.spectral_radius, self.model.values[y.arrival_rate])
            claim = "recursion.characteristic-function.fixed-staleness"
            found.append(Prediction(claim, "decay_rate", "R0", "", rate))
        if self.model.is_about(CLAIMS["finite-workers.mean.exponential"]):
            found.append(Prediction("finite-workers.mean.exponential", "decay_rate", "R0", "", self._exact_rate()))
        return found

    def _exact_rate(self) -> Enclosure:
        """Minus the larger real part of the roots of the exact mean's characteristic polynomial."""
        polynomial = self.model.claimed("finite-workers.mean.exponential")
        real_parts = [sp.re(root) for root in sp.roots(sp.Poly(polynomial, y.s), multiple=True)]
        return -evaluate(sp.Max(*real_parts))

    def latex(self) -> str:
        """Every prediction that holds here, one below the other."""
        return aligned(f"& {prediction.latex()}" for prediction in self.all)

    def find(self, quantity: str, *rungs: str) -> Prediction | None:
        """The first prediction of ``quantity`` on the given rungs, in their order."""
        for rung in rungs:
            for prediction in self.all:
                if (prediction.quantity, prediction.rung) == (quantity, rung):
                    return prediction
        return None


def _rung(claim: str) -> str:
    """The rung of a claim; the second moment of a law is that of a delay on R0."""
    return "R0" if claim.startswith("law.") else CLAIMS[claim].rung


def plain_model(mode: ModePredictions) -> LinearModel:
    """The same workers and mode without the scheme's modifiers, whose numbers any claim may be looked at with."""
    plain = mode.model if isinstance(mode.model, LinearModel) else getattr(mode.model, "plain", None)
    assert isinstance(plain, LinearModel)
    return plain


def mean_square_margin(mode: ModePredictions) -> Enclosure:
    """eta^2 h^2 Lambda I: below 1 the mode is stable in mean square on R1."""
    gain = _needed(mode.noise_gain, "a stable mean")
    expression = CLAIMS["shots.mean-square-limit.any-law"].expression
    return evaluate(expression.subs(mode.model.values), {y.second_moment_gain: gain})


def _needed(value: Enclosure | None, what: str) -> Enclosure:
    if value is None:
        raise OutsideDomainError(f"needs {what}, which is not to be had here")
    return value


def _rate_of_radius(radius: Enclosure, arrival_rate: sp.Expr) -> Enclosure:
    """Decay per second of a recursion that makes ``arrival_rate`` updates a second."""
    return evaluate(-sp.log(y.spectral_radius) * arrival_rate, {y.spectral_radius: radius})
