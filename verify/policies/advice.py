"""Stage: policies. Input: a study, which setting to choose. Output: the advice, with gain, margins and sensitivity.

setting left open -> fastest setting, proven -> gain over the given one -> margins -> inputs that are wrong
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sympy as sp

from derive.models.recursion import FRESH
from derive.studies.models import refusal
from derive.studies.records import Study
from numeric.enclosure import Enclosure
from numeric.policies.branch_and_bound import THOUSANDTH, fastest_setting
from numeric.policies.records import FastestSetting
from numeric.values import Exact
from verify.policies.classical import Compared, compared
from verify.policies.goals import DecayRate
from verify.policies.margins import Margins, margins_of
from verify.policies.sensitivity import Sensitivity, sensitivities
from verify.policies.settings import (
    HALF,
    PATHS,
    MeanSquareRoom,
    OpenSetting,
    largest_learning_rate,
    open_setting,
)

SCHEMA = "staleproof-advice/1"
_HIGHEST = {"momentum": sp.S.One, "event_trigger": sp.Integer(4)}


@dataclass(frozen=True)
class Advice:
    """The fastest value of one setting of a study, what the given value does, and what the advice rests on."""

    setting: OpenSetting
    searched: tuple[sp.Rational, sp.Rational]
    tolerance: sp.Rational
    margin: sp.Rational
    found: FastestSetting
    given_rate: Enclosure | None
    margins: Margins
    sensitivity: Sensitivity

    @property
    def certified(self) -> bool:
        """Whether no other setting of the range is faster by more than the tolerance."""
        return self.found.certified

    @property
    def gain(self) -> Enclosure | None:
        """Advised over given decay rate; None where the given setting does not decay."""
        if self.given_rate is None or not self.given_rate.is_positive():
            return None
        return self.found.decay_rate / self.given_rate

    @cached_property
    def classical(self) -> tuple[Compared, ...]:
        """What classical rules reach at the study's learning rate, beside the advice."""
        return compared(self.setting.study, DecayRate(), self.found.decay_rate)

    def to_json(self) -> dict[str, Any]:
        """The object of ``advise --json``."""
        best, name = self.found.best_rate, self.setting.name
        return {
            "schema": SCHEMA,
            "study": self.setting.study.name,
            "objective": "decay_rate",
            "setting": name,
            "given": {name: _exact(self.setting.given), "decay_rate": _json(self.given_rate)},
            "advised": {name: _exact(self.found.setting), "decay_rate": self.found.decay_rate.to_json()},
            "best_decay_rate": _json(best),
            "gain": _json(self.gain),
            "margins": self.margins.to_json(),
            "sensitivity": self.sensitivity.to_json(),
            "classical": [one.to_json() for one in self.classical],
            "certified": self.certified,
            "proof": {
                "searched": [_exact(end) for end in self.searched],
                "tolerance": str(self.tolerance),
                "mean_square_margin": str(self.margin),
                "pieces": self.found.pieces,
                "undecided": [[str(end) for end in piece] for piece in self.found.undecided],
                "reason": self.found.reason or None,
            },
        }


def _json(number: Enclosure | None) -> dict[str, Any] | None:
    return None if number is None else number.to_json()


def _exact(number: sp.Rational) -> dict[str, Any]:
    return Exact(number).to_json()


def advise(
    study: Study,
    name: str = "learning_rate",
    *,
    high: sp.Rational | None = None,
    margin: sp.Rational = HALF,
    tolerance: sp.Rational = THOUSANDTH,
) -> Advice:
    """The value of ``name`` at which the slowest mode of a study decays fastest.

    ``name``: "learning_rate" in (0, ``high``], by default all that can be stable in mean square; "workers" from 1 to
    ``high``, by default the study's; "momentum" in [0, 1]; "event_trigger" in [0, ``high``], by default 4. Where fresh
    gradients make every update the best learning rate is closed, 2/(h_min + h_max). Allowed: where the criterion in
    mean square (R1) is at most 1 - ``margin``, where a claim states it. Kind: an enclosure of the best rate, to
    ``tolerance``. Raises ``StudyError`` where the theory does not cover the study or no setting is allowed.

    Example: ``advise(load_study("reports/studies/textbook.toml").cases[1].study, "workers").found.setting == 5``.
    """
    setting = open_setting(study, name)
    low = sp.Integer(1) if setting.whole else sp.S.Zero
    high = high or _HIGHEST.get(name) or (setting.given if setting.whole else largest_learning_rate(study))
    room = MeanSquareRoom(setting, margin)
    ends = {"admissible": room, "tolerance": tolerance, "whole": setting.whole, "closed": name in _HIGHEST}
    fresh = setting.models[0].scheme.rule in FRESH and name == "learning_rate"
    found = (
        _for_fresh_gradients(setting, high)
        if fresh
        else _per_second(fastest_setting(setting.equations, setting.symbol, low, high, **ends), setting.seconds)
    )
    if found is None:
        key = ".".join(PATHS[name])
        raise refusal(study, key, setting.given, f"none up to {high} is stable with this margin", "a smaller --margin")
    ours, theirs = (open_setting(one, "learning_rate") for one in (setting.at(found.setting), study))
    turned = sensitivities(theirs, ours)
    rate = setting.rate(setting.given)
    return Advice(setting, (low, high), tolerance, margin, found, rate, margins_of(ours.study), turned)


def _for_fresh_gradients(setting: OpenSetting, high: sp.Rational) -> FastestSetting:
    """2/(h_min + h_max), or what is nearest to it: |1 - eta h| of the extreme modes falls up to there, then rises.

    Raises ``StudyError`` where all curvatures are the same: one update then removes the mean, and no rate is left.
    """
    assert setting.study.objective is not None
    curvature = setting.study.objective.curvature
    least, most = min(curvature), max(curvature)
    if least == most and high * most >= 1:
        wrong = f"with the rule {setting.models[0].scheme.rule} one update at {1 / most} removes the mean"
        raise refusal(setting.study, "objective.curvature", least, wrong, "several curvatures")
    best = min(2 / (least + most), high)
    rate = setting.rate(best)
    if rate is None:
        key, value = "optimizer.learning_rate", setting.given
        raise refusal(setting.study, key, value, f"no rate is proven at {best}", "another range")
    return FastestSetting(best, rate, rate, 1)


def _per_second(found: FastestSetting | None, seconds: Enclosure) -> FastestSetting | None:
    """Rates over the time per update."""
    if found is None:
        return None
    best = None if found.best_rate is None else found.best_rate / seconds
    return replace(found, decay_rate=found.decay_rate / seconds, best_rate=best)
