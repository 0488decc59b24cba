"""A user's laws: right ones pass, and every part that is wrong by a little is refuted by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import pytest
import sympy as sp

import verify
from derive import symbols as y
from derive.draws import DrawRecipe, standard_exponential, standard_gamma
from derive.law import Ageing, Law
from derive.laws import Gamma
from verify.implementations.law_checks import check_law

THREE = sp.Integer(3)


@dataclass(frozen=True)
class Stages(Law):
    """A user's own class: two stages of mean ``mean``/2 each, every part stated and open to error."""

    mean: sp.Expr = THREE
    of_transform: sp.Expr = sp.S.One
    of_cdf: sp.Expr = sp.S.One
    of_moments: sp.Expr = sp.S.One
    of_density: sp.Expr = sp.S.One
    of_edge: sp.Expr = sp.S.One
    cut_at: sp.Expr | None = None
    of_draws: sp.Expr = sp.S.One
    states: Ageing | None = "new longer than used"
    name: ClassVar[str] = "stages"
    law: Gamma = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "law", Gamma(2, self.mean))

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        return self.law.laplace_transform(s * self.of_transform)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        return self.law.cdf(u / self.of_cdf)

    def density(self, u: sp.Expr) -> sp.Expr:
        return self.law.density(u / self.of_density)

    def moment(self, n: int) -> sp.Expr:
        return self.law.moment(n) * (self.of_moments if n > 1 else 1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        return -2 / self.mean * self.of_edge

    @property
    def branch_cut(self) -> sp.Expr | None:
        return self.cut_at

    @property
    def ageing(self) -> Ageing | None:
        return self.states

    @property
    def draw(self) -> DrawRecipe:
        return DrawRecipe(self.of_draws * self.mean / 2 * standard_gamma(sp.Integer(2)))


OFF = sp.Rational(101, 100)


def test_a_users_right_laws_pass_every_question() -> None:
    stated = Law.from_density(y.u * sp.exp(-y.u), y.u, DrawRecipe(standard_gamma(sp.Integer(2))))
    for law in (Stages(), stated):
        check = verify.check_law(law)
        assert check.passed, check.reason
        assert check.noticed is not None
        assert check.noticed < 0.01
    assert {"moment 3", "transform at s theta = 1.3", "abscissa of convergence", "ageing", "draws"} <= {
        finding.question for finding in check_law(Stages(), draws=4096).findings
    }


@pytest.mark.parametrize(
    ("wrong", "question"),
    [
        (Stages(of_transform=OFF), "moment 1"),
        (Stages(of_cdf=OFF), "transform at s theta"),
        (Stages(of_moments=OFF), "moment 2"),
        (Stages(of_density=OFF), "density"),
        (Stages(of_edge=OFF), "abscissa of convergence"),
        (Stages(of_edge=sp.Rational(99, 100)), "abscissa of convergence"),
        (Stages(of_edge=sp.S.Zero), "abscissa of convergence: -log P(tau > u)/u falls"),
        (Stages(of_edge=sp.oo), "transform at s theta = -2.07"),
        (Stages(cut_at=-2 / THREE), "branch cut"),
        (Stages(of_draws=OFF), "draws: their mean"),
        (Stages(states="memoryless"), "ageing"),
        (Stages(states="new shorter than used"), "ageing"),
        (Law.from_density(2 * sp.exp(-2 * y.u), y.u, DrawRecipe(standard_exponential * OFF / 2)), "draws: their mean"),
        (Law.from_laplace_transform(1 / (1 + 2 * y.s), y.s, DrawRecipe(2 - standard_exponential)), "draws: a duration"),
    ],
)
def test_one_part_that_is_wrong_is_refuted_by_name(wrong: Law, question: str) -> None:
    check = check_law(wrong)
    assert not check.passed
    assert question in check.reason


def test_draws_of_the_right_mean_and_another_spread_are_refuted() -> None:
    other = Law.from_density(y.u * sp.exp(-y.u), y.u, DrawRecipe(2 * standard_exponential))
    assert "a share" in check_law(other, draws=2**14).reason
