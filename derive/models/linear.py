"""Stage: linear models. Input: a law, a scheme, the optimizer and one mode. Output: what follows.

    law + scheme -> damping coefficient, noise intensity, characteristic equation, applicable claims

Every number is put into the right side of a claim's derivation; nothing is typed in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, delay_equation
from derive.claims import CLAIMS
from derive.derivation import Derivation
from derive.exact import Number, exact, refuse_namesakes
from derive.formulas.latex import latex
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, Uniform
from derive.models.applied import why_unmodelled
from derive.models.modes import ModeModel, NoLinearModelError, OutsideDomainError, families_of, put_in
from derive.scheme import Scheme

__all__ = ["LinearModel", "NoLinearModelError", "OutsideDomainError", "families_of", "linear_model", "put_in"]


@dataclass(frozen=True)
class LinearModel(ModeModel):
    """One mode of plain asynchronous workers, linearised at the optimum.

    ``learning_rate`` eta > 0, ``curvature`` h (any sign), ``gradient_noise`` sigma >= 0: exact numbers or symbols.
    """

    law: Law
    scheme: Scheme
    learning_rate: sp.Expr
    curvature: sp.Expr
    gradient_noise: sp.Expr

    @cached_property
    def values(self) -> dict[sp.Symbol, sp.Expr]:
        """The notation table's symbols with this model's numbers, as far as they are numbers known exactly."""
        workers, mean = self.scheme.workers, self.law.mean
        step = self.learning_rate * self.curvature
        known = {
            y.workers: workers,
            y.mean_delay: mean,
            y.worker_rate: 1 / mean,
            y.learning_rate: self.learning_rate,
            y.curvature: self.curvature,
            y.gradient_noise: self.gradient_noise,
            y.step: step,
            y.step_noise: (self.learning_rate * self.gradient_noise) ** 2,
            y.cycle_variation: self.law.squared_coefficient_of_variation,
            y.half_angle: 2 * sp.asin(step / 2),
            y.staleness: workers - 1,
        }
        known[y.arrival_rate] = put_in(CLAIMS["arrivals.rate.any-law"], known)
        known[y.other_rate] = (workers - 1) / mean
        known[y.damping] = put_in(CLAIMS["damping.coefficient.asynchronous"], known)
        known[y.noise_intensity] = put_in(CLAIMS["noise.intensity.asynchronous"], known)
        known |= self.law.values_in_claims or {}
        if self.law.name == "exponential":
            known[y.shape] = sp.Integer(1)
        return known

    @property
    def arrival_rate(self) -> sp.Expr:
        """Lambda = M/theta, gradients per second."""
        return self.values[y.arrival_rate]

    @property
    def damping_coefficient(self) -> sp.Expr:
        """a = eta h M/theta, in 1/s."""
        return self.values[y.damping]

    @property
    def noise_intensity(self) -> sp.Expr:
        """q = eta^2 sigma^2 M/theta, parameter^2/s."""
        return self.values[y.noise_intensity]

    def delay_moment(self, n: int) -> sp.Expr:
        """E[tau^n] of the delay of an applied gradient, seconds^n: always-busy workers see the cycle's own law."""
        return self.law.moment(n)

    @property
    def characteristic_equation(self) -> CharacteristicEquation:
        """s + a L(s) = 0, ready for numeric.spectrum."""
        return delay_equation(self.damping_coefficient, self.law)

    @property
    def stability_condition(self) -> sp.Basic:
        """0 < a < a_max where the limit has a closed form; true where every damping a > 0 is stable."""
        positive = self.damping_coefficient > 0
        if isinstance(self.law, Constant | Uniform):
            return sp.And(positive, self.damping_coefficient < self.claimed(f"delay.stability-limit.{self.law.name}"))
        if not isinstance(self.law, Exponential | Gamma):
            raise OutsideDomainError(f"no closed stability limit for the law {self.law.name}; use numeric.spectrum")
        regular = self.values[y.shape] > 1
        if regular == sp.false:
            return positive
        below = self.damping_coefficient < put_in(CLAIMS["delay.stability-limit.gamma"], self.values)
        return sp.And(positive, sp.Or(sp.Not(regular), below))

    @property
    def stationary_variance(self) -> sp.Expr:
        """V on rung R2, closed where the law allows it, else an integral over frequencies."""
        for claim in self.claims:
            if claim.quantity == "stationary_variance" and claim.rung == "R2" and claim.law != "any":
                return self.claimed(claim.id)
        raise OutsideDomainError(
            f"no closed variance for the law {self.law.name}; use numeric.enclosed.quadrature.noise_gain"
        )

    @property
    def derivation(self) -> Derivation:
        """The steps from the assumptions to the characteristic function."""
        return CLAIMS["delay.characteristic-function.any-law"].derived

    def latex(self) -> str:
        """The characteristic equation as LaTeX, in symbols."""
        return f"{latex(self.derivation.result.right)} = 0"


def linear_model(
    law: Law,
    scheme: Scheme,
    *,
    learning_rate: Number,
    curvature: Number,
    gradient_noise: Number = 1,
) -> LinearModel:
    """The linear model of one mode, H(s) = s + a L(s) with a = eta h M/theta.

    ``learning_rate`` > 0, ``curvature`` any sign, ``gradient_noise`` >= 0: numbers (taken exactly) or symbols.
    Kind of result: exact expressions. Raises ``ValueError`` for values outside these ranges and for symbols that share
    a name without being the same, ``NoLinearModelError`` for a scheme that can only be simulated.

    Example: ``linear_model(Exponential(1), Asynchronous(16), learning_rate="1/20", curvature=1).damping_coefficient
    == sp.Rational(4, 5)``.
    """
    given = {"learning_rate": learning_rate, "curvature": curvature, "gradient_noise": gradient_noise}
    eta, h, sigma = (_exact(key, value) for key, value in given.items())
    if eta.is_positive is not True:
        raise ValueError(f"learning_rate = {learning_rate}: not positive; allowed: a finite number > 0")
    if h.is_real is False or h.is_finite is False:
        raise ValueError(f"curvature = {curvature}: not real; allowed: a finite real number")
    if law.mean.is_zero:
        raise ValueError(f"law = {law}: its mean is 0; allowed: a law with a positive mean")
    if sigma.is_nonnegative is not True:
        raise ValueError(f"gradient_noise = {gradient_noise}: negative; allowed: a finite number >= 0")
    if not scheme.is_plain:
        parts = " with ".join((scheme.rule, *scheme.active))
        told = "not plain; allowed: derive.mode_model, which covers it"
        if not scheme.has_linear_model:
            told = f"simulation only: {why_unmodelled(scheme)}"
        raise NoLinearModelError(f"scheme = {parts}: {told}")
    parameters = (value for value in vars(scheme).values() if isinstance(value, sp.Basic))
    refuse_namesakes(sp.Tuple(eta, h, sigma, *parameters, law.mean, law.laplace_transform(y.s)))
    return LinearModel(law, scheme, eta, h, sigma)


def _exact(key: str, value: Number) -> sp.Expr:
    try:
        return exact(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{key} = {value}: {error}; allowed: a finite number or a symbol") from error
