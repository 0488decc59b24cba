"""The proof accepts the truth and nothing else: wrong, missed, doubled and misplaced roots stay unproven."""

import pytest
import sympy as sp

from derive.characteristic import CharacteristicEquation
from derive.symbols import s
from numeric.enclosure import acb, arb, precision
from numeric.roots.characteristic import spectrum
from numeric.roots.function import analytic
from numeric.roots.proof import Candidate, Proof, Unproven, prove
from numeric.roots.winding import Budget


def constant(a: sp.Expr, tau: sp.Expr) -> CharacteristicEquation:
    transform = sp.exp(-s * tau)
    return CharacteristicEquation(s + a * transform, s, sp.Abs(a) * transform, -sp.oo)


EQUATION = constant(sp.Integer(1), sp.Rational(3, 2))
LINE = arb(-0.25)


def true_candidates() -> list[Candidate]:
    return list(spectrum(EQUATION).proof.roots)  # type: ignore[union-attr]


def widened(item: Candidate) -> Candidate:
    radius = arb(2) ** -40
    return Candidate(acb(arb(item.ball.real.mid(), radius), arb(item.ball.imag.mid(), radius)))


def test_the_true_root_is_proven_and_narrowed() -> None:
    outcome = prove(EQUATION, [widened(item) for item in true_candidates()], LINE, 96)
    assert isinstance(outcome, Proof)
    assert outcome.winding_numbers == (2,)
    assert outcome.roots[0].ball.imag.rad() < 1e-20


def unproven(candidates: list[Candidate], line: object = LINE, equation: CharacteristicEquation = EQUATION) -> Unproven:
    outcome = prove(equation, candidates, line, 96, Budget(5))
    assert isinstance(outcome, Unproven)
    return outcome


def test_a_wrong_candidate_is_unproven() -> None:
    item = widened(true_candidates()[0])
    wrong = Candidate(item.ball + acb(0, arb(2) ** -20))
    assert "interval Newton" in unproven([wrong]).reason


def test_a_missed_root_is_unproven_and_hinted() -> None:
    missed = unproven([])
    assert missed.count == 2
    assert missed.hints
    assert unproven(true_candidates(), arb(-1.2)).count == 4


def test_a_root_listed_twice_is_unproven() -> None:
    item = widened(true_candidates()[0])
    assert "overlap" in unproven([item, item]).reason


def test_a_root_left_of_the_line_is_unproven() -> None:
    assert "not right of" in unproven([widened(true_candidates()[0])], arb(0.5)).reason


def test_a_wrong_multiplicity_is_unproven() -> None:
    item = widened(true_candidates()[0])
    assert "no 2 roots" in unproven([Candidate(item.ball, 2)]).reason


def test_a_contour_through_a_root_is_unproven() -> None:
    through = constant(sp.exp(-1) / 2, sp.Integer(0))  # the root -exp(-1)/2 is real
    with precision(200):
        line = -(arb(-1).exp() / 2).mid()
        near = prove(through, [], line, 64, Budget(5))
    assert isinstance(near, Unproven)
    polynomial = CharacteristicEquation((s + 1) ** 2 + 1, s, sp.Integer(3), -sp.oo)
    assert "zero" in unproven([], arb(-1), polynomial).reason


def test_an_inexact_line_is_unproven() -> None:
    assert "not exact" in unproven([], arb(-0.25, 0.125)).reason


def test_a_line_left_of_the_abscissa_is_unproven() -> None:
    exponential = CharacteristicEquation(s + 1 / (1 + s), s, 1 / (1 + s), sp.Integer(-1))
    assert "no finite bound" in unproven([], arb(-1), exponential).reason
    assert "abscissa" in unproven([], arb(-2), exponential).reason


def test_a_function_that_is_not_real_on_the_real_axis_is_unproven() -> None:
    twisted = CharacteristicEquation(s + sp.I * sp.exp(-s), s, sp.exp(-s), -sp.oo)
    assert "not real" in unproven([], arb(-0.5), twisted).reason


def test_a_wrong_modulus_bound_shows_as_a_wrong_count_only_if_roots_are_hidden() -> None:
    # Negative control of the method: with a bound that is too small the rectangle misses the pair.
    tight = CharacteristicEquation(EQUATION.function, s, sp.Rational(1, 100), -sp.oo)
    assert unproven(true_candidates(), equation=tight).count == 0


def test_programs_are_compiled_once() -> None:
    assert analytic(EQUATION) is analytic(constant(sp.Integer(1), sp.Rational(3, 2)))


@pytest.mark.parametrize("multiplicity", [2])
def test_an_exact_double_root_is_proven_with_its_multiplicity(multiplicity: int) -> None:
    double = CharacteristicEquation(s + sp.Rational(1, 4) / (1 + s), s, sp.Rational(1, 4) / (1 + s), sp.Integer(-1))
    small = arb(2) ** -30
    candidate = Candidate(acb(arb(-0.5, small)), multiplicity)
    outcome = prove(double, [candidate], arb(-0.75), 96)
    assert isinstance(outcome, Proof)
    assert outcome.clusters == ()
    assert isinstance(prove(double, [Candidate(candidate.ball)], arb(-0.75), 96), Unproven)
