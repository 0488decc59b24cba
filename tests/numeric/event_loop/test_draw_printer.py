"""Recipes as source: what is printed, what is refused, and that compiled draws equal the reference's."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from derive.draws import (
    DrawRecipe,
    accepted,
    chosen,
    independent_sum,
    michael_schucany_haas,
    phase_walk,
    ranked,
    standard_exponential,
    standard_gamma,
    standard_normal,
    standard_uniform,
    table,
)
from derive.laws import InverseGaussian
from numeric.event_loop.compiled import generator
from numeric.event_loop.draw_printer import PrintedDraw, print_draw
from numeric.event_loop.recipe_numbers import RecipeError
from numeric.event_loop.reference import reader


def _drawn(printed: PrintedDraw, rng: np.random.Generator) -> float:
    """Run the printed statements with the plain interpreter."""
    names = {"rng": rng, "math": math, "np": np, "table": printed.table}
    names |= {f"p{k}": value for k, value in enumerate(printed.parameters)}
    exec("\n".join(printed.lines), names)
    return float(names[printed.result])


third = sp.Rational(1, 3)
floor3 = sp.floor(3 * standard_uniform)
RECIPES = [
    DrawRecipe(sp.Rational(5, 7)),
    DrawRecipe(sp.pi * standard_exponential),
    DrawRecipe(third + standard_gamma(sp.Integer(3)) / 7),
    DrawRecipe(standard_gamma(sp.Integer(20))),
    DrawRecipe(standard_gamma(third) * 2),
    DrawRecipe(sp.exp(sp.sqrt(2) * standard_normal - 1)),
    DrawRecipe(2 * (1 - standard_uniform) ** (-sp.Rational(2, 5))),
    DrawRecipe(standard_normal**2 + 1 / (1 + standard_exponential) ** 3),
    DrawRecipe(-sp.log(1 - standard_uniform) + sp.Abs(standard_normal) + sp.floor(5 * standard_uniform)),
    DrawRecipe(table[sp.floor(4 * standard_uniform)] + standard_exponential, (1, third, 5, 7)),
    DrawRecipe(independent_sum(standard_exponential, standard_exponential, 2, sp.Rational(1, 2) * standard_uniform)),
    DrawRecipe(chosen(third, standard_exponential, 2 * third, sp.Integer(4), standard_gamma(third))),
    DrawRecipe(chosen(third, 0, 1) * 3 + independent_sum(table[floor3], table[floor3 + 3]), (1, 2, 3, third, 5, 7)),
    DrawRecipe(accepted(standard_exponential, sp.Rational(1, 2)) + 1),
    DrawRecipe(ranked(standard_exponential, 2, 5) / 7),
    DrawRecipe(
        phase_walk(2, 0), (sp.Rational(1, 2), 1, 2, third, 0, sp.Rational(1, 3), sp.Rational(1, 4), sp.Rational(1, 4))
    ),
    DrawRecipe(2 * michael_schucany_haas(third)),
    DrawRecipe(1 + standard_normal * phase_walk(1, 2), (0, 0, 1, third, sp.Rational(4, 5))),
    DrawRecipe(
        sp.Piecewise(
            (standard_exponential, standard_uniform < third),
            (1 + standard_uniform, standard_normal > third),
            (sp.Integer(3), True),
        )
    ),
]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: str(recipe.expression)[:40])
def test_printed_draws_equal_the_reference_bit_for_bit(recipe: DrawRecipe) -> None:
    printed, slow = print_draw(recipe), reader(recipe.expression, print_draw(recipe).table)
    one, other = generator(5, 0), generator(5, 0)
    assert [_drawn(printed, one) for _ in range(200)] == [slow(other) for _ in range(200)]


def test_numbers_become_parameters_so_that_laws_share_one_source() -> None:
    one, other = print_draw(DrawRecipe(2 * standard_exponential)), print_draw(DrawRecipe(third * standard_exponential))
    assert one.lines == other.lines == ("d0 = rng.standard_exponential()", "d1 = p0 * d0")
    assert (one.parameters, other.parameters) == ((2.0,), (1 / 3,))


def test_a_gamma_of_integer_shape_is_a_sum_of_exponentials() -> None:
    assert print_draw(DrawRecipe(standard_gamma(sp.Integer(3)))).lines[0].count("standard_exponential") == 3
    assert "standard_gamma" in print_draw(DrawRecipe(standard_gamma(sp.Rational(7, 2)))).lines[0]


def test_a_power_uses_one_draw_however_often_it_is_multiplied() -> None:
    printed = print_draw(DrawRecipe(standard_exponential**3))
    assert "\n".join(printed.lines).count("rng.") == 1
    assert _drawn(printed, generator(1, 0)) == pytest.approx(generator(1, 0).standard_exponential() ** 3, rel=1e-15)


@pytest.mark.parametrize("shape", [sp.Rational(1, 2), sp.Integer(1), sp.Integer(4), sp.Integer(30)])
def test_gamma_draws_have_the_moments_of_their_shape(shape: sp.Expr) -> None:
    slow, rng = reader(standard_gamma(shape)), generator(7, 0)
    values = np.array([slow(rng) for _ in range(4000)])
    z = (values.mean() - float(shape)) / math.sqrt(float(shape) / len(values))
    assert abs(z) < 4.5  # false alarm 7e-6; the control is a shape off by a tenth of itself
    assert abs(values.mean() - 1.2 * float(shape)) / math.sqrt(float(shape) / len(values)) > 4.5


@pytest.mark.parametrize("variance", [sp.Rational(1, 20), sp.Integer(1), sp.Integer(6)])
def test_inverse_gaussian_draws_have_mean_one_their_variance_and_their_median(variance: sp.Expr) -> None:
    """Three gates of 4.5 standard errors; the control is a mean off by a fifth of the standard deviation."""
    slow, rng, law = reader(michael_schucany_haas(variance)), generator(7, 0), InverseGaussian(1, 1 / variance)
    values = np.array([slow(rng) for _ in range(6000)])
    spread = math.sqrt(float(variance))
    assert abs(values.mean() - 1) / spread * math.sqrt(len(values)) < 4.5
    assert abs(values.mean() - 1 - 0.2 * spread) / spread * math.sqrt(len(values)) > 4.5
    deviations = (values - 1) ** 2
    assert abs(deviations.mean() - float(variance)) < 4.5 * deviations.std() / math.sqrt(len(values))
    below = float(law.cdf(sp.Rational(1, 2)))
    assert abs((values <= 0.5).mean() - below) < 4.5 * math.sqrt(below * (1 - below) / len(values)) + 1e-12


@pytest.mark.parametrize(
    "recipe",
    [
        DrawRecipe(sp.Symbol("mu") * standard_exponential),
        DrawRecipe(sp.sin(standard_normal)),
        DrawRecipe(standard_gamma(sp.Integer(0))),
        DrawRecipe(standard_gamma(standard_uniform)),
        DrawRecipe(table[sp.floor(4 * standard_uniform)], (1, 2, 3)),
        DrawRecipe(table[sp.Integer(7)], (1, 2, 3)),
        DrawRecipe(phase_walk(2, 0), (1, 1, 1, 1, 0, 0, 0)),
        DrawRecipe(michael_schucany_haas(sp.Integer(0))),
        DrawRecipe(michael_schucany_haas(standard_uniform)),
        DrawRecipe(phase_walk(0, 0), (1, 1, 1)),
        DrawRecipe(table[1 + floor3], (1, 2, 3)),
        DrawRecipe(ranked(standard_exponential, 3, 2)),
        DrawRecipe(sp.oo * standard_exponential),
        DrawRecipe(sp.I * standard_exponential),
        DrawRecipe(sp.Piecewise((sp.Integer(1), sp.And(standard_uniform < third, standard_normal > 0)), (2, True))),
    ],
    ids=lambda recipe: str(recipe.expression)[:40],
)
def test_what_cannot_be_drawn_is_refused(recipe: DrawRecipe) -> None:
    with pytest.raises(RecipeError, match="the draw recipe holds"):
        print_draw(recipe)
