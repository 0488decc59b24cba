"""The [chart] of a study: what may vary, and one-line refusals."""

from __future__ import annotations

import tomllib

import pytest

from derive.studies.records import ChartAxis
from derive.studies.schema import StudyError, WrittenFloat
from derive.studies.study import study_from_table

WORKERS = """[workers]
count = 8
compute = {law}
[optimizer]
learning_rate = 0.05
[objective]
curvature = [1]
"""
EQUATION = "[equation]\ndamping = 1\ndelay = {law}\n"
CONSTANT, UNIFORM = '{ law = "constant", value = 1 }', '{ law = "uniform", low = 0, high = 2 }'
DAMPING = '{ parameter = "damping", low = 0.05, high = 3 }'


def read(text: str, x: str, y: str) -> tuple[ChartAxis, ChartAxis]:
    table = tomllib.loads(f"{text}[chart]\nx = {x}\ny = {y}\n", parse_float=WrittenFloat)
    chart = study_from_table(table, "here.toml").cases[0].study.chart
    assert chart is not None
    return chart


def axis(name: str, low: object, high: object) -> str:
    return f'{{ parameter = "{name}", low = {low}, high = {high} }}'


@pytest.mark.parametrize(
    ("text", "law", "name"),
    [
        (EQUATION, CONSTANT, "delay.value"),
        (EQUATION, CONSTANT, "equation.delay.value"),
        (EQUATION, UNIFORM, "delay.low"),
        (WORKERS, CONSTANT, "workers.compute.value"),
        (WORKERS, CONSTANT, "optimizer.learning_rate"),
        (WORKERS, CONSTANT, "objective.curvature"),
        (WORKERS, '{ law = "gamma", shape = 4, mean = 1 }', "workers.compute.shape"),
        (WORKERS, '{ law = "hyperexponential", weights = [0.5, 0.5], means = [1, 2] }', "workers.compute.means[1]"),
    ],
)
def test_numbers_of_a_study_may_vary(text: str, law: str, name: str) -> None:
    other = DAMPING if text is EQUATION else axis("workers.count", 1, 32)
    x, _ = read(text.format(law=law), axis(name, "0.1", 1), other)
    assert x.parameter == name.removeprefix("equation.")
    assert x.low * 10 - 1 < 1e-9


def test_an_option_that_is_left_out_may_vary() -> None:
    x, _ = read(WORKERS.format(law=CONSTANT), axis("optimizer.momentum", 0, 0.9), axis("workers.count", 1, 32))
    assert x.path == ("optimizer", "momentum")


def test_a_condition_between_parameters_may_be_crossed() -> None:
    _, y = read(EQUATION.format(law=UNIFORM), DAMPING, axis("delay.low", 0, 3))
    assert y.high == 3


@pytest.mark.parametrize(
    ("law", "x", "y", "line"),
    [
        (CONSTANT, DAMPING, axis("delay.valu", 0, 1), "chart.y.parameter = 'delay.valu': no number that may vary;"),
        (CONSTANT, DAMPING, axis("delay.value", 2, 2), "chart.y.low = 2: not below high; allowed: a number below"),
        (CONSTANT, DAMPING, axis("delay.value", -1, 2), "chart.y.low = -1: negative; allowed: a finite number >= 0"),
        (CONSTANT, DAMPING, DAMPING, "chart.y.parameter = 'damping': given twice;"),
        (CONSTANT, DAMPING, "3", "chart.y = 3: not a table;"),
        (CONSTANT, DAMPING, '{ parameter = "delay.value", low = 1 }', "chart.y.high = (missing): required;"),
        (CONSTANT, DAMPING, '{ parameter = "delay.value", lo = 1 }', "chart.y.lo = 1: unknown key; allowed: low (nea"),
        (CONSTANT, DAMPING, axis("delay.value", "nan", 1), "chart.y.low = nan: not a finite number;"),
        (UNIFORM, DAMPING, axis("delay.low", 3, 4), "chart.y.low = 3: not above low; allowed: a finite number > low"),
        (UNIFORM, DAMPING, axis("delay.high", 0, 2), "chart.y.low = 0: not positive; allowed: a finite number > 0"),
    ],
)
def test_what_no_chart_can_show_is_refused_in_one_line(law: str, x: str, y: str, line: str) -> None:
    with pytest.raises(StudyError) as refused:
        read(EQUATION.format(law=law), x, y)
    assert str(refused.value).startswith(f"here.toml: {line}")
    assert "\n" not in str(refused.value)


def test_counts_and_impossible_options_are_refused() -> None:
    text = WORKERS.format(law=CONSTANT)
    rate = axis("optimizer.learning_rate", 0.1, 1)
    with pytest.raises(StudyError, match=r"chart\.y\.high = 1\.5: out of range; allowed: number in \[0, 1\)"):
        read(text, rate, axis("optimizer.momentum", 0, 1.5))
    batch = text + '[scheme]\nrule = "k-batch-async"\nbatch = 2\n'
    with pytest.raises(StudyError, match="no number that may vary"):
        read(batch, rate, axis("scheme.batch", 1, 4))
    with pytest.raises(StudyError, match=r"chart = \{\}: neither x nor y"):
        study_from_table(tomllib.loads(text + "[chart]\n"), "here.toml")
