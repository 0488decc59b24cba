"""Stage: samples. Input: a law's draw recipe and a generator. Output: many draws at once, by plain NumPy.

Apart from the event loop's printer and from its reference: a third reading of the same recipe.
"""

from __future__ import annotations

import numpy as np
import sympy as sp
from numpy.typing import NDArray

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
)

Array = NDArray[np.float64]


def sample(recipe: DrawRecipe, count: int, seed: int) -> Array:
    """``count`` draws of a recipe, in seconds; the same for the same seed (kind: doubles).

    Example: ``sample(Constant(2).draw, 3, seed=1).tolist() == [2.0, 2.0, 2.0]``.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    values = np.array([float(value) for value in recipe.table])
    return np.broadcast_to(_drawn(recipe.expression, generator, count, values), (count,))


def _drawn(node: sp.Basic, generator: np.random.Generator, count: int, values: Array) -> Array:
    """Every node of a recipe as ``count`` values at once; every occurrence of a standard draw is drawn anew."""
    parts = [_drawn(part, generator, count, values) for part in node.args if not isinstance(node, sp.Indexed)]
    if node == standard_exponential:
        return generator.standard_exponential(count)
    if node == standard_normal:
        return generator.standard_normal(count)
    if node == standard_uniform:
        return generator.random(count)
    if isinstance(node, standard_gamma):
        return generator.standard_gamma(parts[0], count)
    if isinstance(node, michael_schucany_haas):
        return generator.wald(1.0, 1 / parts[0], count)  # NumPy's own sampler
    if isinstance(node, sp.Indexed):
        return values[_drawn(node.indices[0], generator, count, values).astype(int)]
    if isinstance(node, phase_walk | independent_sum | chosen | accepted | ranked):
        return _composed(node, parts, generator, values, count)
    if not parts:
        return np.array(float(node))
    names = [sp.Dummy() for _ in parts]
    return np.asarray(sp.lambdify(names, node.func(*names), "numpy")(*parts))


def _composed(node: sp.Basic, parts: list[Array], generator: np.random.Generator, values: Array, count: int) -> Array:
    if isinstance(node, phase_walk):
        phases, start = map(int, node.args)
        return _walked(phases, values[start : start + phases * (phases + 2)], count, generator)
    if isinstance(node, independent_sum):
        return np.sum([np.broadcast_to(part, count) for part in parts], axis=0)
    if isinstance(node, chosen):
        shares = np.array([float(share) for share in node.args[:-1:2]])
        which = np.searchsorted(shares, generator.random(count), side="right")
        return np.choose(which, [np.broadcast_to(part, count) for part in (*parts[1::2], parts[-1])])
    if isinstance(node, accepted):
        found, bound = np.array(parts[0]), float(node.args[1])
        while (over := found > bound).any():
            found[over] = _drawn(node.args[0], generator, int(over.sum()), values)
        return found
    rank, of_them = int(node.args[1]), int(node.args[2])
    more = [np.broadcast_to(_drawn(node.args[0], generator, count, values), count) for _ in range(of_them - 1)]
    return np.asarray(np.sort([np.broadcast_to(parts[0], count), *more], axis=0)[rank - 1])


def _walked(phases: int, values: Array, count: int, generator: np.random.Generator) -> Array:
    """All walks at once, phase by phase: an exponential duration each, then the jump."""
    rows = values.reshape(phases + 2, phases)
    time, phase = np.zeros(count), (generator.random(count)[:, None] >= rows[0]).sum(axis=1)
    while (phase < phases).any():
        on = np.flatnonzero(phase < phases)
        time[on] += rows[1][phase[on]] * generator.standard_exponential(on.size)
        phase[on] = (generator.random(on.size)[:, None] >= rows[2 + phase[on]]).sum(axis=1)
    return time
