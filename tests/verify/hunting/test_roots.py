"""Hostile equations: no answer is false and nearly all are proven; what the command tells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from numeric.roots.characteristic import spectrum
from verify.hunting import roots as hunting
from verify.hunting.hard_equations import KINDS, trials
from verify.hunting.roots import main, run

TRIALS = 35


def test_no_answer_is_false() -> None:
    outcomes = [run(trial) for trial in trials(2026, TRIALS)]
    assert [(one.wrong, one.trial.equation) for one in outcomes if one.wrong] == []
    assert sum(one.certified for one in outcomes) >= TRIALS - 2
    assert max(one.uncertainty for one in outcomes) < 1e-14
    assert {one.trial.kind for one in outcomes} == {kind(np.random.default_rng(0)).kind for kind in KINDS}


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


def test_fewer_digits_than_promised_are_wrong_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = next(trials(3, 1))
    assert run(trial).wrong is None
    monkeypatch.setattr(hunting, "precise_enough", lambda root, digits: False)
    assert "fewer than 15 digits" in (run(trial).wrong or "")
    monkeypatch.setattr(hunting, "spectrum", lambda *given, **asked: replace(spectrum(*given, **asked), reason="few"))
    assert run(trial).wrong is None
