"""MathML: well-formed for every node, the golden page unchanged, nothing printed as Python."""

import xml.etree.ElementTree as ElementTree

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.formulas.mathml import NAMESPACE, mathml, mathml_display, mathml_equation

_ELEMENTS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover",
    "munderover", "mtable", "mtr", "mtd",
}  # fmt: skip


@pytest.mark.parametrize("display", [False, True])
def test_every_node_is_well_formed_mathml_of_known_elements(nodes, display):
    for name, node, _ in nodes.NODES:
        tree = ElementTree.fromstring(mathml(node, display=display))
        found = {element.tag.removeprefix(f"{{{NAMESPACE}}}") for element in tree.iter()}
        assert found <= _ELEMENTS, name
        assert tree.get("display") == ("block" if display else None)


def test_every_element_has_as_many_children_as_mathml_core_demands(nodes):
    wanted = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
    for name, node, _ in nodes.NODES:
        for element in ElementTree.fromstring(mathml(node)).iter():
            tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
            assert len(element) == wanted.get(tag, len(element)), (name, tag)


def test_golden_page_is_what_the_printer_makes(nodes):
    assert nodes.GOLDEN.read_text(encoding="utf-8") == nodes.golden_page()


def test_no_node_prints_sympys_own_words(nodes):
    for name, node, _ in nodes.NODES:
        letters = "".join(ElementTree.fromstring(mathml(node)).itertext()).lower()
        for word in ("subs", "derivative(", "integral", "lambertw", "lowergamma", "piecewise", "**"):
            assert word not in letters, (name, word)


def test_less_than_is_escaped():
    assert "&lt;" in mathml(sp.Lt(sp.Symbol("x"), 1))


def test_lambert_branch_is_a_subscript():
    markup = mathml(sp.LambertW(y.damping, y.branch))
    assert "<msub><mi>W</mi><mi>ℓ</mi></msub>" in markup


def test_equation_has_both_sides():
    markup = mathml_equation(y.damping, y.learning_rate * y.curvature)
    assert markup.index("a") < markup.index("<mo>=</mo>") < markup.index("η")
    assert "\u2062" in markup


def test_factors_below_the_bar_need_no_brackets_and_sums_beside_factors_do():
    x = sp.Symbol("x")
    assert "(" not in mathml(x / (1 + x))
    assert "(" in mathml(x * (1 + x))


def test_a_long_formula_says_below_it_what_its_names_stand_for() -> None:
    result = CLAIMS["arrivals.distance-to-poisson.any-law"].derived.result
    told = mathml_display(result.left, result.right)
    equation, definitions = told.split('<p class="where">where</p>')
    assert equation.count("⌊") == 0
    assert definitions.count("⌊") == 2
    assert definitions.count("<math") == 4
    for part in (equation, *definitions.split("</math>")[:-1]):
        ElementTree.fromstring(part.removesuffix("</math>") + "</math>")
    short = mathml_display(y.damping, y.curvature)
    assert "where" not in short
