"""Stage: policies. Input: a study with its learning rate open. Output: how far that is from instability.

The limits of a growing learning rate, in the mean and in mean square, bracketed by proven signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from derive.studies.records import Study
from numeric.enclosure import Enclosure
from numeric.roots.thresholds import bisect
from verify.policies.settings import open_setting

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


def margins_of(study: Study) -> Margins:
    """Where the growing learning rate of a study loses stability in the mean and in mean square (R1).

    Kind: enclosures, relative width 1/1000. Raises ``StudyError`` as ``open_setting``.

    Example: ``margins_of(load_study("reports/studies/textbook.toml").cases[0].study).mean.contains(sp.pi / 64)``.
    """
    setting = open_setting(study, "learning_rate")

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
