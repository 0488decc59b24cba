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
from derive.claims import CLAIMS, Claim
from derive.derivation import Derivation
from derive.exact import Number, exact, refuse_namesakes
from derive.formulas.latex import latex
from derive.formulas.shown import ShownAsLatex
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, Uniform
from derive.scheme import Scheme
from derive.schemes import SCHEMES

LARGEST_EXACT_SHAPE = 100


class OutsideDomainError(ValueError):
    """A closed form was asked for outside its domain, where it would return a plausible wrong number."""


class NoLinearModelError(ValueError):
    """The theory does not cover a scheme; it can only be simulated."""


@dataclass(frozen=True)
class LinearModel(ShownAsLatex):
    """One mode of a scheme, linearised at the optimum.

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

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) = E[exp(-s tau)]."""
        return self.law.laplace_transform(s)

    @property
    def characteristic_equation(self) -> CharacteristicEquation:
        """s + a L(s) = 0, ready for numeric.spectrum."""
        return delay_equation(self.damping_coefficient, self.law)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that speak of this law and scheme."""
        return tuple(claim for claim in CLAIMS.values() if self.is_about(claim))

    def is_about(self, claim: Claim) -> bool:
        """Whether the claim holds for this law and scheme."""
        if claim.id.startswith("law."):
            return claim.law == self.law.name and self.law.values_in_claims is not None
        plain = self.scheme.is_plain and claim.scheme == "asynchronous"
        return plain and claim.law in families_of(self.law)

    def claimed(self, claim_id: str) -> sp.Expr:
        """The claim's right side with this model's numbers put in; ``OutsideDomainError`` where it does not hold."""
        claim = CLAIMS[claim_id]
        if not self.is_about(claim):
            raise OutsideDomainError(f"{claim_id} holds for the law {claim.law}, not for {self.law.name}")
        for symbol in sorted(claim.expression.free_symbols | claim.derived.domain.free_symbols, key=str):
            if _contradicts(symbol, self.values.get(symbol, symbol)):
                raise OutsideDomainError(f"{claim_id} needs a finite {symbol} in its range, not {self.values[symbol]}")
        domain = claim.derived.domain.subs(self.values)
        if domain == sp.false or (domain != sp.true and not domain.free_symbols and not bool(sp.simplify(domain))):
            raise OutsideDomainError(f"{claim_id} holds where {claim.derived.domain}, which is not so here")
        values = dict(self.values)
        if _would_explode(claim.expression, values):
            del values[y.shape]  # stays a symbol: whoever wants the number encloses it
        return self.law.put_parts_in(put_in(claim, values))

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
        raise OutsideDomainError(f"no closed variance for the law {self.law.name}; use numeric.quadrature.noise_gain")

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
    if not scheme.has_linear_model:
        parts = " with ".join((scheme.rule, *scheme.active))
        raise NoLinearModelError(f"scheme = {parts}: simulation only, no linear model; allowed: {_modelled()}")
    parameters = (value for value in vars(scheme).values() if isinstance(value, sp.Basic))
    refuse_namesakes(sp.Tuple(eta, h, sigma, *parameters, law.mean, law.laplace_transform(y.s)))
    return LinearModel(law, scheme, eta, h, sigma)


def _modelled() -> str:
    """The schemes with a linear model, in words."""
    return ", ".join(
        " with ".join((rule, *sorted(active))) for rule, scheme in SCHEMES.items() for active in scheme.modelled
    )


def _exact(key: str, value: Number) -> sp.Expr:
    try:
        return exact(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{key} = {value}: {error}; allowed: a finite number or a symbol") from error


def _would_explode(expression: sp.Expr, values: dict[sp.Symbol, sp.Expr]) -> bool:
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


def put_in(claim: Claim, values: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The claim's right side with numbers for symbols, all at once."""
    return claim.expression.subs(values, simultaneous=True)


def families_of(law: Law) -> set[str]:
    """The names under which claims speak of this law: itself, its family, and the general case."""
    names = {"any", law.name}
    if isinstance(law, Gamma) and law.shape.is_Integer:
        names |= {"erlang", f"erlang-{law.shape}"} | ({"exponential"} if law.shape == 1 else set())
    if law.name == "exponential":
        names |= {"erlang", "gamma"}
    if law.name == "constant":
        names |= {"fixed-staleness"}
    if law.ageing in ("memoryless", "new longer than used"):
        names |= {"new-longer-than-used"}
    return names
