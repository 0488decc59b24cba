"""A stability limit from Padé approximants, checked against pi/(2 theta): ``python examples/check_pade.py``.

Control engineers replace the delay by a rational function (python-control's ``pade``) and ask for the gain margin.
Order 1 is 27 % off, order 5 agrees to eight digits, order 10 to the last ones for delays that are not long; and
``margin`` alone answers with another crossing as soon as the limit is far from 1. python-control is no dependency:
without it there is nothing to check.
"""

from __future__ import annotations

import numpy as np

from verify import check_implementation

try:
    import control
except ImportError:
    control = None

CLAIM = "delay.stability-limit.constant"


def integrator(mean_delay, order):
    """exp(-s theta)/s with the delay approximated."""
    above, below = control.pade(mean_delay, order)
    return control.tf(above, np.polymul(below, [1, 0]))


def least_gain(order):
    def limit(mean_delay):
        return min(control.stability_margins(integrator(mean_delay, order), returnall=True)[0])

    return limit


def margin(mean_delay):
    return control.margin(integrator(mean_delay, 10))[0]


def main():
    if control is None:
        print("python-control is not installed: see examples/VALIDATION.md for what it was found to do")
    else:
        print(f"python-control {control.__version__}")
        for order in (1, 5, 10):
            found = check_implementation(least_gain(order), CLAIM, arrays=False, examples=10)
            print(f"order {order}: {found.outcome}; typical error {found.typical:.2g} ulps; {found.reason}")
        found = check_implementation(margin, CLAIM, arrays=False, examples=10)
        print(f"order 10, margin alone: {found.outcome}; {found.reason}")
        assert found.outcome == "refuted"


if __name__ == "__main__":
    main()
