"""The judge notices wrong event loops: slips in the source, and replicas that share their random streams."""

from __future__ import annotations

import pytest

from derive.studies.records import Case
from numeric.event_loop import compiled as event_loop
from verify.mutants.loop_mutants import LoopScore, judge_loop, loop_lines, planted
from verify.mutants.loop_slips import LOOP_MUTANTS, LoopMutant, MisfitError
from verify.mutants.planted_claims import LAWS, study_of
from verify.sampling.judging import PlannedCase, plan_case
from verify.sampling.simulating import simulate_study
from verify.statistics.replicas import repeated_replicas

SLIPS = {slip.what: slip for slip in LOOP_MUTANTS}


@pytest.fixture(scope="module")
def exponential() -> tuple[PlannedCase, ...]:
    return (plan_case(Case("", study_of(LAWS[1]))),)


@pytest.mark.parametrize(
    ("what", "claim"),
    [
        pytest.param(
            *("noise scaled by 1.02", "finite-workers.second-moment.exponential (exponential)"), marks=pytest.mark.slow
        ),
        ("workers served in turn, not by their rates", "finite-workers.second-moment.exponential (exponential)"),
    ],
)
def test_a_slip_is_refuted_by_the_claim_it_breaks(exponential: tuple[PlannedCase, ...], what: str, claim: str) -> None:
    found = judge_loop(SLIPS[what], exponential)
    assert found.noticed
    assert claim in found.refuted


def test_a_version_counted_at_the_wrong_moment_breaks_an_invariant(exponential: tuple[PlannedCase, ...]) -> None:
    found = judge_loop(SLIPS["version counted before the update is made"], exponential)
    assert "does not add up" in found.invariant


def test_a_slip_that_no_longer_fits_is_an_error_and_not_noticed(exponential: tuple[PlannedCase, ...]) -> None:
    with pytest.raises(MisfitError, match="no longer applies"):
        judge_loop(LoopMutant("misfit", (("no such text", ""),)), exponential)


@pytest.mark.parametrize(("what", "pairs"), [("every replica has the same stream", 63),
                                             ("every two replicas share a stream", 32)])  # fmt: skip
def test_replicas_that_share_a_stream_are_found(what: str, pairs: int) -> None:
    with planted(SLIPS[what]):
        assert len(repeated_replicas(simulate_study(study_of(LAWS[0])))) == pairs


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law["law"])
def test_replicas_of_their_own_streams_are_distinct(law: dict[str, object]) -> None:
    assert repeated_replicas(simulate_study(study_of(law))) == ()


def test_a_loop_without_a_slip_is_not_noticed_and_nothing_stays_planted(exponential: tuple[PlannedCase, ...]) -> None:
    found = judge_loop(LoopMutant("none"), exponential)
    assert (found.noticed, found.refuted, found.reference) == (False, (), False)
    assert event_loop.loop_source.__module__ == "numeric.event_loop.source"


def test_a_slip_is_told_in_one_line_with_what_noticed_it() -> None:
    seen = LoopScore("noise scaled", True, "", ("one claim", "reference, bit for bit"))
    lost = LoopScore("nothing", False, "", ())
    same = LoopScore("order of draws", True, "same law", ("reference, bit for bit",))
    assert list(loop_lines([seen, lost, same])) == [
        "noticed: noise scaled: one claim; reference, bit for bit",
        "survived: nothing: by nothing",
        "noticed: order of draws: reference, bit for bit [equivalent: same law]",
        "1 of 2 slips noticed without the reference; 1 of 1 equivalent ones noticed by it",
    ]
