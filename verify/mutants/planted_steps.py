"""Stage: planted steps. Input: a claim. Output: its steps with one slip in them, held against the check of the step.

Each mutation of a claim's right side replaces the last step's output, and each of a step's left side that step's; the
check of the step must refuse it. A mutation that changes the value by less than 1 % everywhere on the claim's domain is
equivalent and not counted.
"""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import sympy as sp
from sympy.core.function import AppliedUndef

from derive import symbols as y
from derive.claims import Claim
from derive.derivation import Step
from derive.rules.calculus import DifferentiateAt
from verify.identities import check_step_afresh
from verify.mutants.changes import Change, largest_change
from verify.mutants.mutations import Mutation, mutations

SECONDS = 5
"""Processor time for one check: a second route may integrate without end what it was never meant to see."""

QUICK = 0.25
"""Processor time for the change of a mutant that the check of its step refused: it is noticed, and counts unless shown
to change nothing."""

REFUSED = "refused all the same"

Outcome = Literal["noticed", "survived", "equivalent"]
Side = Literal["left", "right"]


@dataclass(frozen=True)
class Judged:
    """What became of one mutation of a claim: the step and the side it was planted in, the outcome, and why.

    ``equation`` is the wrong equation as text; ``refused`` whether the check of the step did not let it pass; ``rule``
    the step's rule; ``leg`` what else notices a wrong result, without that check.
    """

    claim: str
    step: int
    side: Side
    kind: str
    what: str
    equation: str
    outcome: Outcome
    refused: bool
    reason: str
    rule: str
    leg: str = ""


@dataclass(frozen=True)
class Mutant:
    """A mutation planted in one side of one step of a claim's derivation."""

    claim: Claim
    step: Step
    mutation: Mutation
    side: Side = "right"

    @property
    def planted(self) -> Step:
        """The step with the wrong side."""
        return replace(self.step, output=replace(self.step.output, **{self.side: self.mutation.expression}))

    @property
    def of_result(self) -> bool:
        """Whether it is the claim's result that is wrong."""
        return self.side == "right" and self.step.number == len(self.claim.derived.steps)


def mutants_of(claim: Claim) -> Iterator[Mutant]:
    """Every mutant of a claim: of its result, of the order of the moments its earlier steps speak of, of every name."""
    *earlier, last = claim.derived.steps
    for mutation in (*mutations(last.output.right), *_next_moment(claim)):
        yield Mutant(claim, last, mutation)
    for step in earlier:
        if isinstance(step.output.right, sp.Expr) and step.output.right.has(y.delay_moment):
            for mutation in mutations(step.output.right):
                if mutation.kind == "moment order":
                    yield Mutant(claim, step, mutation)
    for step in claim.derived.steps:
        for mutation in wrong_names(step.output.left):
            yield Mutant(claim, step, mutation, "left")


def wrong_names(left: sp.Basic) -> Iterator[Mutation]:
    """Wrong left sides: mutations of the name, another symbol of the same unit, entries of a vector swapped."""
    if isinstance(left, sp.MatrixBase):
        entries = list(left)
        for row in range(len(entries) - 1):
            swapped = [*entries[:row], entries[row + 1], entries[row], *entries[row + 2 :]]
            yield Mutation("swapped", f"rows {row} and {row + 1}", type(left)(swapped))
        return
    yield from mutations(left)
    units = {entry.symbol: entry.unit for entry in y.NOTATION.values()}
    if left in units:
        others = [name for name, unit in units.items() if unit == units[left] and name != left]
        for other in others[:1]:
            yield Mutation("swapped", f"{left} and {other}", other)


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
    passed, reason = _checked(mutant)
    outcome: Outcome = "survived" if passed else "noticed"
    try:
        with time_limit(SECONDS if passed else QUICK):
            change = _change(mutant)
    except (OutOfTime, Exception):  # nothing is known: it counts
        change = Change(math.inf, 0)
    if not change.counts:
        outcome = "equivalent"
        reason = f"{change}; {'let through' if passed else REFUSED}"
    equation = f"{mutant.planted.output.left} = {mutant.planted.output.right}"
    mutation = mutant.mutation
    return Judged(
        mutant.claim.id, mutant.step.number, mutant.side, mutation.kind, mutation.what, equation, outcome, not passed,
        reason, type(mutant.step.rule).__name__,
    )  # fmt: skip


def _change(mutant: Mutant) -> Change:
    """By how much the wrong side differs; entries of a vector that swap their names are other names altogether."""
    right, wrong = getattr(mutant.step.output, mutant.side), mutant.mutation.expression
    if isinstance(right, sp.MatrixBase):
        return Change(math.inf, 0)
    limits = {node: sp.Dummy(positive=True) for node in right.atoms(AppliedUndef) if node.has(sp.oo)}
    right, wrong = right.xreplace(limits), wrong.xreplace(limits)  # what a function tends to is a number like others
    return largest_change(right, wrong, mutant.claim.derived.domain)


def _checked(mutant: Mutant) -> tuple[bool, str]:
    """Whether the check of the step lets the mutant pass, and what it says."""
    try:
        with time_limit(SECONDS):
            check = check_step_afresh(mutant.planted, 0, mutant.claim.derived.domain)
    except OutOfTime:
        return False, f"not proven: the second route does not end within {SECONDS} s"
    except Exception as error:  # whatever SymPy raises: of the right step, tests see it raise nothing
        return False, f"the check cannot evaluate it: {type(error).__name__}"
    return check.passed, check.detail


class OutOfTime(BaseException):
    """A check took longer than its limit; no ``Exception``, which SymPy would catch on its way up."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ``OutOfTime`` after ``seconds`` > 0 of this process's own processor time, however busy the machine is.

    The main thread's only: no limit in other threads, or without signals.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGVTALRM, stop)
    # Again every second: a destructor or a callback that is running swallows what is raised in it.
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
