"""Certified roots beside SciPy's Lambert W: median wall times, ``python bench/roots.py``.

SciPy answers only the constant delay, in doubles and without a proof; at the branch point it is wrong or NaN.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

import sympy as sp
from scipy.special import lambertw

from derive.characteristic import CharacteristicEquation
from derive.exact import exact
from derive.symbols import s
from numeric.characteristic_roots import spectrum
from numeric.quadrature import noise_gain


def median_seconds(work: Callable[[], object], repeats: int = 25) -> float:
    """The median time of ``repeats`` calls after one that compiles."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def delayed(damping: str | float, transform: sp.Expr, abscissa: sp.Expr = -sp.oo) -> CharacteristicEquation:
    """s + damping L(s)."""
    a = exact(damping)
    return CharacteristicEquation(s + a * transform, s, abs(a) * transform, abscissa)


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
    gain = median_seconds(lambda: noise_gain(delayed("1", sp.exp(-s))), 5)
    print(f"{'noise gain, constant, 8 digits':40} {gain * 1e3:9.3f} ms")


if __name__ == "__main__":
    main()
