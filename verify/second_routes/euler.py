"""Stage: exact statistics of the simulated SDDE. Input: the equation with its step. Output: covariances, enclosed.

The Euler-Maruyama recursion is an autoregression: what is simulated is held against its own covariances, and those
against the SDDE's, so that the bias of the step is told from noise. With delays drawn for every step anew, too,

    V = q step V_1/(2 g sum_j w_j C_j - g^2 V_1),        g = a step,

with C_j the covariances and V_1 = C_0 of the autoregression with noise of variance 1 and the mean weights w_j.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from numeric.enclosed.autoregression import NotStableError, autoregression_covariances
from numeric.enclosure import Enclosure
from numeric.simulation.sdde import SDDE


def sdde_covariances(
    equation: SDDE, lags: int = 0, *, delay_probabilities: Sequence[float] = ()
) -> tuple[Enclosure, ...]:
    """E x(t) x(t + k step), k = 0, ..., ``lags``, of the recursion that an SDDE is simulated by (kind: enclosure).

    ``delay_probabilities``: the chances of 0, 1, ... steps where the delay is drawn, as ``delay_weights`` gives them;
    then E x^2 alone is known. Raises ``NotStableError``, for a drawn delay in mean square too; ``ValueError`` for more
    lags of a drawn delay.

    Example: ``sdde_covariances(SDDE(1.0, 1.0, 0.25, delay=0))[0].contains(sp.Rational(4, 7))``.
    """
    gain, kick, *_ = equation.arguments()
    weights = list(map(Fraction, delay_probabilities or equation.weights))
    if equation.kind == "constant":
        weights = [Fraction(0)] * equation.memory + [Fraction(1)]
    coefficients = [Fraction(gain) * -weight for weight in weights]
    coefficients[0] += 1
    noise = Fraction(kick) ** 2
    if equation.kind != "drawn":
        return tuple(one * noise for one in autoregression_covariances(coefficients, lags))
    if lags:
        raise ValueError(f"lags = {lags}; allowed: 0 where the delay is drawn")
    covariances = autoregression_covariances(coefficients, len(weights) - 1)
    pull = sum((one * weight for one, weight in zip(covariances, weights, strict=True)), Enclosure.of(0))
    margin = pull * 2 * Fraction(gain) - covariances[0] * Fraction(gain) ** 2
    if not margin.is_positive():
        raise NotStableError("not proven stable in mean square")
    return (covariances[0] * noise / margin,)
