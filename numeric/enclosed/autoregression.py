"""Stage: exact statistics of recursions. Input: an autoregression's coefficients. Output: its covariances, enclosed.

    x_{n+1} = sum_{j=0}^{p-1} c_j x_{n-j} + N(0, 1)

Steps of order p, p - 1, ..., 1 take off the longest lag; each leaves a reflection k_m (Levinson-Durbin, read
backwards). The recursion is stable iff every |k_m| < 1 (Schur-Cohn), and then E x^2 = 1/prod_m (1 - k_m^2).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from numeric.enclosure import Enclosure, arb, fmpq, precision

_FEWEST_BITS, _MOST_BITS = 128, 1 << 15
_NARROW = 2.0**-90  # relative width of the variance


class NotStableError(ValueError):
    """The recursion is not proven stable: it has no stationary covariance to enclose."""


def autoregression_covariances(coefficients: Sequence[Fraction], lags: int = 0) -> tuple[Enclosure, ...]:
    """E x_n x_{n+k} for k = 0, ..., ``lags`` with noise of variance 1 (kind: enclosure).

    ``coefficients`` c_0, c_1, ... of x_n, x_{n-1}, ... are exact. Raises ``NotStableError`` unless the recursion is
    proven stable.

    Example: ``autoregression_covariances([Fraction(1, 2)], 1)[1].contains(sp.Rational(2, 3))``.
    """
    bits = _FEWEST_BITS
    while True:  # balls widen by a few bits an order at most
        with precision(bits):
            rows, share = _orders([arb(fmpq(one.numerator, one.denominator)) for one in coefficients])
            if share.rad() < _NARROW * share.mid():
                return tuple(Enclosure(one) for one in _covariances(rows, 1 / share, lags))
        bits *= 2
        if bits > _MOST_BITS:
            raise NotStableError("not proven stable: a reflection of an autoregression may be 1")


def _orders(coefficients: list[Any]) -> tuple[list[list[Any]], Any]:
    """The best predictions from 0, 1, ..., p values; the share of the variance that the last one leaves."""
    rows, share = [coefficients], arb(1)
    while last := rows[-1]:
        reflection = last[-1]
        left = 1 - reflection * reflection
        if left <= 0:
            raise NotStableError(f"not stable: a reflection of {reflection.str(6, radius=False)} in an autoregression")
        if not left > 0:
            return rows, arb(0, 1)
        share *= left
        rows.append([(one + reflection * other) / left for one, other in zip(last[:-1], last[-2::-1], strict=True)])
    return rows[::-1], share


def _covariances(rows: list[list[Any]], variance: Any, lags: int) -> list[Any]:
    """The best prediction from k values knows the covariance at lag k."""
    found = [variance]
    for lag in range(1, lags + 1):
        row = rows[min(lag, len(rows) - 1)]
        found.append(sum((one * found[lag - 1 - j] for j, one in enumerate(row)), arb(0)))
    return found
