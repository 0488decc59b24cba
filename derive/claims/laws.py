"""Claims about the laws themselves: transform, distribution function, moments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import sympy as sp

from derive import symbols as y
from derive.assumptions import ALL
from derive.claims.record import Claim
from derive.derivation import Assumption, Derivation
from derive.laws import Exponential, Gamma, InverseGaussian, LogNormal, Pareto, ShiftedExponential, Uniform, Weibull
from derive.laws.density_law import DensityLaw
from derive.laws.derived import atoms_transform, moment
from derive.laws.phases import mixed_cdf, mixed_transform, phase_transform, two_phase_cdf


def _transform(law: type[DensityLaw], given: frozenset[Assumption] = ALL) -> Derivation:
    derived = law.transform_derivation(given)
    return derived.concluded(derived.title, law.domain)


def _cdf(law: type[DensityLaw], given: frozenset[Assumption] = ALL) -> Derivation:
    derived = law.cdf_derivation(given)
    lower, upper = law.support
    inside = sp.And(*([y.t > lower] if lower != 0 else []), *([y.t < upper] if upper != sp.oo else []))
    return derived.concluded(derived.title, inside & law.domain)


def _moment(law: type[DensityLaw], order: int, given: frozenset[Assumption] = ALL) -> Derivation:
    derived = law.moment_derivation(order, given)
    return derived.concluded(derived.title, law.domain & derived.domain)


def _two_phases(given: frozenset[Assumption] = ALL) -> Derivation:
    derived = mixed_transform((y.phase_weight, 1 - y.phase_weight), (y.first_mean, y.second_mean), given)
    return derived.concluded(derived.title, y.phase_weight < 1)


def _two_phases_cdf(given: frozenset[Assumption] = ALL) -> Derivation:
    derived = mixed_cdf((y.phase_weight, 1 - y.phase_weight), (y.first_mean, y.second_mean), given)
    return derived.concluded(derived.title, y.phase_weight < 1)


def _walk(derive: Callable[..., Derivation], given: frozenset[Assumption] = ALL) -> Derivation:
    first, second = (
        (-1 / y.first_mean, y.first_jump / y.first_mean),
        (y.second_jump / y.second_mean, -1 / y.second_mean),
    )
    derived = derive((y.phase_weight, 1 - y.phase_weight), sp.ImmutableMatrix([first, second]), given)
    return derived.concluded(derived.title, sp.And(y.phase_weight < 1, y.first_jump < 1, y.second_jump < 1))


def _second(transform: Callable[..., Derivation], given: frozenset[Assumption] = ALL) -> Derivation:
    derived = transform(given=given)
    return moment(derived, 2).concluded(f"second moment from the {derived.title}", derived.domain)


def _atoms_moment(order: int, given: frozenset[Assumption] = ALL) -> Derivation:
    return moment(atoms_transform(given), order)


def _of_density(law: type[DensityLaw]) -> tuple[Claim, ...]:
    words, name = law.name.replace("_", " "), law.name.replace("_", "-")
    return (
        Claim(
            f"law.transform.{name}",
            f"The Laplace transform of the {words} law follows from its density.",
            "equality",
            "law",
            partial(_transform, law),
            law=law.name,
        ),
        Claim(
            f"law.cdf.{name}",
            f"The distribution function of the {words} law follows from its density.",
            "equality",
            "law",
            partial(_cdf, law),
            law=law.name,
        ),
        Claim(
            f"law.second-moment.{name}",
            f"The second moment of the {words} law follows from its transform.",
            "equality",
            "law",
            partial(_moment, law, 2),
            law=law.name,
        ),
    )


def _row(subject: str, law: str, statement: str, builder: Callable[..., Derivation]) -> Claim:
    return Claim(f"law.{subject}.{law.replace('_', '-')}", statement, "equality", "law", builder, law=law)


CLAIMS = (
    *_of_density(Exponential),
    *_of_density(Gamma),
    *_of_density(ShiftedExponential),
    *_of_density(Uniform),
    *_of_density(InverseGaussian),
    *_of_density(Pareto),
    *_of_density(Weibull),
    *_of_density(LogNormal),
    _row(
        "transform",
        "hyperexponential",
        "The transform of a hyperexponential law of two phases is the weighted sum of theirs.",
        _two_phases,
    ),
    _row(
        "cdf",
        "hyperexponential",
        "The distribution function of a hyperexponential law of two phases is the weighted sum of theirs.",
        _two_phases_cdf,
    ),
    _row(
        "second-moment",
        "hyperexponential",
        "The second moment of a hyperexponential law of two phases follows from its transform.",
        partial(_second, _two_phases),
    ),
    _row(
        "transform",
        "phase_type",
        "The transform of a walk through two phases follows from its first jump.",
        partial(_walk, phase_transform),
    ),
    _row(
        "cdf",
        "phase_type",
        "The distribution function of a walk through two phases follows from the exponential of its generator.",
        partial(_walk, two_phase_cdf),
    ),
    _row(
        "second-moment",
        "phase_type",
        "The second moment of a walk through two phases follows from its transform.",
        partial(_second, partial(_walk, phase_transform)),
    ),
    Claim(
        "law.transform.empirical",
        "The transform of a measured law is one sum over its values.",
        "equality",
        "law",
        atoms_transform,
        law="empirical",
    ),
    Claim(
        "law.second-moment.empirical",
        "The second moment of a measured law is the mean of the squared values.",
        "equality",
        "law",
        partial(_atoms_moment, 2),
        law="empirical",
    ),
)
