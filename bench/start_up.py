"""What a command costs before it computes: seconds of the clock, median of seven, ``python bench/start_up.py``.

The help text, and one certified root from a study file, whole processes from the shell's side; beside them the imports
that none can do without. The first root is cold: no cache of this project's is found.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 7
ROOT = Path(__file__).resolve().parents[1]
STUDY = '[equation]\ndamping = "1/4"\ndelay = { law = "gamma", shape = "5/2", mean = 1 }\n'


def seconds(*arguments: str) -> float:
    """The median time of a Python process of its own; its caches are empty each time."""
    taken = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as cache:
            places = {"STALEPROOF_CACHE": cache, "STALEPROOF_STORE": "", "PYTHONPATH": str(ROOT)}
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], env=os.environ | places, capture_output=True, check=True)
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study.toml"
        study.write_text(STUDY, encoding="utf-8")
        rows = {
            "help": ("-m", "staleproof", "--help"),
            "first certified root": ("-m", "staleproof", "roots", str(study)),
            "python alone": ("-c", "pass"),
            "import numpy": ("-c", "import numpy"),
            "import sympy": ("-c", "import sympy"),
            "import staleproof": ("-c", "import staleproof"),
            "import staleproof.derive": ("-c", "from staleproof import derive; derive.Constant"),
            "import staleproof.numeric": ("-c", "from staleproof import numeric; numeric.spectrum"),
        }
        for label, arguments in rows.items():
            print(f"{label:<30}{seconds(*arguments):8.3f} s", flush=True)


if __name__ == "__main__":
    main()
