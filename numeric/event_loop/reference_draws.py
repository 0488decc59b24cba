"""Stage: draws, read slowly. Input: a law's draw recipe. Output: a Python function of the random generator.

Written apart from numeric/event_loop/draw_printer.py, to be held against what that prints.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import reduce

import numpy as np
import sympy as sp

from derive.draws import (
    RANDOM_NODES,
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
)

Draw = Callable[[np.random.Generator], float]


def recipe_reader(recipe: DrawRecipe) -> Draw:
    """Read a recipe with its table."""
    return reader(sp.sympify(recipe.expression), tuple(int(c.p) / int(c.q) for c in map(sp.Rational, recipe.table)))


def reader(node: sp.Expr, table: tuple[float, ...] = ()) -> Draw:
    """Read a draw recipe as a Python function of the generator.

    The reading rule: every occurrence of a standard draw is one call; a sum's or product's constants are one
    number and come first; then left to right; a Piecewise evaluates conditions and values as they are needed.
    """
    if node == standard_exponential:
        return lambda rng: rng.standard_exponential()
    if node == standard_normal:
        return lambda rng: rng.standard_normal()
    if node == standard_uniform:
        return lambda rng: rng.random()
    if isinstance(node, michael_schucany_haas):
        variance = reader(node.args[0])
        return lambda rng: _inverse_gaussian(rng, variance(rng))
    if isinstance(node, phase_walk):
        count, start = (int(part) for part in node.args)
        return lambda rng: _walk(rng, table[start:], count)
    if isinstance(node, standard_gamma):
        return _gamma(node.args[0])
    if isinstance(node, sp.Indexed):
        first, index = node.indices[0].as_coeff_Add()
        entries = float(index.args[0] / standard_uniform)
        return lambda rng: table[int(first) + math.floor(entries * rng.random())]
    if not _is_random(node):
        value = int(node.p) / int(node.q) if node.is_Rational else float(sp.N(node, 40))
        return lambda rng: value
    if isinstance(node, sp.Piecewise):
        return _piecewise(node, table)
    if isinstance(node, independent_sum | chosen | accepted | ranked):
        return _composed(node, table)
    return _operation(node, table)


def _is_random(node: sp.Basic) -> bool:
    return bool(node.free_symbols) or node.has(*RANDOM_NODES)


def _composed(node: sp.Expr, table: tuple[float, ...]) -> Draw:
    if isinstance(node, chosen):
        return _chosen([float(share) for share in node.args[:-1:2]], [reader(part, table) for part in _parts(node)])
    if isinstance(node, independent_sum):
        parts = [reader(part, table) for part in node.args]
        return lambda rng: reduce(operator.add, (part(rng) for part in parts))
    draw = reader(node.args[0], table)
    if isinstance(node, ranked):
        rank, count = (int(part) for part in node.args[1:])
        return lambda rng: sorted(draw(rng) for _ in range(count))[rank - 1]
    bound = float(node.args[1])
    return lambda rng: next(value for value in iter(lambda: draw(rng), None) if value <= bound)


def _parts(node: sp.Expr) -> tuple[sp.Expr, ...]:
    return (*node.args[1::2], node.args[-1])


def _chosen(shares: list[float], parts: list[Draw]) -> Draw:
    def draw(rng: np.random.Generator) -> float:
        uniform = rng.random()
        return parts[sum(share <= uniform for share in shares)](rng)

    return draw


def _gamma(shape: sp.Expr) -> Draw:
    if shape.is_Integer and shape <= 8:
        return lambda rng: sum(rng.standard_exponential() for _ in range(int(shape)))
    value = float(shape)
    return lambda rng: rng.standard_gamma(value)


def _inverse_gaussian(rng: np.random.Generator, variance: float) -> float:
    """One of the two roots of (x - 1)^2 = w x, whose product is 1: the smaller with probability 1/(1 + x)."""
    normal = rng.standard_normal()
    w = variance * normal * normal
    smaller = 1.0 / (1.0 + w / 2.0 + math.sqrt(w + w * w / 4.0))
    return smaller if rng.random() * (1.0 + smaller) <= 1.0 else 1.0 / smaller


def _walk(rng: np.random.Generator, table: tuple[float, ...], count: int) -> float:
    """The time a walk takes: its first phase, then a duration and a jump each, until no phase is chosen."""
    first, means, jumps = table[:count], table[count : 2 * count], table[2 * count :]
    uniform = rng.random()
    phase = next((i for i in range(count - 1) if uniform < first[i]), count - 1)
    time = 0.0
    while phase < count:
        time += means[phase] * rng.standard_exponential()
        uniform = rng.random()
        phase = next((j for j in range(count) if uniform < jumps[phase * count + j]), count)
    return time


def _piecewise(node: sp.Piecewise, table: tuple[float, ...]) -> Draw:
    branches = [(reader(value, table), _condition(condition, table)) for value, condition in node.args]
    return lambda rng: next(value(rng) for value, holds in branches if holds(rng))


def _condition(condition: sp.Basic, table: tuple[float, ...]) -> Callable[[np.random.Generator], bool]:
    if condition == sp.true:
        return lambda rng: True
    left, right = (reader(side, table) for side in condition.args)
    if isinstance(condition, sp.StrictLessThan | sp.LessThan):
        return lambda rng: left(rng) < right(rng)
    return lambda rng: left(rng) > right(rng)


def _operation(node: sp.Expr, table: tuple[float, ...]) -> Draw:
    if isinstance(node, sp.Add | sp.Mul):
        constants = node.func(*(part for part in node.args if not _is_random(part)))
        random = [part for part in node.args if _is_random(part)]
        parts = [reader(part, table) for part in ([constants] if constants != node.func() else []) + random]
        combine = math.prod if isinstance(node, sp.Mul) else sum
        return lambda rng: combine(part(rng) for part in parts)
    argument = reader(node.args[0], table)
    if isinstance(node, sp.exp):
        return lambda rng: math.exp(argument(rng))
    if isinstance(node, sp.log):
        return lambda rng: math.log(argument(rng))
    if isinstance(node, sp.Abs | sp.floor):
        function = abs if isinstance(node, sp.Abs) else math.floor
        return lambda rng: function(argument(rng))
    if isinstance(node, sp.Pow):
        return _power(argument, node.args[1], table)
    raise ValueError(f"the reference cannot draw {node}")


def _power(base: Draw, exponent: sp.Expr, table: tuple[float, ...]) -> Draw:
    if exponent == sp.Rational(1, 2):
        return lambda rng: math.sqrt(base(rng))
    if exponent.is_Integer and abs(exponent) <= 8:
        n = int(exponent)
        return lambda rng: _product(base(rng), n) if n > 0 else 1 / _product(base(rng), -n)
    power = reader(exponent, table)
    return lambda rng: math.pow(base(rng), power(rng))


def _product(value: float, times: int) -> float:
    return math.prod([value] * times)
