"""Stage: the mutation score. Input: every registered claim. Output: which wrong results the verification lets through.

Each mutation of a claim's right side replaces the last step's output, and the check of that step must refuse it. A
mutation that changes the value by less than 1 % everywhere on the claim's domain is equivalent and not counted.

    python -m verify.mutants        prints the score of every leg, and the survivors with their reasons
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS, Claim
from derive.derivation import Equation, Step
from derive.rules.calculus import DifferentiateAt
from verify.identities import check_step
from verify.loop_mutants import loop_lines
from verify.mutations import KINDS, POINTS, SMALLEST_CHANGE, Mutation, largest_change, mutations
from verify.planted_claims import Laboratory, laboratories, notices

SECONDS = 5
"""Time for one check: a second route may integrate without end what it was never meant to see."""

REFUSED = "refused all the same"
LET_THROUGH = "let through by the check of its step"

Outcome = Literal["noticed", "survived", "equivalent"]


@dataclass(frozen=True)
class Judged:
    """What became of one mutation of a claim: the number of the step it was planted in, the outcome, and why."""

    claim: str
    step: int
    mutation: Mutation
    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class Mutant:
    """A mutation planted in one step of a claim's derivation."""

    claim: Claim
    step: Step
    mutation: Mutation

    @property
    def planted(self) -> Step:
        """The step with the wrong right side."""
        return replace(self.step, output=Equation(self.step.output.left, self.mutation.expression))


def mutants_of(claim: Claim) -> Iterator[Mutant]:
    """Every mutant of a claim: of its result, and of the order of the moments its earlier steps speak of."""
    *earlier, last = claim.derived.steps
    for mutation in (*mutations(last.output.right), *_next_moment(claim)):
        yield Mutant(claim, last, mutation)
    for step in earlier:
        if isinstance(step.output.right, sp.Expr) and step.output.right.has(y.delay_moment):
            for mutation in mutations(step.output.right):
                if mutation.kind == "moment order":
                    yield Mutant(claim, step, mutation)


def _next_moment(claim: Claim) -> Iterator[Mutation]:
    """Where the result is a moment m[n]: the right side of m[n + 1] and of m[n - 1]."""
    result = claim.derived.result
    if not (isinstance(result.left, sp.Indexed) and result.left.base == y.delay_moment):
        return
    for step in claim.derived.steps:
        if isinstance(step.rule, DifferentiateAt):
            for by in (1, -1):
                order = step.rule.order + by
                other = replace(step.rule, order=order, factor=-step.rule.factor)
                yield Mutation("moment order", f"m[{order}] for {result.left}", other.apply(*step.inputs).right)


def judge(mutant: Mutant) -> Judged:
    """Hold the check of the step against a mutant (kind: exact where it is noticed; sampled where it is equivalent)."""
    passed, detail = _checked(mutant)
    change = largest_change(mutant.step.output.right, mutant.mutation.expression, mutant.claim.derived.domain)
    outcome: Outcome = "survived" if passed else "noticed"
    if change < SMALLEST_CHANGE * (1 - 1e-9):
        outcome = "equivalent"
        detail = f"changes at most {change:.2g} of the value at {POINTS} points; {'let through' if passed else REFUSED}"
    return Judged(mutant.claim.id, mutant.step.number, mutant.mutation, outcome, detail)


def _checked(mutant: Mutant) -> tuple[bool, str]:
    """Whether the check of the step lets the mutant pass, and what it says."""
    try:
        with time_limit(SECONDS):
            check = check_step(mutant.planted, 0, mutant.claim.derived.domain)
    except OutOfTime:
        return False, f"not proven: the second route does not end within {SECONDS} s"
    except (ArithmeticError, NotImplementedError, RecursionError, TypeError, ValueError) as error:
        return False, f"the check cannot evaluate it: {type(error).__name__}"
    return check.passed, check.detail


class OutOfTime(BaseException):
    """A check took longer than its limit; no ``Exception``, which SymPy would catch on its way up."""


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise ``OutOfTime`` after ``seconds`` > 0 of the main thread; no limit in other threads, or without signals."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def judge_all(claims: Iterable[Claim] = CLAIMS.values()) -> tuple[Judged, ...]:
    """Every mutant of every claim, judged by algebra and balls alone."""
    return tuple(judge(mutant) for claim in claims for mutant in mutants_of(claim))


def with_other_legs(judged: Iterable[Judged], labs: tuple[Laboratory, ...]) -> tuple[Judged, ...]:
    """The survivors of the check of their step held against samples and second routes: a root on another branch is
    still a root, and only the certified spectrum knows which of them comes first."""
    found = []
    for one in judged:
        claim = CLAIMS[one.claim]
        if one.outcome == "survived" and one.step == len(claim.derived.steps):
            leg = notices(claim, one.mutation.expression, labs)
            if leg in ("sampling", "agreement"):
                one = replace(one, outcome="noticed", reason=f"{LET_THROUGH}, noticed by {leg}")
        found.append(one)
    return tuple(found)


def score_lines(judged: Iterable[Judged]) -> Iterator[str]:
    """The score by kind, then the survivors and the equivalent mutations with their reasons."""
    every = tuple(judged)
    yield f"{'kind':16}{'noticed':>9}{'counted':>9}{'equivalent':>12}{REFUSED:>22}"
    for kind in (*KINDS, "all"):
        these = [one for one in every if kind in (one.mutation.kind, "all")]
        noticed, equivalent = (sum(one.outcome == word for one in these) for word in ("noticed", "equivalent"))
        refused = sum(one.outcome == "equivalent" and one.reason.endswith(REFUSED) for one in these)
        yield f"{kind:16}{noticed:9}{len(these) - equivalent:9}{equivalent:12}{refused:22}"
    for one in every:
        if one.outcome != "noticed" or one.reason.startswith(LET_THROUGH):
            yield (
                f"{one.outcome}: {one.claim}, step {one.step}, {one.mutation.kind} ({one.mutation.what}): "
                f"{one.mutation.expression}: {one.reason}"
            )


def sampled_lines(judged: Iterable[Judged], labs: tuple[Laboratory, ...]) -> Iterator[str]:
    """How many counted mutants of results each other leg notices, without the check of the step."""
    rows: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    survivors = []
    for one in judged:
        claim = CLAIMS[one.claim]
        if one.outcome == "equivalent" or one.step != len(claim.derived.steps):
            continue
        leg = notices(claim, one.mutation.expression, labs)
        if leg == "not held against anything" and not claim.quantity:
            continue
        rows[one.mutation.kind][leg] = rows[one.mutation.kind].get(leg, 0) + 1
        if leg not in ("sampling", "agreement"):
            survivors.append(f"{leg}: {claim.id}, {one.mutation.kind} ({one.mutation.what})")
    legs = ("sampling", "agreement", "survived", "not held against anything")
    yield f"{'kind':16}" + "".join(f"{leg:>{len(leg) + 3}}" for leg in legs)
    for kind, row in rows.items():
        yield f"{kind:16}" + "".join(f"{row.get(leg, 0):{len(leg) + 3}}" for leg in legs)
    yield from survivors


def main() -> None:
    """Print the score of the three legs."""
    begin = time.perf_counter()

    def tell(title: str, lines: Iterable[str]) -> None:
        print(f"\n{title}", *lines, sep="\n")
        print(f"({time.perf_counter() - begin:.0f} s since the start)", flush=True)

    judged = with_other_legs(judge_all(), laboratories())
    tell("Wrong results held against the check of their step", score_lines(judged))
    tell("The same planted into predictions, without that check", sampled_lines(judged, laboratories()))
    tell("Wrong event loops held against the judge", loop_lines())


if __name__ == "__main__":
    main()
