"""Schemes: the registry, what a scheme accepts, and which modifiers compose with which rule."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import derive
from derive import symbols as y
from derive.scheme import RANGES, Scheme, SchemeError, keys, modifiers
from derive.scheme_composition import CLASHES, REFUSED
from derive.schemes import SCHEMES, Asynchronous, KAsync, KBatchAsync, KBatchSync, KSync, Synchronous

EXAMPLES: dict[str, Scheme] = {
    "asynchronous": Asynchronous(16),
    "synchronous": Synchronous(16),
    "k-sync": KSync(16, 4),
    "k-batch-sync": KBatchSync(16, 4),
    "k-async": KAsync(16, 4),
    "k-batch-async": KBatchAsync(16, 4),
}
IN_FORCE: dict[str, Any] = {  # a value of each modifier that is not neutral
    "staleness_threshold": 3,
    "staleness_discount": "9/10",
    "age_threshold": "5/2",
    "age_action": "abandon",
    "dropout": "1/10",
    "event_trigger": 1,
    "uplink_capacity": 4,
}


def test_every_registered_scheme_has_an_example_here() -> None:
    assert set(SCHEMES) == set(EXAMPLES) == set(REFUSED)


@pytest.mark.parametrize("rule", SCHEMES)
def test_a_scheme_is_registered_under_its_rule_and_its_name(rule: str) -> None:
    assert SCHEMES[rule].rule == rule
    assert issubclass(SCHEMES[rule], Scheme)
    assert type(EXAMPLES[rule]) is SCHEMES[rule] is getattr(derive, SCHEMES[rule].__name__)


def test_every_parameter_has_one_range_and_every_modifier_a_value_here() -> None:
    named = {name for scheme in SCHEMES.values() for name in keys(scheme)}
    assert named | {"workers"} == set(RANGES)
    assert all(set(modifiers(scheme)) == set(IN_FORCE) for scheme in SCHEMES.values())


@pytest.mark.parametrize("workers", [1, 16, 10**6, "32", 4.0])
def test_a_worker_count_is_an_exact_integer(workers: Any) -> None:
    count = Asynchronous(workers).workers
    assert count.is_Integer
    assert count == int(workers)


def test_a_parameter_may_be_a_symbol_whose_sign_is_known() -> None:
    assert Asynchronous(y.workers).workers is y.workers
    assert Asynchronous(4, age_threshold=y.mean_delay).age_threshold is y.mean_delay
    with pytest.raises(SchemeError):
        Asynchronous(sp.Dummy("M", positive=True))  # not known to be whole
    with pytest.raises(SchemeError):
        Asynchronous(4, age_threshold=sp.Dummy("A", real=True))


@pytest.mark.parametrize("workers", [0, -3, 2.5, "2.5", "many", 10**6 + 1, float("nan"), float("inf"), True, None])
def test_an_impossible_worker_count_is_refused_by_key(workers: Any) -> None:
    with pytest.raises(SchemeError) as refused:
        Asynchronous(workers)
    assert (refused.value.key, refused.value.value) == ("workers", workers) or workers != workers
    assert str(refused.value).startswith("workers = ")
    assert "allowed: an integer from 1 to 1000000" in str(refused.value)


IMPOSSIBLE = {
    "staleness_threshold": (-1, "1/2", float("nan"), True, sp.Integer(10) ** 9000),
    "staleness_discount": (0, "11/10", -1, "much"),
    "age_threshold": (0, -1, float("inf")),
    "age_action": ("keep", 1, None),
    "dropout": (1, -1, "3/2"),
    "event_trigger": (-1, None, sp.I),
    "uplink_capacity": (0, -4, "fast"),
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, row in IMPOSSIBLE.items() for value in row],
    ids=range(sum(map(len, IMPOSSIBLE.values()))),
)
def test_an_impossible_modifier_is_refused_by_key(name: str, value: Any) -> None:
    with pytest.raises(SchemeError) as refused:
        Asynchronous(4, **{name: value})
    assert refused.value.key == name
    assert refused.value.allowed == RANGES[name].words


@pytest.mark.parametrize(
    ("name", "value"), [("staleness_threshold", 0), ("staleness_discount", "1/99"), ("dropout", "98/99")]
)
def test_the_ends_of_a_range_are_as_declared(name: str, value: Any) -> None:
    assert Asynchronous(4, **{name: value}).active == (name,)


@pytest.mark.parametrize("batch", [0, 17, "3/2", None])
def test_a_batch_is_a_whole_number_of_workers(batch: Any) -> None:
    for scheme in (KAsync, KBatchAsync, KSync, KBatchSync):
        assert scheme(16, 16).batch == 16
        with pytest.raises(SchemeError, match=r"^batch = "):
            scheme(16, batch)


def in_force(rule: str, *names: str) -> Scheme:
    values = {name: IN_FORCE[name] for name in names}
    return replace(EXAMPLES[rule], **values)


@pytest.mark.parametrize("rule", SCHEMES)
@pytest.mark.parametrize("name", [name for name in IN_FORCE if name != "age_action"])
def test_a_modifier_composes_with_a_rule_or_is_refused_with_the_reason(rule: str, name: str) -> None:
    if name not in REFUSED[rule]:
        assert in_force(rule, name).active == (name,)
        return
    with pytest.raises(SchemeError, match=f"^{name} = .*does not compose with the rule {rule}: .{{20}}"):
        in_force(rule, name)


def test_staleness_is_never_filtered_where_it_is_always_zero() -> None:
    rounds = {rule for rule, refused in REFUSED.items() if "staleness_threshold" in refused}
    assert rounds == {"synchronous", "k-sync", "k-batch-sync"}
    assert not REFUSED["asynchronous"]


@pytest.mark.parametrize("pair", CLASHES)
def test_two_modifiers_that_do_not_compose_are_refused_together_only(pair: tuple[str, str]) -> None:
    first, second = pair
    needed = {"age_threshold"} if "age_action" in pair else set()
    for name in pair:
        assert in_force("asynchronous", *needed, name).active
    with pytest.raises(SchemeError, match=f"^{second} = .*does not compose with {first}"):
        in_force("asynchronous", *needed, *pair)


def test_an_age_action_needs_an_age() -> None:
    with pytest.raises(SchemeError, match="without age_threshold"):
        Asynchronous(4, age_action="abandon")
    assert Asynchronous(4, age_threshold=1, age_action="abandon").active == ("age_threshold", "age_action")


def test_neutral_modifiers_are_as_if_they_were_not_there() -> None:
    neutral = {name: item.default for name, item in modifiers(Asynchronous).items()}
    assert Asynchronous(4, **neutral) == Asynchronous(4, staleness_discount=1.0, dropout="0") == Asynchronous(4)
    assert Asynchronous(4).active == ()
    assert Asynchronous(4).has_linear_model


@pytest.mark.parametrize("rule", SCHEMES)
def test_a_modelled_set_of_modifiers_can_be_made(rule: str) -> None:
    for active in SCHEMES[rule].modelled:
        scheme = in_force(rule, *active)
        assert set(scheme.active) == active
        assert scheme.has_linear_model


@given(st.data())
def test_any_values_make_a_scheme_or_one_refusal(data: st.DataObject) -> None:
    wild = st.integers(-3, 30) | st.floats() | st.text(max_size=4) | st.none() | st.booleans() | st.just(sp.I)
    known = st.sampled_from([*IN_FORCE.values(), 0, 1])
    scheme = data.draw(st.sampled_from(list(SCHEMES.values())))
    given_keys = data.draw(st.sets(st.sampled_from(list(keys(scheme)))))
    values = {name: data.draw(known | wild) for name in given_keys | {"workers"} | (set(keys(scheme)) & {"batch"})}
    try:
        named = set(scheme(**values).active)
    except SchemeError as refused:
        named = {refused.key}
    assert named <= set(values)


def test_a_scheme_is_frozen_and_compares_by_value() -> None:
    assert Asynchronous(4) == Asynchronous("4") != Asynchronous(5)
    assert KSync(4, 2) != KBatchSync(4, 2)
    with pytest.raises(FrozenInstanceError):
        Asynchronous(4).workers = sp.Integer(5)  # type: ignore[misc]
