"""Other letters for the same quantities: every formula follows, and a letter never means two things."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

from derive import symbols as y
from derive.claims import arrivals, delay, noise, run_time, schemes
from derive.fingerprint import fingerprint
from derive.formulas.latex import latex
from derive.formulas.mathml import mathml
from derive.formulas.notation import NotationError, checked_letters, written_with
from derive.formulas.plain import plain
from derive.symbols import NOTATION

LETTERS = {
    "learning_rate": "alpha",
    "curvature": "lambda_i",
    "delay": "D",
    "damping_coefficient": "c_a",
    "other_rate": "nu_o",
}
GAIN = y.learning_rate * y.curvature * y.delay + y.damping**2


def test_every_alphabet_follows() -> None:
    assert latex(GAIN) == r"a^{2} + \eta h \tau"
    with written_with(LETTERS):
        assert latex(GAIN) == r"c_{a}^{2} + \alpha \lambda_{i} D"
        assert plain(GAIN) == "c_a^2 + α λ_i D"
        assert "<mi>α</mi>" in mathml(GAIN)
        assert "η" not in mathml(GAIN)
    assert latex(GAIN) == r"a^{2} + \eta h \tau"


def test_a_starred_letter_is_bracketed_before_a_power() -> None:
    with written_with({"damping_coefficient": "x^*"}):
        assert latex(y.damping**2) == r"(x^{*})^{2}"


def test_the_hash_does_not_depend_on_letters() -> None:
    before = fingerprint(GAIN)
    with written_with(LETTERS):
        assert fingerprint(GAIN) == before


def test_the_letters_of_an_inner_block_end_with_it() -> None:
    with written_with({"learning_rate": "alpha"}):
        with pytest.raises(RuntimeError), written_with({"learning_rate": "gamma"}):
            raise RuntimeError
        assert latex(y.learning_rate) == r"\alpha"


@pytest.mark.parametrize(
    ("letters", "wrong", "allowed"),
    [
        ({"eta": "alpha"}, "no quantity of the notation", "learning_rate"),
        ({"learning_ratte": "alpha"}, "no quantity of the notation", "learning_rate"),
        ({"learning_rate": "h"}, "this letter means curvature", "means nothing else"),
        ({"learning_rate": "L"}, "this letter means Laplace transform", "means nothing else"),
        ({"learning_rate": "e"}, "this letter means Euler's number", "means nothing else"),
        ({"learning_rate": "alpha", "curvature": "alpha"}, "this letter means learning_rate", "means nothing else"),
        ({"learning_rate": r"\input{x}"}, "not a letter that can be printed", "Greek name"),
        ({"learning_rate": "stepsize"}, "not a letter that can be printed", "Greek name"),
        ({"learning_rate": ""}, "not a letter that can be printed", "Greek name"),
        ({"learning_rate": 3}, "not a letter that can be printed", "Greek name"),
    ],
)
def test_bad_names_and_letters_are_refused(letters: dict[str, object], wrong: str, allowed: str) -> None:
    with pytest.raises(NotationError) as refused:
        checked_letters(letters)
    assert refused.value.wrong.startswith(wrong)
    assert allowed in refused.value.allowed
    assert "\n" not in str(refused.value)


def test_two_quantities_may_swap_their_letters() -> None:
    with written_with({"learning_rate": "h", "curvature": "eta"}):
        assert latex(y.learning_rate / y.curvature) == r"\frac{h}{\eta}"


def test_every_function_of_the_derivations_has_a_meaning() -> None:
    known = {*y.FUNCTIONS, *y.SHARED_FUNCTIONS}
    assert not set(y.FUNCTIONS) & {str(entry.symbol) for entry in y.NOTATION.values()}
    met = set()
    for claim in (
        *arrivals.CLAIMS[:8],
        *delay.CLAIMS[:4],
        *noise.CLAIMS[:5],
        *run_time.CLAIMS[:3],
        *schemes.CLAIMS[-3:],
    ):
        for step in claim.derived.steps:
            met |= {node.func.__name__ for node in sp.Tuple(step.output.left, step.output.right).atoms(AppliedUndef)}
    assert met <= known
    assert len(met) > 10


def test_what_is_built_on_a_letter_follows_it() -> None:
    with written_with({"damping_coefficient": "b", "branch": "m_b", "staleness": "D"}):
        assert latex(y.critical_damping) == "b^{*}"
        assert latex(y.stability_limit) == r"b_{\mathrm{max}}"
        assert latex(y.mean_staleness) == r"\overline{D}"
        assert latex(NOTATION["safe_damping"].symbol) == r"b_{\mathrm{safe}}"
    with written_with({"curvature": "lambda_H", "step": "delta_s", "damping_coefficient": "kappa_d"}):
        assert latex(NOTATION["mean_square_step"].symbol) == r"\delta_{s, V}"
        assert latex(NOTATION["least_curvature"].symbol) == r"\lambda_{H, \mathrm{min}}"
        assert latex(NOTATION["mean_curvature"].symbol) == r"\overline{\lambda}_{H}"
        assert latex(NOTATION["greatest_critical_damping"].symbol) == r"\kappa_{d, \mathrm{sup}}^{*}"
    with written_with({"mean_delay": "Delta", "noise_intensity": "D", "curvature": "B"}):  # in an index, too
        assert latex(NOTATION["delay_elasticity"].symbol) == r"E_{\Delta}"
        assert latex(NOTATION["noise_elasticity"].symbol) == "E_{D}"
        assert latex(NOTATION["excess_risk"].symbol) == "R_{B}"
    with written_with({"damping_coefficient": "b", "critical_damping": "c^*"}):
        assert latex(y.critical_damping) == "c^{*}"


def test_a_function_takes_another_letter_and_frees_its_own() -> None:
    transform, weight = sp.Function("L")(y.s), sp.Function("p")(y.s)
    with written_with({"L": "phi_T", "workers": "L", "applied_fraction": "pi_s"}):
        assert latex(y.workers * transform) == r"L \varphi_{T}(s)"
        assert latex(weight) == "p(s)"  # the symbol p has another letter, the function p its own
