"""The registry of claims: permanent ids, sentences, named arguments, known sources."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest
import sympy as sp

import derive.claims
from derive import assumptions
from derive import symbols as y
from derive.claims import CLAIMS, Claim
from derive.claims.with_law import claim_named
from derive.derivation import Assumption, Equation, MissingAssumptionError
from derive.laws import LAWS
from derive.symbols import NOTATION
from verify.telling.sources import SOURCES

WORD = r"[a-z0-9]+(-[a-z0-9]+)*"
ID = re.compile(rf"{WORD}\.{WORD}(\.{WORD})?")
LEVELS = {"any-law", "poisson", "asynchronous", "fixed-staleness", "erlang", *(name.replace("_", "-") for name in LAWS)}
LEVELS |= {"event-trigger", "k-batch-async", "k-sync", "synchronous", "momentum", "shared-uplink"}
LEVELS |= {"unlike-workers", "age-drop", "age-abandon", "new-longer-than-used", "poisson-staleness"}
LEVELS |= {"random-staleness", "geometric-staleness", "uniform-from-zero"}
QUANTITIES = {
    *("", "arrival_rate", "applied_fraction", "time_per_update", "staleness_mean", "staleness_variance", "delay_mean"),
    *("delay_variance", "damping_coefficient", "noise_intensity", "critical_damping", "stability_limit"),
    *("mean_square_limit", "spectral_abscissa", "spectral_radius", "decay_rate", "unstable_count", "fastest_workers"),
    *("stationary_variance", "stationary_covariance", "training_time", "excess_risk"),
}
every_claim = pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))


def is_sentence(text: str) -> bool:
    """Starts with a capital letter (or a formula), ends with one full stop, and stands on one line."""
    return bool(re.fullmatch(r"[A-Z][^\n]*[^.\s]\.", text)) and len(text.split()) >= 4


def test_the_registry_loses_no_claim() -> None:
    """A second row with the same id would overwrite the first in the dictionary."""
    modules = [import_module(one.name) for one in iter_modules(derive.claims.__path__, "derive.claims.")]
    subjects = [module for module in modules if isinstance(getattr(module, "CLAIMS", None), tuple)]
    rows = [claim for subject in subjects for claim in subject.CLAIMS]
    assert sorted(claim.id for claim in rows) == sorted(CLAIMS)
    assert all(CLAIMS[claim.id] is claim for claim in rows)


@every_claim
def test_ids_are_subject_quantity_and_law_or_scheme(claim: Claim) -> None:
    assert ID.fullmatch(claim.id)
    assert len(claim.id.split(".")) in (2, 3)
    last = claim.id.split(".")[-1]
    assert last in LEVELS or re.fullmatch(r"erlang-\d+", last), last


@pytest.mark.parametrize("wrong", ["delay", "Delay.root", "delay.root.", "delay_.root", "a.b.c.d", "delay.-root"])
def test_a_malformed_id_is_noticed(wrong: str) -> None:
    assert not ID.fullmatch(wrong)


@every_claim
def test_the_law_of_the_id_is_the_law_of_the_record(claim: Claim) -> None:
    last = claim.id.split(".")[-1]
    if last.replace("-", "_") in LAWS or last.startswith("erlang"):
        assert claim.law == (last if last.startswith("erlang") else last.replace("-", "_"))


@every_claim
def test_a_statement_is_a_sentence(claim: Claim) -> None:
    assert is_sentence(claim.statement)
    assert not is_sentence(claim.statement.rstrip("."))


@every_claim
def test_a_derivation_ends_in_an_equation_about_named_symbols(claim: Claim) -> None:
    result = claim.derived.result
    assert isinstance(result, Equation)
    assert claim.expression == result.right
    assert result.left != result.right
    assert set(claim.arguments) <= set(NOTATION)
    indexed = claim.expression.atoms(sp.Indexed)
    free = claim.expression.free_symbols - indexed - {each.base.label for each in indexed}
    assert free == set(claim.arguments.values()) - {each.base.label for each in indexed}


def test_the_data_array_is_an_argument_of_its_own_and_no_delay() -> None:
    assert list(CLAIMS["law.transform.empirical"].arguments) == ["laplace_variable", "atom_count", "measured_values"]
    assert list(CLAIMS["law.second-moment.empirical"].arguments) == ["atom_count", "measured_values"]


@every_claim
def test_the_arguments_suffice_to_evaluate_the_claim(claim: Claim) -> None:
    """Nothing stays free when every named argument has a number, but for the data and the law's own functions."""
    put = dict(zip(claim.arguments.values(), sp.primerange(2, 200), strict=False))
    left = claim.expression.subs(put, simultaneous=True).free_symbols
    assert {symbol for symbol in left if not isinstance(symbol, sp.Indexed)} <= {
        indexed.base.label for indexed in claim.expression.atoms(sp.Indexed)
    }


@every_claim
def test_what_it_is_about_stands_in_the_fixed_vocabulary(claim: Claim) -> None:
    assert claim.quantity in QUANTITIES
    assert claim.relation in ("equality", "bound", "asymptotic")
    assert claim.rung in ("R0", "R1", "R2", "R3", "Rd", "law")
    assert claim.average in ("", "time", "event")
    assert (claim.quantity == "stationary_variance") == bool(claim.average), "a variance says which average it is"


@every_claim
def test_sources_are_in_the_bibliography(claim: Claim) -> None:
    stated = claim.derived.source
    assert stated == "" or stated in SOURCES
    assert claim.supports == "" or (claim.supports in "ABCDEFGHI" and f"claim {claim.supports} of" in claim.source)


@every_claim
def test_conditions_are_the_assumptions_used_and_the_domain(claim: Claim) -> None:
    derived = claim.derived
    assert len(claim.conditions) == len(derived.used) + (derived.domain != sp.true)
    assert {item.statement for item in derived.used} <= set(claim.conditions)
    assert all(claim.conditions)


def test_no_two_derivations_have_one_title() -> None:
    titles = {claim.derived.title: claim.derived for claim in CLAIMS.values()}
    assert not [claim.id for claim in CLAIMS.values() if titles[claim.derived.title] != claim.derived]


def test_no_formula_is_attributed_to_the_source_paper() -> None:
    """Of the source paper only the abstracts were read: they state claims A to I, and no formula."""
    assert not [claim.id for claim in CLAIMS.values() if claim.derived.source == "Yu2025"]


@pytest.mark.parametrize("letter", "ABC")
def test_the_papers_first_claims_are_made_quantitative(letter: str) -> None:
    found = [claim for claim in CLAIMS.values() if claim.supports == letter]
    assert found
    assert all(f"(claim {letter})" in claim.statement for claim in found)


@pytest.mark.parametrize(
    ("law", "allowed"),
    [
        ("constant", {assumptions.CONSTANT}),
        ("exponential", {assumptions.EXPONENTIAL_DELAYS, assumptions.STAGES}),
        ("gamma", {assumptions.GAMMA}),
        ("uniform", {assumptions.UNIFORM}),
        ("erlang", {assumptions.STAGES}),
    ],
)
def test_claims_about_the_delay_of_one_law_assume_it(law: str, allowed: set[Assumption]) -> None:
    about = [claim for claim in CLAIMS.values() if claim.law == law and claim.rung in ("R2", "R3")]
    assert about
    assert [claim.id for claim in about if not allowed & claim.derived.used] == []


def test_no_claim_about_any_law_assumes_one() -> None:
    laws = {assumptions.CONSTANT, assumptions.EXPONENTIAL_DELAYS, assumptions.GAMMA, assumptions.STAGES}
    assert [claim.id for claim in CLAIMS.values() if claim.law == "any" and laws & claim.derived.used] == []


def test_without_its_assumption_no_law_is_put_in() -> None:
    for name in ("constant", "exponential", "gamma", "erlang"):
        for claim in (each for each in CLAIMS.values() if each.law == name and each.rung == "R3"):
            without = assumptions.ALL - {
                assumptions.CONSTANT,
                assumptions.EXPONENTIAL_DELAYS,
                assumptions.GAMMA,
                assumptions.STAGES,
            }
            with pytest.raises(MissingAssumptionError, match=r"put the law in.* needs"):
                claim.derivation(given=without)


def test_the_worker_count_of_gamma_cycles_is_claimed_from_shape_one_on() -> None:
    claim = CLAIMS["workers.fastest-count.gamma"]
    assert (y.shape >= 1) in sp.And.make_args(claim.derived.domain)
    assert y.shape not in CLAIMS["delay.critical-damping.gamma"].derived.domain.free_symbols


@pytest.mark.parametrize(
    ("general", "law", "known"),
    [
        ("dropout.delay.any-law", "exponential", "law.transform.exponential"),
        ("delay.law.any-law", "inverse-gaussian", "law.transform.inverse-gaussian"),
        ("age-threshold.applied-fraction.age-drop", "gamma", "law.cdf.gamma"),
    ],
)
def test_a_law_is_put_into_a_claim_for_any_law(general: str, law: str, known: str) -> None:
    claim = claim_named(f"{general}.{law}")
    assert sp.simplify(claim.expression.subs(y.age_threshold, y.t) - CLAIMS[known].expression) == 0
    last = claim.derived.steps[-1]
    assert all(one == 0 for one in last.rule.residuals(last.output, *last.inputs))
    doubled = Equation(last.output.left, 2 * last.output.right)
    assert any(one != 0 for one in last.rule.residuals(doubled, *last.inputs))


def test_a_threshold_on_gamma_cycles_applies_the_share_that_is_worked_out_by_hand() -> None:
    """Exponential cycles of mean 1 among others of rate 1: P(K <= S) = 1 - 2^-(S+1)."""
    claim = claim_named("threshold.applied-fraction.any-law.exponential")
    put_in = {y.mean_delay: 1, y.staleness_threshold: 2}
    share = claim.expression.subs(put_in).doit().subs(y.other_rate, 1)
    assert share == sp.Rational(7, 8)


def test_a_law_put_in_brings_its_conditions_to_where_it_is_taken() -> None:
    claim = claim_named("age-threshold.applied-fraction.age-drop.uniform")
    ends = {claim.arguments["low"]: 1, claim.arguments["high"]: 2}
    assert claim.derived.domain.subs({**ends, y.age_threshold: sp.Rational(3, 2)}) == sp.true
    assert claim.derived.domain.subs({**ends, y.age_threshold: 3}) == sp.false
    assert claim_named("discount.mean-weight.any-law.gamma").derived.domain == (y.staleness_discount <= 1)


@pytest.mark.parametrize(
    ("wrong", "error", "word"),
    [
        ("staleness.mean.any-law.gamma", ValueError, "takes no law"),
        ("filter.characteristic-function.any-law.gamma", ValueError, "takes L_W"),
        ("threshold.balance-slope.any-law.uniform", ValueError, "takes the mean theta"),
        ("dropout.delay.any-law.bananas", ValueError, "there is no claim law.transform.bananas"),
        ("bananas.gamma", KeyError, "bananas"),
    ],
)
def test_a_law_that_cannot_be_put_in_is_refused_with_the_reason(wrong: str, error: type[Exception], word: str) -> None:
    with pytest.raises(error, match=word):
        claim_named(wrong)
