"""Slips of the loops under schemes: each text is found, the reference sees each, the judge those that it can."""

from __future__ import annotations

import pytest

from numeric.event_loop.cycles import print_cycle
from numeric.event_loop.features import Features
from numeric.event_loop.source import loop_source
from verify.mutants.loop_mutants import SLIPS, agrees_with_reference, judge_in_scene
from verify.mutants.loop_slips import LoopMutant, MisfitError
from verify.mutants.scheme_scenes import scenes
from verify.mutants.scheme_slips import SCHEME_SLIPS

NAMED = {slip.what: slip for slip in SCHEME_SLIPS}


@pytest.mark.parametrize("slip", SCHEME_SLIPS, ids=lambda slip: slip.what)
def test_every_slip_changes_the_loop_of_its_scene_and_the_reference_sees_it(slip: LoopMutant) -> None:
    system = scenes()[slip.scene].system
    draw, features = print_cycle(system), Features.of(system)
    source = slip.source(draw, features)
    compile(source, slip.what, "exec")
    assert source != loop_source(draw, features)
    for number in range(len(slip.changes)):
        fewer = LoopMutant(slip.what, slip.changes[:number] + slip.changes[number + 1 :])
        assert fewer.source(draw, features) != source
    assert not agrees_with_reference(slip, system)


def test_every_slip_has_a_name_of_its_own_and_every_scene_a_slip() -> None:
    assert len({slip.what for slip in SLIPS}) == len(SLIPS)
    assert {slip.scene for slip in SCHEME_SLIPS} == set(scenes())
    assert all(bool(slip.equivalent) == (not scenes()[slip.scene].numbers) for slip in SCHEME_SLIPS)


@pytest.mark.parametrize(
    ("what", "claim"),
    [
        ("version counted before the drop", "threshold.applied-fraction.exponential (threshold)"),
        ("workers weighted alike instead of by their rates", "delay.law.unlike-workers (unlike workers)"),
    ],
)
def test_a_slip_is_refuted_by_the_claim_it_breaks(what: str, claim: str) -> None:
    found = judge_in_scene(NAMED[what])
    assert found.noticed
    assert not found.mutant.equivalent
    assert claim in found.refuted


def test_a_slip_that_does_not_apply_is_an_error_and_not_noticed() -> None:
    with pytest.raises(MisfitError, match="no longer applies"):
        judge_in_scene(LoopMutant("misfit", (("no such text", ""),), scene="threshold"))


def test_a_loop_without_a_slip_is_not_noticed() -> None:
    found = judge_in_scene(LoopMutant("none", scene="threshold"))
    assert (found.noticed, found.refuted, found.reference) == (False, (), False)
