"""Stage: proofs about speed. Input: predictions of a mode. Output: verdicts on bounds, expansions, what lies beyond a*.

Laws other than the mode's own play a part where a statement is about every law: they keep its mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Constant, Gamma
from derive.rules.laws import transform_of
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import spectrum
from numeric.values import Exact
from verify.agreement import judge_agreement, judge_certified_bound
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.kept_limits import limit_of_law
from verify.verdict import Verdict

SAFE, EXPANSION = "delay.safe-damping.any-law", "delay.decay-rate-expansion.any-law"
BEYOND, BEYOND_GAMMA = "delay.beyond-critical.any-law", "delay.beyond-critical.gamma"
REGULAR = 16  # stages of a law whose limit lies little above the safe damping
SMALL = sp.Rational(1, 1000)  # of a damping at which the expansion surely converges
SHAPES = (2, 3)
STEP = sp.Rational(1, 10**5)  # beyond critical damping, in its own units


def round_mean(mode: ModePredictions) -> sp.Rational:
    """The mode's mean delay, or six digits of an irrational one: what holds for every mean holds there."""
    mean = plain_model(mode).law.mean
    return mean if mean.is_Rational else sp.Rational(str(mean.n(6)))


def safe_bound(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Sharp for the constant delay, safe for sixteen stages: limits by bisection on certified counts."""
    if mode.mode != 0:
        return
    mean = round_mean(mode)
    safe = CLAIMS[SAFE].expression.subs(y.mean_delay, mean)
    start = sp.Rational(1, 7) / mean
    found = limit_of_law(Constant(mean), start)
    if found is not None:
        words = "safe damping, and the limit of the constant delay by bisection on certified counts"
        yield judge_agreement(SAFE, case, words, evaluate(safe), found, 1e-6)
    found = limit_of_law(Gamma(REGULAR, mean), start, 1e-3)
    if found is not None:
        words = f"safe damping: {REGULAR} stages of the same mean are stable up to there"
        yield judge_certified_bound(SAFE, case, words, Exact(safe), found, direction="at least")


def expansion_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The expansion of the decay rate and the certified rate, at a thousandth of a damping where it converges.

    With r_0 = a_0 E e^{r_0 tau} the coefficients c_n > 0 obey c_n a_0^n <= r_0, which bounds the orders left out.
    """
    law = plain_model(mode).law
    if mode.mode != 0 or law.abscissa_of_convergence == 0 or law.arrays:
        return
    reached = sp.Rational(1, 4) / law.mean
    if law.abscissa_of_convergence != -sp.oo:
        reached = sp.Min(reached, -law.abscissa_of_convergence / 2)
    surely = evaluate(reached / law.laplace_transform(-reached))
    damping = SMALL * sp.Rational(*Fraction(surely.lower).limit_denominator(10**6).as_integer_ratio())
    rate = spectrum(delay_equation(damping, law)).decay_rate
    if rate is None:
        return
    stated = CLAIMS[EXPANSION].expression
    order = sp.degree(sp.expand(stated.replace(lambda node: isinstance(node, sp.Indexed), lambda _: 1)), y.damping)
    put = {node: law.moment(int(node.indices[0])) for node in stated.atoms(sp.Indexed)}
    share = 2 * SMALL  # of the damping at which the coefficients were bounded, rounded up
    rest = evaluate(reached * share ** (order + 1) / (1 - share)).upper
    claimed = evaluate(stated.xreplace(put).subs(y.damping, damping)) + between(Fraction(0), Fraction(rest))
    words = "decay rate at a thousandth of a safe damping: expansion and certified rate"
    yield judge_agreement(EXPANSION, case, words, claimed, rate)


def beyond_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """How the pair moves just beyond critical damping: certified roots at two small distances, extrapolated."""
    if mode.mode != 0:
        return
    mean = plain_model(mode).law.mean
    for shape in SHAPES:
        law = Gamma(shape, mean)
        double = sp.Rational(shape, shape + 1) / mean
        critical = double / law.laplace_transform(-double)
        found = slope_beyond(law, double, critical)
        words = f"{shape} stages just beyond critical damping: slope of the pair's real part, claimed and extrapolated"
        closed = CLAIMS[BEYOND_GAMMA].expression.subs({y.shape: shape, y.mean_delay: mean})
        yield judge_agreement(BEYOND_GAMMA, case, words, Exact(closed), found, 1e-6)
        stated = CLAIMS[BEYOND].expression.subs({y.critical_decay: double, y.critical_damping: critical})
        general = stated.replace(transform_of, law.laplace_transform).doit()
        yield judge_agreement(BEYOND, case, words, Exact(sp.nsimplify(general)), found, 1e-6)


def slope_beyond(law: Law, double: sp.Rational, critical: sp.Rational) -> Enclosure:
    """(Re s + r*)/d at d and d/2 beyond a*, extrapolated to d = 0; the second difference says how well."""
    slopes = []
    for part in (1, 2, 4):
        distance = critical * STEP / part
        root = spectrum(delay_equation(critical + distance, law)).roots[0]
        slopes.append((root.re + Enclosure.of(double)) / Enclosure.of(distance))
    first, second = slopes[1] * 2 - slopes[0], slopes[2] * 2 - slopes[1]
    left = 2 * abs(float(second) - float(first)) + 1e-7 * abs(float(second))
    return second + between(-Fraction(left), Fraction(left))
