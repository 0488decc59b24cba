"""Every ``Example:`` of a public docstring states a fact, and the fact is true.

An example is one expression in double backquotes. It may use the names of its own module and those of ``PUBLIC``,
and it is written so that its value is True. What tells a report may name the sample ``report`` and a ``folder``.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derive import symbols
from derive.characteristic import delay_equation, update_equation
from derive.derivations.arrivals import arrival_rate
from derive.draws import DrawRecipe, standard_exponential
from derive.integer_laws import INTEGER_LAWS
from derive.laws import LAWS
from derive.models.linear import LinearModel
from derive.models.recursion import RecursionModel
from derive.schemes import SCHEMES
from derive.studies.study import load_study
from numeric.enclosure import Enclosure
from numeric.event_loop.compiled import System, generator
from numeric.event_loop.objectives import logistic_regression
from numeric.roots.certifying import certificate
from numeric.roots.characteristic import spectrum
from numeric.values import Estimate, Exact

ROOT = Path(__file__).parents[2]
PACKAGES = ("derive", "numeric", "verify")
PUBLIC: dict[str, Any] = {
    "spectrum": spectrum,
    "certificate": certificate,
    "sp": sp,
    "np": np,
    "y": symbols,
    **{law.__name__: law for law in LAWS.values()},
    **{law.__name__: law for law in INTEGER_LAWS.values()},
    **{scheme.__name__: scheme for scheme in SCHEMES.values()},
    **{each.__name__: each for each in (delay_equation, update_equation, load_study, generator, arrival_rate)},
    "logistic_regression": logistic_regression,
    **{each.__name__: each for each in (System, DrawRecipe, Exact, Estimate, Enclosure, LinearModel, RecursionModel)},
    "standard_exponential": standard_exponential,
}
_EXAMPLE = re.compile(r"Example: ``(.+?)``", re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One example: where it stands and what it says."""

    module: str
    name: str
    code: str


def documented(path: Path) -> Iterator[tuple[str, str]]:
    """Every public class or function of a file with its docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, ast.get_docstring(node) or ""


def examples() -> list[Example]:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
            for name, text in documented(path):
                found += [Example(module, name, " ".join(code.split())) for code in _EXAMPLE.findall(text)]
    return found


EXAMPLES = examples()


@cache
def sample_report() -> Any:
    """The sample report of the telling's own tests."""
    path = ROOT / "tests/verify/telling/samples.py"
    spec = importlib.util.spec_from_file_location("docstring_samples", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.sample_report()


def value_of(example: Example, folder: Path) -> Any:
    names = {**PUBLIC, **vars(importlib.import_module(example.module))}
    if example.module.startswith(("verify.telling", "verify.verdict")):
        report = sample_report()
        names |= {"report": report, "folder": folder, "figure": report.figures[0], "verdict": report.verdicts[0]}
    return eval(example.code, names)  # code of this repository's own docstrings


DEAR = (
    *("mutants", "simulate_excess_risk", "sample", "judge_scene", "advise", "best_subset", "fastest_setting"),
    *("simulate_covariances", "decay_rate", "simulate_first_passage", "relative_error", "simulate_response"),
    *("mean_square_step", "mean_square_limit", "write_report", "doubts", "compared"),
)
"""What takes seconds and stands in other tests of `make test`, too; the example itself is for `make verify`."""


def _case(example: Example) -> Any:
    marks = [pytest.mark.slow] if example.name in DEAR else []
    return pytest.param(example, id=f"{example.module}.{example.name}", marks=marks)


@pytest.mark.parametrize("example", [_case(each) for each in EXAMPLES])
def test_the_example_is_true(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    value = value_of(example, tmp_path)
    assert isinstance(value, bool | np.bool_ | type(sp.true)), f"states no fact: {example.code} is {value!r}"
    assert value, example.code


def test_no_example_escapes_by_its_form() -> None:
    written = sum(
        text.count("Example:")
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for _, text in documented(path)
    )
    assert written == len(EXAMPLES) >= 50


def test_a_false_example_and_one_that_states_nothing_are_found(tmp_path: Path) -> None:
    assert not value_of(Example("derive.exact", "exact", 'exact("0.1") == exact(0.1)'), tmp_path)
    assert not isinstance(value_of(Example("derive.exact", "exact", 'exact("0.1")'), tmp_path), bool)
    with pytest.raises(NameError):
        value_of(Example("derive.exact", "exact", "report"), tmp_path)
