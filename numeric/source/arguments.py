"""Stage: source code. Input: a claim. Output: the arguments of its functions, or why there can be none."""

from __future__ import annotations

import sympy as sp
from sympy.core.function import AppliedUndef

from derive.claims.record import Claim
from derive.symbols import NOTATION
from numeric.kernels.stable_forms import NotCompilableError


def source_arguments(claim: Claim) -> dict[str, sp.Symbol]:
    """The claim's arguments by name, and the letters that only its domain knows: a function must guard them, too.

    Raises ``NotCompilableError`` naming what no program is given: the functions of a law, lists.

    Example: ``list(source_arguments(Claim("rate", "", "equality", "R0", arrival_rate))) == ["workers", "mean_delay"]``.
    """
    functions = {one.func.__name__ for one in claim.expression.atoms(AppliedUndef)}
    lists = {one.name for one in claim.expression.atoms(sp.IndexedBase)}
    for letters, words in (
        (functions, "functions of the law or the system, which no formula gives"),
        (lists, "lists, where a function of source code takes single numbers"),
    ):
        if letters:
            raise NotCompilableError(f"{claim.expression} holds {words}: {', '.join(sorted(letters))}")
    free = claim.expression.free_symbols | claim.derived.domain.free_symbols
    return {name: entry.symbol for name, entry in NOTATION.items() if entry.symbol in free}
