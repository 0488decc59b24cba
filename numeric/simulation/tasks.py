"""Stage: simulation. Input: a system, a seed and the amount of work. Output: measured quantities with their errors.

Every replica has its own random stream and is simulated by one call of the compiled event loop, so results are
bitwise equal for any number of threads or processes, on any engine, with any store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from numeric.event_loop.compiled import Looks, System
from numeric.event_loop.objectives import Gradient
from numeric.event_loop.system import with_gradient
from numeric.running.engines import Threads
from numeric.running.jobs import Pilot, StationaryRuns
from numeric.running.resuming import Advance, Labels, Running
from numeric.simulation.measured import Average as Average
from numeric.simulation.measured import Measured as Measured
from numeric.simulation.measured import Simulation as Simulation
from numeric.simulation.measured import divergence
from numeric.simulation.measured import estimate as estimate
from numeric.simulation.outcomes import measured_simulation

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Task:
    """One simulation to be made: arguments as in ``simulate``."""

    system: System
    seed: int
    replicas: int
    updates: int
    burn_in: int | None = None
    looks: Looks = field(default_factory=Looks)

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed = {self.seed}; allowed: an integer >= 0")
        if self.replicas < 2:
            raise ValueError(f"replicas = {self.replicas}; allowed: at least 2, the error is measured between replicas")
        if self.updates < 1 or not 0 <= (self.burn_in or 0) < self.updates:
            raise ValueError(
                f"updates = {self.updates}, burn_in = {self.burn_in}; allowed: updates >= 1, 0 <= burn_in < updates"
            )


def simulate(
    system: System,
    *,
    seed: int,
    replicas: int,
    updates: int,
    burn_in: int | None = None,
    gradient: Gradient | None = None,
    looks: Looks | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Simulate distributed SGD and measure its stationary quantities (kind: estimates over replicas).

    ``seed`` >= 0; ``replicas`` >= 2 independent runs of ``updates`` gradient arrivals each, of which the first
    ``burn_in`` (None: chosen by a pilot run, at most half) are not measured; ``threads`` (None: all cores) does
    not change any result; ``gradient``, in place of the system's objective, is a function of the parameter read and of
    a NumPy generator, compiled by Numba or (slowly) not, that returns a new array of doubles; ``looks``: what is
    measured beside the averages, covariances at lags and the histogram of the delays; ``progress`` is called
    with (replicas done, replicas). Divergence is a result: ``unstable``. Errors: ``ValueError`` for counts out of
    range, ``RecipeError`` for a law that cannot be drawn, ``OverflowError`` for a clock that stands still and for
    delays outside 1e-100 to 1e100 s.

    Example: ``abs(simulate(System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,)), seed=1, replicas=8,
    updates=10_000).measured("staleness_mean").value.mean - 3) < 0.01``.
    """
    if gradient is not None:
        system = with_gradient(system, gradient)
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None and more:
            progress(done, replicas)

    task = Task(system, seed, replicas, updates, burn_in, looks or Looks())
    (run,) = simulate_all([task], Running(Threads(threads)), advance=advance)
    return run


def simulate_all(
    tasks: Sequence[Task],
    running: Running | None = None,
    labels: Sequence[Labels] = (),
    advance: Advance | None = None,
) -> tuple[Simulation, ...]:
    """Make several simulations side by side, on an engine and with a store (kind and errors: as ``simulate``).

    ``labels``: none, or one a task; ``advance`` is called with how many more replicas are done. Equal seeds are common
    random numbers: replica k of every task has the same stream. Raises ``StoreError`` and ``ConnectionError`` where
    the store or the engine's workers are lost; what was committed stays.

    Example: ``len(simulate_all([Task(System(1, DrawRecipe(sp.Integer(1)), 0.1, (1.0,), (0.0,)), 1, 2, 100)])) == 1``.
    """
    running = running or Running()
    burn_ins = _burn_ins(tasks, running, labels)
    jobs = [
        StationaryRuns(task.system, task.seed, task.replicas, task.updates, burn_in, task.looks)
        for task, burn_in in zip(tasks, burn_ins, strict=True)
    ]
    ran = running.run(jobs, labels, advance)
    fresh = sum(
        run.updates + job.burn_in for job, parts in zip(jobs, ran.fresh, strict=True) for part in parts for run in part
    )
    speed = fresh / ran.seconds if fresh else 0.0
    outcomes = [list(chain.from_iterable(parts)) for parts in ran.outcomes]
    diverged = [tuple(when for run in runs if (when := divergence(run)) is not None) for runs in outcomes]
    # Arrivals do not depend on x: where it diverges, measure them where it stays at the optimum. Gradients without
    # noise are all sent, as those of a diverging x are in the end.
    lost = [k for k, when in enumerate(diverged) if when]
    still = [replace(jobs[k], system=at_rest(jobs[k].system)) for k in lost]
    named = [replace(labels[k], case=f"{labels[k].case}, x at the optimum") for k in lost if labels]
    for k, parts in zip(lost, running.run(still, named).outcomes, strict=True):
        outcomes[k] = list(chain.from_iterable(parts))
    return tuple(
        measured_simulation(job, runs, when, speed) for job, runs, when in zip(jobs, outcomes, diverged, strict=True)
    )


def _burn_ins(tasks: Sequence[Task], running: Running, labels: Sequence[Labels]) -> list[int]:
    """The burn-in of each task; chosen by a pilot where it is not given."""
    chosen = [k for k, task in enumerate(tasks) if task.burn_in is None]
    pilots = [Pilot(tasks[k].system, tasks[k].seed, tasks[k].updates) for k in chosen]
    found = running.run(pilots, [labels[k] for k in chosen if labels]).outcomes
    pilot = dict(zip(chosen, (burn_in for (burn_in,) in found), strict=True))
    return [pilot[k] if task.burn_in is None else task.burn_in for k, task in enumerate(tasks)]


def at_rest(system: System) -> System:
    """The system where nothing moves x: at its optimum, without noise; any objective gives way to a flat one."""
    if system.objective is not None:
        return replace(system, objective=None, curvature=(0.0,), gradient_noise=(0.0,), initial=(0.0,))
    zero = (0.0,) * len(system.curvature)
    return replace(system, gradient_noise=zero, initial=zero)
