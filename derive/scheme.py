"""Stage: schemes. Input: a worker count. Output: the record every update rule fills in."""

from __future__ import annotations

from abc import ABC
from typing import Any, ClassVar

import sympy as sp


class SchemeError(ValueError):
    """A scheme's parameter is impossible."""

    def __init__(self, key: str, value: Any, wrong: str, allowed: str) -> None:
        super().__init__(f"{key} = {value}: {wrong}; allowed: {allowed}")
        self.key, self.value, self.wrong, self.allowed = key, value, wrong, allowed


class Scheme(ABC):
    """When a gradient is applied, and with which weight; subclasses are frozen dataclasses."""

    rule: ClassVar[str]
    workers: sp.Expr
