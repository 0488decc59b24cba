"""Slips of the event loop change what they say, and the reference sees each that a single replica can show."""

from __future__ import annotations

import pytest

from derive.laws import Constant, Exponential, Gamma
from numeric.event_loop.draw_printer import print_draw
from numeric.event_loop.features import Features, Recording
from numeric.event_loop.source import loop_source
from verify.mutants.loop_mutants import agrees_with_reference, small_systems
from verify.mutants.loop_slips import LOOP_MUTANTS, LoopMutant, MisfitError

BLIND = {  # what 400 updates of one replica cannot show
    "only the last chunk is summed",
    "every replica has the same stream",
    "every two replicas share a stream",
}


@pytest.mark.parametrize("law", [Constant(1), Exponential(1), Gamma(4, 1)], ids=lambda law: law.name)
@pytest.mark.parametrize("slip", LOOP_MUTANTS, ids=lambda slip: slip.what)
def test_every_text_of_a_slip_is_found_in_the_loop(slip: LoopMutant, law: object) -> None:
    draw = print_draw(law.draw)  # type: ignore[attr-defined]
    features = Features((True,), "stationary", True, "averages")
    right = loop_source(draw, features)
    source = slip.source(draw, features)
    compile(source, slip.what, "exec")
    assert (source != right) == bool(slip.changes)
    for number in range(len(slip.changes)):
        fewer = LoopMutant(slip.what, slip.changes[:number] + slip.changes[number + 1 :], in_paths=slip.in_paths)
        assert fewer.source(draw, features) != source


@pytest.mark.parametrize("recording", ["averages", "events", "path"])
def test_a_slip_that_no_longer_fits_the_loop_is_an_error(recording: Recording) -> None:
    features = Features((True,), "stationary", True, recording)
    draw = print_draw(Exponential(1).draw)
    for old in ("no such text", "workers"):  # none of it, and too much of it
        slip = LoopMutant("misfit", ((old, ""),))
        if old == "no such text" and recording == "path":
            assert slip.source(draw, features) == loop_source(draw, features)
            continue
        with pytest.raises(MisfitError, match="'misfit' no longer applies"):
            slip.source(draw, features)


@pytest.mark.parametrize("slip", LOOP_MUTANTS, ids=lambda slip: slip.what)
def test_the_reference_sees_what_one_replica_shows(slip: LoopMutant) -> None:
    seen = not all(agrees_with_reference(slip, system) for system in small_systems())
    assert seen == (slip.what not in BLIND)


def test_the_reference_agrees_with_the_loop_as_it_is() -> None:
    assert all(agrees_with_reference(LoopMutant("none"), system, seed) for system in small_systems() for seed in (1, 2))
