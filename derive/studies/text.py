"""Stage: studies as text. Input: a study. Output: the TOML that reads back as the same study."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any, cast

import sympy as sp

from derive.integer_laws import IntegerLaw
from derive.law import Law, Weighted
from derive.scheme import Scheme, keys
from derive.studies.records import DelayEquation, Study, UpdateEquation, WorkerClass, Workers


def study_toml(study: Study) -> str:
    """The TOML text of ``study``, exact: fractions are written as strings, a measured law with all its values.

    Example: ``"count = 32" in study_toml(load_study("reports/studies/production_trace.toml").cases[0].study)``.
    """
    lines = [f"{key} = {_value(text)}" for key in ("title", "question") if (text := getattr(study, key))]
    if study.workers is not None:
        lines += _workers(study.workers)
    if study.scheme is not None:
        lines += _section("scheme", _scheme(study.scheme))
    for section in ("optimizer", "objective"):
        record = getattr(study, section)
        lines += [] if record is None else _section(section, _fields(getattr(record, "data", None) or record))
    if study.equation is not None:
        lines += _section("equation", _equation(study.equation))
    return "\n".join((*lines, *_section("run", _fields(study.run)), ""))


def _workers(workers: Workers) -> list[str]:
    correlation = None if workers.correlation is None else _fields(workers.correlation)
    if len(workers.classes) == 1:
        return _section("workers", _class(workers.classes[0]) | {"correlation": correlation})
    shared = [] if correlation is None else _section("workers", {"correlation": correlation})
    return [*shared, *(line for one in workers.classes for line in _section("[workers.class]", _class(one)))]


def _class(one: WorkerClass) -> dict[str, Any]:
    return _fields(one) | {"replay": one.replay or None}


def _scheme(scheme: Scheme) -> dict[str, Any]:
    """The rule, its batch and the modifiers in force; an action only beside its threshold, or it would be refused."""
    told = {name: getattr(scheme, name) for name, item in keys(type(scheme)).items() if item.default is MISSING}
    return {"rule": scheme.rule, **told, **{name: getattr(scheme, name) for name in scheme.active}}


def _section(name: str, values: Mapping[str, Any]) -> list[str]:
    return ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in values.items() if value is not None)]


def _fields(record: object) -> dict[str, Any]:
    return {item.name: getattr(record, item.name) for item in dataclasses.fields(cast(Any, record)) if item.init}


def _equation(equation: DelayEquation | UpdateEquation) -> dict[str, Any]:
    values = _fields(equation)
    if isinstance(equation, UpdateEquation):
        drawn = equation.staleness
        told = {"law": drawn.name, **_fields(drawn)} if isinstance(drawn, IntegerLaw) else None
        values["staleness"] = told or {"law": "constant", "value": drawn}
    return values


def _value(value: Any) -> str:
    if isinstance(value, Law):
        return _value({"law": value.name, **_fields(value)})
    if isinstance(value, Weighted):
        return _value({"law": value.law.name, **_fields(value.law), "weight": value.weight})
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_value(item)}' for key, item in value.items())} }}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, sp.Basic):
        return str(value) if value.is_Integer else f'"{value}"'
    # TOML escapes like JSON, but knows no surrogate pairs and takes no bare DEL
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
