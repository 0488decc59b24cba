"""Stage: the closer look. Input: an implementation that answers, its survey. Output: all that a survey misses.

The corners of the range and the edges, down to one double; then the search; then the simplest bad point, behaviour,
derivatives and the maps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from derive.studies.schema import StudyError
from verify.implementations.accuracy_maps import accuracy_map, edge_profiles, profile
from verify.implementations.behaviour import behaviour
from verify.implementations.calling import PythonFunction
from verify.implementations.certified_points import CertifiedClaim, Point
from verify.implementations.claim_domains import ClaimDomain
from verify.implementations.domain_search import corners, search, shrunk, survey
from verify.implementations.record import AccuracyMap, Finding, Profile, Sighting
from verify.implementations.tally import Tally, described

ULPS = 64.0
"""The largest error that passes unless another is asked for: six bits beyond what rounding the arguments costs."""

EXAMPLES = 150
"""Batches of points that the search draws, of up to 12 points each."""

SURVEYED = 240
_PROBED = 16  # points at which behaviour is looked at
_CENTRES = 12  # from which every edge is approached


@dataclass(frozen=True)
class Effort:
    """How hard to look and what to accept: the error that passes, batches drawn, the seed of all draws."""

    ulps: float = ULPS
    examples: int = EXAMPLES
    seed: int = 1

    def __post_init__(self) -> None:
        for name, value in (("ulps", self.ulps), ("examples", self.examples)):
            if not 0 < value < math.inf:
                raise StudyError("check", name, value, "not such a number", "above 0, finite")


@dataclass(frozen=True)
class CloserLook:
    """What a closer look adds to the survey, by the names of the record."""

    shrunk: Sighting | None = None
    simplest: Sighting | None = None
    behaviour: tuple[Finding, ...] = ()
    derivatives: tuple[Finding, ...] = ()
    edges: tuple[Profile, ...] = ()
    map: AccuracyMap | None = None
    profile: Profile | None = None


def look_closer(
    tally: Tally, domain: ClaimDomain, surveyed: Sequence[Point], effort: Effort, gradient: Callable[..., Any] | None
) -> CloserLook:
    """Corners and edges, then the search, which the tally counts; the rest only where nothing hangs."""
    tally(corners(domain, surveyed[:_CENTRES]))
    edges = edge_profiles(domain, tally, surveyed[:_CENTRES])
    search(domain, tally, effort.examples, effort.seed)
    if tally.is_hung:
        return CloserLook(edges=edges)
    worst = tally.worst
    centre = worst.point if worst is not None and worst.error > 1 else surveyed[0]
    apart = Tally(tally.implementation, tally.claim)  # what the pictures look at counts for nothing
    return CloserLook(
        shrunk=_made_simple(tally, domain, effort, 0.25 * (worst.error if worst else 0)),
        simplest=_made_simple(tally, domain, effort, 0),
        behaviour=behaviour(tally.implementation, tally.claim, domain, surveyed[:_PROBED], effort.ulps),
        derivatives=_derivatives(gradient, tally.claim, domain, effort),
        edges=edges,
        map=accuracy_map(domain, apart, centre),
        profile=profile(domain, apart, centre),
    )


def _made_simple(tally: Tally, domain: ClaimDomain, effort: Effort, least: float) -> Sighting | None:
    """A point of simple numbers whose error is above the limit and at least ``least``; None if all is well."""
    worst = tally.worst
    if worst is None or worst.error <= effort.ulps:
        return None
    wanted = max(least, math.nextafter(effort.ulps, math.inf))
    found = shrunk(domain, Tally(tally.implementation, tally.claim), wanted, effort.examples, effort.seed)
    if found is None:  # no draw came upon such a point again
        return described(tally.claim, worst)
    again = Tally(tally.implementation, tally.claim)
    again([found])
    return described(tally.claim, again.worst or worst)


def _derivatives(
    gradient: Callable[..., Any] | None, claim: CertifiedClaim, domain: ClaimDomain, effort: Effort
) -> tuple[Finding, ...]:
    """The offered partial derivatives, each held against the certified derivative of the claim."""
    if gradient is None:
        return ()
    found = []
    for place in domain.movable:
        name = claim.names[place]

        def one(_name: str = name, **arguments: Any) -> Any:
            return gradient(**arguments)[_name]

        tally = Tally(PythonFunction(one, claim.names), claim.derivative(name))
        tally(survey(domain, SURVEYED, effort.seed))
        search(domain, tally, max(1, effort.examples // 4), effort.seed)
        worst = tally.worst
        if worst is None:
            found.append(Finding(name, "no certified value to hold it against", "note"))
        elif worst.error > effort.ulps:
            found.append(Finding(name, worst.words(claim.names, effort.ulps), "refuted"))
        else:
            found.append(Finding(name, f"no error above {worst.error:.2g} ulps at {tally.judged} points", "pass"))
    return tuple(found)
