"""Stage: what else is measured. Input: lags, a width of bins. Output: the loop's lines for them, only where asked for.

Products of x just after an update and some updates before, and how many of the applied gradients had a delay of each
size. A loop without them has no trace of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from numeric.event_loop.features import Features, each, indent, shift

LONGEST_LAG = 2**20  # updates


@dataclass(frozen=True)
class Looks:
    """What is measured beside the averages; nothing by default.

    ``lags`` >= 0 in updates, at which the covariance of the event average is wanted; ``delay_bin`` > 0 seconds, the
    width of a bin of the delays of applied gradients, of which there are ``bins`` >= 1; longer delays count in one more
    bin. Errors: ``ValueError``.

    Example: ``Looks(lags=(0, 1)).names == ("lags",)``.
    """

    lags: tuple[int, ...] = ()
    delay_bin: float | None = None
    bins: int = 64

    def __post_init__(self) -> None:
        if not all(lag == int(lag) and 0 <= lag <= LONGEST_LAG for lag in self.lags):
            raise ValueError(f"lags = {self.lags}; allowed: integers from 0 to {LONGEST_LAG}")
        if self.delay_bin is not None and not 0 < self.delay_bin < math.inf:
            raise ValueError(f"delay_bin = {self.delay_bin}; allowed: positive seconds")
        if self.bins < 1:
            raise ValueError(f"bins = {self.bins}; allowed: at least 1")

    @property
    def names(self) -> tuple[str, ...]:
        """What is asked for, in the order in which the loop takes and returns it."""
        return (*(("lags",) if self.lags else ()), *(("delays",) if self.delay_bin is not None else ()))

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The numbers that the printed loop takes."""
        lags = (np.array(self.lags, np.int64),) if self.lags else ()
        return lags if self.delay_bin is None else (*lags, 1 / self.delay_bin, self.bins)


_INPUTS = {"lags": ", lags", "delays": ", bins_per_second, bins"}
_OUTPUTS = {"lags": ", products", "delays": ", delay_counts"}
_CLEARED = {"lags": "; products[:] = 0.0", "delays": "; delay_counts[:] = 0"}


def with_looks(loop: str, features: Features) -> str:
    """The text of a loop that also takes, keeps and returns what is asked for."""
    if not features.looks:
        return loop
    inputs, outputs, cleared = (
        "".join(table[name] for name in features.looks) for table in (_INPUTS, _OUTPUTS, _CLEARED)
    )
    last = "lowest, diverged" if features.is_plain else "filled - begin_waiting"
    state = indent(1, *(line for name in features.looks for line in _state(name, features)))
    return (
        loop.replace("updates, burn_in", f"updates, burn_in{inputs}", 1)
        .replace("    totals = ", f"{state}\n    totals = ", 1)
        .replace("histogram[:] = 0", f"histogram[:] = 0{cleared}", 1)
        .replace(f"{last}\n", f"{last}{outputs}\n", 1)
        .replace(f"{last},\n", f"{last}{outputs},\n", 1)
    )


def _state(name: str, features: Features) -> list[str]:
    if name == "delays":
        return ["delay_counts = np.zeros(bins + 1, np.int64)"]
    return [
        "deepest = 1  # a power of two, so that an index wraps without a division",
        "while deepest <= lags.max():",
        "    deepest *= 2",
        f"products = np.zeros(({features.modes}, len(lags)))",
        *(
            ["recent = np.zeros((deepest, len(x))) + x"]
            if features.objective
            else each(features, "recent@ = np.full(deepest, x@)")
        ),
    ]


def after_an_update(features: Features) -> list[str]:
    """The products of x and of x some versions before; the initial x stands before the first."""
    if "lags" not in features.looks:
        return []
    return [
        "newest = version & (deepest - 1)",
        *each(features, "recent@[newest] = x@"),
        "for j in range(len(lags)):",
        "    before = (version - lags[j]) & (deepest - 1)",
        *shift(each(features, "products[@, j] += x@ * recent@[before]")),
    ]


def of_an_applied_gradient(features: Features, delay: str) -> list[str]:
    """The bin of a delay; one that is infinite or NaN counts as long, and is refused when the run ends."""
    if "delays" not in features.looks:
        return []
    return [f"slot = {delay} * bins_per_second", "delay_counts[int(slot) if slot < bins else bins] += 1"]
