"""Stage: laws with lists of parameters. Input: lists a user writes. Output: exact numbers, or a refusal by key."""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from derive.exact import complaint, exact
from derive.law import LawError

ROUNDING = sp.Rational(1, 10**12)
"""How far written probabilities may be from summing to 1."""


def numbers(key: str, values: object, allowed: str) -> tuple[sp.Expr, ...]:
    """A non-empty list of exact finite numbers, else ``LawError`` naming the list or the item.

    Example: ``numbers("means", [1, "0.5"], "") == (1, sp.Rational(1, 2))``.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise LawError(key, values, "not a list", allowed)
    found = []
    for index, value in enumerate(values):
        try:
            found.append(exact(value))
        except (TypeError, ValueError) as error:
            raise LawError(f"{key}[{index}]", value, complaint(error), allowed) from error
    if not found:
        raise LawError(key, "[]", "empty list", allowed)
    return tuple(found)


def positive_numbers(key: str, values: object) -> tuple[sp.Expr, ...]:
    """A non-empty list of numbers > 0."""
    allowed = "a non-empty list of finite numbers > 0"
    found = numbers(key, values, allowed)
    for index, number in enumerate(found):
        if number.is_positive is not True:
            raise LawError(f"{key}[{index}]", number, "not positive", allowed)
    return found


def probabilities(key: str, values: object) -> tuple[sp.Expr, ...]:
    """A list of numbers >= 0 whose sum is within 1e-12 of 1, divided by that sum; else ``LawError``.

    Example: ``probabilities("weights", [0.1, 0.9])[0] + probabilities("weights", [0.1, 0.9])[1] == 1``.
    """
    allowed = "a non-empty list of numbers >= 0 that sum to 1"
    found = numbers(key, values, allowed)
    for index, number in enumerate(found):
        if number.is_nonnegative is not True:
            raise LawError(f"{key}[{index}]", number, "negative", allowed)
    total = sp.Add(*found)
    if sp.simplify(total - 1) != 0 and not abs(total - 1) <= ROUNDING:
        raise LawError(key, list(found), f"the sum is {total}", allowed)
    return tuple(number / total for number in found)
