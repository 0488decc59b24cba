"""A long formula names its repeated parts; put back, they make the same formula."""

from __future__ import annotations

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.formulas.latex import latex_display
from derive.formulas.lines import equation_lines
from derive.formulas.naming import FEW_LINES, named

LONG = ("arrivals.distance-to-poisson.any-law", "law.cdf.phase-type")


def test_the_names_put_back_make_the_same_formula() -> None:
    found = []
    for claim in CLAIMS.values():
        result = claim.derived.result
        short, names = named(result.left, result.right)
        for name, value in reversed(names):
            short = short.xreplace({name: value})
        assert short == result.right, claim.id
        found += [claim.id] if names else []
    assert set(LONG) <= set(found)


def test_a_name_stands_for_what_is_known_by_then() -> None:
    for claim in LONG:
        result = CLAIMS[claim].derived.result
        short, names = named(result.left, result.right)
        known: set[sp.Symbol] = set()
        for name, value in names:
            assert value.free_symbols & set(y.part_names) <= known
            known.add(name)
        assert len(equation_lines(result.left, short)) < len(equation_lines(result.left, result.right))
        assert short.free_symbols & set(y.part_names)


def test_a_short_formula_keeps_its_parts() -> None:
    short, names = named(y.variance, sp.sin(y.damping * y.mean_delay) + 1 / sp.sin(y.damping * y.mean_delay))
    assert not names
    assert not short.free_symbols & set(y.part_names)
    assert FEW_LINES == 3


def test_the_running_variable_of_a_sum_stays_inside_it() -> None:
    inner = sp.sin(y.t * y.j / y.mean_delay) / (1 + y.t * y.j / y.mean_delay) ** 2
    whole = sum((sp.Sum(inner**n, (y.j, 1, y.workers)) * y.damping**n for n in range(1, 9)), sp.S.Zero)
    _, names = named(y.variance, whole)
    assert not [value for _, value in names if value.has(y.j) and not value.has(sp.Sum)]


def test_the_definitions_stand_below_the_equation() -> None:
    result = CLAIMS[LONG[0]].derived.result
    equation, definitions = latex_display(result.left, result.right, "d").split("\nwhere\n")
    assert equation.count("\\lfloor") == 0
    assert definitions.count("\\lfloor") == 2
    assert "where" not in latex_display(y.damping, y.learning_rate * y.curvature)
