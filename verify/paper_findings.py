"""Stage: findings on the source paper's claims. Input: letters that a study names, its cases. Output: what was found.

A sentence begins with "Seen here" or "Not seen here", by what was simulated, beyond three standard errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from derive import symbols as y
from derive.claims import CLAIMS
from derive.source_paper import PAPER_CLAIMS
from numeric.enclosure import evaluate
from verify.accuracy_findings import Gap, gaps
from verify.drawing.ladder import measured
from verify.drawing.observed import Observed, listed, percent_with_error, where
from verify.drawing.sweeps import series
from verify.report import Figure, PaperClaim
from verify.speed_findings import noticed, told, training_times
from verify.verdict import Verdict

_RUNGS = ("R0", "R2", "Rd", "R1")
_SHARP = 0.05  # largest standard error of a gain that is told
_PARTS = {
    "workers.count": "the number of workers",
    "workers.compute": "the time to compute and to send",
    "scheme": "the staleness threshold",
    "objective": "the curvature",
}


def paper_claims(
    letters: Sequence[str], cases: Sequence[Observed], verdicts: Sequence[Verdict], training: Figure | None
) -> tuple[PaperClaim, ...]:
    """Each claim that the study names: its statement, what was found, and the checks of results that support it."""
    found = []
    for letter in letters:
        judged = [one for one in verdicts if one.claim in CLAIMS and CLAIMS[one.claim].supports == letter]
        passed = sum(one.outcome == "pass" for one in judged)
        sentence = " ".join(_FOUND[letter](cases, training)) if letter in _FOUND and cases else ""
        found.append(PaperClaim(letter, PAPER_CLAIMS[letter], sentence, len(judged), passed))
    return tuple(found)


def _seen(holds: bool) -> str:
    return "Seen here" if holds else "Not seen here"


def _more_workers(cases: Sequence[Observed], _: Figure | None) -> Iterator[str]:
    """Claim A: some larger number of workers with a noticeably smaller decay rate, or none at all."""
    for one in series(cases):
        if one.key != "workers.count":
            continue
        rates = [(value, case.decay_rate) for value, case in one.cases if case.decay_rate and not case.run.unstable]
        slower = [(few, many) for few, many in combinations(rates, 2) if noticed(few[1], many[1]) < 0]
        if slower:
            (few, before), (many, after) = max(slower, key=lambda pair: pair[0][1].mean - pair[1][1].mean)
            ends = f"{few:.0f} workers decays at {told(before)} per second, that of {many:.0f} at {told(after)}"
            words = f"the mean of {ends}"
        else:
            words = "no larger number of workers is noticeably slower"
        yield f"{_seen(bool(slower))}{f' ({one.label})' if one.label else ''}: {words}."


def damping_of(case: Observed) -> float:
    """The predicted damping coefficient in 1/s; 0 where the model has none."""
    found = case.mode.model.values.get(y.damping)
    return 0.0 if found is None else float(evaluate(found, arrays=case.mode.model.law.arrays))


def _speedups(cases: Sequence[Observed]) -> list[tuple[float, float, Observed]]:
    """(gain, standard error, case): simulated decay rate over the damping coefficient, less one, where it is sharp."""
    found = []
    for case in cases:
        damping, rate = damping_of(case), case.decay_rate
        if rate and not case.run.unstable and rate.standard_error < _SHARP * damping:
            found.append((rate.mean / damping - 1, rate.standard_error / damping, case))
    return found


def _small_staleness(cases: Sequence[Observed], _: Figure | None) -> Iterator[str]:
    """Claim B: how many cases decay no slower than fresh gradients of the same damping would."""
    gains = _speedups(cases)
    kept = [one for one in gains if one[0] > -3 * one[1]]
    if gains:
        least, most = min(gains, key=lambda one: one[0]), max(gains, key=lambda one: one[0])
        ends = " to ".join(
            f"{percent_with_error(size, error, '+')} ({where(case)})" for size, error, case in (least, most)
        )
        yield (
            f"{_seen(bool(kept))}: in {len(kept)} of {len(gains)} cases stale gradients make the mean decay no slower "
            f"than fresh ones of the same damping would; their gain is {ends}."
        )


def _divergence(cases: Sequence[Observed], _: Figure | None) -> Iterator[str]:
    """Claim C: cases predicted to diverge that did, beside those that settle."""
    diverged = [where(case) for case in cases if case.mode.mean_is_unstable and case.run.unstable]
    settled = [where(case) for case in cases if case.mode.mean_is_stable and not case.run.unstable]
    beside = f", and settles {listed(settled)}" if settled else ""
    yield (
        f"{_seen(True)}: the mean diverges, as predicted, {listed(diverged)}{beside}."
        if diverged
        else f"{_seen(False)}: no case diverges."
    )


def _memoryless(cases: Sequence[Observed], _: Figure | None) -> Iterator[str]:
    """Claim D: how far predictions of run time and staleness are off where cycles remember, and Poisson's variance."""
    others = [case for case in cases if case.mode.model.law.name != "exponential"]
    farthest = {
        name: _farthest([gap for found in gaps(others, quantity).values() for gap in found])
        for quantity, name in (
            ("arrival_rate", "rate of arrivals"),
            ("time_per_update", "time per update"),
            ("staleness_mean", "mean staleness"),
        )
    }
    parts = [f"{gap.text} in the {name} ({where(gap.case)})" for name, gap in farthest.items() if gap]
    if parts:
        largest = max(abs(gap.off) for gap in farthest.values() if gap)
        yield (
            f"{_seen(largest < 0.05)}: in {len(others)} cases whose cycles are not memoryless, predictions are off the "
            f"simulation, where they are farthest off, by {listed(parts)}."
        )
    poisson = gaps(others, "staleness_variance").get("R1", ())
    if poisson:
        ends = min(poisson, key=lambda gap: gap.off), max(poisson, key=lambda gap: gap.off)
        words = " to ".join(f"{gap.text} off ({where(gap.case)})" for gap in ends)
        yield f"Where Poisson arrivals are an approximation they are one: their staleness variance is {words}."


def _farthest(found: Sequence[Gap]) -> Gap | None:
    return max(found, key=lambda gap: abs(gap.off), default=None)


def _dependence(cases: Sequence[Observed], _: Figure | None) -> Iterator[str]:
    """Claim E: against the first case, what each part of the study makes of damping, delay and staleness."""
    first, parts = cases[0], []
    for prefix, name in _PARTS.items():
        other = next((case for case in cases[1:] if _differing(first, case) == {prefix}), None)
        if other is not None:
            parts.append(f"{name} ({other.name}) makes them {_statistics(other)}")
    if parts:
        yield (
            f"{_seen(True)}: {where(first)} the damping coefficient is, the delay and the staleness have means of "
            f"{_statistics(first)}; {listed(parts)}."
        )


def _differing(one: Observed, other: Observed) -> set[str]:
    """The parts of the study, by their prefixes, in which two cases differ."""
    return {next((prefix for prefix in _PARTS if key.startswith(prefix)), key) for key in _differing_keys(one, other)}


def _differing_keys(one: Observed, other: Observed) -> set[str]:
    mine, theirs = dict(one.mode.study.written), dict(other.mode.study.written)
    return {key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)}


def _of_every_mode(case: Observed) -> list[float]:
    """The damping coefficients of all modes, which go with the curvature."""
    curvatures = case.mode.study.objective.curvature  # type: ignore[union-attr]
    first = curvatures[case.mode.mode]
    return [damping_of(case) * float(one / first) for one in curvatures]


def _statistics(case: Observed) -> str:
    damping = " and ".join(f"{size:.3g}" for size in _of_every_mode(case))
    delay, staleness = (case.run.measured(name).value for name in ("delay_mean", "staleness_mean"))
    return f"{damping} per second, {delay.mean:.3g} s and {staleness.mean:.3g}"


def _roots(cases: Sequence[Observed], _: Figure | None) -> Iterator[str]:
    """Claim F: whether the roots say who converges, and how near their rate is."""
    decided = [case for case in cases if case.mode.mean_is_stable or case.mode.mean_is_unstable]
    right = [case for case in decided if case.mode.mean_is_unstable == bool(case.run.unstable)]
    growing = sum(case.mode.mean_is_unstable for case in right)
    rates = gaps(cases, "decay_rate")
    gap = _farthest(rates.get("R3", ()) or rates.get("Rd", ()))
    far = f" Its rate is at worst {gap.text} off the simulated one ({where(gap.case)})." if gap else ""
    yield (
        f"{_seen(bool(decided) and len(right) == len(decided))}: in {len(right)} of {len(decided)} cases the rightmost "
        f"root says whether the simulated mean settles ({len(right) - growing}) or diverges ({growing}).{far}"
    )


def _schedule(cases: Sequence[Observed], _: Figure | None) -> Iterator[str]:
    """Claim G: the fastest and the quietest of the schedules tried."""
    fast = [(case.decay_rate, case) for case in cases if case.decay_rate is not None and not case.run.unstable]
    quiet = []
    for case in cases:
        predicted = None if case.run.unstable else case.mode.find("stationary_variance", *_RUNGS)
        seen = None if predicted is None else measured(case, predicted)
        if seen is not None:
            quiet.append((seen, case))
    if len(fast) > 1 and len(quiet) > 1:
        rate, fastest = max(fast, key=lambda pair: pair[0].mean)
        slow, slowest = min(fast, key=lambda pair: pair[0].mean)
        low, quietest = min(quiet, key=lambda pair: pair[0].mean)
        yield (
            f"{_seen(noticed(slow, rate) > 0)}: the schedule decides; of those tried the mean is fastest "
            f"{where(fastest)} ({told(rate)} per second), slowest {where(slowest)} ({told(slow)}), and the "
            f"parameter scatters least {where(quietest)} (variance {told(low)})."
        )


def _sensitivity(cases: Sequence[Observed], training: Figure | None) -> Iterator[str]:
    """Claim I: percent of training time per percent of staleness, beside per percent of noise; equal a theta beside."""
    times = training_times(training)
    timed = [case for case in cases if times.get(case.name, 0) > 0]
    stale, noisy = list[float](), list[float]()
    for one, other in combinations(timed, 2):
        changed = _differing_sections(one, other)
        longer = math.log(times[other.name] / times[one.name])
        if changed == {"workers"}:
            means = [case.run.measured("staleness_mean").value.mean for case in (one, other)]
            stale.append(longer / math.log(means[1] / means[0]))
        elif changed == {"objective.gradient_noise"}:
            sizes = [float(case.mode.study.objective.gradient_noise[0]) for case in (one, other)]  # type: ignore[union-attr]
            noisy.append(longer / math.log(sizes[1] / sizes[0]))
    if stale and noisy:
        most, least = (max(map(abs, sizes)) for sizes in (stale, noisy))
        yield (
            f"{_seen(most > least)}: one percent of staleness changes the training time by {_range(stale)} %, one "
            f"percent of gradient noise by {_range(noisy)} %."
        )


def _differing_sections(one: Observed, other: Observed) -> set[str]:
    return {"workers" if k.startswith("workers.") else k.partition("[")[0] for k in _differing_keys(one, other)}


def _range(sizes: Sequence[float]) -> str:
    ends = [f"{size:+.2f}".replace("-", "\u2212") for size in (min(sizes), max(sizes))]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


_FOUND: dict[str, Callable[[Sequence[Observed], Figure | None], Iterator[str]]] = {
    "A": _more_workers,
    "B": _small_staleness,
    "C": _divergence,
    "D": _memoryless,
    "E": _dependence,
    "F": _roots,
    "G": _schedule,
    "I": _sensitivity,
}
