"""Stage: findings. Input: predictions and simulations. Output: sentences that say what was found."""

from __future__ import annotations

from collections.abc import Iterator

from derive.laws import Exponential
from derive.studies.records import Workers
from numeric.values import Estimate
from verify.pictures import Observed
from verify.predicting.predictions import ModePredictions, Prediction, mean_square_margin
from verify.report import Case
from verify.telling.numbers import plain


def findings(cases: tuple[Observed, ...]) -> tuple[str, ...]:
    """What a reader should take home, case by case, then across cases."""
    sentences = [sentence for case in cases for sentence in _of_case(case)]
    return (*sentences, *_across(cases))


def without_model(cases: tuple[Case, ...]) -> tuple[str, ...]:
    """Of each case that can only be simulated, that it is so, and why."""
    return tuple(
        f"{case.label[:1].upper()}{case.label[1:] or 'This study'}: simulation only, {case.simulation_only}. "
        "Nothing is predicted; measured values are judged by what must hold without a model."
        for case in cases
        if case.simulation_only
    )


def _label(case: Observed) -> str:
    if not case.mode.is_plain:
        return f"{case.label[:1].upper()}{case.label[1:].replace('_', ' ')}" if case.label else "This scheme"
    if " = " in case.label:
        return f"With {case.label.replace('_', ' ')}"
    if case.label:
        return f"{case.label[:1].upper()}{case.label[1:]} cycles"
    return "The measured cycles" if case.mode.model.law.name == "empirical" else "This study"


def _of_case(case: Observed) -> Iterator[str]:
    mode = case.mode
    if mode.mean_is_unstable:
        seen = "and the simulation diverged" if case.run.unstable else "but the simulation did not diverge in its time"
        yield f"{_label(case)}: the mean is predicted to be unstable, {seen}."
        return
    if not mode.mean_is_stable:
        yield f"{_label(case)}: the mean neither decays nor grows; nothing stationary is predicted."
        return
    yield from _staleness(case)
    yield from _ladder(case)
    if mode.noise_gain is not None and mode.is_plain:
        margin = mean_square_margin(mode)
        yield (f"{_label(case)}: the mean-square gain of the shot model is {plain(margin)}; it would be unstable at 1.")
    if mode.model.law.name == "empirical" and mode.is_plain:
        yield from _exponential_assumption(case)


def _staleness(case: Observed) -> Iterator[str]:
    exact, poisson = (case.mode.find("staleness_variance", rung) for rung in ("R0", "R1"))
    if exact is None or poisson is None or case.label == "exponential" or float(exact.value) == 0:
        return
    seen = case.run.measured("staleness_variance").value
    factor = float(poisson.value) / float(exact.value)
    yield (
        f"{_label(case)}: the staleness variance is {plain(exact.value)} by renewal theory and {plain(seen)} "
        f"simulated; Poisson arrivals would make it {float(poisson.value):.4g}, {factor:.3g} times as much."
    )


def _ladder(case: Observed) -> Iterator[str]:
    limit = case.mode.find("stationary_variance", "R2")
    shots = case.mode.find("stationary_variance", "R1")
    if limit is None or case.run.unstable:
        return
    if shots is None:
        yield from _gap_of_scheme(case, limit)
        return
    seen = case.run.measured("stationary_variance", case.mode.mode, "time").value
    yield (
        f"{_label(case)}: the stochastic delay equation (R2) is {_off(limit, seen)} off the simulated variance, the "
        f"shot model (R1) {_off(shots, seen)}; both gaps close like 1/M."
    )


def _gap_of_scheme(case: Observed, limit: Prediction) -> Iterator[str]:
    """The stationary variance of a scheme, for which no shot model is claimed."""
    seen = case.run.measured("stationary_variance", case.mode.mode, "time").value
    yield (
        f"{_label(case)}: the stationary variance is {plain(seen)} simulated; the stochastic delay equation of this "
        f"scheme (R2) is {_off(limit, seen)} off."
    )


def _off(predicted: Prediction, seen: Estimate) -> str:
    """How far a prediction lies from what was simulated, and what the simulation leaves open of it."""
    ratio = float(predicted.value) / seen.mean
    return f"{100 * (ratio - 1):+.1f} ± {100 * ratio * seen.standard_error / abs(seen.mean):.1f} %"


def _exponential_assumption(case: Observed) -> Iterator[str]:
    """What a reader who assumed exponential cycles of the same mean would have believed."""
    study = case.mode.study
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


def _named(case: Observed) -> str:
    return f"{case.label} cycles" if case.mode.is_plain and " = " not in case.label else case.label.replace("_", " ")


def _across(cases: tuple[Observed, ...]) -> Iterator[str]:
    rates = [(case.decay_rate.mean, case) for case in cases if case.decay_rate is not None and case.label]
    if len(rates) > 1:
        best, worst = max(rates, key=lambda item: item[0]), min(rates, key=lambda item: item[0])
        yield (
            f"Of the simulated cases the mean decays fastest with {_named(best[1])} ({best[0]:.4g} per second) "
            f"and slowest with {_named(worst[1])} ({worst[0]:.4g} per second)."
        )
    for case in cases:
        if case.mode.is_fixed_staleness:
            fastest = case.mode.find("fastest_workers", "R3")
            if fastest is not None:
                yield (
                    f"With {case.label or 'constant'} cycles more than {float(fastest.value):.1f} workers slow the "
                    f"mean down at this learning rate; the study uses {case.mode.model.scheme.workers}."
                )
