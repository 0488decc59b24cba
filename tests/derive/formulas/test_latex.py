"""LaTeX reads as an author would write it."""

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from derive import symbols as y
from derive.claims import CLAIMS, arrivals, noise, run_time
from derive.formulas.latex import FITTED, escaped, latex, latex_display, latex_displays, latex_equation, tex
from derive.formulas.lines import COLUMN, PAGE, equation_lines
from derive.formulas.order import ordered_terms
from derive.formulas.products import split_product
from derive.formulas.widths import width


def test_every_node_reads_as_written_by_hand(nodes):
    wrong = [(name, latex(node), wanted) for name, node, wanted in nodes.NODES if latex(node) != wanted]
    assert not wrong


def test_braces_balance_for_every_node(nodes):
    for name, node, _ in nodes.NODES:
        written = latex(node).replace(r"\{", "").replace(r"\}", "")
        assert written.count("{") == written.count("}"), name
        assert written.count(r"\left") == written.count(r"\right"), name


def test_splitting_a_product_does_not_change_its_value():
    x, s = sp.Symbol("x", positive=True), y.s
    for expression in (
        -(1 + x) / (2 * x),
        x**-s / (1 + x) ** s,
        -3 * x**2 * sp.exp(-1) * (x - 1),
        sp.sqrt(x) / sp.cos(x) ** s,
    ):
        negative, tops, bottoms = split_product(expression)
        sign = -1 if negative else 1
        assert sp.simplify(sign * sp.Mul(*tops) / sp.Mul(*bottoms) / expression) == 1


def test_no_product_of_a_claim_changes_its_value():
    random = np.random.default_rng(7)
    seen = 0
    for claim in (*arrivals.CLAIMS, *noise.CLAIMS, *run_time.CLAIMS):
        expression = claim.expression
        for product in expression.atoms(sp.Mul) - expression.atoms(sp.Integral, sp.Sum):
            if product.has(AppliedUndef, sp.Integral, sp.Sum, sp.Subs, sp.Indexed):
                continue
            negative, tops, bottoms = split_product(product)
            ratio = (-1 if negative else 1) * sp.Mul(*tops) / sp.Mul(*bottoms) / product
            point = {
                symbol: sp.Rational(int(random.integers(2, 9)), 7) for symbol in sorted(ratio.free_symbols, key=str)
            }
            assert abs(complex(ratio.subs(point).evalf()) - 1) < 1e-9, product
            seen += 1
    assert seen > 60


def test_ordering_a_sum_does_not_change_its_terms(nodes):
    for _, node, _ in nodes.NODES:
        if isinstance(node, sp.Add):
            assert sp.Add(*ordered_terms(node)) == node


def test_long_sum_is_broken_before_signs_and_short_one_is_not():
    a, theta = y.damping, y.mean_delay
    long = sum(a**i * theta**i / (i + 1) for i in range(30))
    display = latex_display(a, long, label="eq:1")
    assert display.count(r"\\") >= 2
    assert r"\begin{equation}\label{eq:1}" in display
    assert r"\\" not in latex_display(a, theta)


def test_wide_fraction_is_written_with_a_slash_and_a_broken_denominator():
    a, theta = y.damping, y.mean_delay
    wide = (1 + a) / sum(sp.cos(a * theta + i) for i in range(9))
    display = latex_display(a, wide)
    assert r"\Big/" in display
    assert display.count(r"\Big[") == display.count(r"\Big]") == 1
    assert r"\\" in display


def test_wide_product_is_broken_inside_its_bracket_and_a_wide_numerator_after_its_denominator():
    a, theta = y.damping, y.mean_delay
    long = sum(a**i * theta**i / (i + 1) for i in range(12))
    for wide in (y.noise_intensity * (1 + sp.sin(a)) * long, long / (2 * a), long**2 * a):
        display = latex_display(y.variance, wide)
        assert display.count(r"\Big[") == display.count(r"\Big]") == 1
        assert display.count(r"\\") >= 1
    assert r"\frac{1}{2 a}\Big[" in latex_display(y.variance, long / (2 * a))
    assert r"\Big]^{2}" in latex_display(y.variance, long**2 * a)


def test_powers_of_a_product_take_its_factors_in():
    count = y.workers * y.t
    shown = latex(count * count**y.j * sp.exp(-count))
    assert shown == r"(M t)^{j + 1} e^{-M t}"
    assert latex(y.workers * count**y.j) == r"M (M t)^{j}"


def test_a_large_sum_below_a_bar_stands_beside_it_inverted():
    total = sp.Sum(1 / sp.factorial(y.j), (y.j, 0, y.workers))
    inverse = r"\left[ \sum_{j = 0}^{M} \frac{1}{j!} \right]^{-1}"
    assert latex(y.damping / (y.mean_delay * total)) == rf"\frac{{a}}{{\theta}} {inverse}"
    assert latex(y.damping / total) == rf"a {inverse}"
    assert latex(sp.Sum(y.j, (y.j, 1, y.workers)) / total) == rf"{inverse} \sum_{{j = 1}}^{{M}} j"


def test_a_page_with_one_column_has_lines_of_its_own():
    a, theta = y.damping, y.mean_delay
    long = sum(a**i * theta**i / (i + 1) for i in range(9))
    both = latex_displays(a, long, "eq:1")
    narrow, wide = latex_display(a, long, "eq:1"), latex_display(a, long, "eq:1", PAGE)
    assert narrow.count(r"\\") > wide.count(r"\\")
    assert both == f"\\fitted{{%\n{narrow}%\n}}{{%\n{wide}%\n}}"
    assert latex_displays(a, theta, "eq:1") == latex_display(a, theta, "eq:1")
    assert r"\columnwidth<77\fontcharwd" in FITTED


def test_lines_of_claims_fit_a_column():
    for claim in (*arrivals.CLAIMS, *noise.CLAIMS, *run_time.CLAIMS):
        for equation in (step.output for step in claim.derived.steps):
            lines = equation_lines(equation.left, equation.right)
            assert max(map(width, lines)) < COLUMN + 22, equation


def test_equation_is_left_equals_right():
    assert latex_equation(y.damping, y.learning_rate * y.curvature) == r"a = \eta h"


def test_special_characters_of_sentences_are_escaped():
    assert escaped("5 % & a_b < τ") == r"5 \% \& a\_b $<$ $\tau$"


def test_a_product_with_a_sum_is_broken_before_the_sum():
    result = CLAIMS["uplink.transform.shared-uplink"].derived.result
    lines = equation_lines(result.left, result.right)
    assert tex(lines[1]).startswith(r"\times \sum_{n_{r} = 1}^{M}")
    assert max(map(width, lines)) < COLUMN
    assert len(lines) == 2
