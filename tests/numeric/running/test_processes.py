"""Processes that do not run the main program again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
from concurrent.futures import ProcessPoolExecutor
from math import sqrt
from multiprocessing import get_context
from numeric.running.processes import LoneContext
print("run")
with ProcessPoolExecutor(1, mp_context={context}) as pool:
    print(pool.submit(sqrt, 4.0).result())
"""


@pytest.mark.parametrize(("context", "told"), [("LoneContext()", "run\n2.0\n"), ('get_context("spawn")', "run\nrun\n")])
def test_a_script_without_a_guard_is_run_once(context: str, told: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(context=context))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.stdout == told  # the control runs the script again, and breaks
    assert (done.returncode == 0) == (context == "LoneContext()")
