"""Draws in lanes: what all lanes do alike is printed, in order; what branches is left alone."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.draws import (
    DrawRecipe,
    michael_schucany_haas,
    standard_exponential,
    standard_gamma,
    standard_uniform,
    table,
)
from numeric.event_loop.draw_printer import PrintedDraw, print_draw
from numeric.event_loop.lane_draws import lane_draw


def test_random_numbers_are_taken_in_the_order_of_the_printed_draw() -> None:
    lines = lane_draw(
        PrintedDraw(("d0 = rng.random() + p0 * rng.standard_normal()", "d1 = 1.0 / d0"), "d1", (2.0,), ())
    )
    assert lines == (
        "V t0 = uniforms(stream);",
        "V t1 = normals(stream);",
        "const V d0 = (t0 + (p0 * t1));",
        f"const V d1 = ({(1.0).hex()} / d0);",
        "const V duration = d1;",
    )


def test_a_table_is_looked_up_at_whole_numbers() -> None:
    draw = print_draw(DrawRecipe(table[1 + sp.floor(2 * standard_uniform)], (sp.Integer(1),) * 3))
    assert (
        lane_draw(draw)[-2] == "const V d0 = doubles_at(table, (__builtin_convertvector((p0 * t0), I) + (int64_t)p1));"
    )


def test_what_is_the_same_in_every_lane_becomes_a_vector() -> None:
    assert lane_draw(print_draw(DrawRecipe(sp.Integer(2)))) == ("const V duration = (V){0} + p0;",)


@pytest.mark.parametrize(
    "recipe",
    [
        DrawRecipe(standard_gamma(sp.Rational(3, 2))),
        DrawRecipe(michael_schucany_haas(sp.Integer(2))),
        DrawRecipe(sp.Piecewise((standard_exponential, standard_uniform < sp.Rational(1, 3)), (1, True))),
    ],
    ids=["gamma", "wald", "mixture"],
)
def test_a_draw_with_a_branch_has_no_lanes(recipe: DrawRecipe) -> None:
    assert lane_draw(print_draw(recipe)) is None
