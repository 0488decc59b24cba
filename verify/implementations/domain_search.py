"""Stage: the search of a domain. Input: a claim's domain and an error at points. Output: the worst points, shrunk.

Hypothesis draws batches of points: simple numbers, doubles of any size in range, and points pushed to within one double
of an edge. It climbs towards larger errors, and shrinks a batch that is bad to one point of simple numbers. A survey
of moderate points, drawn from a fixed seed, says what is typical.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings, target
from hypothesis import strategies as st

from derive import symbols as y
from verify.implementations.certified_points import Number, Point
from verify.implementations.claim_domains import Argument, ClaimDomain, Edge

BATCH = 12
_SINGLES = 60
_SHRINKS = 200  # calls beyond which a point is simple enough
_SIMPLE = (1.0, 2.0, 0.5, 3.0, 0.25, 1.5, 10.0, 0.1)
_TRIES = 6000
_TRIED = 4  # points from which it is tried whether an edge can be met
_TOGETHER = 4  # arguments that are at their ends together
_STEPS = 53  # halvings of the distance to an edge, after which it is one double away
_WORST = 1e300  # stands for an error without end, because a target must be finite

Errors = Callable[[Sequence[Point]], Sequence[float]]


def survey(domain: ClaimDomain, count: int, random_seed: int = 1) -> tuple[Point, ...]:
    """Up to ``count`` >= 1 moderate points of the domain: sizes .01 to 100, whole numbers up to 64, by the seed."""
    rng = np.random.default_rng(random_seed)
    found: list[Point] = []
    for _ in range(_TRIES):
        if len(found) == count:
            break
        point = tuple(_moderate(argument, rng) for argument in domain.arguments)
        if domain.contains(point):
            found.append(point)
    return tuple(found)


def _moderate(argument: Argument, rng: np.random.Generator) -> Number:
    if argument.kind == "whole":
        low, high = int(argument.low), int(min(argument.high, 64))
        return int(rng.integers(low, high + 1))
    size = float(10 ** rng.uniform(*np.log10([max(argument.low, 0.01), min(argument.high, 100.0)])))
    if argument.kind == "real":
        return size * (1 if rng.random() < 0.5 else -1)
    if argument.kind == "complex" and rng.random() < 0.7:
        angle = rng.uniform(-0.5, 0.5) if argument.symbol == y.s else rng.uniform(-1, 1)
        return complex(size * math.cos(math.pi * angle), size * math.sin(math.pi * angle))
    return complex(size) if argument.kind == "complex" else size


def corners(domain: ClaimDomain, centres: Sequence[Point]) -> tuple[Point, ...]:
    """Points of the domain with one argument at an end of its range, or up to four of them."""
    ends = {place: (domain.arguments[place].low, domain.arguments[place].high) for place in domain.movable}
    found = [moved(centre, place, end) for centre in centres for place in ends for end in ends[place]]
    together = list(ends)[:_TOGETHER]
    for values in itertools.product(*(ends[place] for place in together)):
        for centre in centres[:1]:
            point = centre
            for place, value in zip(together, values, strict=True):
                point = moved(point, place, value)
            found.append(point)
    return tuple(point for point in found if domain.contains(point))


def points(domain: ClaimDomain) -> st.SearchStrategy[Point]:
    """Points of the domain, simplest first, half of them beside an edge where there is one."""
    plain = st.tuples(*(_numbers(argument) for argument in domain.arguments))
    ways = _ways(domain)
    anywhere = st.one_of(plain, _beside_an_edge(domain, plain, ways)) if ways else plain
    return anywhere.filter(domain.contains)


def _ways(domain: ClaimDomain) -> list[tuple[Edge, int]]:
    """The edges with the arguments along which some point of the survey meets them."""
    tried = survey(domain, _TRIED)
    pairs = [(edge, place) for edge in domain.edges for place in domain.movable]
    return [pair for pair in pairs if any(domain.crossings(*pair, point, most=1) for point in tried)]


def _numbers(argument: Argument) -> st.SearchStrategy[Number]:
    if argument.kind == "whole":
        low, high = int(argument.low), int(argument.high)
        return st.one_of(st.integers(low, min(high, low + 8)), st.integers(low, high))
    sizes = st.one_of(
        st.sampled_from(_SIMPLE),
        st.integers(round(100 * math.log10(argument.low)), round(100 * math.log10(argument.high))).map(_power),
        st.floats(argument.low, argument.high),
    )
    if argument.kind == "nonnegative":
        return st.one_of(sizes, st.just(0.0))
    if argument.kind == "real":
        return st.one_of(sizes, sizes.map(lambda size: -size))
    return sizes if argument.kind == "positive" else _complex_numbers(sizes, argument.symbol == y.s)


def _power(hundredths: int) -> float:
    return float(10 ** (hundredths / 100))


def _complex_numbers(sizes: st.SearchStrategy[float], right: bool) -> st.SearchStrategy[complex]:
    signs = st.sampled_from((0, 1) if right else (0, 1, -1))
    parts = st.tuples(signs, sizes, st.sampled_from((0, 1, -1)), sizes)
    return st.one_of(sizes.map(complex), parts.map(lambda one: complex(one[0] * one[1], one[2] * one[3])))


def _beside_an_edge(
    domain: ClaimDomain, plain: st.SearchStrategy[Point], ways: list[tuple[Edge, int]]
) -> st.SearchStrategy[Point]:
    @st.composite
    def beside(draw: st.DrawFn) -> Point:
        point = draw(plain)
        edge, place = draw(st.sampled_from(ways))
        found = domain.crossings(edge, place, point)
        if not found:
            return point
        crossing = draw(st.sampled_from(found))
        halvings, above = draw(st.one_of(st.integers(0, _STEPS), st.just(_STEPS))), draw(st.booleans())
        return moved(point, place, near(crossing.above if above else crossing.below, above, halvings))

    return beside()


def near(edge: float, above: bool, halvings: int) -> float:
    """A double at the relative distance 2^-``halvings`` from the edge, on one side of it; 53 is the edge's own double.

    Example: ``near(1.0, True, 1) == 1.5 and near(1.0, False, 53) == 1.0``.
    """
    outward = above == (edge > 0)
    return edge if halvings >= _STEPS else edge * (1 + (1 if outward else -1) * 2.0**-halvings)


def moved(point: Point, place: int, value: float) -> Point:
    """The point with one argument changed; a complex one keeps its type and loses its imaginary part."""
    new: Number = complex(value) if isinstance(point[place], complex) else value
    return (*point[:place], new, *point[place + 1 :])


def search(domain: ClaimDomain, errors: Errors, examples: int, random_seed: int = 0) -> None:
    """Call ``errors`` on ``examples`` >= 1 batches of points, each nearer to where the errors before were large."""

    def body(batch: list[Point]) -> None:
        _climb(errors(batch))

    _run(_batches(domain, BATCH), body, examples, random_seed, (Phase.generate, Phase.target))


def shrunk(domain: ClaimDomain, errors: Errors, wanted: float, examples: int, random_seed: int = 0) -> Point | None:
    """The simplest point found whose error is at least ``wanted``; None where no example showed one again.

    Single points are tried first, because they shrink fast; what is rare is found in the batches of the search.
    """
    for most, count in ((1, _SINGLES), (BATCH, examples)):
        found = _shrunk_batch(_batches(domain, most), errors, wanted, count, random_seed)
        if found is not None:
            return found
    return None


def _shrunk_batch(
    batches: st.SearchStrategy[list[Point]], errors: Errors, wanted: float, examples: int, random_seed: int
) -> Point | None:
    found: list[Point] = []
    known: dict[tuple[Point, ...], list[Point]] = {}

    def body(batch: list[Point]) -> None:
        key = tuple(batch)
        if key not in known:
            # an implementation that is slow to start must not be asked for ever; what is known stays as it was
            sizes = list(errors(batch)) if len(known) < examples + _SHRINKS else [0.0] * len(batch)
            _climb(sizes)  # the same climb as in the search
            known[key] = [point for point, size in zip(batch, sizes, strict=True) if size >= wanted]
        if known[key]:
            found.append(known[key][0])
            raise AssertionError

    try:
        _run(batches, body, examples, random_seed, (Phase.generate, Phase.target, Phase.shrink))
    except AssertionError:
        return found[-1]
    return None


def _climb(sizes: Sequence[float]) -> None:
    target(math.log10(max(min(max(sizes, default=0.0), _WORST), 1e-3)))


def _batches(domain: ClaimDomain, most: int) -> st.SearchStrategy[list[Point]]:
    return st.lists(points(domain), min_size=1, max_size=most)


def _run(
    batches: st.SearchStrategy[list[Point]], body: Any, examples: int, random_seed: int, phases: tuple[Phase, ...]
) -> None:
    chosen = settings(
        max_examples=examples, deadline=None, database=None, phases=phases, print_blob=False,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    seed(random_seed)(chosen(given(batches)(body)))()
