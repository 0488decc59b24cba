"""The compiled loop: its source, its cache, its refusals and its exact bookkeeping."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential, standard_normal
from numeric.event_loop import compiled as module
from numeric.event_loop.compiled import System, event_loop, generator
from numeric.event_loop.draw_printer import print_draw
from numeric.event_loop.features import CHUNK, Features
from numeric.event_loop.source import loop_source

EXPONENTIAL = DrawRecipe(standard_exponential)


def _system(workers: int = 5, draw: DrawRecipe = EXPONENTIAL, **changes: object) -> System:
    values = {"learning_rate": 0.02, "curvature": (1.0,), "gradient_noise": (1.0,)} | changes
    return System(workers, draw, **values)


def test_the_source_is_specialised_and_has_no_feature_to_branch_on() -> None:
    plain = loop_source(print_draw(EXPONENTIAL), Features((False,), "together", True, "averages"))
    noisy = loop_source(print_draw(EXPONENTIAL), Features((True, True), "stationary", False, "events"))
    assert "standard_normal" not in plain
    assert "node_time" not in plain
    assert noisy.count("rng.standard_normal()") == 2
    assert "node_time" in noisy
    for source in (plain, noisy):
        compile(source, "loop", "exec")
        assert "fastmath" not in source


def test_source_and_machine_code_are_kept_and_found_again(tmp_path: Path) -> None:
    script = (
        "import time, sympy as sp\nfrom derive.draws import DrawRecipe, standard_exponential\n"
        "from numeric.event_loop.compiled import System, event_loop, generator\n"
        "loop = event_loop(System(3, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,)))\n"
        "print(sum(loop.function.stats.cache_hits.values()), loop.replica(generator(1, 0), 1000, 0).duration)\n"
    )
    environment = os.environ | {"STALEPROOF_CACHE": str(tmp_path), "PYTHONPATH": str(Path(module.__file__).parents[1])}
    runs = [
        subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    (compiled, first), (loaded, second) = (run.stdout.split() for run in runs)
    assert (compiled, loaded) == ("0", "1")
    assert first == second
    assert len(list(tmp_path.glob("staleproof_loop_*.py"))) == 1


def test_an_unwritable_cache_falls_back_to_a_temporary_folder(tmp_path: Path, monkeypatch) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("STALEPROOF_CACHE", str(blocked / "cache"))
    folder = module._cache_folder.__wrapped__()
    assert folder.is_dir()
    assert tmp_path not in folder.parents


def test_a_tampered_source_file_is_written_anew(tmp_path: Path) -> None:
    path = module._written(tmp_path, "loop", "x = 1\n")
    path.write_text("x = 2\n")
    assert module._written(tmp_path, "loop", "x = 1\n").read_text() == "x = 1\n"
    assert list(tmp_path.iterdir()) == [path]


def test_replicas_have_streams_of_their_own_and_repeat() -> None:
    loop = event_loop(_system())
    one, again, other = (loop.replica(generator(1, k), 5000, 100) for k in (0, 0, 1))
    assert one.event_sums.tolist() == again.event_sums.tolist()
    assert one.duration != other.duration
    assert loop.replica(generator(2, 0), 5000, 100).duration != one.duration


def test_the_histogram_has_no_largest_bin() -> None:
    # One cycle in ten thousand is ten thousand times longer: its gradient is very stale.
    rare = sp.Piecewise(
        (sp.Integer(10_000), sp.Symbol("standard_uniform", nonnegative=True) < sp.Rational(1, 20_000)), (1, True)
    )
    replica = event_loop(_system(8, DrawRecipe(rare), start="together")).replica(generator(3, 0), 400_000, 0)
    counts = replica.staleness_histogram
    assert counts.sum() == 400_000
    assert len(counts) > 3 * CHUNK
    assert counts[-1] == 1


def test_a_law_that_draws_negative_durations_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="negative"):
        event_loop(_system(3, DrawRecipe(standard_normal))).replica(generator(1, 0), 1000, 0)


def test_a_law_that_draws_infinite_durations_is_refused() -> None:
    infinite = DrawRecipe(sp.exp(1000 + standard_normal))
    with pytest.raises((ArithmeticError, OverflowError)):
        event_loop(_system(3, infinite, start="together")).replica(generator(1, 0), 10, 0)


def test_divergence_stops_the_replica_at_its_time() -> None:
    system = _system(2, DrawRecipe(sp.Integer(1)), learning_rate=10.0, start="staggered", initial=(1.0,))
    replica = event_loop(system).replica(generator(1, 0), 1_000_000, 0)
    assert replica.diverged_at == replica.updates / 2
    assert replica.updates < 1000


def test_the_burn_in_is_simulated_but_not_measured() -> None:
    loop = event_loop(_system())
    whole, late, early = (loop.replica(generator(4, 0), n, b) for n, b in ((30_000, 0), (30_000, 12_345), (12_345, 0)))
    assert whole.duration == pytest.approx(late.duration + early.duration, rel=1e-12)
    assert whole.event_sums == pytest.approx(late.event_sums + early.event_sums, rel=1e-9)
    assert whole.time_sums == pytest.approx(late.time_sums + early.time_sums, rel=1e-9)
    together = late.staleness_histogram.copy()
    together.resize(len(whole.staleness_histogram))
    together[: len(early.staleness_histogram)] += early.staleness_histogram
    assert together.tolist() == whole.staleness_histogram.tolist()


def test_a_path_is_the_event_list_read_at_the_times() -> None:
    system = _system(6, initial=(3.0,))
    events, _ = event_loop(system, "events").events(generator(9, 0), 400)
    times = np.linspace(0, 0.99 * events.time[-1], 57)
    path = event_loop(system, "path").path(generator(9, 0), times)
    x = np.concatenate([[3.0], events.x[0]])
    assert path[0].tolist() == x[np.searchsorted(events.time, times, side="right")].tolist()


@pytest.mark.parametrize(
    "changes",
    [
        {"workers": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"gradient_noise": (-1.0,)},
        {"curvature": ()},
        {"curvature": (1.0, 2.0)},
        {"initial": (float("inf"),)},
        {"start": "never"},
    ],
)
def test_impossible_systems_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"allowed|one number per mode"):
        _system(**changes)


@pytest.mark.parametrize(("workers", "modes"), [(16, 1), (64, 2)])
def test_a_replica_keeps_little_memory(workers: int, modes: int) -> None:
    """M (16 + 8 d) + 8 d bytes and 4 KB; the loop's own scratch, 64 KB of histogram, is gone with it."""
    ones = (1.0,) * modes
    system = _system(workers, curvature=ones, gradient_noise=ones, initial=ones, learning_rate=0.3 / workers)
    loop = module.interpreted(module.printed_loop(system, "averages"), system)
    assert loop.replica(generator(1, 0), 10, 0).updates == 10
    gc.collect()
    tracemalloc.start()
    kept = [loop.replica(generator(1, k), 500, 100) for k in range(1, 3)]
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] / len(kept)
    tracemalloc.stop()
    assert sum(len(run.staleness_histogram) > workers for run in kept) == len(kept)
    assert 8 * workers < size < workers * (16 + 8 * modes) + 8 * modes + 4096
