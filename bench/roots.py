"""Certified roots: median times of the processor, ``python bench/roots.py``.

Every equation is solved once before it is timed, but for the last rows, which compile it anew each time. SciPy answers
only the constant delay, in doubles and without a proof; at the branch point it is wrong or NaN. It and the other peers
stand side by side in ``bench/roots_peers.py``.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

import sympy as sp
from scipy.special import lambertw

from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.exact import exact
from derive.laws import (
    Constant,
    Exponential,
    Gamma,
    Hyperexponential,
    IndependentSum,
    InverseGaussian,
    Mixture,
    Pareto,
    ShiftedExponential,
    Truncated,
    Uniform,
)
from derive.symbols import s
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import arb, precision
from numeric.roots.characteristic import spectrum
from numeric.roots.proof import count_right_of
from numeric.roots.winding import Budget


def median_seconds(work: Callable[[], object], repeats: int = 25) -> float:
    """The median time of ``repeats`` calls after one that compiles."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def delayed(damping: str | float, transform: sp.Expr, abscissa: sp.Expr = -sp.oo) -> CharacteristicEquation:
    """s + damping L(s)."""
    a = exact(damping)
    return CharacteristicEquation(s + a * transform, s, abs(a) * transform, abscissa)


LAWS = (
    Constant(1),
    Exponential(1),
    Gamma(4, 1),
    Gamma("5/2", 1),
    Gamma(200, 1),
    ShiftedExponential(1, 2),
    Uniform(0, 2),
    Hyperexponential(["1/2", "1/2"], [1, 3]),
    InverseGaussian(1, 4),
    Pareto("5/2", 1),
    Mixture([("1/8", Constant(1)), ("7/8", Gamma("5/2", 1))]),
    IndependentSum([Constant(1), Exponential(1)]),
    Truncated(Exponential(1), 2),
)


def print_laws() -> None:
    """One certified rightmost root of every law, at a theta = 1/5 and 2."""
    for law in LAWS:
        equations = [delay_equation(exact(a) / law.mean, law) for a in ("1/5", 2)]
        slow, fast = (median_seconds(lambda e=one: spectrum(e)) * 1e3 for one in equations)  # type: ignore[misc]
        print(f"{str(law)[:60]:60} {slow:9.3f} {fast:9.3f} ms")


def print_fresh() -> None:
    """Equations never met before, each solved once: what is derived, differentiated and compiled is timed, too."""
    for law in LAWS:
        times = []
        for k in range(1, 12):
            equation = delay_equation(exact(f"{17 + k}/{40 + k}") / law.mean, law)
            start = time.process_time()
            assert spectrum(equation).certified
            times.append(time.process_time() - start)
        print(f"{'fresh: ' + str(law)[:53]:60} {statistics.median(times) * 1e3:9.3f} ms")


def print_counts() -> None:
    """The unstable roots of a long delay, and the largest root of a long staleness."""
    long = delay_equation(1, Constant(10**4))

    def count() -> int:
        with precision(64):
            return count_right_of(long, arb(0), Budget(5)).zeros

    print(f"{'unstable count, a tau = 10^4':40} {median_seconds(count) * 1e3:9.3f} ms  {count()}")
    whole = median_seconds(lambda: spectrum(update_equation("1/300000", 100_000)), 5)
    print(f"{'largest root, staleness 10^5':40} {whole * 1e3:9.3f} ms")


def main() -> None:
    """Print one row a case: what, median milliseconds, certified."""
    cases: list[tuple[str, CharacteristicEquation, dict[str, object]]] = [
        ("constant, a tau = 1", delayed("1", sp.exp(-s)), {}),
        ("constant, double(1/e), 30 digits", delayed(1, sp.exp(-s * exact(math.exp(-1)))), {"digits": 30}),
        ("exponential, critical (double root)", delayed("1/4", 1 / (1 + s), sp.Integer(-1)), {}),
        ("gamma 4", delayed("2", (1 + s / 4) ** -4, sp.Integer(-4)), {}),
        ("gamma 5/2", delayed("2", (1 + 2 * s / 5) ** sp.Rational(-5, 2), sp.Rational(-5, 2)), {}),
        ("constant, 44 roots right of -3", delayed("1", sp.exp(-s * sp.Rational(3, 2))), {"right_of": -3}),
    ]
    for name, equation, options in cases:
        seconds = median_seconds(lambda e=equation, o=options: spectrum(e, **o))  # type: ignore[misc]
        certified = spectrum(equation, **options).certified  # type: ignore[arg-type]
        print(f"{name:40} {seconds * 1e3:9.3f} ms  certified: {certified}")
    print(f"{'scipy lambertw, one value, uncertified':40} {median_seconds(lambda: lambertw(-1.0)) * 1e3:9.3f} ms")
    print(f"{'scipy lambertw at double(-1/e)':40} {lambertw(-math.exp(-1))}")
    print_laws()
    print_counts()
    gain = median_seconds(lambda: noise_gain(delayed("1", sp.exp(-s))), 5)
    print(f"{'noise gain, constant, 8 digits':40} {gain * 1e3:9.3f} ms")
    print_fresh()


if __name__ == "__main__":
    main()
