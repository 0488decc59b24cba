"""A study's text reads back as the same study."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.schemes import Synchronous
from derive.studies.study import load_study, study_from_table
from derive.studies.text import study_toml

ROOT = Path(__file__).parents[3]
positive = st.floats(1e-6, 1e6) | st.integers(1, 99) | st.sampled_from(["1/3", "0.1", "0x1.9p-3"])
any_number = positive | st.floats(-1e6, 1e6)
laws = st.one_of(
    st.fixed_dictionaries({"law": st.just("constant"), "value": positive}),
    st.fixed_dictionaries({"law": st.just("exponential"), "mean": positive}),
    st.fixed_dictionaries({"law": st.just("gamma"), "shape": positive, "mean": positive}),
    st.fixed_dictionaries({"law": st.just("empirical"), "values": st.lists(positive, min_size=1, max_size=4)}),
)
links = st.fixed_dictionaries({}, optional={"uplink": laws, "downlink": laws})
alike = st.builds(dict.__or__, st.fixed_dictionaries({"count": st.integers(1, 10**5), "compute": laws}), links)
shares = st.integers(1, 7).map("{}/8".format)
correlations = st.dictionaries(st.sampled_from(["cycles", "common"]), shares, min_size=1)
correlated = st.fixed_dictionaries({}, optional={"correlation": correlations})
modifiers = st.fixed_dictionaries(
    {},
    optional={
        "staleness_threshold": st.integers(0, 99),
        "staleness_discount": shares,
        "dropout": shares,
        "event_trigger": positive,
        "age_threshold": positive,
    },
)
schemes = (
    st.builds(dict.__or__, st.sampled_from([{"rule": "asynchronous"}, {"rule": "k-async", "batch": 1}]), modifiers)
    | st.builds(dict.__or__, st.just({"age_action": "abandon", "age_threshold": 1, "rule": "asynchronous"}), modifiers)
    | st.fixed_dictionaries({"rule": st.sampled_from(["k-sync", "k-batch-sync"]), "batch": st.just(1)})
    | st.just({"rule": "synchronous"})
)
systems = st.fixed_dictionaries(
    {
        "workers": st.builds(
            dict.__or__, alike | st.fixed_dictionaries({"class": st.lists(alike, min_size=1, max_size=3)}), correlated
        ),
        "optimizer": st.fixed_dictionaries({"learning_rate": positive}, optional={"momentum": shares}),
        "objective": st.fixed_dictionaries({"curvature": st.lists(any_number, min_size=1, max_size=3)}),
    },
    optional={
        "scheme": schemes,
        "title": st.text(st.characters(codec="utf-8")),
        "run": st.fixed_dictionaries({}, optional={"burn_in": st.integers(0, 99), "initial": any_number}),
    },
)
equations = st.one_of(
    st.fixed_dictionaries({"damping": any_number, "delay": laws}, optional={"friction": any_number}),
    st.fixed_dictionaries(
        {
            "step": any_number,
            "staleness": st.fixed_dictionaries({"law": st.just("constant"), "value": st.integers(0, 9)}),
        },
        optional={"momentum": st.floats(0, 0.99)},
    ),
)


@given(systems | st.fixed_dictionaries({"equation": equations}))
def test_any_study_reads_back_exactly(table: dict[str, Any]) -> None:
    study = study_from_table(table, "s.toml").cases[0].study
    assert study_from_table(tomllib.loads(study_toml(study)), "s.toml").cases[0].study == study


@pytest.mark.parametrize("name", ["textbook", "production_trace"])
def test_the_carried_studies_read_back_exactly(name: str) -> None:
    path = str(ROOT / "reports/studies" / f"{name}.toml")
    for case in load_study(path).cases:
        assert study_from_table(tomllib.loads(study_toml(case.study)), path).cases[0].study == case.study


def test_a_shared_uplink_reads_back_exactly() -> None:
    table = {
        "workers": {"count": 4, "compute": {"law": "constant", "value": 1}},
        "scheme": {"rule": "synchronous", "uplink_capacity": "1/3"},
        "optimizer": {"learning_rate": 1},
        "objective": {"curvature": [1]},
    }
    study = study_from_table(table, "s.toml").cases[0].study
    assert study_from_table(tomllib.loads(study_toml(study)), "s.toml").cases[0].study == study
    assert study.scheme == Synchronous(4, uplink_capacity="1/3")
