"""Stage: policies. Input: an advice. Output: its trade-off as a figure's data, every rate certified."""

from __future__ import annotations

import sympy as sp

from verify.policies.advice import Advice
from verify.policies.choices import ChoiceAdvice, Tried, told_key
from verify.policies.subsets import SubsetAdvice
from verify.report import Curve, Figure

_POINTS = 48
_NAMED = 8  # rules in a figure
_SPREAD = 4  # the figure shows the advised setting times or divided by this


def advice_figure(advice: Advice) -> Figure:
    """Decay rate and what is left of the room in mean square, over the setting; given and advised are marked."""
    setting, best = advice.setting, advice.found.setting
    rates: list[tuple[float, float]] = []
    room: list[tuple[float, float]] = []
    for value in settings_drawn(advice):
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
        f"the advised one by more than {100 * float(advice.tolerance):.2g} %.",
        "The decay rate rises to the advised setting and falls beyond it; the room in mean square shrinks throughout.",
        words,
        "share",
        tuple(curves),
        markers=tuple(markers),
    )


def figure_of(advice: Advice | ChoiceAdvice | SubsetAdvice) -> Figure | None:
    """The trade-off of an advice of any kind; None of a subset, whose choices have no order."""
    if isinstance(advice, Advice):
        return advice_figure(advice)
    return choice_figure(advice) if isinstance(advice, ChoiceAdvice) else None


def choice_figure(advice: ChoiceAdvice) -> Figure:
    """What every value tried reaches of the goal; of whole rules a row each, the best first."""
    goal, words = advice.goal.name.replace("_", " "), advice.name.replace("_", " ")
    shown = [one for one in advice.allowed if one.reached is not None]
    named = advice.name == "scheme"
    if named:
        shown = shown[:_NAMED]
        xs = [float(number) for number in range(len(shown))]
    else:
        shown = sorted((one for one in shown if one.option.keys[0][1] is not None), key=_first)
        xs = [_first(one) for one in shown]
    points = [(x, float(one.reached)) for x, one in zip(xs, shown, strict=True) if one.reached is not None]
    best = next((point for point, one in zip(points, shown, strict=True) if one is advice.best), None)
    return Figure(
        f"advice-{advice.name.replace('_', '-')}",
        f"The best {words} for the {goal}",
        f"What every allowed value reaches of the {goal}, each an enclosure narrower than the mark. "
        + ("Every value of the range was tried." if advice.complete else "Nothing is proven between the points."),
        f"The {goal} over the {words}; the advised one is marked.",
        words,
        f"{goal}, {advice.goal.unit}",
        (Curve(goal, *_columns(points), style="points"),),
        x_scale="linear" if advice.complete else "log",
        y_scale="linear" if advice.goal.more else "log",
        markers=(("advised", *best),) if best is not None else (),
        ticks=tuple(told_key(one.option) for one in shown) if named else (),
    )


def _first(one: Tried) -> float:
    return float(one.option.keys[0][1])


def _columns(points: list[tuple[float, float]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(x for x, _ in points), tuple(y for _, y in points)


def _within(advice: Advice, value: sp.Rational) -> bool:
    return bool(advice.found.setting / _SPREAD <= value <= advice.found.setting * _SPREAD)


def settings_drawn(advice: Advice) -> list[sp.Rational]:
    """The settings at which the curve is drawn, the advised and the given one among them where they are near."""
    best = advice.found.setting
    if advice.setting.whole:
        low, high = max(1, int(best / _SPREAD)), int(best * _SPREAD)
        step = max(1, (high - low) // _POINTS)
        return [sp.Integer(one) for one in range(low, high + 1, step)]
    ratio = float(_SPREAD) ** (2 / (_POINTS - 1))
    even = {sp.Rational(f"{float(best) / _SPREAD * ratio**number:.6g}") for number in range(_POINTS)}
    given = advice.setting.given
    return sorted(even | {best} | ({given} if given is not None and _within(advice, given) else set()))
