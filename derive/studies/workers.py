"""Stage: workers and scheme of a study. Input: their TOML tables. Output: their records, or a refusal.

Keys of a section are known to be known here (derive/studies/schema.py comes before); those of a class are checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING as NO_DEFAULT
from pathlib import Path
from typing import Any

import sympy as sp

from derive.law import Law
from derive.laws import Empirical
from derive.scheme import RANGES, Scheme, SchemeError, keys
from derive.schemes import SCHEMES
from derive.studies.records import Correlation, WorkerClass, Workers
from derive.studies.schema import CLASS_KEYS, CORRELATION_KEYS, MISSING, SECTIONS, nearest
from derive.studies.values import Place, read_choice, read_integer, read_law, read_number, section_place

Body = Mapping[str, Any]
MOST_WORKERS = 1_000_000


def read_workers(path: str, body: Body) -> Workers:
    """[workers]: one class of workers that are alike, or [[workers.class]] once for each class."""
    place = section_place(path, "workers", "correlation")
    correlation = _correlation(place, body["correlation"]) if "correlation" in body else None
    if "class" not in body:
        alike = {name: value for name, value in body.items() if name != "correlation"}
        return _together(path, (_worker_class(Place(path, "workers"), alike),), correlation)
    place, listed = section_place(path, "workers", "class"), body["class"]
    for name in body:
        if name not in ("class", "correlation"):
            allowed = f"{name} inside [[workers.class]]"
            raise Place(path, f"workers.{name}", allowed).refuse(body[name], "stands beside workers.class")
    if not isinstance(listed, list) or not listed:
        raise place.refuse(listed, "not a list of tables" if listed != [] else "empty list")
    classes = tuple(_worker_class(place.below(f"[{index}]"), one) for index, one in enumerate(listed))
    total = sum(one.count for one in classes)
    if total > MOST_WORKERS:
        raise Place(path, place.key, f"at most {MOST_WORKERS} in all").refuse(listed, f"{total} workers")
    return _together(path, classes, correlation)


def _together(path: str, classes: tuple[WorkerClass, ...], correlation: Correlation | None) -> Workers:
    """The workers; what is replayed in its order depends on nothing else."""
    given = {} if correlation is None else {"cycles": correlation.cycles, "common": correlation.common}
    for name, value in given.items():
        if value != 0 and any(one.replay for one in classes):
            raise Place(path, f"workers.correlation.{name}", "one of the two").refuse(value, "beside workers.replay")
    return Workers(classes, correlation)


def _correlation(place: Place, body: Any) -> Correlation:
    """How compute times depend on each other; numbers of 0 are none."""
    if not isinstance(body, Mapping) or not body:
        raise place.refuse(body, "not a table" if body != {} else "empty")
    values = {}
    for name, raw in body.items():
        if name not in CORRELATION_KEYS:
            raise place.below(name, nearest(name, CORRELATION_KEYS)).refuse(raw, "unknown key")
        spot = place.below(name, "number in [0, 1)")
        values[name] = read_number(spot, raw)
        if not 0 <= values[name] < 1:
            raise spot.refuse(raw, "out of range")
    return Correlation(**values)


def _worker_class(place: Place, body: Any) -> WorkerClass:
    if not isinstance(body, Mapping):
        raise place.refuse(body, "not a table")
    for name in body:
        if name not in CLASS_KEYS:
            raise place.below(name, nearest(name, CLASS_KEYS)).refuse(body[name], "unknown key")

    def spot(name: str) -> Place:
        return place.below(name, SECTIONS["workers"][name].allowed)

    for name in ("count", "compute"):
        if name not in body:
            raise spot(name).refuse(MISSING, "required")
    count = read_integer(spot("count"), body["count"], 1, MOST_WORKERS)
    compute = read_law(spot("compute"), body["compute"], Path(place.file).parent)
    if (compute.mean > 0) != sp.true:  # not is_positive: SymPy knows no sign of incomplete gamma functions
        raise place.below("compute", "a law with positive mean").refuse(body["compute"], "its mean is not positive")
    up, down = (_link(spot(name), body[name]) if name in body else None for name in ("uplink", "downlink"))
    return WorkerClass(count, compute, up, down, _replay(spot("replay"), body.get("replay", False), compute))


def _replay(place: Place, raw: Any, compute: Law) -> bool:
    """Whether measured compute times come in their recorded order."""
    if not isinstance(raw, bool):
        raise place.refuse(raw, "neither true nor false")
    if raw and not isinstance(compute, Empirical):
        raise place.refuse(raw, f"the law {compute.name} has no recorded order")
    return raw


def _link(place: Place, raw: Any) -> Law | None:
    """The law of a link; one that takes no time is no link."""
    law = read_law(place, raw, Path(place.file).parent)
    return None if law.mean.is_zero else law


def read_scheme(path: str, body: Body, workers: Workers) -> Scheme:
    """[scheme]: the rule with its batch and modifiers, for these workers."""
    rule = read_choice(section_place(path, "scheme", "rule"), body.get("rule", "asynchronous"), tuple(SCHEMES))
    scheme, own = SCHEMES[rule], keys(SCHEMES[rule])
    given = {name: value for name, value in body.items() if name != "rule"}
    for name, value in given.items():
        if name not in own:
            raise Place(path, f"scheme.{name}", "a k- rule beside it").refuse(value, f"not of the rule {rule}")
    for name, item in own.items():
        if item.default is NO_DEFAULT and name not in given:
            raise section_place(path, "scheme", name).refuse(MISSING, f"required with the rule {rule}")
    if "age_action" in given and "age_threshold" not in given:
        place = Place(path, "scheme.age_action", "scheme.age_threshold beside it")
        raise place.refuse(given["age_action"], "without scheme.age_threshold")
    if "uplink_capacity" in given and any(one.uplink is not None for one in workers.classes):
        place = Place(path, "scheme.uplink_capacity", "one of the two")
        raise place.refuse(given["uplink_capacity"], "a shared uplink beside workers.uplink")
    values = {name: _parameter(path, name, value) for name, value in given.items()}
    try:
        return scheme(workers=workers.count, **values)
    except SchemeError as problem:
        place = Place(path, f"scheme.{problem.key}", problem.allowed)
        raise place.refuse(given.get(problem.key, problem.value), problem.wrong) from None


def _parameter(path: str, name: str, raw: Any) -> Any:
    place, allowed = section_place(path, "scheme", name), RANGES[name]
    if allowed.choices:
        return read_choice(place, raw, allowed.choices)
    if allowed.whole and allowed.interval is not None:
        return read_integer(place, raw, int(allowed.interval.start), int(allowed.interval.end))
    return read_number(place, raw)
