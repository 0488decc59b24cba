"""Stage: exact chains. Input: the moves of a Markov chain in continuous time. Output: its averages as rationals.

Workers with exponential stages, queues and batches are finite chains. What one worker carries with it (the age of its
gradient, the updates since it read) obeys linear equations beside the stationary probabilities; all are solved exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

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
        return dict(zip(self.states, _solved(rows, [sp.S.Zero] * (len(rows) - 1) + [sp.S.One]), strict=True))

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
        carried = dict(zip(self.states, _solved(rows, right), strict=True))
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


def _solved(rows: list[list[sp.Expr]], right: list[sp.Expr]) -> list[sp.Expr]:
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


def batch_chain(workers: int, batch: int, mean: sp.Expr) -> Chain:
    """Exponential workers that never wait for their batch; events: who arrives, and whether the batch is full then.

    Worker 0 is told from the others. States: gradients that wait for the batch.
    """
    moves = []
    for waiting in range(batch):
        full, after = waiting == batch - 1, (waiting + 1) % batch
        moves.append(Move(waiting, after, 1 / mean, ("own", full)))
        moves.append(Move(waiting, after, (workers - 1) / mean, ("other", full)))
    return Chain(tuple(moves))


def waiting_chain(workers: int, batch: int, mean: sp.Expr) -> Chain:
    """Exponential workers that wait for their batch of ``batch``; an update's event is the set of workers in it."""
    moves, seen, unseen = [], set(), [frozenset[int]()]
    while unseen:
        idle = unseen.pop()
        if idle in seen:
            continue
        seen.add(idle)
        for worker in set(range(workers)) - idle:
            more = idle | {worker}
            full = len(more) == batch
            after = frozenset[int]() if full else more
            moves.append(Move(idle, after, 1 / mean, more if full else None))
            unseen.append(after)
    return Chain(tuple(moves))


def uplink_chain(workers: int, compute: sp.Expr, capacity: sp.Expr) -> Chain:
    """Worker 0 and the queue: it computes with n others in the queue, or waits with some before and behind it.

    Events: "own" and "other" for a transmission that ends. Nothing is assumed about what an arriving gradient sees.
    """
    moves = []
    for others in range(workers):
        at = ("computes", others)
        moves.append(Move(at, ("waits", others, 0), 1 / compute))
        if others:
            moves.append(Move(at, ("computes", others - 1), capacity, "other"))
        if others < workers - 1:
            moves.append(Move(at, ("computes", others + 1), (workers - 1 - others) / compute))
    for before in range(workers):
        for behind in range(workers - before):
            place = ("waits", before, behind)
            done = ("waits", before - 1, behind) if before else ("computes", behind)
            moves.append(Move(place, done, capacity, "other" if before else "own"))
            if idle := workers - 1 - before - behind:
                moves.append(Move(place, ("waits", before, behind + 1), idle / compute))
    return Chain(tuple(moves))
