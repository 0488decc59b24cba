"""Stage: the mutation score. Input: every registered claim, and the event loop. Output: which wrong ones get through.

Every claim's wrong results and wrong names are held against the check of their step; every wrong result also against
the claim's other rows of evidence without that check, the cheapest first; wrong event loops against the judge. A name
that several claims share is judged once. A part of the work is a claim or a slip, shared by processes; the score does
not depend on how many. A claim is not cut: what its checks say of the right claim is worked out once.

    python -m verify.mutants.score                prints the score of every leg, and the survivors with their reasons
    python -m verify.mutants.score --only law.    of the claims whose ids begin so, and of no event loop

The exit code is 1 if anything counted survives, or if the time runs out.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from derive.claims import CLAIMS
from verify.commands.progress import Progress, progress_for
from verify.mutants.loop_mutants import SLIPS, LoopScore, judge_slip, loop_lines
from verify.mutants.planted_claims import Laboratory, laboratories, notices
from verify.mutants.planted_steps import Judged, Mutant, judge, mutants_of
from verify.mutants.tables import claim_lines, in_order, sampled_lines, score_lines, survivors

MINUTES = 60
"""How long a run may take."""

LET_THROUGH = "let through by the check of its step"


@dataclass(frozen=True)
class Part:
    """The mutants of a claim, by its id, or one slip of the event loop, by its words; small enough to be sent."""

    claim: str = ""
    slip: str = ""


@dataclass(frozen=True)
class Done:
    """What became of a part."""

    judged: tuple[Judged, ...] = ()
    slip: LoopScore | None = None


@cache
def mutants() -> dict[str, tuple[Mutant, ...]]:
    """The mutants of every claim; a wrong name of a step that several claims share is the first one's.

    Example: ``set(mutants()) == set(CLAIMS)``.
    """
    known: set[object] = set()
    found = {}
    for claim in CLAIMS.values():
        mine = []
        for one in mutants_of(claim):
            told = one.mutation.expression
            key = (one.step.rule, one.step.inputs, told) if one.side == "left" else (claim.id, one.step.number, told)
            if key not in known:
                known.add(key)
                mine.append(one)
        found[claim.id] = tuple(mine)
    return found


def parts(only: str = "") -> tuple[Part, ...]:
    """Everything there is to judge, the slips first; with ``only`` the claims whose ids begin so."""
    slips = () if only else (Part(slip=slip.what) for slip in SLIPS)
    return (*slips, *(Part(claim) for claim in CLAIMS if claim.startswith(only)))


def sample(of_each_kind: int = 2) -> tuple[Mutant, ...]:
    """Mutants for a quick look, always the same: some of every kind, spread over the registry, and one of every claim.

    Example: ``{mutant.claim.id for mutant in sample(1)} == set(CLAIMS)``.
    """
    chosen: list[Mutant] = []
    kinds: dict[str, list[Mutant]] = {}
    for number, mine in enumerate(mutants().values()):
        chosen.append(mine[7 * number % len(mine)])
        for mutant in mine:
            kinds.setdefault("name" if mutant.side == "left" else mutant.mutation.kind, []).append(mutant)
    for every in kinds.values():
        chosen += every[:: -(-len(every) // of_each_kind)]
    return tuple(chosen)


def work(part: Part) -> Done:
    """Judge one part, with every leg."""
    if part.slip:
        return Done(slip=judge_slip(part.slip))
    judged = (with_other_legs(mutant, judge(mutant), laboratories()) for mutant in mutants()[part.claim])
    return Done(tuple(judged))


def with_other_legs(mutant: Mutant, judged: Judged, labs: tuple[Laboratory, ...]) -> Judged:
    """What second routes and samples say of a wrong result without the check of its step, and what they notice instead
    of it: a root on another branch is still a root, and only the certified spectrum knows which of them comes first."""
    if judged.outcome == "equivalent" or not mutant.of_result:
        return judged
    judged = replace(judged, leg=notices(mutant.claim, mutant.mutation.expression, labs))
    if judged.outcome == "survived" and judged.leg in ("agreement", "sampling"):
        return replace(judged, outcome="noticed", reason=f"{LET_THROUGH}, noticed by {judged.leg}")
    return judged


def run(todo: Sequence[Part], processes: int, seconds: float, progress: Progress) -> tuple[Done, ...]:
    """Work on every part, in as many processes; fewer than all are done if ``seconds`` do not suffice."""
    end = time.monotonic() + seconds
    done = []
    with (
        multiprocessing.get_context("spawn").Pool(processes) as pool,
        progress.task("judging mutants", len(todo)) as advance,
    ):
        found = pool.imap_unordered(work, todo)
        for _ in todo:
            try:
                done.append(found.next(max(0.0, end - time.monotonic())))
            except multiprocessing.TimeoutError:
                break
            advance(1)
    return tuple(done)


def report(done: Iterable[Done]) -> Iterator[str]:
    """Every table and every survivor."""
    every = tuple(done)
    judged = in_order(one for part in every for one in part.judged)
    slips = {part.slip.what: part.slip for part in every if part.slip}
    yield "\nWrong results and names held against the check of their step"
    yield from score_lines(judged)
    yield "\nThe same by claim: noticed of counted"
    yield from claim_lines(judged)
    yield "\nWrong results planted into predictions, without that check"
    yield from sampled_lines(judged)
    yield "\nWrong event loops held against the judge"
    yield from loop_lines(slips[slip.what] for slip in SLIPS if slip.what in slips)


def survived(done: Iterable[Done]) -> int:
    """How many counted mutants and slips nothing noticed."""
    every = tuple(done)
    lost = len(survivors(in_order(one for part in every for one in part.judged)))
    return lost + sum(part.slip is not None and not part.slip.noticed for part in every)


def main(arguments: Sequence[str] | None = None, tell: Callable[[str], None] = print) -> int:
    """Print the score; 1 if anything counted survives or the time runs out, else 0."""
    parser = argparse.ArgumentParser(prog="python -m verify.mutants.score", description="the mutation score")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: one for each core")
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"give up after these (default {MINUTES})")
    parser.add_argument("--only", default="", metavar="BEGIN", help="only the claims whose ids begin with this")
    given = parser.parse_args(arguments)
    begin, todo = time.monotonic(), parts(given.only)
    tell(f"{len(todo)} parts in {given.processes} processes, at most {given.minutes:g} minutes")
    with progress_for(sys.stderr) as progress:
        done = run(todo, given.processes, 60 * given.minutes, progress)
    for line in report(done):
        tell(line)
    if len(done) < len(todo):
        tell(f"\nnot finished within {given.minutes:g} minutes: {len(done)} of {len(todo)} parts judged, no score")
        return 1
    lost = survived(done)
    tell(f"\n{lost or 'no'} survivor{'s' * (lost != 1)}; {time.monotonic() - begin:.0f} s")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
