"""Stage: the sections of a study. Input: one TOML table each. Output: its record, or a refusal.

Keys are known to be known here (derive/study_schema.py comes before).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sympy as sp

from derive.study_records import DelayEquation, Objective, Optimizer, Run, Scheme, Start, UpdateEquation, Workers
from derive.study_schema import MISSING, RULES_LATER, SECTIONS
from derive.study_values import Place, read_choice, read_integer, read_law, read_law_name, read_number, read_numbers

STARTS: tuple[Start, ...] = ("stationary", "together", "staggered")
Body = Mapping[str, Any]


def _place(path: str, section: str, name: str) -> Place:
    return Place(path, f"{section}.{name}", SECTIONS[section][name].allowed)


def _required(path: str, section: str, body: Body, name: str) -> tuple[Place, Any]:
    place = _place(path, section, name)
    if name not in body:
        raise place.refuse(MISSING, "required")
    return place, body[name]


def read_workers(path: str, body: Body) -> Workers:
    """[workers]: how many, and the law of their cycle time, whose mean must be positive."""
    count = read_integer(*_required(path, "workers", body, "count"), 1, 1_000_000)
    place, table = _required(path, "workers", body, "compute")
    compute = read_law(place, table, Path(path).parent)
    if not compute.mean.is_positive:
        raise Place(path, place.key, "a law with positive mean").refuse(table, "its mean is not positive")
    return Workers(count, compute)


def read_scheme(path: str, body: Body) -> Scheme:
    """[scheme]: the rule."""
    place, rule = _place(path, "scheme", "rule"), body.get("rule", "asynchronous")
    if rule in RULES_LATER:
        raise place.refuse(rule, "not available yet")
    return Scheme(read_choice(place, rule, ("asynchronous",)))


def read_optimizer(path: str, body: Body) -> Optimizer:
    """[optimizer]: a positive learning rate; momentum is known, but only 0 is available yet."""
    place, raw = _required(path, "optimizer", body, "learning_rate")
    learning_rate = read_number(place, raw)
    if learning_rate <= 0:
        raise place.refuse(raw, "not positive")
    place, raw = _place(path, "optimizer", "momentum"), body.get("momentum", 0)
    if _momentum(place, raw) != 0:
        raise Place(path, place.key, "0").refuse(raw, "not available yet for a system of workers")
    return Optimizer(learning_rate)


def _momentum(place: Place, raw: Any) -> sp.Rational:
    momentum = read_number(place, raw)
    if not 0 <= momentum < 1:
        raise place.refuse(raw, "out of range")
    return momentum


def read_objective(path: str, body: Body) -> Objective:
    """[objective]: a curvature per mode, and the gradient noise, one for all modes or one each."""
    curvature = read_numbers(*_required(path, "objective", body, "curvature"))
    place, raw = _place(path, "objective", "gradient_noise"), body.get("gradient_noise", 1)
    noise = _per_mode(place, raw, len(curvature))
    if any(value < 0 for value in noise):
        raise place.refuse(raw, "negative")
    return Objective(curvature, noise)


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
        return read_integer(_place(path, "run", name), body.get(name, default), low, high)

    updates = integer("updates", Run.updates, 1, 1_000_000_000_000)
    return Run(
        seed=integer("seed", Run.seed, 0, None),
        replicas=integer("replicas", Run.replicas, 1, 1_000_000),
        updates=updates,
        burn_in=integer("burn_in", 0, 0, updates - 1) if "burn_in" in body else None,
        start=read_choice(_place(path, "run", "start"), body.get("start", "stationary"), STARTS),
        initial=_per_mode(_place(path, "run", "initial"), body.get("initial", 0), modes),
    )


def read_equation(path: str, body: Body) -> DelayEquation | UpdateEquation:
    """[equation]: in time (damping, delay) or in updates (step, staleness), never both."""
    if "damping" in body:
        _no_strangers(path, body, ("damping", "friction", "delay"))
        damping = read_number(*_required(path, "equation", body, "damping"))
        place, table = _required(path, "equation", body, "delay")
        delay = read_law(place, table, Path(path).parent)
        friction = read_number(_place(path, "equation", "friction"), body["friction"]) if "friction" in body else None
        return DelayEquation(damping, delay, friction)
    if "step" in body:
        _no_strangers(path, body, ("step", "staleness", "momentum"))
        step = read_number(*_required(path, "equation", body, "step"))
        staleness = _staleness(*_required(path, "equation", body, "staleness"))
        return UpdateEquation(step, staleness, _momentum(_place(path, "equation", "momentum"), body.get("momentum", 0)))
    raise Place(path, "equation", "damping and delay, or step and staleness").refuse(body, "neither damping nor step")


def _no_strangers(path: str, body: Body, own: tuple[str, ...]) -> None:
    for name in body:
        if name not in own:
            raise Place(path, f"equation.{name}", ", ".join(own)).refuse(body[name], f"contradicts equation.{own[0]}")


def _staleness(place: Place, raw: Any) -> int:
    if not isinstance(raw, Mapping):
        raise place.refuse(raw, "not a law")
    if read_law_name(place, raw) != "constant":
        raise place.refuse(raw, "not available yet")
    for name in raw:
        if name not in ("law", "value"):
            raise place.below(name, "law, value").refuse(raw[name], "unknown key")
    return read_integer(place.below("value", "integer 0 to 1000000"), raw.get("value", MISSING), 0, 1_000_000)
