"""Stage: where replicas run and are kept. Input: the options of a command. Output: an engine with a store, open.

An interrupted or broken run says how to go on: what was finished is kept, and the same command resumes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from derive.studies.schema import StudyError
from numeric.running.engines import engine_named
from numeric.running.resuming import Running
from numeric.running.store import Store, default_store

RESUME = "what was finished is kept: the same command resumes"


@contextmanager
def laboratory(options: argparse.Namespace) -> Iterator[Running]:
    """The engine and the store that the options name, closed at the end.

    Raises ``StudyError`` where an engine cannot be had or loses its workers, ``StoreError`` for a store that cannot be
    used.
    """
    if options.scheduler is not None and options.engine != "dask":
        raise StudyError("command line", "--scheduler", options.scheduler, "no cluster is asked for", "--engine dask")
    path = store_path(options)
    try:
        with (
            nullcontext() if path is None else Store(path) as store,
            engine_named(options.engine, options.scheduler) as engine,
        ):
            yield Running(engine, store)
    except ModuleNotFoundError as problem:
        if options.engine != "dask" or problem.name not in ("dask", "distributed"):
            raise
        what = "dask.distributed is not installed"
        raise StudyError("command line", "--engine", "dask", what, "pip install 'staleproof[dask]'") from None
    except ConnectionError as problem:
        named = options.scheduler or options.engine
        what = f"{problem}; {RESUME}" if path is not None else str(problem)
        raise StudyError("command line", "--engine", named, what, "workers that can be reached") from None
    except KeyboardInterrupt:
        raise KeyboardInterrupt(*([] if path is None else [RESUME])) from None


def store_path(options: argparse.Namespace) -> Path | None:
    """The file of the store: as the options say, else the default; None where nothing is to be kept."""
    if getattr(options, "no_store", False):
        return None
    return default_store() if options.store is None else Path(options.store)
