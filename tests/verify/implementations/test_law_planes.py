"""Where transforms end and where they are cut, found without asking the law."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sympy as sp

from derive.law import Law
from derive.laws import Exponential, Gamma, InverseGaussian, Pareto, Uniform, Weibull
from verify.implementations.law_planes import abscissa, bends_of, cut


def test_the_parts_of_a_distribution_function_are_found() -> None:
    assert bends_of(Uniform(1, 3)) == (1, 3)
    assert bends_of(Exponential(2)) == ()


@pytest.mark.parametrize(
    "law", [Uniform(0, 2), Gamma(3, 2), Gamma(sp.Rational(1, 2), 1), InverseGaussian(1, 2), Pareto(3, 2)], ids=str
)
def test_laws_end_and_are_cut_where_they_say(law: Law) -> None:
    assert {one.outcome for one in (*abscissa(law), *cut(law))} == {"pass"}


@dataclass(frozen=True)
class Uncut(Gamma):
    """A gamma law that hides its cut."""

    @property
    def branch_cut(self) -> sp.Expr | None:
        return None


@dataclass(frozen=True)
class Light(Pareto):
    """A Pareto law that says it has exponential moments of every order."""

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        return sp.Integer(-1)


def test_a_hidden_cut_and_a_tail_that_is_too_heavy_are_refuted() -> None:
    assert [one.outcome for one in cut(Uncut(sp.Rational(1, 2), 1))] == ["refuted"]
    assert [one.outcome for one in abscissa(Light(3, 2))] == ["refuted"]


@dataclass(frozen=True)
class Heavy(Weibull):
    """A Weibull law that says its tail is heavier than exponential, whatever its shape."""

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        return sp.Integer(0)


@pytest.mark.parametrize(
    ("shape", "outcome"), [(sp.Rational(1, 2), "pass"), (sp.Rational(49, 50), "note"), (sp.Integer(1), "refuted")]
)
def test_a_tail_near_the_exponential_is_left_undecided(shape: sp.Expr, outcome: str) -> None:
    assert [one.outcome for one in abscissa(Heavy(shape, 1))] == [outcome]
