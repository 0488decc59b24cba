"""Stage: the study in a report. Input: a study file. Output: the table of keys and values as they were written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from derive.studies.records import StudyFile

_LAW = "workers.compute."
_CORRELATION = "workers.correlation."
_CLASS = re.compile(r"workers\.class\[\d+\]\.")


def written_study(study_file: StudyFile) -> dict[str, Any]:
    """Nested tables of the values as the file wrote them; of a sweep, the cases' labels beside what they share."""
    first = study_file.cases[0].study.written
    shared = {
        key: value
        for key, value in first.items()
        if all(case.study.written.get(key) == value for case in study_file.cases)
    }
    if len(study_file.cases) > 1:
        shared = {key: value for key, value in shared.items() if not key.startswith(_LAW)}
    nested: dict[str, Any] = {"name": study_file.name}
    for key, value in shared.items():
        *tables, last = key.split(".")
        inner = nested
        for table in tables:
            inner = inner.setdefault(table, {})
        name, bracket, _ = last.partition("[")
        if bracket:
            inner.setdefault(name, []).append(value)
        else:
            inner[last] = value
    if len(study_file.cases) > 1:
        nested["cases"] = {case.label: law_in_words(case.study.written) for case in study_file.cases}
    return nested


def law_in_words(written: Mapping[str, str]) -> str:
    """The cycle law with its parameters, as the file wrote them; of several classes, each with its links.

    Example: ``law_in_words({"workers.compute.law": "gamma", "workers.compute.shape": "4"}) == "gamma(shape = 4)"``.
    """
    classes = list(dict.fromkeys(found[0] for key in written if (found := _CLASS.match(key))))
    listed = [f"{written[f'{one}count']} x {_class_in_words(written, one)}" for one in classes]
    words = ", ".join(listed) if classes else _class_in_words(written, "workers.")
    given = {key[len(_CORRELATION) :]: value for key, value in written.items() if key.startswith(_CORRELATION)}
    return words + (f"; correlation {', '.join(f'{key} = {value}' for key, value in given.items())}" if given else "")


def _class_in_words(written: Mapping[str, str], prefix: str) -> str:
    links = [name for name in ("uplink", "downlink") if f"{prefix}{name}.law" in written]
    replayed = " replayed" if written.get(f"{prefix}replay") == "true" else ""
    compute = _law_in_words(written, f"{prefix}compute.") + replayed
    return " with ".join((compute, *(f"{name} {_law_in_words(written, f'{prefix}{name}.')}" for name in links)))


def _law_in_words(written: Mapping[str, str], prefix: str) -> str:
    parameters = {key[len(prefix) :]: value for key, value in written.items() if key.startswith(prefix)}
    law = parameters.pop("law", "")
    listed = ", ".join(f"{key} = {value}" for key, value in parameters.items() if "[" not in key)
    return f"{law}({listed})"
