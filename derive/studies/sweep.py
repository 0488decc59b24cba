"""Stage: sweeps. Input: a raw study table with [sweep]. Output: one raw table per combination, with its label.

Keys of the sweep are the keys of the study; the last one named varies fastest.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from derive.studies.schema import StudyError, show

LIMIT = 1000
DEPTH = 3  # section, key, parameter of a law


def expand(file: str, raw: Mapping[str, Any]) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Every combination of the sweep's values put into the study, labelled; one with label "" without a sweep.

    Raises ``StudyError`` where a sweep is no list, repeats a value, is given twice or makes over 1000 cases.
    """
    base = {name: value for name, value in raw.items() if name != "sweep"}
    axes = list(_axes(file, raw.get("sweep", {}), ()))
    if math.prod(len(values) for _, values, _ in axes) > LIMIT:
        raise StudyError(file, "sweep", raw["sweep"], "too many cases", f"at most {LIMIT}")
    cases = []
    for choice in itertools.product(*(range(len(values)) for _, values, _ in axes)):
        table = base
        for (path, values, _), index in zip(axes, choice, strict=True):
            table = _with(file, table, path, 0, values[index])
        label = ", ".join(labels[index] for (_, _, labels), index in zip(axes, choice, strict=True))
        cases.append((label, table))
    return tuple(cases)


def _axes(
    file: str, body: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], list[Any], list[str]]]:
    for name, value in body.items():
        here = (*path, name)
        key = ".".join(("sweep", *here))
        if isinstance(value, dict) and value and len(here) < DEPTH:
            yield from _axes(file, value, here)
        elif isinstance(value, list) and value and (path or all(isinstance(one, dict) for one in value)):
            labels = _labels(here, value)
            if len(set(labels)) < len(labels):
                raise StudyError(file, key, value, "a value stands twice", "a list of different values")
            yield here, value, labels
        else:
            raise StudyError(file, key, value, "not a list of values", "a key of the study with a non-empty list")


def _labels(path: tuple[str, ...], values: list[Any]) -> list[str]:
    """Laws are named, other values shown with their key; parameters are added only where names repeat.

    Of whole sections each key is shown, but the rule of a scheme that says more by itself; of sections that hold
    tables, what differs between them.
    """
    if len(path) == 1:
        short, whole = _differing_labels(values), [_section_label(value) for value in values]
        nested = any(isinstance(inner, Mapping) for value in values for inner in value.values())
        return short if nested and all(short) and len(set(short)) == len(short) else whole
    laws = [value.get("law") if isinstance(value, dict) else None for value in values]
    if all(isinstance(law, str) for law in laws) and len(set(laws)) == len(laws):
        return [show(law)[1:-1] for law in laws]
    labels = [f"{path[-1]} = {show(value)}" for value in values]
    return labels if len(set(labels)) == len(labels) else _inner_labels(path[-1], values)


def _inner_labels(name: str, values: list[Any]) -> list[str]:
    """What is shown of values that look alike until one opens them, as two sums: the inner numbers that differ."""
    leaves = [dict(_leaves(name, value)) for value in values]
    keys = [
        key for key in dict.fromkeys(key for one in leaves for key in one) if len({one.get(key) for one in leaves}) > 1
    ]
    return [", ".join(f"{key} = {one[key]}" for key in keys if key in one) for one in leaves]


def _differing_labels(sections: list[Any]) -> list[str]:
    """The leaves that differ, by their last name; a law by its own.

    Example: ``_differing_labels([{"count": 2, "compute": {"value": 1}}, {"count": 3, "compute": {"value": 1}}])
    == ["count = 2", "count = 3"]``.
    """
    leaves = [{name: text for key, value in one.items() for name, text in _leaves(key, value)} for one in sections]
    keys = [
        key for key in dict.fromkeys(key for one in leaves for key in one) if len({one.get(key) for one in leaves}) > 1
    ]
    laws = [key for key in keys if key.endswith(".law")]
    keys = [key for key in keys if not any(key.startswith(law.removesuffix("law")) and key != law for law in laws)]
    return [
        " with ".join(
            one[key].strip("'") if key in laws else f"{key.rpartition('.')[2]} = {one[key]}"
            for key in keys
            if key in one
        )
        for one in leaves
    ]


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """(key, number as shown) of everything inside a value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{name}.{key}", inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(f"{name}[{place}]", inner)
    else:
        yield name, show(value)


def _section_label(section: Mapping[str, Any]) -> str:
    rule = section.get("rule")
    keys = [f"{name} = {show(value)}" for name, value in section.items() if name != "rule"]
    named = [show(rule)[1:-1]] if isinstance(rule, str) and (not keys or rule != "asynchronous") else []
    return " with ".join((*named, *keys))


def _with(file: str, table: Mapping[str, Any], path: tuple[str, ...], depth: int, value: Any) -> dict[str, Any]:
    """A copy of ``table`` with ``value`` at ``path``, counted from ``depth``; the original stays as it is."""
    name = path[depth]
    if depth == len(path) - 1:
        if name in table:
            raise StudyError(file, ".".join(path), table[name], "given twice, here and in [sweep]", "one of the two")
        return {**table, name: value}
    inner = table.get(name, {})
    if not isinstance(inner, Mapping):
        raise StudyError(file, ".".join(("sweep", *path)), value, "its key is not inside a table", "a key of the study")
    return {**table, name: _with(file, inner, path, depth + 1, value)}
