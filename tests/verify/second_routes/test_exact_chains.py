"""Exact chains: known averages of small chains, and a chain that must not be mistaken for another."""

from __future__ import annotations

import sympy as sp

from verify.second_routes.exact_chains import (
    Chain,
    Move,
    batch_chain,
    stages_chain,
    staleness_chain,
    uplink_chain,
    waiting_chain,
)


def test_a_walk_around_three_states_is_uniform_and_takes_the_sum_of_its_stays() -> None:
    rates = (sp.Integer(1), sp.Integer(2), sp.Integer(4))
    chain = Chain(tuple(Move(i, (i + 1) % 3, rate, i) for i, rate in enumerate(rates)))
    assert chain.stationary == {0: sp.Rational(4, 7), 1: sp.Rational(2, 7), 2: sp.Rational(1, 7)}
    assert chain.time_between(lambda move: move.event == 2) == sp.Rational(7, 4)
    assert chain.count_between(lambda move: move.event == 2, lambda move: move.event != 2) == 2
    s = sp.Rational(1, 3)
    expected = sp.Mul(*(rate / (rate + s) for rate in rates))
    assert chain.transform_between(lambda move: move.event == 2, s) == expected


def test_erlang_workers_arrive_once_a_cycle_whatever_their_stages() -> None:
    chain = stages_chain((sp.Integer(1), sp.Integer(3)), (2, 3))
    assert chain.flow(lambda move: move.event == 0) == 1
    assert chain.flow(lambda move: move.event == 1) == sp.Rational(1, 3)
    assert len(chain.states) == 6


def test_workers_that_wait_for_their_batch_are_slower_than_those_that_do_not() -> None:
    mean = sp.Integer(2)
    waiting = waiting_chain(3, 2, mean).flow(lambda move: move.event is not None)
    busy = batch_chain(3, 2, mean).flow(lambda move: move.event in (("own", True), ("other", True)))
    assert 1 / waiting == mean / 3 + mean / 2
    assert 1 / busy == mean * 2 / 3


def test_a_lone_worker_behind_an_uplink_computes_and_transmits_in_turn() -> None:
    chain = uplink_chain(1, sp.Integer(3), sp.Rational(1, 2))
    assert chain.time_between(lambda move: move.event == "own") == 5
    assert chain.count_between(lambda move: move.event == "own", lambda move: move.event == "other") == 0


def test_two_stages_keep_what_depends_on_the_mean_alone_and_change_what_does_not() -> None:
    mean = sp.Integer(2)
    one, two = (batch_chain(3, 2, mean, stages) for stages in (1, 2))

    def arrives(chain: Chain) -> sp.Expr:
        return chain.flow(lambda move: move.event is not None)

    assert arrives(one) == arrives(two) == 3 / mean
    idle = [waiting_chain(3, 2, mean, stages).flow(lambda move: move.event is not None) for stages in (1, 2)]
    assert idle[1] > idle[0]  # the second of three regular cycles is earlier
    alone = uplink_chain(1, sp.Integer(3), sp.Rational(1, 2), 2)
    assert alone.time_between(lambda move: move.event == "own") == 5
    s = sp.Rational(1, 5)  # two stages of rate 2/3, then a transmission of rate 1/2
    expected = (sp.Rational(2, 3) / (sp.Rational(2, 3) + s)) ** 2 * sp.Rational(1, 2) / (sp.Rational(1, 2) + s)
    assert alone.transform_between(lambda move: move.event == "own", s) == expected


def test_exponential_workers_are_geometrically_stale_and_a_threshold_makes_them_fresher() -> None:
    free, held = (staleness_chain(3, 1, sp.Integer(2), drops=drops) for drops in (False, True))

    def share(chain: Chain, age: int) -> sp.Expr:
        every = chain.flow(lambda move: True)
        return chain.flow(lambda move: move.event[1] == age) / every  # type: ignore[index]

    assert [share(free, age) for age in (0, 1, 2)] == [sp.Rational(1, 3), sp.Rational(2, 9), sp.Rational(4, 9)]
    assert share(held, 2) < share(free, 2)
    assert sum(share(held, age) for age in (0, 1, 2)) == 1
