"""Stage: laws of exponential phases. Input: weights, means, a generator. Output: derivations and the draw."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.draws import DrawRecipe, phase_walk
from derive.laws.derived import density_cdf, density_transform
from derive.laws.exponential import Exponential
from derive.rules.phases import FirstJump, InvertRational, Mix, TwoPhaseWalk

Given = frozenset[Assumption]


@cache
def mixed_transform(
    weights: tuple[sp.Expr, ...], means: tuple[sp.Expr, ...], given: Given = assumptions.ALL
) -> Derivation:
    """L(s) = sum_i w_i L_i(s), from the transform of one exponential."""
    single = density_transform("hyperexponential", Exponential.symbolic_density, given)
    return single.then(Mix(weights, y.mean_delay, means), 1, 2)


@cache
def mixed_cdf(weights: tuple[sp.Expr, ...], means: tuple[sp.Expr, ...], given: Given = assumptions.ALL) -> Derivation:
    """F(t) = sum_i w_i F_i(t), from the distribution function of one exponential."""
    single = density_cdf("hyperexponential", Exponential.symbolic_density, given)
    return single.then(Mix(weights, y.mean_delay, means), 1, 3)


@cache
def phase_transform(
    initial: tuple[sp.Expr, ...], generator: sp.ImmutableMatrix, given: Given = assumptions.ALL
) -> Derivation:
    """L(s) = alpha (s - T)^-1 (-T 1), from the first jump out of each phase."""
    return Derivation("Laplace transform of the phase-type law", given).then(FirstJump(initial, generator))


@cache
def phase_cdf(
    initial: tuple[sp.Expr, ...], generator: sp.ImmutableMatrix, given: Given = assumptions.ALL
) -> Derivation:
    """F(t) by partial fractions of L(s)/s."""
    return phase_transform(initial, generator, given).then(InvertRational())


@cache
def two_phase_cdf(
    initial: tuple[sp.Expr, ...], generator: sp.ImmutableMatrix, given: Given = assumptions.ALL
) -> Derivation:
    """F(t) of a walk through two phases, by the exponential of its generator."""
    walked = phase_transform(initial, generator, given).then(TwoPhaseWalk(initial, generator))
    return walked.concluded("distribution function of the phase-type law")


def walk(initial: Sequence[sp.Expr], means: Sequence[sp.Expr], jumps: sp.Matrix) -> DrawRecipe:
    """The recipe of a walk through phases: where it begins, how long each lasts, the probabilities of each jump.

    Example: ``len(walk((1,), (2,), sp.zeros(1)).table) == 3``.
    """
    count = len(means)
    rows = [initial, *(tuple(jumps.row(phase)) for phase in range(count))]
    begin, *cumulative = [[sp.Add(*row[: index + 1]) for index in range(count)] for row in rows]
    table = (*begin, *means, *(entry for row in cumulative for entry in row))
    return DrawRecipe(phase_walk(sp.Integer(count), sp.Integer(0)), table)
