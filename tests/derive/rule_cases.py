"""A rule held against a result that is known, and its check against results that are wrong."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive.derivation import Equation, Rule, Step
from verify.identities import check_step


def assert_finds(rule: Rule, inputs: tuple[Equation, ...], right: sp.Expr, wrong: tuple[sp.Expr, ...]) -> None:
    """The rule makes ``right`` of its inputs; its check passes that, and none of ``wrong``."""
    made = Step(1, rule, inputs, rule.apply(*inputs))
    assert sp.simplify(made.output.right - right) == 0
    assert check_step(made).passed, check_step(made).detail
    for other in wrong:
        assert not check_step(replace(made, output=Equation(made.output.left, other))).passed, other
