"""Stage: behaviour. Input: an implementation, points of a claim's domain. Output: findings beyond accuracy.

Numbers and arrays, broadcasting, dtypes, empty arrays, arguments left alone, the same answer twice: each is asked of
the implementation once. What it says outside the domain is told and judges nothing.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from verify.implementations.calling import Answer, Failure, HungError, Implementation, PythonFunction, columns, numbers
from verify.implementations.certified_points import SINGLE, CertifiedClaim, Number, Point
from verify.implementations.claim_domains import Argument, ClaimDomain
from verify.implementations.domain_search import moved
from verify.implementations.record import Finding

_ROUNDINGS = 8.0  # ulps by which compiled loops for numbers and for arrays may differ


def behaviour(
    implementation: Implementation, claim: CertifiedClaim, domain: ClaimDomain, points: Sequence[Point], limit: float
) -> tuple[Finding, ...]:
    """Everything that is asked besides accuracy; ``points`` of the domain, the largest error ``limit`` that passes."""
    try:
        asked = list(_asked(implementation, claim, domain, points, limit))
    except HungError as hung:
        asked = [Finding("every question", hung.words, "refuted")]
    return (*asked, *outside(implementation, domain, points[0]))


def _asked(
    implementation: Implementation, claim: CertifiedClaim, domain: ClaimDomain, points: Sequence[Point], limit: float
) -> Iterator[Finding]:
    if isinstance(implementation, PythonFunction) and implementation.takes_arrays and claim.names:
        yield from _array_findings(implementation, claim, points)
        if domain.movable:
            yield from _dtype_findings(implementation, claim, points, limit)
    yield _same_twice(implementation, points)


def _array_findings(function: PythonFunction, claim: CertifiedClaim, points: Sequence[Point]) -> Iterator[Finding]:
    yield _broadcasting(function, claim, points)
    names = claim.names
    plain = function.call(dict(zip(names, points[0], strict=True)))
    expected = function.answers(points[:1])[0]
    yield _compared("plain numbers", plain, expected, claim, points[0], judged=False)
    empty = function.call({name: column[:0] for name, column in columns(names, points).items()})
    shape = empty if isinstance(empty, Failure) else numbers(empty)
    words = shape.words if isinstance(shape, Failure) else f"give an array of shape {shape.shape}"
    yield Finding("empty arrays", words, "note")
    given = columns(names, points)
    before = {name: column.copy() for name, column in given.items()}
    function.call(given)
    changed = [name for name in names if not np.array_equal(given[name], before[name], equal_nan=True)]
    words = f"changes {', '.join(changed)}" if changed else "are left as they were"
    yield Finding("the arguments", words, "refuted" if changed else "pass")


def _broadcasting(function: PythonFunction, claim: CertifiedClaim, points: Sequence[Point]) -> Finding:
    """A column of the first argument against a row of the others; one argument alone as a table."""
    question = "broadcasting"
    several, firsts = len(claim.names) > 1, [point[0] for point in points[:3]]
    others = [point[1:] for point in points[:2]]
    wanted = [(first, *rest) for first in firsts for rest in others] if several else [(v,) for v in firsts * 2]
    shape = (len(firsts), len(others)) if several else (2, len(firsts))
    table = {name: column.reshape(shape) for name, column in columns(claim.names, wanted).items()}
    if several:
        first, *rest = claim.names
        table = {first: table[first][:, :1], **{name: table[name][:1, :] for name in rest}}
    result = function.call(table)
    answer = result if isinstance(result, Failure) else numbers(result)
    if isinstance(answer, Failure):
        return Finding(question, f"{answer.words}, for arguments of the joint shape {shape}", "refuted")
    if answer.shape != shape:
        return Finding(question, f"returns shape {answer.shape}, wanted {shape}", "refuted")
    expected = function.answers(wanted)
    same = [
        _agree(claim, point, value.item(), one)
        for point, value, one in zip(wanted, answer.reshape(-1), expected, strict=True)
    ]
    words = f"arguments of the joint shape {shape} give the values of their pairs"
    if not all(same):
        return Finding(question, f"arguments of the joint shape {shape} give other values than their pairs", "refuted")
    return Finding(question, words, "pass")


def _dtype_findings(
    function: PythonFunction, claim: CertifiedClaim, points: Sequence[Point], limit: float
) -> Iterator[Finding]:
    answers = _single_precision(function, claim, points)
    if isinstance(answers, Failure):
        yield Finding("float32", answers.words, "note")
    else:
        dtype, worst = answers
        outcome = "pass" if worst <= limit else "refuted"
        shown = "no number" if math.isinf(worst) else f"an error of {worst:.2g} of its ulps at worst"
        yield Finding("float32", f"gives {dtype} with {shown}", outcome)  # type: ignore[arg-type]
    whole = _whole_point(points[0])
    result = function.call(
        {name: np.array([int(complex(value).real)]) for name, value in zip(claim.names, whole, strict=True)}
    )
    expected = function.answers([whole])[0]
    yield _compared("integer arrays", result, expected, claim, whole, judged=True)


def _single_precision(
    function: PythonFunction, claim: CertifiedClaim, points: Sequence[Point]
) -> tuple[str, float] | Failure:
    """The dtype of the answer to float32, and the largest error in its own precision."""
    rounded = [tuple(_single(value) for value in point) for point in points]
    result = function.call(columns(claim.names, rounded, SINGLE))
    answer = result if isinstance(result, Failure) else numbers(result)
    if isinstance(answer, Failure):
        return answer
    if answer.shape != (len(rounded),):
        return Failure(f"returns shape {answer.shape}")
    values = [claim.at(point) for point in rounded]
    errors = [
        certified.error(value.item(), SINGLE)
        for certified, value in zip(values, answer, strict=True)
        if certified is not None and certified.within(SINGLE)
    ]
    return str(answer.dtype), max(errors, default=0.0)


def _single(value: Number) -> Number:
    if isinstance(value, complex):
        return complex(np.complex64(value))
    return float(np.float32(value)) if isinstance(value, float) else value


def _whole_point(point: Point) -> Point:
    """The point with every size rounded up to a whole number, so that integers can stand for it."""
    return tuple(value if isinstance(value, int) else float(max(1, round(abs(value)))) for value in point)


def _compared(
    question: str, result: Any, expected: Answer, claim: CertifiedClaim, point: Point, *, judged: bool
) -> Finding:
    answer = result if isinstance(result, Failure) else numbers(result)
    if isinstance(answer, Failure):
        return Finding(question, answer.words, "note")
    if answer.size != 1:
        return Finding(question, f"give an array of shape {answer.shape}", "note")
    if claim.at(point) is None or _agree(claim, point, answer.reshape(-1)[0].item(), expected):
        return Finding(question, "give the same value as arrays of doubles", "pass")
    return Finding(question, f"give {answer.reshape(-1)[0]}, doubles give {expected}", "refuted" if judged else "note")


def _agree(claim: CertifiedClaim, point: Point, one: Number, other: Answer) -> bool:
    """Whether two answers at a point are the same up to rounding, or both no number."""
    if isinstance(other, Failure):
        return False
    if not (cmath.isfinite(one) and cmath.isfinite(other)):
        return cmath.isfinite(one) == cmath.isfinite(other)
    certified = claim.at(point)
    allowed = 0.0 if certified is None else certified.size + certified.sensitivity
    return abs(one - other) <= _ROUNDINGS * 2.0**-52 * max(allowed, abs(one))


def _same_twice(implementation: Implementation, points: Sequence[Point]) -> Finding:
    first, second = (implementation.answers(points) for _ in range(2))
    same = all(repr(one) == repr(other) for one, other in zip(first, second, strict=True))
    words = "the same to the last bit" if same else "another one"
    return Finding("the answer to the same arguments again", words, "pass" if same else "refuted")


def outside(implementation: Implementation, domain: ClaimDomain, point: Point) -> Iterator[Finding]:
    """What is answered where the claim says nothing: beyond each edge of the domain, wrong signs, NaN and infinity."""
    for place, argument in enumerate(domain.arguments):
        for value, words in _beyond(argument):
            yield _told(implementation, (*point[:place], value, *point[place + 1 :]), f"{argument.name} {words}")
    for edge in domain.edges:
        for place in domain.movable if edge.bounds else ():
            for crossing in domain.crossings(edge, place, point, most=1):
                far = [moved(point, place, value) for value in (crossing.above * 1.01, crossing.below / 1.01)]
                beyond = [one for one in far if not domain.contains(one)]
                if beyond:
                    name = domain.arguments[place].name
                    yield _told(implementation, beyond[0], f"{name} 1 % beyond {edge.words.partition(', ')[2]}")


def _beyond(argument: Argument) -> Iterator[tuple[Number, str]]:
    if argument.kind == "whole":
        if argument.low == 1:
            yield 0, "= 0"
        return
    if argument.kind == "positive":
        yield 0.0, "= 0"
    if argument.kind in ("positive", "nonnegative"):
        yield -1.0, "= -1"
    yield math.nan, "= NaN"
    yield math.inf, "= infinity"


def _told(implementation: Implementation, point: Point, where: str) -> Finding:
    try:
        answer = implementation.answers([point])[0]
    except HungError as hung:
        answer = Failure(hung.words)
    if isinstance(answer, Failure):
        return Finding(f"outside: {where}", answer.words, "note")
    if not cmath.isfinite(answer):
        return Finding(f"outside: {where}", f"answers {answer}", "note")
    return Finding(f"outside: {where}", f"answers {answer:.6g} as if it were inside", "note")
