"""Recursion and time: what is stable per update is stable in time, and known equations come out."""

from __future__ import annotations

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.rules.drawn_noise import staleness_series

DRAWN = CLAIMS["recursion.in-poisson-time.random-staleness"].expression
VELOCITY = CLAIMS["momentum.in-poisson-time.fixed-staleness"].expression


def test_fresh_gradients_decay_by_the_step_at_every_arrival() -> None:
    fresh = DRAWN.replace(staleness_series, lambda _: sp.Integer(1))
    assert sp.expand(fresh - (y.s + y.step * y.arrival_rate)) == 0


def test_geometric_staleness_becomes_exponential_delays() -> None:
    """P(K = j) = p q^j with mean m: a wait of exponential length with probability q, L(s) = (s + L)/(s + L + m s)."""
    mean = sp.Integer(3)
    series = DRAWN.replace(staleness_series, lambda at: 1 / (1 + mean * (1 - at)))
    rate = y.arrival_rate
    expected = y.s + y.step * rate * (y.s + rate) / (y.s + rate + mean * y.s)
    assert sp.cancel(sp.together(series - expected)) == 0


def test_a_root_inside_the_circle_lands_left_of_the_axis() -> None:
    """z^2 - z + 1/4 = 0, staleness 1: the double root 1/2 lies at -Lambda/2 in time."""
    at = {y.step: sp.Rational(1, 4), y.arrival_rate: 2, y.s: -1}
    assert DRAWN.replace(staleness_series, lambda wait: wait).subs(at) == 0


def test_without_momentum_the_velocity_is_forgotten() -> None:
    """K = 1, beta = 0: H = (s + Lambda)(s + epsilon Lambda L) with one wait."""
    rate = y.arrival_rate
    timed = VELOCITY.subs({y.momentum: 0, y.staleness: 1})
    plain = DRAWN.replace(staleness_series, lambda wait: wait)
    assert sp.cancel(sp.together(timed - (y.s + rate) * plain)) == 0
