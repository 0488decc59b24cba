"""Stage: exact chains. Input: the moves of a Markov chain in continuous time. Output: its averages as rationals.

Workers with exponential stages, queues and batches are finite chains. What one worker carries with it (the age of its
gradient, the updates since it read) obeys linear equations beside the stationary probabilities; all are solved exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp
from sympy.polys.matrices import DomainMatrix


@dataclass(frozen=True)
class Move:
    """A jump of the chain: from, to, at which rate (1/s, exact), and what happens then."""

    before: Hashable
    after: Hashable
    rate: sp.Expr
    event: Hashable = None


Chosen = Callable[[Move], bool]


@dataclass(frozen=True)
class Chain:
    """An irreducible chain by its moves; every average is an exact rational."""

    moves: tuple[Move, ...]

    @cached_property
    def states(self) -> tuple[Hashable, ...]:
        """Every state that is left, in the order of the moves."""
        return tuple(dict.fromkeys(move.before for move in self.moves))

    @cached_property
    def stationary(self) -> dict[Hashable, sp.Expr]:
        """The stationary probabilities: balance in every state but one, and a sum of 1."""
        rows, _ = self._balance(lambda move: True, sp.S.Zero)
        rows[-1] = [sp.S.One] * len(self.states)
        return dict(zip(self.states, solved(rows, [sp.S.Zero] * (len(rows) - 1) + [sp.S.One]), strict=True))

    def flow(self, chosen: Chosen) -> sp.Expr:
        """How often a second a chosen move is made."""
        return sp.Add(*(self.stationary[move.before] * move.rate for move in self.moves if chosen(move)))

    def count_between(self, ends: Chosen, counted: Chosen) -> sp.Expr:
        """The mean number of counted moves between two moves that end a cycle, neither of them included."""
        into = [(move.after, move.rate * self.stationary[move.before]) for move in self.moves if counted(move)]
        return self._at_ends(ends, into, sp.S.Zero)

    def time_between(self, ends: Chosen) -> sp.Expr:
        """The mean time from one move that ends a cycle to the next, in seconds."""
        return self._at_ends(ends, self.stationary.items(), sp.S.Zero)

    def transform_between(self, ends: Chosen, s: sp.Expr) -> sp.Expr:
        """E e^{-s T}, T the time from one move that ends a cycle to the next; ``s`` > 0 exact."""
        into = [(move.after, move.rate * self.stationary[move.before]) for move in self.moves if ends(move)]
        return self._at_ends(ends, into, s)

    def _at_ends(self, ends: Chosen, sources: Iterable[tuple[Hashable, sp.Expr]], s: sp.Expr) -> sp.Expr:
        """What is carried when a cycle ends: it flows with the moves, falls off at ``s``, and is lost at the end."""
        rows, place = self._balance(lambda move: not ends(move), s)
        right = [sp.S.Zero] * len(rows)
        for state, source in sources:
            right[place[state]] += source
        carried = dict(zip(self.states, solved(rows, right), strict=True))
        lost = sp.Add(*(carried[move.before] * move.rate for move in self.moves if ends(move)))
        return lost / self.flow(ends)

    def _balance(self, passing: Chosen, s: sp.Expr) -> tuple[list[list[sp.Expr]], Mapping[Hashable, int]]:
        """Rows of (outflow + s) m(state) - inflow by passing moves."""
        place = {state: number for number, state in enumerate(self.states)}
        rows = [[s if i == j else sp.S.Zero for j in range(len(place))] for i in range(len(place))]
        for move in self.moves:
            rows[place[move.before]][place[move.before]] += move.rate
            if passing(move):
                rows[place[move.after]][place[move.before]] -= move.rate
        return rows, place


def solved(rows: list[list[sp.Expr]], right: list[sp.Expr]) -> list[sp.Expr]:
    """The rationals x with rows x = right."""
    matrix = DomainMatrix.from_Matrix(sp.Matrix(rows)).convert_to(sp.QQ)
    column = DomainMatrix.from_Matrix(sp.Matrix(right)).convert_to(sp.QQ)
    return list(matrix.lu_solve(column).to_Matrix())


def stages_chain(means: tuple[sp.Expr, ...], stages: tuple[int, ...]) -> Chain:
    """Always-busy workers with Erlang cycles; a worker's number is the event of its gradient's arrival.

    Example: ``stages_chain((sp.Integer(2), sp.Integer(2)), (1, 3)).flow(lambda move: move.event is not None) == 1``.
    """
    moves, seen, waiting = [], set(), [(0,) * len(means)]
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        for worker, (mean, number) in enumerate(zip(means, stages, strict=True)):
            ended = state[worker] == number - 1
            after = (*state[:worker], 0 if ended else state[worker] + 1, *state[worker + 1 :])
            moves.append(Move(state, after, number / mean, worker if ended else None))
            waiting.append(after)
    return Chain(tuple(moves))


def batch_chain(workers: int, batch: int, mean: sp.Expr, stages: int = 1) -> Chain:
    """Workers of Erlang cycles that never wait for their batch; events: who arrives, and is the batch full then.

    Worker 0 is told from the others. States: its stage, how many others are in each, gradients that wait.
    """

    def moves(state: State) -> Iterator[tuple[State, sp.Expr, Hashable]]:
        stage, others, waiting = state
        full, after = waiting == batch - 1, (waiting + 1) % batch
        if stage < stages - 1:
            yield (stage + 1, others, waiting), stages / mean, None
        else:
            yield (0, others, after), stages / mean, ("own", full)
        for at, count in enumerate(others):
            last = at == stages - 1
            moved = (stage, _moved(others, at, 0 if last else at + 1), after if last else waiting)
            yield moved, count * stages / mean, ("other", full) if last else None

    return _reached((0, (workers - 1, *[0] * (stages - 1)), 0), moves)


def waiting_chain(workers: int, batch: int, mean: sp.Expr, stages: int = 1) -> Chain:
    """Workers of Erlang cycles that wait for their batch of ``batch``; an update's event is the set of them in it.

    States: the stage of every worker, ``stages`` for one that waits.
    """

    def moves(state: State) -> Iterator[tuple[State, sp.Expr, Hashable]]:
        for worker in (worker for worker in range(workers) if state[worker] < stages):
            after = (*state[:worker], state[worker] + 1, *state[worker + 1 :])
            waiting = frozenset(one for one in range(workers) if after[one] == stages)
            full = len(waiting) == batch
            begun = tuple(0 if stage == stages else stage for stage in after)
            yield begun if full else after, stages / mean, waiting if full else None

    return _reached((0,) * workers, moves)


def uplink_chain(workers: int, compute: sp.Expr, capacity: sp.Expr, stages: int = 1) -> Chain:
    """Worker 0 and the queue: it computes with others in the queue, or waits with some before and behind it.

    Computations have Erlang laws. Events: "own" and "other" for a transmission that ends. Nothing is assumed about
    what an arriving gradient sees. States: the stage of worker 0, or ``stages`` and how many are before it; how many
    others are in each stage.
    """

    def moves(state: State) -> Iterator[tuple[State, sp.Expr, Hashable]]:
        stage, before, others = state
        queued = workers - 1 - sum(others)
        again = (others[0] + 1, *others[1:])
        if stage < stages:
            ends = stage == stages - 1
            yield (stage + 1, queued if ends else 0, others), stages / compute, None
            if queued:
                yield (stage, 0, again), capacity, "other"
        elif before:
            yield (stage, before - 1, again), capacity, "other"
        else:
            yield (0, 0, others), capacity, "own"
        for at, count in enumerate(others):
            yield (stage, before, _moved(others, at, at + 1)), count * stages / compute, None

    return _reached((0, 0, (workers - 1, *[0] * (stages - 1))), moves)


def staleness_chain(workers: int, last: int, mean: sp.Expr, *, drops: bool) -> Chain:
    """Exponential workers by their staleness, counted up to ``last`` + 1; events: who arrives, and how stale.

    Where it ``drops``, a gradient staler than ``last`` makes no update.
    """

    def moves(state: State) -> Iterator[tuple[State, sp.Expr, Hashable]]:
        for worker, age in enumerate(state):
            older = tuple(min(one + 1, last + 1) for one in state)
            kept = state if drops and age > last else older
            yield (*kept[:worker], 0, *kept[worker + 1 :]), 1 / mean, (worker, age)

    return _reached((0,) * workers, moves)


State = tuple[Any, ...]


def _reached(first: State, moves: Callable[[State], Iterable[tuple[State, sp.Expr, Hashable]]]) -> Chain:
    """The chain of every state that is reached from the first one."""
    found, seen, unseen = [], set(), [first]
    while unseen:
        state = unseen.pop()
        if state in seen:
            continue
        seen.add(state)
        for after, rate, event in moves(state):
            if rate != 0:
                found.append(Move(state, after, rate, event))
                unseen.append(after)
    return Chain(tuple(found))


def _moved(counts: tuple[int, ...], source: int, target: int) -> tuple[int, ...]:
    """One of ``source`` goes to ``target``; beyond the last place it leaves."""
    return tuple(count - (at == source) + (at == target) for at, count in enumerate(counts))
