"""Studies: what a file says is read exactly; whatever is wrong is one line that names key and value.

Longer than 250 lines: tables of what is read and of what is refused, key by key.
"""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive.laws import Constant, Empirical, Exponential, Gamma, IndependentSum, Mixture, OrderStatistic, Truncated
from derive.studies.schema import SECTIONS, WrittenFloat, nearest, show
from derive.studies.study import (
    DelayEquation,
    StudyError,
    UpdateEquation,
    load_study,
    study_from_table,
)
from derive.studies.text import study_toml

ROOT = Path(__file__).parents[3]
GOOD = """
title = "good"
[workers]
count = 4
compute = { law = "exponential", mean = 2.0 }
[optimizer]
learning_rate = 0.02
[objective]
curvature = [1, -0.5]
"""
EQUATION = '[equation]\ndamping = "1/4"\ndelay = { law = "exponential", mean = 1 }\n'


def read(folder: Path, text: str | bytes) -> Any:
    path = folder / "s.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_study(path)


def refusal(folder: Path, text: str | bytes) -> StudyError:
    with pytest.raises(StudyError) as caught:
        read(folder, text)
    line = str(caught.value)
    assert line.isprintable()
    assert line.startswith(f"{folder / 's.toml'}: ")
    assert "; allowed: " in line
    return caught.value


def test_a_good_study_is_exact_and_keeps_what_was_written(tmp_path: Path) -> None:
    (case,) = read(tmp_path, GOOD).cases
    study = case.study
    assert (case.label, study.name, study.title) == ("", "s", "good")
    assert study.workers.count == 4
    assert study.workers.cycle_law == Exponential(2)
    assert study.optimizer.learning_rate == sp.Rational(*(0.02).as_integer_ratio()) != sp.Rational(1, 50)
    assert study.written["optimizer.learning_rate"] == "0.02"
    assert study.written["workers.compute.mean"] == "2.0"
    assert study.objective.curvature == (1, sp.Rational(-1, 2))
    assert study.objective.gradient_noise == (1, 1)
    assert study.run.initial == (0, 0)
    assert (study.run.seed, study.run.replicas, study.run.updates, study.run.burn_in) == (1, 64, 100_000, None)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"0.1"', sp.Rational(1, 10)),
        ('"355/113"', sp.Rational(355, 113)),
        ('"0x1.9p-3"', sp.Rational(25, 128)),
        ("0.1", sp.Rational(3602879701896397, 36028797018963968)),
        ("1e-300", sp.Rational(*(1e-300).as_integer_ratio())),
        ("3", sp.Integer(3)),
    ],
)
def test_numbers_are_exactly_what_they_denote(tmp_path: Path, written: str, value: sp.Rational) -> None:
    (case,) = read(tmp_path, GOOD.replace("0.02", written)).cases
    assert case.study.optimizer.learning_rate == value
    assert case.study.written["optimizer.learning_rate"] == written.strip('"')


def test_a_generator_is_a_list_of_lists(tmp_path: Path) -> None:
    written = '{ law = "phase_type", initial = [1, 0], generator = [[-2, "1/2"], [0, -1.5]] }'
    (case,) = read(tmp_path, GOOD.replace('{ law = "exponential", mean = 2.0 }', written)).cases
    assert case.study.workers.cycle_law.generator == ((-2, sp.Rational(1, 2)), (0, sp.Rational(-3, 2)))
    wrong = written.replace('"1/2"', '"half"')
    refused = refusal(tmp_path, GOOD.replace('{ law = "exponential", mean = 2.0 }', wrong))
    assert refused.key == "workers.compute.generator[0][1]"


def test_an_equation_stands_instead_of_a_system(tmp_path: Path) -> None:
    (case,) = read(tmp_path, EQUATION).cases
    assert case.study.workers is None
    assert case.study.equation == DelayEquation(sp.Rational(1, 4), Exponential(1))
    text = '[equation]\nstep = 0.5\nmomentum = 0.5\nstaleness = { law = "constant", value = 3 }\n'
    assert read(tmp_path, text).cases[0].study.equation == UpdateEquation(sp.Rational(1, 2), 3, sp.Rational(1, 2))


def test_an_atom_at_zero_is_allowed_in_an_equation_only(tmp_path: Path) -> None:
    zero = '{ law = "constant", value = 0 }'
    assert read(tmp_path, f"[equation]\ndamping = 1\ndelay = {zero}\n").cases[0].study.equation.delay.value == 0
    assert refusal(tmp_path, GOOD.replace('{ law = "exponential", mean = 2.0 }', zero)).key == "workers.compute"


def test_a_sweep_makes_one_labelled_case_of_each_combination(tmp_path: Path) -> None:
    base = GOOD.replace('compute = { law = "exponential", mean = 2.0 }\n', "").replace("count = 4\n", "")
    sweep = """[sweep]
    workers.count = [4, 8]
    workers.compute = [{ law = "exponential", mean = 1 }, { law = "gamma", shape = 4, mean = 1 }]
    """
    cases = read(tmp_path, base + sweep).cases
    assert [case.label for case in cases] == [
        "count = 4, exponential",
        "count = 4, gamma",
        "count = 8, exponential",
        "count = 8, gamma",
    ]
    assert cases[3].study.workers.count == 8
    assert cases[3].study.workers.cycle_law == Gamma(4, 1)
    assert cases[3].study.written["workers.count"] == "8"


def test_sums_of_a_sweep_are_told_apart_by_the_inner_numbers_that_differ(tmp_path: Path) -> None:
    base = GOOD.replace('compute = { law = "exponential", mean = 2.0 }\n', "")
    sums = [
        f'{{ law = "sum", parts = [{{ law = "exponential", mean = 1 }}, {{ law = "constant", value = {at} }}] }}'
        for at in (2, 3)
    ]
    cases = read(tmp_path, f"{base}[sweep]\nworkers.compute = [{', '.join(sums)}]\n").cases
    assert [case.label for case in cases] == ["compute.parts[1].value = 2", "compute.parts[1].value = 3"]
    alike = f"{base}[sweep]\nworkers.compute = [{sums[0]}, {sums[0]}]\n"
    assert "twice" in str(refusal(tmp_path, alike))


def test_sections_of_a_sweep_that_hold_tables_are_told_apart_by_what_differs(tmp_path: Path) -> None:
    base = GOOD[GOOD.index("[scheme]") :] if "[scheme]" in GOOD else GOOD[GOOD.index("[optimizer]") :]

    def labels(*sections: str) -> list[str]:
        return [case.label for case in read(tmp_path, f"{base}[sweep]\nworkers = [{', '.join(sections)}]\n").cases]

    slow, slower, gamma, steeper = (
        f"{{ count = {count}, compute = {{ {law} }} }}"
        for count, law in (
            (4, 'law = "constant", value = 1'),
            (8, 'law = "constant", value = 2'),
            (4, 'law = "gamma", shape = 4, mean = 1'),
            (4, 'law = "gamma", shape = 2, mean = 1'),
        )
    )
    assert labels(slow, slower) == ["count = 4 with value = 1", "count = 8 with value = 2"]
    assert labels(slow, gamma) == ["constant", "gamma"]
    assert labels(gamma, steeper) == ["shape = 4", "shape = 2"]
    assert "shape = 2" in labels(slow, gamma, steeper)[2]  # two laws of one name: whole sections
    alike = f"{base}[sweep]\nworkers = [{slow}, {slow}]\n"
    assert "twice" in str(refusal(tmp_path, alike))


def test_a_study_names_claims_of_the_source_paper(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD).paper_claims == ()
    assert read(tmp_path, 'paper_claims = ["B", "I"]\n' + GOOD).paper_claims == ("B", "I")
    for wrong in ('"B"', '["J"]', "[1]"):
        assert refusal(tmp_path, f"paper_claims = {wrong}\n" + GOOD).key == "paper_claims"


def test_the_carried_studies_load() -> None:
    textbook = load_study(ROOT / "reports/studies/textbook.toml")
    assert [case.label for case in textbook.cases] == ["constant", "exponential", "gamma"]
    assert {case.study.workers.cycle_law.mean for case in textbook.cases} == {sp.Rational(3, 2)}
    (case,) = load_study(ROOT / "reports/studies/production_trace.toml").cases
    law = case.study.workers.cycle_law
    assert isinstance(law, Empirical)
    assert law.count == 1376
    assert 0.015 < float(law.moment(2) / law.mean**2 - 1) < 0.03


LAW = '{ law = "exponential", mean = 2.0 }'
BAD_EDITS = [  # what to replace, by what, the key that is named, a word of the reason
    ("exponential", "exponentail", "workers.compute.law", "unknown law"),
    ("exponential", "weibul", "workers.compute.law", "unknown law"),
    ("mean = 2.0", "mean = -2.0", "workers.compute.mean", ""),
    ("mean = 2.0", "mean = nan", "workers.compute.mean", "finite"),
    ("mean = 2.0", "mean = -inf", "workers.compute.mean", "finite"),
    ("mean = 2.0", "mean = 1e400", "workers.compute.mean", "finite"),
    ("mean = 2.0", 'mean = "1e400"', "workers.compute.mean", "range of doubles"),
    ("mean = 2.0", 'mean = "1e-400"', "workers.compute.mean", "range of doubles"),
    ("mean = 2.0", 'mean = "two"', "workers.compute.mean", "not a number"),
    ("mean = 2.0", "mean = true", "workers.compute.mean", "not a number"),
    ("mean = 2.0", "mean = [1]", "workers.compute.mean", ""),
    (", mean = 2.0", "", "workers.compute.mean", "required"),
    ("mean = 2.0", "maen = 2.0", "workers.compute.maen", "unknown key"),
    (LAW, '"exponential"', "workers.compute", "not a law"),
    (LAW, "[1, 2]", "workers.compute", "not a law"),
    (LAW, "{}", "workers.compute.law", "required"),
    (LAW, "{ law = 3 }", "workers.compute.law", "not the name"),
    (LAW, '{ law = "gamma", shape = 0, mean = 1 }', "workers.compute.shape", ""),
    (LAW, '{ law = "empirical", values = [] }', "workers.compute.values", "empty"),
    (LAW, '{ law = "empirical", values = [0, 0] }', "workers.compute.values", ""),
    (LAW, '{ law = "empirical", values = 3 }', "workers.compute.values", ""),
    (LAW, '{ law = "empirical", values = [1, -1] }', "workers.compute.values[1]", ""),
    (LAW, '{ law = "empirical", values = [1, nan] }', "workers.compute.values[1]", "finite"),
    (LAW, '{ law = "empirical", file = "a.csv", values = [1] }', "workers.compute.file", "beside values"),
    (LAW, '{ law = "empirical", file = 3 }', "workers.compute.file", "not a file name"),
    (LAW, '{ law = "empirical", file = "none.csv" }', "workers.compute.file", "No such file"),
    (LAW, '{ law = "empirical", file = "." }', "workers.compute.file", "directory"),
    ("count = 4", "count = 0", "workers.count", "out of range"),
    ("count = 4", "count = 4.5", "workers.count", "not an integer"),
    ("count = 4", "count = 1e11", "workers.count", "not an integer"),
    ("count = 4", "count = 100_000_000_000", "workers.count", "out of range"),
    ("count = 4", "count = true", "workers.count", "not an integer"),
    ("count = 4", 'count = "four"', "workers.count", "not an integer"),
    ("count = 4", f"count = 0x{'f' * 9000}", "workers.count", "out of range"),
    ("count = 4\n", "", "workers.count", "required"),
    ("count = 4", "cuont = 4", "workers.cuont", "unknown key"),
    ("[workers]", "[wrokers]", "wrokers", "unknown key"),
    ("[workers]\ncount = 4", "workers = 4\n[x]", "workers", "not a table"),
    ("[workers]\ncount = 4", "[[workers]]\ncount = 4", "workers", "not a table"),
    ("0.02", "0", "optimizer.learning_rate", "not positive"),
    ("0.02", "-0.02", "optimizer.learning_rate", "not positive"),
    ("0.02", "inf", "optimizer.learning_rate", "finite"),
    ("0.02", "2020-01-01", "optimizer.learning_rate", "not a number"),
    ("0.02", "0.02\nmomentum = 1.5", "optimizer.momentum", "out of range"),
    ("[1, -0.5]", "[]", "objective.curvature", "empty"),
    ("[1, -0.5]", "1", "objective.curvature", "not a list"),
    ("[1, -0.5]", "[1, [2]]", "objective.curvature[1]", "not a number"),
    ("[1, -0.5]", '[1, "x\\ny\\u001b[31m"]', "objective.curvature[1]", "not a number"),
    ("[1, -0.5]", "[1, 2]\ngradient_noise = [1]", "objective.gradient_noise", "1 values for 2"),
    ("[1, -0.5]", "[1, 2]\ngradient_noise = -1", "objective.gradient_noise", "negative"),
    ("[1, -0.5]", '[1]\ndataset = "digits"', "objective.curvature", "contradicts a dataset"),
    ("curvature = [1, -0.5]", "ridge = 1", "objective.dataset", "required"),
    ("curvature = [1, -0.5]", 'dataset = "digits"', "objective.model", "required"),
    ("curvature = [1, -0.5]", 'dataset = "iris"\nmodel = "softmax"\nridge = 1', "objective.dataset", "choices"),
    ("curvature = [1, -0.5]", 'dataset = "digits"\nmodel = "mlp"\nridge = 1', "objective.model", "not available yet"),
    ("curvature = [1, -0.5]", 'dataset = "digits"\nmodel = "svm"\nridge = 1', "objective.model", "choices"),
    ("curvature = [1, -0.5]", 'dataset = "digits"\nmodel = "logistic"\nridge = 1', "objective.model", "10 classes"),
    ("curvature = [1, -0.5]", 'dataset = "digits"\nmodel = "softmax"\nridge = 0', "objective.ridge", "not positive"),
    (
        "curvature = [1, -0.5]",
        'dataset = "digits"\nmodel = "softmax"\nridge = 1\nbatch_size = 0',
        "objective.batch_size",
        "out of range",
    ),
    (
        "curvature = [1, -0.5]",
        'dataset = "digits"\nmodel = "softmax"\nridge = 1\ncomponents = 62',
        "objective.components",
        "out of range",
    ),
    ("[1, -0.5]", "[1]\n[run]\nupdates = 10\nburn_in = 10", "run.burn_in", "out of range"),
    ("[1, -0.5]", "[1]\n[run]\nprecision = 1", "run.precision", "out of range"),
    ("[1, -0.5]", '[1]\n[run]\nstart = "apart"', "run.start", "choices"),
    ("[1, -0.5]", "[1]\n[run]\nstart = []", "run.start", "choices"),
    ("[1, -0.5]", "[1]\n[run]\ninitial = [1, 2]", "run.initial", "2 values for 1"),
    ("[1, -0.5]", "[1]\n[run]\nseed = -1", "run.seed", "out of range"),
    ("[1, -0.5]", '[1]\n[scheme]\nrule = "k-sync"', "scheme.batch", "required with the rule k-sync"),
    ("[1, -0.5]", '[1]\n[scheme]\nrule = "kync"', "scheme.rule", "choices"),
    ("[1, -0.5]", "[1]\n[scheme]\nrule = []", "scheme.rule", "choices"),
    ("[1, -0.5]", "[1]\n" + EQUATION, "workers", "contradicts [equation]"),
    ("[1, -0.5]", "[1]\n[sweep]", "sweep", "not a table of lists"),
    ("[1, -0.5]", "[1]\n[sweep]\nworkers.count = [1, 2]", "workers.count", "given twice"),
    ("[1, -0.5]", "[1]\n[sweep]\nworkers.count = 2", "sweep.workers.count", "not a list"),
    ("[1, -0.5]", "[1]\n[sweep]\nworkers.count.x = [2]", "sweep.workers.count.x", "not inside a table"),
    ("[1, -0.5]", "[1]\n[sweep]\nrun.seed = [2, 2]", "sweep.run.seed", "twice"),
    ("[1, -0.5]", "[1]\n[sweep]\nrun.sede = [2, 3]", "run.sede", "unknown key"),
    ('title = "good"', "title = 3", "title", "not a text"),
]


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"), BAD_EDITS, ids=[f"{row[2]}: {row[1][:30]!r}" for row in BAD_EDITS]
)
def test_a_bad_study_is_refused_by_key_and_value(tmp_path: Path, old: str, new: str, key: str, reason: str) -> None:
    assert GOOD.count(old) == 1
    error = refusal(tmp_path, GOOD.replace(old, new))
    assert error.key == key
    assert reason in error.wrong


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (EQUATION + "step = 1\n", "equation.step", "contradicts equation.damping"),
        ("[equation]\nfriction = 1\n", "equation", "neither"),
        (
            '[equation]\nstep = 1\nstaleness = { law = "poisson", mean = 0 }\n',
            "equation.staleness.mean",
            "not positive",
        ),
        (
            '[equation]\nstep = 1\nstaleness = { law = "gamma", shape = 1, mean = 1 }\n',
            "equation.staleness.law",
            "no law of counts",
        ),
        (
            '[equation]\nstep = 1\nstaleness = { law = "constant", value = 1.5 }\n',
            "equation.staleness.value",
            "integer",
        ),
        ("[equation]\nstep = 1\nstaleness = 3\n", "equation.staleness", "not a law"),
        ("[equation]\ndamping = 1\n", "equation.delay", "required"),
        ("", "workers.count", "required"),
        ("a = = 1", "STUDY", "not TOML"),
        ("a = " + "[" * 5000, "STUDY", "nested too deeply"),
        (b"a = '\xff'", "STUDY", "not UTF-8"),
        ("a = " + "9" * 5000, "STUDY", "not TOML"),
        ("sweep.a = [1]", "sweep.a", "not a list"),
        ("sweep.a.b = [1]", "a", "unknown key"),
        ("sweep" + ".a" * 3000 + " = [1]", "sweep.a.a.a", "not a list"),
        ("[workers]\ncount = 1\ncompute.law = 'gamma'\ncompute" + ".a" * 3000 + " = 1", "workers.compute.a", "unknown"),
        ("workers" + ".compute" * 3000 + " = 1\n[sweep]\nworkers.count = [1]", "workers.compute.law", "required"),
        ("[sweep]\nrun.seed = [1, 2]\nrun.updates=" + str(list(range(1, 700))), "sweep", "too many cases"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, text: str | bytes, key: str, reason: str) -> None:
    error = refusal(tmp_path, text)
    assert error.key == key
    assert reason in error.wrong


@pytest.mark.parametrize(
    ("delay", "key", "reason"),
    [
        ("law = 'sum'", "parts", "required"),
        ("law = 'sum', parts = []", "parts", "empty"),
        ("law = 'sum', parts = 3", "parts", "not a list"),
        ("law = 'sum', parts = [3]", "parts[0]", "not a law"),
        (
            "law = 'sum', parts = [{ law = 'constant', value = 1 }, { law = 'exponential', mean = -1 }]",
            "parts[1].mean",
            "not positive",
        ),
        ("law = 'sum', parts = [{ law = 'constant', value = 1, weight = 1 }]", "parts[0].weight", "unknown key"),
        ("law = 'mixture', parts = [{ law = 'constant', value = 1 }]", "parts[0].weight", "required"),
        ("law = 'mixture', parts = [{ law = 'constant', value = 1, weight = 0 }]", "parts[0].weight", "not positive"),
        ("law = 'mixture', parts = [{ law = 'constant', value = 1, weight = 0.5 }]", "parts", "not 1"),
        (
            "law = 'mixture', parts = [{ law = 'sum', weight = 1, parts = [{ law = 'gama' }] }]",
            "parts[0].parts[0].law",
            "unknown law",
        ),
        ("law = 'truncated', at = 1", "of", "required"),
        ("law = 'truncated', of = 3, at = 1", "of", "not a law"),
        ("law = 'truncated', of = { law = 'constant', value = 2 }, at = 1", "at", "no duration"),
        ("law = 'order_statistic', of = { law = 'constant', value = 2 }, rank = 3, count = 2", "rank", "not such"),
        (
            "law = 'order_statistic', of = { law = 'constant', value = 2 }, rank = 1.0, count = 2",
            "rank",
            "not an integer",
        ),
        (
            "law = 'order_statistic', of = { law = 'gamma', shape = 0.5, mean = 1 }, rank = 1, count = 2",
            "of",
            "no closed transform",
        ),
        ("law = 'sum', parts = [{ " * 18 + "}] " * 18, "parts[0]" + ".parts[0]" * 16, "nested too deeply"),
    ],
)
def test_a_bad_law_of_laws_is_refused_by_its_nested_key(tmp_path: Path, delay: str, key: str, reason: str) -> None:
    error = refusal(tmp_path, f"[equation]\ndamping = 1\ndelay = {{ {delay} }}\n")
    assert error.key == f"equation.delay.{key}"
    assert reason in error.wrong


def test_laws_of_laws_are_read_and_written_back() -> None:
    slow = OrderStatistic(Truncated(Exponential(1), "2.5"), 2, 3)
    law = Mixture([("1/4", IndependentSum([Constant(1), Exponential("0.1")])), ("1/2", Gamma(4, 1)), ("1/4", slow)])
    parts = [
        {
            "law": "sum",
            "weight": "1/4",
            "parts": [{"law": "constant", "value": 1}, {"law": "exponential", "mean": "0.1"}],
        },
        {"law": "gamma", "shape": 4, "mean": 1, "weight": 0.5},
        {
            "law": "order_statistic",
            "weight": 0.25,
            "of": {"law": "truncated", "of": {"law": "exponential", "mean": 1}, "at": "2.5"},
            "rank": 2,
            "count": 3,
        },
    ]
    raw = {"equation": {"damping": 1, "delay": {"law": "mixture", "parts": parts}}}
    study = study_from_table(raw).cases[0].study
    assert isinstance(study.equation, DelayEquation)
    assert study.equation.delay == law
    assert study_from_table(tomllib.loads(study_toml(study))).cases[0].study.equation == study.equation


@pytest.mark.parametrize("name", ["missing.toml", ".", "with\nnewline.toml", "nul\0.toml"])
def test_an_unreadable_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StudyError, match="cannot be read") as caught:
        load_study(f"{tmp_path}/{name}")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("content", "key", "reason"),
    [
        (b"worker,time\n0,1\n", "workers.compute.column", "no such column"),
        (b"", "workers.compute.column", "no such column"),
        (b"seconds\n", "workers.compute.file", "no values"),
        (b"seconds\n1\nfast\n", "workers.compute.file (t.csv line 3, column seconds)", "not a number"),
        (b"seconds\n1\nnan\n", "workers.compute.file (t.csv line 3, column seconds)", "not a number"),
        (b"seconds\n1\n-2\n", "workers.compute.file (t.csv line 3, column seconds)", "negative"),
        (b"worker,seconds\n1\n", "workers.compute.file (t.csv line 2, column seconds)", "not a number"),
        (b"seconds\n0\n0\n", "workers.compute.values", ""),
        (b"seconds\n\xff\n", "workers.compute.file", "cannot be read"),
        (b'seconds\n"1\n', "workers.compute.file", "cannot be read"),
    ],
)
def test_a_bad_trace_is_refused_by_line_and_column(tmp_path: Path, content: bytes, key: str, reason: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    error = refusal(tmp_path, GOOD.replace(LAW, '{ law = "empirical", file = "t.csv" }'))
    assert error.key == key
    assert reason in error.wrong


def test_a_trace_keeps_its_decimals_exactly(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("worker,time\n0,0.1\n1,3\n")
    text = GOOD.replace(LAW, '{ law = "empirical", file = "t.csv", column = "time" }')
    assert read(tmp_path, text).cases[0].study.workers.cycle_law.values == (sp.Rational(1, 10), 3)


def test_the_nearest_known_key_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, GOOD.replace("learning_rate", "learning_rat")).allowed.startswith("learning_rate")
    assert nearest("zzz", ["alpha", "beta"]) == "alpha, beta"


def test_values_are_shown_short_and_on_one_line() -> None:
    assert show(WrittenFloat("2e-2")) == "2e-2"
    assert show({"law": "gamma", "shape": 4}) == "{ law = 'gamma', shape = 4 }"
    assert len(show(list(range(10_000)))) == 80
    assert show("a\nb\x1b") == "'a\\nb\\x1b'"
    assert show(16**9000).startswith("0x1000")


scalars = (
    st.booleans()
    | st.integers()
    | st.floats()
    | st.floats().map(lambda x: WrittenFloat(repr(x)))
    | st.text(max_size=12)
    | st.sampled_from(["0.1", "1/0", "1/3", "0x1p-2", "1e9999", "constant", "gamma", "empirical", "asynchronous"])
    | st.just(datetime.date(2020, 1, 1))
    | st.integers(10**20, 10**400)
)
key_names = st.sampled_from(
    [*SECTIONS, *(key for row in SECTIONS.values() for key in row), "law", "mean", "shape", "value"]
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(key_names | st.text(max_size=5), inner, max_size=4),
)
laws = st.fixed_dictionaries(
    {"law": st.sampled_from(["constant", "exponential", "gamma", "empirical", "uniform"])},
    optional={
        "value": scalars,
        "mean": scalars,
        "shape": scalars,
        "values": values,
        "file": scalars,
        "column": scalars,
    },
)
sections = {
    name: st.dictionaries(st.sampled_from(list(keys)), scalars | laws | values, max_size=5)
    for name, keys in SECTIONS.items()
}
near_studies = st.fixed_dictionaries({}, optional=sections | {"title": scalars, "sweep": values})


def check_reads_or_refuses(table: dict[str, Any]) -> None:
    try:
        line = "" if study_from_table(table, "fuzz.toml").cases else "no case"
    except StudyError as error:
        line = str(error).removeprefix("fuzz.toml: ").replace("; allowed: ", "", 1)
        assert line.isprintable()
    assert line != "no case"


@given(st.dictionaries(key_names | st.text(max_size=5), values, max_size=4))
def test_any_table_gives_a_study_or_a_refusal(table: dict[str, Any]) -> None:
    check_reads_or_refuses(table)


@given(near_studies)
def test_any_nearly_right_table_gives_a_study_or_a_refusal(table: dict[str, Any]) -> None:
    check_reads_or_refuses(table)


@given(
    st.tuples(
        st.sampled_from([("workers", "count"), ("workers", "compute"), ("optimizer", "learning_rate")]), values | laws
    )
    | st.tuples(st.tuples(st.just("objective"), st.sampled_from(["curvature", "gradient_noise"])), values)
    | st.tuples(st.tuples(st.just("run"), st.sampled_from(["seed", "updates", "burn_in", "start", "initial"])), values)
)
def test_one_strange_value_in_a_good_study_gives_a_study_or_a_refusal(change: tuple[tuple[str, str], Any]) -> None:
    (section, key), value = change
    table: dict[str, Any] = {
        "workers": {"count": 4, "compute": {"law": "exponential", "mean": 1}},
        "optimizer": {"learning_rate": 0.1},
        "objective": {"curvature": [1]},
        "run": {},
    }
    table[section][key] = value
    check_reads_or_refuses(table)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_a_study_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_bytes(content)
    with pytest.raises(StudyError):
        load_study(path)


def test_a_law_whose_mean_has_incomplete_gamma_functions_is_read() -> None:
    law = {"law": "truncated", "of": {"law": "gamma", "shape": 0.25, "mean": 1}, "at": 1.5}
    system = {"optimizer": {"learning_rate": "0.1"}, "objective": {"curvature": [1]}}
    study = study_from_table({"workers": {"count": 2, "compute": law}, **system}).cases[0].study
    assert study.workers is not None
    assert study.workers.classes[0].compute == Truncated(Gamma("1/4", 1), "3/2")
