"""Stage: proofs about worker counts. Input: predictions of a mode. Output: verdicts on claims A, B and C in workers.

Every count is held against a bisection on certified roots of cycles of mean 1 with learning rate x curvature 1/1000,
where it knows no closed form. The statements are about every law or about a named one, so the mode's own law plays no
part, and what was found is kept from mode to mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, ShiftedExponential, Uniform
from derive.rules.laws import transform_of
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import spectrum
from numeric.roots.thresholds import bisect, critical_damping, stability_limit
from numeric.values import Exact
from verify.agreement import judge_agreement, judge_certified_bound
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

STEP = sp.Rational(1, 1000)  # learning rate x curvature
WIDTH = 1e-6  # of a bisection
RATIO = 4  # of the largest curvature to the smallest
BEYOND = sp.Rational(1, 10**6)  # of critical damping, where the pair has moved as little
NUMBERS = {y.learning_rate: STEP, y.curvature: sp.Integer(1), y.mean_delay: sp.Integer(1)}
START = sp.Rational(1, 7)
SHIFTED = ShiftedExponential(sp.Rational(1, 2), sp.Rational(1, 2))
DOUBLE = 3 - sp.sqrt(5)  # of SHIFTED: 1/r - 1/2 - (1/2)/(1 - r/2) = 0
CAPACITY, COMPUTE, MANY = sp.Integer(4), sp.Integer(1), 60
SENT = sp.Rational(1, 3)  # of the gradients, where a trigger suppresses the others
_IDLE = Fraction(1, 10**15)  # the uplink of so many is idle with probability below 12^60/60!, 7e-18


def fastest_counts(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Claim A: critical damping of constant and of shifted cycles, in workers; and what none of them exceeds."""
    if mode.mode != 0:
        return
    greatest, own = "workers.greatest-fastest-count.any-law", "workers.fastest-count.any-law"
    words = "claim A: workers at critical damping of constant cycles, bisection on certified roots"
    yield judge_agreement(greatest, case, words, _claimed(greatest), _critical(Constant(1)) / STEP, 1e-5)
    words = "claim A: cycles of a shortest time and an exponential one reach critical damping with fewer workers"
    bound = _claimed(greatest)
    yield judge_certified_bound(greatest, case, words, bound, _critical(SHIFTED) / STEP, direction="at most")
    stated = CLAIMS[own].expression.subs({**NUMBERS, y.critical_decay: DOUBLE})
    claimed = evaluate(stated.replace(transform_of, SHIFTED.laplace_transform))
    words = "claim A: workers at their critical damping, and bisection on certified roots"
    yield judge_agreement(own, case, words, claimed, _critical(SHIFTED) / STEP, 1e-5)


def greatest_speeds(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """What a delay can do for the decay rate: met by the constant one at critical damping, kept by shifted ones."""
    if mode.mode != 0:
        return
    rate, speedup = "delay.greatest-critical-decay.any-law", "delay.greatest-speedup.any-law"
    ceiling = "uplink.greatest-decay-rate.shared-uplink"
    found, ratio = _speeds(Constant(1))
    words = "at critical damping of a constant delay, a certified pair of roots just beyond"
    yield judge_agreement(rate, case, f"decay rate {words}", _claimed(rate), found, 1e-4)
    yield judge_agreement(speedup, case, f"decay rate over damping {words}", _claimed(speedup), ratio, 1e-4)
    capacity = {y.learning_rate: sp.Integer(1), y.curvature: sp.Integer(1), y.capacity: sp.Integer(1)}
    claimed = evaluate(CLAIMS[ceiling].expression.subs(capacity))
    words = f"claim A: decay rate over the damping of a saturated uplink {words}"
    yield judge_agreement(ceiling, case, words, claimed, ratio, 1e-4)
    other, less = _speeds(SHIFTED)
    words = "at critical damping of a shortest delay and an exponential one"
    yield judge_certified_bound(rate, case, f"decay rate {words}", _claimed(rate), other, direction="at most")
    words = f"decay rate over damping {words}"
    yield judge_certified_bound(speedup, case, words, _claimed(speedup), less, direction="at most")


def two_curvatures(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Claim A with two curvatures: where both modes' certified rates agree; and exponential cycles beyond a*."""
    if mode.mode != 0:
        return
    count, rate = "workers.overtaking-count.constant", "workers.overtaking-decay-rate.constant"
    damping, found = _overtaken()
    words = f"claim A: workers at which modes of curvature 1 and {RATIO} decay alike, bisection on certified rates"
    yield judge_agreement(count, case, words, _claimed(count), damping / STEP, 1e-5)
    words = f"decay rate of modes of curvature 1 and {RATIO} where they decay alike, certified roots"
    yield judge_agreement(rate, case, words, _claimed(rate), found, 1e-5)
    flat = "workers.saturated-decay-rate.exponential"
    for damped in (sp.Rational(1, 2), sp.Integer(5)):
        words = f"claim A: certified decay rate of exponential cycles, {damped / STEP} workers"
        rightmost = spectrum(delay_equation(damped, Exponential(1))).decay_rate
        if rightmost is not None:
            yield judge_agreement(flat, case, words, _claimed(flat), rightmost)


def stable_counts(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Claim C in workers and in staleness: the limit of constant, gamma and uniform cycles, and what all bear."""
    if mode.mode != 0:
        return
    limit = _limit(Constant(1)) / STEP
    for claim in ("workers.stable-count.constant", "workers.safe-count.any-law"):
        words = "claim C: most workers that are stable with constant cycles, bisection on certified counts"
        yield judge_agreement(claim, case, words, _claimed(claim), limit, 1e-5)
    claim = "staleness.safe-mean.any-law"
    words = "claim C: mean staleness at that limit, one less than the workers"
    yield judge_agreement(claim, case, words, _claimed(claim), limit - 1, 1e-5)
    words = "claim C: workers of uniform cycles are stable up to there"
    bound = _claimed("workers.safe-count.any-law")
    uniform = _limit(Uniform(0, 2)) / STEP
    yield judge_certified_bound("workers.safe-count.any-law", case, words, bound, uniform, direction="at least")
    claim = "workers.stable-count.any-law"
    stated = CLAIMS[claim].expression.subs({**NUMBERS, y.crossing_frequency: sp.pi / 2})
    closed = sp.simplify(stated.replace(transform_of, lambda at: (1 - sp.exp(-2 * at)) / (2 * at)))
    words = "claim C: most stable workers of uniform cycles, bisection on certified counts"
    yield judge_agreement(claim, case, words, evaluate(closed), uniform, 1e-5)
    claim, shape = "workers.stable-count.gamma", sp.Integer(4)
    closed = CLAIMS[claim].expression.subs({**NUMBERS, y.shape: shape})
    words = "claim C: most stable workers of gamma cycles of shape 4, bisection on certified counts"
    yield judge_agreement(claim, case, words, evaluate(closed), _limit(Gamma(shape, 1)) / STEP, 1e-5)


def saturation(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Claim A with limited bandwidth: the delay of one worker more, added up worker by worker, is 1/nu in the end."""
    if mode.mode != 0:
        return
    for claim, share in (("uplink.saturation-count.shared-uplink", 1), ("uplink.saturation-count.event-trigger", SENT)):
        delays = uplink_delays(MANY + 1, sp.Rational(share))
        found = evaluate(delays[0] / (delays[MANY] - delays[MANY - 1])) + between(-_IDLE, _IDLE)
        put = {y.capacity: CAPACITY, y.compute_time: COMPUTE, y.applied_fraction: SENT}
        stated = CLAIMS[claim].expression.subs(put)
        words = f"workers from which each adds 1/nu of delay in the end, the share {share} sent, worker by worker"
        yield judge_agreement(claim, case, words, Exact(stated), found, evidence="exact finite M")


def uplink_delays(most: int, share: sp.Rational = sp.S.One) -> list[sp.Rational]:
    """Mean delays through the uplink of 1 .. ``most`` workers by mean value analysis: no product of factorials.

    An arriving gradient finds what would be there without its worker, so D(M) = theta_C + (1 + Q(M - 1))/nu, and
    Q(M) = M (D(M) - theta_C)/D(M) by Little's law. A worker that sends the ``share`` of its gradients stays away
    from the uplink for theta_C/share on average; what is returned is the time from one transmission to the next.
    """
    queue, delays = sp.Integer(0), []
    for workers in range(1, most + 1):
        delay = COMPUTE / share + (1 + queue) / CAPACITY
        delays.append(delay)
        queue = workers * (delay - COMPUTE / share) / delay
    return delays


def _claimed(claim: str) -> Enclosure:
    return evaluate(CLAIMS[claim].expression.subs({**NUMBERS, y.curvature_ratio: RATIO}, simultaneous=True))


@cache
def _critical(law: Law) -> Enclosure:
    return _known(critical_damping(lambda a: delay_equation(a, law), START, WIDTH))


@cache
def _limit(law: Law) -> Enclosure:
    return _known(stability_limit(lambda a: delay_equation(a, law), START, WIDTH))


@cache
def _speeds(law: Law) -> tuple[Enclosure, Enclosure]:
    """r* and r*/a*: the pair a little beyond critical damping has moved by about as little, at most 20 times."""
    upper = Fraction(_critical(law).upper)
    damping = sp.Rational(upper.numerator, upper.denominator) * (1 + BEYOND)
    rate = _known(spectrum(delay_equation(damping, law)).decay_rate)
    slack = Fraction(20 * (WIDTH + float(BEYOND)))
    around = between(1 - slack, 1 + slack)
    return rate * around, rate * around / damping


@cache
def _overtaken() -> tuple[Enclosure, Enclosure]:
    """The damping of the flattest mode at which both decay alike, and their rate, by certified roots alone."""

    def rate(damping: sp.Expr) -> Enclosure:
        return _known(spectrum(delay_equation(damping, Constant(1))).decay_rate)

    def overtaken(damping: sp.Expr) -> bool | None:
        lead = rate(damping) - rate(RATIO * damping)
        return True if lead.is_positive() else False if lead.is_negative() else None

    found = _known(bisect(overtaken, sp.Rational(1, 20), WIDTH))
    ends = [sp.Rational(*Fraction(end).as_integer_ratio()) for end in (found.lower, found.upper)]
    low, high = (rate(end) for end in ends)  # the flattest mode's rate rises with its damping
    return found, Enclosure(low.ball.union(high.ball))


def _known(found: Enclosure | None) -> Enclosure:
    if found is None:
        raise ArithmeticError("certified roots were not found")
    return found
