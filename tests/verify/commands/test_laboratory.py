"""Where replicas run: an interrupt stops cleanly and says how to go on; what cannot be had is said in one line."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path

import pytest

from derive.studies.schema import StudyError
from numeric.running import engines
from numeric.running.engines import Processes, Threads
from numeric.running.store import Store
from verify.commands.laboratory import RESUME, laboratory, store_path

HOME = Path(__file__).parents[3]
LONG = """
[workers]
count = 4
compute = { law = "exponential", mean = 1.0 }
[optimizer]
learning_rate = 0.1
[objective]
curvature = [1.0]
[run]
replicas = 10_000
updates = 1_000_000
burn_in = 100
"""


def _options(**changes: object) -> Namespace:
    return Namespace(**({"store": None, "no_store": False, "engine": "threads", "scheduler": None} | changes))


def test_an_interrupt_stops_cleanly_and_says_how_to_resume(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(LONG)
    path = tmp_path / "runs.sqlite"
    command = [sys.executable, "-m", "staleproof", "simulate", str(tmp_path / "study.toml"), "--store", str(path)]
    with subprocess.Popen(command, cwd=HOME, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(600):
            time.sleep(0.1)
            if path.exists():
                with Store(path) as store:
                    if sum(one.done for one in store.entries()) > 0:
                        break
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        lines = process.stderr.read().splitlines()
    assert process.returncode == 130
    assert lines[-1] == f"staleproof: interrupted; {RESUME}"
    with Store(path) as store:
        (entry,) = store.entries()
        assert 0 < entry.done < 10_000


def test_the_options_choose_engine_and_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with laboratory(_options(store=str(tmp_path / "a"))) as running:
        assert running.engine == Threads()
        assert running.store is not None
        assert running.store.path == tmp_path / "a"
    with laboratory(_options(no_store=True, engine="processes")) as running:
        assert (running.engine, running.store) == (Processes(), None)
    monkeypatch.setenv("STALEPROOF_STORE", str(tmp_path / "b"))
    assert store_path(_options()) == tmp_path / "b"


def test_lost_workers_are_said_with_how_to_resume(tmp_path: Path) -> None:
    with (
        pytest.raises(StudyError, match="the workers were lost: gone; what was finished is kept"),
        laboratory(_options(store=str(tmp_path / "a"))),
    ):
        raise ConnectionError("the workers were lost: gone")


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(scheduler: str | None) -> None:
        raise ModuleNotFoundError("No module named 'distributed'", name="distributed")

    monkeypatch.setattr(engines, "dask_engine", missing)
    with (
        pytest.raises(StudyError, match=r"pip install 'staleproof\[dask\]'"),
        laboratory(_options(no_store=True, engine="dask")),
    ):
        pass
