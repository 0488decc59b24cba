"""Stage: policies. Input: an advice. Output: its trade-off as a figure's data, every rate certified."""

from __future__ import annotations

import sympy as sp

from verify.policies.advice import Advice
from verify.report import Curve, Figure

_POINTS = 48
_SPREAD = 4  # the figure shows the advised setting times or divided by this


def advice_figure(advice: Advice) -> Figure:
    """Decay rate and what is left of the room in mean square, over the setting; given and advised are marked."""
    setting, best = advice.setting, advice.found.setting
    rates: list[tuple[float, float]] = []
    room: list[tuple[float, float]] = []
    for value in _values(advice):
        rate = setting.rate(value)
        if rate is None or not rate.is_positive():
            continue
        rates.append((float(value), float(rate) / float(advice.found.decay_rate)))
        criterion = setting.criterion(value)
        if criterion is not None and float(criterion) < 1:
            room.append((float(value), 1 - float(criterion)))
    curves = [Curve("decay rate, of the advised one", *_columns(rates))]
    if room:
        curves.append(Curve("room in mean square (R1)", *_columns(room)))
    given = advice.given_rate
    markers = [("advised", float(best), 1.0)]
    if given is not None and given.is_positive() and _within(advice, setting.given):
        markers.append(("given", float(setting.given), float(given) / float(advice.found.decay_rate)))
    words = setting.name.replace("_", " ")
    return Figure(
        f"advice-{setting.name.replace('_', '-')}",
        f"The fastest {words}, proven",
        "Decay rate of the slowest mode as a share of the advised one, every point certified, and what the shots leave "
        "of the room in mean square: at 0 the second moment diverges. No setting of the range searched is faster than "
        f"the advised one by more than {float(advice.tolerance):.2%}.",
        "The decay rate rises to the advised setting and falls beyond it; the room in mean square shrinks throughout.",
        words,
        "share",
        tuple(curves),
        markers=tuple(markers),
    )


def _columns(points: list[tuple[float, float]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(x for x, _ in points), tuple(y for _, y in points)


def _within(advice: Advice, value: sp.Rational) -> bool:
    return bool(advice.found.setting / _SPREAD <= value <= advice.found.setting * _SPREAD)


def _values(advice: Advice) -> list[sp.Rational]:
    best = advice.found.setting
    if advice.setting.whole:
        low, high = max(1, int(best / _SPREAD)), int(best * _SPREAD)
        step = max(1, (high - low) // _POINTS)
        return [sp.Integer(one) for one in range(low, high + 1, step)]
    ratio = float(_SPREAD) ** (2 / (_POINTS - 1))
    return [sp.Rational(f"{float(best) / _SPREAD * ratio**number:.6g}") for number in range(_POINTS)]
