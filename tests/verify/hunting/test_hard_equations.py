"""Each kind of hard equation is judged so that a root that is moved or missing is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from numeric.enclosure import Enclosure
from numeric.roots.characteristic import Root, spectrum
from verify.hunting.hard_equations import constant, manufactured, rational, recursion


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
