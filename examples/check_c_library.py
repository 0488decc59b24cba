"""A variance written in C, checked as a shared library: ``python examples/check_c_library.py``.

Compiled with ``cc`` where there is one. The right function passes up to the edge of its domain, where its value has a
pole; the one with a constant typed in single precision is refuted, and so is one that crashes. Each runs in a process
of its own.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from verify.implementations.checking import check, claim_of
from verify.implementations.closer_look import Effort
from verify.implementations.targets import implementation_of

SOURCE = """
#include <math.h>
double variance(double theta, double a, double q) { return q * (1 + sin(a * theta)) / (2 * a * cos(a * theta)); }
double tangent(double theta, double a, double q) { return q * tan(0.78539816f + a * theta / 2) / (2 * a); }
double pointer(double theta, double a, double q) { return a > 1 ? *(volatile double *)0 : variance(theta, a, q); }
"""
CLAIM = claim_of("delay.stationary-variance.constant")


def main():
    compiler = shutil.which("cc")
    if compiler is None:
        print("no C compiler is installed: nothing to check")
    else:
        with tempfile.TemporaryDirectory() as folder:
            source, library = Path(folder) / "variance.c", Path(folder) / "libvariance.so"
            source.write_text(SOURCE, encoding="utf-8")
            subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-lm"], check=True)
            outcomes = []
            for name in ("variance", "tangent", "pointer"):
                implementation, _ = implementation_of(f"{library}:{name}", CLAIM)
                found = check(implementation, CLAIM, Effort(examples=5), name)
                outcomes.append(found.outcome)
                print(f"{name}: {found.outcome}; {found.reason}")
        assert outcomes == ["pass", "refuted", "refuted"]


if __name__ == "__main__":
    main()
