"""What of dear tests stands in `make test`: few examples and some of alike cases; `make verify` runs them all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def examples(test: int, verify: int) -> int:
    """How many examples a property test draws: ``test``, or ``verify`` under the profile of `make verify`."""
    return verify if os.environ.get("HYPOTHESIS_PROFILE") == "verify" else test


def some(cases: Iterable[Any], step: int, name: Callable[[Any], str] = str) -> list[Any]:
    """Every ``step``-th case, the first among them, in `make test`; the others are marked slow."""

    def one(number: int, case: Any) -> Any:
        values = case if isinstance(case, tuple) else (case,)
        return pytest.param(*values, id=name(case), marks=[pytest.mark.slow] if number % step else [])

    return [one(number, case) for number, case in enumerate(cases)]
