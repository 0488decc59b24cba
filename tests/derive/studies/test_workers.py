"""Workers and schemes of a study: every key of theirs is read exactly, refused in one line, never ignored.

Longer than 250 lines: tables of what is read and of what is refused, key by key.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive.laws import Constant, Empirical, Exponential, Gamma
from derive.schemes import SCHEMES, Asynchronous, KAsync, KBatchAsync, KSync
from derive.studies.records import NoCycleLawError
from derive.studies.schema import SECTIONS
from derive.studies.study import Correlation, StudyError, WorkerClass, Workers, load_study, study_from_table
from derive.studies.text import study_toml

LAW = '{ law = "exponential", mean = 2.0 }'
GOOD = f"""
[workers]
count = 4
compute = {LAW}
[optimizer]
learning_rate = 0.02
[objective]
curvature = [1]
"""


def read(folder: Path, text: str) -> Any:
    (folder / "s.toml").write_text(text)
    return load_study(folder / "s.toml")


def refusal(folder: Path, text: str) -> StudyError:
    with pytest.raises(StudyError) as caught:
        read(folder, text)
    line = str(caught.value)
    assert line.isprintable()
    assert line.startswith(f"{folder / 's.toml'}: ")
    assert "; allowed: " in line
    return caught.value


CLASSES = """
[[workers.class]]
count = 3
compute = { law = "exponential", mean = 2.0 }
uplink = { law = "constant", value = "1/3" }
[[workers.class]]
count = 1
compute = { law = "gamma", shape = 4, mean = 1 }
downlink = { law = "constant", value = 0 }
[optimizer]
learning_rate = 0.02
momentum = "9/10"
[objective]
curvature = [1]
[scheme]
rule = "k-batch-async"
batch = 2
staleness_threshold = 3
staleness_discount = "9/10"
age_threshold = 2.5
age_action = "abandon"
dropout = "1/10"
event_trigger = 0.5
"""


def test_a_scheme_with_classes_of_workers_is_read_exactly(tmp_path: Path) -> None:
    study = read(tmp_path, CLASSES).cases[0].study
    assert study.workers.classes == (
        WorkerClass(3, Exponential(2), uplink=Constant("1/3")),
        WorkerClass(1, Gamma(4, 1)),  # a link that takes no time is none
    )
    assert study.scheme == KBatchAsync(
        4,
        2,
        staleness_threshold=3,
        staleness_discount="9/10",
        age_threshold="5/2",
        age_action="abandon",
        dropout="1/10",
        event_trigger="1/2",
    )
    assert study.optimizer.momentum == sp.Rational(9, 10)
    assert study.written["workers.class[0].uplink.value"] == "1/3"


def test_one_class_is_the_same_as_plain_workers(tmp_path: Path) -> None:
    plain = read(tmp_path, GOOD).cases[0].study
    listed = read(tmp_path, GOOD.replace("[workers]", "[[workers.class]]")).cases[0].study
    assert listed == plain
    assert plain.scheme == Asynchronous(4)


def test_a_sweep_may_vary_the_scheme(tmp_path: Path) -> None:
    sweep = "[sweep]\nscheme.dropout = [0, 0.5]\noptimizer.momentum = [0, 0.9]\n"
    cases = read(tmp_path, GOOD + sweep).cases
    assert [case.label for case in cases][:2] == ["dropout = 0, momentum = 0", "dropout = 0, momentum = 0.9"]
    assert [case.study.scheme.dropout for case in cases] == [0, 0, sp.Rational(1, 2), sp.Rational(1, 2)]
    rules = GOOD + '[scheme]\nbatch = 2\n[sweep]\nscheme.rule = ["k-sync", "k-async"]\n'
    assert [case.study.scheme for case in read(tmp_path, rules).cases] == [KSync(4, 2), KAsync(4, 2)]


def test_a_sweep_may_vary_links_and_classes(tmp_path: Path) -> None:
    links = '[sweep]\nworkers.uplink = [{ law = "constant", value = 0 }, { law = "exponential", mean = 1 }]\n'
    cases = read(tmp_path, GOOD + links).cases
    assert [case.label for case in cases] == ["constant", "exponential"]
    assert [case.study.workers.classes[0].uplink for case in cases] == [None, Exponential(1)]
    one, two = (f"[{', '.join([f'{{ count = 2, compute = {LAW} }}'] * number)}]" for number in (1, 2))
    text = GOOD[GOOD.index("[optimizer]") :] + f"[sweep]\nworkers.class = [{one}, {two}]\n"
    assert [case.study.scheme for case in read(tmp_path, text).cases] == [Asynchronous(2), Asynchronous(4)]


BAD_CLASSES = [
    ("count = 3", "count = 0", "workers.class[0].count", "out of range"),
    ("count = 3", "cuont = 3", "workers.class[0].cuont", "unknown key"),
    ("count = 1\n", "", "workers.class[1].count", "required"),
    ("count = 3", "count = 1_000_000", "workers.class", "1000001 workers"),
    ("count = 3", "compete = 3", "workers.class[0].compete", "unknown key"),
    ("shape = 4, mean = 1", "shape = 4, mean = 0", "workers.class[1].compute.mean", ""),
    ('{ law = "gamma", shape = 4, mean = 1 }', '{ law = "constant", value = 0 }', "workers.class[1].compute", "mean"),
    ("dropout", "uplink_capacity", "scheme.uplink_capacity", "beside workers.uplink"),
    ("batch = 2", "batch = 5", "scheme.batch", "more than the 4 workers"),
]


@pytest.mark.parametrize(("old", "new", "key", "reason"), BAD_CLASSES, ids=[row[2] for row in BAD_CLASSES])
def test_a_bad_class_is_refused_by_key(tmp_path: Path, old: str, new: str, key: str, reason: str) -> None:
    assert CLASSES.count(old) == 1
    error = refusal(tmp_path, CLASSES.replace(old, new))
    assert error.key == key
    assert reason in error.wrong


@pytest.mark.parametrize(("listed", "reason"), [("[]", "empty"), ("3", "not a list"), ("[3]", "not a table")])
def test_classes_are_a_list_of_tables(tmp_path: Path, listed: str, reason: str) -> None:
    text = GOOD.replace("count = 4\n", "").replace(f"compute = {LAW}", f"class = {listed}")
    error = refusal(tmp_path, text)
    assert error.key.startswith("workers.class")
    assert reason in error.wrong


def test_the_workers_have_a_law_only_where_they_are_alike(tmp_path: Path) -> None:
    workers = Workers((WorkerClass(3, Exponential(2)), WorkerClass(2, Exponential(2))))
    assert (workers.count, workers.cycle_law) == (5, Exponential(2))
    for other in (WorkerClass(1, Exponential(3)), WorkerClass(1, Exponential(2), uplink=Constant(1))):
        with pytest.raises(NoCycleLawError):
            _ = Workers((*workers.classes, other)).cycle_law


def test_other_workers_resize_the_scheme(tmp_path: Path) -> None:
    study = read(tmp_path, GOOD + "[scheme]\ndropout = 0.5\n").cases[0].study
    more = study.with_workers(Workers.alike(9, Exponential(2)))
    assert more.scheme == Asynchronous(9, dropout="1/2")
    with pytest.raises(ValueError, match="9 workers"):
        replace(study, workers=more.workers)


def test_a_correlation_stands_beside_one_class_or_several(tmp_path: Path) -> None:
    given = "correlation = { cycles = 0.5, common = '1/4' }\n"
    both = Correlation(sp.Rational(1, 2), sp.Rational(1, 4))
    alone = read(tmp_path, GOOD.replace("count = 4\n", f"count = 4\n{given}")).cases[0].study.workers
    assert alone == Workers((WorkerClass(4, Exponential(2)),), both)
    assert read(tmp_path, f"[workers]\n{given}{CLASSES}").cases[0].study.workers.correlation == both
    with pytest.raises(NoCycleLawError, match="cycles are not independent"):
        _ = alone.cycle_law
    assert replace(alone, correlation=Correlation()).cycle_law == Exponential(2)


def test_a_sweep_may_vary_a_correlation(tmp_path: Path) -> None:
    cases = read(tmp_path, GOOD + "[sweep]\nworkers.correlation.cycles = [0, 0.5]\n").cases
    assert [case.label for case in cases] == ["cycles = 0", "cycles = 0.5"]
    assert [case.study.workers.correlation.cycles for case in cases] == [0, sp.Rational(1, 2)]


BAD_CORRELATIONS = [
    ("{ cycles = 1 }", "workers.correlation.cycles", "out of range"),
    ("{ common = -0.5 }", "workers.correlation.common", "out of range"),
    ("{ cycle = 0.5 }", "workers.correlation.cycle", "unknown key"),
    ("{ cycles = 'x' }", "workers.correlation.cycles", "not a number"),
    ("0.5", "workers.correlation", "not a table"),
    ("{ }", "workers.correlation", "empty"),
]


@pytest.mark.parametrize(("value", "key", "reason"), BAD_CORRELATIONS, ids=[row[0] for row in BAD_CORRELATIONS])
def test_a_bad_correlation_is_refused_by_key(tmp_path: Path, value: str, key: str, reason: str) -> None:
    error = refusal(tmp_path, GOOD.replace("count = 4\n", f"count = 4\ncorrelation = {value}\n"))
    assert (error.key, reason in error.wrong) == (key, True)
    assert "cycles" in str(error) or "[0, 1)" in str(error)


TRACE = "compute = { law = 'empirical', values = [1, 3, 2] }\n"


def test_a_replay_is_a_key_of_workers_and_of_each_class(tmp_path: Path) -> None:
    replayed = GOOD.replace(f"compute = {LAW}", f"{TRACE}replay = true")
    alone = read(tmp_path, replayed).cases[0].study
    assert alone.workers == Workers((WorkerClass(4, Empirical([1, 3, 2]), replay=True),))
    classes = replayed.replace("[workers]", f"[[workers.class]]\ncount = 2\n{TRACE}replay = false\n[[workers.class]]")
    several = read(tmp_path, classes).cases[0].study
    assert [one.replay for one in several.workers.classes] == [False, True]
    for one in (alone, several):
        assert read(tmp_path, study_toml(one)).cases[0].study == one
    with pytest.raises(NoCycleLawError, match="recorded order are not independent"):
        _ = alone.workers.cycle_law


def test_a_sweep_may_compare_the_recorded_order_with_drawn_values(tmp_path: Path) -> None:
    text = GOOD.replace(f"compute = {LAW}", TRACE)
    cases = read(tmp_path, text + "[sweep]\nworkers.replay = [true, false]\n").cases
    assert [case.label for case in cases] == ["replay = true", "replay = false"]
    assert [case.study.workers.classes[0].replay for case in cases] == [True, False]
    assert cases[1].study.workers == read(tmp_path, text).cases[0].study.workers


@pytest.mark.parametrize(
    ("lines", "key", "reason"),
    [
        (f"compute = {LAW}\nreplay = true", "workers.replay", "the law exponential has no recorded order"),
        (f"{TRACE}replay = 1", "workers.replay", "neither true nor false"),
        (f"{TRACE}uplink = {{ law = 'empirical', values = [1], replay = true }}", "workers.uplink.replay", "unknown"),
        (f"{TRACE}replay = true\ncorrelation = {{ cycles = 0.5 }}", "workers.correlation.cycles", "beside"),
        (f"{TRACE}replay = true\ncorrelation = {{ common = 0.5 }}", "workers.correlation.common", "beside"),
    ],
)
def test_a_bad_replay_is_refused_by_key(tmp_path: Path, lines: str, key: str, reason: str) -> None:
    error = refusal(tmp_path, GOOD.replace(f"compute = {LAW}", lines))
    assert (error.key, reason in error.wrong) == (key, True)


BAD_SCHEMES = [  # the lines of [scheme], the key that is named, a word of the reason
    ('rule = "k-sync"\nbatch = 5', "scheme.batch", "more than the 4"),
    ('rule = "k-async"\nbatch = 1.5', "scheme.batch", "not an integer"),
    ('rule = "k-async"\nbatch = 0', "scheme.batch", "out of range"),
    ("batch = 2", "scheme.batch", "not of the rule asynchronous"),
    ('rule = "synchronous"\ndropout = 0.1', "scheme.dropout", "never come"),
    ("staleness_threshold = -1", "scheme.staleness_threshold", "out of range"),
    (f"staleness_threshold = 0x{'f' * 9000}", "scheme.staleness_threshold", "out of range"),
    (f"uplink_capacity = 0x{'f' * 9000}", "scheme.uplink_capacity", "range of doubles"),
    ("staleness_threshold = 2.0", "scheme.staleness_threshold", "not an integer"),
    ("staleness_discount = 0", "scheme.staleness_discount", "out of range"),
    ("dropout = 1.0", "scheme.dropout", "out of range"),
    ('dropout = "x"', "scheme.dropout", "not a number"),
    ("event_trigger = -0.5", "scheme.event_trigger", "out of range"),
    ("age_threshold = 0", "scheme.age_threshold", "out of range"),
    ('age_action = "drop"', "scheme.age_action", "without scheme.age_threshold"),
    ("age_threshold = 1\nage_action = 2", "scheme.age_action", "choices"),
    ("uplink_capacity = inf", "scheme.uplink_capacity", "finite"),
]
BAD_LINKS = [
    ("count = 4", "count = 4\nuplink = 3", "workers.uplink", "not a law"),
    ("count = 4", "count = 4\nuplink = { law = 'constant', value = -1 }", "workers.uplink.value", ""),
    ("count = 4", "count = 4\nclass = 3", "workers.count", "beside workers.class"),
]


@pytest.mark.parametrize(("lines", "key", "reason"), BAD_SCHEMES, ids=[row[0][:30] for row in BAD_SCHEMES])
def test_a_bad_scheme_is_refused_by_key(tmp_path: Path, lines: str, key: str, reason: str) -> None:
    error = refusal(tmp_path, GOOD + "[scheme]\n" + lines + "\n")
    assert error.key == key
    assert reason in error.wrong


@pytest.mark.parametrize(("old", "new", "key", "reason"), BAD_LINKS, ids=[row[2] for row in BAD_LINKS])
def test_a_bad_link_is_refused_by_key(tmp_path: Path, old: str, new: str, key: str, reason: str) -> None:
    error = refusal(tmp_path, GOOD.replace(old, new))
    assert error.key == key
    assert reason in error.wrong


scalars = (
    st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["0.1", "1/0", "1/3", "0x1p-2", "1e9999", "constant", "k-sync", "drop", "abandon"])
    | st.lists(st.integers(), max_size=2)
)
laws = st.fixed_dictionaries(
    {"law": st.sampled_from(["constant", "exponential", "gamma"])},
    optional={"value": scalars | st.just(0), "mean": scalars | st.just(1), "shape": scalars | st.just(2)},
)
classes = st.lists(
    st.fixed_dictionaries(
        {"count": st.integers(1, 9), "compute": laws}, optional={"uplink": laws, "downlink": laws | scalars}
    )
    | st.dictionaries(st.sampled_from(["count", "compute", "uplink", "downlink", "cuont"]), scalars | laws, max_size=4),
    max_size=3,
)
schemes = st.fixed_dictionaries(
    {"rule": st.sampled_from([*SCHEMES, "kync"])},
    optional={
        name: scalars | st.integers(0, 9) | st.floats(0, 1) | st.sampled_from(["drop", "abandon"])
        for name in SECTIONS["scheme"]
        if name != "rule"
    },
)


@given(schemes, classes | st.none(), st.none() | scalars)
def test_any_scheme_and_classes_give_a_study_or_a_refusal(scheme: Any, classes: Any, momentum: Any) -> None:
    table: dict[str, Any] = {
        "workers": {"count": 4, "compute": {"law": "exponential", "mean": 1}}
        if classes is None
        else {"class": classes},
        "scheme": scheme,
        "optimizer": {"learning_rate": 0.1} | ({} if momentum is None else {"momentum": momentum}),
        "objective": {"curvature": [1]},
    }
    try:
        line = "" if study_from_table(table, "fuzz.toml").cases else "no case"
    except StudyError as error:
        line = str(error).removeprefix("fuzz.toml: ").replace("; allowed: ", "", 1)
    assert line != "no case"
    assert line.isprintable()
