"""Stage: the store's commands. Input: parsed options. Output: what is kept, listed, shown, exported or forgotten."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from derive.studies.schema import MISSING, StudyError
from numeric.running.replica_text import read_replicas
from numeric.running.store import Entry, Store
from numeric.simulation.measured import Measured, divergence, quantities_of
from verify.commands.laboratory import store_path
from verify.commands.tables import print_quantities, print_table

DAY = 86_400
SHORT = 12  # letters of an address that people read


def run_runs(options: argparse.Namespace) -> int:
    """List, show, export or prune the runs in the store."""
    path = store_path(options)
    if path is None:
        raise StudyError("command line", "--store", MISSING, "$STALEPROOF_STORE is empty: nothing is kept", "a file")
    if options.store is not None and not path.exists():
        raise StudyError("command line", "--store", str(path), "no such file", "a store of staleproof")
    with Store(path) as store:
        return _ACTIONS[options.action](options, store)


def _list(options: argparse.Namespace, store: Store) -> int:
    chosen = _chosen(options, store)
    if options.json:
        print(json.dumps({"store": str(store.path), "runs": [_told(one) for one in chosen]}))
        return 0
    rows = [
        (
            one.address[:SHORT],
            one.title,
            one.case,
            one.kind,
            f"{one.done} of {one.replicas}",
            _when(one),
            f"{one.size}",
        )
        for one in chosen
    ]
    print_table(("address", "study", "case", "kind", "done", "begun", "bytes"), rows)
    print(f"{len(rows)} runs in {store.path}")
    return 0


def _show(options: argparse.Namespace, store: Store) -> int:
    shown = []
    for one in _chosen(options, store, at_least_one=True):
        runs = _replicas(store, one)
        entries = [entry.to_json() | {"quantity": entry.quantity} for entry in _quantities(runs)]
        shown.append(_told(one) | {"study_toml": one.study, "quantities": entries})
    if options.json:
        print(json.dumps({"runs": shown}))
        return 0
    for told in shown:
        print(f"== {told['title']}  {told['case']}".rstrip())
        print(f"{told['address']}\n{told['kind']}, {told['done']} of {told['replicas']}, begun {told['created']}")
        print("", told["study_toml"].rstrip(), "", sep="\n")
        quantities: dict[str, list[Any]] = {}
        for entry in told["quantities"]:
            quantities.setdefault(entry["quantity"], []).append(entry)
        print_quantities(quantities)
    return 0


def _export(options: argparse.Namespace, store: Store) -> int:
    rows = [row for one in _chosen(options, store) for row in _rows(store, one)]
    form = "json" if options.json else options.format or "csv"
    if form in ("parquet", "netcdf") and options.out is None:
        raise StudyError("command line", "--out", MISSING, f"{form} is no text", "the name of a file")
    from verify.commands.exports import WRITERS

    try:
        content = WRITERS[form](rows)
    except ModuleNotFoundError as problem:
        extra = {"parquet": "parquet", "netcdf": "xarray"}[form]
        what, allowed = f"{problem.name} is not installed", f"pip install 'staleproof[{extra}]'"
        raise StudyError("command line", "--format", form, what, allowed) from None
    if options.out is None:
        sys.stdout.write(content.decode())
    else:
        Path(options.out).write_bytes(content)
    return 0


def _prune(options: argparse.Namespace, store: Store) -> int:
    if not (options.address or options.all or options.unfinished or options.older_than is not None):
        what = "which runs to forget is not said"
        raise StudyError("command line", "prune", MISSING, what, "ADDRESS, --older-than DAYS, --unfinished or --all")
    chosen = [
        one
        for one in _chosen(options, store)
        if (options.older_than is None or time.time() - one.created > options.older_than * DAY)
        and (not options.unfinished or one.done < one.replicas)
    ]
    store.prune(one.address for one in chosen)
    if options.json:
        print(json.dumps({"pruned": [one.address for one in chosen]}))
    else:
        print(f"{len(chosen)} runs forgotten")
    return 0


_ACTIONS = {"list": _list, "show": _show, "export": _export, "prune": _prune}


def _chosen(options: argparse.Namespace, store: Store, *, at_least_one: bool = False) -> list[Entry]:
    """The runs whose addresses begin as the options say; all where none is named."""
    entries = store.entries()
    for wanted in options.address:
        if not any(one.address.startswith(wanted) for one in entries):
            raise StudyError("command line", "ADDRESS", wanted, "no such run", "see staleproof runs list")
    if at_least_one and not options.address:
        raise StudyError("command line", "ADDRESS", MISSING, "no run is named", "see staleproof runs list")
    return [one for one in entries if not options.address or one.address.startswith(tuple(options.address))]


def _replicas(store: Store, one: Entry) -> list[Any]:
    """The replicas kept, in order; none of a job that is no stationary run."""
    if one.kind != "replicas":
        return []
    kept = store.kept(one.address)
    return [run for part in sorted(kept) for run in read_replicas(kept[part])]


def _quantities(runs: Sequence[Any]) -> tuple[Measured, ...]:
    """What the kept replicas measured; of diverged ones nothing: the same job at the optimum has their arrivals."""
    if len(runs) < 2 or any(divergence(run) is not None for run in runs):
        return ()
    return quantities_of(list(runs))


def _rows(store: Store, one: Entry) -> list[tuple[Any, ...]]:
    """One row a quantity and replica, as ``verify.commands.exports.COLUMNS`` says."""
    return [
        (one.address, one.title, one.case, entry.quantity, entry.mode, entry.average, replica, value)
        for entry in _quantities(_replicas(store, one))
        for replica, value in enumerate(entry.samples)
    ]


def _told(one: Entry) -> dict[str, Any]:
    told = asdict(one)
    del told["study"]
    return told | {"created": _when(one)}


def _when(one: Entry) -> str:
    return datetime.fromtimestamp(one.created, UTC).isoformat(sep=" ", timespec="seconds")
