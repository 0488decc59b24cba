"""Stage: policies. Input: what every value of a knob reaches of a goal. Output: the advice, and its proof."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp

from derive.studies.records import Study
from numeric.enclosure import Enclosure
from numeric.policies.slow_ranges import rational
from numeric.values import Exact
from verify.policies.classical import Compared, compared
from verify.policies.doubts import doubts
from verify.policies.goals import Goal
from verify.policies.knobs import COUNTED, Option
from verify.policies.margins import Margins
from verify.policies.sensitivity import Sensitivity


@dataclass(frozen=True)
class Price:
    """``each`` worker-second costs so much; a setting may cost at most ``most`` (None: any), in the same money.

    Of the decay rate the cost of one second, of the other goals that of the whole training.
    """

    each: sp.Rational
    most: sp.Rational | None = None


@dataclass(frozen=True)
class Tried:
    """One value: what it ``reached`` of the goal, or in words why it is out; ``cost`` of its workers.

    ``rung``: where that holds. Rates of rules that wait for workers are exact for few workers (Rd), those of the others
    in the limit of many (R3): between the two a ranking is right up to what that limit leaves out.
    """

    option: Option
    reached: Enclosure | None
    why: str = ""
    cost: Enclosure | None = None
    rung: str = "R3"

    def to_json(self) -> dict[str, Any]:
        """Keys, what is reached on which rung, and its cost where workers have a price."""
        told: dict[str, Any] = {
            "rung": self.rung,
            "choice": self.option.to_json(),
            "reached": None if self.reached is None else self.reached.to_json(),
        }
        return told if self.cost is None else told | {"cost": self.cost.to_json()}


@dataclass(frozen=True)
class RangeProof:
    """What is proven of a range of learning rates: the pieces that none better lies in, and those left over."""

    searched: tuple[Fraction, Fraction]
    pieces: int
    undecided: tuple[tuple[Fraction, Fraction], ...]

    def to_json(self) -> dict[str, Any]:
        """The object of the JSON."""
        return {
            "searched": [Exact(rational(end)).to_json() for end in self.searched],
            "pieces": self.pieces,
            "undecided": [[str(end) for end in piece] for piece in self.undecided],
        }


@dataclass(frozen=True)
class ChoiceAdvice:
    """The best of all values tried of one knob, for one goal.

    ``allowed`` are those that reach the goal, stable with the margin in mean square (R1) where a claim states its
    criterion, and no dearer than allowed; the best first. ``refused`` are the others, ``unproven`` those of which
    nothing is known, ``uncovered`` those that the theory does not cover. ``proof``: what holds between the values of a
    grid; None of whole values, and where nothing is proven.
    """

    study: Study
    name: str
    goal: Goal
    margin: sp.Rational
    tolerance: sp.Rational
    given: Tried
    allowed: tuple[Tried, ...]
    refused: tuple[Tried, ...]
    unproven: tuple[Tried, ...]
    uncovered: tuple[Tried, ...]
    margins: Margins | None = None
    proof: RangeProof | None = None

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """How wrong the inputs may be before the given value is better."""
        return doubts(self.study, self.best.option.study, self.goal)

    @cached_property
    def classical(self) -> tuple[Compared, ...]:
        """What classical rules reach at the study's learning rate, beside the advice."""
        return () if self.best.reached is None else compared(self.study, self.goal, self.best.reached)

    @property
    def best(self) -> Tried:
        """The first in the order of the knob that is not proven worse than the best by more than the tolerance."""
        return self.allowed[0]

    @property
    def complete(self) -> bool:
        """Whether every value of the knob's range was tried: of whole ones, not of a grid."""
        return self.name in COUNTED

    @cached_property
    def certified(self) -> bool:
        """Whether no other value of the range is better by more than the tolerance."""
        if self.proof is not None:
            return not self.proof.undecided
        if not self.complete or self.unproven:
            return False
        assert self.best.reached is not None
        others = (one.reached for one in self.allowed[1:] if one.reached is not None)
        return all(self.goal.worse(other, self.best.reached, self.tolerance) for other in others)

    @property
    def gain(self) -> Enclosure | None:
        """How many times better the advised value is than the given one; None where the given one never gets there."""
        ours, theirs = self.best.reached, self.given.reached
        if ours is None or theirs is None or not (theirs.is_positive() and ours.is_positive()):
            return None
        return ours / theirs if self.goal.more else theirs / ours

    def to_json(self) -> dict[str, Any]:
        """The object of ``advise --json``."""
        parts = {"unproven": self.unproven, "refused": self.refused, "not_covered": self.uncovered}
        return {
            "schema": "staleproof-advice/1",
            "study": self.study.name,
            "objective": self.goal.name,
            "goal": self.goal.words(),
            "unit": self.goal.unit,
            "setting": self.name,
            "given": self.given.to_json(),
            "advised": self.best.to_json(),
            "gain": None if self.gain is None else self.gain.to_json(),
            "margins": None if self.margins is None else self.margins.to_json(),
            "sensitivity": self.sensitivity.to_json(),
            "classical": [one.to_json() for one in self.classical],
            "certified": self.certified,
            "proof": {
                "tried": sum(map(len, (self.allowed, *parts.values()))),
                "complete": self.complete,
                "tolerance": str(self.tolerance),
                "mean_square_margin": str(self.margin),
                "range": None if self.proof is None else self.proof.to_json(),
                **{name: [_out(one) for one in part] for name, part in parts.items()},
            },
            "ranking": [one.to_json() for one in self.allowed],
        }


def _out(one: Tried) -> dict[str, Any]:
    return {"choice": one.option.to_json(), "why": one.why}


def told_key(option: Option) -> str:
    """A value in a few words, as "k-sync of 3".

    Example: ``told_key(Option((("batch", sp.Integer(3)),), None)) == "3"``.
    """
    words = [value if isinstance(value, str) else str(value) for _, value in option.keys if value is not None]
    return " of ".join(words) or "none"
