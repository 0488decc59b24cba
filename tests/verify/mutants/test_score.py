"""The mutation score: every wrong result and name that changes a value by 1 % is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from derive.claims import CLAIMS, arrivals, delay, laws, noise
from verify.commands.progress import Silence
from verify.mutants import score as mutants
from verify.mutants.loop_mutants import SLIPS
from verify.mutants.planted_claims import laboratories, laboratory
from verify.mutants.planted_steps import Judged, judge, mutants_of
from verify.mutants.score import Done, Part, main, parts, report, run, sample, survived, with_other_legs, work
from verify.mutants.tables import COLUMNS, column, survivors


def judged_sample(every: int) -> tuple[Judged, ...]:
    """Of the sample one claim in ``every``, and some mutants of each kind."""
    whole = sample()
    found = {mutant: judge(mutant) for mutant in (*whole[: len(CLAIMS) : every], *whole[len(CLAIMS) :])}
    # Constant cycles first: of their roots a wrong branch passes the check of its step.
    for labs in ((laboratory(0),), laboratories()):
        for mutant, one in found.items():
            if one.outcome == "survived":
                found[mutant] = with_other_legs(mutant, one, labs)
    return tuple(found.values())


@pytest.mark.parametrize("every", [16, pytest.param(1, marks=pytest.mark.slow)])
def test_a_sample_of_every_kind_and_of_the_claims_is_noticed(every: int) -> None:
    judged = judged_sample(every)
    counted = [one for one in judged if one.outcome != "equivalent"]
    assert {column(one) for one in counted} == set(COLUMNS)
    assert {one.claim for one in judged} >= set(list(CLAIMS)[::every])
    for subject in (arrivals, delay, noise, laws):
        assert {claim.id for claim in subject.CLAIMS} & {one.claim for one in counted}
    assert survivors(counted) == ()


def test_a_root_on_another_branch_is_noticed_by_the_certified_spectrum_alone() -> None:
    claim = CLAIMS["delay.roots.constant"]
    wrong = next(one for one in mutants_of(claim) if one.mutation.kind == "wrong branch")
    found = judge(wrong)
    assert (found.outcome, found.refused) == ("survived", False)
    other = with_other_legs(wrong, found, (laboratory(0),))
    assert (other.outcome, other.leg) == ("noticed", "agreement")
    assert with_other_legs(wrong, found, ()).outcome == "survived"


def test_the_parts_are_all_mutants_and_all_slips_once() -> None:
    every = parts()
    assert len(set(every)) == len(every)
    assert {part.slip for part in every if part.slip} == {slip.what for slip in SLIPS}
    assert {part.claim for part in every if part.claim} == set(CLAIMS)


def test_every_mutant_is_judged_once_and_a_name_that_claims_share_for_the_first_of_them() -> None:
    every = [one for mine in mutants.mutants().values() for one in mine]
    seen = {(one.claim.id, one.step, one.side, one.mutation) for one in every}
    assert len(seen) == len(every)
    told = {one.planted for one in every}
    for claim in list(CLAIMS.values())[::16]:  # what was left out is the same step, of an earlier claim
        mine = list(mutants_of(claim))
        assert {one.mutation.expression for one in mine if one.of_result} == {
            one.mutation.expression for one in mutants.mutants()[claim.id] if one.of_result
        }
        numbers = range(1, 40)
        left_out = [one for one in mine if one not in mutants.mutants()[claim.id]]
        assert all(any(replace(one.planted, number=at) in told for at in numbers) for one in left_out)


def test_a_part_is_a_claim_with_every_mutant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "laboratories", tuple)
    name = "arrivals.rate.any-law"
    judged = work(Part(name)).judged
    assert [one.equation for one in judged] == [judge(one).equation for one in mutants.mutants()[name]]


def test_a_beginning_chooses_claims_and_no_slips() -> None:
    assert {part.claim for part in parts("law.")} == {name for name in CLAIMS if name.startswith("law.")}
    assert not any(part.slip for part in parts("law."))


LOST = replace(judge(next(mutants_of(CLAIMS["arrivals.rate.any-law"]))), outcome="survived")


@pytest.mark.parametrize("outcome", ["noticed", "survived", "equivalent"])
def test_one_survivor_fails_the_run(outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = replace(LOST, outcome=outcome)  # type: ignore[arg-type]
    lines: list[str] = []
    monkeypatch.setattr(mutants, "run", lambda *_: (Done((one,)),))
    monkeypatch.setattr(mutants, "parts", lambda only: (Part(one.claim),))
    assert main(["--processes", "1"], lines.append) == (outcome == "survived")
    assert any(line.startswith("survived: arrivals.rate") for line in lines) == (outcome == "survived")
    assert survived([Done((one,))]) == (outcome == "survived")


def test_a_run_out_of_time_has_no_score() -> None:
    lines: list[str] = []
    assert run([Part("arrivals.rate.any-law")], 1, 0.0, Silence()) == ()
    assert main(["--minutes", "0", "--processes", "1"], lines.append) == 1
    assert lines[-1] == f"\nnot finished within 0 minutes: 0 of {len(parts())} parts judged, no score"


def test_the_report_has_a_row_for_every_kind_and_every_claim() -> None:
    told = ((one.claim.id, one.side, one.mutation.kind) for one in sample(1))
    judged = tuple(replace(LOST, claim=claim, side=side, kind=kind) for claim, side, kind in told)
    lines: Sequence[str] = list(report([Done(judged)]))
    for name in (*COLUMNS, *CLAIMS):
        assert any(line.startswith(name) for line in lines), name
