"""Stage: transients. Input: a model on rung R1, a level of the excess risk. Output: when it is below for good.

Up to a horizon T the second moment V is enclosed everywhere (numeric/enclosed/second_moment.py). Beyond, with I the
noise gain, c = Lambda eta^2, lambda = c h^2 I < 1 and any T0 < T,

    V(t) <= max( sup V on [T0, T],  B/(1 - lambda) ),
    B = sup m^2 + c sigma^2 I + c h^2 (x0^2 (I - P(T)) + (I - P(T - T0)) sup V),

as the measure c h^2 dP that V is averaged over has the mass lambda, and I - P of it lies beyond. The mean is bounded by
its envelope, |m(t)| <= x0 K e^(ct), c between the rightmost root and 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from derive.exact import Number, exact
from derive.formulas.shown import ShownAsLatex, text_latex
from derive.models.linear import LinearModel
from numeric.enclosed.inverse_transform import Line
from numeric.enclosed.quadrature import is_plain_feedback, noise_gain
from numeric.enclosed.renewal import between
from numeric.enclosed.second_moment import SecondMoment, within_digits
from numeric.enclosure import Enclosure, Unevaluable, evaluate, precision
from numeric.roots.characteristic import spectrum
from numeric.roots.function import analytic

_LONGEST = 4096  # mean delays
_BITS = 96
_ROUNDING = 1e-12  # of the doubles of a bound, relative


@dataclass(frozen=True)
class TrainingTime(ShownAsLatex):
    """From ``time`` (s) on the excess risk stays below the level; None where it never does, for the ``reason`` given.

    ``floor`` encloses the stationary excess risk; None where there is none.
    """

    time: Enclosure | None
    floor: Enclosure | None
    reason: str = field(default="")

    def latex(self) -> str:
        """The time, or why there is none."""
        return text_latex(f"never: {self.reason}") if self.time is None else self.time.latex()


def mean_envelope(equation: CharacteristicEquation) -> tuple[Enclosure, Enclosure]:
    """(K, c): |m(t)| <= |x0| K e^(ct) for all t > 0, 0 > c > every root of s + G(s) (kind: K an upper bound).

    Raises ``ValueError`` for another form, for roots that are not proven left of 0, and without exponential moment.

    Example: ``mean_envelope(delay_equation(1, Constant(1)))[1].is_negative()``.
    """
    found = spectrum(equation)
    abscissa = found.spectral_abscissa
    if not is_plain_feedback(equation) or not found.certified or found.unstable_count:
        raise ValueError(f"not proven stable, of the form s + G(s): {equation.function}")
    if abscissa is None or not abscissa.is_negative():
        raise ValueError(f"no exponential decay is proven: {found.reason or 'on the limit of stability'}")
    with precision(_BITS):
        line = Line(analytic(equation), (abscissa.ball * 7 / 8).mid())
        return Enclosure(line.constant), Enclosure(line.at)


def training_time(model: LinearModel, level: Number, *, start: Number = 1, digits: int = 4) -> TrainingTime:
    """The last time at which h E x^2/2 exceeds ``level`` > 0, on rung R1 from x = ``start`` until time 0.

    Kind: an enclosure, with a proof that the risk stays below afterwards; 0 where it never exceeds the level.
    ``digits`` as of ``excess_risk``. "Never" is an answer: the risk has no limit, or one above the level. Raises
    ``ValueError`` for other models, ``Unevaluable`` with the reason where nothing is proven: a level too close to the
    floor, no exponential moment.

    Example: ``training_time(LinearModel(Constant(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(1),
    sp.Integer(1)), "1/100").time is None``.
    """
    x0, wanted = exact(start), exact(level)
    if not isinstance(model, LinearModel) or not model.curvature > 0 or not wanted > 0:
        raise ValueError(f"level = {level}, model = {model}: allowed: a level > 0, plain workers with curvature > 0")
    half = model.curvature / 2
    known = beyond_horizon(model, x0)
    if isinstance(known, str):
        return TrainingTime(None, None, known)
    beyond, floor = known
    if (floor - wanted).is_positive():
        return TrainingTime(None, floor, f"the stationary excess risk is {floor.mid[:8]}, above the level")
    if not (floor - wanted).is_negative():
        raise Unevaluable(f"the level {wanted} is too close to the stationary excess risk {floor}")
    return TrainingTime(beyond.crossing(float((wanted / half).evalf()), digits), floor)


def beyond_horizon(model: LinearModel, start: sp.Expr) -> tuple[Beyond, Enclosure] | str:
    """What bounds V beyond a horizon, and the stationary excess risk; in words why there is none.

    Raises ``Unevaluable`` where neither is proven.

    Example: ``beyond_horizon(LinearModel(Constant(1), Asynchronous(8), sp.Rational(1, 2), sp.Integer(1),
    sp.Integer(1)), sp.Integer(1)) == "the mean is not stable"``.
    """
    equation = model.characteristic_equation
    found = spectrum(equation)
    if found.certified and found.unstable_count:
        return "the mean is not stable"
    try:
        envelope, gain = mean_envelope(equation), noise_gain(equation)
    except ValueError as error:
        raise Unevaluable(str(error)) from error
    returned = _put(model, y.arrival_rate * (y.learning_rate * y.curvature) ** 2 * y.second_moment_gain, gain)
    if (1 - returned).is_negative():
        return "the model is not stable in mean square"
    if not (1 - returned).is_positive():
        raise Unevaluable("on the limit of stability in mean square")
    floor = _put(model, y.noise_intensity * y.second_moment_gain, gain) / (1 - returned) * (model.curvature / 2)
    return Beyond(model, start, envelope, gain, returned), floor


def _put(model: LinearModel, expression: sp.Expr, gain: Enclosure) -> Enclosure:
    return evaluate(expression.subs(model.values, simultaneous=True), {y.second_moment_gain: gain})


@dataclass(frozen=True)
class Beyond:
    """What is known of V beyond a horizon."""

    model: LinearModel
    start: sp.Expr
    envelope: tuple[Enclosure, Enclosure]
    gain: Enclosure
    returned: Enclosure

    def crossing(self, level: float, digits: int) -> Enclosure:
        """The last crossing of a level of V, on horizons that double until the rest is proven below."""
        theta = self.model.law.mean
        horizon, reason = 8 * theta, ""
        while horizon <= _LONGEST * theta:
            span = sp.nsimplify(sp.N(horizon, 30), rational=True)
            path = within_digits(self.model, self.start, Fraction(int(span.p), int(span.q)), digits)
            if self.ceiling(path) < level * (1 - _ROUNDING):
                return _last(path, level)
            above = path.values[-1] - path.error > level
            reason = f"the risk is not proven below the level after {float(horizon):.4g} s, to within {path.error:.1e}"
            if not above and path.error > level / 2:
                break  # a longer horizon is known less well
            horizon *= 2
        raise Unevaluable(reason)

    def ceiling(self, path: SecondMoment) -> float:
        """What V never exceeds from the end of the path on."""
        size, rate = (float(one.upper) for one in self.envelope)
        last, upper = float(path.times[-1]), path.values + path.error
        mean = float(abs(self.start)) * size * np.exp(rate * last)
        known = {name: float(self.model.values[name]) for name in (y.arrival_rate, y.learning_rate, y.curvature)}
        shots = known[y.arrival_rate] * known[y.learning_rate] ** 2
        share, gain = shots * known[y.curvature] ** 2, self.gain.upper
        noise = shots * float(self.model.gradient_noise) ** 2 * gain
        margin = 1 - self.returned.upper
        middle = len(path.times) // 2
        start = float(self.start) ** 2
        left, left_from_middle = gain - path.passed(last), gain - path.passed(last - float(path.times[middle]))
        bound = (mean**2 + noise + share * (start * left + left_from_middle * float(upper.max()))) / margin
        return float(max(bound, float(upper[middle:].max())))


def _last(path: SecondMoment, level: float) -> Enclosure:
    """Between the last time at which V is proven above the level, and the last at which it may be."""
    early = last_above(path.times, path.values - path.error, level * (1 + _ROUNDING))
    late = last_above(path.times, path.values + path.error, level * (1 - _ROUNDING))
    return between(Fraction(early), Fraction(late))


def last_above(times: np.ndarray, values: np.ndarray, level: float) -> float:
    """Where lines through the values last cross the level downwards, 0 if they never are above it.

    Example: ``last_above(np.array([0.0, 1.0, 2.0]), np.array([2.0, 1.0, 0.0]), 0.5) == 1.5``.
    """
    above = np.flatnonzero(values >= level)
    if len(above) == 0:
        return 0.0
    k = int(above[-1])
    if k + 1 == len(values):
        return float(times[-1])
    share = (values[k] - level) / (values[k] - values[k + 1])
    return float(times[k] + share * (times[k + 1] - times[k]))
