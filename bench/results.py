"""Every benchmark in a process of its own, one after the other, and what they found in ``bench/RESULTS.md``.

``python bench/results.py [PYTHON]``, with the interpreter of an environment that has the peers where it is another one;
nothing else should run meanwhile. It ends with 1 where a benchmark fails. A target that is missed is told, not hidden.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from targets import TARGETS

HERE = Path(__file__).resolve().parent
TOOLS = ("results.py", "targets.py")
PACKAGES = ("numpy", "sympy", "scipy", "mpmath", "python-flint", "numba", "matplotlib")
PEERS = (
    "tdcpy",
    "cxroots",
    "control",
    "baryrat",
    "jitcdde",
    "diffrax",
    "sdeint",
    "simpy",
    "ciw",
    "joblib",
    "distributed",
)
VERSIONS = """
import sys
from importlib.metadata import PackageNotFoundError, version
for name in sys.argv[1:]:
    try:
        print(name, version(name))
    except PackageNotFoundError:
        print(name, "-")
"""


def processor() -> str:
    """The model's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def run(file: Path, peers: str | None) -> tuple[int, str]:
    """One benchmark: how it ended and what it printed."""
    arguments = [peers] if peers and file.stem.endswith("_peers") else []
    places = os.environ | {"PYTHONPATH": str(HERE.parent), "STALEPROOF_STORE": ""}
    done = subprocess.run([sys.executable, file, *arguments], env=places, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr[-2000:] if done.returncode else "")
    return done.returncode, done.stdout


def versions(peers: str | None) -> str:
    """Of what was measured and of what it was measured with."""
    ours = []
    for name in PACKAGES:
        try:
            ours.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            ours.append(f"{name} -")
    command = [peers or sys.executable, "-c", VERSIONS, *PEERS]
    theirs = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return f"Python {platform.python_version()}, {', '.join(ours)}. Peers: {', '.join(theirs)}."


def page(outputs: Mapping[str, str], machine: str, made_with: str) -> str:
    """The whole page."""
    table = ["| what | target | measured | | benchmark |", "| --- | --- | --- | --- | --- |"]
    table += [target.row(outputs) for target in TARGETS]
    blocks = [f"## `{file}`\n\n```\n{printed.rstrip()}\n```\n" for file, printed in outputs.items()]
    opening = (
        "# What was measured\n\nWritten by `make bench` (`bench/results.py`): medians, by the processor's seconds where"
        " a benchmark says so. A figure is of one machine on one day; ratios travel better. A dash is a peer that was"
        f" not there.\n\n{machine}. {made_with}\n\n## Targets\n"
    )
    return "\n".join([opening, *table, "", *blocks])


def main(arguments: list[str]) -> int:
    """Run everything and write the page."""
    peers = arguments[0] if arguments else None
    outputs, failed = dict[str, str](), list[str]()
    machine, made_with = f"{processor()}, {os.cpu_count()} cores, {platform.system()}", versions(peers)
    for file in sorted(HERE.glob("*.py")):
        if file.name in TOOLS:
            continue
        print(f"== bench/{file.name}", flush=True)
        began = time.monotonic()
        code, outputs[file.name] = run(file, peers)
        print(f"   {time.monotonic() - began:.0f} s", flush=True)
        if code and file.stem != "threads":  # that one's exit is its verdict, which the table tells
            failed.append(file.name)
        (HERE / "RESULTS.md").write_text(page(outputs, machine, made_with), encoding="utf-8")  # what is there is kept
    print(f"failed: {', '.join(failed)}" if failed else "bench/RESULTS.md is written")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
