"""Numbers of recipes: rounded once, infinite or complex ones refused; spans of tables that stay inside them."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_uniform, table
from numeric.event_loop.recipe_numbers import RecipeError, is_constant, number, table_span


def test_a_rational_is_rounded_once_to_the_nearest_double() -> None:
    assert number(sp.Rational(10**40 + 1, 3 * 10**40)) == 1 / 3
    assert number(sp.sqrt(2)) == math.sqrt(2)


def test_what_is_no_finite_real_number_is_refused() -> None:
    for node in (sp.oo, sp.nan, sp.I):
        with pytest.raises(RecipeError, match="the draw recipe holds"):
            number(node)


def test_a_draw_and_an_entry_of_the_table_are_no_constants() -> None:
    assert is_constant(sp.sqrt(2) + sp.pi)
    assert not is_constant(1 + standard_uniform)
    assert not is_constant(table[sp.floor(2 * standard_uniform)])


def test_the_span_of_a_table_is_where_it_starts_and_how_many_entries_it_takes() -> None:
    recipe = DrawRecipe(table[2 + sp.floor(3 * standard_uniform)], (1, 2, 3, 4, 5))
    assert table_span(recipe.expression, recipe) == (2, 3.0)
    with pytest.raises(RecipeError):
        table_span(recipe.expression, DrawRecipe(recipe.expression, (1, 2, 3, 4)))
