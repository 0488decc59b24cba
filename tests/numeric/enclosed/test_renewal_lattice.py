"""The renewal overlap on a lattice: known overlaps are enclosed, tightly enough, and tails are not forgotten."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.law import Law
from derive.laws import Exponential, Gamma
from numeric.enclosed import renewal_lattice as module
from numeric.enclosed.renewal_lattice import overlap_of_cdf, overlap_of_masses
from numeric.enclosure import Enclosure, Unevaluable

HYPER = Law.from_density(sp.exp(-2 * y.u) + sp.Rational(1, 3) * sp.exp(-sp.Rational(2, 3) * y.u), y.u)


def overlap(law: Law) -> Enclosure:
    return overlap_of_cdf(law.cdf(y.t), y.t, law.mean, (law.moment(2), law.moment(4)))


@pytest.mark.parametrize(
    ("law", "known"),
    [
        (Gamma(4, 1), 0.3286320987654),
        (Exponential(2), 1.0),
        (Gamma(2, 3), 5 / 9),
        (Gamma("0.5", 1), 1.886619772367582),
    ],
    ids=str,
)
def test_known_overlaps_are_enclosed_within_two_percent(law: Law, known: float) -> None:
    found = overlap(law)
    assert found.lower < known < found.upper
    assert found.upper - found.lower < 0.03 * known
    assert abs(float(found) - known) < 0.005 * known


def test_a_users_mixture_of_exponentials() -> None:
    """Weights 1/2, means 1/2 and 3/2: its renewal function is inverted and averaged by algebra."""
    found = overlap(HYPER)
    renewals = sp.inverse_laplace_transform(
        sp.factor(HYPER.laplace_transform(y.s) / (y.s**2 * (1 - HYPER.laplace_transform(y.s)))),
        y.s,
        sp.Dummy("t", positive=True),
    )
    (time,) = renewals.free_symbols
    exact = sp.integrate(sp.expand(renewals * HYPER.stated.subs(y.u, time)), (time, 0, sp.oo)) / HYPER.mean
    assert found.lower < float(exact) < found.upper


def test_fewer_cells_enclose_as_well_but_more_widely(monkeypatch: pytest.MonkeyPatch) -> None:
    fine = overlap(Gamma(4, 1))
    monkeypatch.setattr(module, "CELLS", 512)
    coarse = overlap(Gamma(4, 1))
    assert coarse.lower < fine.lower < fine.upper < coarse.upper


def test_what_lies_beyond_the_lattice_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lattice that ends at one mean cycle misses most renewals; the answer widens, and stays right."""
    monkeypatch.setattr(module, "_reach", lambda enclosed, theta: theta)
    found = overlap(Exponential(2))
    assert found.lower < 1 < found.upper
    assert found.upper - found.lower > 0.5


def test_a_distribution_function_that_cannot_be_enclosed_is_refused() -> None:
    with pytest.raises(Unevaluable):
        overlap_of_cdf(y.t - 3, y.t, sp.Integer(1), (sp.Integer(2), sp.Integer(24)))


def test_a_distribution_function_in_pieces_is_decided_between_its_thresholds() -> None:
    """Uniform on [1, 3]: E (T - S_1)^+ = 1/3 and E (T - S_2)^+ = 1/192, worked by hand; atoms at 1 and 3 alike."""
    uniform = sp.Piecewise((0, y.t < 1), ((y.t - 1) / 2, y.t < 3), (1, True))
    found = overlap_of_cdf(uniform, y.t, sp.Integer(2), (sp.Rational(13, 3), sp.Rational(121, 5)))
    assert found.lower < float((sp.Rational(1, 3) + sp.Rational(1, 192)) / 2) < found.upper
    assert found.upper - found.lower < 0.01
    atoms = sp.Piecewise((0, y.t < 1), (sp.S.Half, y.t < 3), (1, True))
    exact = (sp.Rational(2, 4) + sp.Rational(1, 8)) / 2  # (3 - 1)^+ with 1/4 and (3 - 2)^+ with 1/8, over the mean
    for found in (
        overlap_of_cdf(atoms, y.t, sp.Integer(2), (sp.Integer(5), sp.Integer(41))),
        overlap_of_masses({sp.Integer(1): sp.S.Half, sp.Integer(3): sp.S.Half}),
    ):
        assert found.lower <= float(exact) <= found.upper
        assert found.upper - found.lower < 0.01


def test_conditions_that_hang_on_data_are_refused() -> None:
    measured = sp.Sum(sp.Piecewise((1, y.atoms[y.j] <= y.t), (0, True)), (y.j, 0, 1)) / 2
    with pytest.raises(Unevaluable, match="depend on data"):
        overlap_of_cdf(measured, y.t, sp.Integer(2), (sp.Integer(5), sp.Integer(41)), {y.atoms: (1, 3)})
