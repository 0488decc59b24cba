"""Stage: ageing of laws made of laws. Input: the parts. Output: how what is left of a duration compares with a new one.

Durations that are new longer than used stay so when independent ones are added or ranked (Barlow and Proschan 1975);
a bound keeps an increasing hazard, a mixture a decreasing one. Of all other compositions nothing is known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.law import Ageing, Law
from derive.laws.constant import Constant
from derive.laws.exponential import Exponential
from derive.laws.gamma import Gamma
from derive.laws.hyperexponential import Hyperexponential
from derive.laws.shifted_exponential import ShiftedExponential
from derive.laws.uniform import Uniform
from derive.laws.weibull import Weibull

LONGER: tuple[Ageing, ...] = ("memoryless", "new longer than used")
SHORTER: tuple[Ageing, ...] = ("memoryless", "new shorter than used")
BY_HAZARD = (Constant, Exponential, Gamma, Hyperexponential, ShiftedExponential, Uniform, Weibull)  # said by the hazard


def ageing_of_sum(parts: Sequence[Law]) -> Ageing | None:
    """Of a sum of independent durations.

    Example: ``ageing_of_sum([Constant(1), Exponential(2)]) == "new longer than used"``.
    """
    if len(parts) == 1:
        return parts[0].ageing
    return "new longer than used" if all(part.ageing in LONGER for part in parts) else None


def ageing_of_ranked(law: Law, rank: int) -> Ageing | None:
    """Of the ``rank``-th shortest of several durations of one law; the shortest keeps either kind.

    Example: ``ageing_of_ranked(Exponential(2), 2) == "new longer than used"``.
    """
    if rank == 1:
        return law.ageing
    return "new longer than used" if law.ageing in LONGER else None


def ageing_of_truncated(law: Law) -> Ageing | None:
    """Of a duration given that it is at most a bound: with S concave in the logarithm, S - S(bound) is so, too.

    Example: ``ageing_of_truncated(Exponential(2)) == "new longer than used"``.
    """
    return "new longer than used" if isinstance(law, BY_HAZARD) and law.ageing in LONGER else None


def ageing_of_mixture(laws: Sequence[Law]) -> Ageing | None:
    """Of one of several durations of decreasing hazard, chosen at random: those that last are of the slower kinds.

    Example: ``ageing_of_mixture([Exponential(2), Exponential(3)]) == "new shorter than used"``.
    """
    if len(laws) == 1:
        return laws[0].ageing
    decreasing = all(isinstance(law, BY_HAZARD) and law.ageing in SHORTER for law in laws)
    alike = len({law.mean for law in laws}) == 1 and all(law.ageing == "memoryless" for law in laws)
    return "memoryless" if alike else "new shorter than used" if decreasing else None
