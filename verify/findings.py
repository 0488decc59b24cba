"""Stage: findings. Input: predictions and simulations. Output: sentences that say what was found.

Speed comes first, then how good every model is, then what an assumption in common use would have made believe.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.laws import Exponential
from derive.studies.records import Workers
from verify.accuracy_findings import accuracy_findings
from verify.drawing.observed import listed, where
from verify.pictures import Observed
from verify.predicting.predictions import ModePredictions, mean_square_margin
from verify.report import Case, Figure
from verify.speed_findings import speed_findings
from verify.telling.numbers import plain

_SHARP = 3  # significant digits that a sentence needs


def findings(cases: tuple[Observed, ...], training: Figure | None = None) -> tuple[str, ...]:
    """What a reader should take home: on speed, on the models, on noise, on a common assumption.

    ``training`` is the figure of the excess risk, whose training times are compared.
    """
    return (
        *speed_findings(cases, training),
        *accuracy_findings(cases),
        *_staleness(cases),
        *_mean_square(cases),
        *(sentence for case in cases for sentence in _exponential_assumption(case)),
    )


def without_model(cases: tuple[Case, ...]) -> tuple[str, ...]:
    """Of each case that can only be simulated, that it is so, and why."""
    return tuple(
        f"{case.label[:1].upper()}{case.label[1:] or 'This study'}: simulation only, {case.simulation_only}. "
        "Nothing is predicted; measured values are judged by what must hold without a model."
        for case in cases
        if case.simulation_only
    )


def _staleness(cases: tuple[Observed, ...]) -> Iterator[str]:
    """How much narrower or wider than Poisson arrivals the staleness is (claim D)."""
    parts = []
    for case in cases:
        exact, poisson = (case.mode.find("staleness_variance", rung) for rung in ("R0", "R1"))
        if exact is None or poisson is None or case.mode.model.law.name == "exponential" or float(exact.value) == 0:
            continue
        factor = float(poisson.value) / float(exact.value)
        parts.append(
            f"{plain(case.run.measured('staleness_variance').value)} {where(case)}, where Poisson arrivals would make "
            f"it {float(poisson.value):.4g}, {factor:.3g} times the exact {float(exact.value):.4g}"
        )
    if parts:
        yield f"The staleness variance is {listed(parts)}; renewal theory gives it exactly."


def _mean_square(cases: tuple[Observed, ...]) -> Iterator[str]:
    """The case nearest to an infinite variance on rung R1."""
    margins = [
        (float(mean_square_margin(case.mode)), case)
        for case in cases
        if case.mode.is_plain and case.mode.mean_is_stable and case.mode.noise_gain is not None
    ]
    if margins:
        largest, case = max(margins, key=lambda pair: pair[0])
        nearest = (
            "Nearest to an infinite variance is the system "
            if len(margins) > 1
            else "The system is stable in mean square "
        )
        warning = "far from it" if largest < 0.1 else "a larger learning rate may cross it before the mean diverges"
        gain = f"the mean-square gain of the shot model is {largest:.{_SHARP}g}, the limit 1"
        yield f"{nearest}{where(case)}: {gain}; {warning}."


def _exponential_assumption(case: Observed) -> Iterator[str]:
    """What a reader who assumed exponential cycles of the same mean would have believed."""
    study = case.mode.study
    if case.mode.model.law.name != "empirical" or not case.mode.is_plain or not case.mode.mean_is_stable:
        return
    assert study.workers is not None
    assumed = study.with_workers(Workers.alike(study.workers.count, Exponential(case.mode.model.law.mean)))
    other = ModePredictions(assumed, case.mode.mode)
    variance = other.find("staleness_variance", "R0")
    noise, seen_noise = other.find("stationary_variance", "R2"), case.run.measured("stationary_variance", 0, "time")
    rate = other.find("decay_rate", "R3")
    staleness = case.run.measured("staleness_variance").value
    if variance is None or noise is None or rate is None or case.decay_rate is None:
        return
    yield (
        f"Assuming exponential cycles of the same mean, one would have predicted a staleness variance of "
        f"{float(variance.value):.4g} (simulated {plain(staleness)}), a stationary variance of "
        f"{float(noise.value):.4g} (simulated {plain(seen_noise.value)}), a decay rate of "
        f"{float(rate.value):.4g} per second (simulated {plain(case.decay_rate)}), and stability of "
        "the mean at every learning rate."
    )
