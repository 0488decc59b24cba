"""How cost grows, fitted by least squares: ``python bench/growth.py``. Seconds are those of the processor.

An update against the number of workers M and of modes d; a proof against the number of roots and of delays; the proofs
of a report against its claims. Each table prints what was measured beside the fit, and the fit's largest miss.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
import sympy as sp

from derive import laws
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import event_loop, generator
from numeric.event_loop.system import System
from numeric.roots.characteristic import spectrum
from verify.identities import check_step_afresh

RUNS, UPDATES = 5, 2_000_000
Basis = dict[str, Callable[[float], float]]
CONSTANT: Basis = {"1": lambda n: 1.0}


def median_seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median after one call that compiles."""
    work()
    taken = []
    for _ in range(runs):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def fitted(sizes: Sequence[float], costs: Sequence[float], basis: Basis) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of least relative squares, and the fit at every size."""
    rows = np.array([[function(size) for function in basis.values()] for size in sizes])
    weights = 1 / np.array(costs)
    coefficients = np.linalg.lstsq(rows * weights[:, None], np.array(costs) * weights, rcond=None)[0]
    return coefficients, rows @ coefficients


def table(title: str, unit: str, measured: dict[float, float], basis: Basis) -> None:
    """One table: the sizes, what was measured and what the fit says."""
    coefficients, fits = fitted(list(measured), list(measured.values()), basis)
    formula = " + ".join(
        f"{value:.3g} {name}".removesuffix(" 1") for value, name in zip(coefficients, basis, strict=True)
    )
    misses = [abs(fit / cost - 1) for fit, cost in zip(fits, measured.values(), strict=True)]
    print(f"{title}: {formula} {unit}, at worst {max(misses):.0%} off", flush=True)
    for (size, cost), fit in zip(measured.items(), fits, strict=True):
        print(f"    {size:8g} {cost:12.4g} {unit:4} {fit:12.4g} fitted")


def update_cost(workers: int, modes: int) -> float:
    """Nanoseconds of one update, everything measured."""
    ones = (1.0,) * modes
    loop = event_loop(System(workers, DrawRecipe(standard_exponential), 0.32 / workers, ones, ones))
    return median_seconds(lambda: loop.replica(generator(1, 0), UPDATES, 1000)) / UPDATES * 1e9


def roots_cost(count: int) -> tuple[int, float]:
    """How many roots of s + e^{-3s/2} are proven right of a line, and milliseconds of that."""
    line = -sp.log(sp.Integer(count)) * 2 / 3
    equation, right_of = delay_equation(1, laws.Constant("3/2")), sp.Rational(float(line)).limit_denominator(1000)
    found = len(spectrum(equation, right_of=right_of).roots)
    return found, median_seconds(lambda: spectrum(equation, right_of=right_of)) * 1e3


def delays_cost(count: int) -> float:
    """Milliseconds of the rightmost root with so many different delays, equally likely."""
    atoms = [(sp.Rational(1, count), laws.Constant(sp.Rational(2 * j + 1, count))) for j in range(count)]
    equation = delay_equation(1, laws.Mixture(atoms))
    return median_seconds(lambda: spectrum(equation)) * 1e3


def proofs_cost(counts: Sequence[int]) -> dict[float, float]:
    """Seconds to derive the first claims and to check their steps, none of it kept from before."""
    took, began, seen = {}, time.process_time(), set()
    for number, claim in enumerate(CLAIMS.values(), 1):
        derived = claim.derived
        for step in derived.steps:
            if (key := (step.rule, step.inputs, step.output, derived.domain)) not in seen:
                seen.add(key)
                check_step_afresh(step, domain=derived.domain)
        if number in counts:
            took[float(number)] = time.process_time() - began
    return took


def main() -> None:
    """Print every table."""
    workers: Basis = CONSTANT | {"log2 M": lambda n: float(np.log2(n))}
    table("an update, M workers", "ns", {m: update_cost(m, 1) for m in (4, 8, 16, 32, 64, 256, 1024)}, workers)
    modes: Basis = CONSTANT | {"d": lambda n: n}
    table("an update, 16 workers, d modes", "ns", {d: update_cost(16, d) for d in (1, 2, 4, 10, 20, 40)}, modes)
    roots: Basis = CONSTANT | {"n": lambda n: n}
    table("n proven roots", "ms", dict(roots_cost(n) for n in (4, 10, 25, 63, 160)), roots)
    delays: Basis = CONSTANT | {"n": lambda n: n}
    table("the rightmost root, n delays", "ms", {n: delays_cost(n) for n in (1, 4, 16, 64, 256)}, delays)
    counts = [len(CLAIMS) // 8 * k for k in (1, 2, 4, 6, 8)]
    table("the proofs of n claims", "s", proofs_cost(counts), {"n": lambda n: n})


if __name__ == "__main__":
    main()
