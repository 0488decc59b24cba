"""A solver for delay equations, checked on the simplest of them: ``python examples/check_tdcpy.py``.

s + a exp(-s theta) = 0 has no term without delay. tdcpy 0.0.1 loses the zero matrix that stands there and answers with
the root of s + a: always stable, however long the delay. tdcpy is no dependency: without it there is nothing to check.
"""

from __future__ import annotations

import math

import numpy as np

import derive
import numeric
from verify import check_implementation

try:
    import tdcpy
except ImportError:
    tdcpy = None

CLAIM = "delay.stability-limit.constant"


def rightmost(damping_coefficient, mean_delay, undelayed):
    """The spectral abscissa of x' = undelayed x - a x(t - theta), found right of -3/theta."""
    matrices = np.array([undelayed, -damping_coefficient]).reshape(1, 1, 2)
    found, _ = tdcpy.roots(tdcpy.RDDE(matrices, np.array([0.0, mean_delay])), r=-3 / mean_delay)
    return max(found.real, default=-math.inf)


def limit(mean_delay):
    """The largest stable damping, by bisection of the spectral abscissa's sign."""
    low, high = 0.0, 10 / mean_delay
    if rightmost(high, mean_delay, 0.0) < 0:
        return math.inf
    while not math.isclose(low, high, rel_tol=1e-12):
        middle = (low + high) / 2
        low, high = (middle, high) if rightmost(middle, mean_delay, 0.0) < 0 else (low, middle)
    return low


def main():
    if tdcpy is None:
        print("tdcpy is not installed: see examples/VALIDATION.md for what it was found to do")
    else:
        proven = numeric.spectrum(derive.delay_equation(2, derive.Constant(1))).spectral_abscissa
        print(f"tdcpy {tdcpy.__version__}: x' = -2 x(t - 1) behaves like exp({rightmost(2.0, 1.0, 0.0):.6g} t),")
        print(f"    proven is exp({float(proven):.6g} t); beside a term without delay, as in x' = -x - 2 x(t - 1),")
        print(f"    nothing is lost: exp({rightmost(2.0, 1.0, -1.0):.6g} t)")
        found = check_implementation(limit, CLAIM, arrays=False, examples=10)
        print(f"stability limit: {found.outcome}; {found.reason}")


if __name__ == "__main__":
    main()
