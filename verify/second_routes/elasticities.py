"""Stage: proofs about elasticities. Input: predictions of a mode. Output: verdicts on how delays weigh against noise.

Certified roots, noise gains and mean paths at a quantity taken a little smaller and a little larger: the slope of the
logarithms. By the mean value theorem it is the elasticity somewhere between, and the claimed ball holds it everywhere
between. Of a path the claim takes the slowest term: the next ones are e^(-27) of it by then. The laws are named ones of
mean 1, whatever the mode's.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.laws import Constant, Exponential, Gamma
from derive.rules.laws import transform_of
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosed.renewal import between
from numeric.enclosed.transients import mean_path
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import spectrum
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

CALM = sp.Rational(1, 5)  # a theta, below critical damping
NEAR = sp.Rational(1, 10**5)  # relative distance of the two points of a slope
WIDTH = 1e-4
MEANS = between(1 - Fraction(1, 10**5), 1 + Fraction(1, 10**5))  # the delays between the two points
_DIGITS = 10  # of a noise gain
SHAPE = 3
LATE = sp.Integer(12)  # mean delays, after which the slowest term is all of the path but e^(-27)
SHARE = sp.Rational(1, 3)  # of the excess risk to be reached that is stationary
_FIRST, _SECOND = sp.symbols("f_1 f_2", positive=True, cls=sp.Dummy)
_SLOPE = sp.log(_SECOND / _FIRST) / sp.log((1 + NEAR) / (1 - NEAR))


def root_elasticities(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Constant and gamma delays at a theta = 1/5, taken a ten-thousandth shorter and longer: their certified roots."""
    if mode.mode != 0:
        return
    general, constant = "delay.root-elasticity.any-law", "delay.decay-elasticity.constant"
    rate, found = _decay(0)
    words = "elasticity of the decay rate to a constant delay, slope between certified roots"
    claimed = evaluate(CLAIMS[constant].expression, {y.mean_delay: MEANS, y.decay: rate})
    yield judge_agreement(constant, case, words, claimed, found, WIDTH)
    rate, found = _decay(SHAPE)
    words = "elasticity of the decay rate to gamma delays, slope between certified roots"
    closed = CLAIMS["delay.decay-elasticity.gamma"].expression.subs(y.shape, SHAPE)
    claimed = evaluate(closed, {y.mean_delay: MEANS, y.decay: rate})
    yield judge_agreement("delay.decay-elasticity.gamma", case, words, claimed, found, WIDTH)
    put = CLAIMS[general].expression.replace(transform_of, Gamma(SHAPE, y.mean_delay).laplace_transform).doit()
    claimed = evaluate(put.subs(y.s, -y.decay), {y.mean_delay: MEANS, y.decay: rate})
    yield judge_agreement(general, case, words, claimed, found, WIDTH)


def variance_elasticities(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Constant delays at a theta = 1, exponential ones at 2: certified noise gains on both sides."""
    if mode.mode != 0:
        return
    for name, law, damping in (("constant", Constant, 1), ("exponential", Exponential, 2)):
        claim = f"delay.variance-elasticity.{name}"
        claimed = evaluate(CLAIMS[claim].expression.subs(y.damping, damping), {y.mean_delay: MEANS})
        words = f"elasticity of the stationary variance to the delays ({name}), slope between certified noise gains"
        yield judge_agreement(claim, case, words, claimed, _gain_slope(law, sp.Integer(damping)), WIDTH)


def time_elasticities(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The mean path read at two times: how much more noise asks for the later one; and the delays' share beside it."""
    if mode.mode != 0:
        return
    noise, ratio = "transients.noise-elasticity.any-law", "transients.delays-over-noise.constant"
    rate, delays = _decay(0)
    between_them = {y.training_time: MEANS * LATE, y.mean_delay: MEANS, y.decay: rate}
    claimed = evaluate(CLAIMS[noise].expression.subs(y.risk_share, SHARE), between_them)
    words = "elasticity of the training time to the noise, two times of a certified mean path"
    yield judge_agreement(noise, case, words, claimed, _noise_slope(), WIDTH)
    claimed = evaluate(CLAIMS[ratio].expression.subs(y.risk_share, SHARE), between_them)
    found = evaluate(_SECOND / _FIRST, {_FIRST: _noise_slope(), _SECOND: delays})
    words = f"how much more a constant delay weighs than noise at {LATE} mean delays, slopes of roots and of a path"
    yield judge_agreement(ratio, case, words, claimed, found, WIDTH)


@cache
def _decay(shape: int) -> tuple[Enclosure, Enclosure]:
    """Every decay rate at a = 1/5 between the two delays, and its slope; constant delays (shape 0) or gamma ones.

    Below critical damping the rate r = a E e^(r tau) grows with the delay, so that it lies between the two ends.
    """
    rates = []
    for mean in (1 - NEAR, 1 + NEAR):
        law = Gamma(shape, mean) if shape else Constant(mean)
        rate = spectrum(delay_equation(CALM, law), digits=20).decay_rate
        if rate is None:
            raise ArithmeticError("certified roots were not found")
        rates.append(rate)
    slope = evaluate(_SLOPE, {_FIRST: rates[0], _SECOND: rates[1]})
    return Enclosure(rates[0].ball.union(rates[1].ball)), slope


@cache
def _gain_slope(law: type[Constant] | type[Exponential], damping: sp.Expr) -> Enclosure:
    """The slope of the logarithms of two noise gains."""
    ends = [noise_gain(delay_equation(damping, law(mean)), _DIGITS) for mean in (1 - NEAR, 1 + NEAR)]
    return evaluate(_SLOPE, {_FIRST: ends[0], _SECOND: ends[1]})


@cache
def _noise_slope() -> Enclosure:
    """d ln T/d ln V: the level at T is what V leaves of a second moment X, so that V = X - m(T)^2 there."""
    equation = delay_equation(CALM, Constant(1))
    times = (LATE * (1 - NEAR), LATE, LATE * (1 + NEAR))
    low, middle, high = mean_path(equation, times, digits=20, delay=Constant(1))
    whole = sp.Dummy("m", positive=True) ** 2 / (1 - SHARE)
    (path,) = whole.free_symbols
    logs = sp.log((whole - _SECOND**2) / (whole - _FIRST**2))
    slope = sp.log((1 + NEAR) / (1 - NEAR)) / logs
    return evaluate(slope, {_FIRST: low, _SECOND: high, path: middle})
