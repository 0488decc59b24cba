"""Several square roots stand under one sign, and half angles keep their names; the value stays."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.formulas.latex import latex
from derive.formulas.radicals import half_angled, rooted

u, x = sp.symbols("u x", positive=True)
free = sp.Symbol("y", real=True)


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (sp.sqrt(2) / 2, r"\frac{1}{\sqrt{2}}"),
        (sp.sqrt(x) / (sp.sqrt(2 * sp.pi) * u ** sp.Rational(3, 2)), r"\sqrt{\frac{x}{2 \pi u^{3}}}"),
        (sp.sqrt(x) * sp.sqrt(free), r"\sqrt{x y}"),
        (1 / (sp.sqrt(2) * sp.sqrt(sp.pi) * u * sp.sqrt(x)), r"\frac{1}{\sqrt{x} u \sqrt{2 \pi}}"),
        (sp.sqrt(free) * sp.sqrt(free - 1), r"\sqrt{y} \sqrt{y - 1}"),
        (sp.sin(sp.pi / 8), r"\sin\left( \frac{\pi}{8} \right)"),
        (4 * sp.sin(sp.pi / 8) / (x * sp.cos(sp.pi / 8) ** 5), r"\frac{4 \sin(\pi/8)}{x \cos^{5}(\pi/8)}"),
    ],
)
def test_roots_read_as_written_by_hand(given: sp.Expr, printed: str) -> None:
    assert latex(given) == printed


def test_the_value_stays() -> None:
    above, below = rooted([sp.sqrt(x), x], [sp.sqrt(2), sp.sqrt(u)])
    value = sp.Mul(*above) / sp.Mul(*below)
    point = {x: sp.Rational(7, 3), u: sp.Rational(5, 2)}
    assert abs(sp.N((value - x * sp.sqrt(x / (2 * u))).subs(point), 30)) < 1e-25
    for angle in (sp.sqrt(sp.S.Half - sp.sqrt(2) / 4), (sp.S.Half + sp.sqrt(2) / 4) ** sp.Rational(5, 2)):
        assert abs(sp.N(half_angled(angle) - angle, 30)) < 1e-25
