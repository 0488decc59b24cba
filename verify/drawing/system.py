"""Stage: figures as data. Input: a study file. Output: the system as it is drawn: workers, links, server.

What cases of a sweep do not share is named with every value it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.studies.records import StudyFile
from verify.report import SystemDrawing

_ASYNCHRONOUS = "asynchronous"
_RULES = {
    "asynchronous": "applies each gradient on arrival",
    "synchronous": "waits for all workers",
    "k-sync": "waits for the first {batch} workers",
    "k-batch-sync": "waits for {batch} gradients, then renews all",
    "k-async": "waits for {batch} workers, keeps the others",
    "k-batch-async": "applies the mean of {batch} gradients",
}
_LINES = {
    "scheme.staleness_threshold": "drops staleness K > {}",
    "scheme.staleness_discount": "weighs staleness K by {}^K",
    "scheme.age_threshold": "no gradient older than {} s",
    "scheme.age_action": "too old: {}",
    "scheme.dropout": "loses a share {} of them",
    "scheme.event_trigger": "sent only if |g| ≥ {} σ",
    "optimizer.learning_rate": "learning rate η = {}",
    "optimizer.momentum": "momentum β = {}",
}
_MOST = 3  # values of a sweep that are listed


def system_drawing(study_file: StudyFile) -> SystemDrawing | None:
    """What is drawn of the study's system; None for a study of an equation."""
    first = study_file.cases[0].study
    if first.workers is None:
        return None
    written = [case.study.written for case in study_file.cases]
    rules = list(dict.fromkeys(one.get("scheme.rule", _ASYNCHRONOUS) for one in written))
    capacity = _values(written, "scheme.uplink_capacity")
    return SystemDrawing(
        workers=tuple(_workers(study_file, written)),
        server=tuple(_server(written, rules)),
        capacity=f"shared: {capacity} gradients/s" if capacity else "",
        waits=any(rule not in (_ASYNCHRONOUS, "k-batch-async") for rule in rules),
    )


def _workers(study_file: StudyFile, written: list[Mapping[str, str]]) -> Iterator[tuple[str, str, str, str]]:
    classes = [case.study.workers.classes for case in study_file.cases if case.study.workers is not None]
    if len({len(one) for one in classes}) > 1 or len(classes[0]) == 1:
        count = _listed([str(case.study.workers.count) for case in study_file.cases if case.study.workers is not None])
        links = [_listed([_law(one, f"workers.{name}.") for one in written]) for name in ("uplink", "downlink")]
        yield f"{count} workers", _listed([_law(one, "workers.compute.") for one in written]), links[0], links[1]
        return
    for number in range(len(classes[0])):
        key = f"workers.class[{number}]."
        parts = [_listed([_law(one, f"{key}{name}.") for one in written]) for name in ("compute", "uplink", "downlink")]
        yield f"{_values(written, f'{key}count')} workers", parts[0], parts[1], parts[2]


def _server(written: list[Mapping[str, str]], rules: list[str]) -> Iterator[str]:
    batch = _values(written, "scheme.batch")
    yield _listed([_RULES[rule].format(batch=batch) for rule in rules], " | ")
    for key, line in _LINES.items():
        values = _values(written, key)
        if values and not (key == "optimizer.momentum" and values == "0"):
            yield line.format(values)


def _values(written: list[Mapping[str, str]], key: str) -> str:
    return _listed([one[key] for one in written if key in one])


def _listed(values: list[str], between: str = ", ") -> str:
    different = list(dict.fromkeys(value for value in values if value))
    if len(different) <= _MOST:
        return between.join(different)
    return f"{different[0]} … {different[-1]} ({len(different)} kinds)"


def _law(written: Mapping[str, str], prefix: str) -> str:
    """A law's name with its numbers; a composed one by its name alone."""
    parameters = {key[len(prefix) :]: value for key, value in written.items() if key.startswith(prefix)}
    law = parameters.pop("law", "").replace("_", " ")
    law += ", replayed" if written.get(prefix.replace("compute.", "replay")) == "true" else ""
    plain = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in parameters.items() if _simple(key))
    return f"{law} ({plain})" if plain else law


def _simple(key: str) -> bool:
    return "[" not in key and "." not in key and key not in ("file", "column")
