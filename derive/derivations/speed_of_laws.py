"""Stage: speed of single laws. Input: H of a law. Output: critical damping, crossings, mixtures, the slowest law."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import characteristic_function, uniform_characteristic
from derive.derivations.speed import beyond_critical
from derive.laws import InverseGaussian, ShiftedExponential
from derive.laws.phases import mixed_transform
from derive.rules.calculus import Rewrite, Specialise
from derive.rules.characteristic import AtMaximum, DampingAsFunctionOfDecay, PutLawIn, characteristic_of
from derive.rules.mixtures import PutMixtureAtDoubleRoot, PutTwoPhases, RealResponse, response_part
from derive.rules.speed_of_laws import (
    LimitAtFrequency,
    OnlyStationaryPoint,
    ShiftAtFrequency,
    TiltedCrossing,
    TiltedLimit,
)
from derive.rules.spread import ByMeanExcess, LeastExcess, ModulusByRealPart, SlowestRate

Given = frozenset[Assumption]


@cache
def tilted_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + a exp((xi/theta)(1 - sqrt(1 + 2 theta^2 s/xi))) for inverse Gaussian delays."""
    transform = InverseGaussian.transform_derivation().result.right
    return characteristic_function(given).then(PutLawIn(transform, (assumptions.INVERSE_GAUSSIAN,)))


@cache
def shifted_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + a e^{-s d}/(1 + s theta_d) for shifted exponential delays."""
    transform = ShiftedExponential.transform_derivation().result.right
    return characteristic_function(given).then(PutLawIn(transform, (assumptions.SHIFTED,)))


@cache
def mixed_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + a (p_1/(1 + s theta_1) + (1 - p_1)/(1 + s theta_2)) for two exponentials mixed."""
    mixed = mixed_transform((y.phase_weight, 1 - y.phase_weight), (y.first_mean, y.second_mean), given)
    transform = mixed.result.right
    return characteristic_function(given).then(PutLawIn(transform, (assumptions.EXPONENTIAL_MIXTURE,)))


def _critical(characteristic: Derivation, pole: sp.Expr) -> Derivation:
    solved = characteristic.then(DampingAsFunctionOfDecay())
    maximum = solved.then(OnlyStationaryPoint(y.critical_decay, pole))
    return maximum.then(AtMaximum(y.critical_damping), len(solved.steps), len(maximum.steps))


@cache
def shifted_critical_damping(given: Given = assumptions.ALL) -> Derivation:
    """a* = ((g - 2 theta_d)/d^2) exp((g - d)/(2 theta_d) - 1), g = sqrt(d^2 + 4 theta_d^2), shifted exponential."""
    found = _critical(shifted_characteristic(given), 1 / y.tail_mean)
    return found.concluded("critical damping, shifted exponential delays")


@cache
def uniform_critical_damping(given: Given = assumptions.ALL) -> Derivation:
    """a* = -w (2 + w)/u_max with w = W_0(-2 e^-2), the double root at -(2 + w)/u_max, uniform delays from 0 on."""
    from_zero = Specialise(characteristic_of(y.s), ((y.shortest, sp.Integer(0)),))
    found = _critical(uniform_characteristic(given).then(from_zero), sp.oo).then(Rewrite(_by_lambert))
    return found.concluded("critical damping, uniform delays from 0 on")


def _by_lambert(expression: sp.Expr) -> sp.Expr:
    """e^w = z/w at w = W_0(z)."""
    (lambert,) = expression.atoms(sp.LambertW)
    name = sp.Dummy("w")
    opened = sp.expand_power_exp(expression.subs(lambert, name))
    return sp.factor(sp.powsimp(opened.subs(sp.exp(name), lambert.args[0] / name))).subs(name, lambert)


@cache
def tilted_critical_damping(given: Given = assumptions.ALL) -> Derivation:
    """a* = ((g - theta)/(theta xi)) exp((g - xi)/theta - 1), g = sqrt(theta^2 + xi^2), inverse Gaussian delays."""
    found = _critical(tilted_characteristic(given), y.level_shape / (2 * y.mean_delay**2))
    return found.then(Rewrite(_without_nested_root)).concluded("critical damping, inverse Gaussian delays")


def _without_nested_root(expression: sp.Expr) -> sp.Expr:
    """sqrt(xi^2 - 2 theta g + 2 theta^2) = g - theta, as its square shows."""
    size = sp.sqrt(y.mean_delay**2 + y.level_shape**2)
    nested = [node for node in expression.atoms(sp.Pow) if node.exp == sp.S.Half and node.base.has(sp.sqrt(size**2))]
    flat = {node: size - y.mean_delay for node in nested if sp.expand(node.base - (size - y.mean_delay) ** 2) == 0}
    return expression.xreplace(flat)


@cache
def tilted_stability_limit(given: Given = assumptions.ALL) -> Derivation:
    """a_max = (pi v/(2 theta)) exp((xi/theta)(v - 1)), v = sqrt(1 + (pi theta/(2 xi))^2), inverse Gaussian delays."""
    characteristic = tilted_characteristic(given)
    transform = InverseGaussian.transform_derivation().result.right
    crossed = characteristic.then(TiltedCrossing(transform, y.crossing_frequency))
    limit = crossed.then(TiltedLimit(y.stability_limit), len(characteristic.steps), len(crossed.steps))
    return limit.concluded("stability limit, inverse Gaussian delays")


@cache
def shifted_crossing(given: Given = assumptions.ALL) -> Derivation:
    """d = (pi/2 - arctan(omega theta_d))/omega: the shift with which roots first cross at i omega."""
    found = shifted_characteristic(given).then(ShiftAtFrequency())
    return found.concluded("shift of a crossing, shifted exponential delays")


@cache
def shifted_stability_limit(given: Given = assumptions.ALL) -> Derivation:
    """a_max = omega sqrt(1 + omega^2 theta_d^2) at the frequency omega of the crossing, shifted exponential delays."""
    crossing = shifted_crossing(given)
    limit = crossing.then(LimitAtFrequency(), len(crossing.steps) - 1, len(crossing.steps))
    return limit.concluded("stability limit, shifted exponential delays")


@cache
def mixture_beyond_critical(given: Given = assumptions.ALL) -> Derivation:
    """(Re s)' < 0 for every mixture of exponentials with more than one mean; the result is that of two phases."""
    found = beyond_critical(given).then(PutMixtureAtDoubleRoot()).then(PutTwoPhases())
    below = [y.critical_decay * mean < 1 for mean in (y.first_mean, y.second_mean)]
    return found.concluded(
        "the pair beyond critical damping, two exponentials mixed", sp.And(y.phase_weight < 1, *below)
    )


@cache
def mixture_response(given: Given = assumptions.ALL) -> Derivation:
    """Re L(i omega) = p_1/(1 + omega^2 theta_1^2) + (1 - p_1)/(1 + omega^2 theta_2^2) > 0: stable at any damping."""
    found = mixed_characteristic(given).then(RealResponse(response_part(y.frequency)))
    return found.concluded("real part of the response, two exponentials mixed", y.phase_weight < 1)


@cache
def damping_by_excess(given: Given = assumptions.ALL) -> Derivation:
    """a = r/(1 + r theta + r^2 int_0^oo e^{r u} Pi(u) du), Pi(u) = E(tau - u)^+, any law with such a moment."""
    found = characteristic_function(given).then(DampingAsFunctionOfDecay()).then(ByMeanExcess())
    return found.concluded("damping by the mean excess of the delay")


@cache
def root_bound(given: Given = assumptions.ALL) -> Derivation:
    """|s| <= a L(Re s) for every characteristic root s with Re s right of the abscissa of convergence."""
    found = characteristic_function(given).then(ModulusByRealPart())
    return found.concluded("modulus of a root, any law")


@cache
def least_decay(given: Given = assumptions.ALL) -> Derivation:
    """r >= -W_0(-a theta)/theta for every law of the mean up to its critical damping, the constant delay's rate."""
    found = damping_by_excess(given).then(LeastExcess()).then(SlowestRate())
    return found.concluded("least decay rate, any law", y.damping * y.mean_delay < sp.exp(-1))
