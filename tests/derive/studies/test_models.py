"""Models of a study: the whole study or a refusal, never a model of a part of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import symbols as y
from derive.laws import Constant, Exponential, Gamma
from derive.models.applied import MODELS
from derive.models.linear import NoLinearModelError, OutsideDomainError, linear_model
from derive.models.recursion import RULES
from derive.models.schemes import mode_model
from derive.scheme import Scheme, SchemeError, keys, modifiers
from derive.schemes import SCHEMES, Asynchronous, KAsync, KBatchAsync, KSync
from derive.studies.models import linear_model_of, refuse_without_model
from derive.studies.study import Optimizer, Study, StudyError, WorkerClass, Workers, study_from_table

TABLE: dict[str, Any] = {
    "workers": {"count": 4, "compute": {"law": "gamma", "shape": 2, "mean": 3}},
    "optimizer": {"learning_rate": "1/10"},
    "objective": {"curvature": [1, 2], "gradient_noise": ["1/2", 3]},
}
PLAIN = study_from_table(TABLE, "here.toml").cases[0].study
VALUES = {"batch": 2, "staleness_threshold": 1, "age_threshold": 2, "age_action": "abandon", "event_trigger": 1}
HALF = "1/2"  # lies in the range of every other modifier


def with_scheme(rule: str, active: frozenset[str]) -> Scheme | None:
    """The rule with these modifiers in force; None where they do not compose."""
    scheme = SCHEMES[rule]
    needed = set(keys(scheme)) - set(modifiers(scheme))
    try:
        return scheme(
            **{name: VALUES.get(name, HALF) for name in needed | active | {"workers"} - {"workers"}}, workers=4
        )  # type: ignore[arg-type]
    except SchemeError:
        return None


every_scheme = st.builds(
    with_scheme, st.sampled_from(list(SCHEMES)), st.frozensets(st.sampled_from(list(modifiers(Asynchronous))))
).filter(lambda scheme: scheme is not None)


def test_a_plain_study_has_the_model_of_its_numbers() -> None:
    for mode, (curvature, noise) in enumerate(((1, HALF), (2, 3))):
        model = linear_model_of(PLAIN, mode)
        expected = linear_model(
            Gamma(2, 3), Asynchronous(4), learning_rate="1/10", curvature=curvature, gradient_noise=noise
        )
        assert model == expected
    assert linear_model_of(PLAIN, 1).damping_coefficient == sp.Rational(4, 15)  # eta h M/theta


@given(every_scheme)
def test_a_scheme_is_modelled_with_all_its_modifiers_or_not_at_all(scheme: Scheme) -> None:
    study = replace(PLAIN.with_workers(Workers.alike(4, Exponential(3))), scheme=scheme)
    if frozenset(scheme.active) in scheme.modelled:
        assert linear_model_of(study).scheme == scheme
        return
    with pytest.raises(StudyError, match="simulation only: no linear model for the rule") as refused:
        linear_model_of(study)
    assert refused.value.key == f"scheme.{scheme.active[0] if scheme.active else 'rule'}"
    assert all(name in refused.value.wrong for name in (scheme.rule, *scheme.active))
    with pytest.raises(NoLinearModelError, match="simulation only"):
        linear_model(Exponential(1), scheme, learning_rate=1, curvature=1)


@pytest.mark.parametrize(
    ("study", "key"),
    [
        (
            replace(PLAIN, scheme=KBatchAsync(4, 2), optimizer=Optimizer(sp.Rational(1, 10), sp.Rational(1, 2))),
            "optimizer.momentum",
        ),
        (replace(PLAIN, scheme=KAsync(4, 2)), "scheme.rule"),
        (PLAIN.with_workers(Workers.alike(4, Exponential(1), uplink=Constant(1))), "workers.uplink"),
        (PLAIN.with_workers(Workers.alike(4, Exponential(1), downlink=Constant(1))), "workers.downlink"),
        (PLAIN.with_workers(Workers((WorkerClass(1, Constant(1)), WorkerClass(3, Constant(2))))), "workers.class"),
    ],
    ids=["momentum", "gamma", "uplink", "downlink", "classes"],
)
def test_what_the_model_leaves_out_is_refused_by_key(study: Study, key: str) -> None:
    with pytest.raises(StudyError, match=r"^here\.toml: .*simulation only: no linear model for") as refused:
        refuse_without_model(study)
    assert refused.value.key == key


def test_two_classes_that_are_alike_are_one() -> None:
    halves = PLAIN.with_workers(Workers((WorkerClass(1, Gamma(2, 3)), WorkerClass(3, Gamma(2, 3)))))
    assert linear_model_of(halves) == linear_model_of(PLAIN)


def test_an_equation_has_no_workers() -> None:
    table = {"equation": {"damping": 1, "delay": {"law": "constant", "value": 1}}}
    with pytest.raises(StudyError, match="an equation has no workers"):
        linear_model_of(study_from_table(table).cases[0].study)


def answers_as_if_plain(scheme: Scheme) -> bool:
    """Whether the scheme's model has the characteristic function and the noise of the plain scheme."""
    given = {"learning_rate": "1/10", "curvature": 1}
    models = [mode_model(Exponential(1), one, **given) for one in (scheme, Asynchronous(4))]  # type: ignore[arg-type]
    first, second = ((one.values.get(y.noise_intensity), one.characteristic_equation.function) for one in models)
    return first == second


def modelled_schemes() -> list[Scheme]:
    made = [with_scheme(rule, active) for rule, scheme in SCHEMES.items() for active in scheme.modelled]
    return [scheme for scheme in made if scheme is not None]


def test_no_modelled_scheme_has_the_model_of_the_plain_one() -> None:
    assert [scheme for scheme in modelled_schemes() if answers_as_if_plain(scheme)] == [Asynchronous(4)]


def test_what_is_declared_as_modelled_is_what_has_a_model() -> None:
    declared = {(rule, active) for rule, scheme in SCHEMES.items() for active in scheme.modelled}
    assert declared == {(rule, frozenset(active)) for rule, active in MODELS} | {(rule, frozenset()) for rule in RULES}


def test_momentum_has_a_model_of_its_own() -> None:
    moved = linear_model_of(replace(PLAIN, optimizer=Optimizer(sp.Rational(1, 10), sp.Rational(1, 2))))
    assert moved.characteristic_claim == "momentum.characteristic-function.any-law"
    assert linear_model_of(PLAIN).characteristic_claim != moved.characteristic_claim


@pytest.mark.parametrize("scheme", [KSync(4, 2), Asynchronous(4, dropout="1/2"), KBatchAsync(4, 2)])
def test_claims_of_the_plain_scheme_are_not_told_of_another(scheme: Scheme) -> None:
    model = linear_model_of(replace(PLAIN, scheme=scheme))
    plain = {"damping.coefficient.asynchronous", "noise.intensity.asynchronous"}
    assert plain <= {claim.id for claim in linear_model_of(PLAIN).claims}
    assert not plain & {claim.id for claim in model.claims}
    with pytest.raises(OutsideDomainError):
        model.claimed("damping.coefficient.asynchronous")


def test_claims_of_always_busy_workers_are_told_where_they_hold() -> None:
    rate, mean = "arrivals.rate.any-law", "staleness.mean.any-law"
    lossy = linear_model_of(replace(PLAIN, scheme=Asynchronous(4, dropout="1/2")))
    weighed = linear_model_of(replace(PLAIN, scheme=Asynchronous(4, staleness_discount="1/2")))
    assert lossy.claimed(rate) == weighed.claimed(rate) == linear_model_of(PLAIN).claimed(rate)
    assert weighed.claimed(mean) == 3
    with pytest.raises(OutsideDomainError):  # what is lost makes nobody stale
        lossy.claimed(mean)
