"""The SDDE's loop beside jitcdde, diffrax and sdeint, each in what it can do; a dash and the reason where one is not.

None of them simulates dx = -a x(t - tau) dt + sqrt(q) dW: sdeint and diffrax have noise and no delay, jitcdde a delay
and no white noise. So each does what it can at the same step, 1/100 of the mean delay: the first two x' = -x with noise
(Euler-Maruyama, 1000 paths at a time for diffrax), jitcdde the delay equation without noise, its integrator choosing
its own steps over the same time. Path-steps per second of the processor, compilation not timed, median of five. Every
row is a process of its own with ``LIMIT`` seconds of it, so that none holds up the next:
``python bench/sdde_peers.py [PYTHON]``, the interpreter of an environment with the peers where it is another one.
"""

from __future__ import annotations

import importlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

RUNS, STEPS_A_DELAY = 5, 100
STEP = 1 / STEPS_A_DELAY
LIMIT, WAIT = 60, 600  # seconds of the processor for one row; seconds of the clock, on a machine that is busy


def used(run: Callable[[], Any]) -> float:
    """Seconds of this process's own that a run took."""
    began = time.process_time()
    run()
    return time.process_time() - began


def ours() -> tuple[int, Callable[[], Any]]:
    """The compiled loop, a constant delay and noise."""
    names = ("simulation.sdde", "running.engines", "running.resuming")
    sdde, engines, resuming = (importlib.import_module(f"numeric.{name}") for name in names)
    running = resuming.Running(engines.Threads(1))
    equation, work = sdde.SDDE(1.0, 1.0, STEP, STEPS_A_DELAY), {"replicas": 4, "steps": 1_000_000, "burn_in": 1000}
    return 4_000_000, lambda: sdde.simulate_sdde(equation, seed=1, running=running, **work)


def sdeint_paths(steps: int = 20_000) -> tuple[int, Callable[[], Any]]:
    """sdeint: one path of x' = -x with noise, without a delay."""
    sdeint = importlib.import_module("sdeint")
    times, rng = np.arange(steps + 1) * STEP, np.random.default_rng(1)
    one = np.array([[1.0]])
    return steps, lambda: sdeint.itoEuler(lambda x, t: -x, lambda x, t: one, np.array([1.0]), times, generator=rng)


def diffrax_paths(paths: int = 1000, steps: int = 500) -> tuple[int, Callable[[], Any]]:
    """diffrax: paths of x' = -x with noise side by side, without a delay."""
    diffrax, jax = importlib.import_module("diffrax"), importlib.import_module("jax")
    end = steps * STEP

    def path(key: Any) -> Any:
        noise = diffrax.UnsafeBrownianPath(shape=(), key=key)  # the quickest: its steps are never taken twice
        adjoint, drift = diffrax.ForwardMode(), diffrax.ODETerm(lambda t, x, args: -x)
        terms = diffrax.MultiTerm(drift, diffrax.ControlTerm(lambda t, x, args: 1.0, noise))
        return diffrax.diffeqsolve(terms, diffrax.Euler(), 0.0, end, STEP, 1.0, max_steps=None, adjoint=adjoint).ys

    run, keys = jax.jit(jax.vmap(path)), jax.random.split(jax.random.PRNGKey(1), paths)
    run(keys).block_until_ready()
    return paths * steps, lambda: run(keys).block_until_ready()


def jitcdde_path(steps: int = 100_000) -> tuple[int, Callable[[], Any]]:
    """jitcdde: one path of x' = -x(t - 1) without noise; it is asked for x at every step's end."""
    module = importlib.import_module("jitcdde")
    equation = module.jitcdde([-module.y(0, module.t - 1)], verbose=False)
    equation.compile_C()

    def run() -> None:
        equation.purge_past()
        equation.constant_past([1.0])
        equation.step_on_discontinuities()
        began = equation.t
        for k in range(steps):
            equation.integrate(began + (k + 1) * STEP)

    return steps, run


PEERS: dict[str, Callable[[], tuple[int, Callable[[], Any]]]] = {
    "this loop, delay and noise": ours,
    "sdeint, noise without a delay": sdeint_paths,
    "diffrax, noise without a delay, 1000 paths": diffrax_paths,
    "jitcdde, a delay without noise": jitcdde_path,
}


def measure(name: str) -> str:
    """The row of one peer, in this process; a dash where it cannot be had."""
    try:
        steps, run = PEERS[name]()
        run()
        low, *_, high = speeds = sorted(steps / used(run) / 1e6 for _ in range(RUNS))
    except (Exception, SystemExit) as problem:  # whatever a peer may raise is said, and the next one has its turn
        reason = " ".join(str(problem).split())[:80] or type(problem).__name__
        return dash(name, "not installed" if isinstance(problem, ModuleNotFoundError) else reason)
    middle = statistics.median(speeds)
    return f"{name:<48}{middle:10.4f} M path-steps/s   ({RUNS} runs: {low:.4f} to {high:.4f})"


def dash(name: str, reason: str) -> str:
    """The row of a peer that was not measured."""
    return f"{name:<48}{'-':>10}   ({reason})"


def row(name: str, python: str) -> str:
    """The same measured in a process of its own, ended after its time."""
    command = [python, str(Path(__file__).resolve()), "--row", name]
    with tempfile.TemporaryDirectory() as folder:  # jitcdde builds where it is, by any pyproject.toml that is there
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT, cwd=folder)
        except subprocess.TimeoutExpired:
            return dash(name, f"not done in {WAIT} s")
    if done.returncode == 0 and done.stdout.strip():
        return done.stdout.splitlines()[-1]
    return dash(name, f"not done in {LIMIT} s of the processor" if done.returncode < 0 else "the process failed")


def main(arguments: list[str]) -> None:
    """Print the table, or one row of it."""
    if arguments[:1] == ["--row"]:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
        print(measure(arguments[1]), flush=True)
        return
    for name, make in PEERS.items():
        print(row(name, sys.executable if make is ours or not arguments else arguments[0]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
