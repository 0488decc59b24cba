"""Stage: checking an implementation. Input: a user's function and a claim. Output: a verdict with all it rests on.

    function, claim -> survey, search, edges -> errors in ulps over the certified value -> outcome

What passes has shown no error above the limit at any point looked at, edges included: a search is no proof, and the
record says how many points it looked at. What is refuted comes with a point at which it fails.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any

import numpy as np

from derive.claims import CLAIMS, Claim
from derive.claims.with_law import claim_named
from derive.studies.schema import StudyError
from verify.implementations.accuracy_maps import finite
from verify.implementations.calling import TIME_LIMIT, Implementation, PythonFunction
from verify.implementations.certified_points import CertifiedClaim
from verify.implementations.claim_domains import ClaimDomain
from verify.implementations.closer_look import EXAMPLES, SURVEYED, ULPS, CloserLook, Effort, look_closer
from verify.implementations.domain_search import survey
from verify.implementations.record import Finding, ImplementationCheck, Outcome
from verify.implementations.tally import Tally, described

FEWEST = 8
"""Certified points below which nothing is said."""


def check_implementation(
    function: Callable[..., Any],
    claim: str | Claim,
    *,
    ulps: float = ULPS,
    examples: int = EXAMPLES,
    seed: int = 1,
    arrays: bool = True,
    time_limit: float = TIME_LIMIT,
) -> ImplementationCheck:
    """Search a claim's domain, edges included, for the worst forward error of a Python function.

    ``function`` takes the claim's argument names as keywords, NumPy arrays of one shape (``arrays=False``: plain
    numbers, one point at a time), and may offer ``function.gradient``, called alike, which returns a mapping from
    argument names to partial derivatives. An error is |computed - exact| over one ulp of the value and epsilon times
    its sensitivity to the arguments; ``ulps`` > 0 is the largest that passes, ``time_limit`` in seconds. Result:
    a record whose outcome is "pass", "refuted" or "unproven"; certified values, a search that is no proof. Raises
    ``StudyError`` for an unknown claim, or one whose value is no number of its arguments alone.

    Example: ``check_implementation(lambda workers: workers - 1, "staleness.mean.any-law", examples=3).passed``.
    """
    known = claim_of(claim)
    implementation = PythonFunction(function, tuple(known.arguments), arrays, time_limit)
    gradient = getattr(function, "gradient", None)
    return check(implementation, known, Effort(ulps, examples, seed), name_of(function), gradient)


def assert_implements(function: Callable[..., Any], claim: str | Claim, **options: Any) -> None:
    """Raise ``AssertionError`` with the worst point where ``check_implementation`` does not pass; for pytest.

    ``options`` are those of ``check_implementation``, as ``ulps=4``.

    Example: ``assert_implements(lambda workers: workers - 1, "staleness.mean.any-law", examples=3) is None``.
    """
    found = check_implementation(function, claim, **options)
    if not found.passed:
        raise AssertionError(f"{found.target} does not implement {found.claim}: {found.reason}")


def claim_of(claim: str | Claim, key: str = "--claim") -> Claim:
    """The claim of an id, or of a claim for any law followed by a law's name; ``key`` is where it was asked for.

    ``StudyError`` names the nearest known ones, or why a law cannot be put in.

    Example: ``claim_of("staleness.mean.any-law").id == "staleness.mean.any-law"``.
    """
    if isinstance(claim, Claim):
        return claim
    try:
        return claim_named(claim)
    except KeyError:
        near = ", ".join(get_close_matches(claim, CLAIMS, n=3, cutoff=0.5))
        raise StudyError("command line", key, claim, "unknown claim", near or "see staleproof claims") from None
    except ValueError as error:
        raise StudyError("command line", key, claim, str(error), "see staleproof claims") from None


def name_of(function: Any) -> str:
    """What a function is called, with its module where it has one.

    Example: ``name_of(name_of) == "verify.implementations.checking:name_of"``.
    """
    name = getattr(function, "__qualname__", type(function).__name__)
    module = getattr(function, "__module__", None)
    return f"{module}:{name}" if module else str(name)


def check(
    implementation: Implementation,
    claim: Claim,
    effort: Effort,
    target: str,
    gradient: Callable[..., Any] | None = None,
) -> ImplementationCheck:
    """The check of anything that answers at points; ``target`` is what it is called."""
    certified, domain = CertifiedClaim(claim), ClaimDomain(claim)
    tally = Tally(implementation, certified)
    surveyed = survey(domain, SURVEYED if claim.arguments else 1, effort.seed)
    typical = sorted(tally(surveyed))
    closer = CloserLook()
    if tally.answered and not tally.is_hung:  # else there is nothing to look at
        closer = look_closer(tally, domain, surveyed, effort, gradient)
    outcome, reason = _outcome(tally, effort, (*closer.behaviour, *closer.derivatives))
    result = claim.derived.result
    return ImplementationCheck(
        target=target,
        claim=claim.id,
        statement=claim.statement,
        expression=f"{result.left} = {result.right}",
        outcome=outcome,
        reason=reason,
        limit=effort.ulps,
        points=tally.judged,
        searched=_searched(domain),
        typical=finite(typical[len(typical) // 2]) if typical else None,
        most=finite(typical[int(0.95 * (len(typical) - 1))]) if typical else None,
        worst=None if tally.worst is None else described(certified, tally.worst),
        provenance=_provenance(effort),
        **vars(closer),
    )


def _outcome(tally: Tally, effort: Effort, findings: Sequence[Finding]) -> tuple[Outcome, str]:
    worst = tally.worst
    if worst is not None and worst.error > effort.ulps:
        return "refuted", worst.words(tally.claim.names, effort.ulps)
    wrong = [f"{one.question}: {one.found}" for one in findings if one.outcome == "refuted"]
    if wrong:
        return "refuted", "; ".join(wrong)
    if tally.judged < (FEWEST if tally.claim.names else 1):
        return "unproven", f"certified values at {tally.judged} points only: too few to say anything"
    return "pass", f"no error above {effort.ulps:g} ulps at {tally.judged} points"


def _searched(domain: ClaimDomain) -> tuple[tuple[str, str], ...]:
    ranges = [(argument.name, argument.words) for argument in domain.arguments]
    return (*ranges, *((("condition", domain.words),) if domain.words else ()))


def _provenance(effort: Effort) -> tuple[tuple[str, str], ...]:
    return (
        ("staleproof", version("staleproof")),
        ("python", platform.python_version()),
        ("numpy", np.__version__),
        ("hypothesis", version("hypothesis")),
        ("examples", str(effort.examples)),
        ("seed", str(effort.seed)),
    )
