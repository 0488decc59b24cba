"""Laws of the staleness of an update: their parts against each other, and the limits worked out by hand."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from pathlib import Path

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import update_equation
from derive.integer_laws import INTEGER_LAWS, EmpiricalInteger, Geometric, IntegerLaw, Poisson, UniformInteger
from derive.law import LawError
from derive.studies.schema import StudyError
from derive.studies.study import load_study, study_from_table
from derive.studies.text import study_toml
from numeric.roots.characteristic import spectrum

EXAMPLES: tuple[IntegerLaw, ...] = (
    Poisson(3),
    Poisson("1/4"),
    Geometric(15),
    Geometric("1/2"),
    UniformInteger(0, 4),
    UniformInteger(3, 3),
    EmpiricalInteger((1, 4, 1, 0, 9)),
)


def probabilities(law: IntegerLaw) -> dict[int, mpmath.mpf]:
    """P(K = j) until nothing is left to 40 digits."""
    lengths = {Poisson: 200, Geometric: 1600, EmpiricalInteger: 12}
    support = range(law.low, law.high + 1) if isinstance(law, UniformInteger) else range(lengths[type(law)])
    return {j: mpmath.mpmathify(sp.N(law.probability(sp.Integer(j)), 50)) for j in support}


def test_every_integer_law_has_an_example() -> None:
    assert {law.name for law in EXAMPLES} == set(INTEGER_LAWS)


@pytest.mark.parametrize("law", EXAMPLES, ids=str)
def test_mean_variance_and_generating_function_are_averages_over_the_probabilities(law: IntegerLaw) -> None:
    with mpmath.workdps(40):
        found = probabilities(law)
        near = lambda value, exact: abs(value - mpmath.mpmathify(sp.N(exact, 40))) < mpmath.mpf(10) ** -25  # noqa: E731
        assert near(sum(found.values()), 1)
        mean = sum(j * p for j, p in found.items())
        assert near(mean, law.mean)
        assert near(sum((j - mean) ** 2 * p for j, p in found.items()), law.variance)
        assert not near(mean, law.mean + sp.Rational(1, 1000))
        for z in (sp.Rational(99, 100), sp.Integer(-1), sp.Integer(2), 1 + sp.I):
            point = mpmath.mpmathify(sp.N(z, 40))
            series = sum(p * point**-j for j, p in found.items())
            assert near(series, law.generating_function(z))


@pytest.mark.parametrize(("mean", "limit"), [(1, 2.30582), (3, 0.628899), (7, 0.245820), (15, 0.109612)])
def test_the_equation_of_poisson_staleness_has_a_root_on_the_circle_at_its_limit(mean: int, limit: float) -> None:
    """The smallest step at which H(e^(i phi)) = 0: the recursion's limits, to the digits given."""
    staleness = Poisson(mean)
    transform = sp.lambdify(y.z, staleness.generating_function(y.z), "mpmath")

    def step(phi: mpmath.mpf) -> mpmath.mpc:
        z = mpmath.expj(phi)
        return (1 - z) / transform(z)

    with mpmath.workdps(30):
        grid = [mpmath.pi * i / 1000 for i in range(1, 1001)]
        turned = [i for i in range(999) if mpmath.im(step(grid[i])) * mpmath.im(step(grid[i + 1])) < 0]
        ends = [(grid[i], grid[i + 1]) for i in turned]
        angles = [mpmath.findroot(lambda phi: mpmath.im(step(phi)), end, "anderson", tol=1e-30) for end in ends]
        steps = [mpmath.re(step(phi)) for phi in (*angles, mpmath.pi) if mpmath.re(step(phi)) > 0]
    assert float(min(steps)) == pytest.approx(limit, rel=4e-6)
    exact = sp.Rational(str(mpmath.nstr(min(steps), 12)))
    for factor, unstable in ((1 - sp.Rational(1, 10**9), 0), (1 + sp.Rational(1, 10**9), 2)):
        found = spectrum(update_equation(exact * factor, staleness))
        assert found.certified
        assert found.unstable_count == unstable


def test_geometric_staleness_of_mean_15_is_stable_up_to_a_step_of_62() -> None:
    """At -1: 2 (1 + q) = step p."""
    at_limit = spectrum(update_equation(62, Geometric(15)))
    assert at_limit.certified
    assert at_limit.unstable_count == 0
    assert float(at_limit.roots[0].re) == pytest.approx(-1)
    beyond = spectrum(update_equation("62.001", Geometric(15)))
    assert beyond.certified
    assert beyond.unstable_count == 1


def test_a_root_where_the_geometric_series_diverges_is_no_root() -> None:
    """(z - 1)(z - q) + step p z has the product q: at a saddle one root lies beyond 1 and the other within q."""
    law = Geometric(1)
    saddle = spectrum(update_equation("-1/100", law), count=2)
    assert saddle.certified
    assert saddle.unstable_count == 1
    assert [round(float(root.re), 2) for root in saddle.roots] == [1.01]
    far = spectrum(update_equation(7, law), count=2)
    assert [float(root.re) < -1 for root in far.roots] == [True]
    both = spectrum(update_equation("1/100", law), count=2)
    assert [round(float(root.re), 3) for root in both.roots] == [0.99, 0.505]
    pair = spectrum(update_equation(1, law), count=2)
    assert sum(root.counted for root in pair.roots) == 2


def test_a_uniform_staleness_of_one_value_is_the_fixed_one() -> None:
    for staleness in (0, 1, 4):
        for momentum in ("0", "1/2"):
            fixed = update_equation("1/5", staleness, momentum)
            assert update_equation("1/5", UniformInteger(staleness, staleness), momentum).function == fixed.function
    spread = update_equation("1/5", UniformInteger(2, 4)).function
    assert sp.expand(spread - y.z**4 * (y.z - 1) - (y.z**2 + y.z + 1) / 15) == 0


@pytest.mark.parametrize("law", EXAMPLES[2:], ids=str)
@pytest.mark.parametrize("momentum", ["0", "9/10"])
def test_certified_roots_solve_the_equation_before_it_was_cleared(law: IntegerLaw, momentum: str) -> None:
    found = spectrum(update_equation("1/20", law, momentum), count=3)
    assert found.certified
    b = sp.Rational(momentum)
    for root in found.roots:
        z = sp.Float(root.re.ball.str(30, radius=False), 30) + sp.I * sp.Float(root.im.ball.str(30, radius=False), 30)
        moved = (z - 1) if b == 0 else (z - 1) * (z - b) / z
        assert abs(sp.N(moved + law.generating_function(z) / 20, 20)) < 1e-12


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: Poisson(0), "mean"),
        (lambda: Geometric(-1), "mean"),
        (lambda: UniformInteger(-1, 2), "low"),
        (lambda: UniformInteger(3, 2), "high"),
        (lambda: UniformInteger(0, 1001), "high"),
        (lambda: EmpiricalInteger(()), "values"),
        (lambda: EmpiricalInteger((1, 1001)), "values[1]"),
    ],
)
def test_impossible_parameters_are_refused_by_key(make: Callable[[], IntegerLaw], key: str) -> None:
    with pytest.raises(LawError) as refused:
        make()
    assert refused.value.key == key


def test_counted_stalenesses_are_the_law_they_were_counted_of() -> None:
    """Each value once is the uniform law; as often as a fixed one, that one; in any order the same equation."""
    every = update_equation("1/5", UniformInteger(2, 5)).function
    assert update_equation("1/5", EmpiricalInteger((5, 3, 2, 4))).function == every
    assert update_equation("1/5", EmpiricalInteger((5, 3, 2, 4) * 2500)).function == every
    assert update_equation("1/5", EmpiricalInteger((3, 3))).function == update_equation("1/5", 3).function
    assert EmpiricalInteger((0, 0, 2)).probability(y.j).subs(y.j, 2) == sp.Rational(1, 3)


def test_a_file_of_stalenesses_lies_beside_the_study(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("worker,staleness\n0,3\n1,0\n0,1\n")
    written = tmp_path / "study.toml"
    written.write_text('[equation]\nstep = "1/5"\nstaleness = { law = "empirical", file = "run.csv" }\n')
    assert load_study(str(written)).cases[0].study.equation.staleness == EmpiricalInteger((3, 0, 1))  # type: ignore[union-attr]
    (tmp_path / "run.csv").write_text("worker,staleness\n0,3\n1,0.5\n")
    with pytest.raises(StudyError, match=r"values\[1\] = 1/2: not such an integer"):
        load_study(str(written))


def study(staleness: object) -> object:
    return study_from_table({"equation": {"step": "1/5", "staleness": staleness}}).cases[0].study


@pytest.mark.parametrize("law", EXAMPLES, ids=str)
def test_a_study_names_the_law_of_its_staleness(law: IntegerLaw) -> None:
    names = ("low", "high") if isinstance(law, UniformInteger) else ("mean",)
    table: dict[str, object] = (
        {"values": list(law.values)}
        if isinstance(law, EmpiricalInteger)
        else {name: int(value) if (value := getattr(law, name)) == int(value) else str(value) for name in names}
    )
    read = study({"law": law.name, **table})
    assert read.equation.staleness == law  # type: ignore[attr-defined]
    again = study_from_table(tomllib.loads(study_toml(read)))  # type: ignore[arg-type]
    assert again.cases[0].study.equation == read.equation  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("staleness", "key", "reason"),
    [
        ({"law": "poisson"}, "mean", "required"),
        ({"law": "poisson", "mean": 0}, "mean", "not positive"),
        ({"law": "poisson", "mean": 1, "rate": 1}, "rate", "unknown key"),
        ({"law": "uniform_integer", "low": 2, "high": 1}, "high", "not such an integer"),
        ({"law": "uniform_integer", "low": 0.0, "high": 1}, "low", "not an integer"),
        ({"law": "empirical"}, "values", "required"),
        ({"law": "empirical", "values": [1, 0.5]}, "values[1]", "not such an integer"),
        ({"law": "empirical", "values": 3}, "values", "no counts"),
        ({"law": "empirical", "values": [1], "file": "x.csv"}, "file", "stands beside values"),
        ({"law": "empirical", "values": [1], "column": "x"}, "column", "no column without a file"),
        ({"law": "empirical", "values": [1], "mean": 1}, "mean", "unknown key"),
        ({"law": "exponential", "mean": 1}, "law", "no law of counts"),
        ({}, "law", "required"),
    ],
)
def test_a_bad_law_of_the_staleness_is_refused_by_key(staleness: object, key: str, reason: str) -> None:
    with pytest.raises(StudyError) as refused:
        study(staleness)
    assert refused.value.key == f"equation.staleness.{key}"
    assert reason in refused.value.wrong


def test_a_law_of_counts_is_no_law_of_a_duration() -> None:
    with pytest.raises(StudyError, match="law of counts"):
        study_from_table({"equation": {"damping": 1, "delay": {"law": "poisson", "mean": 1}}})
    assert math.isclose(float(Poisson(2).probability(sp.Integer(0))), math.exp(-2))
