"""Stage: the linear model. Input: arrivals. Output: derivations of damping, noise intensity, H and its closed roots."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.laws import Exponential, Uniform
from derive.laws.gamma import Gamma
from derive.rules.arrivals import RenewalRate, Superpose
from derive.rules.calculus import Specialise
from derive.rules.characteristic import LambertRoots, PutLawIn, QuadraticRoots, ShiftStages, characteristic_of
from derive.rules.laws import transform_of
from derive.rules.modelling import InsertExponential, MeanDrift, Name, NoiseIntensity

Given = frozenset[Assumption]


def _mode(title: str, given: Given) -> Derivation:
    rate = Derivation(title, given).then(RenewalRate()).then(Superpose(y.arrival_rate, y.workers))
    return rate.then(MeanDrift()).then(InsertExponential(characteristic_of(y.s)))


@cache
def damping_coefficient(given: Given = assumptions.ALL) -> Derivation:
    """a = eta h M/theta: the gain of H's feedback at s = 0."""
    at_zero = ((y.s, sp.Integer(0)), (transform_of(y.s), sp.Integer(1)))
    return _mode("damping coefficient", given).then(Specialise(y.damping, at_zero))


@cache
def noise_intensity(given: Given = assumptions.ALL) -> Derivation:
    """q = eta^2 sigma^2 M/theta: variance per second of the driving noise."""
    rate = Derivation("noise intensity", given).then(RenewalRate()).then(Superpose(y.arrival_rate, y.workers))
    return rate.then(NoiseIntensity())


@cache
def characteristic_function(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + a L(s)."""
    gain = y.learning_rate * y.curvature * y.workers / y.mean_delay
    return _mode("characteristic function", given).then(Name(y.damping, gain))


@cache
def constant_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + a exp(-s theta) for the constant delay."""
    put_in = characteristic_function(given).then(PutLawIn(sp.exp(-y.s * y.mean_delay), (assumptions.CONSTANT,)))
    return put_in.concluded("characteristic function, constant delay")


@cache
def gamma_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + a (k/(k + s theta))^k for gamma delays of shape k."""
    transform = Gamma.transform_derivation().result.right
    put_in = characteristic_function(given).then(PutLawIn(transform, (assumptions.GAMMA,)))
    return put_in.concluded("characteristic function, gamma delays")


@cache
def uniform_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + a exp(-s u_min) 1F1(1; 2; -s (u_max - u_min)) for uniform delays."""
    transform = Uniform.transform_derivation().result.right
    put_in = characteristic_function(given).then(PutLawIn(transform, (assumptions.UNIFORM,)))
    return put_in.concluded("characteristic function, uniform delays", Uniform.domain)


@cache
def exponential_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + a/(1 + s theta) for exponential delays."""
    transform = Exponential.transform_derivation().result.right
    put_in = characteristic_function(given).then(PutLawIn(transform, (assumptions.EXPONENTIAL_DELAYS,)))
    return put_in.concluded("characteristic function, exponential delays")


@cache
def lambert_roots(given: Given = assumptions.ALL) -> Derivation:
    """s_l = W_l(-a theta)/theta, all branches l, for the constant delay."""
    solved = constant_characteristic(given).then(LambertRoots())
    return solved.concluded("characteristic roots, constant delay", source="Corless1996")


@cache
def quadratic_roots(given: Given = assumptions.ALL) -> Derivation:
    """s_l = (-1 + (-1)^l sqrt(1 - 4 a theta))/(2 theta), l = 0, 1, for exponential delays."""
    solved = exponential_characteristic(given).then(QuadraticRoots())
    return solved.concluded("characteristic roots, exponential delays")


@cache
def erlang_polynomial(given: Given = assumptions.ALL) -> Derivation:
    """Q_n(v) = (n/theta)(v - 1) v^n + a with v = 1 + s theta/n, for n exponential stages."""
    staged = Gamma.transform_derivation().result.right.subs(y.shape, y.stages)
    shifted = characteristic_function(given).then(PutLawIn(staged, (assumptions.STAGES,))).then(ShiftStages())
    return shifted.concluded("characteristic polynomial, Erlang delays")
