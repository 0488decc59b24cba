"""The fastest setting of a range: closed forms, two curvatures, a best that is not local, planted wrong optima."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation, update_equation
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, Hyperexponential, Mixture
from numeric.policies import branch_and_bound as module
from numeric.policies.branch_and_bound import fastest_setting
from numeric.roots.characteristic import spectrum

TWO = sp.Integer(2)
CLOSED = [(Constant(1), sp.S.One), (Exponential(1), sp.S.Half), (Gamma(4, 1), sp.Rational(4, 5))]


@pytest.mark.parametrize(("law", "best"), CLOSED)
def test_one_curvature_is_fastest_at_critical_damping(law: Law, best: sp.Expr) -> None:
    found = fastest_setting([delay_equation(y.damping, law)], y.damping, sp.S.Zero, TWO)
    assert found is not None
    assert found.certified
    assert found.best_rate is not None
    assert found.best_rate.contains(best)
    assert found.best_rate.relative_radius < 1e-3
    assert not found.undecided


def test_of_two_curvatures_the_rates_meet() -> None:
    equations = [delay_equation(y.damping * h, Constant(1)) for h in (sp.S.One, sp.Rational(1, 10))]
    found = fastest_setting(equations, y.damping, sp.S.Zero, sp.Integer(16))
    assert found is not None
    assert found.certified
    fast, slow = (float(spectrum(one.at({y.damping: found.setting})).decay_rate or 0) for one in equations)
    assert fast == pytest.approx(slow, rel=0.01)


def test_the_best_may_lie_far_beyond_critical_damping() -> None:
    law = Mixture([("9/10", Constant(0)), ("1/10", Constant(1))])
    found = fastest_setting([delay_equation(y.damping, law)], y.damping, sp.S.Zero, sp.Integer(70))
    assert found is not None
    assert float(found.decay_rate) > 2.15  # 2.101 at critical damping, 1.22334
    assert found.setting > 10


def test_whole_numbers_alone_are_settings() -> None:
    equation = delay_equation(y.damping / 20, Constant(1))  # fastest at 20/e = 7.36
    found = fastest_setting([equation], y.damping, sp.S.One, sp.Integer(64), whole=True)
    assert found is not None
    assert found.certified
    assert found.setting == max(range(5, 10), key=lambda k: float(spectrum(equation.at({y.damping: k})).decay_rate))


def test_what_is_not_allowed_is_not_advised() -> None:
    def small(low: Fraction, high: Fraction) -> bool | None:
        return True if high <= Fraction(1, 4) else False if low > Fraction(1, 4) else None

    found = fastest_setting([delay_equation(y.damping, Constant(1))], y.damping, sp.S.Zero, TWO, admissible=small)
    assert found is not None
    assert found.certified
    assert sp.Rational(24, 100) < found.setting <= sp.Rational(1, 4)
    edge = spectrum(delay_equation("1/4", Constant(1))).decay_rate
    assert edge is not None
    assert found.best_rate is not None
    assert found.best_rate.upper > edge.lower


def test_a_planted_optimum_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module._Search, "look_around", lambda self: self.look(Fraction(1, 5)))
    monkeypatch.setattr(module._Search, "look_closer", lambda self, width: None)
    found = fastest_setting([delay_equation(y.damping, Constant(1))], y.damping, sp.S.Zero, TWO)
    assert found is not None
    assert found.best_rate is not None
    assert found.best_rate.contains(1)  # the cover would not close around a fifth


def test_without_a_transform_beyond_the_rate_nothing_is_proven() -> None:
    law = Hyperexponential(["1/2", "1/2"], ["1/2", "3/2"])
    found = fastest_setting([delay_equation(y.damping, law)], y.damping, sp.S.Zero, sp.Integer(8))
    assert found is not None
    assert not found.certified
    assert "transform ends" in found.reason


def test_nothing_is_advised_where_nothing_is_stable() -> None:
    assert fastest_setting([delay_equation(-y.damping, Constant(1))], y.damping, sp.S.One, TWO) is None


def test_a_recursion_is_fastest_at_its_double_root() -> None:
    found = fastest_setting([update_equation(y.damping, 1)], y.damping, sp.S.Zero, TWO)
    assert found is not None
    assert found.best_rate is not None
    assert found.best_rate.contains(sp.log(2))
