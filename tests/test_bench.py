"""The page of measurements: every figure is found, a missed target told, every target has its row."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[1] / "bench"


@pytest.fixture(scope="module")
def bench() -> dict[str, ModuleType]:
    """The two modules that make the page; they stand in no package."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("targets", "results"):
            spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
            assert spec is not None
            assert spec.loader is not None
            found[name] = importlib.util.module_from_spec(spec)
            patch.setitem(sys.modules, name, found[name])
            spec.loader.exec_module(found[name])
    return found


KERNELS = """
variance of the constant delay, real        median       least    ratio
    kernel, target c, out=                 3.47 ns     3.30 ns     1.00
    kernel, target c                       4.59 ns     4.30 ns     1.32
H(s) and H'(s), complex                     median       least    ratio
    kernel, target c, out=                11.96 ns     7.30 ns     1.00
rightmost root of the constant delay        median       least    ratio
    rightmost_roots, target c, out=       15.90 ns    15.30 ns     1.00
"""
ROOTS = """
constant, a tau = 1                          0.500 ms  certified: True
constant, 44 roots right of -3               1.360 ms  certified: True
Gamma(shape=4, mean=1)                       0.500     1.250 ms
Uniform(low=0, high=2)                       0.300     2.500 ms
unstable count, a tau = 10^4                 0.350 ms  3184
"""
CHARTS = """
  constant               mean                    0.50 s   1.900% undecided       500 evaluations
  gamma 5/2              mean                    9.25 s   1.990% undecided       500 evaluations
  uniform                mean square, M = 8     45.00 s   1.950% undecided       500 evaluations
200 x 200 points, uncertified
  closed limit of the constant delay          0.02 ms    500.00 times SciPy's speed
"""
SIMULATION = """
exponential, 16 workers                                         44.4 M updates/s   (5 runs: 43.0 to 45.0)
gamma, shape 4, 16 workers                                      36.8 M updates/s   (5 runs: 36.0 to 37.0)
gamma, shape 3/2, 16 workers                                    27.2 M updates/s   (5 runs: 26.0 to 28.0)
exponential, 64 workers                                         29.5 M updates/s   (5 runs: 29.0 to 30.0)
exponential, 16 workers, 10 modes                               16.7 M updates/s   (5 runs: 16.0 to 17.0)
"""
THREADS = "replicas in lock step, exponential, 16 workers      1.96 times as fast   (5 pairs)\nSDDE  1.92 times as fast"
SDDE = (
    "constant, NumPy, 4096 paths in lock step        71.0 M/s\nconstant                          180.5 M/s   (5 runs)"
)
START = "help                             0.048 s\nfirst certified root             0.540 s"
PRINTED = {
    "kernels.py": KERNELS,
    "roots.py": ROOTS,
    "charts.py": CHARTS,
    "simulation.py": SIMULATION,
    "threads.py": THREADS,
    "sdde.py": SDDE,
    "start_up.py": START,
}
FIGURES = [15.9, 3.47, 11.96, 2.5, 1.36, 0.35, 0.5, 45.0, 1.99, 0.02, 44.4, 36.8, 27.2, 29.5, 16.7, 1.92, 180.5, 0.048]


def test_every_target_finds_its_worst_figure(bench: dict[str, ModuleType]) -> None:
    targets = bench["targets"].TARGETS
    assert [target.figure(PRINTED[target.file]) for target in targets] == [*FIGURES, 0.54]
    assert all((BENCH / target.file).is_file() for target in targets)


def test_missed_and_unmeasured_targets_are_told(bench: dict[str, ModuleType]) -> None:
    rows = {target.what: target.row(PRINTED) for target in bench["targets"].TARGETS}
    missed = [what for what, row in rows.items() if "**missed**" in row]
    assert missed == [
        "kernel, complex: H and H'",
        "certified rightmost root, any law of the list",
        "simulated updates, exponential, M = 16",
        "simulated updates, gamma 3/2, M = 16",
    ]
    assert "lock step" in rows["simulated updates, exponential, M = 16"]
    assert all("| - | not measured |" in target.row({}) for target in bench["targets"].TARGETS)


def test_the_page_holds_targets_versions_and_what_every_benchmark_printed(bench: dict[str, ModuleType]) -> None:
    page = bench["results"].page(PRINTED, "a machine", bench["results"].versions(None))
    assert all(printed.strip() in page for printed in PRINTED.values())
    assert all(target.row(PRINTED) in page for target in bench["targets"].TARGETS)
    assert f"Python {sys.version.split()[0]}" in page
    assert "numpy 2" in page or "numpy 1" in page


def test_every_benchmark_says_what_it_prints() -> None:
    printed = {path.name: path.read_text(encoding="utf-8") for path in BENCH.glob("*.py")}
    for file, words in {
        "roots.py": ("constant, 44 roots right of -3", "unstable count, a tau = 10^4"),
        "charts.py": ("closed limit of the constant delay", '"mean"'),
        "kernels.py": (
            "variance of the constant delay, real",
            "H(s) and H'(s), complex",
            "rightmost_roots, target c, out=",
        ),
        "threads.py": ("times as fast",),
        "start_up.py": ('"help"', '"first certified root"'),
    }.items():
        assert [word for word in words if word not in printed[file]] == []
