"""Stage: comparing. Input: two results of the same command. Output: what changed, and whether it is significant.

    exact, enclosures       changed if the balls provably have no number in common
    two estimates           changed if |difference| > t standard errors of the difference, at the level of the pair
    an estimate and a ball  the same, with the distance from the ball

The levels of all pairs add up to one false-alarm rate, whatever the pairs share (Bonferroni); the quantiles are those
of Student's law with Welch's degrees of freedom. Beside what is unchanged stands the smallest change that would have
been noticed in nine cases of ten.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from scipy.special import stdtrit

from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact
from verify.commands.result_leaves import Leaf, leaves
from verify.verdict import Value
from verify.verdict_json import value_from_json

Judged = Literal["changed", "gone", "new", "within error"]
SCHEMA = "staleproof-comparison/1"
POWER = 0.9


@dataclass(frozen=True)
class Difference:
    """One leaf in which two results differ: where, in which part, both values, and how it is judged."""

    place: str
    part: str
    judged: Judged
    before: Any
    after: Any
    detail: str = ""


@dataclass(frozen=True)
class Comparison:
    """All that differs between two results; ``significant`` says whether any of it is more than chance.

    ``alike`` counts the leaves that are equal, ``estimates`` the pairs judged statistically at the joint
    ``false_alarm_rate``; ``noticed`` is the median over them of the smallest relative change noticed in nine of ten.
    """

    first: str
    second: str
    differences: tuple[Difference, ...]
    alike: int
    estimates: int
    noticed: float | None
    false_alarm_rate: float

    @property
    def significant(self) -> tuple[Difference, ...]:
        """Numbers changed beyond their error, outcomes and formulas that differ, rows that are gone."""
        parts = {"number", "outcome", "formula"}
        return tuple(one for one in self.differences if one.part in parts and one.judged in ("changed", "gone"))

    def to_json(self) -> dict[str, Any]:
        """The object of ``staleproof compare --json``."""
        fields = {**asdict(self), "differences": [asdict(one) for one in self.differences]}
        return {"schema": SCHEMA, "significant": bool(self.significant), **fields}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Comparison:
        """The comparison that ``to_json`` wrote; raises ``ValueError`` for another record."""
        if record.get("schema") != SCHEMA:
            raise ValueError(f"schema = {record.get('schema')!r}: allowed: {SCHEMA}")
        fields = {key: value for key, value in record.items() if key not in ("schema", "significant")}
        return cls(**{**fields, "differences": tuple(Difference(**one) for one in fields["differences"])})


def compare(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    names: tuple[str, str] = ("A", "B"),
    *,
    false_alarm_rate: float = 1e-3,
) -> Comparison:
    """Lay two results side by side, leaf by leaf.

    ``before`` and ``after`` are objects that ``--json`` or report.json hold; 0 < ``false_alarm_rate`` < 1 is the
    probability that results of one truth are called significantly different. Result: a record, proven where both values
    are, else statistical. Raises ``ValueError`` for a rate out of range or a number that is none.

    Example: ``compare({"unstable": False}, {"unstable": True}).significant[0].judged == "changed"``.
    """
    if not 0 < false_alarm_rate < 1:
        raise ValueError(f"false_alarm_rate = {false_alarm_rate}: allowed: between 0 and 1")
    old, new = leaves(before), leaves(after)
    both = [(old[path], new[path]) for path in old if path in new]
    values = {id(leaf): value_from_json(leaf.value) for pair in both for leaf in pair if _is_number(*pair)}
    pairs = [(values[id(one)], values[id(other)]) for one, other in both if _is_number(one, other)]
    sampled = [_Pair(*pair) for pair in pairs if Estimate in map(type, pair)]
    level = false_alarm_rate / max(1, len(sampled))
    found = [*_between(both, values, level)]
    found += [Difference(one.place, one.part, "gone", one.value, None) for path, one in old.items() if path not in new]
    found += [Difference(one.place, one.part, "new", None, one.value) for path, one in new.items() if path not in old]
    noticed = sorted(bias for pair in sampled if (bias := pair.noticed(level)) is not None)
    middle = noticed[len(noticed) // 2] if noticed else None
    alike = sum(one.value == other.value for one, other in both)
    return Comparison(*names, tuple(found), alike, len(sampled), middle, false_alarm_rate)


def _is_number(one: Leaf, other: Leaf) -> bool:
    return one.part == other.part == "number"


def _between(both: list[tuple[Leaf, Leaf]], values: Mapping[int, Value], level: float) -> Iterator[Difference]:
    for one, other in both:
        if one.value == other.value:
            continue
        judged: tuple[Judged, str] = ("changed", "")
        if _is_number(one, other):
            judged = judge_pair(values[id(one)], values[id(other)], level)
        yield Difference(one.place, one.part, judged[0], one.value, other.value, judged[1])


def judge_pair(before: Value, after: Value, level: float) -> tuple[Judged, str]:
    """Whether two values of one number differ, and how it is known; two samples at the false-alarm rate ``level``.

    Example: ``judge_pair(Estimate(1.0, 0.1, 64), Estimate(1.1, 0.1, 64), 1e-3)[0] == "within error"``.
    """
    pair = _Pair(before, after)
    if any(isinstance(value, Exact) and value.expression.is_finite is False for value in (before, after)):
        return ("within error", "both infinite") if before == after else ("changed", "one of them infinite")
    if pair.is_sampled:
        judged: Judged = "changed" if pair.distance > pair.allowed(level) else "within error"
        if not pair.error:
            return judged, "no error in either"
        return (
            judged,
            f"{pair.distance / pair.error:.2g} standard errors, allowed {pair.allowed(level) / pair.error:.2g}",
        )
    if isinstance(before, Exact) and isinstance(after, Exact):
        same = before.expression.equals(after.expression)
        return ("within error", "two forms of one number") if same else ("changed", "exact")
    apart = not (_ball(before) - _ball(after)).contains(0)
    return ("changed", "proven: the balls are disjoint") if apart else ("within error", "the balls overlap")


class _Pair:
    """Two values of which one at least is an estimate."""

    def __init__(self, before: Value, after: Value) -> None:
        self.values = (before, after)
        self.samples = [value for value in self.values if isinstance(value, Estimate)]
        self.is_sampled = bool(self.samples)

    @property
    def error(self) -> float:
        """The standard error of the difference."""
        return math.hypot(*(sample.standard_error for sample in self.samples))

    @property
    def distance(self) -> float:
        """Of the means, or of the mean from the ball."""
        width = sum(float(_ball(value).radius) for value in self.values if not isinstance(value, Estimate))
        return max(0.0, abs(float(self.values[0]) - float(self.values[1])) - width)

    @property
    def freedom(self) -> float:
        """Welch's degrees of freedom."""
        spread = sum(sample.standard_error**4 / (sample.replicas - 1) for sample in self.samples)
        return self.error**4 / spread if spread else math.inf

    def allowed(self, level: float) -> float:
        """The largest distance that chance may make, at a false-alarm rate."""
        return self._quantile(1 - level / 2) * self.error if self.error else 0.0

    def noticed(self, level: float) -> float | None:
        """The smallest relative change that would have been noticed in nine of ten; None where the value may be 0."""
        value = abs(float(self.values[0]))
        absolute = self.allowed(level) + (self._quantile(POWER) * self.error if self.error else 0.0)
        return absolute / value if value > self.allowed(level) else None

    def _quantile(self, probability: float) -> float:
        return float(stdtrit(self.freedom, probability))


def _ball(value: Value) -> Enclosure:
    assert not isinstance(value, Estimate)
    return value if isinstance(value, Enclosure) else Enclosure.of(value.expression)
