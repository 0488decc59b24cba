"""Stage: proofs about a drawn staleness. Input: predictions of a mode. Output: verdicts on gains, variance, limits.

The claimed integrals over the circle meet the linear equations of the covariances c_0 .. c_n of the recursion, with K
between 0 and n: exact rationals, in which no frequency and no splitting of what is read occur.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.integer_laws import Geometric, IntegerLaw, UniformInteger
from derive.rules.drawn_noise import staleness_series
from numeric.enclosed.circle import half_circle_integral, squared_modulus
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.kept_limits import limit_of_staleness
from verify.verdict import Verdict

RESPONSE, READ = "recursion.response-gain.random-staleness", "recursion.read-gain.random-staleness"
VARIANCE, LIMIT = "recursion.stationary-variance.random-staleness", "recursion.mean-square-limit.random-staleness"
GEOMETRIC_VARIANCE = "recursion.stationary-variance.geometric-staleness"
GEOMETRIC_LIMIT = "recursion.mean-square-limit.geometric-staleness"
GEOMETRIC_STEP = "recursion.stability-limit.geometric-staleness"
LARGEST = 4  # staleness of the covariances that are solved for exactly


@dataclass(frozen=True)
class Moments:
    """E x^2 of x(j+1) = x(j) - step (what is read) + noise of variance 1, and E y^2, y its average over K; exact."""

    parameter: sp.Rational
    read: sp.Rational


def moments(step: sp.Rational, chances: Sequence[sp.Rational], *, drawn: bool) -> Moments:
    """With K drawn by ``chances`` of 0, 1, .. anew each time, or the average over K read in its place (kind: exact).

    c_l = c_{l-1} - step sum_k p_k c_{|k-l+1|} for l = 1 .. n, and 2 step sum_k p_k c_k = step^2 E read^2 + 1.

    Example: ``moments(sp.Rational(1, 3), [sp.Integer(1)], drawn=True).parameter == sp.Rational(9, 5)``.
    """
    last = max(len(chances) - 1, 1)
    names = sp.symbols(f"c_0:{last + 1}", cls=sp.Dummy)
    both = [(p * q, abs(k - i)) for k, p in enumerate(chances) for i, q in enumerate(chances)]
    average = sp.Add(*(weight * names[lag] for weight, lag in both))
    crossed = sp.Add(*(chance * names[k] for k, chance in enumerate(chances)))
    balance = [2 * step * crossed - step**2 * (names[0] if drawn else average) - 1]
    for lag in range(1, last + 1):
        pull = sp.Add(*(chance * names[abs(k - lag + 1)] for k, chance in enumerate(chances)))
        balance.append(names[lag - 1] - step * pull - names[lag])
    (found,) = sp.linsolve(balance, *names)
    put = dict(zip(names, found, strict=True))
    return Moments(put[names[0]], average.subs(put))


def drawn_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Every staleness up to 4 as likely as any other: gains, variance, and the margin in mean square."""
    if mode.mode != 0:
        return
    law, step = UniformInteger(0, LARGEST), sp.Rational(1, 2 * LARGEST)
    chances = [law.probability(sp.Integer(k)) for k in range(LARGEST + 1)]
    averaged, drawn = (moments(step, chances, drawn=which) for which in (False, True))
    words = f"staleness 0 to {LARGEST}, step {step}"
    for claim, found in ((RESPONSE, averaged.parameter), (READ, averaged.read)):
        claimed = _integrated(claim, law, step)
        yield judge_agreement(claim, case, f"{words}: gain, quadrature and covariances", claimed, Exact(found))
    noise = plain_model(mode).values[y.step_noise]
    gains = {y.response_gain: averaged.parameter, y.read_gain: averaged.read, y.step: step, y.step_noise: noise}
    variance, margin = (CLAIMS[claim].expression.subs(gains, simultaneous=True) for claim in (VARIANCE, LIMIT))
    told = f"{words}: variance, claimed with exact gains and covariances"
    yield judge_agreement(VARIANCE, case, told, Exact(variance), Exact(noise * drawn.parameter))
    told = f"{words}: margin in mean square, claimed and one minus the averaged over the drawn variance"
    yield judge_agreement(LIMIT, case, told, Exact(margin), Exact(1 - averaged.parameter / drawn.parameter))


def geometric_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Geometric staleness of mean M - 1: the variance by quadrature, both limits by what happens there."""
    values = plain_model(mode).values
    mean, noise = values[y.staleness], values[y.step_noise]
    if mean < 1 or mode.mode != 0:
        return
    law, words = Geometric(mean), f"geometric staleness of mean {mean}"
    known = {y.mean_staleness: mean, y.step_noise: noise}
    limit = CLAIMS[GEOMETRIC_LIMIT].expression.subs(known, simultaneous=True)
    step = sp.Rational(1, 4) / mean
    variance = CLAIMS[GEOMETRIC_VARIANCE].expression.subs({**known, y.step: step}, simultaneous=True)
    found = _with_gains(VARIANCE, law, step, {y.step_noise: noise})
    yield judge_agreement(GEOMETRIC_VARIANCE, case, f"{words}: variance, quadrature", Exact(variance), found)
    told = f"{words}: at the limit in mean square the margin, by quadrature, is 1"
    yield judge_agreement(GEOMETRIC_LIMIT, case, told, Exact(sp.Integer(1)), _with_gains(LIMIT, law, limit, {}))
    found_limit = limit_of_staleness(law, sp.Integer(1))
    if found_limit is not None:
        closed = evaluate(CLAIMS[GEOMETRIC_STEP].expression.subs(known))
        told = f"{words}: step limit of the mean, bisection on certified counts"
        yield judge_agreement(GEOMETRIC_STEP, case, told, closed, found_limit, 1e-6)


def _with_gains(claim: str, law: IntegerLaw, step: sp.Expr, values: dict[sp.Symbol, sp.Expr]) -> Enclosure:
    gains = {y.response_gain: _integrated(RESPONSE, law, step), y.read_gain: _integrated(READ, law, step)}
    return evaluate(CLAIMS[claim].expression, {**values, y.step: step, **gains})


def _integrated(claim: str, law: IntegerLaw, step: sp.Expr) -> Enclosure:
    """A claimed gain, its integral over half the circle by quadrature."""
    stated = CLAIMS[claim].expression
    (integral,) = stated.atoms(sp.Integral)
    if tuple(integral.limits[0]) != (y.angle, 0, sp.pi):
        raise ArithmeticError(f"not over half the circle: {integral}")
    series: Callable[[sp.Expr], sp.Expr] = lambda at: law.generating_function(1 / at)  # noqa: E731
    analytic = integral.function.replace(_is_squared, _opened).subs(y.step, step).replace(staleness_series, series)
    number = sp.Dummy("J", positive=True)
    return evaluate(stated.xreplace({integral: number}), {number: half_circle_integral(analytic)})


def _is_squared(node: sp.Basic) -> bool:
    return isinstance(node, sp.Pow) and isinstance(node.base, sp.Abs) and abs(node.exp) == 2


def _opened(node: sp.Pow) -> sp.Expr:
    return squared_modulus(node.base.args[0]) ** (node.exp / 2)
