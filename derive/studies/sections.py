"""Stage: the sections of a study. Input: one TOML table each. Output: its record, or a refusal.

Keys are known to be known here (derive/studies/schema.py comes before).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import sympy as sp

from derive.integer_laws import INTEGER_LAWS, EmpiricalInteger, IntegerLaw
from derive.law import LawError
from derive.studies.records import Data, DelayEquation, Objective, Optimizer, Run, Start, UpdateEquation
from derive.studies.schema import MISSING
from derive.studies.values import (
    Place,
    read_choice,
    read_integer,
    read_law,
    read_number,
    read_numbers,
    read_table,
    required,
    section_place,
)

DATA_KEYS = ("dataset", "model", "ridge", "batch_size", "components")
DATASETS = {"breast_cancer": (2, 30), "digits": (10, 61)}  # classes, and features that vary
MODELS = ("logistic", "softmax")
STARTS: tuple[Start, ...] = ("stationary", "together", "staggered")
Body = Mapping[str, Any]


def read_optimizer(path: str, body: Body) -> Optimizer:
    """[optimizer]: a positive learning rate, and momentum in [0, 1)."""
    place, raw = required(path, "optimizer", body, "learning_rate")
    learning_rate = read_number(place, raw)
    if learning_rate <= 0:
        raise place.refuse(raw, "not positive")
    momentum = _momentum(section_place(path, "optimizer", "momentum"), body.get("momentum", 0))
    return Optimizer(learning_rate, momentum)


def _momentum(place: Place, raw: Any) -> sp.Rational:
    momentum = read_number(place, raw)
    if not 0 <= momentum < 1:
        raise place.refuse(raw, "out of range")
    return momentum


def read_objective(path: str, body: Body) -> Objective:
    """[objective]: a curvature per mode, and the gradient noise, one for all modes or one each; or a regression."""
    if any(name in body for name in DATA_KEYS):
        return Objective(data=_data(path, body))
    curvature = read_numbers(*required(path, "objective", body, "curvature"))
    place, raw = section_place(path, "objective", "gradient_noise"), body.get("gradient_noise", 1)
    noise = _per_mode(place, raw, len(curvature))
    if any(value < 0 for value in noise):
        raise place.refuse(raw, "negative")
    return Objective(curvature, noise)


def _data(path: str, body: Body) -> Data:
    """A regression on a dataset: its model, ridge, rows of a gradient and principal components."""
    for name in body:
        if name not in DATA_KEYS:
            raise Place(path, f"objective.{name}", ", ".join(DATA_KEYS)).refuse(body[name], "contradicts a dataset")
    known = {name: required(path, "objective", body, name) for name in ("dataset", "model", "ridge")}
    dataset = read_choice(*known["dataset"], tuple(DATASETS))
    place, model = known["model"]
    if model == "mlp":
        raise place.refuse(model, "not available yet")
    read_choice(place, model, MODELS)
    classes, features = DATASETS[dataset]
    if model == "logistic" and classes != 2:
        raise place.refuse(model, f"{dataset} has {classes} classes")
    place, raw = known["ridge"]
    ridge = read_number(place, raw)
    if ridge <= 0:
        raise place.refuse(raw, "not positive")
    place = section_place(path, "objective", "batch_size")
    batch = read_integer(place, body.get("batch_size", 1), 1, 1_000_000)
    place = section_place(path, "objective", "components")
    components = read_integer(place, body["components"], 1, features) if "components" in body else None
    return Data(dataset, model, ridge, batch, components)


def _per_mode(place: Place, raw: Any, modes: int) -> tuple[sp.Rational, ...]:
    if not isinstance(raw, list):
        return (read_number(place, raw),) * modes
    values = read_numbers(place, raw)
    if len(values) != modes:
        raise place.refuse(raw, f"{len(values)} values for {modes} curvatures")
    return values


def read_run(path: str, body: Body, modes: int) -> Run:
    """[run]: seed, size and start of the simulation."""

    def integer(name: str, default: int, low: int, high: int | None) -> int:
        return read_integer(section_place(path, "run", name), body.get(name, default), low, high)

    def share(name: str) -> sp.Rational:
        place = section_place(path, "run", name)
        value = read_number(place, body[name])
        if not 0 < value < 1:
            raise place.refuse(body[name], "out of range")
        return value

    updates = integer("updates", Run.updates, 1, 1_000_000_000_000)
    return Run(
        seed=integer("seed", Run.seed, 0, None),
        replicas=integer("replicas", Run.replicas, 1, 1_000_000),
        updates=updates,
        burn_in=integer("burn_in", 0, 0, updates - 1) if "burn_in" in body else None,
        start=read_choice(section_place(path, "run", "start"), body.get("start", "stationary"), STARTS),
        initial=_per_mode(section_place(path, "run", "initial"), body.get("initial", 0), modes),
        precision=share("precision") if "precision" in body else None,
    )


def read_equation(path: str, body: Body) -> DelayEquation | UpdateEquation:
    """[equation]: in time (damping, delay) or in updates (step, staleness), never both."""
    if "damping" in body:
        _no_strangers(path, body, ("damping", "friction", "delay"))
        damping = read_number(*required(path, "equation", body, "damping"))
        place, table = required(path, "equation", body, "delay")
        delay = read_law(place, table, Path(path).parent)
        friction = (
            read_number(section_place(path, "equation", "friction"), body["friction"]) if "friction" in body else None
        )
        return DelayEquation(damping, delay, friction)
    if "step" in body:
        _no_strangers(path, body, ("step", "staleness", "momentum"))
        step = read_number(*required(path, "equation", body, "step"))
        staleness = _staleness(*required(path, "equation", body, "staleness"), Path(path).parent)
        return UpdateEquation(
            step, staleness, _momentum(section_place(path, "equation", "momentum"), body.get("momentum", 0))
        )
    raise Place(path, "equation", "damping and delay, or step and staleness").refuse(body, "neither damping nor step")


def _no_strangers(path: str, body: Body, own: tuple[str, ...]) -> None:
    for name in body:
        if name not in own:
            raise Place(path, f"equation.{name}", ", ".join(own)).refuse(body[name], f"contradicts equation.{own[0]}")


def _staleness(place: Place, raw: Any, folder: Path) -> int | IntegerLaw:
    if not isinstance(raw, Mapping):
        raise place.refuse(raw, "not a law")
    kinds = ("constant", *INTEGER_LAWS)
    kind = raw.get("law", MISSING)
    if kind not in kinds:
        raise place.below("law", ", ".join(kinds)).refuse(kind, "required" if kind is MISSING else "no law of counts")
    known = ("value",) if kind == "constant" else tuple(item.name for item in fields(cast(Any, INTEGER_LAWS[kind])))
    if "values" in known:
        return _counted(place, raw, folder)
    for name in (*raw, *known):
        spot = place.below(name, ", ".join(("law", *known)))
        if name not in ("law", *known):
            raise spot.refuse(raw[name], "unknown key")
        if name not in raw:
            raise spot.refuse(MISSING, "required")
    if kind == "constant":
        return read_integer(place.below("value", "integer 0 to 1000000"), raw["value"], 0, 1_000_000)
    whole, mean = "integer 0 to 1000, low <= high", "a finite number > 0"
    read: dict[str, Any] = {
        name: read_number(place.below(name, mean), raw[name])
        if name == "mean"
        else read_integer(place.below(name, whole), raw[name], 0, 1000)
        for name in known
    }
    try:
        return INTEGER_LAWS[kind](**read)
    except LawError as problem:
        raise place.below(problem.key, problem.allowed).refuse(raw[problem.key], problem.wrong) from None


def _counted(place: Place, raw: Body, folder: Path) -> IntegerLaw:
    """Counted stalenesses: a list of integers, or a column of a file beside the study ("staleness" if not said)."""
    known = ("law", "values", "file", "column")
    for name in raw:
        if name not in known:
            raise place.below(name, ", ".join(known)).refuse(raw[name], "unknown key")
    if ("file" in raw) == ("values" in raw):
        beside = "stands beside values" if "file" in raw else "required"
        name = "file" if "file" in raw else "values"
        raise place.below(name, "either file or values").refuse(raw.get(name, MISSING), beside)
    if "column" in raw and "file" not in raw:
        raise place.below("column", "beside file only").refuse(raw["column"], "no column without a file")
    listed = (
        raw["values"] if "values" in raw else read_table(place, raw["file"], raw.get("column", "staleness"), folder)
    )
    try:
        return EmpiricalInteger(tuple(listed) if isinstance(listed, list | tuple) else listed)
    except LawError as problem:
        shown = raw.get(problem.key, problem.value)
        raise place.below(problem.key, problem.allowed).refuse(shown, problem.wrong) from None
