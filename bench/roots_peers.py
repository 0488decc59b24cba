"""Certified roots of s + a e^(-s tau) beside those of the field's tools; a dash and the reason where one is not.

Three questions: the rightmost pair at a tau = 1; the 44 roots right of -3 at a = 1, tau = 3/2; the two roots at
a tau = double(1/e), which lie 10^-8 apart. Milliseconds of the processor (median, compilation not timed), how many of
the roots were found, and the largest distance of a true root from the nearest that was given, over its modulus. The
true ones are ours, proven to 25 digits. No peer proves anything; python-control has Padé's approximation of a delay and
AAA (baryrat) a rational approximation on a grid. Every row is a process of its own with ``LIMIT`` seconds:
``python bench/roots_peers.py [PYTHON]``, the interpreter of an environment with the peers where it is another one.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import math
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

LIMIT = 300  # seconds of the clock for one row
MOST_RUNS, ENOUGH = 25, 1.0  # timed runs of one question, seconds for them
NEAR = 1e-4  # relative distance within which a root counts as found
PADE, GRID = 30, 4000  # order of Padé's approximation; points along the edge of AAA's region

# a, tau, and the region right of which roots are asked for: left, right, top
QUESTIONS = {
    "rightmost": (1.0, 1.0, (-1.0, 1.5, 4.0)),
    "44 roots": (1.0, 1.5, (-3.0, 1.5, 95.0)),
    "critical": (math.exp(-1), 1.0, (-1.5, 0.5, 4.0)),
}
Solver = Callable[[float, float, tuple[float, float, float]], Sequence[complex]]


def ours() -> Solver:
    """The certified spectrum; the rightmost pair where no line is needed."""
    characteristic, laws = importlib.import_module("derive.characteristic"), importlib.import_module("derive.laws")
    spectrum = importlib.import_module("numeric.roots.characteristic").spectrum

    def solve(a: float, tau: float, region: tuple[float, float, float]) -> list[complex]:
        equation = characteristic.delay_equation(a, laws.Constant(tau))
        found = spectrum(equation, **({"right_of": -3} if region[0] == -3 else {"count": 2}))
        assert found.certified
        return [complex(root) for root in found.roots]

    return solve


def scipy_branches() -> Solver:
    """scipy.special.lambertw, branch by branch."""
    lambertw = importlib.import_module("scipy.special").lambertw

    def solve(a: float, tau: float, region: tuple[float, float, float]) -> Any:
        most = int(region[2] * tau / (2 * math.pi)) + 2
        return lambertw(-a * tau, np.arange(-1, most)) / tau

    return solve


def tdcpy_roots() -> Solver:
    """tdcpy: a discretised eigenvalue problem, then Newton."""
    tdcpy = importlib.import_module("tdcpy")

    def solve(a: float, tau: float, region: tuple[float, float, float]) -> Any:
        # A system without an undelayed term loses its delay there (0.0.1): a second state, far to the left, keeps it.
        free, delayed = np.diag([0.0, -50.0]), np.diag([-a, 0.0])
        system = tdcpy.RDDE(A=np.stack([free, delayed], axis=2), hA=np.array([0.0, tau]))
        return tdcpy.roots(system, r=region[0])[0]

    return solve


def qpmr_roots() -> Solver:
    """qpmr: zero-level curves on a grid, then Newton."""
    qpmr = importlib.import_module("qpmr")

    def solve(a: float, tau: float, region: tuple[float, float, float]) -> Any:
        coefficients, delays = np.array([[0.0, 1.0], [a, 0.0]]), np.array([0.0, tau])
        return qpmr.qpmr(coefficients, delays, region=(region[0], region[1], 0.0, region[2]))[0]

    return solve


def cxroots_roots() -> Solver:
    """cxroots: contour integrals and subdivision, in doubles."""
    cxroots = importlib.import_module("cxroots")

    def solve(a: float, tau: float, region: tuple[float, float, float]) -> Any:
        box = cxroots.Rectangle([region[0], region[1]], [-0.5, region[2]])
        found = box.roots(lambda s: s + a * np.exp(-s * tau), lambda s: 1 - a * tau * np.exp(-s * tau))
        return found.roots

    return solve


def control_poles() -> Solver:
    """python-control: the closed loop's poles with Padé's approximation of the delay."""
    control = importlib.import_module("control")

    def solve(a: float, tau: float, region: tuple[float, float, float]) -> Any:
        loop = control.tf([a], [1, 0]) * control.tf(*control.pade(tau, PADE))
        return control.feedback(loop, 1).poles()

    return solve


def aaa_zeros() -> Solver:
    """AAA: zeros of a rational approximation of H from its values around the region."""
    baryrat = importlib.import_module("baryrat")

    def solve(a: float, tau: float, region: tuple[float, float, float]) -> Any:
        left, right, top = region
        sides = [(left - 0.5j, right - 0.5j), (right - 0.5j, right + 1j * top),
                 (right + 1j * top, left + 1j * top), (left + 1j * top, left - 0.5j)]  # fmt: skip
        points = np.concatenate([np.linspace(*side, GRID // 4, endpoint=False) for side in sides])
        return baryrat.aaa(points, points + a * np.exp(-points * tau), mmax=150).zeros()

    return solve


PEERS: dict[str, Callable[[], Solver]] = {
    "this package, proven": ours,
    "scipy, lambertw": scipy_branches,
    "tdcpy": tdcpy_roots,
    "qpmr": qpmr_roots,
    "cxroots": cxroots_roots,
    "python-control, Padé": control_poles,
    "AAA (baryrat)": aaa_zeros,
}


def true_roots() -> dict[str, list[list[float]]]:
    """The upper roots of each question, proven, as doubles."""
    characteristic, laws = importlib.import_module("derive.characteristic"), importlib.import_module("derive.laws")
    spectrum = importlib.import_module("numeric.roots.characteristic").spectrum
    asked: dict[str, dict[str, int]] = {"rightmost": {}, "44 roots": {"right_of": -3}, "critical": {"count": 2}}
    answers = {}
    for name, (a, tau, _) in QUESTIONS.items():
        found = spectrum(characteristic.delay_equation(a, laws.Constant(tau)), digits=25, **asked[name])
        assert found.certified
        answers[name] = [[float(root.re), float(root.im)] for root in found.roots]
    return answers


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds of the processor, the median of as many runs as there is time for, and what came out."""
    answer, times = run(), list[float]()
    while len(times) < 3 or (len(times) < MOST_RUNS and sum(times) < ENOUGH):
        began = time.process_time()
        answer = run()
        times.append(time.process_time() - began)
    return statistics.median(times) * 1e3, answer


def asked(solver: Solver, name: str, truth: Sequence[Sequence[float]]) -> str:
    """One question: milliseconds, roots found of those there are, the largest error."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            milliseconds, answer = timed(lambda: solver(*QUESTIONS[name]))
    except Exception as problem:  # whatever a peer may raise is said
        return f"{'-':>10} ({type(problem).__name__})".ljust(32)
    given = np.asarray(list(answer), dtype=complex)
    given = given[np.isfinite(given)]
    true = np.array([complex(*pair) for pair in truth])
    errors = [float(np.min(np.abs(given - one), initial=np.inf)) / abs(one) for one in true]
    weights = [1 if one.imag == 0 else 2 for one in true]
    found = sum(weight for weight, error in zip(weights, errors, strict=True) if error < NEAR)
    worst = max((error for error in errors if error < NEAR), default=math.inf)
    return f"{milliseconds:10.3f} {found:3} of {sum(weights):2} {worst:9.1e}".ljust(32)


def row(name: str, python: str, truth: str) -> str:
    """The row of one peer, measured in a process of its own."""
    command = [python, str(Path(__file__).resolve()), "--row", name, truth]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return f"{name:<24}{'-':>10}   (not done in {LIMIT} s)"
    if done.returncode == 0 and done.stdout.strip():
        return done.stdout.splitlines()[-1]
    return f"{name:<24}{'-':>10}   (the process failed)"


def measure(name: str, truth: dict[str, list[list[float]]]) -> str:
    """The same in this process."""
    try:
        solver = PEERS[name]()
    except ModuleNotFoundError:
        return f"{name:<24}{'-':>10}   (not installed)"
    warnings.simplefilter("ignore")
    return f"{name:<24}" + "".join(asked(solver, question, truth[question]) for question in QUESTIONS)


def main(arguments: list[str]) -> None:
    """Print the table, or one row of it."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    if arguments[:1] == ["--row"]:
        print(measure(arguments[1], json.loads(arguments[2])), flush=True)
        return
    truth = json.dumps(true_roots())
    print(f"{'':<24}" + "".join(f"{name + ': ms, found, error':<32}" for name in QUESTIONS))
    for name, make in PEERS.items():
        print(row(name, sys.executable if make is ours or not arguments else arguments[0], truth), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
