"""Laws in another unit of time: which parameters of every registered law are durations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from derive.law import Law, Weighted

DURATIONS: dict[str, tuple[str, ...]] = {  # the parameters of every registered law that are measured in seconds
    "constant": ("value",),
    "exponential": ("mean",),
    "gamma": ("mean",),
    "empirical": ("values",),
    "mixture": ("parts",),
    "sum": ("parts",),
    "truncated": ("of", "at"),
    "order_statistic": ("of",),
    "shifted_exponential": ("shift", "tail_mean"),
    "uniform": ("low", "high"),
    "inverse_gaussian": ("mean", "shape"),
    "pareto": ("scale",),
    "weibull": ("scale",),
    "lognormal": ("mu",),  # the logarithm of one
    "hyperexponential": ("means",),
    "phase_type": ("generator",),  # rates: divided by the factor
}


def in_unit(law: Law, factor: Any) -> Law:
    """The law with every duration multiplied by ``factor``."""
    changed = {}
    for key in DURATIONS[law.name]:
        value = getattr(law, key)
        if key == "mu":
            changed[key] = value + sp.log(factor)
            continue
        if key == "generator":
            changed[key] = tuple(tuple(entry / factor for entry in row) for row in value)
            continue
        many = isinstance(value, tuple)
        changed[key] = tuple(_in_unit(item, factor) for item in value) if many else _in_unit(value, factor)
    return replace(law, **changed)  # type: ignore[type-var]


def _in_unit(item: Any, factor: Any) -> Any:
    """A number, a law or a weighted law with every duration multiplied by ``factor``."""
    if isinstance(item, Weighted):
        return Weighted(item.weight, in_unit(item.law, factor))
    return in_unit(item, factor) if isinstance(item, Law) else factor * item
