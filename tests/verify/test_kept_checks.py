"""A check is known again for the same step and the same sources alone; a wrong step is never taken for a proven one."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation, Rule, Step
from derive.rules.calculus import Rewrite
from numeric.running import folders
from verify import identities, kept_checks
from verify.identities import check_step, check_step_afresh
from verify.kept_checks import kept_file, key_of, sources, sources_digest

CLAIM = "arrivals.rate.any-law"
STEP, DOMAIN = CLAIMS[CLAIM].derived.steps[-1], CLAIMS[CLAIM].derived.domain


def another_process() -> None:
    """Forget what a new process does not know."""
    for cached in (folders.cache_folder, kept_checks.kept_file, kept_checks.sources, kept_checks._known, check_step):
        cached.cache_clear()  # type: ignore[attr-defined]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of our own; sources that were changed a moment ago count as settled."""
    monkeypatch.setenv("STALEPROOF_CACHE", str(tmp_path))
    monkeypatch.delenv("STALEPROOF_CHECKS", raising=False)
    monkeypatch.setattr(kept_checks, "_IMPORTED", float("inf"))
    another_process()
    file = kept_file()
    assert file is not None
    assert file.parent == tmp_path
    yield file
    monkeypatch.undo()
    another_process()


def test_another_process_knows_right_and_wrong_steps(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (STEP, STEP.perturbed())
    found = [check_step(step, 0, DOMAIN) for step in steps]
    assert [check.passed for check in found] == [True, False]
    another_process()
    monkeypatch.setattr(identities, "check_step_afresh", None)
    assert [check_step(step, 0, DOMAIN) for step in steps] == found
    assert [check.kept for check in found] == [False, False]  # the first process proved them
    assert [check_step(step, 0, DOMAIN).kept for step in steps] == [True, True]  # this one was told
    moved = replace(STEP, number=STEP.number + 7)
    assert check_step(moved, 0, DOMAIN) == replace(found[0], number=moved.number)


def test_what_another_process_keeps_meanwhile_is_known(kept: Path) -> None:
    first, second = ({"checked_by": "symbolic", "passed": True, "detail": detail} for detail in ("one", "two"))
    assert kept_checks.known_check("a") is None
    kept.write_text(kept_checks._line("a", first), encoding="utf-8")
    assert kept_checks.known_check("a") == {**first, "kept": True}
    with kept.open("a", encoding="utf-8") as lines:
        line = kept_checks._line("b", second)
        lines.write(line[:20])
        lines.flush()
        assert kept_checks.known_check("b") is None  # a line that is being written
        lines.write(line[20:])
    assert kept_checks.known_check("b") == second


@pytest.mark.parametrize(
    "claim", [CLAIM, "delay.stability-limit.gamma", "recursion.crossing-staleness.poisson-staleness"]
)
def test_a_wrong_step_is_refused_whatever_is_known_of_the_right_one(kept: Path, claim: str) -> None:
    derivation = CLAIMS[claim].derived
    step = derivation.steps[-1]
    assert check_step(step, 0, derivation.domain).passed
    another_process()
    slips = (sp.Rational(1, 10**30), sp.Integer(1), -2 * step.output.right)
    for wrong in (Equation(step.output.left, step.output.right + slip) for slip in slips):
        assert not check_step(replace(step, output=wrong), 0, derivation.domain).passed
    renamed = replace(step, output=Equation(step.output.left + 1, step.output.right))
    assert not check_step(renamed, 0, derivation.domain).passed


def test_every_step_of_the_ledger_has_a_key_of_its_own() -> None:
    derived = [CLAIMS[name].derived for name in (*sorted(CLAIMS)[::8], "k-sync.time-per-update.uniform")]
    steps = {(replace(one, number=0), every.domain) for every in derived for one in every.steps}
    keys = [key for step, domain in steps if (key := key_of(step, 0, domain)) is not None]
    assert len(set(keys)) == len(keys)
    assert 0 < len(steps) - len(keys) <= 3  # a variable that a rule made on the way to bind it has no lasting name


def test_whatever_a_check_reads_is_in_its_key(kept: Path) -> None:
    real = y.damping.func(y.damping.name, real=True)  # another assumption, the same letter
    output = Equation(y.decay, y.damping)
    step = Step(1, Rewrite(sp.expand), (output,), output)
    others = [
        replace(step, output=Equation(y.decay, real)),
        replace(step, output=Equation(y.damping, y.damping)),
        replace(step, inputs=()),
        replace(step, inputs=(Equation(y.decay, y.damping + 1),)),
        replace(step, rule=Rewrite(sp.factor)),
        replace(step, output=Equation(y.decay, sp.Float(1))),
        replace(step, output=Equation(y.decay, sp.Integer(1))),
        replace(step, output=Equation(y.decay, sp.Function("f")(y.t))),
        replace(step, output=Equation(y.decay, sp.Function("f", real=True)(y.t))),
        replace(step, output=Equation(y.decay, sp.Matrix([[1, 2]]))),
        replace(step, output=Equation(y.decay, sp.Matrix([[1], [2]]))),
    ]
    keys = [key_of(one, 0, sp.true) for one in (step, *others)] + [key_of(step, 1, sp.true), key_of(step, 0, y.t > 1)]
    assert None not in keys
    assert len(set(keys)) == len(keys)
    for item in fields(STEP.rule):  # type: ignore[arg-type]
        assert item.name in repr(kept_checks._told(STEP.rule))


@dataclass(frozen=True)
class Lenient(Rule):
    """A rule of no source file that the digest covers."""

    value: Any
    label = "lenient"

    def apply(self, *inputs: Equation) -> Equation:
        return Equation(y.decay, self.value)

    def residuals(self, output: Equation, *inputs: Equation) -> tuple[sp.Expr, ...]:
        return (output.right - self.value,)


def test_what_another_process_could_not_recognise_is_never_kept(kept: Path) -> None:
    strange = [Lenient(y.damping), Rewrite(lambda one: one), Rewrite(sp.Lambda(sp.Dummy(), 1))]
    for rule in strange:
        step = Step(1, rule, (Equation(y.decay, y.damping),), Equation(y.decay, y.damping))
        assert key_of(step, 0, sp.true) is None
    assert check_step(Step(1, Lenient(y.damping), (), Equation(y.decay, y.damping))).passed
    assert not kept.exists()


def test_functions_of_one_name_are_told_apart_by_their_places_and_what_they_carry() -> None:
    made = {"__name__": "derive.rules.calculus"}
    exec("def carry(x):\n    return lambda e: e + x\none, two = (lambda e: e), (lambda e: 2 * e)", made)
    functions = [made["one"], made["two"], made["carry"](1), made["carry"](2)]
    assert len({repr(kept_checks._told(function)) for function in functions}) == 4


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("true", "false"),
        lambda text: text.replace("algebra", "magic"),
        lambda text: text[: len(text) // 2],
        lambda _: "",
        lambda _: "\x00\xff nonsense [] \n\n{",
    ],
    ids=["outcome turned", "detail changed", "cut short", "empty", "noise"],
)
def test_a_damaged_line_is_not_known(kept: Path, spoil: Any) -> None:
    found = check_step(STEP, 0, DOMAIN)
    assert f'"{key_of(STEP, 0, DOMAIN)}"' in kept.read_text()
    kept.write_text(spoil(kept.read_text()))
    another_process()
    assert kept_checks.known_check(key_of(STEP, 0, DOMAIN)) is None
    assert check_step(STEP, 0, DOMAIN) == found


def test_a_wrong_steps_line_does_not_serve_the_right_key(kept: Path) -> None:
    """Two lines that swap their outcomes, each with the digest of its own line."""
    right, wrong = key_of(STEP, 0, DOMAIN), key_of(STEP.perturbed(), 0, DOMAIN)
    assert check_step(STEP, 0, DOMAIN).passed
    assert right is not None
    assert wrong is not None
    kept.write_text(kept.read_text().replace(right, wrong))  # the digest is that of the line as it was
    another_process()
    assert not check_step(STEP.perturbed(), 0, DOMAIN).passed


def test_changed_sources_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = []
    for path in sources()[:3]:
        copies.append(tmp_path / path.name)
        copies[-1].write_bytes(path.read_bytes())
    monkeypatch.setattr(kept_checks, "_ROOT", tmp_path)
    before = sources_digest(tuple(copies))
    assert sources_digest(tuple(copies)) == before
    copies[1].write_bytes(copies[1].read_bytes() + b"\n# a word\n")
    assert sources_digest(tuple(copies)) != before
    copies[1].write_bytes(sources()[1].read_bytes())
    assert sources_digest(tuple(copies)) == before
    monkeypatch.setattr(kept_checks, "version", lambda name: "9.9")
    assert sources_digest(tuple(copies)) != before


def test_the_sources_are_all_that_a_check_imports() -> None:
    told = {path.relative_to(kept_checks._ROOT).as_posix() for path in sources()}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("verify"):
                assert f"{str(node.module).replace('.', '/')}.py" in told, (path, node.module)
    assert {"derive/rules/calculus.py", "derive/symbols.py", "numeric/enclosure.py", "verify/identities.py"} <= told


def test_sources_changed_about_the_start_of_this_process_keep_nothing(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = max(path.stat().st_mtime for path in sources())
    monkeypatch.setattr(kept_checks, "_IMPORTED", newest + kept_checks.SETTLED / 2)
    assert check_step(STEP, 0, DOMAIN).passed
    assert not kept.exists()


def test_nothing_is_kept_where_nothing_is_wanted(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STALEPROOF_CHECKS", "")
    another_process()
    assert kept_file() is None
    assert check_step(STEP, 0, DOMAIN) == check_step_afresh(STEP, 0, DOMAIN)
    assert list(kept.parent.iterdir()) == []


def test_a_file_that_cannot_be_written_costs_only_time(kept: Path) -> None:
    kept.mkdir()  # a folder where the file should be: neither read nor written
    assert check_step(STEP, 0, DOMAIN).passed
    another_process()
    assert check_step(STEP, 0, DOMAIN).passed


def test_checks_of_sources_long_gone_are_forgotten(kept: Path) -> None:
    old, recent = kept.with_name("checks-0.jsonl"), kept.with_name("checks-1.jsonl")
    for other in (old, recent):
        other.write_text("")
    os.utime(old, (0, 0))
    check_step(STEP, 0, DOMAIN)
    assert not old.exists()
    assert recent.exists()
