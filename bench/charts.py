"""Charts over [.05, 3]^2: proven ones by law, and uncertified ones of 200 x 200 points beside SciPy's Lambert W.

Run as ``python bench/charts.py [SECONDS]``. Targets: proven charts with less than 2 % undecided, the constant delay
within 10 s and any law with an elementary transform within 60 s, in the mean and in mean square; 200 x 200 points of
the constant delay within 2 ms.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy as sp
from scipy.special import lambertw

from derive import laws
from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.law import Law
from numeric.charts.cells import Axis
from numeric.charts.decay_map import decay_map
from numeric.charts.stability import stability_chart
from numeric.charts.subdivision import ChartBudget
from numeric.kernels.compiling import compile_kernel
from numeric.kernels.rightmost import rightmost_roots

A, TAU = (sp.Dummy(name, positive=True) for name in ("a", "tau"))
AXES = Axis(A, "1/20", 3), Axis(TAU, "1/20", 3)
TARGET = Fraction(1, 50)
WORKERS = 8
LAWS: dict[str, Law] = {
    "constant": laws.Constant(TAU),
    "exponential": laws.Exponential(TAU),
    "gamma 4": laws.Gamma(4, TAU),
    "gamma 5/2": laws.Gamma("5/2", TAU),
    "gamma 1/2": laws.Gamma("1/2", TAU),
    "uniform": laws.Uniform(0, 2 * TAU),
    "shifted exponential": laws.ShiftedExponential(TAU / 2, TAU / 2),
    "hyperexponential": laws.Hyperexponential(("1/3", "2/3"), (TAU / 2, 5 * TAU / 4)),
    "inverse Gaussian": laws.InverseGaussian(TAU, 4),
    "phase type": laws.PhaseType([1, 0], [[-2 / TAU, 2 / TAU], [0, -2 / TAU]]),
}


def proven(law: Law, seconds: float, square: bool) -> tuple[float, float, int]:
    """Processor seconds, undecided share and evaluations of one proven chart, from the first symbol to the last count.

    ``square``: with its mean square, whose share it is then; the gain by quadrature, whatever the law.
    """
    begun = time.process_time()
    budget, equation = ChartBudget(10**9, TARGET, seconds), delay_equation(A, law)
    criteria = [(equation, A**2 * TAU / WORKERS * y.second_moment_gain, None)] if square else []
    chart = stability_chart(equation, *AXES, budget=budget, criteria=criteria)
    layer = chart.mean_square or chart.mean
    return time.process_time() - begun, float(layer.share("undecided")), layer.evaluations


def quickest(task: Callable[[], object], times: int = 7) -> float:
    """The shortest of several runs, in seconds."""
    return min(_timed(task) for _ in range(times))


def _timed(task: Callable[[], object]) -> float:
    begun = time.perf_counter()
    task()
    return time.perf_counter() - begun


def uncertified() -> dict[str, float]:
    """Seconds for 200 x 200 points: the closed limit, SciPy's Lambert W, and the decay map of any law."""
    x = np.linspace(0.05, 3, 200)
    a, tau = np.meshgrid(x, x)
    points = a.ravel(), tau.ravel()
    limit = compile_kernel(CLAIMS["delay.stability-limit.constant"].expression, [y.mean_delay])
    return {
        "closed limit of the constant delay": quickest(lambda: a < limit(tau)),
        "rightmost roots of the constant delay": quickest(lambda: rightmost_roots(*points)),
        "scipy.special.lambertw": quickest(lambda: (lambertw(-a * tau) / tau).real, 3),
        "decay map, constant": quickest(lambda: decay_map([delay_equation(A, LAWS["constant"])], AXES, (200, 200)), 1),
        "decay map, gamma 5/2": quickest(
            lambda: decay_map([delay_equation(A, LAWS["gamma 5/2"])], AXES, (200, 200)), 1
        ),
    }


def main(seconds: float = 60.0) -> None:
    """Print both tables."""
    print(f"proven charts to {float(TARGET):.0%} undecided, at most {seconds:g} s of processor time")
    for square, name in ((square, name) for square in (False, True) for name in LAWS):
        took, share, evaluations = proven(LAWS[name], seconds, square)
        layer = f"mean square, M = {WORKERS}" if square else "mean"
        print(f"  {name:22} {layer:20} {took:7.2f} s  {share:7.3%} undecided  {evaluations:9d} evaluations")
    print("200 x 200 points, uncertified")
    found = uncertified()
    for name, took in found.items():
        print(f"  {name:38} {1e3 * took:9.2f} ms  {found['scipy.special.lambertw'] / took:8.2f} times SciPy's speed")


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:2]))
