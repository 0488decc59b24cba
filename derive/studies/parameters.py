"""Stage: the numbers of a study. Input: a raw TOML table, a record. Output: its numbers by name, other numbers put in.

A name is a dotted key, "workers.compute.shape", with "[0]" in lists; of an equation the section may be left out.
Numbers that count (workers aside) or are data are none of these: between two of them nothing lies.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from derive.exact import exact
from derive.law import LawError
from derive.scheme import RANGES, SchemeError
from derive.studies.records import Study, Workers

Path = tuple[str | int, ...]
SECTIONS = ("workers", "scheme", "optimizer", "objective", "equation")
_DATA = ("values", "rank", "weights", "initial")
_OPTIONAL = {"equation": ("momentum", "step"), "optimizer": ("momentum", "learning_rate")}  # 0 unless said, beside what


def numeric_keys(raw: Mapping[str, Any]) -> dict[str, Path]:
    """Every number of a raw study that may vary, by name, with its place in the table.

    Example: ``numeric_keys({"optimizer": {"learning_rate": 0.1}})["optimizer.learning_rate"] == ("optimizer",
    "learning_rate")``.
    """
    found = {}
    for section in SECTIONS:
        body = raw.get(section)
        if isinstance(body, Mapping):
            for name, path in _numbers(body, section, (section,)):
                found[name] = path
            name, beside = _OPTIONAL.get(section, ("", ""))
            if beside in body:
                found.setdefault(f"{section}.{name}", (section, name))
    return found


def _numbers(value: Any, name: str, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in _DATA and key != "law" and not _counts(path, key):
                yield from _numbers(item, f"{name}.{key}", (*path, key))
    elif isinstance(value, list | tuple):
        single = len(value) == 1 and not isinstance(value[0], Mapping)
        for index, item in enumerate(value):
            yield from _numbers(item, name if single else f"{name}[{index}]", (*path, index))
    elif _is_number(value):
        yield name, path


def _counts(path: Path, key: str) -> bool:
    """Whether the number under a key is a count, which no chart can go through."""
    if path == ("scheme",):
        return key not in RANGES or RANGES[key].whole or RANGES[key].interval is None
    if path == ("equation", "staleness"):
        return key != "mean"
    return key == "gradient_noise" or (key == "count" and path != ("workers",))


def _is_number(value: Any) -> bool:
    try:
        exact(value)
    except (ValueError, TypeError):
        return False
    return True


def found_name(name: str, names: Mapping[str, Path]) -> str | None:
    """The full name of a number: itself, or with the section of an equation before it; None if there is none."""
    return next((one for one in (name, f"equation.{name}") if one in names), None)


def number_at(study: Study, path: Path) -> sp.Rational:
    """The study's own value of a number; an option that it does not name is 0.

    Example: ``number_at(load_study("reports/studies/textbook.toml").cases[0].study, ("workers", "count")) == 16``.
    """
    value: Any = study
    for step in _in_record(study, path):
        value = value[step] if isinstance(step, int) else getattr(value, step)
    return sp.S.Zero if value is None else sp.sympify(value)


def with_numbers(study: Study, values: Mapping[Path, sp.Expr]) -> Study:
    """The study with numbers or symbols in the places of some of its own; numbers are checked by its records.

    A law whose conditions a symbol leaves open is not asked. Raises ``LawError`` or ``SchemeError`` for numbers that
    it refuses.

    Example: ``with_numbers(load_study("reports/studies/textbook.toml").cases[0].study, {("optimizer",
    "learning_rate"): y.learning_rate}).optimizer.learning_rate == y.learning_rate``.
    """
    changed: Any = study
    for path, value in values.items():
        if path == ("workers", "count") and study.workers is not None:
            assert study.scheme is not None
            workers = Workers((dataclasses.replace(study.workers.classes[0], count=value),), study.workers.correlation)
            scheme = dataclasses.replace(changed.scheme, workers=value)
            changed = _copied(changed, {"workers": workers, "scheme": scheme})
        else:
            changed = _put(changed, _in_record(study, path), value)
    return changed


def _in_record(study: Study, path: Path) -> Path:
    """The place in the records of what stands at ``path`` in the file."""
    if path[0] == "workers" and path[1] == "class":
        return ("workers", "classes", *path[2:])
    if path[0] == "workers" and path[1] != "correlation":
        return ("workers", "classes", 0, *path[1:])
    return path


def _put(record: Any, path: Path, value: sp.Expr) -> Any:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(record, tuple):
        return tuple(_put(item, rest, value) if number == step else item for number, item in enumerate(record))
    assert isinstance(step, str)
    inner = _put(getattr(record, step), rest, value)
    if isinstance(record, Study):
        return _copied(record, {step: inner})
    try:
        return dataclasses.replace(record, **{step: inner})
    except (LawError, SchemeError, TypeError):
        if value.is_number:
            raise
        return _copied(record, {step: inner})


def _copied(record: Any, changes: Mapping[str, Any]) -> Any:
    """A copy of a frozen record with other fields, unchecked: its conditions are the chart's to look after."""
    copy = object.__new__(type(record))
    for item in dataclasses.fields(record):
        object.__setattr__(copy, item.name, changes.get(item.name, getattr(record, item.name)))
    return copy
