"""Stage: accuracy maps. Input: errors at points of a domain. Output: where an implementation is how good, as data.

A plane of two arguments shows regions; the distance from an edge, down to one double, shows what no plane resolves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from verify.implementations.certified_points import Number, Point
from verify.implementations.claim_domains import Argument, ClaimDomain, Crossing
from verify.implementations.domain_search import moved, near
from verify.implementations.record import AccuracyMap, Named, Profile

ACROSS, UP = 41, 25
ALONG = 160
HALVINGS = tuple(range(1, 54))

Errors = Callable[[Sequence[Point]], Sequence[float]]


def accuracy_map(domain: ClaimDomain, errors: Errors, centre: Point) -> AccuracyMap | None:
    """Errors over the plane through ``centre`` of the first two arguments; None where there are not two."""
    axes = _axes(domain)
    if len(axes) < 2:
        return None
    across, up = axes[:2]
    x, y = _values(domain.arguments[across], ACROSS), _values(domain.arguments[up], UP)
    grid = [_put(_put(centre, across, a), up, b) for b in y for a in x]
    inside = [point for point in grid if domain.contains(point)]
    known = dict(zip(inside, errors(inside), strict=True)) if inside else {}
    cells = [_cell(known.get(point)) for point in grid]
    rows = tuple(tuple(cells[row * len(x) : (row + 1) * len(x)]) for row in range(len(y)))
    names = [argument.name for argument in domain.arguments]
    fixed = named([names[n] for n in range(len(names)) if n not in (across, up)], _without(centre, across, up))
    return AccuracyMap(names[across], names[up], x, y, rows, fixed, _edge_lines(domain, centre, across, up))


def _edge_lines(domain: ClaimDomain, centre: Point, across: int, up: int) -> tuple[Profile, ...]:
    """Where the plane meets each edge, one line each: the first crossing of every column."""
    if up not in domain.movable:
        return ()
    lines, met = [], set()
    for edge in domain.edges:
        found: dict[float, float] = {}
        for value in _values(domain.arguments[across], ACROSS):
            crossings = domain.crossings(edge, up, _put(centre, across, value), most=1)
            if crossings:
                found[value] = crossings[0].below
        if len(found) > 1 and tuple(found.items()) not in met:
            met.add(tuple(found.items()))
            name = domain.arguments[up].name
            lines.append(Profile(edge.words, name, tuple(found), tuple(found.values())))
    return tuple(lines)


def profile(domain: ClaimDomain, errors: Errors, centre: Point) -> Profile | None:
    """Errors along the only argument; None where there is none or are several."""
    axes = _axes(domain)
    if len(axes) != 1:
        return None
    x = _values(domain.arguments[axes[0]], ALONG)
    points = [_put(centre, axes[0], value) for value in x]
    inside = [(value, point) for value, point in zip(x, points, strict=True) if domain.contains(point)]
    found = errors([point for _, point in inside])
    name = domain.arguments[axes[0]].name
    return Profile(f"along {name}", name, tuple(value for value, _ in inside), tuple(map(finite, found)))


@dataclass(frozen=True)
class _Sweep:
    """Points that come ever nearer to an edge from one side, with their relative distances."""

    key: tuple[str, bool]
    label: str
    argument: str
    distances: tuple[float, ...]
    points: tuple[Point, ...]


def edge_profiles(domain: ClaimDomain, errors: Errors, centres: Sequence[Point]) -> tuple[Profile, ...]:
    """Errors against the relative distance from each edge that a centre can be moved to, the worst centre on each side.

    Every branch of the first centre takes part. All points go into one call of ``errors``.
    """
    sweeps = [sweep for centre in (*_branches(domain, centres[:1]), *centres) for sweep in _sweeps(domain, centre)]
    found = iter(errors([point for sweep in sweeps for point in sweep.points]))
    worst: dict[tuple[str, bool], tuple[float, Profile]] = {}
    for sweep in sweeps:
        sizes = [next(found) for _ in sweep.points]
        one = Profile(sweep.label, sweep.argument, sweep.distances, tuple(map(finite, sizes)))
        if sweep.key not in worst or max(sizes) > worst[sweep.key][0]:
            worst[sweep.key] = (max(sizes), one)
    return tuple(one for _, one in worst.values())


def _branches(domain: ClaimDomain, centres: Sequence[Point]) -> Iterator[Point]:
    for centre in centres:
        for place, argument in enumerate(domain.arguments):
            if argument.kind == "whole" and argument.low < 0:
                branches = range(int(argument.low), int(argument.high) + 1)
                yield from ((*centre[:place], branch, *centre[place + 1 :]) for branch in branches)


def _sweeps(domain: ClaimDomain, centre: Point) -> Iterator[_Sweep]:
    """Both sides of every edge along the first argument that crosses it; an edge that lies on another is left out."""
    met: set[tuple[int, float]] = set()
    for edge in domain.edges:
        lines = (domain.crossings(edge, place, centre, most=1) for place in domain.movable)
        for crossing in next((line for line in lines if line), ()):
            if (crossing.place, crossing.below) not in met:
                met.add((crossing.place, crossing.below))
                yield from _sides(domain, centre, crossing)


def _sides(domain: ClaimDomain, centre: Point, crossing: Crossing) -> Iterator[_Sweep]:
    for above in (False, True):
        edge = crossing.above if above else crossing.below
        steps = [(2.0**-n, moved(centre, crossing.place, near(edge, above, n))) for n in HALVINGS]
        inside = [(distance, point) for distance, point in steps if domain.contains(point)]
        if len(inside) >= len(steps) // 2:
            name = domain.arguments[crossing.place].name
            label = f"{crossing.edge.words}, from {'above' if above else 'below'}"
            distances, points = zip(*inside, strict=True)
            yield _Sweep((crossing.edge.words, above), label, name, distances, points)


def named(names: Sequence[str], point: Sequence[Number]) -> Named:
    """Arguments with their values as texts that read back to the same numbers.

    Example: ``named(["workers"], (3,)) == (("workers", "3"),)``.
    """
    return tuple((name, repr(value)) for name, value in zip(names, point, strict=True))


def finite(error: float) -> float | None:
    """An error as a record holds it: None where there was no number.

    Example: ``finite(2.0) == 2.0 and finite(math.inf) is None``.
    """
    return error if math.isfinite(error) else None


def _axes(domain: ClaimDomain) -> list[int]:
    """Arguments with a continuum of values first, whole numbers after them."""
    whole = [place for place in range(len(domain.arguments)) if place not in domain.movable]
    return [*domain.movable, *whole]


def _values(argument: Argument, count: int) -> tuple[float, ...]:
    low, high = max(argument.low, 1e-3), min(argument.high, 1e3)
    if argument.kind == "whole":
        most = int(min(argument.high, argument.low + count - 1))
        return tuple(float(n) for n in range(int(argument.low), most + 1))
    return tuple(low * (high / low) ** (n / (count - 1)) for n in range(count))


def _put(point: Point, place: int, value: float) -> Point:
    old = point[place]
    if isinstance(old, complex):
        new: Number = complex(value, old.imag)
    else:
        new = int(value) if isinstance(old, int) else value
    return (*point[:place], new, *point[place + 1 :])


def _without(point: Point, *places: int) -> list[Number]:
    return [value for place, value in enumerate(point) if place not in places]


def _cell(error: float | None) -> float | str | None:
    return "outside" if error is None else finite(error)
