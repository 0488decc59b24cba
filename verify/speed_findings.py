"""Stage: findings on speed. Input: predictions and simulations. Output: sentences on what speeds a mean up or down.

Each compares what was simulated, with its standard error; a difference is named only beyond three of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from derive import symbols as y
from derive.models.linear import LinearModel
from numeric.values import Estimate
from verify.drawing.ladder import measured
from verify.drawing.observed import Observed, listed, percent_with_error, where
from verify.drawing.sweeps import Series, series
from verify.report import Figure
from verify.telling.numbers import plain

_NO_MATTER = 1e-5  # of a value: a standard error that no sentence needs
_MOST = 4  # cases that one sentence names
_RISK = ", rung R1"  # the end of a training curve's name


def speed_findings(cases: Sequence[Observed], training: Figure | None = None) -> tuple[str, ...]:
    """What was found on the speed of the mean and of the training; ``training`` is the figure of the excess risk."""
    return (
        *_along(cases),
        *_ranked(cases),
        *_against_fresh(cases),
        *_swings(cases),
        *_unstable(cases),
        *_critical(cases),
        *_most_workers(cases),
        *_training(cases, training),
    )


def _along(cases: Sequence[Observed]) -> Iterator[str]:
    """What each swept number does to decay rate and stationary variance, in the order of its values."""
    for one in series(cases):
        rates = [None if case.run.unstable else case.decay_rate for _, case in one.cases]
        if sum(rate is not None for rate in rates) < 2 or len(one.cases) > _MOST + 2:
            continue
        values = listed([f"{value:.4g}" for value, _ in one.cases])
        speeds = listed(["none (it diverges)" if rate is None else told(rate) for rate in rates])
        known = [(value, rate) for (value, _), rate in zip(one.cases, rates, strict=True) if rate is not None]
        shared = f" ({one.label})" if one.label else ""
        yield (
            f"At {one.axis} = {values}{shared} the mean decays at {speeds} per second: {_course(known)}. "
            f"{_scatter(one)}"
        ).rstrip()


def _course(rates: Sequence[tuple[float, Estimate]]) -> str:
    steps = [noticed(one, other) for (_, one), (_, other) in pairwise(rates)]
    if not any(steps):
        return "no change that could be noticed"
    if min(steps) >= 0:
        return "the more, the faster"
    if max(steps) <= 0:
        return "the more, the slower"
    best, _ = max(rates, key=lambda pair: pair[1].mean)
    return f"fastest at {best:.4g}, slower on either side" if rates[0][0] < best < rates[-1][0] else "it turns"


def noticed(one: Estimate, other: Estimate) -> int:
    """Whether the second is greater (1), smaller (-1), or neither noticeably (0)."""
    difference, error = other.mean - one.mean, math.hypot(one.standard_error, other.standard_error)
    return int(math.copysign(1, difference)) if abs(difference) > 3 * error else 0


def _scatter(one: Series) -> str:
    found = []
    for _, case in one.cases:
        predicted = None if case.run.unstable else case.mode.find("stationary_variance", "R0", "R2", "Rd", "R1")
        seen = None if predicted is None else measured(case, predicted)
        if seen is None:
            return ""
        found.append(told(seen))
    return f"Its stationary variance is {listed(found)}."


def told(value: Estimate) -> str:
    """Mean ± standard error; four digits where the error is far smaller than the last of them.

    Example: ``told(Estimate(0.340560481, 6e-9, 9)) == "0.3406"``.
    """
    return f"{value.mean:.4g}" if value.standard_error < _NO_MATTER * abs(value.mean) else plain(value)


def _faster(ratio: float) -> str:
    """In words: percents where "1 times" would say nothing.

    Example: ``(_faster(3.8), _faster(1.028)) == ("3.8 times as fast", "2.8 % faster")``.
    """
    return f"{ratio:.2g} times as fast" if ratio >= 1.5 else f"{100 * (ratio - 1):.2g} % faster"


def _ranked(cases: Sequence[Observed]) -> Iterator[str]:
    rates = [(case.decay_rate, case) for case in cases if case.decay_rate is not None and case.label]
    if len(rates) < 2 or any(len(one.cases) == len(cases) for one in series(cases)):
        return
    (best, fastest), (worst, slowest) = (pick(rates, key=lambda item: item[0].mean) for pick in (max, min))
    if not noticed(worst, best):
        yield "Of the simulated cases none decays noticeably faster than another."
        return
    times = f", {_faster(best.mean / worst.mean)}" if worst.mean > 0 else ""
    yield (
        f"Of the simulated cases the mean decays fastest {where(fastest)} ({told(best)} per second) "
        f"and slowest {where(slowest)} ({told(worst)} per second){times}."
    )


def _against_fresh(cases: Sequence[Observed]) -> Iterator[str]:
    """Simulated speed over that of fresh gradients, which decay at the damping coefficient (claim B)."""
    faster: list[tuple[float, float, Observed]] = []
    slower: list[tuple[float, float, Observed]] = []
    for case in cases:
        damping = case.mode.find("damping_coefficient", "R1")
        rate = case.decay_rate
        if damping is None or rate is None or not float(damping.value) > 0 or case.mode.mean_is_unstable:
            continue
        gain, error = rate.mean / float(damping.value) - 1, rate.standard_error / float(damping.value)
        if abs(gain) > 3 * error:
            (faster if gain > 0 else slower).append((abs(gain), error, case))
    parts = [
        f"{word} {_sizes(found)}"
        for word, found in (("speeds the mean up by", faster), ("slows it down by", slower))
        if found
    ]
    if parts:
        told = "; it ".join(parts)
        yield f"Fresh gradients would decay at the damping coefficient itself; against them the delay {told}."


def _sizes(found: Sequence[tuple[float, float, Observed]]) -> str:
    if len(found) <= _MOST:
        return listed([f"{percent_with_error(size, error)} {where(case)}" for size, error, case in found])
    least, most = min(found, key=lambda one: one[0]), max(found, key=lambda one: one[0])
    ends = [f"{percent_with_error(size, error)} ({where(case)})" for size, error, case in (least, most)]
    return " to ".join(ends)


def _swings(cases: Sequence[Observed]) -> Iterator[str]:
    """How the mean approaches the optimum, by its rightmost root."""
    calm, swinging = [], []
    for case in cases:
        if case.mode.is_recursion or not case.mode.spectrum.roots:
            continue
        height = float(case.mode.spectrum.roots[0].im)
        if case.mode.mean_is_stable and height:
            swinging.append(f"{where(case)}, {2 * math.pi / height:.3g} s a swing")
        elif case.mode.mean_is_stable:
            calm.append(where(case))
    if len(calm) + len(swinging) > 2 * _MOST:
        yield f"The rightmost root is real in {len(calm)} cases; in {len(swinging)} one of a pair: the mean overshoots."
        return
    if swinging:
        straight = f"real {listed(calm)}: the mean decays straight; it is " if calm else ""
        yield f"The rightmost root is {straight}one of a pair {listed(swinging)}: the mean overshoots the optimum."


def _unstable(cases: Sequence[Observed]) -> Iterator[str]:
    for case in cases:
        if not case.mode.mean_is_unstable:
            if not case.mode.mean_is_stable:
                yield f"The mean neither decays nor grows {where(case)}; nothing stationary is predicted."
            continue
        seen = "and the simulation diverged" if case.run.unstable else "but the simulation did not diverge in its time"
        limit, model = case.mode.find("stability_limit", "R3"), case.mode.model
        remedy = ""
        if limit is not None and isinstance(model, LinearModel):
            times = float(model.values[y.damping]) / float(limit.value)
            remedy = (
                f" The damping is {times:.3g} times the limit: a learning rate below "
                f"{float(model.learning_rate) / times:.3g} is stable, or fewer workers."
            )
        yield f"The mean is predicted to be unstable {where(case)}, {seen}.{remedy}"


def _critical(cases: Sequence[Observed]) -> Iterator[str]:
    """The learning rate of critical damping, up to which a larger one is faster."""
    found: dict[str, list[str]] = {}
    for case in cases:
        critical, model = case.mode.find("critical_damping", "R3"), case.mode.model
        if critical is None or not isinstance(model, LinearModel) or not case.mode.mean_is_stable:
            continue
        share = float(model.values[y.damping]) / float(critical.value)
        words = f"{float(model.learning_rate) / share:.3g} {where(case)} (the study's is {share:.2g} times that)"
        found.setdefault(words, []).append(case.label)
    if 0 < len(found) <= _MOST:
        yield f"Up to critical damping a larger learning rate is faster; it is reached at {listed(list(found))}."


def _most_workers(cases: Sequence[Observed]) -> Iterator[str]:
    """Where more constant workers begin to slow the mean down (claim A)."""
    groups: dict[str, list[Observed]] = {}
    for case in cases:
        fastest = case.mode.find("fastest_workers", "R3") if case.mode.is_fixed_staleness else None
        if fastest is not None:
            groups.setdefault(f"{float(fastest.value):.1f}", []).append(case)
    for count, group in groups.items():
        used = listed([str(case.mode.model.scheme.workers) for case in group])
        at = (
            f" at the learning rate {group[0].mode.study.written['optimizer.learning_rate']}" if len(groups) > 1 else ""
        )
        yield f"With constant cycles more than {count} workers slow the mean down{at}; the study uses {used}."


def training_times(figure: Figure | None) -> dict[str, float]:
    """The training time of every case that the figure of the excess risk shows, by the case's name."""
    if figure is None:
        return {}
    names = [curve.label.removesuffix(_RISK) for curve in figure.curves if curve.label.endswith(_RISK)]
    return {name: time for name, (_, time, _) in zip(names, figure.markers, strict=True)}


def _training(cases: Sequence[Observed], figure: Figure | None) -> Iterator[str]:
    """What a swept number does to the training time, and to which it is most sensitive (claim I)."""
    times = training_times(figure)
    found: dict[str, list[float]] = {}
    for one in series(cases):
        ends = [(value, times[case.name]) for value, case in one.cases if times.get(case.name, 0) > 0 and value > 0]
        if len(ends) > 1:
            (first, early), (last, late) = ends[0], ends[-1]
            found.setdefault(one.axis, []).append(math.log(late / early) / math.log(last / first))
    if found:
        parts = [f"{_interval(sizes)} % per percent of {axis}" for axis, sizes in found.items()]
        yield f"Between the ends of the sweep the training time changes by {listed(parts)}."


def _interval(sizes: Sequence[float]) -> str:
    least, most = (f"{size:+.2f}".replace("-", "\u2212") for size in (min(sizes), max(sizes)))
    return least if least == most else f"{least} to {most}"
