"""Claims about the laws themselves: transform, distribution function, moments."""

from __future__ import annotations

from functools import partial

from derive.assumptions import ALL
from derive.claims.record import Claim
from derive.derivation import Assumption, Derivation
from derive.laws import Exponential, Gamma
from derive.laws.derived import atoms_transform, density_cdf, density_transform, moment

_DENSITIES = (Exponential, Gamma)


def _transform(law: type[Exponential] | type[Gamma], given: frozenset[Assumption] = ALL) -> Derivation:
    return density_transform(law.name, law.symbolic_density, given)


def _cdf(law: type[Exponential] | type[Gamma], given: frozenset[Assumption] = ALL) -> Derivation:
    return density_cdf(law.name, law.symbolic_density, given)


def _moment(law: type[Exponential] | type[Gamma], order: int, given: frozenset[Assumption] = ALL) -> Derivation:
    return moment(_transform(law, given), order)


def _atoms_moment(order: int, given: frozenset[Assumption] = ALL) -> Derivation:
    return moment(atoms_transform(given), order)


def _of_density(law: type[Exponential] | type[Gamma]) -> tuple[Claim, ...]:
    name = law.name
    return (
        Claim(
            f"law.transform.{name}",
            f"The Laplace transform of the {name} law follows from its density.",
            "equality",
            "law",
            partial(_transform, law),
            law=name,
        ),
        Claim(
            f"law.cdf.{name}",
            f"The distribution function of the {name} law follows from its density.",
            "equality",
            "law",
            partial(_cdf, law),
            law=name,
        ),
        Claim(
            f"law.second-moment.{name}",
            f"The second moment of the {name} law follows from its transform.",
            "equality",
            "law",
            partial(_moment, law, 2),
            law=name,
        ),
    )


CLAIMS = (
    *_of_density(Exponential),
    *_of_density(Gamma),
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
