"""Plain text: one line, no Python, brackets where the reading needs them."""

import pytest
import sympy as sp

from derive import symbols as y
from derive.formulas.plain import plain, plain_equation

a, theta, k, K, s, j = y.damping, y.mean_delay, y.shape, y.staleness, y.s, y.j
L = sp.Function("L")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ((1 + sp.sin(a * theta)) / (2 * a * sp.cos(a * theta)), "(1 + sin(a θ))/(2 a cos(a θ))"),
        (sp.exp(-a / theta), "e^(−a/θ)"),
        (sp.LambertW(-a, y.branch) / theta, "W_ℓ(−a)/θ"),
        (sp.sqrt(1 - a), "√(1 − a)"),
        (sp.sqrt(a), "√a"),
        (sp.cbrt(a), "3√a"),
        (a / (k + 1) ** 2, "a/(k + 1)^2"),
        (sp.Integral(L(s), (s, 0, sp.oo)), "∫_0^∞ L(s) ds"),
        (sp.Sum(a**j, (j, 0, K)), "∑_(j = 0)^K a^j"),
        (sp.Derivative(L(s), (s, j)), "L^(j)(s)"),
        (sp.Derivative(L(s), s), "L′(s)"),
        (y.mean_staleness, "K̄"),
        (y.critical_damping, "a^*"),
        (sp.binomial(K, j), "binomial(K, j)"),
        (sp.sin(a), "sin a"),
        (sp.Abs(a - 1), "|a − 1|"),
        (sp.Piecewise((1, s < 0), (2, True)), "{1 if s < 0; 2 otherwise}"),
        (sp.Matrix([[1, a]]), "[1, a]"),
        (sp.Min(s, 1), "min(1, s)"),
        ((1 / a + k) / (1 / theta + k), "(k + 1/a)/(k + 1/θ)"),
    ],
)
def test_formulas_read_on_one_line(expression: sp.Basic, text: str) -> None:
    assert plain(expression) == text


def test_every_node_is_one_line_without_python_or_tex(nodes) -> None:  # type: ignore[no-untyped-def]
    for name, node, _ in nodes.NODES:
        text = plain(node)
        assert "\n" not in text, name
        assert "**" not in text, name
        assert "\\" not in text, name
        assert text.count("(") == text.count(")") or "Interval" in str(node), name


def test_an_equation_has_both_sides() -> None:
    assert plain_equation(y.arrival_rate, y.workers / theta) == "Λ = M/θ"
