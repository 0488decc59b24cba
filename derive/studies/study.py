"""Stage: studies. Input: a TOML file. Output: frozen records, one study per case, every number exact.

A file describes either a system ([workers], [scheme], [optimizer], [objective]) or one [equation]; [run] says how
to simulate. A [sweep] table lists several values for some keys and makes one case of each combination.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from derive.formulas.notation import NotationError, checked_letters
from derive.studies.charts import read_chart
from derive.studies.records import (
    Case,
    Correlation,
    DelayEquation,
    Objective,
    Optimizer,
    Run,
    Study,
    StudyFile,
    UpdateEquation,
    WorkerClass,
    Workers,
)
from derive.studies.schema import PAPER_KEY, StudyError, WrittenFloat, check_keys, written
from derive.studies.sections import read_equation, read_objective, read_optimizer, read_run
from derive.studies.sweep import expand
from derive.studies.values import Place
from derive.studies.workers import read_scheme, read_workers

__all__ = [
    "Case",
    "Correlation",
    "DelayEquation",
    "Objective",
    "Optimizer",
    "Run",
    "Study",
    "StudyError",
    "StudyFile",
    "UpdateEquation",
    "WorkerClass",
    "Workers",
    "load_study",
    "study_from_table",
]

SYSTEM = ("workers", "scheme", "optimizer", "objective")


def load_study(path: str | Path) -> StudyFile:
    """Read the study file at ``path``.

    Returns a ``StudyFile`` whose numbers are exact: a TOML float is the double it denotes, the strings
    "0x1.9p-3", "355/113" and "0.1" are exact. Raises ``StudyError`` (one line) on whatever is wrong with it.

    Example: ``load_study("reports/studies/textbook.toml").cases[0].study.workers.count == 16``.
    """
    file = str(path)
    place = Place(file, "STUDY", "a readable TOML file")
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except UnicodeDecodeError as problem:
        raise place.refuse(file, f"not UTF-8 (byte {problem.start})") from None
    except (OSError, ValueError) as problem:
        raise place.refuse(file, f"cannot be read ({getattr(problem, 'strerror', None) or problem})") from None
    try:
        raw = tomllib.loads(text, parse_float=WrittenFloat)
    except RecursionError:
        raise place.refuse(file, "nested too deeply") from None
    except ValueError as problem:
        raise place.refuse(file, f"not TOML: {problem}") from None
    return study_from_table(raw, file)


def study_from_table(raw: Mapping[str, Any], path: str = "study.toml") -> StudyFile:
    """The study that a parsed TOML table describes; ``path`` names it and anchors the files it mentions.

    Raises ``StudyError``.
    """
    check_keys(path, raw)
    combinations = expand(path, raw)
    cases = tuple(Case(label, _study(path, table)) for label, table in combinations)
    letters = _letters(path, raw)
    told = (raw.get("title", ""), raw.get("question", ""))
    return StudyFile(Path(path).stem, *told, cases, letters, tuple(raw.get(PAPER_KEY, ())))


def _letters(path: str, raw: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The [notation] table, one for all cases."""
    swept = raw.get("sweep", {})
    if isinstance(swept, Mapping) and "notation" in swept:
        raise Place(path, "sweep.notation", "[notation], outside the sweep").refuse(
            swept["notation"], "cannot be swept"
        )
    try:
        return tuple(checked_letters(raw.get("notation", {})).items())
    except NotationError as problem:
        raise Place(path, f"notation.{problem.name}", problem.allowed).refuse(problem.letter, problem.wrong) from None


def _study(path: str, raw: Mapping[str, Any]) -> Study:
    check_keys(path, raw)
    study = _without_chart(path, raw)
    return replace(study, chart=read_chart(path, raw, partial(_without_chart, path)))


def _without_chart(path: str, raw: Mapping[str, Any]) -> Study:
    if "equation" not in raw:
        return _system(path, raw)
    beside = [name for name in SYSTEM if name in raw]
    if beside:
        place = Place(path, beside[0], f"either [equation] or [{'], ['.join(SYSTEM)}]")
        raise place.refuse(raw[beside[0]], "contradicts [equation]")
    equation = read_equation(path, raw["equation"])
    return _record(path, raw, read_run(path, raw.get("run", {}), 1), equation=equation)


def _record(path: str, raw: Mapping[str, Any], run: Run, **parts: Any) -> Study:
    parts = dict.fromkeys((*SYSTEM, "equation")) | parts
    told = {"title": raw.get("title", ""), "question": raw.get("question", "")}
    return Study(name=Path(path).stem, path=path, run=run, **parts, **told, written=written(raw))


def _system(path: str, raw: Mapping[str, Any]) -> Study:
    workers = read_workers(path, raw.get("workers", {}))
    scheme = read_scheme(path, raw.get("scheme", {}), workers)
    optimizer = read_optimizer(path, raw.get("optimizer", {}))
    objective = read_objective(path, raw.get("objective", {}))
    run = read_run(path, raw.get("run", {}), len(objective.curvature) or 1)
    return _record(path, raw, run, workers=workers, scheme=scheme, optimizer=optimizer, objective=objective)
