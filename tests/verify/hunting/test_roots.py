"""Hostile equations: no answer is false, nearly all are proven, and the judges see a root that is moved or missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from numeric.enclosure import Enclosure
from numeric.roots.characteristic import Root, spectrum
from verify.hunting import roots as hunting
from verify.hunting.roots import KINDS, constant, main, manufactured, rational, recursion, run, trials

TRIALS = 35


def test_no_answer_is_false() -> None:
    outcomes = [run(trial) for trial in trials(2026, TRIALS)]
    assert [(one.wrong, one.trial.equation) for one in outcomes if one.wrong] == []
    assert sum(one.certified for one in outcomes) >= TRIALS - 2
    assert max(one.uncertainty for one in outcomes) < 1e-14
    assert {one.trial.kind for one in outcomes} == {kind(np.random.default_rng(0)).kind for kind in KINDS}


@pytest.mark.parametrize("kind", [constant, rational, manufactured, recursion])
def test_a_judge_sees_a_moved_root_and_a_missing_one(kind) -> None:  # type: ignore[no-untyped-def]
    trial = kind(np.random.default_rng(5))
    found = spectrum(trial.equation, **trial.asked)
    assert found.certified
    assert trial.judge(found) is None
    moved = [replace(root, re=Enclosure(root.re.ball + _size(root) / 1000)) for root in found.roots]
    assert trial.judge(replace(found, roots=tuple(moved)))
    if trial.kind != "recursion":
        assert trial.judge(replace(found, roots=tuple(moved[:1])))
    assert found.unstable_count is not None
    if trial.kind != "manufactured":  # roots of choice say nothing about the others
        assert trial.judge(replace(found, unstable_count=found.unstable_count + 2))


def _size(root: Root) -> object:
    return abs(root.re.ball) + abs(root.im.ball)


def test_the_command_tells_what_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["7", "3"]) == 0
    told = capsys.readouterr()
    assert "constant" in told.out
    assert "slowest" in told.out
    assert told.out.splitlines()[-1].startswith("7 tried: 0 wrong")
    assert told.err.startswith("1 tried: 0 wrong"), "progress from the first answer on"


def test_an_interrupted_hunt_tells_what_it_tried(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(seed: int, count: int):  # type: ignore[no-untyped-def]
        yield from trials(seed, 2)
        raise KeyboardInterrupt

    monkeypatch.setattr(hunting, "trials", interrupted)
    assert main(["1000", "3"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 tried")
