"""Stage: figures as data. Input: judged cases of a sweep over a number. Output: what that number changes.

Lines join predictions at the values that the study sweeps, points are simulated there; nothing is computed anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify.drawing.ladder import measured
from verify.drawing.observed import Observed, shared_label
from verify.report import Curve, Figure

_NOT_SWEPT = ("run.", "title", "question", "paper_claims")
_DECADE = 10  # over less a logarithmic axis has one named tick at most
_RATES = ("R0", "R3", "Rd")
_VARIANCES = ("R0", "R2", "Rd", "R1")
UNITS = {
    "workers.count": "workers M",
    "optimizer.learning_rate": "learning rate η",
    "optimizer.momentum": "momentum β",
    "objective.curvature[0]": "curvature h",
    "objective.gradient_noise": "gradient noise σ",
    "scheme.staleness_threshold": "staleness threshold S in updates",
    "scheme.batch": "gradients an update",
    "scheme.event_trigger": "event trigger in noise s.d.",
    "scheme.uplink_capacity": "uplink capacity in gradients per second",
    "scheme.age_threshold": "age threshold in s",
}


@dataclass(frozen=True)
class Series:
    """Cases that differ in one number alone: its key, what the others share, and the cases by that number."""

    key: str
    label: str
    cases: tuple[tuple[float, Observed], ...]

    @property
    def axis(self) -> str:
        """The number as an axis calls it."""
        return UNITS.get(self.key, self.key.replace(".", " ").replace("_", " "))


def series(cases: Sequence[Observed]) -> tuple[Series, ...]:
    """Every series of at least two cases, in the order of the study's keys."""
    written = [dict(case.mode.study.written) for case in cases]
    keys = dict.fromkeys(key for one in written for key in one if not key.startswith(_NOT_SWEPT))
    found = []
    for key in keys:
        groups: dict[tuple[tuple[str, str], ...], list[tuple[float, Observed]]] = {}
        for case, one in zip(cases, written, strict=True):
            value = _number(one.get(key, ""))
            if value is not None:
                others = tuple(sorted((name, text) for name, text in one.items() if name != key))
                groups.setdefault(others, []).append((value, case))
        kept = [tuple(sorted(group, key=lambda pair: pair[0])) for group in groups.values() if len(group) > 1]
        found += [Series(key, shared_label([case for _, case in group]), group) for group in kept]
    return tuple(found)


def sweep_figures(cases: Sequence[Observed]) -> tuple[Figure, ...]:
    """What each swept number does to the decay rate of the mean and to the stationary variance."""
    by_key: dict[str, list[Series]] = {}
    for one in series(cases):
        by_key.setdefault(one.key, []).append(one)
    found = [figure for group in by_key.values() for figure in (_rate_figure(group), _variance_figure(group))]
    return tuple(figure for figure in found if figure is not None)


def _rate_figure(group: Sequence[Series]) -> Figure | None:
    curves = [curve for one in group for curve in _curves(one, _rates(one))]
    if not curves:
        return None
    key, axis = group[0].key, group[0].axis
    zero = min(min(curve.y) for curve in curves) < 0
    return Figure(
        f"decay-rate-against-{_slug(key)}",
        f"Speed against {_plain(axis)}",
        "Decay rate of the mean at each value of the sweep: lines join the predictions, points are simulated with bars "
        "of one standard error." + (" Below zero the mean grows." if zero else ""),
        "Lines of predicted decay rates, with simulated points on them where the model holds.",
        axis,
        "decay rate in 1/s",
        tuple(curves),
    )


def _variance_figure(group: Sequence[Series]) -> Figure | None:
    curves = [curve for one in group for curve in _curves(one, _variances(one))]
    if not curves:
        return None
    axis, heights = group[0].axis, [up for curve in curves for up in curve.y]
    return Figure(
        f"variance-against-{_slug(group[0].key)}",
        f"Noise against {_plain(axis)}",
        "Stationary variance of the parameter at each value of the sweep: lines join the predictions of the closest "
        "model, points are simulated with bars of one standard error. A case that diverges has none.",
        "Lines of predicted stationary variances, with simulated points on them where the model holds.",
        axis,
        "stationary variance",
        tuple(curves),
        y_scale="log" if min(heights) > 0 and max(heights) > _DECADE * min(heights) else "linear",
    )


Row = tuple[float, float | None, tuple[float, float] | None]  # value, predicted, (simulated, standard error)


def _rates(one: Series) -> Iterator[Row]:
    for value, case in one.cases:
        found = case.mode.find("decay_rate", *_RATES)
        growing = case.mode.spectrum.decay_rate if found is None and not case.mode.is_recursion else None
        predicted = float(found.value) if found is not None else None if growing is None else float(growing)
        rate = case.decay_rate
        yield value, predicted, None if rate is None else (rate.mean, rate.standard_error)


def _variances(one: Series) -> Iterator[Row]:
    for value, case in one.cases:
        found = None if case.run.unstable else case.mode.find("stationary_variance", *_VARIANCES)
        seen = None if found is None else measured(case, found)
        if found is not None:
            yield value, float(found.value), None if seen is None else (seen.mean, seen.standard_error)


def _curves(one: Series, rows: Iterator[Row]) -> Iterator[Curve]:
    listed = list(rows)
    line = [(value, predicted) for value, predicted, _ in listed if predicted is not None]
    seen = [(value, *found) for value, _, found in listed if found is not None]
    head = f"{one.label}, " if one.label else ""
    if line:
        x, up = (tuple(part) for part in zip(*line, strict=True))
        yield Curve(f"{head}predicted", x, up)
    if seen:
        where, means, errors = (tuple(part) for part in zip(*seen, strict=True))
        yield Curve(f"{head}simulated", where, means, errors, "points")


def _number(text: str) -> float | None:
    """The number that a study wrote, a quotient included; None for words."""
    above, _, below = text.partition("/")
    try:
        return float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        return None


def _plain(axis: str) -> str:
    return axis.partition(" in ")[0]


def _slug(key: str) -> str:
    return key.rpartition(".")[2].partition("[")[0].replace("_", "-")
