"""Findings: sentences whose numbers are those of the records, and that stay silent where nothing was found."""

from __future__ import annotations

from verify.findings import findings


def test_regular_cycles_are_told_to_be_less_stale_than_poisson_arrivals(case) -> None:
    (found,) = [one for one in findings((case("gamma"),)) if one.startswith("The staleness variance")]
    # 7 E Var N_e + 49/4 with E Var N_e = .407264 for shape 4; Poisson 7 + 49/4
    assert "would make it 19.25" in found
    assert f"{19.25 / 15.1008:.3g} times the exact 15.1;" in found


def test_exponential_and_constant_cycles_tell_no_such_thing(case) -> None:
    both = (case("exponential"), case("constant"))
    assert not any(one.startswith("The staleness variance") for one in findings(both))


def test_the_case_nearest_to_an_infinite_variance_is_told(case) -> None:
    (found,) = [one for one in findings((case("exponential"), case("gamma"))) if "mean-square gain" in one]
    # beyond their critical damping gamma cycles scatter more than exponential ones
    assert found.startswith("Nearest to an infinite variance is the system with gamma cycles")
    (alone,) = [one for one in findings((case("exponential"),)) if "mean-square gain" in one]
    # eta^2 h^2 Lambda I with I = (a + mu)/(2 a mu), a = .4: .02 * 1.4/.8
    assert alone.startswith("The system is stable in mean square with exponential cycles")
    assert "is 0.035, the limit 1; far from it." in alone


def test_measured_cycles_are_compared_with_the_exponential_assumption(case) -> None:
    (found,) = [one for one in findings((case(""),)) if one.startswith("Assuming exponential")]
    # M = 8 exponential: geometric staleness, variance 7 + 49
    assert "a staleness variance of 56 " in found
    assert any("with the measured cycles" in one for one in findings((case(""),)))
