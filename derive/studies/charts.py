"""Stage: the [chart] of a study. Input: a raw TOML table that is a valid study. Output: its two axes, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import sympy as sp

from derive.studies.parameters import Path, found_name, numeric_keys
from derive.studies.records import ChartAxis, Study
from derive.studies.schema import MISSING, StudyError, nearest
from derive.studies.values import Place, read_number

AXIS = "{ parameter, low, high }: a number of the study and its ends, low < high"
_FIELDS = ("parameter", "low", "high")
Reader = Callable[[Mapping[str, Any]], Study]


def read_chart(path: str, raw: Mapping[str, Any], read: Reader) -> tuple[ChartAxis, ChartAxis] | None:
    """[chart]: x and y, two numbers of the study with the ranges they vary in; None where a study has none.

    ``read`` makes a study of a raw table: where it refuses every corner of the chart, so does this. Beyond a condition
    between positive parameters of a law (low < high) a chart may go: there it is "outside".
    """
    body = raw.get("chart")
    if body is None:
        return None
    if not body:
        raise Place(path, "chart", "x and y").refuse(body, "neither x nor y")
    names = numeric_keys(raw)
    x, y = (_axis(Place(path, f"chart.{name}", AXIS), body.get(name, MISSING), names) for name in ("x", "y"))
    if x.path == y.path:
        raise Place(path, "chart.y.parameter", "another number than chart.x").refuse(y.parameter, "given twice")
    _refuse_impossible(path, raw, (x, y), read)
    return x, y


def _axis(place: Place, body: Any, names: Mapping[str, Path]) -> ChartAxis:
    if not isinstance(body, Mapping):
        raise place.refuse(body, "required" if body is MISSING else "not a table")
    for name in body:
        if name not in _FIELDS:
            raise place.below(name, nearest(name, _FIELDS)).refuse(body[name], "unknown key")
    for name in _FIELDS:
        if name not in body:
            raise place.below(name).refuse(MISSING, "required")
    parameter = body["parameter"]
    full = found_name(parameter, names) if isinstance(parameter, str) else None
    if full is None:
        short = {name.removeprefix("equation."): at for name, at in names.items()}
        raise place.below("parameter", nearest(str(parameter), short)).refuse(parameter, "no number that may vary")
    low, high = (read_number(place.below(name, "a finite number"), body[name]) for name in ("low", "high"))
    if not low < high:
        raise place.below("low", f"a number below {place.key}.high").refuse(body["low"], "not below high")
    return ChartAxis(full.removeprefix("equation."), low, high, names[full])


def _refuse_impossible(path: str, raw: Mapping[str, Any], axes: tuple[ChartAxis, ChartAxis], read: Reader) -> None:
    problems: dict[tuple[int, int], StudyError | None] = {}
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        changed: Any = raw
        for axis, end in zip(axes, corner, strict=True):
            changed = _put(changed, axis.path, (axis.low, axis.high)[end])
        try:
            read(changed)
            problems[corner] = None
        except StudyError as problem:
            problems[corner] = problem
    keys = {problem.key.rpartition(".")[2] for problem in problems.values() if problem}
    # The axis that the refusal names comes first, then one of a law: the other is not to blame for both.
    order = sorted((0, 1), key=lambda number: (axes[number].path[-1] not in keys, not axes[number].in_law))
    for number, end in product(order, (0, 1)):
        axis, side = axes[number], ("low", "high")[end]
        found = [problem for corner, problem in problems.items() if corner[number] == end and problem]
        beyond = axis.in_law and (axis.low, axis.high)[end] > 0 and not all(problems.values())
        if len(found) == 2 and not beyond:
            key = f"chart.{'xy'[number]}.{side}"
            raise StudyError(path, key, raw["chart"]["xy"[number]][side], found[0].wrong, found[0].allowed)


def _put(table: Any, path: Path, value: sp.Rational) -> Any:
    """A copy of a raw table with a number at a path."""
    if not path:
        counted = value.is_integer and isinstance(table, int)
        return int(value) if counted else str(value)
    if isinstance(table, list | tuple):
        return [_put(item, path[1:], value) if number == path[0] else item for number, item in enumerate(table)]
    body = dict(table)
    body[str(path[0])] = _put(body.get(str(path[0])), path[1:], value)
    return body
