"""Stage: the study in a report. Input: a study file. Output: the table of keys and values as they were written."""

from __future__ import annotations

from typing import Any

from derive.study_records import StudyFile

_LAW = "workers.compute."


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


def law_in_words(written: Any) -> str:
    """The cycle law with its parameters, as the file wrote them.

    Example: ``law_in_words({"workers.compute.law": "gamma", "workers.compute.shape": "4"}) == "gamma(shape = 4)"``.
    """
    parameters = {key[len(_LAW) :]: value for key, value in written.items() if key.startswith(_LAW)}
    law = parameters.pop("law", "")
    listed = ", ".join(f"{key} = {value}" for key, value in parameters.items() if "[" not in key)
    return f"{law}({listed})"
