"""Stage: policies. Input: a study, which setting to choose. Output: the advice, with gain, margins and sensitivity.

setting left open -> fastest setting, proven -> gain over the given one -> margins -> inputs that are wrong
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from derive.studies.models import refusal
from derive.studies.records import Study
from numeric.enclosure import Enclosure
from numeric.policies.branch_and_bound import THOUSANDTH, FastestSetting, fastest_setting
from numeric.roots.thresholds import bisect
from numeric.values import Exact
from verify.policies.sensitivity import Sensitivity, sensitivities
from verify.policies.settings import (
    HALF,
    MeanSquareRoom,
    OpenSetting,
    largest_learning_rate,
    open_setting,
)

SCHEMA = "staleproof-advice/1"
_WIDTH = 1e-3  # relative, of a limit


@dataclass(frozen=True)
class Margins:
    """How far the learning rate of the advised setting may grow: its limits in the mean and in mean square (R1).

    None where none was found up to 2^40 times, or no claim states the criterion. ``criterion`` is eta^2 h^2 Lambda I.
    """

    learning_rate: sp.Rational
    mean: Enclosure | None
    mean_square: Enclosure | None
    criterion: Enclosure | None

    def to_json(self) -> dict[str, Any]:
        """Limits, and the factors by which the learning rate stays below them."""
        limits = {"mean": self.mean, "mean_square": self.mean_square}
        told: dict[str, Any] = {
            name: None if one is None else {"limit": one.to_json(), "factor": (one / self.learning_rate).to_json()}
            for name, one in limits.items()
        }
        return told | {"criterion": None if self.criterion is None else self.criterion.to_json(), "rung": "R1"}


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
    """The value of ``name``, "learning_rate" or "workers", at which the slowest mode of a study decays fastest.

    Searched: learning rates in (0, ``high``], by default all that can be stable in mean square; workers from 1 to
    ``high``, by default the study's. Allowed: where the criterion in mean square (R1) is at most 1 - ``margin``, where
    a claim states it. Kind: an enclosure of the best rate, to ``tolerance``. Raises ``StudyError`` where the theory
    does not cover the study or no setting is allowed.

    Example: ``advise(load_study("reports/studies/textbook.toml").cases[1].study, "workers").found.setting == 5``.
    """
    setting = open_setting(study, name)
    low = sp.Integer(1) if setting.whole else sp.S.Zero
    high = high or (setting.given if setting.whole else largest_learning_rate(study))
    room = MeanSquareRoom(setting, margin)
    ends = {"admissible": room, "tolerance": tolerance, "whole": setting.whole}
    found = fastest_setting(setting.equations, setting.symbol, low, high, **ends)
    if found is None:
        key = ".".join(("optimizer", name)) if not setting.whole else "workers.count"
        raise refusal(study, key, setting.given, f"none up to {high} is stable with this margin", "a smaller --margin")
    ours, theirs = (open_setting(one, "learning_rate") for one in (setting.at(found.setting), study))
    turned = sensitivities(theirs, ours)
    rate = setting.rate(setting.given)
    return Advice(setting, (low, high), tolerance, margin, found, rate, _margins(ours), turned)


def _margins(setting: OpenSetting) -> Margins:
    """Where the growing learning rate of a study loses stability; its equations are the setting's."""

    def unstable(value: sp.Expr) -> bool | None:
        rate = setting.rate(value)
        return None if rate is None else True if rate.is_negative() else False if rate.is_positive() else None

    def lost(value: sp.Expr) -> bool | None:
        if unstable(value) is not False:
            return unstable(value)
        criterion = setting.criterion(value)
        room = None if criterion is None else criterion - 1
        return None if room is None else True if room.is_positive() else False if room.is_negative() else None

    criterion = setting.criterion(setting.given)
    limit = None if criterion is None else bisect(lost, setting.given, _WIDTH)
    return Margins(setting.given, bisect(unstable, setting.given, _WIDTH), limit, criterion)
