"""Stage: policies. Input: a study of unlike workers. Output: which of them to use, every subset tried.

Of the workers in use the delay at an update is the mixture of their laws weighted by their rates, and their arrival
rate the sum of theirs: for the linear theory they are as many workers of that one law.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import sympy as sp

from derive.law import Weighted
from derive.laws import Mixture
from derive.studies.models import refusal
from derive.studies.records import Study, Workers
from derive.studies.schema import MISSING, StudyError
from numeric.enclosure import Enclosure
from numeric.values import Exact
from verify.policies.doubts import doubts
from verify.policies.goals import DecayRate
from verify.policies.margins import Margins, margins_of
from verify.policies.sensitivity import Sensitivity
from verify.policies.settings import HALF, OpenSetting, open_setting, slowest_rate
from verify.predicting.spectra import characteristic_equations

LARGEST = 4096  # subsets; workers that are alike count once
Counts = tuple[int, ...]


@dataclass(frozen=True)
class SubsetAdvice:
    """How many workers of each class decay fastest at the study's learning rate, and the rates of every choice tried.

    ``rates`` holds each choice that is proven stable with the margin in mean square (R1), the fastest first; ``None``
    stands for a rate that is not proven. ``tried`` counts all choices.
    """

    study: Study
    given: Counts
    given_rate: Enclosure | None
    rates: tuple[tuple[Counts, Enclosure], ...]
    tried: int
    unproven: tuple[Counts, ...]

    @cached_property
    def margins(self) -> Margins:
        """How far the advised workers are from instability."""
        return margins_of(of_classes(self.study, self.best[0]))

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """How wrong the inputs may be before the given workers are faster."""
        ours, theirs = (of_classes(self.study, counts) for counts in (self.best[0], self.given))
        return doubts(theirs, ours, DecayRate())

    @property
    def certified(self) -> bool:
        """Whether every choice was decided, and none overlaps with the best but those that tie with it."""
        return not self.unproven

    @property
    def best(self) -> tuple[Counts, Enclosure]:
        """The fastest choice; of those that are not proven slower, the one with the fewest workers."""
        return self.rates[0]

    @property
    def gain(self) -> Enclosure | None:
        """Advised over given decay rate; None where the given choice does not decay."""
        known = self.given_rate is not None and self.given_rate.is_positive()
        return self.best[1] / self.given_rate if known else None

    def to_json(self) -> dict[str, Any]:
        """The object of ``advise --choose subset --json``."""
        return {
            "schema": "staleproof-advice/1",
            "study": self.study.name,
            "objective": "decay_rate",
            "setting": "subset",
            "given": _told(self.given, self.given_rate),
            "advised": _told(*self.best),
            "gain": None if self.gain is None else self.gain.to_json(),
            "margins": self.margins.to_json(),
            "sensitivity": self.sensitivity.to_json(),
            "certified": self.certified,
            "proof": {"subsets": self.tried, "unproven": [list(one) for one in self.unproven]},
            "ranking": [_told(*one) for one in self.rates[:20]],
        }


def _told(counts: Counts, rate: Enclosure | None) -> dict[str, Any]:
    told = [Exact(sp.Integer(one)).to_json() for one in counts]
    return {"workers_of_class": told, "decay_rate": None if rate is None else rate.to_json()}


def of_classes(study: Study, counts: Counts) -> Study:
    """The study with so many workers of each class, as workers of one law: the mixture by their rates.

    Example: ``of_classes(load_study("reports/studies/textbook.toml").cases[0].study, (3,)).workers.count == 3``.
    """
    assert study.workers is not None
    used = [(count, one.cycle_law) for count, one in zip(counts, study.workers.classes, strict=True) if count]
    rate = sum(count / law.mean for count, law in used)
    law = (
        used[0][1] if len(used) == 1 else Mixture(tuple(Weighted(count / law.mean / rate, law) for count, law in used))
    )
    return study.with_workers(Workers.alike(sum(counts), law))


def best_subset(study: Study, margin: sp.Rational = HALF) -> SubsetAdvice:
    """Which workers to use at the study's learning rate: the largest decay rate of the slowest mode, of all subsets.

    Allowed: subsets whose criterion in mean square (R1) is at most 1 - ``margin``. Kind: enclosures, every subset
    tried. Raises ``StudyError`` for a study without workers, more than 4096 choices, or none that is stable.

    Example: ``best_subset(load_study("reports/studies/textbook.toml").cases[1].study).best[0] == (5,)``.
    """
    if study.workers is None or study.scheme is None:
        raise StudyError(study.path, "workers", MISSING, "an equation has no workers to choose from", "[workers]")
    if not study.scheme.is_plain:
        rule = study.scheme.rule
        raise refusal(study, "scheme", rule, "no law of the delay for a part of these workers", "asynchronous, plain")
    given = tuple(one.count for one in study.workers.classes)
    choices = prod(count + 1 for count in given) - 1
    if choices > LARGEST:
        raise refusal(study, "workers.class", f"{choices} choices", "too many to try", f"at most {LARGEST}")
    found: dict[Counts, Enclosure] = {}
    unproven = []
    for counts in product(*(range(count + 1) for count in given)):
        if not any(counts):
            continue
        rate, allowed = _judged(open_setting(of_classes(study, counts), "learning_rate"), margin)
        if rate is None or allowed is None:
            unproven.append(counts)
        elif allowed:
            found[counts] = rate
    if not found:
        eta = study.optimizer.learning_rate if study.optimizer else MISSING
        raise refusal(study, "optimizer.learning_rate", eta, "no subset is stable with this margin", "a smaller one")
    rate = slowest_rate(characteristic_equations(of_classes(study, given)))
    return SubsetAdvice(study, given, rate, _ranked(found), choices, tuple(unproven))


def _judged(setting: OpenSetting, margin: sp.Rational) -> tuple[Enclosure | None, bool | None]:
    rate = setting.rate(setting.given)
    if rate is None or not rate.is_positive():
        return rate, False if rate is not None and rate.is_negative() else None
    criterion = setting.criterion(setting.given)
    room = None if criterion is None else Enclosure.of(1 - margin) - criterion
    return rate, None if room is None else True if room.is_positive() else False if room.is_negative() else None


def _ranked(found: dict[Counts, Enclosure]) -> tuple[tuple[Counts, Enclosure], ...]:
    """The fastest first; before it those it is not proven faster than, the fewest workers first."""
    lead = max(rate.lower for rate in found.values())
    return tuple(sorted(found.items(), key=lambda one: (one[1].upper < lead, _order(one, lead))))


def _order(one: tuple[Counts, Enclosure], lead: float) -> tuple[float, ...]:
    counts, rate = one
    return (sum(counts), *counts) if rate.upper >= lead else (-float(rate), *counts)
